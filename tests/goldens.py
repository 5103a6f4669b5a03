"""Golden posters: the last frames of some bundled films, 320x180. `make goldens` draws them anew.

Look at every picture that changed before it is committed.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent / "goldens"
CHEAP = {
    "spirals": "epochs=3",
    "digits": "epochs=1",
    "curvature": "epochs=30",
    "noise": "rounds=1",
    "minima": "epochs=20",
    "ravine": "epochs=20",
    "neuron": "epochs=2",
    "weights": "epochs=2",
    "orbit": "epochs=2",
    "bias": "epochs=2",
    "function": "steps=20",
    "valley": "steps=20",
    "four-valleys": "steps=8",
    "escape": "steps=20",
    "beale": "steps=20",
    "saddle": "steps=60",
    "schedule": "steps=60",
    "overfitting": "epochs=40",
    "loss-functions": "epochs=3",
    "activations": "epochs=3",
}
NAMES = (
    "neuron",
    "weights",
    "learning-rates",
    "optimizers",
    "ravine",
    "noise",
    "minima",
    "plateau",
    "bias",
    "orbit",
    "momentum",
    "spirals",
)
MOST, MEAN = 110, 1.5  # of 255: the largest and the mean difference that another machine's rounding may make


def cheap(name: str) -> str:
    """A value that makes the scene's training short."""
    return CHEAP.get(name, "epochs=12")


def differences(one: Path, two: Path) -> tuple[int, float]:
    """The largest and the mean difference of two pictures' bytes, each blurred over 2 x 2 pixels."""
    a, b = (_halved(np.asarray(Image.open(path).convert("RGB"), np.float64)) for path in (one, two))
    if a.shape != b.shape:
        return 255, 255.0
    gap = np.abs(a - b)
    return int(gap.max()), float(gap.mean())


def _halved(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    return (pixels[::2, ::2] + pixels[1::2, ::2] + pixels[::2, 1::2] + pixels[1::2, 1::2]) / 4


def main() -> None:
    """Draw all of them anew."""
    from animator.cli import app

    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        sys.argv = [
            "animator",
            "render",
            name,
            cheap(name),
            "-o",
            str(FOLDER / f"{name}.png"),
            "--size",
            "320x180",
        ]
        try:
            app.main()
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main()
