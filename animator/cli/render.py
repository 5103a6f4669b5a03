"""What `render` and `record` do: from typed words to films, recordings and a report."""

import json as json_text
import re
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from animator.core.errors import AnimatorError, nearest
from animator.core.formatting import finite
from animator.core.progress import Progress
from animator.films.delivery import STILLS, Delivery, check_frame, preset, read_bytes
from animator.films.size_budget import CUTS

if TYPE_CHECKING:
    from animator.design.scene import Scene
    from animator.films.film import Film, Saved

QUALITY = {"draft": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed after the scene of `animator render`."""

    outputs: tuple[Path, ...]
    quality: str | None
    size: str | None
    fps: float | None
    style: str
    use_cache: bool
    json: bool
    delivery: Delivery = field(default_factory=Delivery)
    text: float = 1.0
    purpose: str | None = None

    def pixels(self) -> tuple[int, int] | None:
        """(width, height) as asked, or None for each format's own."""
        if self.size is not None:
            return _size(self.size)
        if self.quality is None:
            return None
        if self.quality not in QUALITY:
            raise AnimatorError(
                f"No quality is called {self.quality!r}. {nearest(self.quality, QUALITY)}"
                f"Known: {' '.join(QUALITY)}. Or give --size WIDTHxHEIGHT."
            )
        return QUALITY[self.quality]


@dataclass(frozen=True, slots=True)
class Typed:
    """The options of `animator render` as they were typed; None where nothing was."""

    outputs: tuple[Path, ...]
    quality: str | None
    size: str | None
    fps: float | None
    style: str | None
    use_cache: bool
    json: bool
    purpose: str | None
    codec: str | None
    frame: str | None
    transparent: bool
    once: bool
    end_pause: float | None
    max_bytes: str | None


def options(scene: str, typed: Typed) -> Options:
    """What was typed, over the preset that `--for` names, if any."""
    base = preset(typed.purpose) if typed.purpose is not None else None
    held = base.delivery if base else Delivery()
    given = {name: value for name in ("codec", "frame", "end_pause")
             if (value := getattr(typed, name)) is not None}  # fmt: skip
    if typed.max_bytes is not None:
        given["max_bytes"] = read_bytes(typed.max_bytes)
    delivery = replace(held, transparent=typed.transparent, loop=not typed.once, **given)
    outputs, size = typed.outputs, typed.size
    style = typed.style if typed.style is not None else base.style if base else "dark"
    if base and not outputs:
        outputs = tuple(Path("output") / f"{Path(scene).stem}{suffix}" for suffix in base.suffixes)
    if base and size is None and typed.quality is None:
        size = "{}x{}".format(*base.size)
    return Options(outputs, typed.quality, size, typed.fps, style, typed.use_cache, typed.json, delivery,
                   base.text if base else 1.0, typed.purpose)  # fmt: skip


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]+)x([0-9]+)", text.lower(), re.ASCII)
    if found is None:
        raise AnimatorError(
            f"--size {text} is not a size in pixels. Type it as WIDTHxHEIGHT, such as --size 1280x720."
        )
    return int(found[1]), int(found[2])


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Add what the block takes to seconds[name]."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start


def render(name: str, values: list[str], options: Options) -> None:
    """`animator render`: make the films and report them."""
    from animator.cli.progress_bars import shown
    from animator.design import style_files

    style_files.find(options.style)
    outputs = options.outputs or tuple(Path("output") / f"{Path(name).stem}{s}" for s in (".mp4", ".gif"))
    seconds: dict[str, float] = {}
    with shown() as progress, timed(seconds, "total"):
        with timed(seconds, "record"):
            check = partial(_check_files, options, outputs)
            film, cached = film_for(name, values, options, check, progress)
        with timed(seconds, "surface"):
            for fps in {options.fps} if options.fps is not None else set(_rates(outputs)):
                film.views(fps)
        with timed(seconds, "draw_and_encode"):
            film.text = options.text
            saved = film.save(*outputs, size=options.pixels(), fps=options.fps, delivery=options.delivery)
    _report(film, saved, cached, seconds, options.json)


def _rates(outputs: tuple[Path, ...]) -> list[float]:
    from animator.encoding.formats import kind_of
    from animator.films.delivery import DEFAULTS

    return [DEFAULTS[kind_of(path)][1] for path in outputs]


