"""The command `animator`, and `python -m animator`: a signal ends it quietly, from its first moment on.

Reading the command line's own code takes a while; nothing is begun by then, so the process just ends. Little
garbage is collected meanwhile and afterwards, because what starts makes objects that stay.
"""

import os
import signal
import sys
from types import FrameType

from animator.core.gc_tuning import collected_seldom
from animator.core.matplotlib_import import lean

SIGNALED = 128  # plus a signal's number: the exit code that shells know

lean()  # here, because the workers of a sweep, which run no main(), import this module before all others


def main() -> None:
    """Run the command line; leaves the process with its exit code."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    try:
        with collected_seldom():
            from animator.cli import app

            app.main()
    except KeyboardInterrupt:  # between its last lines
        _leave(signal.SIGINT, None)
    except SystemExit as stop:
        if stop.code == app.INTERRUPTION:  # all is tidy; Python's own end would listen to signals again
            sys.stdout.flush()
            _leave(signal.SIGINT, None)
        raise


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(SIGNALED + number)


if __name__ == "__main__":
    main()
