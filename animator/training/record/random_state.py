"""Random states that a program of the user's sees, kept over what is computed beside its training.

Python's, NumPy's, Keras' and TensorFlow's own: put back as they were when the context ends.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from animator.training.keras_internals import eager_seeds, forget_keras_seeds, keras_seeds


@contextmanager
def random_state_kept() -> Iterator[None]:
    """What draws random numbers inside leaves no trace outside."""
    python = random.getstate()
    numpy = np.random.get_state()
    eager = eager_seeds()
    drawn = eager.getstate() if eager is not None else None
    generator = keras_seeds()
    seed = np.asarray(generator.state) if generator is not None else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if eager is not None and drawn is not None and eager_seeds() is eager:
            eager.setstate(drawn)
        if generator is None or seed is None:
            forget_keras_seeds()
        else:
            generator.state.assign(seed)
