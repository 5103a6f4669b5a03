"""animator shows how a neural network learns: record training, cut the loss surface, draw the film.

`import animator` is light: each name is imported from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Alignment": "design.alignment",
    "AnimatorError": "core.errors",
    "Canvas": "drawing.canvas",
    "Descent": "design.descent",
    "Common": "landscape.window",
    "Cut": "landscape.slices",
    "Delivery": "films.delivery",
    "Event": "design.scene",
    "Experiment": "design.scene",
    "Extent": "landscape.loss_surface",
    "Facts": "recordings.facts",
    "Film": "films.film",
    "FilmDesign": "design.film_design",
    "KerasModel": "training.keras_types",
    "Found": "design.moments",
    "Loss": "recordings.loss",
    "LossSurface": "landscape.loss_surface",
    "Metadata": "encoding.film_spec",
    "Moment": "design.moments",
    "Mosaic": "design.layout",
    "Objective": "training.loss.objective",
    "Pacing": "design.scene",
    "Plane": "landscape.plane",
    "PlaneKind": "design.film_design",
    "Progress": "core.progress",
    "Recorder": "training.record.recorder",
    "Recording": "recordings.reader",
    "RunNotes": "recordings.run_notes",
    "Samples": "recordings.samples",
    "Saved": "films.save_film",
    "Scene": "design.scene",
    "Slice": "design.scene",
    "StepWriter": "recordings.step_writer",
    "descend": "training.descents",
    "Style": "design.style",
    "Timeline": "design.timeline",
    "View": "drawing.view",
    "evaluate": "landscape.loss_surface",
    "film": "films.from_recording",
    "scene": "design.scene_files",
    "load": "recordings.reader",
    "page": "publish.page:make",
    "recording": "recordings.step_writer",
    "slides": "publish.slides:make",
    "sweep": "sweeps.sweep",
}  # what users call, and the types that its signatures name

__all__ = [*_HOME, "finders", "planes"]


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def __getattr__(name: str) -> Any:
    if name == "planes":
        return import_module("animator.landscape.planes")
    if name == "finders":
        return import_module("animator.design.finders")
    if name in ("jax", "lightning", "torch"):
        return import_module(f"animator.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'animator' has no attribute {name!r}")
    if name in ("Recorder", "Objective"):
        import_module("animator.training.keras_startup").start()  # quietly, unless Keras is there already
    module, _, attribute = _HOME[name].partition(":")
    return getattr(import_module(f"animator.{module}"), attribute or name)


if TYPE_CHECKING:
    from animator.core.errors import AnimatorError as AnimatorError
    from animator.core.progress import Progress as Progress
    from animator.design import finders as finders
    from animator.design.alignment import Alignment as Alignment
    from animator.design.descent import Descent as Descent
    from animator.design.film_design import FilmDesign as FilmDesign
    from animator.design.film_design import PlaneKind as PlaneKind
    from animator.design.layout import Mosaic as Mosaic
    from animator.design.moments import Found as Found
    from animator.design.moments import Moment as Moment
    from animator.design.scene import Event as Event
    from animator.design.scene import Experiment as Experiment
    from animator.design.scene import Pacing as Pacing
    from animator.design.scene import Scene as Scene
    from animator.design.scene import Slice as Slice
    from animator.design.scene_files import scene as scene
    from animator.design.style import Style as Style
    from animator.design.timeline import Timeline as Timeline
    from animator.drawing.canvas import Canvas as Canvas
    from animator.drawing.view import View as View
    from animator.encoding.film_spec import Metadata as Metadata
    from animator.films.delivery import Delivery as Delivery
    from animator.films.film import Film as Film
    from animator.films.from_recording import film as film
    from animator.films.save_film import Saved as Saved
    from animator.landscape import planes as planes
    from animator.landscape.loss_surface import Extent as Extent
    from animator.landscape.loss_surface import LossSurface as LossSurface
    from animator.landscape.loss_surface import evaluate as evaluate
    from animator.landscape.plane import Plane as Plane
    from animator.landscape.slices import Cut as Cut
    from animator.landscape.window import Common as Common
    from animator.publish import page as _page
    from animator.publish import slides as _slides
    from animator.recordings.facts import Facts as Facts
    from animator.recordings.loss import Loss as Loss
    from animator.recordings.reader import Recording as Recording
    from animator.recordings.reader import load as load
    from animator.recordings.run_notes import RunNotes as RunNotes
    from animator.recordings.samples import Samples as Samples
    from animator.recordings.step_writer import StepWriter as StepWriter
    from animator.recordings.step_writer import recording as recording
    from animator.sweeps.sweep import sweep as sweep
    from animator.training.descents import descend as descend
    from animator.training.keras_types import KerasModel as KerasModel
    from animator.training.loss.objective import Objective as Objective
    from animator.training.record.recorder import Recorder as Recorder

    page = _page.make
    slides = _slides.make
