"""The command `animator`, and `python -m animator`: a signal ends it quietly, from its first moment on.

Reading the command line's own code takes a while; nothing is begun by then, so the process just ends. Little
garbage is collected meanwhile and afterwards, because what starts makes objects that stay.
"""

import signal
import sys

from animator.cli import signals
from animator.core import strays
from animator.core.gc_tuning import collected_seldom


def main() -> None:
    """Run the command line; leaves the process with its exit code."""
    signals.leave_at_once()
    try:
        with collected_seldom():
            from animator.cli import app

            app.main()
    except KeyboardInterrupt:  # between its last lines
        strays.remove_own()
        signals.leave(signal.SIGINT)
    except SystemExit as stop:
        if stop.code == signals.INTERRUPTION:  # all is tidy; Python's own end would listen to signals again
            sys.stdout.flush()
            strays.remove_own()
            signals.leave(signal.SIGINT)
        raise


if __name__ == "__main__":
    main()
