"""`animator.film(...)`: the film of a recording, with any setting of its design as a keyword.

A path, a Recording or the Recorder that made it goes in, a Film comes out. What is not asked for is as the
recording's scene says, or chosen from the recording.
"""

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animator.core.errors import AnimatorError, nearest
from animator.core.progress import Progress, listener
from animator.design.film_design import DEFAULT_LAYOUT, FilmDesign, Slice
from animator.design.layout import Mosaic, mosaic
from animator.drawing import captions
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
FEW = 3  # parameters of a model whose first two span the plane, where none was asked for


def film(
    source: "str | Path | Recording | Recorder",
    *,
    model: Any = None,
    data: Any = None,
    loss: Function | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Film:
    """The film of a recording: surface, weights and loss on one clock.

    Parameters
    ----------
    source
        The path of a recording, a Recording, or the Recorder that made it.
    model, data
        In place of the recorded ones; a subclassed model that cannot be rebuilt from its configuration needs
        model=.
    loss
        A NumPy function from rows of weights (N, P) to (N,), of a recording that no Keras model made.
    progress
        Hears how far things are; by default bars in a notebook, and nobody elsewhere.
    settings
        Any field of FilmDesign: title, caption, layout ("surface weights; surface loss" or rows of names),
        plane, slice, at, resolution, pacing, camera, style, text and so on. By default they are the scene's.
        Where no scene was recorded the plane is "weights" for a model of up to three parameters and "pca" for
        larger ones, and the slice is "moving" on two weights and "static" elsewhere.

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
    >>> animator.film("run.h5", title="One neuron", plane="pca").save("run.mp4")  # doctest: +SKIP
    """
    asked = {name: value for name, value in settings.items() if value is not None}
    _check_names(asked)
    run, maker = _opened(source)
    run.given_loss = loss or run.given_loss
    notes = run.notes
    design = _recorded_design(run, whole="layout" not in asked)
    if "layout" in asked:
        asked["layout"] = mosaic(asked["layout"])
    if "plane" in asked and not notes.film.get("slice"):
        design = replace(design, slice=_usual_slice(asked["plane"]))
    said = {"model": model, "data": data, "loss": loss, **asked}
    wanted = frozenset(name for name, value in said.items() if value is not None)
    scene = {"scene": notes.scene, "parameters": notes.parameters}
    made = Film(
        (run,),
        replace(design, **asked),
        command=captions.made_by(run.path.name, said),
        about={name: value for name, value in scene.items() if value is not None},
        model=model,
        data=data,
        progress=progress or listener(),
        makers=(maker,),
        asked=wanted,
    )
    made.cut()  # an unknown plane or slice is told now
    return made


def _usual_slice(plane: "str | Plane") -> Slice:
    """How a surface is cut where nothing was asked: again at every step on two weights, once elsewhere."""
    return "moving" if "weights" in (plane, getattr(plane, "kind", None)) else "static"


def _check_names(asked: dict[str, Any]) -> None:
    """AnimatorError for a keyword that is no setting."""
    for name in asked:
        if name not in SETTINGS:
            known = " ".join(SETTINGS)
            raise AnimatorError(
                f"A film has no setting called {name!r}. {nearest(name, SETTINGS)}Known: {known}."
            )


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
    title = run.notes.title or run.path.stem
    return replace(design, title=title, description=run.notes.description or "")


def _is_curve(run: Recording) -> bool:
    """Whether `run` is of one weight, and its loss is known without Keras."""
    return run.weights.shape[1] == 1 and not is_keras(run) and lacking(run) is None


def _opened(source: "str | Path | Recording | Recorder") -> tuple[Recording, Maker | None]:
    """The recording of `source`, and what gives its model where it cannot be rebuilt."""
    if isinstance(source, Recording):
        return source, None
    if isinstance(source, str | Path):
        return load(source), None
    run = load(source.path)
    run.given_loss = getattr(source, "loss", None)  # of a framework that is not Keras
    return run, lambda run: source.model
