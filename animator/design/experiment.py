"""What is trained for a film: functions that make the model and the data, and how long to train.

Nothing here runs Keras. The functions are called by animator.training, and only when no recording of
the same experiment is in the cache.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from numbers import Integral
from typing import Any

from animator.core.errors import AnimatorError
from animator.design.fingerprint import ingredients

KerasModel = Any  # Keras has no types
Data = Any  # what Keras trains on: arrays, tables, or dictionaries of them
VERSIONED = ("animator", "tensorflow", "keras", "numpy")


@cache
def version(package: str) -> str:
    """The installed version of a package, looked up once: it takes a millisecond."""
    return metadata.version(package)


@dataclass(frozen=True, slots=True)
class Experiment:
    """One training run.

    Parameters
    ----------
    model
        () -> compiled Keras model.
    data, test
        () -> (x, y) arrays, samples first.
    epochs, batch_size, shuffle
        As for `fit` of Keras.
    seed
        Of all that is random: initial weights, the order of the samples, dropout.
    labels
        Names for parameters on screen, in the order of the flat weights; empty for Keras' own.
    target
        Where the two plotted weights should end, or None when that is not known.
    axes
        The two parameters that span the surface, as indices of the flat weights.
    train
        () -> (x, y) arrays that the model is trained on, where those are not `data`: then the loss and its
        surface are those of `data`, which the training does not see.
    notes
        What else a film may use: "colour", the number of the run's among the style's lines, and "theory",
        the rate of convergence to expect.

    Examples
    --------
    >>> run = animator.Experiment(model=lambda: my_model(0.1), data=lambda: (x, y), epochs=20)
    """

    model: Callable[[], KerasModel]
    data: Callable[[], tuple[Data, Data]]
    test: Callable[[], tuple[Data, Data]] | None = None
    epochs: int = 10
    batch_size: int = 32
    seed: int = 0
    shuffle: bool = True
    labels: tuple[str, ...] = ()
    target: tuple[float, float] | None = None
    axes: tuple[int, int] = (0, 1)
    notes: Mapping[str, object] = field(default_factory=dict)
    train: Callable[[], tuple[Data, Data]] | None = None

    def __post_init__(self) -> None:
        for name in ("model", "data", "test"):
            given = getattr(self, name)
            if not callable(given) and not (name == "test" and given is None):
                what = "a compiled model" if name == "model" else "the arrays (x, y)"
                raise AnimatorError(
                    f"Experiment's {name} cannot be {type(given).__name__}: it must be a function that "
                    f"returns "
                    f"{what}, so that it is called only when it must be trained. Write {name}=lambda: ..."
                )
        for name in ("epochs", "batch_size"):
            given = getattr(self, name)
            if not isinstance(given, Integral) or given < 1:
                raise AnimatorError(
                    f"Experiment's {name} cannot be {given!r}: it must be a whole number from 1 on. Use "
                    f"{name}=10."
                )

    def key(self) -> str:
        """Digest of all that decides the recording: sources, values, seed and versions."""
        functions = (self.model, self.data, self.test, *((self.train,) if self.train else ()))
        parts = {
            "functions": [ingredients(f) for f in functions],
            "numbers": [self.epochs, self.batch_size, self.seed, self.shuffle],
            "shown": [list(self.labels), self.target, list(self.axes), dict(self.notes)],
            "versions": {name: version(name) for name in VERSIONED},
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
