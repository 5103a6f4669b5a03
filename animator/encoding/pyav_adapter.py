"""The only module that knows PyAV: a stream of pictures into a file, and the facts of a video file.

Files are written through imageio's PyAV plugin. Its public methods cannot set a codec's options, tag
colours or write a palette (imageio issue 1062), so its container, a private attribute, is used instead;
where imageio has renamed that, the file is opened with PyAV itself, which is the same container.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import av
from av import Packet as AvPacket
from av import VideoCodecContext, VideoFrame
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream as AvVideoStream

from animator.core.gc_tuning import Frozen

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from animator.core.arrays import Bytes

Picture: TypeAlias = VideoFrame  # in an encoder's own pixels
Packet: TypeAlias = AvPacket
T = TypeVar("T")
BT709 = 1  # the code of BT.709 among primaries, transfer characteristics and matrices alike
LIMITED = 1  # luma 16 to 235, chroma 16 to 240
_SCALER_THREADS = 2


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A video stream to be: `rate` in frames a second, also the unit of time stamps; a keyframe at least
    every `keyframes` frames; `threads` of the codec (the bytes depend on it, so it is fixed); `tag`: the
    codec's name in the file, where players ask for another one than the usual."""

    codec: str
    pixel_format: str
    width: int
    height: int
    rate: Fraction
    threads: int = 1
    keyframes: int | None = None
    options: Mapping[str, str] | None = None
    bt709: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What the header of a video file says; `seconds` is the picture's duration, `colours` the codes of
    (primaries, transfer, matrix, range), `codec` the name of the format, such as "h264"."""

    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    colours: tuple[int, int, int, int]
    metadata: dict[str, str]
    codec: str


class Coder:
    """An encoder of pictures, each with its time stamp in units of `unit` seconds; its packets have to come
    into a file in their order."""

    def __init__(self, context: VideoCodecContext, unit: Fraction) -> None:
        self._context, self._unit = context, unit
        self._sent = 0

    def encode(self, picture: Picture, time_stamp: int, key: bool = False) -> list[Packet]:
        """The packets that are ready once a picture is there; it may be sent again later. key: whether it
        must be a keyframe."""
        picture.pts = time_stamp
        picture.time_base = self._unit
        picture.pict_type = PictureType.I if key else PictureType.NONE
        self._sent += 1
        return self._packets(picture)

    def end(self) -> list[Packet]:
        """The packets that the encoder still holds. Of one or two pictures, which come in order, x265 leaves
        decoding times unset."""
        packets = self._packets(None)
        if self._context.codec.name == "libx265" and self._sent <= 2:
            for packet in packets:
                packet.dts = packet.pts
        return packets

    @property
    def header(self) -> bytes:
        """What a player reads once, before any picture: sequence and picture parameter sets."""
        return bytes(self._context.extradata)

    def _packets(self, picture: Picture | None) -> list[Packet]:
        packets: list[Packet] = self._context.encode(picture)
        for packet in packets:
            packet.duration = packet.duration or 1  # else the muxer guesses how long the last one is
        return packets


class VideoStream:
    """A stream of a file, which packets are put into; made by one coder, or by one for each segment."""

    def __init__(self, container: OutputContainer, spec: StreamSpec) -> None:
        if spec.codec == "libsvtav1":
            os.environ.setdefault("SVT_LOG", "0")  # what fails is raised
        self._container, self._spec = container, spec
        stream = container.add_stream(spec.codec, spec.rate, options=dict(spec.options or {}))
        self._stream = cast(AvVideoStream, stream)  # PyAV cannot tell from the codec's name
        self._sole: Coder | None = None
        self._begun, self._packets = False, 0
        _set_up(self._stream.codec_context, spec)
        self._stream.time_base = 1 / spec.rate

    def coder(self) -> Coder:
        """A coder that begins anew: the stream's own the first time, then others like it."""
        own = context = self._stream.codec_context
        if self._begun:
            context = cast(VideoCodecContext, av.CodecContext.create(self._spec.codec, "w"))
            context.options = dict(self._spec.options or {})
            context.flags = own.flags
            context.framerate = own.framerate
            context.bit_rate = 0
            _set_up(context, self._spec)
        self._begun = True
        if self._spec.codec == "libsvtav1":
            _open_modestly(context)
        return Coder(context, 1 / self._spec.rate)

    def put(self, packets: Iterable[Packet]) -> None:
        """Write packets, in their order."""
        for packet in packets:
            packet.stream = self._stream
            self._container.mux(packet)
            self._packets += 1

    def send(self, picture: Picture, time_stamp: int) -> None:
        """Encode a picture, shown from `time_stamp` on, for a film that one coder makes."""
        self._sole = self._sole or self.coder()
        self.put(self._sole.encode(picture, time_stamp))

    def finish(self) -> None:
        """Write what the codec still holds; ValueError when the film has no picture."""
        if self._sole is not None:
            self.put(self._sole.end())
        if not self._packets:
            raise ValueError("a film needs at least one frame")


