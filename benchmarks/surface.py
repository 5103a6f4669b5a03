"""Points of the loss surface per second, beside a loop of `model.evaluate`, on the article's neuron.

    python -m benchmarks.surface

prints one JSON object. Cold is the first call in this process, tracing and compiling included; warm is
the best of three calls after it.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from animator.landscape.loss_surface import evaluate, evaluate_slices
from animator.landscape.plane import Plane
from animator.training.keras_startup import start

RESOLUTION = 101
SLICES, SLICE_RESOLUTION = 161, 81
LOOPED = 40  # calls of model.evaluate that are timed


def neuron() -> tuple[Any, tuple[Any, Any]]:
    """The article's neuron with its 500 samples."""
    import keras

    x = np.random.default_rng(0).random((500, 2))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="tanh")])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    return model, (x, np.tanh(x.sum(axis=1, keepdims=True)))


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Seconds that `work` takes, the least of `times` calls."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def measure() -> dict[str, float]:
    """Points per second of the surface and of the loop, their ratio, and seconds for the slices."""
    start()
    from animator.training.loss.objective import loss_function

    model, data = neuron()
    plane = Plane(np.zeros(3), np.eye(3)[:2])
    rows = np.random.default_rng(1).normal(size=(SLICES, 3))
    side = np.linspace(-2, 2, SLICE_RESOLUTION)

    def slices() -> object:
        return np.asarray(evaluate_slices(loss_function(model, data), plane, rows, side, side))

    def surface() -> object:
        return evaluate(model, data, plane, RESOLUTION, (-2, 2, -2, 2), use_cache=False)

    objective = loss_function(model, data)
    grid = np.stack(np.meshgrid(*[np.linspace(-2, 2, RESOLUTION)] * 2), -1).reshape(-1, 2)

    def again() -> object:
        return objective.on_plane(plane.origin, plane.basis, grid)

    cold = seconds(slices)
    first = seconds(surface)
    again()
    points = RESOLUTION**2 / seconds(again, 3)

    model.evaluate(*data, verbose=0)
    loop = LOOPED / seconds(lambda: [looped(model, data, row) for row in rows[:LOOPED]])
    kept = loss_function(model, data)
    evaluate_slices(kept, plane, rows[:2], side, side)
    warm = seconds(lambda: np.asarray(evaluate_slices(kept, plane, rows, side, side)), 3)
    return {
        "surface_points_per_second": points,
        "surface_points_per_second_with_tracing": RESOLUTION**2 / first,
        "model_evaluate_points_per_second": loop,
        "ratio": points / loop,
        "ratio_with_tracing": RESOLUTION**2 / first / loop,
        "slices": SLICES,
        "slice_points": SLICE_RESOLUTION**2,
        "slices_seconds_cold": cold,
        "slices_seconds_warm": warm,
    }


def looped(model: Any, data: tuple[Any, Any], row: Any) -> float:
    """One point the slow way: set the weights, then model.evaluate."""
    model.set_weights([row[:2].reshape(2, 1), row[2:]])
    return float(model.evaluate(*data, verbose=0))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
