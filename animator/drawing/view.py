"""What the panels see of one run: arrays that are ready to draw, and nothing that must be computed.

A View is made by animator.films.view_builder from a recording and its surface; panels only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.design.timeline import FrameState
from animator.landscape.basins import Basins
from animator.landscape.curve import Curve
from animator.landscape.field import Field
from animator.landscape.panel_data.activation import Activation
from animator.landscape.panel_data.dense_weights import Wiring
from animator.landscape.panel_data.examples import Examples
from animator.landscape.panel_data.histograms import Histogram
from animator.landscape.panel_data.model_outputs import BatchSurface, Prediction, Sharpness
from animator.landscape.panel_data.update_vectors import Forces
from animator.landscape.plane import Plane
from animator.landscape.window import Window
from animator.recordings.facts import Facts

CONTRAST = 400.0
MOST_CONTRAST = 1e8
EVEN = 3.0  # a scale that is nearly linear


Part = TypeVar("Part")


def present(part: Part | None, name: str) -> Part:
    """A part of a View that a panel needs; ValueError where the view was built without it."""
    if part is None:
        raise ValueError(f"a panel needs the {name} of its run, but this view was built without it")
    return part


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One run, ready to draw. K updates; P parameters, of which Q are drawn as lines.

    trajectory (K+1, 2) and residual (K+1,): place on the plane and distance from it; at steps that are not
    among `recorded`, those of the last one that is. loss (K+1,), NaN where absent; batch_loss,
    learning_rate, epoch (K,); lines (K+1, Q) with labels (Q,); line_range: the axis they are drawn on,
    shared by the views of a film. running_means: Keras' metrics, (K,) each. cut: how the slices are cut;
    cut_through: the step that a still one was asked to go through, None for the last.
    rivals: all runs of a race, this one too; colour: the number of this one's among the style's lines;
    theory: the rate of convergence that the scene expects. ratio: steps of this run for each step of the
    film's clock; unit: what a step counts on that clock, which is named `clock`. camera: how the window
    moves. basins: which minimum each point of the surface runs down to. wiring: the Dense layers, in order.
    batch_surface: the loss of the batch in use. forces: what moves the weights.
    has_epochs: whether updates were counted in epochs. of_function: whether the loss is a function of the
    weights alone, and no model's; minima: points (M, 2) of the plane to mark; curve: the loss over the one
    weight that there is. activation: of the only neuron. examples: pictures, and what each is taken for.
    histograms: of "histogram" (weights) and "updates"; card: the text of the panel of that name.
    no_surface: why there is no field although one was wanted; instead: why the plane is another
    than it would be by default; unproved: that nothing recorded proves the model. facts: what the recording
    lacks.

    Examples
    --------
    >>> (view,) = animator.film("run.h5", layout="weights").views()
    >>> view.labels, view.loss.shape
    (('x', 'y', 'z'), (61,))
    """

    name: str
    steps: int
    parameters: int
    recorded: NDArray[np.int64]
    labels: tuple[str, ...]
    lines: NDArray[np.float32]
    line_range: tuple[float, float]
    axis_labels: tuple[str, str]
    trajectory: Floats
    residual: Floats
    loss: Floats
    batch_loss: Floats
    learning_rate: Floats
    epoch: NDArray[np.int32]
    target: tuple[float, float] | None
    window: Window | None
    field: Field | None
    plane: Plane | None
    cut: str
    running_means: dict[str, Floats]
    test_loss: tuple[float, float] | None
    test_samples: int
    broke_at: int | None
    prediction: Prediction | None = None
    sharpness: Sharpness | None = None
    rivals: tuple["View", ...] = ()
    colour: int = 0
    theory: float | None = None
    ratio: float = 1.0
    unit: float = 1.0
    clock: str = "step"
    camera: str = "fixed"
    basins: Basins | None = None
    wiring: tuple[Wiring, ...] = ()
    batch_surface: BatchSurface | None = None
    forces: Forces | None = None
    cut_through: int | None = None
    histograms: Mapping[str, Histogram] = default(default_factory=dict)
    card: str = ""
    no_surface: str = ""
    instead: str = ""
    unproved: str = ""
    facts: Facts = default(default_factory=Facts)
    has_epochs: bool = True
    of_function: bool = False
    minima: tuple[tuple[float, float], ...] = ()
    curve: Curve | None = None
    activation: Activation | None = None
    examples: Examples | None = None

    def place(self, state: FrameState) -> Floats:
        """Where the dot is (2,): on the way from its step to the next one."""
        here = self.trajectory[state.step]
        if not state.part:
            return np.asarray(here)
        return np.asarray(here + state.part * (self.trajectory[state.onto] - here))

    @property
    def value_name(self) -> str:
        """What the height of its surface is called: "loss" of a model, "f" of a function."""
        return "f" if self.of_function else "loss"

    @property
    def contrast(self) -> float:
        """How far apart, as a ratio, the scale of colours holds the losses just above the lowest. Of a
        function the median height in the window has the colour in the middle, where that tells more of them
        apart; one that falls on beyond its window has no basin, and a scale that is even.
        """
        if not self.of_function or self.field is None:
            return CONTRAST
        z = np.where(np.isfinite(self.field.slices[0]), self.field.slices[0], np.inf)
        row, column = np.unravel_index(int(np.argmin(z)), z.shape)
        inside = 0 < row < z.shape[0] - 1 and 0 < column < z.shape[1] - 1
        if not inside and self.target is None and not self.minima:
            return EVEN
        high, middle = (float(v) - self.field.lowest for v in (self.field.highest, np.median(z)))
        return float(np.clip((high / max(middle, 1e-12)) ** 2, CONTRAST, MOST_CONTRAST))

    @property
    def has_batch_loss(self) -> bool:
        """Whether the batches' own losses were recorded; files without facts tell it by what they hold."""
        if self.facts.no_batch_loss is not None or not len(self.batch_loss):
            return False
        reported = self.running_means.get("loss", np.zeros(1))
        return not np.isnan(self.batch_loss).all() or bool(np.isnan(reported).all())

    @property
    def has_rate(self) -> bool:
        """Whether a learning rate was recorded that moved something."""
        return not self.facts.no_learning_rate and not bool(np.isnan(self.learning_rate).all())

    def unrecorded(self) -> NDArray[np.bool_]:
        """(K+1,) where the loss was not computed: NaN, although a later one is there. One that was evaluated
        and is NaN is not finite.
        """
        absent = np.isnan(self.loss)
        if absent.any():
            absent &= np.logical_or.accumulate(~absent[::-1])[::-1]
            if self.field is not None:
                absent[self.field.checked] = False
        return absent

    def worst(self) -> tuple[float, int] | None:
        """(largest difference between the surface under the dot and the true loss, its step)."""
        if self.field is None:
            return None
        with np.errstate(invalid="ignore"):  # a run that diverges is inf on both sides
            error = np.abs(self.field.heights - self.loss[self.field.checked])
        if not np.isfinite(error).any():
            return None
        at = int(np.nanargmax(np.where(np.isfinite(error), error, -1)))
        return float(error[at]), int(self.field.checked[at])
