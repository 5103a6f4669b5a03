"""How a film is handed over: size, rate, codec, transparency, looping, a budget of bytes; and presets.

A Delivery is what a user may ask for beside size and rate. It draws nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from animator.core.errors import AnimatorError, SizeError, nearest
from animator.design import style, style_files
from animator.design.film_design import FilmDesign
from animator.design.layout import Mosaic
from animator.design.style import Style
from animator.design.timeline import FrameState, Timeline
from animator.encoding.film_spec import FilmSpec
from animator.encoding.formats import kind_of, opener_for
from animator.films import panel_fit
from animator.films.panel_fit import Shares, Size

UNITS = {"": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
SECONDS, STEP = r"([0-9]+(?:\.[0-9]+)?)s", r"step:([0-9]+)"  # frames, as they are typed
SMALLEST = 10_000  # bytes
STILLS = (".png", ".svg", ".pdf")
VECTORS = {".svg", ".pdf"}
DEFAULTS: Mapping[str, tuple[tuple[int, int], float]] = {
    ".gif": ((800, 450), 20.0),
    ".mp4": ((1280, 720), 30.0),
    ".png": ((1280, 720), 30.0),
    ".webm": ((1280, 720), 30.0),
    ".webp": ((800, 450), 20.0),
    ".apng": ((800, 450), 20.0),
    ".avif": ((800, 450), 20.0),
    "folder": ((1280, 720), 30.0),
    ".svg": ((1280, 720), 30.0),
    ".pdf": ((1280, 720), 30.0),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a user may ask of a file beside its size and rate.

    Parameters
    ----------
    codec
        "h264", "h265" or "av1", of an .mp4.
    transparent
        No background.
    loop
        Whether .gif and its like play for ever.
    end_pause
        Seconds that a film stays on its last frame.
    frame
        Which one a still shows, such as "3.2s", "step:40", "first" or "last".
    max_bytes
        What an .mp4 or a .gif may have.

    Examples
    --------
    >>> still = animator.Delivery(frame="step:20")
    >>> files = animator.film("run.h5", layout="weights").save("step20.png", size=(320, 180), delivery=still)
    """

    codec: str = "h264"
    transparent: bool = False
    loop: bool = True
    end_pause: float = 0.0
    frame: str = "last"
    max_bytes: int | None = None

    def apply(self, spec: FilmSpec) -> FilmSpec:
        """`spec` with what was asked for."""
        return replace(
            spec, codec=self.codec, transparent=self.transparent, loop=self.loop, end_pause=self.end_pause
        )


@dataclass(frozen=True, slots=True)
class Preset:
    """What `--for` stands for: files by suffix, size, style, and the rest."""

    suffixes: tuple[str, ...]
    size: tuple[int, int]
    style: str
    text: float = 1.0
    delivery: Delivery = field(default_factory=Delivery)


PRESETS = {
    "slides": Preset((".mp4",), (1920, 1080), "light", 1.15),
    "web": Preset((".mp4", ".webm"), (1280, 720), "dark"),
    "social": Preset((".mp4",), (1080, 1080), "dark"),
    "phone": Preset((".mp4",), (1080, 1920), "dark"),
    "paper": Preset((".pdf", ".svg"), (1280, 720), "paper"),
    "readme": Preset((".gif",), (800, 450), "dark", 1.0, Delivery(max_bytes=2_000_000, end_pause=2.0)),
}


def preset(name: str) -> Preset:
    """The preset called `name`; AnimatorError lists the known ones."""
    if name not in PRESETS:
        raise AnimatorError(f"--for {name} is not known. {nearest(name, PRESETS)}Known: {' '.join(PRESETS)}.")
    return PRESETS[name]


RACED = {"surface": "race", "loss": "losses"}  # panels of one run, and those of all
Design = TypeVar("Design", bound=FilmDesign)


def settled(design: Design, wishes: Mapping[str, object], runs: int) -> Design:
    """`design`, of a film of `runs`, with `wishes` for its fields; a preset fills in what neither of them
    says.

    A layout that is asked for has its usual widths and heights, not those of the design's own; a surface or a
    loss in it shows all runs of a race. Raises AnimatorError.
    """
    name = str(wishes.get("preset") or design.preset)
    filled: dict[str, Any] = {"size": None} if wishes.get("quality") else {}
    if name:
        base, usual = preset(name), FilmDesign()
        said = {"style": base.style, "text": base.text, "end_pause": base.delivery.end_pause}
        filled |= {key: value for key, value in said.items() if getattr(design, key) == getattr(usual, key)}
        if design.pixels is None and not wishes.get("quality"):
            filled["size"] = base.size
    if wishes.get("layout", design.layout) != design.layout:
        filled |= {"widths": (), "heights": ()}
    made = replace(design, **(filled | dict(wishes)))
    if runs == 1 or "layout" not in wishes:
        return made
    return replace(made, layout=tuple(tuple(RACED.get(name, name) for name in row) for row in made.layout))


