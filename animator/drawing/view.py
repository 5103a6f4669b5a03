"""What the panels see of one run: arrays that are ready to draw, and nothing that must be computed.

A View is made by animator.films.view_builder from a recording and its surface; panels only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Floats, Ints
from animator.core.language import Said
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


@dataclass(frozen=True, slots=True)
class Halt:
    """An event of a film, as one of its runs has it.

    Parameters
    ----------
    step
        On the film's clock.
    pointed
        Whether a ring points at the run's dot.
    kept
        Whether a mark stays on its path.
    """

    step: int
    pointed: bool = True
    kept: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One run, ready to draw.

    K updates; P parameters, of which Q are drawn as lines.

    Parameters
    ----------
    name
        What the run is called on screen.
    steps
        K.
    parameters
        P.
    recorded
        The steps that the recording holds.
    labels, lines, line_range
        Names (Q,) and values (K+1, Q) of the weights that are drawn as lines, and (low, high) of their axis,
        which the views of a film share.
    axis_labels
        Names of the plane's two axes.
    trajectory, residual
        Place on the plane (K+1, 2) and distance from it (K+1,); at a step that is not recorded, those of the
        last one that is.
    loss, batch_loss, learning_rate, epoch
        (K+1,), NaN where absent; (K,) each.
    target
        The point (2,) that the weights should reach, in the plane's coordinates.
    window, field, plane
        What is shown of the plane, the loss on it, and the plane; None without a surface.
    cut, cut_through
        How the slices are cut, and the step that a still one goes through; None for the last.
    running_means
        Keras' metrics, (K,) each.
    test_loss, test_samples
        Loss on test data (before, after), and how many samples they are.
    broke_at
        The step from which on the loss is not finite.
    prediction, sharpness, wiring, batch_surface, forces, histograms, card, activation, examples, curve
        What the panels of these names show: the model's outputs; the Hessian's largest eigenvalue; the Dense
        layers, in order; the loss of the batch in use; what moves the weights; "histogram" (weights) and
        "updates"; a text; the function of the only neuron; pictures and what each is taken for; the loss
        over the one weight that there is.
    rivals, colour
        All runs of a race, this one too, and the number of this one's colour among the style's lines.
    theory
        The rate of convergence that the scene expects.
    ratio, unit, clock
        Steps of this run for each step of the film's clock; what a step counts on that clock; its name.
    camera
        How the window moves.
    basins
        Which minimum each point of the surface runs down to.
    no_surface, instead, unproved
        Why there is no field although one was wanted; why the plane is another than it would be by default;
        that nothing recorded proves the model.
    facts
        What the recording lacks.
    has_epochs
        Whether updates were counted in epochs.
    of_function, minima
        Whether the loss is a function of the weights alone, and no model's; points (M, 2) of the plane to
        mark.
    seconds
        When each step comes in the film's play (S,), S > K; None where that is not known.
    halts
        The film's events, in the order in which a FrameState counts them.
    scale_part
        How much of the losses on its scale of colours the flattest of the surfaces has that share it.

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
    scale_part: float = 1.0
    seconds: Floats | None = None
    halts: tuple[Halt, ...] = ()

    def seconds_at(self, steps: Ints) -> Floats:
        """At which seconds (n,) of a film steps (n,) come; where none is known, ten of them in a second."""
        return np.asarray(steps / 10 if self.seconds is None else self.seconds[steps])

    def when(self, step: int) -> FrameState:
        """Where this run is at a step of the film's clock: on the way from one recorded step to the next."""
        at = min(float(self.steps), step * self.ratio + 1e-9)
        known = self.recorded
        index = int(known.searchsorted(at, side="right")) - 1
        low, high = int(known[index]), int(known[min(index + 1, len(known) - 1)])
        part = (at - low) / (high - low) if high > low else 0.0
        return FrameState(low, False, part if part > 1e-6 else 0.0, high)

    def place(self, state: FrameState) -> Floats:
        """Where the dot is (2,): on the way from its step to the next one."""
        here = self.trajectory[state.step]
        if not state.part:
            return np.asarray(here)
        return np.asarray(here + state.part * (self.trajectory[state.onto] - here))

    @property
    def value_name(self) -> str:
        """What the height of its surface is called: "loss" of a model, "f" of a function."""
        return "f" if self.of_function else Said("loss")

    @property
    def contrast(self) -> float:
        """How far apart, as a ratio, the scale of colours holds the losses just above the lowest. Of a
        function the median height in the window has the colour in the middle, where that tells more of them
        apart; one that falls on beyond its window has no basin, and a scale that is even.
        """
        if not self.of_function or self.field is None:
            return CONTRAST / self.scale_part
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
