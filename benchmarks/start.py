"""How long commands take: the small ones, `render neuron` cold and cached, and films of long runs.

Run: python -m benchmarks.start
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import animator
from animator.core.progress import quiet
from animator.design.scene_files import bundled
from animator.films.build import build, recordings
from animator.recordings.writer import RecordingWriter, Row
from animator.training.keras_startup import start

start()
from animator.training.loss.rebuild import objective_of  # noqa: E402  (Keras has been started quietly)

ROUNDS = 3
STEPS = (1_000, 1_000_000)


def command(folder: Path, *words: str) -> float:
    """Seconds of `animator WORDS...` in a fresh process with a cache in `folder`."""
    started = time.perf_counter()
    environment = {**os.environ, "ANIMATOR_CACHE": str(folder / "cache")}
    subprocess.run([sys.executable, "-m", "animator", *words], check=True, cwd=folder, env=environment,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - started


def bare(folder: Path) -> float:
    """Seconds of `import tensorflow` and the neuron's fit, without anything of ours around them."""
    words = (
        "import tensorflow, sys; from animator.design.scene_files import bundled; "
        "e = bundled('neuron').build({}).runs[0]; x, y = e.data(); "
        "e.model().fit(x, y, epochs=e.epochs, batch_size=e.batch_size, verbose=0)"
    )
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", words], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def long_recording(steps: int, path: Path) -> None:
    """A recording of `steps` noisy steps of the neuron at `path`, its losses the true ones at its weights."""
    scene, about = build(bundled("neuron"), [])
    ((short,), _) = recordings(scene, about, True, quiet)
    first, last = np.asarray(short.weights[0]), np.asarray(short.weights[-1])
    rng = np.random.default_rng(0)
    rows = first + np.linspace(0, 1, steps + 1)[:, None] * (last - first)
    rows = (rows + 0.05 * rng.normal(size=rows.shape)).astype(np.float32)
    loss = objective_of(short)(rows)
    data = short.samples()
    arrays = {} if data is None else {f"data/{name}": values for name, values in data.arrays().items()}
    nothing = np.zeros((steps, 0), np.float32)
    writer = RecordingWriter(path, Row(0, rows[0], nothing[:0].reshape(0)), short.meta, arrays)
    columns = {"batch_loss": loss[:-1] * rng.uniform(0.8, 1.2, steps), "learning_rate": np.full(steps, 0.5),
               "epoch": np.zeros(steps, np.int32), "batch": np.arange(steps, dtype=np.int32)}  # fmt: skip
    writer.write(columns, range(1, steps + 1), rows[1:], nothing)
    writer.finish({"loss": loss})


def long_run(path: Path) -> tuple[float, int]:
    """Milliseconds a frame of the film of the recording at `path`, at 1280x720 with a still surface, and
    the steps of the run that was drawn.
    """
    made = animator.film(path, plane="weights", slice="static")
    made.frame(0)
    canvas, clock = made.canvas((1280, 720), 30.0), made.timeline(30.0)
    states = [state for state, _ in clock.stills()]
    started = time.perf_counter()
    for state in states:
        canvas.draw(state)
    return (time.perf_counter() - started) / len(states) * 1e3, clock.steps


def function_beside_neuron(neuron: float) -> dict[str, float]:
    """A function's film, without TensorFlow, beside the cold neuron's `neuron` seconds (half is wanted)."""
    times = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            times.append(command(Path(folder), "render", "function", "f=beale", "-o", "a.mp4"))
    return {
        "seconds, render function f=beale, cold (MP4)": min(times),
        "cold, function of neuron": min(times) / neuron,
    }


def measure() -> dict[str, float]:
    """All figures of this part."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        least, cold = bare(folder), command(folder, "render", "neuron", "-o", "a.mp4")
        figures = {
            "seconds, import tensorflow and a bare fit": least,
            "seconds, render neuron, cold (MP4)": cold,
            "cold, of import and bare fit": cold / least,
        }
        figures |= function_beside_neuron(cold)
        for label, words in (
            ("render neuron, cached (MP4 at 720p)", ("render", "neuron", "-o", "a.mp4")),
            ("animator scenes", ("scenes",)),
            ("animator info", ("info", "a.mp4")),
        ):
            figures[f"seconds, {label}"] = min(command(folder, *words) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as name:
        for steps in STEPS:
            path = Path(name) / f"{steps}.h5"
            long_recording(steps, path)
            drawn = [long_run(path) for _ in range(2)]
            assert all(there == steps for _, there in drawn), "the film is of the whole run"
            figures[f"ms a frame drawn, {steps:,} steps"] = min(milliseconds for milliseconds, _ in drawn)
    figures["ms a frame, a million steps beside a thousand"] = (
        figures[f"ms a frame drawn, {STEPS[1]:,} steps"] / figures[f"ms a frame drawn, {STEPS[0]:,} steps"]
    )
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