def film_for(
    name: str, values: list[str], options: Options, check: "Callable[[Scene | Film], None]",
    progress: Progress,
) -> "tuple[Film, bool]":  # fmt: skip
    """The film for a scene name, a scene file or a recording; and whether nothing was trained.

    check: called with the scene, or a recording's film, before anything is trained, to refuse files that
    cannot be written.
    """
    from animator.design import scene_files
    from animator.films import film as films
    from animator.films.build import build, film_of, recordings

    if name.endswith(".h5"):
        film = films.film(name, style=options.style, progress=progress)
        if values:
            raise AnimatorError(
                f"'{name}' is a recording: its parameters are fixed, so {values[0]!r} cannot be set. "
                "Render its scene with that parameter instead, or leave it away."
            )
        check(film)
        film.use_cache = options.use_cache
        film.command = command(name, values, options)
        return film, True
    scene_file = scene_files.find(name)
    scene, about = build(scene_file, values)
    check(scene)
    with scene_files.blaming(scene_file.path):
        runs, cached = recordings(scene, about, options.use_cache, progress)
    said = command(name, values, options)
    return film_of(scene, about, runs, options.style, said, options.use_cache, progress), cached


def _check_files(options: Options, outputs: tuple[Path, ...], shown: "Scene | Film") -> None:
    """Refuse sizes, rates and folders that cannot be, before anything is trained."""
    from animator.core.files import ensure_folder
    from animator.design import style_files
    from animator.design.scene import Scene
    from animator.films.build import check_room
    from animator.films.delivery import proposing, spec_for

    _check_words(options, outputs)
    size, text_size = options.pixels(), style_files.find(options.style).text_size * options.text
    shares = (shown.widths, shown.heights) if isinstance(shown, Scene) else shown.shares
    for path in outputs:
        with proposing(shown.layout, shares, size, text_size, outputs, options.delivery):
            spec = spec_for(path, size, options.fps, options.style, options.delivery)
            if isinstance(shown, Scene):
                check_room(shown, (spec.width, spec.height), options.style, options.text)
        ensure_folder(path)


def _check_words(options: Options, outputs: tuple[Path, ...]) -> None:
    """Refuse names that are none, and options that none of the files could follow."""
    for path in outputs:
        if not path.name or (path.name.startswith(".") and not path.suffix):
            raise AnimatorError(
                f"'-o {path}' names no film: there is nothing before its suffix. Use -o film.mp4."
            )
        if options.delivery.max_bytes is not None and path.suffix.lower() not in CUTS:
            whose = options.purpose and preset(options.purpose).delivery.max_bytes
            flag = f"--for {options.purpose}" if whose == options.delivery.max_bytes else "--max-bytes"
            raise AnimatorError(
                f"{flag} cannot be kept for '{path.name}': only .mp4 and .gif files are made smaller "
                "until they fit. Leave it away, or write one of those."
            )
    _check_stills(options.delivery, outputs)
    if len(set(outputs)) < len(outputs):
        raise AnimatorError(f"-o names '{max(outputs, key=outputs.count)}' twice. Give each file once.")
    if options.delivery.codec != "h264" and not any(path.suffix.lower() == ".mp4" for path in outputs):
        raise AnimatorError(
            f"--codec {options.delivery.codec} is for .mp4 files, and none is written. Leave it away, or use "
            "-o film.mp4."
        )


def _check_stills(wishes: Delivery, outputs: tuple[Path, ...]) -> None:
    """Refuse what is for stills where none is written, and what is for films where all are stills."""
    stills = [path.suffix.lower() in STILLS for path in outputs]
    check_frame(wishes.frame)
    if wishes.frame != "last" and not any(stills):
        raise AnimatorError(
            f"--frame {wishes.frame} is for stills, and none is written. Leave it away, or use -o film.png."
        )
    for flag, asked in (("--once", not wishes.loop), (f"--end-pause {wishes.end_pause:g}", wishes.end_pause)):
        if asked and all(stills):
            raise AnimatorError(
                f"{flag} is for films, and only stills are written. Leave it away, or use -o film.gif."
            )


