"""A scene: the frozen description of a film, before anything is trained or drawn.

A scene file is Python with one function `scene(...) -> Scene`; calling it is cheap and imports neither
TensorFlow nor matplotlib.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from animator.core.errors import AnimatorError, nearest
from animator.design.experiment import Experiment
from animator.design.layout import Mosaic
from animator.design.pacing import Event, Pacing

Slice = Literal["moving", "static", "blend", "through"]
CAMERAS = ("fixed", "follow", "zoom", "orbit")
ALIGNMENTS = ("step", "epoch", "evaluations")
DEFAULT_LAYOUT: Mosaic = (("surface", "weights"), ("surface", "loss"))

__all__ = ["DEFAULT_LAYOUT", "Event", "Experiment", "Pacing", "Scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """One film.

    title: its heading. runs: what is trained; names: what each run is called on screen.
    layout: rows of panel names ("surface", "weights", "loss"; "weights@1" shows the second run); a name
    that repeats spans its cells. plane: "weights" (Experiment.axes), "pca", "random", "hessian" or
    "through". slice: "moving" cuts the surface again at every step, "static" once, through the last
    weights, "blend" goes from static to moving, "through" is static on the plane of start, end and the step
    farthest from their line. resolution: points of the surface along an axis. pacing: seconds, speed, slow
    motion. caption: stands first under the title; a race says there what differs. widths, heights: relative
    sizes of the layout's columns and rows. camera: "fixed", "follow" the dot, or "zoom" from the whole
    surface into the basin, "orbit": once around a surface3d. align: what the runs of a race share
    the clock by: "step", "epoch" or "evaluations" (of the gradient, one a sample). slice: one way for all
    runs, or one for each. card: the text of the panel "card"; $...$ is set as mathematics.
    """

    title: str
    runs: tuple[Experiment, ...]
    names: tuple[str, ...] = ()
    layout: Mosaic = DEFAULT_LAYOUT
    plane: Literal["weights", "pca", "random", "hessian", "through"] = "weights"
    slice: Slice | tuple[Slice, ...] = "moving"
    resolution: int = 81
    pacing: Pacing = field(default_factory=Pacing)
    description: str = ""
    caption: str = ""
    widths: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()
    camera: Literal["fixed", "follow", "zoom", "orbit"] = "fixed"
    align: Literal["step", "epoch", "evaluations"] = "step"
    card: str = ""

    def __post_init__(self) -> None:
        if not self.runs:
            raise AnimatorError(
                f"Scene {self.title!r} has no runs, so nothing can be trained. "
                "Give it runs=(animator.Experiment(model=..., data=...),)."
            )
        self._check_kinds()
        check_layout(self.layout)
        for name, given, cells in (("widths", self.widths, len(self.layout[0])),
                                   ("heights", self.heights, len(self.layout))):  # fmt: skip
            if given and (len(given) != cells or min(given) <= 0):
                raise AnimatorError(
                    f"{name}={given} does not fit the layout, which has {cells} of them. Give "
                    f"{cells} numbers above 0, such as {name}={tuple(range(cells, 0, -1))}."
                )
        for name, choice, known in (("camera", self.camera, CAMERAS), ("align", self.align, ALIGNMENTS)):
            if choice not in known:
                raise AnimatorError(
                    f"No {name} is called {choice!r}. {nearest(choice, known)}Known: {' '.join(known)}."
                )

    def _check_kinds(self) -> None:
        """AnimatorError where a number stands for a text, or a text for a Pacing."""
        for name, given, kind, example in (
            ("title", self.title, str, "'One neuron'"), ("description", self.description, str, "''"),
            ("caption", self.caption, str, "''"), ("card", self.card, str, "'One line'"),
            ("pacing", self.pacing, Pacing, "Pacing(play=6.0)"),
        ):  # fmt: skip
            if not isinstance(given, kind):
                raise AnimatorError(
                    f"A scene's {name} cannot be {given!r}. Give for example {name}={example}."
                )

    @property
    def slices(self) -> tuple[Slice, ...]:
        """How the surface is cut: of all runs, or of each."""
        return (self.slice,) if isinstance(self.slice, str) else self.slice

    def looks(self) -> dict[str, Any]:
        """What a recording keeps of this, so that its film looks like the scene's."""
        return {"layout": [list(row) for row in self.layout], "plane": self.plane, "slice": self.slices[0],
                "resolution": self.resolution, "pacing": self.pacing.data(), "camera": self.camera,
                "widths": list(self.widths), "heights": list(self.heights), "card": self.card}  # fmt: skip

    def run_name(self, index: int) -> str:
        """What run `index` is called on screen."""
        return self.names[index] if index < len(self.names) else f"run {index + 1}"


def check_layout(layout: Mosaic) -> None:
    """AnimatorError when `layout` is no mosaic: it has no panels, or rows of different lengths."""
    if not any(layout):
        raise AnimatorError(
            f"The layout {layout} has no panels, so there is nothing to draw. "
            'Use (("surface", "weights"), ("surface", "loss")).'
        )
    if len({len(row) for row in layout}) != 1:
        raise AnimatorError(
            f"The layout {layout} has rows of different lengths. Repeat a panel's name "
            "where it spans several cells."
        )