def _set_up(context: VideoCodecContext, spec: StreamSpec) -> None:
    context.width, context.height = spec.width, spec.height
    context.pix_fmt = spec.pixel_format
    context.time_base = 1 / spec.rate
    context.thread_count = spec.threads
    if spec.tag:
        context.codec_tag = spec.tag
    if spec.keyframes is not None:
        context.gop_size = spec.keyframes
    if spec.bt709:
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = LIMITED


def _open_modestly(context: VideoCodecContext) -> None:
    """Open SVT-AV1's coder, and take back the rank before all other processes that it gives itself, and the
    thread that opens it, where it may: root's films would halt the machine.
    """
    ours = os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else None
    context.open(strict=False)
    if ours == os.SCHED_OTHER:
        for thread in Path("/proc/self/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setscheduler(int(thread.name), ours, os.sched_param(0))


def copied(picture: Picture) -> Picture:
    """A copy of a picture, of memory of its own."""
    copy = VideoFrame(picture.width, picture.height, picture.format.name)
    copy.colorspace, copy.color_range = picture.colorspace, picture.color_range
    for plane, other in zip(copy.planes, picture.planes, strict=True):
        memoryview(plane)[:] = memoryview(other)
    return copy


def yuv_converter(layout: str = "yuv420p", threads: int = _SCALER_THREADS) -> "Callable[[Bytes], Picture]":
    """A function from RGBA, (height, width, 4) uint8, to a BT.709 limited-range picture of `layout`, which is
    yuv420p, or yuva420p with transparency.

    swscale reads the RGBA rows where they are: no RGB copy is made. Chroma is the mean of two by two pixels.
    """
    reformatter = VideoReformatter()

    def convert(frame: "Bytes") -> Picture:
        return reformatter.reformat(
            VideoFrame.from_numpy_buffer(frame, format="rgba"),
            format=layout,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA,
            threads=threads,
        )

    return convert


def rgba_converter(layout: str) -> "Callable[[Bytes], Picture]":
    """A function from RGBA, (height, width, 4) uint8, to the same colours in "rgba", "bgra" or "rgb24"."""
    order = {"rgba": [0, 1, 2, 3], "bgra": [2, 1, 0, 3], "rgb24": [0, 1, 2]}[layout]
    return lambda frame: VideoFrame.from_ndarray(frame[..., order].copy(order="C"), format=layout)


def has_codec(name: str) -> bool:
    """Whether this build of PyAV can encode with codec `name`."""
    return name in av.codecs_available


def has_wide_vectors() -> bool:
    """Whether this machine's processor has AVX-512, and so AVX2, as NumPy found it."""
    found = getattr(import_module("numpy._core._multiarray_umath"), "__cpu_features__", {})
    return bool(found.get("AVX512F"))


@contextmanager
def writing(
    path: Path,
    container_format: str,
    stream: StreamSpec,
    metadata: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> Iterator[VideoStream]:
    """Open `path` for one video stream; when the body raises, the file is closed unfinished."""
    options = dict(container_options or {})
    opened = open_container(path, container=container_format, container_options=options)
    with _first_error(opened) as container:
        container.metadata.update(metadata or {})
        video = VideoStream(container, stream)
        yield video
        video.finish()


def read_facts(path: Path) -> VideoFacts:
    """The facts of a video file. Raises OSError or ValueError when it is not one, or is cut short."""
    with av.open(str(path)) as container:
        video = max(container.streams.video, key=lambda s: (s.frames, s.duration or 0))  # not an AVIF's still
        codec = video.codec_context
        whole = (container.duration or 0) / av.time_base  # a WebM says it of the file alone
        seconds = float(video.duration * video.time_base) if video.duration else whole
        return VideoFacts(
            width=codec.width,
            height=codec.height,
            fps=float(video.average_rate or 0),
            frames=video.frames or round(seconds * float(video.average_rate or 0)),
            seconds=seconds,
            colours=(
                int(codec.color_primaries),
                int(codec.color_trc),
                int(codec.colorspace),
                int(codec.color_range),
            ),
            metadata={key.lower(): value for key, value in container.metadata.items()},
            codec=codec.codec.canonical_name,
        )


def last_picture(path: Path) -> "Bytes | None":
    """The last picture of a video, (H, W, 3) RGB, or (H, W, 4) where it has alpha; None where there is none.

    Raises OSError or ValueError when the file is damaged. FFmpeg's own VP9 decoder leaves alpha out, so
    libvpx decodes a WebM.
    """
    last = None
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        decoder = av.CodecContext.create("libvpx-vp9", "r") if video.codec_context.name == "vp9" else video
        for packet in container.demux(video):
            last = next(iter(deque(decoder.decode(packet), maxlen=1)), last)
    if last is None:
        return None
    clear = "a" in last.format.name
    picture: Bytes = last.to_ndarray(format="rgba" if clear else "rgb24")
    return picture


class OutputFile(RawIOBase):
    """A file to write, as a context, that fails once: what comes after the first OSError does nothing.

    FFmpeg goes on seeking and writing after it, and PyAV prints a traceback for each failure but the last.
    An error that it has kept to itself, as of the last bytes, is raised when the context is left.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)  # imageio and PyAV look for it
        self._file = path.open("wb")
        self._failure: OSError | None = None

    def write(self, data: "Buffer") -> int:
        """Write `data`; the number of its bytes."""
        return self._once(lambda: self._file.write(data), memoryview(data).nbytes)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte, and say which."""
        return self._once(lambda: self._file.seek(offset, whence), offset)

    def tell(self) -> int:
        """Which byte comes next."""
        return self._once(self._file.tell, 0)

    def writable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Write what is still held; whether that failed is told when the context is left."""
        super().close()
        try:
            self._file.close()
        except OSError as error:
            self._failure = self._failure or error

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close()
        if kind is None and self._failure is not None:
            raise self._failure

    def _once(self, work: "Callable[[], T]", otherwise: "T") -> "T":
        if self._failure is not None:
            return otherwise
        try:
            return work()
        except OSError as error:
            self._failure = error
            raise


@contextmanager
def _first_error(opened: AbstractContextManager[OutputContainer]) -> Iterator[OutputContainer]:
    """What `opened` gives. An error of the body is raised as it is, where closing fails after it, too: of a
    disk that is full PyAV says so the first time only."""
    failed: BaseException | None = None
    try:
        with opened as given:
            try:
                yield given
            except BaseException as error:  # an interruption, too
                failed = error
                raise
    except Exception:  # of closing; what the body raised came first
        if failed is not None:
            raise failed  # noqa: B904 - closing is what failed after it
        raise


@contextmanager
def open_container(path: Path, **options: object) -> Iterator[OutputContainer]:
    """PyAV's container to write a file, closed without a garbage collection.

    imageio makes a full one when it closes a file, and another when it lets go of it, for the sake of
    filters, which are not used here; beside TensorFlow's objects each would take longer than a short film.
    So there is nothing to be found meanwhile.
    """
    with Frozen() as frozen, _opened(path, frozen.freeze, options) as container:
        yield container


@contextmanager
def _opened(
    path: Path, before_closing: Callable[[], None], options: dict[str, object]
) -> Iterator[OutputContainer]:
    """PyAV's container for a file that imageio opened, or that PyAV opened where imageio hides it."""
    import imageio.v3 as iio  # reading headers goes without it

    imopen: Any = iio.imopen  # its overloads know no options
    with ExitStack() as stack:
        file = stack.enter_context(OutputFile(path))
        plugin = stack.enter_context(imopen(file, "w", plugin="pyav", extension=path.suffix, **options))
        stack.callback(before_closing)
        container = getattr(plugin, "_container", None)
        if container is not None:
            yield container
            return
    options["format"] = options.pop("container", None)
    with OutputFile(path) as file, av.open(file, "w", **options) as container:
        yield container
