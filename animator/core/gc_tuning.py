"""Garbage: when Python looks for objects that only hold each other.

A program that starts makes half a million objects that stay, and Python walks through all of them again
and again: an eighth of the time of importing TensorFlow or matplotlib. Here it looks seldom, or not at all.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 20)  # new objects, young walks, older walks, until the next walk


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Garbage is looked for every 50,000 new objects while the context lasts, instead of every 700."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def kept() -> Iterator[None]:
    """No garbage is looked for while the context lasts: for imports, whose objects stay."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()
