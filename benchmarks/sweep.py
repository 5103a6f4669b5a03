"""A sweep: 64 films of the neuron at 640x360, from the command to the last file, by 1 and by 2 workers.

Beside it stand a shell loop of `animator render`, cold as a loop is (four of the 64 cells, from one end of
both axes to the other, counted as 64), and matplotlib.animation, drawing alone: its frames of one such film,
as many as the film has. Processor time is that of all processes; on a machine that others use it varies less.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CELLS = 64
LOOP = ((0, 0), (5, 1), (10, 2), (15, 3))  # numbers of the learning rate and of the seed
SIZE = (640, 360)
WORDS = ("learning_rate=geomspace(0.05,2,16)", "seed=range(0,4)")


def processor() -> float:
    """Seconds of processor time that processes which were begun here, and have ended, took in all."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def animator(cache: Path, folder: Path, *words: str) -> tuple[float, float]:
    """Seconds and seconds of processor time of `animator WORDS` in a fresh process."""
    started, before = time.perf_counter(), processor()
    subprocess.run(
        [sys.executable, "-m", "animator", *words],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "ANIMATOR_CACHE": str(cache)},
    )
    return time.perf_counter() - started, processor() - before


def swept(folder: Path, jobs: int) -> tuple[float, float]:
    """Films a minute, and processor time of a film, of the sweep by `jobs` workers, nothing in the cache."""
    seconds, used = animator(
        folder / f"cache-{jobs}",
        folder,
        "sweep",
        "neuron",
        *WORDS,
        "--quality",
        "draft",
        "--jobs",
        str(jobs),
        "-o",
        f"sweep-{jobs}",
    )
    return 60 * CELLS / seconds, used / CELLS


def redrawn(folder: Path) -> float:
    """Films a minute of the same sweep in another style."""
    seconds, _ = animator(
        folder / "cache-2",
        folder,
        "sweep",
        "neuron",
        *WORDS,
        "--quality",
        "draft",
        "--jobs",
        "2",
        "--style",
        "light",
        "-o",
        "sweep-2",
    )
    return 60 * CELLS / seconds


def looped(folder: Path) -> tuple[float, float]:
    """Films a minute, and processor time of a film, of a shell loop, one process a film."""
    rates = np.geomspace(0.05, 2, 16)
    taken = [
        animator(
            folder / "cache-loop",
            folder,
            "render",
            "neuron",
            f"learning_rate={rates[k]}",
            f"seed={seed}",
            "--quality",
            "draft",
            "-o",
            f"loop-{k}.mp4",
        )
        for k, seed in LOOP
    ]
    seconds, used = (sum(part) for part in zip(*taken, strict=True))
    return 60 * len(LOOP) / seconds, used / len(LOOP)


def rival(folder: Path) -> float:
    """Films a minute of matplotlib.animation, with everything but the drawing done."""
    import animator as library
    from benchmarks.film import RIVAL_FRAMES, mp4_writer, rival_animation

    os.environ["ANIMATOR_CACHE"] = str(folder / "cache-loop")
    film = library.film(next((folder / "cache-loop" / "recordings").glob("*.h5")))
    animation = rival_animation(film.views(30.0)[0], SIZE)
    started = time.perf_counter()
    animation.save(folder / "rival.mp4", writer=mp4_writer(SIZE), dpi=100)
    return 60 * RIVAL_FRAMES / (time.perf_counter() - started) / film.timeline(30.0).frames


def measure() -> dict[str, float]:
    """All figures of this part."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (one, _), (two, used), again = swept(folder, 1), swept(folder, 2), redrawn(folder)
        (loop, alone), slow = looped(folder), rival(folder)
    return {
        f"films/minute, {CELLS} cells of the neuron at 640x360, 1 worker": one,
        f"films/minute, {CELLS} cells of the neuron at 640x360, 2 workers": two,
        "times as fast with 2 workers as with 1": two / one,
        "films/minute, the same in another style, 2 workers": again,
        f"films/minute, a shell loop of animator render ({len(LOOP)} of {CELLS} measured)": loop,
        "films/minute, matplotlib.animation, drawing alone": slow,
        "times as fast as the loop": two / loop,
        "times as fast as matplotlib.animation": two / slow,
        "processor seconds a film, 2 workers": used,
        "processor seconds a film, the loop": alone,
        "times as little processor time as the loop": alone / used,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
