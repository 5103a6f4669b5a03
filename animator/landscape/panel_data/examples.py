"""Samples that are pictures, and what a classifier takes each for as it trains. Cached by content.

In: a Source whose inputs are small pictures, steps. Out: Examples.
"""

from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats, Ints, Steps
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError
from animator.landscape.panel_data.model_outputs import cached, outputs
from animator.landscape.run_source import Source

MOST = 12


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """pictures (N, h, w) from 0 to 1, labels (N,), guesses (T, N): the likeliest class at `steps` (T,)."""

    steps: Steps
    pictures: Floats
    labels: Ints
    guesses: Ints


def examples(source: Source, steps: Steps) -> Examples:
    """Some samples of each class, and what the model takes them for at `steps`."""
    found = source.samples
    pictures = None if found is None else np.asarray(found.x)
    if found is None or pictures is None or pictures.ndim not in (3, 4):
        given = "none that are kept" if pictures is None else f"of shape {pictures.shape[1:]}"
        raise AnimatorError(
            f"The panel 'examples' shows samples that are pictures, but the inputs are {given}. "
            "Leave the panel away, or use 'accuracy'."
        )
    labels = np.asarray(found.y)
    labels = labels.reshape(len(labels), -1)
    labels = labels.argmax(axis=1) if labels.shape[1] > 1 else labels[:, 0].astype(np.int64)
    chosen = _chosen(labels)
    inputs = pictures[chosen]

    def compute() -> Arrays:
        return {"guesses": outputs(source, "examples", steps, inputs).argmax(axis=2).astype(float)}

    guesses = cached(source, "examples", [steps, chosen], compute)["guesses"].astype(np.int64)
    flat = inputs.reshape(*inputs.shape[:3], -1)[..., 0].astype(float)
    low, high = float(flat.min()), float(flat.max())
    return Examples(steps, (flat - low) / max(high - low, 1e-12), labels[chosen].astype(np.int64), guesses)


def _chosen(labels: Ints) -> Ints:
    """The first sample of each class, in order, then the second of each, MOST in all."""
    seen: dict[int, int] = {}
    rounds = []
    for label in labels.tolist():
        rounds.append(seen.get(label, 0))
        seen[label] = rounds[-1] + 1
    return np.lexsort((labels, np.array(rounds)))[:MOST]
