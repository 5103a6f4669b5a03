"""Random states that a program of the user's sees, kept over what is computed beside its training.

Python's, NumPy's, Keras' and TensorFlow's own: put back as they were when the context ends.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from keras.src.backend.common import global_state
from tensorflow.python.eager import context as eager_context

_KERAS = "global_seed_generator"  # neither Keras nor TensorFlow has a public name for where these are


@contextmanager
def random_state_kept() -> Iterator[None]:
    """What draws random numbers inside leaves no trace outside."""
    python, numpy = random.getstate(), np.random.get_state()
    eager = _eager_seeds()
    drawn = eager.getstate() if eager is not None else None
    generator = _keras_generator()
    seed = np.asarray(generator.state) if generator is not None else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if eager is not None and _eager_seeds() is eager:
            eager.setstate(drawn)
        if generator is None:
            global_state.set_global_attribute(_KERAS, None)
        else:
            generator.state.assign(seed)


def _eager_seeds() -> Any:
    """The random.Random from which TensorFlow seeds operations that run eagerly; None before set_seed."""
    return getattr(eager_context.context(), "_rng", None)


def _keras_generator() -> Any:
    """Keras' global SeedGenerator; None while nothing has drawn from it."""
    return global_state.get_global_attribute(_KERAS)