def command(name: str, values: list[str], options: Options) -> str:
    """The command that makes the same film again, files by their names, quoted for a shell."""
    words = ["animator", "render", Path(name).name if "." in name else name, *values]
    words += [word for path in options.outputs for word in ("-o", path.name)]
    for flag, value, default in (
        ("--for", options.purpose, None),
        ("--quality", options.quality, None),
        ("--size", options.size, None),
        ("--fps", options.fps, None),
        ("--style", options.style, "dark"),
        ("--codec", options.delivery.codec, "h264"),
        ("--frame", options.delivery.frame, "last"),
        ("--end-pause", options.delivery.end_pause, 0.0),
        ("--max-bytes", options.delivery.max_bytes, None),
    ):
        if value != default:
            words += [flag, f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--transparent"] if options.delivery.transparent else []
    words += [] if options.delivery.loop else ["--once"]
    return shlex.join(words)


def _report(
    film: "Film", saved: "list[Saved]", cached: bool, seconds: dict[str, float], as_json: bool
) -> None:
    """Print what was made: JSON on stdout, or a few lines."""
    from animator.drawing.raster import fonts
    from animator.films import flash_check

    run, views = film.runs[0], film.views(saved[0].fps)
    flashing = flash_check.sentence(max(file.flashes for file in saved))
    for warning in filter(None, (flashing, fonts.sentence(film.said(views)))):
        sys.stderr.write(f"animator: {warning}\n")
    for file in saved:
        if file.gave_up:
            sys.stderr.write(f"animator: to fit its bytes, {file.path.name} has {file.gave_up}.\n")
    if not as_json:
        for file in saved:
            still = file.path.suffix.lower() in STILLS
            lasts = "" if still else f"{file.fps:g} frames/s  {file.seconds:.2f} s  "
            size = f"{file.width}x{file.height}"
            sys.stdout.write(f"{file.path}  {size}  {lasts}{file.bytes / 1000:,.0f} kB\n")
        sys.stdout.write(f"{film.alt_text()}\n")
        return
    test = [view.test_loss for view in views]
    report = {
        "files": [{k: str(v) if isinstance(v, Path) else v for k, v in asdict(f).items()} for f in saved],
        "recording": {
            "steps": run.steps,
            "parameters": run.weights.shape[1],
            "cached": cached,
            "initial_loss": finite(views[0].loss[0]),
            "final_loss": finite(views[0].loss[-1]),
            "finished": run.finished,
            "initial_test_loss": finite(test[0][0]) if test[0] else None,
            "final_test_loss": finite(test[0][1]) if test[0] else None,
            "left_window_at": views[0].window.left_at if views[0].window else None,
            "not_finite_at": views[0].broke_at,
        },
        "fidelity": film.fidelity(),
        "alt_text": film.alt_text(),
        "command": film.command,
        "seconds": {key: round(seconds.get(key, 0.0), 3)
                    for key in ("record", "surface", "draw_and_encode", "total")},
    }  # fmt: skip
    sys.stdout.write(json_text.dumps(report, indent=2) + "\n")


def record(name: str, values: list[str], output: Path | None, use_cache: bool, as_json: bool) -> None:
    """`animator record`: train a scene, keep its recording (one file a run)."""
    from animator.cli.progress_bars import shown
    from animator.core.files import ensure_folder, replacing
    from animator.design import scene_files
    from animator.films.build import build, recordings

    scene_file = scene_files.find(name)
    scene, about = build(scene_file, values)
    first = output or Path("output") / f"{scene_file.name}.h5"
    if first.suffix != ".h5":
        raise AnimatorError(
            f"'{first}' does not end in .h5, and a recording is an HDF5 file. "
            f"Use -o {first.with_suffix('.h5')}."
        )
    paths = [first if i == 0 else first.with_stem(f"{first.stem}-{i + 1}") for i in range(len(scene.runs))]
    for path in paths:
        ensure_folder(path)
    with shown() as progress, scene_files.blaming(scene_file.path):
        runs, cached = recordings(scene, about, use_cache, progress)
    for run, path in zip(runs, paths, strict=True):
        with replacing(path) as temporary:
            shutil.copyfile(run.path, temporary)
    rows = [
        {"path": str(path), "steps": run.steps, "parameters": run.weights.shape[1], "cached": cached,
         "initial_loss": finite(run.loss[0]), "final_loss": finite(run.loss[-1]),
         "bytes": path.stat().st_size}
        for run, path in zip(runs, paths, strict=True)
    ]  # fmt: skip
    if as_json:
        sys.stdout.write(json_text.dumps({"files": rows}, indent=2) + "\n")
        return
    for row in rows:
        sys.stdout.write(f"{row['path']}  {row['steps']:,} steps of {row['parameters']:,} parameters\n")
