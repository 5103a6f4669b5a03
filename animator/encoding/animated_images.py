"""WebM, animated WebP, APNG and AVIF: what browsers play beside MP4 and GIF, one stream of pictures each.

WebM (VP9), WebP and APNG can be transparent. Frames go through as they come.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from animator.encoding.container_metadata import add_to_avif, add_to_webp, set_transparent
from animator.encoding.film_spec import FilmSpec, Metadata, json_line
from animator.encoding.formats import Frame, Samples, check_frame
from animator.encoding.png import to_chunks
from animator.encoding.pyav_adapter import (
    Picture,
    StreamSpec,
    VideoStream,
    rgba_converter,
    writing,
    yuv_converter,
)

THREADS = 2
SIGNATURE_AND_HEADER = 33  # bytes of a PNG before its second chunk


@dataclass(frozen=True, slots=True)
class Kind:
    """How a format is made: muxer, codec, pixel formats without and with transparency, options, and whether
    colours are BT.709 video. loop: the muxer's option and what it says for endless and for once.
    """

    muxer: str
    codec: str
    opaque: str
    clear: str
    options: Mapping[str, str]
    video: bool
    loop: tuple[str, str, str] | None = None


KINDS = {
    ".webm": Kind(
        muxer="webm",
        codec="libvpx-vp9",
        opaque="yuv420p",
        clear="yuva420p",
        options={
            "crf": "24",
            "b": "0",
            "deadline": "good",
            "cpu-used": "5",
            "row-mt": "1",
            "auto-alt-ref": "0",
        },
        video=True,
    ),
    ".webp": Kind(
        muxer="webp",
        codec="libwebp_anim",
        opaque="bgra",
        clear="bgra",
        options={"quality": "90", "compression_level": "2"},
        video=False,
        loop=("loop", "0", "1"),
    ),
    ".apng": Kind(
        muxer="apng",
        codec="apng",
        opaque="rgb24",
        clear="rgba",
        options={"pred": "mixed"},
        video=False,
        loop=("plays", "0", "1"),
    ),
    ".avif": Kind(
        muxer="avif",
        codec="libsvtav1",
        opaque="yuv420p",
        clear="yuv420p",
        options={"crf": "26", "preset": "9"},
        video=True,
        loop=("loop", "0", "1"),
    ),
}


class AnimationEncoder:
    """Converts each picture once and sends it as often as it is shown."""

    def __init__(self, stream: VideoStream, spec: FilmSpec, convert: Callable[[Frame], Picture]) -> None:
        self._stream = stream
        self._spec = spec
        self._convert = convert
        self._frames = 0
        self._last: Picture | None = None

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """See Encoder.write."""
        check_frame(frame, self._spec, repeat)
        self._last = self._convert(np.array(frame))
        for _ in range(repeat):
            self.again()

    def again(self) -> None:
        """The latest picture for one more frame, if there is one."""
        if self._last is not None:
            self._stream.send(self._last, self._frames)
            self._frames += 1


@contextmanager
def open_animation(
    path: Path, spec: FilmSpec, metadata: Metadata, samples: Samples | None
) -> Iterator[AnimationEncoder]:
    """An encoder that writes `path`, whose suffix is among KINDS; `samples` are not needed."""
    kind = KINDS[path.suffix.lower()]
    layout = kind.clear if spec.transparent else kind.opaque
    options = {kind.loop[0]: kind.loop[1] if spec.loop else kind.loop[2]} if kind.loop else {}
    if kind.muxer == "webm":
        options["fflags"] = "+bitexact"  # else the muxer draws a random number for the track
    stream = StreamSpec(
        codec=kind.codec,
        pixel_format=layout,
        width=spec.width,
        height=spec.height,
        rate=spec.rate,
        threads=THREADS,
        keyframes=max(1, int(spec.rate)) if kind.video else None,
        options=kind.options,
        bt709=kind.video,
    )
    tags = {
        "title": metadata.title,
        "comment": f"{metadata.command}\n{json_line(metadata.details)}",
        "description": metadata.description,
        "synopsis": metadata.alt_text,
    }
    with writing(path, kind.muxer, stream, tags if kind.muxer == "webm" else None, options) as video:
        convert = yuv_converter(layout) if kind.video else rgba_converter(layout)
        encoder = AnimationEncoder(video, spec, convert)
        yield encoder
        for _ in range(spec.held):
            encoder.again()
    if kind.muxer in WORDS:
        WORDS[kind.muxer](path, metadata)
    if kind.muxer == "webp" and spec.transparent:
        set_transparent(path)


def add_to_png(path: Path, metadata: Metadata) -> None:
    """Put the film's words into a PNG file, after its header."""
    from PIL.PngImagePlugin import putchunk

    data = path.read_bytes()
    with path.open("wb") as file:
        file.write(data[:SIGNATURE_AND_HEADER])
        for chunk in to_chunks(metadata).chunks:
            putchunk(file, chunk[0], chunk[1])
        file.write(data[SIGNATURE_AND_HEADER:])


WORDS = {"apng": add_to_png, "webp": add_to_webp, "avif": add_to_avif}
