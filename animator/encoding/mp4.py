"""MP4 for slides and browsers: H.264, yuv420p, BT.709 converted and tagged, moov atom first.

The bytes depend on the frames alone: threads are fixed in number and no date is written.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import inf
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.encoding.film_spec import FilmSpec, Metadata
from animator.encoding.formats import Box, Frame, Samples, check_frame, check_repeat
from animator.encoding.mp4_tags import to_tags
from animator.encoding.parallel_h264 import Segments, segmented
from animator.encoding.pyav_adapter import (
    Picture,
    StreamSpec,
    has_codec,
    has_wide_vectors,
    writing,
    yuv_converter,
)
from animator.encoding.yuv_patches import Patch, Patcher, Planes, planes_of

CODECS = {
    "h264": ("libx264", 19, {"preset": "veryfast"}, ""),
    "h265": (
        "libx265",
        22,
        {"preset": "veryfast", "x265-params": "log-level=error:pools=2:frame-threads=1:open-gop=0"},
        "hvc1",
    ),
    "av1": ("libsvtav1", 28, {"preset": "9", "svtav1-params": "lp=2"}, ""),
}
THREADS = 2  # of a codec that makes the film in one piece
SMALL = 500_000  # pixels: films of so small pictures are made in one piece, drawing takes longer
SEGMENT = 60  # frames at least, but for the last ones
LANES = 2  # segments that are encoded at once: more are not drawn as fast


class Mp4Encoder:
    """Converts what has changed of each picture once and sends it as often as it is shown."""

    def __init__(self, segments: Segments, spec: FilmSpec) -> None:
        self._segments = segments
        self._spec = spec
        self._convert = yuv_converter()
        self._patcher = Patcher(_sheets)

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        self.send(self.prepare(frame, None), repeat)

    def prepare(self, frame: Frame, changed: Sequence[Box] | None) -> Picture | Patch:
        """See Encoder.prepare: a patch, or the whole picture."""
        check_frame(frame, self._spec, 1)
        patch = self._patcher.patch(frame, changed) if changed is not None else None
        return patch if patch is not None else self._patcher.align_last_rows(self._convert(frame), frame)

    def send(self, prepared: Picture | Patch, repeat: int) -> None:
        """See Encoder.send."""
        check_repeat(repeat)
        self._segments.send(prepared, repeat)


def _sheets() -> Callable[[Frame], Planes]:
    """A converter of sheets; its planes are copies, since the next sheet is converted meanwhile."""
    convert = yuv_converter(threads=1)
    return lambda sheet: planes_of(convert(sheet))


@contextmanager
def open_mp4(path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None) -> Iterator[Mp4Encoder]:
    """An encoder that writes `path`; `samples` are not needed."""
    with (
        writing(
            path,
            "mp4",
            stream_spec(spec),
            metadata=to_tags(metadata),
            container_options=container_options(spec),
        ) as stream,
        segmented(stream, partial(segment, spec), LANES if in_segments(spec) else 1) as segments,
    ):
        yield Mp4Encoder(segments, spec)
        segments.rest(spec.held)


def in_segments(spec: FilmSpec) -> bool:
    """Whether the film is made in segments, two at once."""
    return spec.codec == "h264" and spec.width * spec.height > SMALL


def segment(spec: FilmSpec, first: int) -> float:
    """Frames of the segment that begins with frame `first`: whole seconds, fewer of them where the film ends,
    so that the lanes end together; inf for a film in one piece."""
    if not in_segments(spec):
        return inf
    gop = keyframes(spec)
    left = spec.frames - first
    return -(-(SEGMENT // 2 if 0 < left <= SEGMENT else SEGMENT) // gop) * gop


def keyframes(spec: FilmSpec) -> int:
    """Frames from a keyframe to the next one: a second's."""
    return max(1, int(spec.rate))


def stream_spec(spec: FilmSpec) -> StreamSpec:
    """The stream for a film, with a keyframe at least every second."""
    codec, crf, options, tag = CODECS[spec.codec]
    if not has_codec(codec):
        raise AnimatorError(
            f"--codec {spec.codec} needs the encoder {codec}, which this build of PyAV lacks. "
            "Install PyAV from its wheel (pip install av), or use --codec h264."
        )
    return StreamSpec(
        codec=codec,
        pixel_format="yuv420p",
        width=spec.width,
        height=spec.height,
        rate=spec.rate,
        threads=1 if spec.codec == "h264" else THREADS,
        keyframes=keyframes(spec),
        options={"crf": str(crf + 4 * spec.quality), **options, **tuned(codec)},
        bt709=True,
        tag=tag,
    )


def tuned(codec: str) -> dict[str, str]:
    """Options of x264 that make it write the same bytes every time, and flat pictures fast.

    Its AVX-512 code does not write the same: of 300 films of the same seven pictures, encoded on a busy
    machine, 24 had other bytes, and none with AVX2, whose bytes are those of the rest. subme=1, a coarser
    search for motion, takes three quarters of the time; where lines move over flat ground, files are 1 %
    larger and 0.4 dB nearer to what was drawn.
    """
    if codec != "libx264":
        return {}
    return {"x264-params": ":".join(["asm=AVX2"] * has_wide_vectors() + ["subme=1"])}


def container_options(spec: FilmSpec) -> dict[str, str]:
    """moov first, and a clock (ticks a second) in which every frame lasts a whole number of ticks: the
    default of 1000 would round the film's length to milliseconds."""
    ticks = spec.rate.numerator
    return {
        "movflags": "+faststart",
        "movie_timescale": str(ticks * -(-1000 // ticks)),
    }
