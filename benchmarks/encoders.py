"""Encoding alone, of pictures that are ready: frames a second and bytes.

MP4 at 1280x720 from RGBA, beside the same pictures converted beforehand, which is x264's own limit. GIF at
960x540 beside Pillow's writer, in speed and in size (naive: every frame with a palette of its own), and
the fidelity of one frame. Run: python -m benchmarks.encoders
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.encoding.formats import Frame
from animator.encoding.mp4 import container_options, stream_spec
from animator.encoding.pyav_adapter import writing, yuv_converter

RED, GOLD = (255, 51, 68), (240, 200, 40)
MP4_FRAMES, GIF_FRAMES = 240, 60


def contour(width: int, height: int) -> Frame:
    """A filled contour with a title and ticks, (height, width, 4) uint8."""
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor="#101418")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor="#101418")
    x = np.linspace(-2, 2, 200)
    a, b = np.meshgrid(x, x)
    loss = np.log((1 - a) ** 2 + 10 * (b - a**2) ** 2 + 0.01)
    axes.contourf(a, b, loss, 24, cmap="cividis")
    axes.contour(a, b, loss, 24, colors="white", linewidths=0.5)
    axes.set_title("Loss at the weights", color="white", size=22)
    axes.tick_params(colors="white")
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def film(width: int, height: int, count: int) -> list[Frame]:
    """`count` frames: a red dot crosses the contour, a line below grows."""
    ground = contour(width, height)
    frames = []
    for i in range(count):
        frame = ground.copy()
        left = i * (width - 40) // count
        top = height // 2 + int(height / 4 * np.sin(i / 9))
        frame[top : top + 16, left : left + 16, :3] = RED
        frame[height - 8 : height - 4, : left + 1, :3] = GOLD
        frames.append(frame)
    return frames


def rate(count: int, work: Callable[[], object], rounds: int = 3) -> float:
    """Frames a second of the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return round(count / best, 1)


def measure_mp4(folder: Path) -> dict[str, float]:
    """MP4 at 1280x720: from RGBA, and from yuv420p made beforehand."""
    spec = FilmSpec(1280, 720, 30)
    frames = film(1280, 720, 60)
    convert = yuv_converter()
    ready = [convert(frame) for frame in frames]
    path = folder / "a.mp4"

    def from_rgba() -> None:
        with open_encoder(path, spec, Metadata()) as encoder:
            for i in range(MP4_FRAMES):
                encoder.write(frames[i % 60])

    def from_yuv() -> None:
        options = container_options(spec)
        with writing(path, "mp4", stream_spec(spec), container_options=options) as stream:
            for i in range(MP4_FRAMES):
                stream.send(ready[i % 60], i)

    return {
        "mp4_720p_rgba_frames_per_second": rate(MP4_FRAMES, from_rgba),
        "mp4_720p_yuv_frames_per_second": rate(MP4_FRAMES, from_yuv),
        "mp4_720p_bytes": path.stat().st_size,
    }


def measure_gif(folder: Path) -> dict[str, float]:
    """GIF at 960x540: ours (the choice of the palette included) beside Pillow's writer."""
    frames = film(960, 540, GIF_FRAMES)
    ours, naive = folder / "ours.gif", folder / "naive.gif"
    spec = FilmSpec(960, 540, 25, exact_colours=(RED, GOLD))

    def write_ours() -> None:
        with open_encoder(ours, spec, Metadata(), lambda: frames[::10]) as encoder:
            for frame in frames:
                encoder.write(frame)

    def write_naive() -> None:
        pictures = [frame[..., :3] for frame in frames]
        iio.imwrite(naive, pictures, plugin="pillow", duration=40, loop=0)

    figures = {
        "gif_540p_frames_per_second": rate(GIF_FRAMES, write_ours),
        "gif_540p_pillow_frames_per_second": rate(GIF_FRAMES, write_naive, rounds=1),
        "gif_540p_bytes": ours.stat().st_size,
        "gif_540p_pillow_bytes": naive.stat().st_size,
        "gif_psnr_db": fidelity(ours, frames),
        "gif_pillow_psnr_db": fidelity(naive, frames),
    }
    figures["gif_size_ratio"] = round(ours.stat().st_size / naive.stat().st_size, 3)
    return figures


def fidelity(path: Path, frames: list[Frame]) -> float:
    """Peak signal-to-noise ratio of the middle frame, dB."""
    with Image.open(path) as image:
        image.seek(len(frames) // 2)
        shown = np.asarray(image.convert("RGB")).astype(float)
    error = ((shown - frames[len(frames) // 2][..., :3]) ** 2).mean()
    return round(float(10 * np.log10(255**2 / error)), 1)


def measure() -> dict[str, float]:
    """All figures, by name."""
    with tempfile.TemporaryDirectory() as folder:
        return {**measure_mp4(Path(folder)), **measure_gif(Path(folder))}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
