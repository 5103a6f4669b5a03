"""A folder of PNG frames, for other programs: 0001.png and on, every frame of the film."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from animator.encoding.film_spec import FilmSpec, Metadata
from animator.encoding.formats import Frame, Samples, check_frame
from animator.encoding.png import packed, to_chunks

DIGITS = 4


class FolderEncoder:
    """Writes each frame as a file; a frame that is shown again is copied."""

    def __init__(self, folder: Path, spec: FilmSpec, metadata: Metadata) -> None:
        self._folder = folder
        self._spec = spec
        self._metadata = metadata
        self.frames = 0

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        check_frame(frame, self._spec, repeat)
        first = self._next()
        pixels = frame if self._spec.transparent else frame[..., :3]
        first.write_bytes(packed(pixels, pnginfo=to_chunks(self._metadata), compress_level=1))
        self.again(repeat - 1)

    def again(self, frames: int) -> None:
        """The latest frame for `frames` more frames."""
        latest = self._folder / f"{self.frames:0{DIGITS}d}.png"
        for _ in range(frames):
            shutil.copyfile(latest, self._next())

    def _next(self) -> Path:
        self.frames += 1
        return self._folder / f"{self.frames:0{DIGITS}d}.png"


@contextmanager
def open_folder(
    path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None
) -> Iterator[FolderEncoder]:
    """An encoder that makes the folder `path` and fills it; `samples` are not needed."""
    path.mkdir()
    encoder = FolderEncoder(path, spec, metadata)
    yield encoder
    if not encoder.frames:
        raise ValueError("a film needs at least one frame")
    encoder.again(spec.held)
