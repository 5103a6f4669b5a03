"""A sweep: 64 films of the neuron at 640x360, from the command to the last file, by 1 and by 2 workers.

Beside it stand a shell loop of `animator render`, cold as a loop is (a few cells are measured and counted as
64), and matplotlib.animation, drawing alone: its frames of one such film, as many as the film has.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CELLS = 64
LOOP = 4
SIZE = (640, 360)
WORDS = ("learning_rate=geomspace(0.05,2,16)", "seed=range(0,4)")


def animator(cache: Path, folder: Path, *words: str) -> float:
    """Seconds of `animator WORDS` in a fresh process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "animator", *words], check=True, cwd=folder,
                   stdout=subprocess.DEVNULL, env={**os.environ, "ANIMATOR_CACHE": str(cache)})  # fmt: skip
    return time.perf_counter() - started


def swept(folder: Path, jobs: int) -> float:
    """Films a minute of the sweep by `jobs` workers, nothing in the cache."""
    seconds = animator(folder / f"cache-{jobs}", folder, "sweep", "neuron", *WORDS, "--quality", "draft",
                       "--jobs", str(jobs), "-o", f"sweep-{jobs}")  # fmt: skip
    return 60 * CELLS / seconds


def redrawn(folder: Path) -> float:
    """Films a minute of the same sweep in another style."""
    seconds = animator(folder / "cache-2", folder, "sweep", "neuron", *WORDS, "--quality", "draft", "--jobs",
                       "2", "--style", "light", "-o", "sweep-2")  # fmt: skip
    return 60 * CELLS / seconds


def looped(folder: Path) -> float:
    """Films a minute of a shell loop, one process a film."""
    rates = [0.05 * 1.9**k for k in range(LOOP)]
    seconds = [
        animator(folder / "cache-loop", folder, "render", "neuron", f"learning_rate={rate}", "--quality",
                 "draft", "-o", f"loop-{rate}.mp4") for rate in rates
    ]  # fmt: skip
    return 60 * LOOP / sum(seconds)


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
        one, two, again = swept(folder, 1), swept(folder, 2), redrawn(folder)
        loop, slow = looped(folder), rival(folder)
    return {
        f"films/minute, {CELLS} cells of the neuron at 640x360, 1 worker": one,
        f"films/minute, {CELLS} cells of the neuron at 640x360, 2 workers": two,
        "times as fast with 2 workers as with 1": two / one,
        "films/minute, the same in another style, 2 workers": again,
        f"films/minute, a shell loop of animator render ({LOOP} of {CELLS} measured)": loop,
        "films/minute, matplotlib.animation, drawing alone": slow,
        "times as fast as the loop": two / loop,
        "times as fast as matplotlib.animation": two / slow,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
