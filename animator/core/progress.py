"""How long things say how far they are: a function of (stage, done, total).

The library only calls it; the command line draws it. `quiet` is the default everywhere.
"""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """Say nothing: the default listener. `done` of `total` units of `stage` are finished."""
