"""How long commands take: the small ones, `render neuron` cold and cached, and films of long runs.

Run: python -m benchmarks.start
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.drawing import film

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


def long_run(steps: int) -> float:
    """Milliseconds a frame of a film of `steps` noisy steps, drawn at 1280x720; its views are made up."""
    made = film("neuron", "static")
    (view,) = made.views(30.0)
    rng = np.random.default_rng(0)
    share = np.linspace(0, 1, steps + 1)
    path = view.trajectory[0] + share[:, None] * (view.trajectory[-1] - view.trajectory[0])
    path = path + 0.05 * rng.normal(size=path.shape)
    loss = np.geomspace(1.0, 1e-3, steps + 1) * rng.uniform(0.8, 1.2, steps + 1)
    lines = np.column_stack([path, share]).astype(np.float32)
    assert view.field is not None
    field = replace(view.field, checked=np.array([0, steps]), heights=loss[[0, -1]])
    made = made.with_views(
        replace(view, steps=steps, trajectory=path, loss=loss, batch_loss=loss[1:], lines=lines, field=field,
                learning_rate=np.full(steps, 0.5), epoch=np.zeros(steps, np.int32),
                residual=np.zeros(steps + 1), recorded=np.arange(steps + 1))
    )  # fmt: skip
    canvas = made.canvas((1280, 720), 30.0)
    clock = replace(made.timeline(30.0), steps=steps, clock=None)
    states = [state for state, _ in clock.stills()]
    canvas.draw(states[0])
    started = time.perf_counter()
    for state in states:
        canvas.draw(state)
    return (time.perf_counter() - started) / len(states) * 1e3


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
        for label, words in (
            ("render neuron, cached (MP4 at 720p)", ("render", "neuron", "-o", "a.mp4")),
            ("animator scenes", ("scenes",)),
            ("animator info", ("info", "a.mp4")),
        ):
            figures[f"seconds, {label}"] = min(command(folder, *words) for _ in range(ROUNDS))
    for steps in STEPS:
        figures[f"ms a frame drawn, {steps:,} steps"] = min(long_run(steps) for _ in range(2))
    figures["ms a frame, a million steps beside a thousand"] = (
        figures[f"ms a frame drawn, {STEPS[1]:,} steps"] / figures[f"ms a frame drawn, {STEPS[0]:,} steps"]
    )
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
