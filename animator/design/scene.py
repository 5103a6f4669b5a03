"""A scene: the frozen description of a film, before anything is trained or drawn.

A scene file is Python with one function `scene(...) -> Scene`; calling it is cheap and imports neither
TensorFlow nor matplotlib.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from animator.core.errors import AnimatorError
from animator.design.descent import Descent
from animator.design.experiment import Experiment
from animator.design.film_design import DEFAULT_LAYOUT, FilmDesign, Slice, check_layout
from animator.design.pacing import Event, Pacing

__all__ = ["DEFAULT_LAYOUT", "Descent", "Event", "Experiment", "Pacing", "Scene", "Slice", "check_layout"]


@dataclass(frozen=True, slots=True)
class Scene(FilmDesign):
    """One film: what is trained, and the settings of a FilmDesign.

    Parameters
    ----------
    title
        The film's heading.
    runs
        What is trained, or descends; several runs are a race, or stand beside each other.
    origin
        Where it comes from: "scene", its name or file, and "parameters". A scene file fills it in.

    Raises
    ------
    AnimatorError
        When there are no runs, or a setting is none that can be drawn.

    Examples
    --------
    >>> animator.Scene("Down a ravine", runs=(animator.Descent("rosenbrock", (-1, 1)),)).run_name(0)
    'run 1'
    """

    title: str
    runs: tuple[Experiment | Descent, ...]
    _: KW_ONLY
    origin: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        FilmDesign.__post_init__(self)
        runs = self.runs if isinstance(self.runs, list | tuple) else (self.runs,)
        object.__setattr__(self, "runs", tuple(runs))
        for run in self.runs:
            if not isinstance(run, Experiment | Descent):
                raise AnimatorError(
                    f"Scene {self.title!r} has {run!r} among its runs, which is nothing to train. Give it "
                    "runs=(animator.Experiment(model=..., data=...),)."
                )
        if not self.runs:
            raise AnimatorError(
                f"Scene {self.title!r} has no runs, so nothing can be trained. "
                "Give it runs=(animator.Experiment(model=..., data=...),)."
            )
