"""`animator.film(...)`: the film of recordings or a Scene, with any setting of its design as a keyword.

A path, a Recording, the Recorder that made it, several of these, or a Scene goes in, a Film comes out. What
is not asked for is as the scene says, or chosen from the recording.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animator.core.errors import AnimatorError, nearest
from animator.core.language import Said
from animator.core.progress import Progress, listener
from animator.design import scene_files
from animator.design.experiment import Data, KerasModel
from animator.design.film_design import DEFAULT_LAYOUT, FilmDesign, Slice
from animator.design.layout import Mosaic
from animator.design.scene import Scene
from animator.design.wishes import MEANT
from animator.drawing import captions
from animator.films import general_moments
from animator.films.build import about, check_panels, film_of, recordings
from animator.films.delivery import settled
from animator.films.film import Film
from animator.landscape.run_source import Maker
from animator.recordings.loss import Function
from animator.recordings.reader import Recording, load
from animator.training.loss.losses import is_keras, lacking

if TYPE_CHECKING:
    from animator.landscape.plane import Plane
    from animator.training.record.recorder import Recorder

SETTINGS = tuple(part.name for part in fields(FilmDesign))
CURVE_LAYOUT: Mosaic = (("curve", "curve", "loss"),)
RACE_LAYOUT: Mosaic = (("race", "race", "race", "losses", "losses"),)
FEW = 3  # parameters of a model whose first two span the plane, where none was asked for


def film(
    source: "str | Path | Recording | Recorder | Scene | list[str | Path | Recording | Recorder]",
    *,
    model: KerasModel | None = None,
    data: Data | None = None,
    loss: Function | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Film:
    """The film of a recording, of several (a race), or of a scene: surface, weights and loss on one clock.

    Parameters
    ----------
    source
        The path of a recording, a Recording, or the Recorder that made it; several of these for a race; or a
        Scene, which is trained here unless its recordings are in the cache.
    model, data
        In place of the recorded ones; a subclassed model that cannot be rebuilt from its configuration needs
        model=.
    loss
        A NumPy function from rows of weights (N, P) to (N,), of a recording that no Keras model made.
    progress
        Hears how far things are; by default bars in a notebook, and nobody elsewhere.
    settings
        Any field of FilmDesign: title, caption, seconds, layout ("surface weights; surface loss" or rows of
        names), plane, slice, at, window, levels, colors, resolution, camera, style, text and so on. By
        default they are the scene's. Where no scene was recorded the plane is "weights" for a model of up
        to three parameters and "pca" for larger ones, and the slice is "moving" on two weights and "static"
        elsewhere.

    Returns
    -------
    Film
        Nothing is drawn before its `save` or `frame`.

    Raises
    ------
    AnimatorError
        When the file is no recording, a setting is unknown, or its value is none that can be drawn.

    Examples
    --------
    >>> film = animator.film("run.h5", title="Three numbers", plane="pca", seconds=3)
    >>> files = film.save("run.mp4", size=(320, 180))

    Of a scene, and of two runs on one surface:

    >>> film = animator.film(animator.scene("valley", steps=50), seconds=15)
    >>> race = animator.film(["run.h5", "fast.h5"], names=("slow", "fast"))
    """
    asked = {name: value for name, value in settings.items() if value is not None}
    _check_names(asked)
    told = progress or listener()
    given = {"model": model, "data": data, "loss": loss}
    if isinstance(source, Scene):
        return _of_scene(source, given, asked, told)
    sources = source if isinstance(source, list | tuple) else [source]
    opened = [_opened(one) for one in sources]
    if not opened:
        raise AnimatorError("film([]) has no recordings to show. Give it paths: animator.film(['run.h5']).")
    runs = tuple(run for run, _ in opened)
    for run in runs:
        run.given_loss = loss or run.given_loss
    notes = runs[0].notes
    scene = {"scene": notes.scene, "parameters": notes.parameters}
    made = Film(
        runs,
        _design(runs, asked),
        command=captions.made_by([run.path.name for run in runs], {**given, **asked}),
        about={name: value for name, value in scene.items() if value is not None},
        model=model,
        data=data,
        progress=told,
        makers=tuple(maker for _, maker in opened),
        asked=frozenset(name for name, value in {**given, **asked}.items() if value is not None),
    )
    check_panels(made.design)
    made.cut()  # an unknown plane or slice is told now
    return made


def _of_scene(scene: Scene, given: dict[str, Any], asked: dict[str, Any], progress: Progress) -> Film:
    """The film of a scene, trained here unless its recordings are in the cache."""
    for name, value in given.items():
        if value is not None:
            raise AnimatorError(
                f"{name}= was given for the scene {scene.title!r}, whose runs have their own. Leave it away."
            )
    wished = settled(scene, asked, len(scene.runs))
    check_panels(wished)
    said = about(scene)
    runs, _ = recordings(scene, said, True, progress)
    words = captions.made_by_scene(scene.origin.get("scene", ""), scene.origin.get("parameters", {}), asked)
    return film_of(wished, said, runs, command=words, asked=frozenset(asked), progress=progress)


def _design(runs: Sequence[Recording], asked: dict[str, Any]) -> FilmDesign:
    """The design of a film of `runs`, with the settings that were asked for."""
    first = runs[0]
    design = _recorded_design(first, whole="layout" not in asked and len(runs) == 1)
    if "plane" in asked and not first.notes.film.get("slice"):
        design = replace(design, slice=_usual_slice(asked["plane"]))
    if len(runs) > 1:
        names = tuple(run.path.stem for run in runs)
        title = _all(names) if len(names) <= FEW else Said("{count} runs", count=len(names))
        design = replace(design, title=title, description="", names=names, layout=RACE_LAYOUT)
    elif first.steps >= general_moments.LEAST and not design.pacing.events:
        is_function = first.notes.loss_kind == "function"
        told = general_moments.OF_FUNCTIONS if is_function else general_moments.MOMENTS
        design = replace(design, moments=told)
    return settled(design, asked, len(runs))


def _all(names: Sequence[str]) -> str:
    """Two names or more in words: "a, b and c"."""
    return Said("{some} and {last}", some=", ".join(names[:-1]), last=names[-1])


def _usual_slice(plane: "str | Plane") -> Slice:
    """How a surface is cut where nothing was asked: again at every step on two weights, once elsewhere."""
    return "moving" if "weights" in (plane, getattr(plane, "kind", None)) else "static"


def _check_names(asked: Iterable[str]) -> None:
    """AnimatorError for a keyword that is no setting."""
    for name in asked:
        if name not in SETTINGS:
            meant = MEANT.get(name.replace("_", "-"))
            close = f"That is {meant}=. " if meant else nearest(name, SETTINGS)
            raise AnimatorError(f"A film has no setting called {name!r}. {close}Known: {' '.join(SETTINGS)}.")


def _recorded_design(run: Recording, *, whole: bool) -> FilmDesign:
    """The design that the recording keeps, with what it lacks chosen from the recording.

    whole: whether its layout is used; a layout that shows a second run is not, for there is none here.
    """
    kept = run.notes.film
    design = FilmDesign.read(kept)
    if not whole or any("@" in name for row in design.layout for name in row):
        design = replace(design, layout=DEFAULT_LAYOUT, widths=(), heights=())
    if not kept.get("layout") and _is_curve(run):
        design = replace(design, layout=CURVE_LAYOUT)
    if not kept.get("plane"):
        design = replace(design, plane="weights" if run.weights.shape[1] <= FEW else "pca")
    if not kept.get("slice"):
        design = replace(design, slice=_usual_slice(design.plane))
    title, description = _words(run)
    return replace(design, title=title or run.path.stem, description=description)


def _words(run: Recording) -> tuple[str, str]:
    """The title and the description that a recording keeps; of a bundled scene as messages, which are said in
    any language, with the values that the scene has filled in.
    """
    notes = run.notes
    title, description = notes.title or "", notes.description or ""
    if notes.scene not in scene_files.names():  # a file of a user's is called NAME.py
        return title, description
    try:
        scene = scene_files.scene(notes.scene, **(notes.parameters or {}))
    except AnimatorError:  # of a version that had other parameters
        return Said.of(title), Said.of(description)
    ours = {str(words): words for words in (scene.title, scene.description)}
    return ours.get(title, Said.of(title)), ours.get(description, Said.of(description))


def _is_curve(run: Recording) -> bool:
    """Whether `run` is of one weight, and its loss is known without Keras."""
    return run.weights.shape[1] == 1 and not is_keras(run) and lacking(run) is None


def _opened(source: "str | Path | Recording | Recorder") -> tuple[Recording, Maker | None]:
    """The recording of `source`, and what gives its model where it cannot be rebuilt."""
    if isinstance(source, Recording):
        return source, None
    if isinstance(source, str | Path):
        return load(source), None
    if not hasattr(source, "model"):
        raise AnimatorError(
            f"animator.film cannot show {type(source).__name__}: it takes a recording, its path, its "
            "Recorder, several of these, or a Scene. Use for example animator.film('run.h5')."
        )
    run = load(source.path)
    run.given_loss = getattr(source, "loss", None)  # of a framework that is not Keras
    return run, lambda run: source.model
