"""What a Film keeps of its own work: views, clock, canvas, and the warnings that were told.

A Film is frozen; this is the one thing beside it that changes, and nobody but the Film reaches it.
"""

from dataclasses import dataclass, field

from animator.design.timeline import Timeline
from animator.drawing.canvas import Canvas
from animator.drawing.view import View


@dataclass(slots=True, eq=False)
class FilmContext:
    """Kept until the Film goes: views by rate, the clock, the latest canvas and what it was made from."""

    views: dict[float | None, tuple[View, ...]] = field(default_factory=dict)
    clock: Timeline | None = None
    canvas: tuple[tuple[object, ...], Canvas] | None = None
    warned: set[str] = field(default_factory=set)
