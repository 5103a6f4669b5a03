"""Film: recordings and a design, drawn frame by frame into files, with posters and alt text.

The recordings and settings go in, frozen; frames and files come out. Nothing is drawn before it is asked for.
"""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError, FilmWarning
from animator.core.language import ENGLISH, say, shown
from animator.core.progress import Progress, quiet
from animator.design import alignment, events, style_files
from animator.design.alignment import Alignment
from animator.design.clock import clock, unhurried
from animator.design.experiment import Data, KerasModel
from animator.design.film_design import FilmDesign
from animator.design.layout import Mosaic
from animator.design.moments import told
from animator.design.pacing import Event, Pacing
from animator.design.style import Style
from animator.design.timeline import Timeline
from animator.design.wishes import WISHES
from animator.drawing import captions
from animator.drawing.canvas import Canvas
from animator.drawing.panels.registry import Need, needs_of
from animator.drawing.units import DPI
from animator.drawing.view import View
from animator.encoding import Metadata
from animator.films import excerpt, fidelity, film_views, film_warnings, notebook_video, save_film
from animator.films.delivery import Delivery, delivered
from animator.films.film_context import FilmContext
from animator.films.save_film import Saved, Size
from animator.landscape.run_source import Maker
from animator.landscape.slices import EVERY_STEP, Cut
from animator.landscape.window import Common
from animator.recordings.reader import Recording

