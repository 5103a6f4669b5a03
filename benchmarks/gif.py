"""A GIF of the neuron, 150 frames at 960x540, drawing included: speed, size and fidelity beside its rivals.

Every film is made in a process that has made one before: what is imported first counts for nobody.

Rivals: the same panels by matplotlib.animation and its PillowWriter; the same frames, drawn by us, by a plain
`imageio.mimsave` with one palette for each frame. Run: python -m benchmarks.gif
"""

import json
import tempfile
import time
from pathlib import Path

import imageio
import numpy as np
from PIL import Image

from animator.design import style, style_files
from animator.design.pacing import Pacing
from animator.films.film import Film
from benchmarks.drawing import film
from benchmarks.film import RIVAL_FRAMES, rival_animation

SIZE, FPS = (960, 540), 20.0
ROUNDS = 3
PACING = Pacing(intro=0.5, play=6.0, end=1.0)  # 150 frames


def ours(made: Film, path: Path) -> float:
    """Seconds for the whole film, with a canvas of its own and the poster."""
    made = made.with_views(*made.views(FPS))
    started = time.perf_counter()
    made.save(path, size=SIZE, fps=FPS)
    return time.perf_counter() - started


def pillow_writer(made: Film, path: Path) -> float:
    """Seconds a frame of matplotlib.animation, its fastest round."""
    seconds = []
    for _ in range(ROUNDS):
        animation = rival_animation(made.views(FPS)[0])
        started = time.perf_counter()
        animation.save(path, writer="pillow", dpi=75)
        seconds.append(time.perf_counter() - started)
    return min(seconds) / RIVAL_FRAMES


def fidelity(path: Path, frames: list[np.ndarray]) -> float:
    """The least peak signal-to-noise ratio, dB, of any picture beside the frame drawn for its time."""
    worst, at = np.inf, 0.0
    with Image.open(path) as image:
        for i in range(image.n_frames):
            image.seek(i)
            shown = np.asarray(image.convert("RGB")).astype(np.float64)
            error = ((shown - frames[round(at * FPS / 1000)]) ** 2).mean()
            worst, at = min(worst, 10 * np.log10(255**2 / max(1e-9, error))), at + image.info["duration"]
    return float(worst)


def exact(path: Path) -> bool:
    """Whether the dot's colour and every line's are in the last frame, exactly."""
    look = style_files.find("dark")
    wanted = {style.rgb(colour) for colour in (look.dot, look.dot_edge, look.ink, *look.lines[:3])}
    with Image.open(path) as image:
        image.seek(image.n_frames - 1)
        seen = {
            tuple(colour) for colour in np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)
        }
    return wanted <= seen


def measure() -> dict[str, float]:
    """All figures of this part."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = film("neuron", "static")
        made = made.redesigned(pacing=PACING)
        made.views(FPS)
        seconds = min(ours(made, folder / "ours.gif") for _ in range(ROUNDS))
        rival = pillow_writer(made, folder / "rival.gif") * 150
        canvas, clock = made.canvas(SIZE, FPS), made.timeline(FPS)
        frames = [canvas.draw(clock.state(i))[..., :3].copy() for i in range(clock.frames)]
        imageio.mimsave(folder / "naive.gif", frames, duration=1000 / FPS)
        sizes = [(folder / f"{kind}.gif").stat().st_size for kind in ("ours", "naive")]
        return {
            "seconds, 150 frames to GIF at 960x540, animator": seconds,
            "seconds, the same by matplotlib's PillowWriter": rival,
            "times as fast": rival / seconds,
            "bytes": sizes[0],
            "of the bytes of imageio.mimsave": sizes[0] / sizes[1],
            "least PSNR of a frame, dB": fidelity(folder / "ours.gif", frames),
            "the artists' colours exact": float(exact(folder / "ours.gif")),
        }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
