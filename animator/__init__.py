"""animator shows how a neural network learns: record training, cut the loss surface, draw the film.

`import animator` is light: each name is imported from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "AnimatorError": "core.errors",
    "Descent": "design.descent",
    "Event": "design.scene",
    "Experiment": "design.scene",
    "Film": "films.film",
    "LossSurface": "landscape.loss_surface",
    "Pacing": "design.scene",
    "Plane": "landscape.plane",
    "Recorder": "training.recorder",
    "Recording": "recordings.reader",
    "Scene": "design.scene",
    "StepWriter": "recordings.step_writer",
    "descend": "training.descents",
    "evaluate": "landscape.loss_surface",
    "film": "films.film",
    "load": "recordings.reader",
    "recording": "recordings.step_writer",
}

__all__ = [*_HOME, "planes"]


def __getattr__(name: str) -> Any:
    if name == "planes":
        return import_module("animator.landscape.planes")
    if name == "jax":
        return import_module("animator.jax")
    if name not in _HOME:
        raise AttributeError(f"module 'animator' has no attribute {name!r}")
    if name == "Recorder":
        import_module("animator.training.keras_startup").start()  # quietly, unless Keras is there already
    return getattr(import_module(f"animator.{_HOME[name]}"), name)


if TYPE_CHECKING:
    from animator.core.errors import AnimatorError as AnimatorError
    from animator.design.descent import Descent as Descent
    from animator.design.scene import Event as Event
    from animator.design.scene import Experiment as Experiment
    from animator.design.scene import Pacing as Pacing
    from animator.design.scene import Scene as Scene
    from animator.films.film import Film as Film
    from animator.films.film import film as film
    from animator.landscape import planes as planes
    from animator.landscape.loss_surface import LossSurface as LossSurface
    from animator.landscape.loss_surface import evaluate as evaluate
    from animator.landscape.plane import Plane as Plane
    from animator.recordings.reader import Recording as Recording
    from animator.recordings.reader import load as load
    from animator.recordings.step_writer import StepWriter as StepWriter
    from animator.recordings.step_writer import recording as recording
    from animator.training.descents import descend as descend
    from animator.training.recorder import Recorder as Recorder
