"""FilmDesign: every setting of a film's looks and pace, as frozen data.

A Scene has these settings, a recording keeps them, a Film is drawn from them, `animator.film(...)` takes
each as a keyword and the command line as an option. A new setting is one field here and one row of
`wishes.WISHES`.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, Self

from animator.core.errors import AnimatorError
from animator.core.language import Said, speaking
from animator.design.layout import Mosaic
from animator.design.moments import Moment
from animator.design.pacing import Event, Pacing
from animator.design.style import Style
from animator.design.wishes import NONE, QUALITY, WISHES

if TYPE_CHECKING:
    from animator.landscape.plane import Plane

Slice = Literal["moving", "static", "blend", "through"]
PlaneKind = Literal["weights", "pca", "random", "hessian", "through"]
DEFAULT_LAYOUT: Mosaic = (("surface", "weights"), ("surface", "loss"))
# What a recording keeps: these as they are, and whatever else is set, but for a film's own words and files.
KEPT = ("layout", "plane", "slice", "resolution", "pacing", "camera", "widths", "heights", "card")
OF_ONE_FILM = frozenset({"title", "caption", "description", "names", "moments"})
OF_ITS_FILES = frozenset({"style", "text", "size", "quality", "end_pause", "preset"})


@dataclass(frozen=True, slots=True)
class FilmDesign:
    """How a film looks and how fast it goes.

    Parameters
    ----------
    title
        Its heading; "none" for no heading.
    names
        What each run is called on screen; by default "run 1", "run 2" and so on.
    layout
        Rows of panel names ("surface", "weights", "loss"; "weights@1" shows the second run), or text:
        "surface weights; surface loss". A name that repeats spans its cells.
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
        Stands first under the title; a race says there what differs. "none" for no words there at all.
    widths, heights
        Relative sizes of the layout's columns and rows; empty for equal ones.
    camera
        "fixed", "follow" the dot, "zoom" from the whole surface into the basin, or "orbit": to and fro
        around a surface3d.
    align
        What the runs of a race share the clock by: "step", "epoch" or "evaluations" (of the gradient, one a
        sample).
    card
        The text of the panel "card"; $...$ is set as mathematics.
    at
        The step whose weights a static slice goes through; by default the last.
    style
        The name of a style, the path of a style file, or a Style.
    text
        How many times as large as the style says text is.
    moments
        What the film says when something happens in its runs, a Moment each; the one of step 0 in the intro.
    seconds
        Length of the whole film; by default as the pacing says.
    from_, to
        Where the film begins and ends: a step's number, "step:20" or "epoch:2".
    hold
        Slow motion around steps, with words: (42, "Here it turns"), or several of these, or Events.
    captions
        Whether moments are told of, with slow motion: those of the scene and the events of the pacing.
    window
        (left, right, bottom, top): the part of the plane that is shown, in its coordinates.
    levels
        How many bands of colour the surface has; by default as many as the style says.
    colors
        The name of a colour map of matplotlib for the surface; by default the style's own.
    dot
        How many times as large as the style says dots are.
    size
        (width, height) in pixels, or "1080x1080", of the files; by default as `quality` says.
    quality
        "draft", "720p", "1080p" or "4k"; by default each format's own size.
    end_pause
        Seconds that files stay on their last frame, after the whole film.
    lang
        The language of its words and numbers: "en", "de", "fr", "es" or "zh".
    translations
        The scene's own sentences in other languages, as {"de": {"It falls.": "Es sinkt."}}; names in braces
        stay as they are.
    preset
        What it is for: "slides", "web", "social", "phone", "paper" or "readme".

    Raises
    ------
    AnimatorError
        When a value is none that can be drawn.

    Examples
    --------
    >>> animator.FilmDesign("One neuron", layout="surface weights; surface loss", size="1080x1080").size
    (1080, 1080)
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
    style: str | Style = "dark"
    text: float = 1.0
    moments: tuple[Moment, ...] = ()
    names: tuple[str, ...] = ()
    seconds: float | None = None
    from_: str | int | None = None
    to: str | int | None = None
    hold: tuple[Event, ...] = ()
    captions: bool = True
    window: tuple[float, float, float, float] | None = None
    levels: int | None = None
    colors: str = ""
    dot: float = 1.0
    size: tuple[int, int] | None = None
    quality: str | None = None
    end_pause: float = 0.0
    preset: str = ""
    lang: str = "en"
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in fields(FilmDesign):
            value = WISHES[part.name].value(part.name, getattr(self, part.name))
            object.__setattr__(self, part.name, value)
        check_layout(self.layout)
        columns, rows = len(self.layout[0]), len(self.layout)
        for name, given, cells in (("widths", self.widths, columns), ("heights", self.heights, rows)):
            if given and (len(given) != cells or min(given) <= 0):
                raise AnimatorError(
                    f"{name}={given} does not fit the layout, which has {cells} of them. Give "
                    f"{cells} numbers above 0, such as {name}={tuple(range(cells, 0, -1))}."
                )

    @property
    def pixels(self) -> tuple[int, int] | None:
        """(width, height) of the files as asked, or None for each format's own."""
        return self.size or (QUALITY[self.quality] if self.quality is not None else None)

    def speaking(self) -> AbstractContextManager[None]:
        """While this lasts, what is said is said in the film's language."""
        return speaking(self.lang, self.translations.get(self.lang))

    @property
    def is_silent(self) -> bool:
        """Whether nothing stands under the title."""
        return self.caption == NONE

    def run_name(self, index: int) -> str:
        """What run `index` is called on screen."""
        return self.names[index] if index < len(self.names) else Said("run {number}", number=index + 1)

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
            "hold": [[event.step, event.caption, event.hold] for event in self.hold],
            "window": list(self.window or ()),
        }
        usual = FilmDesign()
        names = [name for name in where_set() if getattr(self, name) != getattr(usual, name)]
        return {name: plain.get(name, getattr(self, name)) for name in (*KEPT, *names)}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """The design that `data` made into JSON; settings that are missing or empty have their defaults."""
        settings = {name: data[name] for name in KEPT if data.get(name)}
        settings |= {name: data[name] for name in where_set() if name in data}
        if "pacing" in settings:
            settings["pacing"] = Pacing.read(settings["pacing"])
        return cls(**settings)


def where_set() -> tuple[str, ...]:
    """The settings that a recording keeps where they are not the usual ones."""
    left = OF_ONE_FILM | OF_ITS_FILES | set(KEPT)
    return tuple(part.name for part in fields(FilmDesign) if part.name not in left)


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
