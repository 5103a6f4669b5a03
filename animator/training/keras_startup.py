"""Starting Keras quietly: TensorFlow's start-up chatter stays off the user's terminal.

`start()` imports Keras and TensorFlow once. It is called before anything else imports them; the library
itself imports Keras as any program would.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from animator.core import strays
from animator.core.gc_tuning import kept
from animator.core.progress import Progress, quiet

BESIDE = ("sklearn", "IPython")  # what Keras takes along, if it is installed, for parts that no film needs


STAGE = "starting TensorFlow"


def start(progress: Progress = quiet, *, sparing: bool = False) -> None:
    """Import Keras and TensorFlow with their chatter held back; it is shown if the import fails.

    progress: hears when it begins and ends. sparing: for a process of our own, a command or a worker. Keras'
    wrappers for scikit-learn, whose import takes 0.7 of 3.8 s, then believe that there is none, and
    TensorFlow that there is no JAX; scenes can import both all the same.
    """
    progress(STAGE, 0, 1)
    if "tensorflow" not in sys.modules or "keras" not in sys.modules:
        _import(sparing)
    progress(STAGE, 1, 1)


def _import(sparing: bool) -> None:
    if sparing:
        strays.move_in()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with held_back(), kept(), absent(BESIDE if sparing else ()):
        with absent(("jax",) if sparing else ()):  # TensorFlow Lite takes it along, where it is installed
            import tensorflow  # noqa: F401
        import keras  # noqa: F401
    logging.getLogger("absl").setLevel(logging.ERROR)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@contextmanager
def absent(names: Iterable[str]) -> Iterator[None]:
    """Importing modules `names` fails while the context lasts, unless they are there already."""
    loaded: dict[str, Any] = sys.modules
    hidden = [name for name in names if name not in loaded]
    loaded.update(dict.fromkeys(hidden))  # None: Python's own sign for what must not be imported
    try:
        yield
    finally:
        for name in hidden:
            del loaded[name]


@contextmanager
def held_back() -> Iterator[None]:
    """Send what is written to file descriptor 2 to a file; copy it back if the body raises."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:  # whoever interrupts it did not ask what TensorFlow has to say
            _restore(real)
            _replay(held)
            raise
        finally:
            _restore(real)
            os.close(real)


def _restore(real: int) -> None:
    sys.stderr.flush()
    os.dup2(real, 2)


def _replay(held: IO[bytes]) -> None:
    held.seek(0)
    os.write(2, held.read())
