"""Panels: each draws one thing about one run. A registry row names where a panel's code lives."""

from animator.panels.base import Look, Panel
from animator.registry import Row

PANELS = {
    "surface": Row("animator.panels.surface:SurfacePanel", "it is part of animator; install it again."),
    "weights": Row("animator.panels.weights:WeightsPanel", "it is part of animator; install it again."),
    "loss": Row("animator.panels.loss:LossPanel", "it is part of animator; install it again."),
}

__all__ = ["PANELS", "Look", "Panel"]
