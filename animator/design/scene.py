"""A scene: the frozen description of a film, before anything is trained or drawn.

A scene file is Python with one function `scene(...) -> Scene`; calling it is cheap and imports neither
TensorFlow nor matplotlib.
"""

from dataclasses import dataclass

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
    names
        What each run is called on screen; by default "run 1", "run 2" and so on.

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
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.runs:
            raise AnimatorError(
                f"Scene {self.title!r} has no runs, so nothing can be trained. "
                "Give it runs=(animator.Experiment(model=..., data=...),)."
            )
        FilmDesign.__post_init__(self)

    def run_name(self, index: int) -> str:
        """What run `index` is called on screen."""
        return self.names[index] if index < len(self.names) else f"run {index + 1}"
