"""GIF for pages and chats: one palette, unchanged pixels transparent, no dithering, endless loop.

Delays are whole hundredths of a second; each frame starts at its own time, rounded, so that they add up to
the film's length (30 frames a second: 3, 4, 3). A held picture is stored once with a longer delay. A film
without a background has hard edges: soft ones are mixed with the matte, the colour of the style's background.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np

from animator.encoding import palette
from animator.encoding.film_spec import FilmSpec, Metadata, json_line, json_object
from animator.encoding.formats import Box, Frame, Samples, check_frame, check_repeat
from animator.encoding.gif_delta import Change, GifCanvas
from animator.encoding.gif_writer import CLEARED, KEPT, NOTHING, GifWriter, Part, cropped, writing

EDGE = 20  # alpha: what is less there is not there at all; the dot of a small number is hardly more
OPAQUE = np.array([0, 0, 0, 255], np.uint8)
LONGEST_DELAY = 30_000  # hundredths; a longer stay is stored as several pictures


class GifEncoder:
    """Turns frames into parts of palette entries, and writes them with their delays."""

    def __init__(self, writer: GifWriter, spec: FilmSpec, comment: str, samples: Samples | None) -> None:
        self._writer = writer
        self._spec = spec
        self._comment = comment
        self._shown: GifCanvas | None = None
        if samples is not None:
            self._shown = self._start(samples())
        self._frames = 0
        self._last_delay = 0

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        self.send(self.prepare(frame, None), repeat)

    def prepare(self, frame: Frame, changed: Sequence[Box] | None) -> Part | Change:
        """What has changed, or all that is there of a film without a background."""
        check_frame(frame, self._spec, 1)
        if self._shown is None:
            self._shown = self._start([frame])
        if not self._spec.transparent:
            return self._shown.next(palette.pixels(frame), changed)
        entries = self._shown.nearest(palette.pixels(on_matte(frame, self._spec.matte)))
        entries[frame[..., 3] < EDGE] = palette.TRANSPARENT
        return cropped(entries)

    def send(self, prepared: Part | Change, repeat: int) -> None:
        """See IncrementalEncoder.send."""
        check_repeat(repeat)
        start, end = self._moment(self._frames), self._moment(self._frames + repeat)
        self._frames += repeat
        part = prepared.part() if isinstance(prepared, Change) else prepared
        for moment in range(start, end, LONGEST_DELAY):
            self._last_delay = min(LONGEST_DELAY, end - moment)
            again = moment > start and not self._spec.transparent
            self._writer.add(NOTHING if again else part, self._last_delay)

    def finish(self) -> None:
        """Close the file; the last picture stays longer by the pause at the end."""
        self._writer.finish(self._last_delay + round(self._spec.end_pause * 100))

    def _start(self, frames: Iterable[Frame]) -> GifCanvas:
        """Write the palette; at opening, since `samples` may draw with what the caller draws with later."""
        if self._spec.transparent:
            frames = (on_matte(frame, self._spec.matte) for frame in frames)
        chosen = palette.choose(frames, self._spec.exact_colours, self._spec.colours)
        self._writer.start(
            self._spec.width,
            self._spec.height,
            palette.entries(chosen.colours),
            self._comment.encode(),
            self._spec.loop,
        )
        return GifCanvas(chosen)

    def _moment(self, frame: int) -> int:
        """When a frame starts, in hundredths of a second, halves rounded up."""
        return int(frame * 100 / self._spec.rate + Fraction(1, 2))


def on_matte(frame: Frame, matte: tuple[int, int, int]) -> Frame:
    """A frame with alpha over a ground of one colour, opaque: (height, width, 4)."""
    alpha = frame[..., 3:].astype(np.float32) / 255
    ground = np.array([*matte, 255], np.float32)
    return np.asarray(ground + (frame - ground) * alpha + 0.5, np.uint8) | OPAQUE


@contextmanager
def open_gif(path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None) -> Iterator[GifEncoder]:
    """An encoder that writes `path`; the palette is made from `samples`, or else from the first frame."""
    with writing(path, CLEARED if spec.transparent else KEPT) as writer:
        encoder = GifEncoder(writer, spec, to_comment(metadata, spec.fps), samples)
        yield encoder
        encoder.finish()


def to_comment(metadata: Metadata, fps: float) -> str:
    """The metadata and the rate as one line of JSON."""
    return json_line({**metadata.to_dict(), "fps": fps})


def from_comment(comment: bytes) -> tuple[Metadata | None, float]:
    """What `to_comment` wrote, or (None, 0.0) when somebody else wrote the file."""
    found = json_object(comment.decode("utf-8", "replace"))
    if found is None or "fps" not in found:
        return None, 0.0
    fps = found.pop("fps")
    return Metadata.from_dict(found), float(fps) if isinstance(fps, int | float) else 0.0
