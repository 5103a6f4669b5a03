"""Plans: how a graph runs many points of weight space, vectorised or mapped, compiled by XLA or not.

Points as (origin, basis, coordinates) go in, losses (N,) come out, by the first plan that can run the model.
The order is fixed, so that the same model and data give the same bits. Measuring would choose no other: of a
net of Dense layers (60 points, 64 images) the first takes 0.10 s, the second 0.09, the others 0.16 and 0.19.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from animator.core.arrays import Floats
from animator.training.keras_types import Nested, Tensor
from animator.training.loss.batching import Piece
from animator.training.loss.compilable import can_compile
from animator.training.loss.flat_model import FlatModel

Plan = tuple[bool, bool]  # vectorised over points, compiled by XLA
Graph = Callable[..., Tensor]  # (origin, basis, coordinates, x, y, weight) -> losses (N,)

WIDE: tuple[Plan, ...] = ((True, True), (False, True), (True, False), (False, False))
FEW: tuple[Plan, ...] = ((True, False), (False, False))


class Plans:
    """The plans of one model, the best one first, and their graphs, each traced once and kept."""

    def __init__(self, flat: FlatModel) -> None:
        self._flat = flat
        self.graphs: dict[Plan, Graph] = {}
        self._order = {True: list(FEW), False: list(WIDE)}
        self._looked = False

    def _look(self, pieces: Sequence[Piece]) -> None:
        """Drop what XLA would be asked to compile, where it can't: some of that ends the whole process."""
        if not self._looked:
            self._looked = True
            one = pieces[0]
            if not can_compile(self._flat, one.x, one.y, one.weight):
                self._order[False] = [plan for plan in WIDE if not plan[1]]

    def run(self, few: bool, arguments: Sequence[Tensor], pieces: Sequence[Piece]) -> Floats:
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

    def _by(self, plan: Plan, arguments: Sequence[Tensor], pieces: Sequence[Piece]) -> Floats:
        vectorised, compiled = plan
        if plan not in self.graphs:  # without AutoGraph, as Keras' own steps are traced
            losses = self._traced(vectorised)
            self.graphs[plan] = tf.function(losses, autograph=False, jit_compile=compiled)
        total = np.zeros(())
        for piece in pieces:
            values = self.graphs[plan](*arguments, piece.x, piece.y, piece.weight).numpy()
            total = total + values.astype(np.float64) * piece.share
        return total

    def _traced(self, vectorised: bool) -> Graph:
        """The function that becomes a graph: losses (N,) at origin + coordinates @ basis."""

        def losses(
            origin: Tensor, basis: Tensor, coordinates: Tensor, x: Nested, y: Nested, weight: Nested
        ) -> Tensor:
            rows = origin
            for axis in range(basis.shape[0]):
                rows = rows + coordinates[:, axis : axis + 1] * basis[axis]

            def at(row: Tensor) -> Tensor:
                found: Tensor = tf.cast(self._flat.value(row, x, y, weight), self._flat.dtype)
                return found

            found: Tensor
            if vectorised:
                found = tf.vectorized_map(at, rows, fallback_to_while_loop=False)
            else:
                found = tf.map_fn(at, rows, fn_output_signature=self._flat.dtype)
            return found

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
