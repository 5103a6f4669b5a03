"""What the panels see of one run: arrays that are ready to draw, and nothing that must be computed.

A View is made by animator.prepare from a recording and its surface; panels only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default

import numpy as np
from numpy.typing import NDArray

from animator.design.timeline import FrameState
from animator.landscape.basins import Basins
from animator.landscape.bilinear import bilinear
from animator.landscape.chebyshev import Mixture
from animator.landscape.plane import Plane
from animator.landscape.update_vectors import Forces
from animator.landscape.window import Window
from animator.recordings.facts import Facts

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The loss surface of a view: one slice for all steps, or one for each of `steps`.

    alpha (nx,), beta (ny,): plane coordinates. slices (T, ny, nx): losses, rows follow beta; an array, or a
    Mixture, which makes a slice when it is asked for.
    steps (T,): the step that each slice goes through; one slice with steps (0,) serves all.
    lowest, highest: the finite losses' range over all slices. heights (S,): loss of the slice under the dot
    at `checked` (S,) steps, beside the true loss there.
    """

    alpha: Floats
    beta: Floats
    slices: NDArray[np.float32] | Mixture
    steps: NDArray[np.int64]
    lowest: float
    highest: float
    checked: NDArray[np.int64]
    heights: Floats

    @property
    def moving(self) -> bool:
        """Whether the slice is cut again as the run goes on."""
        return len(self.slices) > 1

    def drawn(self, step: int, place: Floats) -> float:
        """Height of the picture at a point (2,) of the plane: linear between the grid points of its slice."""
        z = np.asarray(self.slices[self.at(step)], float)
        return float(bilinear(self.alpha, self.beta, z, np.asarray(place[0]), np.asarray(place[1])))

    def height(self, step: int) -> float:
        """Loss of the slice under the dot at `step`; NaN at a step where it was not evaluated."""
        k = int(np.searchsorted(self.checked, step))
        return float(self.heights[k]) if k < len(self.checked) and self.checked[k] == step else float("nan")

    def at(self, step: int) -> int:
        """Index of the slice for `step`: the last one cut at or before it."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model computes at `steps` (T,): values (T, ny, nx) over the plane of its two inputs x (nx,) and
    y (ny,), or values (T, nx) over its one input x. classes: whether values are numbers of classes.
    inputs (N, 1 or 2) and targets (N,): the data.
    """

    steps: NDArray[np.int64]
    x: Floats
    y: Floats
    values: NDArray[np.float32]
    classes: bool
    inputs: Floats
    targets: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sharpness:
    """The Hessian's largest eigenvalue (T,) at `steps` (T,)."""

    steps: NDArray[np.int64]
    largest: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """The loss of the batch that is used next, at `steps` (T,): slices (T, ny, nx) over alpha, beta."""

    steps: NDArray[np.int64]
    alpha: Floats
    beta: Floats
    slices: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """counts (T, B) at `steps` (T,) in the bins between edges (B+1,)."""

    steps: NDArray[np.int64]
    edges: Floats
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """The kernel of a Dense layer at `steps` (T,): shape (in, out) are its units, of which `inputs` (i,) and
    `outputs` (o,) are drawn. values (T, i, o): their weights; biases (T, o), or None without.
    """

    layer: str
    shape: tuple[int, int]
    steps: NDArray[np.int64]
    inputs: NDArray[np.int64]
    outputs: NDArray[np.int64]
    values: NDArray[np.float32]
    biases: NDArray[np.float32] | None


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
    ghost: the loss of the batch in use. forces: what moves the weights.
    histograms: of "histogram" (weights) and "updates"; card: the text of the panel of that name.
    no_surface: why there is no field although one was wanted; instead: why the plane is another than it would
    be by default. facts: what the recording lacks.
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
    ghost: Ghost | None = None
    forces: Forces | None = None
    cut_through: int | None = None
    histograms: Mapping[str, Histogram] = default(default_factory=dict)
    card: str = ""
    no_surface: str = ""
    instead: str = ""
    facts: Facts = default(default_factory=Facts)

    def place(self, state: FrameState) -> Floats:
        """Where the dot is (2,): on the way from its step to the next one."""
        here = self.trajectory[state.step]
        if not state.part:
            return np.asarray(here)
        return np.asarray(here + state.part * (self.trajectory[state.onto] - here))

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
