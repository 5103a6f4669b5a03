"""Memory: the peak of a process that writes 300 frames, beside one that writes 3,000."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path


def peak(run: str, path: str, seconds: float) -> None:
    """Write the film of `run`, `seconds` long at 30 frames a second, and print this process's peak in MB."""
    import animator
    from animator.design.timeline import Pacing

    film = animator.film(run, pacing=Pacing(0, seconds, 0))
    film.save(path, size=(1280, 720), fps=30.0)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure() -> dict[str, float]:
    """Peaks in MB and their ratio, for MP4 and GIF. A run of 399 steps, so that most frames differ."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        environment = {**os.environ, "ANIMATOR_CACHE": str(Path(name) / "cache")}

        def child(*words: str) -> str:
            done = subprocess.run(
                [sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, env=environment
            )
            return done.stdout

        run = str(Path(name) / "run.h5")
        child("-m", "animator", "record", "neuron", "epochs=24", "-o", run)
        child("-m", "animator", "render", run, "-o", str(Path(name) / "first.mp4"))
        for suffix in (".mp4", ".gif"):
            film = str(Path(name) / f"film{suffix}")
            short, long = (float(child("-m", "benchmarks.memory", run, film, s)) for s in ("10", "100"))
            figures[f"MB at the peak, 300 frames to {suffix}"] = short
            figures[f"MB at the peak, 3,000 frames to {suffix}"] = long
            figures[f"ratio, 3,000 to 300 frames, {suffix}"] = long / short
    return figures


if __name__ == "__main__":
    if len(sys.argv) == 4:
        peak(sys.argv[1], sys.argv[2], float(sys.argv[3]))
    else:
        print(json.dumps(measure(), indent=2))
