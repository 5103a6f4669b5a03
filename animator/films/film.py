"""Films: recordings, prepared and drawn frame by frame into files, with posters and alt text.

The module that turns everything into one; `animator.film(...)` is its door for the library.
"""

import warnings
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from animator.core import strays
from animator.core.errors import AnimatorError, FilmWarning
from animator.core.files import replacing, room_beside
from animator.core.progress import Progress, listener, quiet
from animator.design import alignment, events, style_files
from animator.design.alignment import Alignment
from animator.design.layout import Mosaic
from animator.design.pacing import Pacing, clock
from animator.design.scene import DEFAULT_LAYOUT, Slice, check_layout
from animator.design.style import Style
from animator.design.timeline import Timeline
from animator.drawing import captions
from animator.drawing.canvas import POINTS, Canvas, Shares
from animator.drawing.panels.registry import Need, needs_of
from animator.drawing.units import DPI
from animator.drawing.view import View
from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.encoding.formats import kind_of
from animator.films import film_warnings, size_budget, view_builder
from animator.films.delivery import VECTORS, Delivery, chosen, posters_of, proposing, spec_for
from animator.films.flash_check import FlashCounter
from animator.films.pipeline import Cutout, Drawing, written
from animator.landscape import window
from animator.landscape.plane import Plane
from animator.landscape.run_source import Maker, Source
from animator.landscape.slices import EVERY_STEP, RESOLUTION, Cut
from animator.landscape.window import Common
from animator.recordings.loss import Function
from animator.recordings.reader import Recording, load
from animator.training.losses import is_keras, lacking
from animator.training.no_surface import NoSurfaceError

if TYPE_CHECKING:
    from animator.training.recorder import Recorder

SAMPLES = 24
CURVE_LAYOUT: Mosaic = (("curve", "curve", "loss"),)
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Saved:
    """One written file: its size in pixels, rate, length and bytes, the poster beside it, and the most
    flashes (WCAG 2.3.1) in any second. gave_up: what was made smaller for a budget of bytes.
    """

    path: Path
    format: str
    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    bytes: int
    poster: Path
    flashes: int = 0
    gave_up: str = ""


