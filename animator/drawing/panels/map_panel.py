"""What panels that draw a surface from above have in common: a ground, whose bar others may share."""

from abc import ABC

from animator.drawing.panels.base import Panel
from animator.drawing.panels.surface_axes import Ground


class MapPanel(Panel, ABC):
    """A panel with a Ground; by_loss: whether its path has the colours of the losses on it."""

    ground: Ground
    by_loss = False
