"""PNG: the still that stands for a film, its last frame, with the film's words in its text chunks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
from PIL.PngImagePlugin import PngInfo

from animator.encoding.film_spec import FilmSpec, Metadata, json_line, json_object
from animator.encoding.formats import Frame, Samples, check_frame

_KEYS = ("Title", "Description", "Alt Text", "Source")


class PngEncoder:
    """Keeps a copy of the latest frame, RGB or RGBA."""

    def __init__(self, spec: FilmSpec) -> None:
        self._spec = spec
        self.last: Frame | None = None

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        check_frame(frame, self._spec, repeat)
        if self.last is None:
            self.last = np.empty((*frame.shape[:2], 4 if self._spec.transparent else 3), np.uint8)
        self.last[...] = frame[..., : self.last.shape[2]]


@contextmanager
def open_png(path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None) -> Iterator[PngEncoder]:
    """An encoder that writes the last frame to `path`; `samples` are not needed."""
    encoder = PngEncoder(spec)
    yield encoder
    if encoder.last is None:
        raise ValueError("a film needs at least one frame")
    path.write_bytes(packed(encoder.last, pnginfo=to_chunks(metadata)))


def packed(pixels: Frame, **options: object) -> bytes:
    """A PNG of `pixels`, made in memory: of a file that it cannot write, imageio complains twice."""
    settings: dict[str, Any] = dict(options)  # imageio knows no types of them
    made: bytes = iio.imwrite("<bytes>", pixels, plugin="pillow", extension=".png", **settings)
    return made


def to_chunks(metadata: Metadata) -> PngInfo:
    """Text chunks in UTF-8: the words under their standard keys, the details as JSON."""
    info = PngInfo()
    words = (metadata.title, metadata.description, metadata.alt_text, metadata.command)
    for key, text in zip(_KEYS, words, strict=True):
        info.add_itxt(key, text)
    info.add_itxt("Comment", json_line(metadata.details))
    return info


def read_still(path: Path) -> tuple[tuple[int, int], Metadata | None]:
    """(width, height) and the metadata, None when somebody else wrote the file. Raises OSError."""
    with iio.imopen(path, "r", plugin="pillow") as image:
        text = image.metadata()
        height, width = image.properties().shape[:2]
    details = json_object(str(text.get("Comment", "")))
    if details is None or not set(_KEYS) <= set(text):
        return (width, height), None
    title, description, alt_text, command = (str(text[key]) for key in _KEYS)
    return (width, height), Metadata(
        title=title, description=description, alt_text=alt_text, command=command, details=details
    )
