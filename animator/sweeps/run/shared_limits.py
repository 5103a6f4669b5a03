"""What the films of a sweep share: one window and one scale of losses, where their cells can.

The window comes from the recordings, the scale from the surfaces' spans, which workers found.
"""

from collections.abc import Mapping
from typing import Any

from animator.films.film import Film
from animator.recordings.reader import Recording
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.run import common_limits


def window_of(films: Mapping[int, Film]) -> Any:
    """The Common with the window that all `films` share, if any; None without films."""
    return common_limits.Common(common_limits.extent(films)) if films else None


def with_scale(window: Any, films: Mapping[int, Film], cells: Mapping[int, Cell]) -> Any:
    """`window` and the scale of losses that `films` share, where they have the same loss."""
    if window is None or len({_loss(run) for f in films.values() for run in f.runs}) != 1:
        return window
    return common_limits.Common(window.extent, common_limits.scale(s for i in films for s in cells[i].spans))


def said(shared: Any, surfaces: int) -> dict[str, Any]:
    """What a manifest says of it."""
    extent, scale = getattr(shared, "extent", None), getattr(shared, "loss_range", None)
    return {
        "extent": list(extent) if extent is not None else None,
        "loss_range": list(scale) if scale is not None else None,
        "surfaces": surfaces,
    }


def _loss(run: Recording) -> str:
    return repr(((run.meta.get("compile_config") or {}).get("loss"), run.meta.get("loss")))
