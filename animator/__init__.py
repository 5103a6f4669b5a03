"""animator shows how a neural network learns: record training, cut the loss surface, draw the film.

`import animator` is light: each name is imported from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "AnimatorError": "errors",
    "Event": "scene",
    "Experiment": "scene",
    "Film": "films",
    "LossSurface": "surface",
    "Pacing": "scene",
    "Plane": "plane",
    "Recorder": "recorder",
    "Recording": "recording",
    "Scene": "scene",
    "evaluate": "surface",
    "film": "films",
    "load": "recording",
}

__all__ = [*_HOME, "planes"]


def __getattr__(name: str) -> Any:
    if name == "planes":
        return import_module("animator.planes")
    if name not in _HOME:
        raise AttributeError(f"module 'animator' has no attribute {name!r}")
    return getattr(import_module(f"animator.{_HOME[name]}"), name)


if TYPE_CHECKING:
    from animator import planes as planes
    from animator.errors import AnimatorError as AnimatorError
    from animator.films import Film as Film
    from animator.films import film as film
    from animator.plane import Plane as Plane
    from animator.recorder import Recorder as Recorder
    from animator.recording import Recording as Recording
    from animator.recording import load as load
    from animator.scene import Event as Event
    from animator.scene import Experiment as Experiment
    from animator.scene import Pacing as Pacing
    from animator.scene import Scene as Scene
    from animator.surface import LossSurface as LossSurface
    from animator.surface import evaluate as evaluate
