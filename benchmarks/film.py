"""Films: `animator render neuron` cold and cached, and frames a second beside matplotlib.animation.

The rival draws the same three panels (contours that are cut again at every step, weights, loss) the way
its documentation teaches: FuncAnimation, saved by its own writers.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIZE = (1280, 720)
RIVAL_FRAMES = 30


def command(cache: Path, folder: Path, *more: str) -> float:
    """Seconds of `animator render neuron` in a fresh process."""
    words = [sys.executable, "-m", "animator", "render", "neuron", *more]
    started = time.perf_counter()
    subprocess.run(
        words,
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "ANIMATOR_CACHE": str(cache)},
    )
    return time.perf_counter() - started


def ours(run: Path, folder: Path, suffix: str) -> tuple[float, int]:
    """(frames a second, bytes) of writing the film of `run` at 1280x720, drawing included."""
    import animator

    film = animator.film(run)
    film.views(30.0)
    started = time.perf_counter()
    (saved,) = film.save(folder / f"ours{suffix}", size=SIZE, fps=30.0)
    return saved.frames / (time.perf_counter() - started), saved.bytes


def rival(run: Path, folder: Path, suffix: str) -> float:
    """Frames a second of matplotlib.animation for the same panels, at the same size."""
    import animator

    view = animator.film(run).views(30.0)[0]
    animation = rival_animation(view)
    started = time.perf_counter()
    writer = "pillow" if suffix == ".gif" else mp4_writer()
    animation.save(folder / f"rival{suffix}", writer=writer, dpi=100)
    return RIVAL_FRAMES / (time.perf_counter() - started)


def rival_animation(view, size=SIZE):
    """FuncAnimation of surface, weights and loss, `size` pixels large."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation

    figure, axes = plt.subplot_mosaic(
        [["s", "w"], ["s", "l"]], figsize=(size[0] / 100, size[1] / 100), dpi=100
    )
    levels = np.linspace(view.field.lowest, view.field.highest, 16)
    steps = np.linspace(0, view.steps, RIVAL_FRAMES).astype(int)

    def draw(frame):
        step = steps[frame]
        for panel in axes.values():
            panel.clear()
        axes["s"].contourf(view.field.alpha, view.field.beta, view.field.slices[view.field.at(step)], levels)
        axes["s"].plot(*view.trajectory[: step + 1].T, color="white")
        axes["s"].plot(*view.trajectory[step], "o", color="red")
        axes["w"].plot(view.lines[: step + 1])
        axes["w"].set_xlim(0, view.steps)
        axes["l"].semilogy(view.batch_loss[:step])
        axes["l"].semilogy(view.loss[: step + 1])
        axes["l"].set_xlim(0, view.steps)
        figure.suptitle(f"step {step}")

    return FuncAnimation(figure, draw, frames=RIVAL_FRAMES)


def mp4_writer(size=SIZE):
    """matplotlib's frames to MP4 by PyAV: it needs a separate ffmpeg program, which nobody installs here."""
    from contextlib import contextmanager

    import av
    from matplotlib.animation import AbstractMovieWriter

    class Writer(AbstractMovieWriter):
        def setup(self, fig, outfile, dpi=None):
            super().setup(fig, outfile, dpi)
            self.container = av.open(str(outfile), "w")
            self.stream = self.container.add_stream("libx264", rate=30, options={"preset": "veryfast"})
            self.stream.width, self.stream.height = size
            self.stream.pix_fmt = "yuv420p"

        def grab_frame(self, **kwargs):
            self.fig.canvas.draw()
            pixels = np.ascontiguousarray(np.asarray(self.fig.canvas.buffer_rgba())[..., :3])
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            self.container.mux(self.stream.encode(frame))

        def finish(self):
            self.container.mux(self.stream.encode())
            self.container.close()

        @contextmanager
        def saving(self, fig, outfile, dpi, *args, **kwargs):
            self.setup(fig, outfile, dpi)
            yield self
            self.finish()

    return Writer(fps=30)


def measure() -> dict[str, float]:
    """All figures of this part."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = folder / "cache"
        both = ("-o", "neuron.mp4", "-o", "neuron.gif")
        figures = {"seconds, import tensorflow": _import_seconds()}
        figures["seconds, render neuron, cold (MP4 and GIF)"] = command(cache, folder, *both)
        figures["seconds, render neuron, cached (MP4 and GIF)"] = command(cache, folder, *both)
        figures["seconds, render neuron, cached (MP4 at 720p)"] = command(cache, folder, "-o", "neuron.mp4")
        figures["bytes, neuron.gif"] = (folder / "neuron.gif").stat().st_size
        figures["bytes, neuron.mp4"] = (folder / "neuron.mp4").stat().st_size
        os.environ["ANIMATOR_CACHE"] = str(cache)
        run = next((cache / "recordings").glob("*.h5"))
        for suffix in (".mp4", ".gif"):
            rate, _ = ours(run, folder, suffix)
            slow = rival(run, folder, suffix)
            figures[f"frames/s to {suffix}, 1280x720, animator"] = rate
            figures[f"frames/s to {suffix}, 1280x720, matplotlib.animation"] = slow
            figures[f"times as fast to {suffix}"] = rate / slow
    return figures


def _import_seconds() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import tensorflow"], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