RATE = 30.0  # frames a second where none is asked for
SURFACE_SETTINGS = frozenset({"plane", "slice", "at", "model", "data"})
WITHOUT_SURFACE: Mosaic = (("weights",), ("loss",))


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film of one or more runs; nothing is drawn before `save` or `frame`.

    Parameters
    ----------
    runs
        The recordings.
    design
        How the film looks and how fast it goes.
    command
        What makes the film again; kept in the files' metadata.
    about
        Scene name and parameters; kept in the files' metadata.
    model, data
        Used in place of the recorded ones (a subclassed model cannot be rebuilt).
    use_cache
        Whether surfaces may come from the cache.
    progress
        Hears how far things are.
    common
        The window and the scale of the losses that it shares with other films.
    makers
        Of each run, what makes its model where it cannot be rebuilt.
    asked
        Names of the settings that were asked for. A surface that was asked for is refused where it cannot be
        had; else it is left out, with a warning.
    given
        What is drawn of each run, in place of the views that the Film would make.

    Raises
    ------
    AnimatorError
        When there are no runs, or another number of makers.

    Examples
    --------
    >>> film = animator.film("run.h5", layout="weights loss", seconds=6)
    >>> film.timeline(fps=30).frames
    180
    >>> film.frame(0, size=(320, 180)).shape
    (180, 320, 4)
    """

    runs: tuple[Recording, ...]
    design: FilmDesign
    command: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    model: KerasModel | None = None
    data: Data | None = None
    use_cache: bool = True
    progress: Progress = quiet
    common: Common | None = None
    makers: tuple[Maker | None, ...] = ()
    asked: frozenset[str] = frozenset()
    given: tuple[View, ...] = ()
    _context: FilmContext = field(default_factory=FilmContext, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.runs:
            raise AnimatorError(
                f"Film {self.design.title!r} has no recordings, so there is nothing to draw. "
                "Give it runs=(animator.load('run.h5'),)."
            )
        if len(self.makers) not in (0, len(self.runs)):
            raise AnimatorError(
                f"Film {self.design.title!r} has {len(self.runs)} runs but {len(self.makers)} makers of "
                "models. Give one for each run, or none."
            )

    def redesigned(self, **settings: Any) -> "Film":
        """The same runs with other settings of the FilmDesign."""
        return replace(self, design=replace(self.design, **settings))

    def with_views(self, *views: View) -> "Film":
        """The same film, drawn from `views`, one a run, instead of those that it would make."""
        return replace(self, given=views)

    def timeline(self, fps: float) -> Timeline:
        """The film's clock at `fps` frames a second."""
        if self._context.clock is None:
            with self.design.speaking():
                self._context.clock = self._timeline()
        return replace(self._context.clock, fps=fps)

    @property
    def span(self) -> tuple[int, int]:
        """(first, last) of the steps that it shows, on its clock."""
        return excerpt.span(self.design, self.runs[self.alignment.reference])

    @property
    def look(self) -> Style:
        """Its style, with what the design asks for."""
        return style_files.wished(self.design)

    @property
    def alignment(self) -> Alignment:
        """What the runs share the clock by."""
        return alignment.align(self.runs, self.design.align)

    def _timeline(self) -> Timeline:
        design, longest = self.design, self.runs[self.alignment.reference]
        every = len(longest.weight_steps) == longest.steps + 1
        kept = () if every else tuple(int(step) for step in longest.weight_steps)
        first, last = self.span
        kept = tuple(step for step in kept if step <= last)
        lengths = longest.travelled() if design.pacing.pace == "arc" else None
        pacing = self._pacing(longest)
        told_when = clock(
            pacing,
            last,
            lengths,
            first,
            stays=design.captions and bool(design.moments),
            points=design.captions,
        )
        return Timeline(last, RATE, pacing, kept, told_when, design.camera == "orbit")

    def _pacing(self, run: Recording) -> Pacing:
        """The pacing with what is told of `run`, over the seconds that are asked for."""
        design, pacing = self.design, self.design.pacing
        first, last = self.span
        known = events.found(run) if pacing.events == "found" else pacing.named
        pacing = replace(
            pacing, events=_seen([*(known if design.captions else ()), *design.hold], first, last)
        )
        if design.captions and design.moments:
            with np.errstate(all="ignore"):  # shares of a loss that is 0 or not finite: no moment has them
                found = told(design.moments, self.runs)
            moments = _seen(found, first, last)
            pacing = unhurried(pacing, moments, last, first)
        return pacing if design.seconds is None else pacing.lasting(design.seconds)

    def views(self, fps: float = RATE) -> tuple[View, ...]:
        """What is drawn of each run; surfaces are evaluated here, unless they are in the cache."""
        if self.given:
            return self.given
        every = all(len(run.weight_steps) <= EVERY_STEP for run in self.runs)  # then the rate decides nothing
        key = None if every else fps
        if key not in self._context.views:
            with self.design.speaking():
                self._context.views[key] = film_views.views_of(self, fps)
        return self._context.views[key]

    def forget_views(self) -> None:
        """Let go of the views that were made; they are made again when they are asked for."""
        self._context.views.clear()

    def _latest_views(self) -> tuple[View, ...]:
        """The views that were made last, or those at 30 frames a second."""
        made = self._context.views
        return next(reversed(made.values())) if made else self.views()

    def warnings(self) -> tuple[str, ...]:
        """What is right but surprising about this film, or left out of it: a sentence each."""
        return film_warnings.sentences(self.runs, self._latest_views(), self.look)

    def warn(self) -> None:
        """Tell Python's warnings what `warnings` says, each sentence once."""
        told = self._context.warned
        for sentence in self.warnings():
            if sentence not in told:
                told.add(sentence)
                warnings.warn(sentence, FilmWarning, stacklevel=3)

    @property
    def needs(self) -> frozenset[Need]:
        """What the panels of the layout need of a view."""
        return needs_of(name for row in self.design.layout for name in row)

    @property
    def surface_asked(self) -> bool:
        """Whether a surface was asked for by name."""
        in_layout = "layout" in self.asked and "surface" in self.needs
        return in_layout or bool(self.asked & SURFACE_SETTINGS)

    def cut(self, index: int = 0) -> Cut:
        """How the surface of run `index` is cut."""
        design = self.design
        return Cut(
            design.slices[index % len(design.slices)],
            design.resolution,
            design.plane,
            excerpt.through(design, self.runs, self.span[1]),
            camera=design.camera,
            firm="plane" in self.asked,
            window=design.window,
        )

    def run_name(self, index: int) -> str:
        """What run `index` is called on screen."""
        with self.design.speaking():
            return shown(self.design.run_name(index))

    def canvas(self, size: Size, fps: float, look: Style | None = None, dpi: float = DPI) -> Canvas:
        """The drawing of this film at `size` (width, height) in pixels; the latest one is kept."""
        views, design = self.views(fps), self.design
        layout, shares = design.layout, design.shares
        if self.needs & {"surface", "shared surface"} and views[0].field is None:
            layout, shares = WITHOUT_SURFACE, ((), ())
        caption = self.under_title(views)
        event_captions = tuple(event.caption for event in self.timeline(fps).pacing.named)
        look = look or self.look
        settings = (views, layout, look, size, self.title, caption, shares, event_captions, dpi)
        kept = self._context.canvas
        if kept is not None and kept[0] == settings:
            return kept[1]
        with design.speaking():
            canvas = Canvas(*settings)
        self._context.canvas = settings, canvas
        return canvas

    def under_title(self, views: tuple[View, ...]) -> str:
        """The words under the title: the scene's own, what the surface is, and what became of the runs."""
        if self.design.is_silent:
            return ""
        with self.design.speaking():
            parts = (
                shown(self.design.caption),
                _caption(self.runs, views, seen=bool(self.design.panels & {"surface", "race"})),
            )
        return " ".join(part for part in parts if part)

    @property
    def title(self) -> str:
        """Its heading, in its language."""
        with self.design.speaking():
            return shown(self.design.title)

    def said(self, views: tuple[View, ...]) -> tuple[str, ...]:
        """The words on its frames that are a scene's own."""
        events = (event.caption for event in self.timeline(RATE).pacing.named)
        names = (name for view in views for name in (view.name, *view.labels))
        return (self.title, self.under_title(views), self.design.card, *events, *names)

    def frame(self, index: int, size: Size = (1280, 720), fps: float = RATE) -> NDArray[np.uint8]:
        """Frame `index` as (H, W, 4) uint8, RGBA; depends on index alone."""
        return self.canvas(size, fps).draw(self.timeline(fps).state(index)).copy()

    def alt_text(self) -> str:
        """What the film shows, in words, from the recordings."""
        views = self._latest_views()
        with self.design.speaking():
            return captions.alt_text_of(views)

    def fidelity(self) -> dict[str, float | int | str | None]:
        """How true the surface is; see `animator.films.fidelity.fidelity`."""
        return fidelity.fidelity(self._latest_views())

    def save(
        self,
        *paths: str | Path,
        size: Size | str | None = None,
        fps: float | None = None,
        delivery: Delivery | None = None,
    ) -> list[Saved]:
        """Write the film to each path, and a PNG poster beside each.

        Parameters
        ----------
        paths
            Files to write; the suffix chooses the format.
        size
            (width, height) in pixels, or "1080x1080", for all files; by default the design's, or each
            format's own.
        fps
            Frames a second, for all files; by default each format's own.
        delivery
            Codec, transparency, frame, budget of bytes; by default the preset's.

        Returns
        -------
        list of Saved
            One for each path. Everything is checked before anything is drawn.

        Raises
        ------
        AnimatorError
            When a format, size or rate cannot be written.

        Examples
        --------
        >>> film = animator.film("run.h5", layout="weights", seconds=2)
        >>> files = film.save("run.mp4", "run.gif", size=(320, 180))
        """
        design = self.design
        asked = design.pixels if size is None else WISHES["size"].value("size", size)
        saved = save_film.save(self, paths, asked, fps, delivered(design, delivery))
        self.warn()
        return saved

    def player(self, path: str | Path) -> None:
        """Write a page that plays the film, with a scrubber through its steps, to `path`, an .html file."""
        import_module("animator.publish.player").make(self, path)  # which stands above films

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The film as a notebook shows it: a video with its poster, or its alt text."""
        return notebook_video.bundle(self)

    def metadata(self) -> Metadata:
        """Title, description, alt text, command and details that go into every file."""
        design = self.design
        title = self.title or self.runs[0].notes.title or self.runs[0].path.stem
        with design.speaking():
            description = shown(design.description)
        details = {**self.about, **({"lang": design.lang} if design.lang != ENGLISH else {})}
        return Metadata(title, description, self.alt_text(), self.command, details)


def _seen(told: Iterable[Event], first: int, last: int) -> tuple[Event, ...]:
    """Those from step `first` to `last`, in their order; what is told at the start is told at `first`."""
    shifted = (replace(event, step=first) if event.step == 0 else event for event in told)
    return tuple(sorted((e for e in shifted if first <= e.step <= last), key=lambda e: e.step))


def _caption(runs: Iterable[Recording], views: tuple[View, ...], *, seen: bool) -> str:
    cut_short = any(not run.finished for run in runs)
    parts = [say("The run was cut short.") if cut_short else "", captions.slice_caption(views[0])]
    parts += [captions.departure(view, seen=seen) for view in views]
    return " ".join(part for part in parts if part)
