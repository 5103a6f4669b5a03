"""The command `animator`, and `python -m animator`: a signal ends it quietly, from its first moment on.

Reading the command line's own code takes a while; nothing is begun by then, so the process just ends. Little
garbage is collected meanwhile and afterwards, because what starts makes objects that stay.
"""

import signal
import sys
from types import TracebackType

from animator.cli import signals
from animator.core import strays
from animator.core.gc_tuning import collected_seldom


def main() -> None:
    """Run the command line; leaves the process with its exit code."""
    signals.leave_at_once()
    sys.excepthook, sys.unraisablehook = _say, _say_of_what_went
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


def _say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of an error that nobody has caught; but not of files of HDF5 that a full disk lets nobody close:
    the command says itself that it is full.
    """
    if not _is_of_hdf5(trace):
        sys.__excepthook__(kind, error, trace)


def _say_of_what_went(trouble: "sys.UnraisableHookArgs") -> None:
    """The same of an error while an object went, of which HDF5's files tell in both ways."""
    if not _is_of_hdf5(trouble.exc_traceback):
        sys.__unraisablehook__(trouble)


def _is_of_hdf5(trace: TracebackType | None) -> bool:
    return trace is not None and trace.tb_frame.f_code.co_filename.startswith("h5py")


if __name__ == "__main__":
    main()
