"""MP4 for slides and browsers: H.264, yuv420p, BT.709 converted and tagged, moov atom first.

The bytes depend on the frames alone: threads are fixed in number and no date is written.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from animator.encoders.formats import Box, Frame, Samples, check_frame, check_repeat
from animator.encoders.mending import Mender, Patch, Planes, mend, planes_of
from animator.encoders.pyav_adapter import (
    StreamSpec,
    VideoStream,
    has_codec,
    has_wide_vectors,
    writing,
    yuv_converter,
)
from animator.encoders.spec import FilmSpec, Metadata
from animator.encoders.tags import to_tags
from animator.errors import AnimatorError

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
THREADS = 2  # more make larger files, and leave less of the processor to the drawing
SMALL = 500_000  # pixels: so small a picture is encoded as fast by one thread, with less work in all


class Mp4Encoder:
    """Converts what has changed of each picture once and sends it as often as it is shown."""

    def __init__(self, stream: VideoStream, spec: FilmSpec) -> None:
        self._stream = stream
        self._spec = spec
        self._convert = yuv_converter()
        self._mender = Mender(_sheets)
        self._picture: Any = None
        self._frames = 0

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        self.send(self.prepare(frame, None), repeat)

    def prepare(self, frame: Frame, changed: Sequence[Box] | None) -> Any:
        """See Encoder.prepare: a patch, or the whole picture."""
        check_frame(frame, self._spec, 1)
        patch = self._mender.patch(frame, changed) if changed is not None else None
        return patch if patch is not None else self._mender.settle(self._convert(frame), frame)

    def send(self, prepared: Any, repeat: int) -> None:
        """See Encoder.send. The codecs copy a picture that they are given, so it may be mended afterwards."""
        check_repeat(repeat)
        if isinstance(prepared, Patch):
            mend(planes_of(self._picture), prepared)
        else:
            self._picture = prepared
        self.rest(repeat)

    def rest(self, frames: int) -> None:
        """The latest picture for `frames` more frames, if there is one."""
        for _ in range(frames if self._picture is not None else 0):
            self._stream.send(self._picture, self._frames)
            self._frames += 1


def _sheets() -> Callable[[Frame], Planes]:
    """A converter of sheets; its planes are copies, since the next sheet is converted meanwhile."""
    convert = yuv_converter(threads=1)
    return lambda sheet: planes_of(convert(sheet))


@contextmanager
def open_mp4(path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None) -> Iterator[Mp4Encoder]:
    """An encoder that writes `path`; `samples` are not needed."""
    with writing(
        path,
        "mp4",
        stream_spec(spec),
        metadata=to_tags(metadata),
        container_options=container_options(spec),
    ) as stream:
        encoder = Mp4Encoder(stream, spec)
        yield encoder
        encoder.rest(spec.held)


def stream_spec(spec: FilmSpec) -> StreamSpec:
    """The stream for a film, with a keyframe at least every second."""
    codec, crf, options, tag = CODECS[spec.codec]
    if not has_codec(codec):
        raise AnimatorError(
            f"--codec {spec.codec} needs the encoder {codec}, which this build of PyAV lacks. "
            "Install PyAV from its wheel (pip install av), or use --codec h264."
        )
    small = spec.width * spec.height <= SMALL
    return StreamSpec(
        codec=codec,
        pixel_format="yuv420p",
        width=spec.width,
        height=spec.height,
        rate=spec.rate,
        threads=1 if small else THREADS,
        keyframes=max(1, int(spec.rate)),
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
