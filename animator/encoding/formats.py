"""The formats by suffix, and the one way to open an encoder.

A row's code is imported when a film of that format is opened, and PyAV and imageio with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar, runtime_checkable

from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.core.registry import Row, resolve
from animator.encoding.film_spec import FilmSpec, Metadata

if TYPE_CHECKING:
    from animator.core.arrays import Bytes

Frame: TypeAlias = "Bytes"  # (height, width, 4): red, green, blue, 255; C order
Box = tuple[int, int, int, int]  # top, left, bottom, right
Samples = Callable[[], Iterable["Frame"]]
Opener = Callable[[Path, FilmSpec, Metadata, Samples | None], "AbstractContextManager[Encoder]"]

Prepared = TypeVar("Prepared")  # what an encoder needs of a picture

_INSTALL = "pip install 'imageio>=2.38.1' 'av>=18.1' 'pillow>=13'"
FORMATS = {
    ".gif": Row("animator.encoding.gif:open_gif", _INSTALL),
    ".mp4": Row("animator.encoding.mp4:open_mp4", _INSTALL),
    ".png": Row("animator.encoding.png:open_png", _INSTALL),
    ".webm": Row("animator.encoding.animated_images:open_animation", _INSTALL),
    ".webp": Row("animator.encoding.animated_images:open_animation", _INSTALL),
    ".apng": Row("animator.encoding.animated_images:open_animation", _INSTALL),
    ".avif": Row("animator.encoding.animated_images:open_animation", _INSTALL),
    "folder": Row("animator.encoding.png_sequence:open_folder", _INSTALL),
}


class Encoder(Protocol):
    """Takes the frames of one film, in order."""

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """Add a picture, (height, width, 4) uint8 RGBA, opaque, C order, shown for `repeat` frames.

        The array may be drawn over as soon as this returns.
        """


@runtime_checkable
class IncrementalEncoder(Encoder, Protocol[Prepared]):
    """An encoder that takes a picture in two steps, and needs no more of it than has changed."""

    def prepare(self, frame: Frame, changed: Sequence[Box] | None) -> Prepared:
        """What the encoder needs of `frame`; `changed`: boxes outside of which it equals the one prepared
        before, None when it may differ everywhere. Nothing of the array is kept.
        """

    def send(self, prepared: Prepared, repeat: int) -> None:
        """Encode what was prepared, in the order of preparing; in another thread, if one likes."""


def open_encoder(
    path: Path | str, spec: FilmSpec, metadata: Metadata, samples: Samples | None = None
) -> AbstractContextManager[Encoder]:
    """Open a film file for writing; its suffix chooses the format.

    `samples` gives some typical frames, for a format with a palette (GIF); without it the palette is made
    from the first frame alone. The file appears when the context is left without an error, and not at all
    otherwise; a file that was there before stays until then.

    Raises AnimatorError for an unknown suffix, a film that the format cannot hold, and a folder that
    cannot be written to (the last when the context is entered).
    """
    path = Path(path)
    opener = opener_for(path)
    spec.check(kind_of(path))
    return _beside(opener, path, spec, metadata, samples)


def kind_of(path: Path) -> str:
    """The name of the format of `path`: its suffix, or "folder" without one."""
    return path.suffix.lower() or "folder"


def opener_for(path: Path) -> Opener:
    """The function that opens the format of `path`; AnimatorError when its suffix names none."""
    suffix = kind_of(path)
    if suffix not in FORMATS:
        known = " ".join(name for name in FORMATS if name.startswith("."))
        raise AnimatorError(
            f"No format is called {path.suffix!r}. Known: {known} .svg .pdf, and a path without a suffix "
            "for a folder of PNG frames. The suffix of -o chooses it."
        )
    opener: Opener = resolve("format", suffix, FORMATS, "The suffix of -o chooses it.")
    return opener


@contextmanager
def _beside(
    opener: Opener, path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None
) -> Iterator[Encoder]:
    with replacing(path) as temporary, opener(temporary, spec, metadata, samples) as encoder:
        yield encoder


def check_frame(frame: Frame, spec: FilmSpec, repeat: int) -> None:
    """ValueError when the drawing side hands over something else than it promised."""
    expected = (spec.height, spec.width, 4)
    if frame.shape != expected or frame.dtype != "uint8" or not frame.flags.c_contiguous:
        raise ValueError(
            f"a frame must be {expected} uint8 in C order; this one is {frame.shape} {frame.dtype}"
        )
    check_repeat(repeat)


def check_repeat(repeat: int) -> None:
    """ValueError when a picture is to be shown less than once."""
    if repeat < 1:
        raise ValueError(f"a frame is shown at least once, not {repeat} times")
