"""GIF for pages and chats: one palette, unchanged pixels transparent, no dithering, endless loop.

Delays are whole hundredths of a second; each frame starts at its own time, rounded, so that they add up to
the film's length (30 frames a second: 3, 4, 3). A held picture is stored once with a longer delay. PyAV's
encoder leaves unchanged pixels transparent by itself when the palette has a transparent entry. A film without
a background has hard edges: soft ones are mixed with the matte, the colour of the style's background.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np

from animator.encoders import gif_blocks, palette
from animator.encoders.formats import Box, Frame, Samples, check_frame, check_repeat
from animator.encoders.pyav_adapter import StreamSpec, VideoStream, palette_picture, writing
from animator.encoders.spec import FilmSpec, Metadata, json_line, json_object

EDGE = 20  # alpha: what is less there is not there at all; the dot of a small number is hardly more
OPAQUE = np.array([0, 0, 0, 255], np.uint8)
LONGEST_DELAY = 30_000  # hundredths; a longer stay is stored as several pictures


class GifEncoder:
    """Turns frames into palette indices and sends them with their starting times."""

    def __init__(self, stream: VideoStream, spec: FilmSpec, samples: Samples | None) -> None:
        self._stream = stream
        self._spec = spec
        self._palette: palette.Bytes | None = None
        self._index: palette.Indexer | None = None
        self._shown: palette.Bytes | None = None
        if samples is not None:
            self._choose(samples())
        self._frames = 0
        self._last_start = 0

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        self.send(self.prepare(frame, None), repeat)

    def prepare(self, frame: Frame, changed: Sequence[Box] | None) -> palette.Bytes:
        """See Mending.prepare: the palette's indices of the whole picture, (height, width)."""
        check_frame(frame, self._spec, 1)
        if self._index is None:
            self._choose([frame])
            assert self._index is not None
        if self._spec.transparent:
            return self._clear(frame)
        if changed is None or self._shown is None:
            self._shown = self._index(frame)
        else:
            for top, left, bottom, right in changed:
                self._shown[top:bottom, left:right] = self._index(frame[top:bottom, left:right])
        return self._shown.copy()

    def send(self, prepared: palette.Bytes, repeat: int) -> None:
        """See Mending.send."""
        check_repeat(repeat)
        assert self._palette is not None, "chosen when the first picture was prepared"
        picture = palette_picture(prepared, self._palette)
        start = self._start(self._frames)
        self._frames += repeat
        for moment in range(start, self._start(self._frames), LONGEST_DELAY):
            self._stream.send(picture, moment)
            self._last_start = moment

    def _clear(self, frame: Frame) -> palette.Bytes:
        """Indices with hard edges: what is hardly there is not there, the rest lies on the matte."""
        assert self._index is not None, "chosen before"
        index = self._index(on_matte(frame, self._spec.matte))
        index[frame[..., 3] < EDGE] = palette.TRANSPARENT
        return index

    def _choose(self, frames: Iterable[Frame]) -> None:
        """Make the palette; at opening, since `samples` may draw with what the caller draws with later."""
        if self._spec.transparent:
            frames = (on_matte(frame, self._spec.matte) for frame in frames)
        colours = palette.choose(frames, self._spec.exact_colours)
        self._palette, self._index = palette.entries(colours), palette.Indexer(colours)

    @property
    def last_delay(self) -> int:
        """Hundredths that the last picture stays, the pause at the end included."""
        pause = round(self._spec.end_pause * 100)
        return self._start(self._frames) - self._last_start + pause

    def _start(self, frame: int) -> int:
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
    raw = path.with_name(f"{path.stem}.raw.gif")
    try:
        with writing(
            raw, "gif", _stream_spec(spec), container_options={"loop": "0" if spec.loop else "-1"}
        ) as stream:
            encoder = GifEncoder(stream, spec, samples)
            yield encoder
        gif_blocks.finish(raw, path, to_comment(metadata, spec.fps), encoder.last_delay)
    finally:
        raw.unlink(missing_ok=True)


def to_comment(metadata: Metadata, fps: float) -> str:
    """The metadata and the rate as one line of JSON."""
    return json_line({**metadata.to_dict(), "fps": fps})


def from_comment(comment: bytes) -> tuple[Metadata | None, float]:
    """What `to_comment` wrote, or (None, 0.0) when somebody else wrote the file."""
    found = json_object(comment.decode("utf-8", "replace"))
    if found is None or "fps" not in found:
        return None, 0.0
    fps = float(found.pop("fps"))
    return Metadata.from_dict(found), fps


def _stream_spec(spec: FilmSpec) -> StreamSpec:
    return StreamSpec("gif", "pal8", spec.width, spec.height, rate=Fraction(100))