def delivered(design: FilmDesign, asked: Delivery | None = None) -> Delivery:
    """How files of a film are handed over: as `asked`, else as its preset says; with the pause of its design
    where neither has one.
    """
    base = asked or (preset(design.preset).delivery if design.preset else Delivery())
    return replace(base, end_pause=base.end_pause or design.end_pause)


def read_bytes(text: str) -> int:
    """4MB, 500kB or 2000000 as a number of bytes, thousand by thousand."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)", text.strip())
    if match is None or match[2].upper() not in UNITS:
        raise AnimatorError(
            f"--max-bytes {text} is no size. Type a number with B, kB, MB or GB, such as --max-bytes 4MB."
        )
    count = int(float(match[1]) * UNITS[match[2].upper()])
    if count < SMALLEST:
        raise AnimatorError(
            f"--max-bytes {text} is too small for any film: the least is 10kB. Use --max-bytes 1MB."
        )
    return count


def check_frame(frame: str) -> None:
    """AnimatorError when `frame` names no frame of any film."""
    if not re.fullmatch(rf"first|last|{SECONDS}|{STEP}", frame):
        raise AnimatorError(
            f"--frame {frame or repr(frame)} is not possible: it names no frame. Use seconds such as 3.2s, "
            "step:40, first or last."
        )


def chosen(clock: Timeline, frame: str) -> FrameState:
    """The state of the frame that `frame` names; AnimatorError when the film has none such."""
    if frame in ("first", "last"):
        return clock.state(0 if frame == "first" else clock.frames - 1)
    seconds = re.fullmatch(SECONDS, frame)
    if seconds:
        index = round(float(seconds[1]) * clock.fps)
        if index >= clock.frames:
            raise AnimatorError(
                f"--frame {frame} is after the end: this film lasts {clock.seconds:g} seconds. "
                "Use --frame last."
            )
        return clock.state(index)
    step = re.fullmatch(STEP, frame)
    if step and int(step[1]) <= clock.steps:
        number = int(step[1])
        return FrameState(number, number == clock.steps, onto=number)
    reason = f"this run has {clock.steps:,} steps" if step else "it names no frame"
    raise AnimatorError(
        f"--frame {frame} is not possible: {reason}. Use seconds such as 3.2s, step:{min(40, clock.steps)}, "
        "first or last."
    )


def spec_for(
    path: Path,
    size: tuple[int, int] | None,
    fps: float | None,
    look: str | Style,
    wishes: Delivery | None = None,
) -> FilmSpec:
    """The size and rate of the file at `path`; AnimatorError when its format cannot hold them."""
    kind = kind_of(path)
    if kind not in VECTORS:
        opener_for(path)
    own_size, own_fps = DEFAULTS[kind]
    width, height = size or own_size
    style_used = style_files.find(look)
    spec = FilmSpec(
        width,
        height,
        own_fps if fps is None else fps,
        exact_colours=_exact_colours(style_used),
        matte=style.rgb(style_used.background),
    )
    spec = (wishes or Delivery()).apply(spec)
    spec.check(kind)
    return spec


@contextmanager
def proposing(
    layout: Mosaic,
    shares: Shares,
    size: Size | None,
    text_size: float,
    paths: Sequence[Path],
    wishes: Delivery | None = None,
) -> Iterator[None]:
    """A SizeError of the block proposes a size with room for `layout`, which all files at `paths` can have.

    shares, text_size: as for panel_fit.check; size: (width, height) in pixels, as it was asked for.
    """

    def holds(tried: Size) -> bool:
        try:
            for path in paths:
                kind = kind_of(path)
                (wishes or Delivery()).apply(FilmSpec(*tried, DEFAULTS[kind][1])).check(kind)
        except SizeError:
            return False
        return True

    try:
        yield
    except SizeError as error:
        asked = size or DEFAULTS[kind_of(paths[0])][0]
        raise panel_fit.mended(error, layout, shares, asked, text_size, holds) from None


def _exact_colours(look: Style) -> tuple[tuple[int, int, int], ...]:
    """Colours that a GIF's palette must hold exactly: what the eye follows."""
    flat = (look.dot, look.dot_edge, look.background, look.panel, look.ink, look.muted, look.target)
    return tuple(dict.fromkeys(style.rgb(colour) for colour in (*flat, *look.lines, look.batch_line)))


def posters_of(specs: Sequence[tuple[Path, FilmSpec]]) -> dict[Path, FilmSpec]:
    """The poster beside each film, with the film's spec; films of one stem share the largest one. What is a
    still or a folder of stills needs none.
    """
    posters: dict[Path, FilmSpec] = {}
    asked = {path for path, _ in specs}
    for path, spec in specs:
        if kind_of(path) in VECTORS | {"folder"}:
            continue
        poster = path.with_suffix(".png")
        if poster not in asked and (poster not in posters or spec.width > posters[poster].width):
            posters[poster] = spec
    return posters
