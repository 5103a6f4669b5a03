"""What `animator render` was asked for: words as they are typed become one RenderRequest, checked by itself.

A preset (`--for`) fills in what was not typed. Nothing is read, trained or drawn here.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from animator.core.errors import AnimatorError, nearest
from animator.films.delivery import STILLS, Delivery, check_frame, preset, read_bytes
from animator.films.size_budget import CUTS

QUALITY = {"draft": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """The scene and its NAME=VALUE words, and how its films are made.

    outputs: files, none for those that `render` chooses. quality, size: as typed, see `pixels`. fps: frames a
    second, None for each format's own. text: how many times as large as the style says. purpose: the preset's
    name.
    """

    scene: str
    values: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()
    quality: str | None = None
    size: str | None = None
    fps: float | None = None
    style: str = "dark"
    text: float = 1.0
    purpose: str | None = None
    delivery: Delivery = field(default_factory=Delivery)
    use_cache: bool = True
    json: bool = False

    @property
    def pixels(self) -> tuple[int, int] | None:
        """(width, height) as asked, or None for each format's own."""
        return pixels(self.quality, self.size)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files to write: those that were asked for, or the two of every scene."""
        return self.outputs or _in_output(self.scene, (".mp4", ".gif"))


def requested(
    scene: str,
    values: Sequence[str] = (),
    *,
    outputs: Sequence[Path] = (),
    quality: str | None = None,
    size: str | None = None,
    fps: float | None = None,
    style: str | None = None,
    purpose: str | None = None,
    codec: str | None = None,
    frame: str | None = None,
    transparent: bool = False,
    once: bool = False,
    end_pause: float | None = None,
    max_bytes: str | None = None,
    use_cache: bool = True,
    json: bool = False,
) -> RenderRequest:
    """The request for options as they were typed, None where nothing was, over the preset `purpose`, if any.

    Raises
    ------
    AnimatorError
        When `purpose` names no preset, or `max_bytes` is no size.
    """
    base = preset(purpose) if purpose is not None else None
    if base is not None:
        outputs = outputs or _in_output(scene, base.suffixes)
        size = size if size is not None or quality is not None else "{}x{}".format(*base.size)
        style = style if style is not None else base.style
    delivery = base.delivery if base is not None else Delivery()
    delivery = replace(
        delivery,
        codec=delivery.codec if codec is None else codec,
        frame=delivery.frame if frame is None else frame,
        end_pause=delivery.end_pause if end_pause is None else end_pause,
        max_bytes=delivery.max_bytes if max_bytes is None else read_bytes(max_bytes),
        transparent=transparent,
        loop=not once,
    )
    return RenderRequest(
        scene=scene,
        values=tuple(values),
        outputs=tuple(outputs),
        quality=quality,
        size=size,
        fps=fps,
        style="dark" if style is None else style,
        text=1.0 if base is None else base.text,
        purpose=purpose,
        delivery=delivery,
        use_cache=use_cache,
        json=json,
    )


def _in_output(scene: str, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """Files of a scene where nothing was asked for."""
    return tuple(Path("output") / f"{Path(scene).stem}{suffix}" for suffix in suffixes)


def pixels(quality: str | None, size: str | None) -> tuple[int, int] | None:
    """(width, height) of --quality or --size as they were typed; None where neither was.

    Raises
    ------
    AnimatorError
        When `quality` is not among QUALITY, or `size` is not WIDTHxHEIGHT.
    """
    if size is not None:
        match = re.fullmatch(r"([0-9]+)x([0-9]+)", size.lower(), re.ASCII)
        if match is None:
            raise AnimatorError(
                f"--size {size} is not a size in pixels. Type it as WIDTHxHEIGHT, such as --size 1280x720."
            )
        return int(match[1]), int(match[2])
    if quality is None:
        return None
    if quality not in QUALITY:
        raise AnimatorError(
            f"No quality is called {quality!r}. {nearest(quality, QUALITY)}"
            f"Known: {' '.join(QUALITY)}. Or give --size WIDTHxHEIGHT."
        )
    return QUALITY[quality]


def check(request: RenderRequest) -> None:
    """Refuse names that are none, and options that none of the files could follow.

    Raises
    ------
    AnimatorError
        With the option and the file that do not go together.
    """
    files, delivery = request.files, request.delivery
    for path in files:
        if not path.name or (path.name.startswith(".") and not path.suffix):
            raise AnimatorError(
                f"'-o {path}' names no film: there is nothing before its suffix. Use -o film.mp4."
            )
        if delivery.max_bytes is not None and path.suffix.lower() not in CUTS:
            raise AnimatorError(
                f"{_budget_flag(request)} cannot be kept for '{path.name}': only .mp4 and .gif files are "
                "made smaller until they fit. Leave it away, or write one of those."
            )
    _check_stills(delivery, files)
    if len(set(files)) < len(files):
        raise AnimatorError(f"-o names '{max(files, key=files.count)}' twice. Give each file once.")
    if delivery.codec != "h264" and not any(path.suffix.lower() == ".mp4" for path in files):
        raise AnimatorError(
            f"--codec {delivery.codec} is for .mp4 files, and none is written. Leave it away, or use "
            "-o film.mp4."
        )


def _budget_flag(request: RenderRequest) -> str:
    """The option that asked for a budget of bytes."""
    own = preset(request.purpose).delivery.max_bytes if request.purpose else None
    return f"--for {request.purpose}" if own == request.delivery.max_bytes else "--max-bytes"


def _check_stills(delivery: Delivery, files: Sequence[Path]) -> None:
    """Refuse what is for stills where none is written, and what is for films where all are stills."""
    stills = [path.suffix.lower() in STILLS for path in files]
    check_frame(delivery.frame)
    if delivery.frame != "last" and not any(stills):
        raise AnimatorError(
            f"--frame {delivery.frame} is for stills, and none is written. Leave it away, or use -o film.png."
        )
    flags = (("--once", not delivery.loop), (f"--end-pause {delivery.end_pause:g}", delivery.end_pause))
    for flag, asked in flags:
        if asked and all(stills):
            raise AnimatorError(
                f"{flag} is for films, and only stills are written. Leave it away, or use -o film.gif."
            )


def command(request: RenderRequest) -> str:
    """The command that makes the same film again, files by their names, quoted for a shell."""
    scene, delivery = request.scene, request.delivery
    words = ["animator", "render", Path(scene).name if "." in scene else scene, *request.values]
    words += [word for path in request.outputs for word in ("-o", path.name)]
    for flag, value, default in (
        ("--for", request.purpose, None),
        ("--quality", request.quality, None),
        ("--size", request.size, None),
        ("--fps", request.fps, None),
        ("--style", request.style, "dark"),
        ("--codec", delivery.codec, "h264"),
        ("--frame", delivery.frame, "last"),
        ("--end-pause", delivery.end_pause, 0.0),
        ("--max-bytes", delivery.max_bytes, None),
    ):
        if value != default:
            words += [flag, f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--transparent"] if delivery.transparent else []
    words += [] if delivery.loop else ["--once"]
    return shlex.join(words)
