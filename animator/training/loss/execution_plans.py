"""Plans: how a graph runs many points of weight space, vectorised or mapped, compiled by XLA or not.

Points as (origin, basis, coordinates) go in, losses (N,) come out, by the first plan that can run the
model; where there is much to do, the plans are timed and the fastest is kept in the cache.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from animator.core import cache
from animator.training.loss.batching import Piece
from animator.training.loss.compilable import can_compile
from animator.training.loss.flat_model import FlatModel

Plan = tuple[bool, bool]  # vectorised over points, compiled by XLA

WIDE: tuple[Plan, ...] = ((True, True), (False, True), (True, False), (False, False))
FEW: tuple[Plan, ...] = ((True, False), (False, False))
_WORTH = 1.5  # seconds still to go from which it pays to measure the other plans


class Plans:
    """The plans of one model, the best one first, and their graphs, each traced once and kept."""

    def __init__(self, flat: FlatModel) -> None:
        self._flat = flat
        self.graphs: dict[Plan, Any] = {}
        self._order = {True: list(FEW), False: list(WIDE)}
        self._looked = False

    def _look(self, pieces: Sequence[Piece]) -> None:
        """Drop what XLA would be asked to compile, where it can't: some of that ends the whole process."""
        if not self._looked:
            self._looked = True
            if not can_compile(self._flat, *pieces[0][:3]):
                self._order[False] = [plan for plan in WIDE if not plan[1]]

    def run(
        self, few: bool, arguments: Sequence[tf.Tensor], pieces: Sequence[Piece]
    ) -> npt.NDArray[np.float64]:
        """Losses (N,) at `arguments` = (origin, basis, coordinates), over all `pieces`, by the first plan
        that can run this model; plans that fail are dropped. few: so few points that XLA costs more time
        than it saves.
        """
        if not few:
            self._look(pieces)
        plans = self._order[few]
        with hushed():
            while len(plans) > 1:
                try:
                    return self._by(plans[0], arguments, pieces)
                except Exception:  # whatever a layer cannot do, the next plan may
                    plans.pop(0)
            return self._by(plans[0], arguments, pieces)

    def _by(
        self, plan: Plan, arguments: Sequence[tf.Tensor], pieces: Sequence[Piece]
    ) -> npt.NDArray[np.float64]:
        found: Any = 0.0
        for x, y, weight, share in pieces:
            if plan not in self.graphs:
                losses = self._traced(plan[0])  # Keras' own steps are traced without AutoGraph too
                self.graphs[plan] = tf.function(losses, autograph=False, jit_compile=plan[1])
            values = np.asarray(self.graphs[plan](*arguments, x, y, weight).numpy(), np.float64)
            found = found + values * share
        return np.asarray(found)

    def measure(
        self, arguments: Sequence[tf.Tensor], pieces: Sequence[Piece], batches: int, key: str
    ) -> None:
        """Put the plan that runs this model fastest first, by running each, when there is much to do.

        The choice is kept in the cache under `key`: the same model and data then give the same bits again.
        """
        self._look(pieces)
        path = cache.place("plans", key, "txt")
        plans = self._order[False]
        if path.exists():
            plans.sort(key=lambda plan: path.read_text().strip() != str(plan))
            return
        known: dict[Plan, float] = {}
        for plan in list(plans):
            try:
                known[plan] = self._timed(plan, arguments, pieces)
            except Exception:  # a plan that can't run this model
                plans.remove(plan) if len(plans) > 1 else None
            if min(known.values(), default=np.inf) * batches < _WORTH:
                break
        plans.sort(key=lambda plan: known.get(plan, np.inf))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{plans[0]}\n")

    def _timed(self, plan: Plan, arguments: Sequence[tf.Tensor], pieces: Sequence[Piece]) -> float:
        """Seconds of `plan`, once it is compiled."""
        with hushed():
            self._by(plan, arguments, pieces)
            started = time.perf_counter()
            self._by(plan, arguments, pieces)
            return time.perf_counter() - started

    def _traced(self, vectorised: bool) -> Callable[..., tf.Tensor]:
        """The function that becomes a graph: losses (N,) at origin + coordinates @ basis."""

        def losses(origin: Any, basis: Any, coordinates: Any, x: Any, y: Any, weight: Any) -> tf.Tensor:
            rows = origin
            for axis in range(basis.shape[0]):
                rows += coordinates[:, axis : axis + 1] * basis[axis]

            def at(row: Any) -> tf.Tensor:
                return tf.cast(self._flat.value(row, x, y, weight), self._flat.dtype)

            if vectorised:
                return tf.vectorized_map(at, rows, fallback_to_while_loop=False)
            return tf.map_fn(at, rows, fn_output_signature=self._flat.dtype)

        return losses


@contextmanager
def hushed() -> Iterator[None]:
    """TensorFlow's logger is silent: it tells at length of each layer that cannot be vectorised, and of every
    graph that is traced again, as ours are for each shape.
    """
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
