"""What every framework must record alike: models whose path and loss NumPy knows, and their steps."""

from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """start: parameters by name. x, y: data. rate: of gradient descent on all data, for `steps` updates.
    kind: how the model computes: "linear", "tanh", "mlp" or "conv".
    """

    kind: str
    start: Arrays
    x: np.ndarray
    y: np.ndarray
    rate: float
    steps: int


def _random(*shape: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32) * 0.5


LINEAR = Case(
    "linear",
    {"kernel": np.zeros((2, 1), np.float32)},
    np.array([[1, 0], [0, 1], [1, 1]], np.float32),
    np.array([[1], [2], [3]], np.float32),
    0.75,
    5,
)
TANH = Case(
    "tanh",
    {"kernel": np.zeros((2, 1), np.float32)},
    np.eye(2, dtype=np.float32),
    np.tanh(np.array([[1], [-0.5]], np.float32)),
    0.8,
    60,
)
MLP = Case(
    "mlp",
    {"a": _random(2, 5, seed=1), "b": _random(5, seed=2), "c": _random(5, 1, seed=3)},
    _random(20, 2, seed=4),
    _random(20, 1, seed=5),
    0.2,
    20,
)
CONV = Case(
    "conv",
    {"kernel": _random(3, 3, 1, 2, seed=6), "out": _random(2, 1, seed=7)},
    _random(6, 5, 5, 1, seed=8),
    _random(6, 1, seed=9),
    0.1,
    10,
)
CASES = (LINEAR, TANH, MLP, CONV)


def output(kind: str, p: Arrays, x: np.ndarray) -> np.ndarray:
    """What the model computes, in NumPy."""
    if kind == "linear":
        return x @ p["kernel"]
    if kind == "tanh":
        return np.tanh(x @ p["kernel"])
    if kind == "mlp":
        return np.tanh(x @ p["a"] + p["b"]) @ p["c"]
    windows = np.lib.stride_tricks.sliding_window_view(x[..., 0], (3, 3), axis=(1, 2))
    maps = np.tanh(np.einsum("nhwij,ijc->nhwc", windows, p["kernel"][:, :, 0]))
    return maps.mean(axis=(1, 2)) @ p["out"]


def loss(case: Case, p: Arrays) -> float:
    """The mean squared error, in NumPy and float64."""
    wide = {name: np.asarray(value, np.float64) for name, value in p.items()}
    return float(((output(case.kind, wide, case.x.astype(np.float64)) - case.y) ** 2).mean())


def parts(case: Case, row: np.ndarray) -> Arrays:
    """A row (P,) of weights as the parameters of a case, by name."""
    ends = np.cumsum([value.size for value in case.start.values()])[:-1]
    found = zip(case.start.items(), np.split(row, ends), strict=True)
    return {name: part.reshape(value.shape) for (name, value), part in found}


def path(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The weights (K+1, P) of gradient descent and the losses (K+1,), by central differences in NumPy."""

    def value(row: np.ndarray) -> float:
        return loss(case, parts(case, row))

    rows = [np.concatenate([np.ravel(v).astype(np.float64) for v in case.start.values()])]
    h = 1e-5
    for _ in range(case.steps):
        w = rows[-1]
        slope = np.array([(value(w + e) - value(w - e)) / (2 * h) for e in h * np.eye(len(w))])
        rows.append(w - case.rate * slope)
    return np.array(rows), np.array([value(row) for row in rows])