@dataclass(slots=True, eq=False)
class Film:
    """A film of one or more runs; nothing is drawn before `save` or `frame`.

    runs: recordings; names: what each is called. about: scene name and parameters, kept in the files'
    metadata. model, data: used in place of the recorded ones (a subclassed model cannot be rebuilt).
    shares: relative widths of the layout's columns and heights of its rows. camera, card, align: as of a
    Scene. text: how many times as large as the style says. slices: how the surface of each run is cut, where
    they differ. common: the window and the scale of the losses that it shares with other films. makers: of
    each run, what makes its model where it cannot be rebuilt. asked: whether the surface was asked for by
    name: then it is refused where it cannot be had, and else left out, with a warning.
    """

    runs: tuple[Recording, ...]
    title: str
    description: str = ""
    names: tuple[str, ...] = ()
    layout: Mosaic = DEFAULT_LAYOUT
    cut: Cut = field(default_factory=Cut)
    pacing: Pacing = field(default_factory=Pacing)
    style: str = "dark"
    command: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    model: Any = None
    data: Any = None
    use_cache: bool = True
    progress: Progress = quiet
    caption: str = ""
    shares: Shares = ((), ())
    camera: str = "fixed"
    card: str = ""
    text: float = 1.0
    align: str = "step"
    slices: tuple[Slice, ...] = ()
    common: Common | None = None
    makers: tuple[Maker | None, ...] = ()
    asked: bool = False
    _views: dict[tuple[float | None, Common | None], tuple[View, ...]] = field(default_factory=dict)
    _warned: set[str] = field(default_factory=set)
    _clock: Timeline | None = None
    _canvas: tuple[tuple[Any, ...], Canvas] | None = None

    def __post_init__(self) -> None:
        if not self.runs:
            raise AnimatorError(
                f"Film {self.title!r} has no recordings, so there is nothing to draw. "
                "Give it runs=(animator.load('run.h5'),)."
            )
        check_layout(self.layout)

    def timeline(self, fps: float) -> Timeline:
        """The film's clock at `fps` frames a second."""
        if self._clock is None:
            self._clock = self._timeline()
        return replace(self._clock, fps=fps)

    @property
    def alignment(self) -> Alignment:
        """What the runs share the clock by."""
        return alignment.align(self.runs, self.align)

    def _timeline(self) -> Timeline:
        longest = self.runs[self.alignment.reference]
        every = len(longest.weight_steps) == longest.steps + 1
        kept = () if every else tuple(int(step) for step in longest.weight_steps)
        pacing = self.pacing
        if pacing.events == "found":
            pacing = replace(pacing, events=events.found(longest))
        lengths = longest.travelled() if pacing.pace == "arc" else None
        made = clock(pacing, longest.steps, lengths)
        return Timeline(longest.steps, 30.0, pacing, kept, made, self.camera == "orbit")

    def views(self, fps: float = 30.0) -> tuple[View, ...]:
        """What is drawn of each run; surfaces are evaluated here, unless they are in the cache."""
        every = all(len(run.weight_steps) <= EVERY_STEP for run in self.runs)  # then the rate decides nothing
        key = None if every else fps, self.common
        if key not in self._views:
            self._views[key] = self._seen(fps)
        return self._views[key]

    def _seen(self, fps: float) -> tuple[View, ...]:
        """What `views` gives, made anew."""
        clock, align, wanted = self.timeline(fps), self.alignment, self._needs()
        common = self.common or window.ALONE
        sources = [
            Source(run, self.model, self.data, self.use_cache, self.progress, align.ratio(i), unit,
                   self.makers[i] if self.makers else None)
            for i, (run, unit) in enumerate(zip(self.runs, align.units, strict=True))
        ]  # fmt: skip
        views = [
            replace(view_builder.view(source, self._name(i), self._cut(i), clock, wanted, i, common,
                                      self.asked),
                    clock=self.align, camera=self.camera, card=self.card)
            for i, source in enumerate(sources)
        ]  # fmt: skip
        if "shared surface" in wanted:
            try:
                views = list(view_builder.race_views(sources, views, self.cut, clock, wanted, common))
            except NoSurfaceError as error:
                if self.asked:
                    raise
                views = [replace(view, no_surface=error.brief) for view in views]
        if wanted & {"shared surface", "rivals"} and not views[0].rivals:
            views = [replace(view, rivals=tuple(views)) for view in views]
        low = min(view.line_range[0] for view in views)
        high = max(view.line_range[1] for view in views)
        return tuple(replace(view, line_range=(low, high)) for view in views)

    def _drawn(self) -> tuple[View, ...]:
        """The views that were made last, or those at 30 frames a second."""
        return next(reversed(self._views.values())) if self._views else self.views()

    def warnings(self) -> tuple[str, ...]:
        """What is right but surprising about this film, or left out of it: a sentence each."""
        return film_warnings.sentences(self.runs, self._drawn())

    def warn(self) -> None:
        """Tell Python's warnings what `warnings` says, each sentence once."""
        for sentence in self.warnings():
            if sentence not in self._warned:
                self._warned.add(sentence)
                warnings.warn(sentence, FilmWarning, stacklevel=3)

    def _needs(self) -> frozenset[Need]:
        return needs_of(name for row in self.layout for name in row)

    def _cut(self, index: int) -> Cut:
        cut = replace(self.cut, camera=self.camera)
        return replace(cut, slice=self.slices[index % len(self.slices)]) if self.slices else cut

    def _name(self, index: int) -> str:
        return self.names[index] if index < len(self.names) else f"run {index + 1}"

    def canvas(self, size: tuple[int, int], fps: float, look: Style | None = None,
               dpi: float = DPI) -> Canvas:  # fmt: skip
        """The drawing of this film at `size` (width, height) in pixels; the latest one is kept."""
        views = self.views(fps)
        layout, wanted = self.layout, self._needs()
        if wanted & {"surface", "shared surface"} and views[0].field is None:
            layout = (("weights",), ("loss",))
        caption = self.under_title(views)
        shares = self.shares if layout is self.layout else ((), ())
        said = tuple(event.caption for event in self.timeline(fps).pacing.named)
        look = _larger(look or style_files.find(self.style), self.text)
        parts = (views, layout, look, size, self.title, caption, shares, said, dpi)
        if self._canvas is None or self._canvas[0] != parts:
            self._canvas = parts, Canvas(*parts)
        return self._canvas[1]

    def under_title(self, views: tuple[View, ...]) -> str:
        """The words under the title: the scene's own, what the surface is, and what became of the runs."""
        return " ".join(part for part in (self.caption, _caption(self.runs, views)) if part)

    def said(self, views: tuple[View, ...]) -> tuple[str, ...]:
        """The words on its frames that are a scene's own."""
        events = (event.caption for event in self.timeline(30.0).pacing.named)
        names = (name for view in views for name in (view.name, *view.labels))
        return (self.title, self.under_title(views), self.card, *events, *names)

    def frame(self, index: int, size: Size = (1280, 720), fps: float = 30.0) -> NDArray[np.uint8]:
        """Frame `index` as (H, W, 4) uint8, RGBA; depends on index alone."""
        return self.canvas(size, fps).draw(self.timeline(fps).state(index)).copy()

    def alt_text(self) -> str:
        """What the film shows, in words, from the recordings."""
        views = self._drawn()
        if len(views) == 1:
            return captions.alt_text(views[0])
        if len(views) > captions.EACH:
            return captions.alt_text_of_many(views)
        return " ".join(f"{view.name}: {captions.alt_text(view)}" for view in views)

    def fidelity(self) -> dict[str, float | int | str | None]:
        """How true the surface is: the largest |slice's loss at the dot - true loss|, and its step.

        max_abs_error_of_the_grid is the same for the picture as drawn, linear between grid points;
        max_residual the largest distance from the plane; explained_variance the share of the path's
        variance that the plane holds, random_walk that of a random walk. None where not known.
        """
        views = self._drawn()
        found = [worst for view in views if (worst := view.worst()) is not None]
        error, step = max(found) if found else (None, None)
        plane = views[0].plane
        return {
            "max_abs_error": error,
            "step": step,
            "max_abs_error_of_the_grid": self._grid_error(),
            "plane": plane.kind if plane is not None else None,
            "max_residual": float(np.nanmax(views[0].residual)) if plane is not None else None,
            "explained_variance": plane.explained if plane is not None else None,
            "random_walk": plane.baseline if plane is not None else None,
        }

    def _grid_error(self) -> float | None:
        """The largest difference between the picture's height under the dot and the true loss there."""
        errors = [
            abs(view.field.drawn(int(step), view.trajectory[step]) - float(view.loss[step]))
            for view in self._drawn()
            if view.field is not None
            for step in view.field.checked
        ]
        known = [error for error in errors if np.isfinite(error)]
        return max(known) if known else None

    def save(self, *paths: str | Path, size: Size | None = None, fps: float | None = None,
             delivery: Delivery | None = None) -> list[Saved]:  # fmt: skip
        """Write the film to each path (suffix chooses the format) and a PNG poster beside each.

        size: (width, height) in pixels and fps: frames a second, for all; by default each format's own.
        delivery: codec, transparency, frame, budget of bytes.
        Everything is checked before anything is drawn.
        """
        wishes, files = delivery or Delivery(), _named(paths)
        text_size = style_files.find(self.style).text_size * self.text
        with proposing(self.layout, self.shares, size, text_size, files, wishes):
            saved = self._written(files, size, fps, wishes)
        self.warn()
        return saved

    def _written(self, files: Sequence[Path], size: Size | None, fps: float | None,
                 wishes: Delivery) -> list[Saved]:  # fmt: skip
        """What `save` does."""
        specs = [(path, spec_for(path, size, fps, self.style, wishes)) for path in files]
        if wishes.frame != "last":
            chosen(self.timeline(specs[0][1].fps), wishes.frame)
        posters = posters_of(specs)
        saved = []
        for path, spec in specs:
            poster = path.with_suffix(".png")
            if posters.get(poster) is spec and wishes.max_bytes is None:
                with replacing(poster) as temporary:
                    saved.append(self._save(path, spec, wishes.frame, temporary))
                del posters[poster]
            else:
                saved.append(self._fitting(path, spec, wishes))
        for poster, spec in posters.items():
            self._save(poster, spec)
        return saved

    def _fitting(self, path: Path, spec: FilmSpec, wishes: Delivery) -> Saved:
        """The file at `path`, smaller than asked where it has a budget, or AnimatorError."""
        kind = kind_of(path)
        if kind in VECTORS:
            return self._vector(path, spec, wishes)
        if wishes.max_bytes is None or kind not in size_budget.CUTS:
            return self._save(path, spec, wishes.frame)
        with room_beside(path) as folder:
            place = folder / path.name
            made, given_up = size_budget.best(
                path.name, kind, spec, wishes.max_bytes, partial(self._try, place)
            )
            place.replace(path)
        return replace(made, path=path, poster=path.with_suffix(".png"), gave_up=given_up)

    def _try(self, path: Path, spec: FilmSpec) -> Saved | None:
        """The film of `spec` at `path`; None where no film can be of that size."""
        try:
            spec.check(kind_of(path))
            self._drawing(spec)
        except AnimatorError:
            return None
        return self._save(path, spec)

    def _vector(self, path: Path, spec: FilmSpec, wishes: Delivery) -> Saved:
        """One frame as lines and letters, for print."""
        canvas = self.canvas((spec.width, spec.height), spec.fps, dpi=POINTS)
        with replacing(path) as temporary:
            canvas.print(chosen(self.timeline(spec.fps), wishes.frame), temporary)
        return Saved(path, path.suffix[1:].lower(), spec.width, spec.height, spec.fps, 1, 1 / spec.fps,
                     path.stat().st_size, path)  # fmt: skip

    def _save(self, path: Path, spec: FilmSpec, frame: str = "last", poster: Path | None = None) -> Saved:
        """Write one file; and its last frame to `poster`, while the encoder is still at work."""
        clock = self.timeline(spec.fps)
        drawing = self._drawing(spec)
        still = path.suffix.lower() == ".png"
        stills = iter([(chosen(clock, frame), 1)]) if still else clock.stills()
        stage, frames = f"drawing {path.name}", 1 if still else clock.frames
        spec = replace(spec, frames=frames + (0 if still else spec.held))

        def samples() -> Iterator[NDArray[np.uint8]]:
            picked = np.unique(np.linspace(0, clock.frames - 1, SAMPLES).astype(int))
            return (drawing.draw(clock.state(int(i))) for i in picked)

        self.progress(stage, 0, frames)
        with open_encoder(path, spec, self._said(spec, frame if still else "last"), samples) as encoder:
            done, counter = 0, FlashCounter(spec.fps)
            for picture, repeat in written(drawing, stills, encoder):
                counter.add(picture, repeat, drawing.changed if done else None)
                done += repeat
                self.progress(stage, done, frames)
                if poster is not None and done == frames:
                    with open_encoder(poster, spec, self._said(spec)) as png:
                        png.write(picture)
        return Saved(path, kind_of(path).removeprefix("."), spec.width, spec.height, spec.fps, spec.frames,
                     spec.frames / spec.fps, _bytes(path), path.with_suffix(".png"),
                     counter.worst)  # fmt: skip

    def _said(self, spec: FilmSpec, frame: str = "last") -> Metadata:
        """The metadata of one file. ground: the colour to show behind a film without a background; frame:
        what a still shows that is no poster.
        """
        said = self.metadata()
        more = {"ground": style_files.find(self.style).background} if spec.transparent else {}
        more |= {"frame": frame} if frame != "last" else {}
        return replace(said, details={**said.details, **more})

    def _drawing(self, spec: FilmSpec) -> Drawing:
        """What draws the states: opaque, or with the background taken out."""
        if not spec.transparent:
            return self.canvas((spec.width, spec.height), spec.fps)
        look = style_files.find(self.style)
        black, white = (
            self.canvas((spec.width, spec.height), spec.fps, replace(look, background=ground))
            for ground in ("#000000", "#ffffff")
        )
        return Cutout(black, white)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The film as a notebook shows it: a video with its poster, or its alt text."""
        with strays.scratch() as folder:
            saved = self.save(folder / "film.mp4", size=(960, 540))[0]
            film, poster = (b64encode(path.read_bytes()).decode() for path in (saved.path, saved.poster))
        said = escape(self.alt_text(), quote=True)
        told = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.warnings())
        video = (
            f'<video controls muted loop playsinline width="960" aria-label="{said}" '
            f'poster="data:image/png;base64,{poster}" src="data:video/mp4;base64,{film}">{said}</video>{told}'
        )
        return {"text/html": video, "text/plain": " ".join([self.alt_text(), *self.warnings()])}

    def metadata(self) -> Metadata:
        """Title, description, alt text, command and details that go into every file."""
        return Metadata(self.title, self.description, self.alt_text(), self.command, dict(self.about))


def film(
    source: "str | Path | Recording | Recorder",
    *,
    model: Any = None,
    data: Any = None,
    loss: Function | None = None,
    plane: str | Plane | None = None,
    slice: Literal["moving", "static", "blend", "through"] | None = None,
    at: int | None = None,
    style: str = "dark",
    layout: Mosaic | None = None,
    pacing: Pacing | None = None,
    progress: Progress | None = None,
) -> Film:
    """The film of a recording (a path, a Recording, or the Recorder that made it): surface, weights and loss
    on one clock.

    model, data: in place of the recorded ones; a subclassed model that cannot be rebuilt from its
    configuration needs model=. loss: a NumPy function from rows of weights (N, P) to (N,), of a recording
    that no Keras model made. plane: "weights", "pca", "random", "hessian", "through" or a Plane; by
    default the scene's, or "weights" for a model of up to three parameters and "pca" for larger ones.
    slice: "moving" cuts the surface again at every step, "static" once, through the last weights, "blend"
    goes from static to moving, "through" is static on the plane of start, end and the farthest step; by
    default the scene's, or "moving" on two weights and "static" elsewhere; at: the step whose weights a
    static slice goes through, the last by default. layout, pacing: as of a Scene. progress:
    hears how far things are; by default bars in a notebook, and nobody elsewhere.
    Raises AnimatorError when the file is no recording.
    """
    if layout is not None:
        check_layout(layout)
    run, maker = _opened(source)
    run.given_loss = loss or run.given_loss
    asked = {"model": model, "data": data, "loss": loss, "plane": plane, "slice": slice, "at": at,
             "layout": layout,
             "pacing": pacing}  # fmt: skip
    notes = run.meta.get("notes") or {}
    about = {key: notes[key] for key in ("scene", "parameters") if key in notes}
    looks = notes.get("film") or {}
    plane = plane or looks.get("plane") or ("weights" if run.weights.shape[1] <= 3 else "pca")
    kind = plane if isinstance(plane, str) else plane.kind
    slice = slice or looks.get("slice") or ("moving" if kind == "weights" else "static")
    asked_for = layout is not None and "surface" in needs_of(name for row in layout for name in row)
    asked_for |= any(asked[name] is not None for name in ("plane", "slice", "at", "model", "data"))
    cut = Cut(slice, looks.get("resolution") or RESOLUTION, plane, at, firm=asked["plane"] is not None)
    command = captions.made_by(run.path.name, {**asked, "style": None if style == "dark" else style})
    recorded = tuple(tuple(row) for row in looks.get("layout") or ())
    alone = recorded and not any("@" in name for row in recorded for name in row)
    return Film(
        (run,), notes.get("title") or run.path.stem, notes.get("description") or "",
        layout=layout or (recorded if alone else _layout(run)), cut=cut,
        pacing=pacing or Pacing.read(looks.get("pacing", {})), style=style, about=about, model=model,
        data=data, command=command, progress=progress or listener(),
        shares=(looks.get("widths", ()), looks.get("heights", ())) if alone and not layout else ((), ()),
        camera=looks.get("camera", "fixed"), card=looks.get("card", ""), makers=(maker,), asked=asked_for,
    )  # fmt: skip


def _opened(source: "str | Path | Recording | Recorder") -> tuple[Recording, Maker | None]:
    """The recording of `source`, and what gives its model where it cannot be rebuilt."""
    if isinstance(source, Recording):
        return source, None
    if isinstance(source, str | Path):
        return load(source), None
    run = load(source.path)
    run.given_loss = getattr(source, "loss", None)  # of a framework that is not Keras
    return run, lambda run: source.model


def _layout(run: Recording) -> Mosaic:
    """The layout of a recording that asks for none: a curve where there is one weight and its loss is
    known.
    """
    known = not is_keras(run) and lacking(run) is None
    return CURVE_LAYOUT if known and run.weights.shape[1] == 1 else DEFAULT_LAYOUT


def _larger(look: Style, times: float) -> Style:
    return replace(look, text_size=look.text_size * times, title_size=look.title_size * times)


def _named(paths: Sequence[str | Path]) -> list[Path]:
    """The paths of files to write; AnimatorError where there are none, one has no name or comes twice."""
    files = [Path(path) for path in paths]
    if not files:
        raise AnimatorError("save() was given no file, so nothing would be written. Use save('film.mp4').")
    for file in files:
        if not file.name:
            raise AnimatorError(f"save({str(file)!r}) names no file. Use save('film.mp4').")
        if files.count(file) > 1:
            raise AnimatorError(f"save() names '{file}' twice. Give each file once.")
    return files


def _bytes(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _caption(runs: Iterable[Recording], views: tuple[View, ...]) -> str:
    cut_short = any(not run.finished for run in runs)
    parts = ["The run was cut short." if cut_short else "", captions.slice_caption(views[0])]
    parts += [captions.departure(view) for view in views]
    return " ".join(part for part in parts if part)
