"""Starting Keras quietly: TensorFlow's start-up chatter stays off the user's terminal.

`start()` imports Keras and TensorFlow once. It is called before anything else imports them; the library
itself imports Keras as any program would.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from animator.garbage import kept


def start() -> None:
    """Import Keras and TensorFlow with their chatter held back; it is shown if the import fails."""
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _held_back(), kept():
        import keras  # noqa: F401
        import tensorflow  # noqa: F401
    logging.getLogger("absl").setLevel(logging.ERROR)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@contextmanager
def _held_back() -> Iterator[None]:
    """Send what is written to file descriptor 2 to a file; copy it back if the body raises."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
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
