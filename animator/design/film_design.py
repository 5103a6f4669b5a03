"""FilmDesign: every setting of a film's looks and pace, as frozen data.

A Scene has these settings, a recording keeps them, a Film is drawn from them, and `animator.film(...)` takes
each as a keyword. A new setting is one field here.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, Self

from animator.core.errors import AnimatorError, nearest
from animator.design.layout import Mosaic
from animator.design.pacing import Pacing

if TYPE_CHECKING:
    from animator.landscape.plane import Plane

Slice = Literal["moving", "static", "blend", "through"]
PlaneKind = Literal["weights", "pca", "random", "hessian", "through"]
CAMERAS = ("fixed", "follow", "zoom", "orbit")
ALIGNMENTS = ("step", "epoch", "evaluations")
DEFAULT_LAYOUT: Mosaic = (("surface", "weights"), ("surface", "loss"))
KEPT = ("layout", "plane", "slice", "resolution", "pacing", "camera", "widths", "heights", "card")
EXAMPLES = {
    "title": (str, "'One neuron'"),
    "description": (str, "''"),
    "caption": (str, "''"),
    "card": (str, "'One line'"),
    "pacing": (Pacing, "Pacing(play=6.0)"),
}


@dataclass(frozen=True, slots=True)
class FilmDesign:
    """How a film looks and how fast it goes.

    Parameters
    ----------
    title
        Its heading.
    layout
        Rows of panel names ("surface", "weights", "loss"; "weights@1" shows the second run); a name that
        repeats spans its cells.
    plane
        "weights" (the two axes of the Experiment), "pca", "random", "hessian" or "through"; for a film of a
        recording also a Plane.
    slice
        "moving" cuts the surface again at every step, "static" once, through the last weights, "blend" goes
        from static to moving, "through" is static on the plane of start, end and the step farthest from
        their line. One way for all runs, or one for each.
    resolution
        Points of the surface along an axis.
    pacing
        Seconds, speed and slow motion.
    description
        What the film shows, for those who read its metadata.
    caption
        Stands first under the title; a race says there what differs.
    widths, heights
        Relative sizes of the layout's columns and rows; empty for equal ones.
    camera
        "fixed", "follow" the dot, "zoom" from the whole surface into the basin, or "orbit": once around a
        surface3d.
    align
        What the runs of a race share the clock by: "step", "epoch" or "evaluations" (of the gradient, one a
        sample).
    card
        The text of the panel "card"; $...$ is set as mathematics.
    at
        The step whose weights a static slice goes through; by default the last.
    style
        The name of a style, or the path of a style file.
    text
        How many times as large as the style says text is.

    Raises
    ------
    AnimatorError
        When a value is none that can be drawn.

    Examples
    --------
    >>> animator.FilmDesign("One neuron", plane="pca").slices
    ('moving',)
    """

    title: str = ""
    _: KW_ONLY
    layout: Mosaic = DEFAULT_LAYOUT
    plane: "PlaneKind | Plane" = "weights"
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
    at: int | None = None
    style: str = "dark"
    text: float = 1.0

    def __post_init__(self) -> None:
        self._check_kinds()
        check_layout(self.layout)
        columns, rows = len(self.layout[0]), len(self.layout)
        for name, given, cells in (("widths", self.widths, columns), ("heights", self.heights, rows)):
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
        for name, (kind, example) in EXAMPLES.items():
            given = getattr(self, name)
            if not isinstance(given, kind):
                raise AnimatorError(
                    f"A scene's {name} cannot be {given!r}. Give for example {name}={example}."
                )

    @property
    def slices(self) -> tuple[Slice, ...]:
        """How the surface is cut: of all runs, or of each."""
        return (self.slice,) if isinstance(self.slice, str) else self.slice

    @property
    def shares(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """(widths, heights): relative sizes of the layout's columns and rows."""
        return self.widths, self.heights

    @property
    def panels(self) -> frozenset[str]:
        """The names of the layout's panels, without the runs that they show."""
        return frozenset(name.partition("@")[0] for row in self.layout for name in row)

    def design(self) -> "FilmDesign":
        """These settings alone, without what a Scene has beside them."""
        return FilmDesign(**{part.name: getattr(self, part.name) for part in fields(FilmDesign)})

    def data(self) -> dict[str, object]:
        """What a recording of one run keeps of this, as JSON."""
        plain = {
            "layout": [list(row) for row in self.layout],
            "slice": self.slices[0],
            "pacing": self.pacing.data(),
            "widths": list(self.widths),
            "heights": list(self.heights),
        }
        return {name: plain.get(name, getattr(self, name)) for name in KEPT}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """The design that `data` made into JSON; settings that are missing or empty have their defaults."""
        settings = {name: data[name] for name in KEPT if data.get(name)}
        if "layout" in settings:
            settings["layout"] = tuple(tuple(row) for row in settings["layout"])
        if "pacing" in settings:
            settings["pacing"] = Pacing.read(settings["pacing"])
        for name in {"widths", "heights"} & settings.keys():
            settings[name] = tuple(settings[name])
        return cls(**settings)


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
