"""What `animator render` was asked for: words as they are typed become one RenderRequest, checked by itself.

A preset (`--for`) fills in what was not typed. Nothing is read, trained or drawn here.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from animator.cli import wish_options
from animator.cli.wish_options import Typed
from animator.core.errors import AnimatorError
from animator.films import wish_words
from animator.films.delivery import STILLS, Delivery, check_frame, preset, read_bytes
from animator.films.size_budget import CUTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """The scene and its NAME=VALUE words, and how its films are made.

    outputs: files, none for those that `render` chooses. fps: frames a second, None for each format's own.
    typed: settings of the film as they were typed, by their fields.
    """

    scene: str
    values: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()
    fps: float | None = None
    typed: Typed = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    use_cache: bool = True
    json: bool = False

    @property
    def wishes(self) -> Mapping[str, Any]:
        """The fields of a FilmDesign that were asked for. Raises AnimatorError."""
        return wish_options.read(self.typed)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files to write: those that were asked for, those of the preset, or the two of every scene."""
        purpose = self.typed.get("preset")
        suffixes = preset(str(purpose)).suffixes if purpose else (".mp4", ".gif")
        return self.outputs or _in_output(self.scene, suffixes)


def requested(
    scene: str,
    values: Sequence[str] = (),
    *,
    outputs: Sequence[Path] = (),
    fps: float | None = None,
    typed: Typed | None = None,
    codec: str | None = None,
    frame: str | None = None,
    transparent: bool = False,
    once: bool = False,
    max_bytes: str | None = None,
    use_cache: bool = True,
    json: bool = False,
) -> RenderRequest:
    """The request for options as they were typed, None where nothing was, over the preset, if any.

    Raises
    ------
    AnimatorError
        When a setting cannot be read, there is no such preset, or `max_bytes` is no size.
    """
    typed = typed or {}
    wishes = wish_options.read(typed)
    base = preset(wishes["preset"]).delivery if "preset" in wishes else Delivery()
    delivery = replace(
        base,
        codec=base.codec if codec is None else codec,
        frame=base.frame if frame is None else frame,
        end_pause=wishes.get("end_pause", base.end_pause),
        max_bytes=base.max_bytes if max_bytes is None else read_bytes(max_bytes),
        transparent=transparent,
        loop=not once,
    )
    return RenderRequest(
        scene=scene,
        values=tuple(values),
        outputs=tuple(outputs),
        fps=fps,
        typed=typed,
        delivery=delivery,
        use_cache=use_cache,
        json=json,
    )


def _in_output(scene: str, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """Files of a scene where nothing was asked for."""
    return tuple(Path("output") / f"{Path(scene).stem}{suffix}" for suffix in suffixes)


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
    purpose = str(request.typed.get("preset") or "")
    own = preset(purpose).delivery.max_bytes if purpose else None
    return f"--for {purpose}" if own == request.delivery.max_bytes else "--max-bytes"


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
    words += wish_words.typed(request.wishes)
    for flag, value, default in (
        ("--fps", request.fps, None),
        ("--codec", delivery.codec, "h264"),
        ("--frame", delivery.frame, "last"),
        ("--max-bytes", delivery.max_bytes, None),
    ):
        if value != default:
            words += [flag, f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--transparent"] if delivery.transparent else []
    words += [] if delivery.loop else ["--once"]
    return shlex.join(words)
