"""The slices of a film: where they cut, and the losses on them, evaluated or from the cache.

In: a Cut, what is asked for; a recording, a plane and the path on it. Out: a Field, the losses of the path,
and the window that shows them. The heights under the dot are evaluated with the slices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as once
from typing import Literal

import numpy as np

from animator.core import cache
from animator.core.arrays import Floats, Ints, Mask, Singles
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError, nearest
from animator.design.pacing import ramp
from animator.design.timeline import Timeline
from animator.design.wishes import PLANES, SLICES
from animator.landscape import window
from animator.landscape.camera import grid_lines
from animator.landscape.chebyshev import Mixture
from animator.landscape.field import Field
from animator.landscape.plane import Plane
from animator.landscape.run_source import Source
from animator.landscape.window import Common, Extent, Window
from animator.recordings.loss import Loss
from animator.recordings.reader import Recording

RESOLUTION = 81
EVERY_STEP = 400
SEARCH = 31
READ = 64 * 2**20  # bytes of weights that are held at once


@dataclass(frozen=True, slots=True)
class Cut:
    """How the surface of a view is cut, on resolution x resolution points.

    Parameters
    ----------
    slice
        "moving" cuts again at every step, "static" once, at step `at`, "blend" goes from static to moving in
        the middle of the run, "through" is static on the plane through three steps.
    resolution
        Points along an axis.
    plane
        "weights" (two parameters), "pca", "random", "hessian", "through" (start, end and the step farthest
        from their line), or a Plane.
    at
        The step of a static slice; by default the last.
    seed
        Of random planes.
    camera
        For "follow" and "zoom" the grid is finer where they look.
    firm
        Whether the plane was asked for by name; another stands in for one that was not, where the path spans
        none.
    near
        Whether the window holds what is near the start alone, because the path runs away.
    window
        The part of the plane to show, (left, right, bottom, top).

    Raises
    ------
    AnimatorError
        When no plane or slice has such a name.

    Examples
    --------
    >>> animator.Cut(slice="static", plane="pca", resolution=31).resolution
    31
    """

    slice: Literal["moving", "static", "blend", "through"] = "moving"
    resolution: int = RESOLUTION
    plane: str | Plane = "weights"
    at: int | None = None
    seed: int = 0
    camera: str = "fixed"
    firm: bool = False
    near: bool = False
    window: Extent | None = None

    def __post_init__(self) -> None:
        if isinstance(self.plane, str) and self.plane not in PLANES:
            raise AnimatorError(
                f"No plane is called {self.plane!r}. {nearest(self.plane, PLANES)}Known: {' '.join(PLANES)}. "
                "Or give an animator.Plane."
            )
        if self.slice not in SLICES:
            raise AnimatorError(
                f"slice={self.slice!r} is no way to cut a surface. {nearest(self.slice, SLICES)}"
                f"Use one of: {' '.join(SLICES)}."
            )

    @property
    def kind(self) -> str:
        """Which plane this is cut on."""
        if self.slice == "through":
            return "through"
        return self.plane if isinstance(self.plane, str) else self.plane.kind


def still_step(run: Recording, cut: Cut) -> int | None:
    """The kept step that a still slice was asked to be cut through; None where nothing was asked."""
    if cut.at is None or cut.slice in ("moving", "blend"):
        return None
    return int(run.weight_steps[run.row(cut.at)])


def shown_steps(source: Source, timeline: Timeline) -> Ints:
    """The kept, finite steps to evaluate: all of a short run, those that frames show of a long one."""
    run = source.run
    steps = run.weight_steps
    if len(steps) > EVERY_STEP:
        own = (min(run.steps, int(step * source.ratio + 1e-9)) for step in timeline.shown())
        steps = np.unique([steps[run.row(step)] for step in own])
    return steps[_finite(run, run.rows(steps))]


def _finite(run: Recording, rows: Ints) -> Mask:
    """(n,) whether all weights in each of `rows` (n,) are finite."""
    each = max(1, READ // (4 * run.weights.shape[1]))
    parts = [run.weights[rows[low : low + each]] for low in range(0, len(rows), each)]
    return np.concatenate([np.isfinite(part).all(axis=1) for part in parts])


def field_of(
    source: Source,
    plane: Plane,
    place: Floats,
    cut: Cut,
    timeline: Timeline,
    loss: Floats,
    target: tuple[float, float] | None,
    common: Common,
) -> tuple[Field, Floats, Window]:
    """The surface of `source`, its losses and the window, from the cache or evaluated."""
    steps = shown_steps(source, timeline)
    goal = target if cut.kind == "weights" else None
    path_window, asked = _path_window(cut, place, goal, common)
    cuts = Cuts.of(source.run, plane, cut, steps)
    objective = once(source.objective)

    def evaluate() -> Arrays:
        shown = path_window
        if goal is None and not asked:
            shown = _with_minimum(objective(), plane, cuts, place, shown)
        alpha, beta = _grid(cut, place, shown.extent)
        return {
            "alpha": alpha,
            "beta": beta,
            "extent": np.array(shown.extent),
            "held": np.array(shown.held or shown.extent),
            **_along_path(source, objective(), plane, place, cuts, steps, loss),
            "shared": np.frombuffer(_slices_key(source, plane, cuts, alpha, beta).encode(), np.uint8),
        }

    key = cache.digest(
        "field 6",
        *source.key(),
        plane.origin,
        plane.basis,
        path_window,
        goal,
        steps,
        *_decided(cut),
    )
    known = cache.arrays("surfaces", key, evaluate, source.reads_cache)
    alpha, beta = known["alpha"], known["beta"]
    shared = known["shared"].tobytes().decode()
    slices = _slices(source, objective, plane, cuts, alpha, beta, shared)
    low, high = common.loss_range or _span(slices)
    extent, held = (tuple(known[name].tolist()) for name in ("extent", "held"))
    cut_at = steps if cuts.moves else np.zeros(1, np.int64)
    field = Field(alpha, beta, slices, cut_at, low, high, steps, known["heights"])
    return field, known["loss"], Window(extent, path_window.left_at, held)


def _decided(cut: Cut) -> list[object]:
    """What of `cut` decides the numbers of a surface, beside its plane and its window."""
    looks = [cut.camera] if cut.camera in ("follow", "zoom") else []
    return [cut.slice, cut.at, cut.resolution, *looks]


def _path_window(
    cut: Cut, place: Floats, goal: tuple[float, float] | None, common: Common
) -> tuple[Window, bool]:
    """The window of the path `place` (K+1, 2), and whether its extent was asked for."""
    asked = cut.window or (common.extent if cut.kind == "weights" else None)
    if asked is not None:
        return window.given(place, asked, None if cut.window else common.held), True
    home = (float(place[0, 0]), float(place[0, 1])) if cut.near else None
    return window.choose(place, goal or home), False


def _span(slices: Singles | Mixture) -> tuple[float, float]:
    """The least and the greatest finite loss, apart."""
    parts = slices.parts() if isinstance(slices, Mixture) else (slices,)
    finite = [part[np.isfinite(part)] for part in parts]
    ends = [(float(part.min()), float(part.max())) for part in finite if len(part)]
    low, high = (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0.0, 1.0)
    return low, high if high > low else low + 1.0


def _grid(cut: Cut, place: Floats, extent: Extent) -> tuple[Floats, Floats]:
    """alpha (nx,), as far as a picture may reach, and beta (ny,) over `extent`, finer where the camera of
    `cut` looks.
    """
    x, y = np.nan_to_num(place[-1])
    alpha = window.extended(grid_lines(cut.camera, *extent[:2], float(x), cut.resolution), extent)
    beta = grid_lines(cut.camera, *extent[2:], float(y), cut.resolution)
    return alpha, beta


def _along_path(
    source: Source,
    objective: Loss,
    plane: Plane,
    place: Floats,
    cuts: "Cuts",
    steps: Ints,
    loss: Floats,
) -> Arrays:
    """The height (S,) of the surface under the dot at `steps` (S,), and the loss (K+1,) at every step."""
    from animator.landscape.loss_surface import aside

    run = source.run
    rows = run.rows(steps)
    states = cuts.states()
    losses = np.array(loss)
    if source.data is not None:
        losses[:] = np.nan
    heights = np.empty(len(rows))
    per_read = max(1, READ // (4 * (run.weights.shape[1] + run.state.shape[1])))
    for start in range(0, len(rows), per_read):
        part = slice(start, start + per_read)
        some = rows[part]
        own = np.asarray(run.state[rows[part]])
        lacking = ~np.isfinite(losses[steps[part]])
        if lacking.any():
            losses[steps[part][lacking]] = objective(run.weights[some[lacking]], own[lacking])
        at = np.stack([cuts[t if cuts.moves else 0] for t in range(start, start + len(some))])
        under = plane.lift(place[some]) + aside(plane, at)
        known = own if states is None else states[part] if cuts.moves else states[0]
        heights[part] = objective(np.asarray(under, np.float32), known)
        source.progress("heights under the dot", min(len(rows), start + per_read), len(rows))
    return {"heights": heights, "loss": losses}


def _slices_key(source: Source, plane: Plane, cuts: "Cuts", alpha: Floats, beta: Floats) -> str:
    """Digest of what decides slices: the loss, the plane and where they cut, and not the path."""
    from animator.landscape.loss_surface import where

    parts = [plane.origin, plane.basis, alpha, beta, where(plane, cuts), cuts.states()]
    return cache.digest("slices 3", *source.loss_key(), *parts)


def _slices(
    source: Source,
    objective: Callable[[], Loss],
    plane: Plane,
    cuts: "Cuts",
    alpha: Floats,
    beta: Floats,
    key: str,
) -> Singles | Mixture:
    """The slices (T, ny, nx), evaluated unless a run of the same loss has left them in the cache."""
    from animator.landscape.loss_surface import evaluate_slices

    def evaluate() -> Arrays:
        states = cuts.states()
        slices = evaluate_slices(objective(), plane, cuts, alpha, beta, source.progress, states)
        if isinstance(slices, Mixture):
            return {"slices": slices.some, "shares": slices.shares}
        return {"slices": slices}

    known = cache.arrays("surfaces", key, evaluate, source.reads_cache)
    return Mixture(known["shares"], known["slices"]) if "shares" in known else known["slices"]


class Cuts:
    """The weights (P,) that each slice of a film goes through, made when they are asked for.

    A blend goes through the still row's part off the plane at first, through each step's own at the end,
    and from one to the other, smoothly, in the middle fifth of the run.
    """

    def __init__(self, run: Recording, plane: Plane, rows: Ints, still: int, how: str) -> None:
        self._run = run
        self._plane = plane
        self._how = how
        self._still = still
        self.moves = plane.basis.shape[1] > 2 and how in ("moving", "blend")
        self._rows = rows if self.moves else np.array([still])
        self._offset = plane.offset(np.asarray(run.weights[still], np.float64)) if how == "blend" else None

    @classmethod
    def of(cls, run: Recording, plane: Plane, cut: Cut, steps: Ints) -> "Cuts":
        """Those that `cut` asks for at `steps` (T,)."""
        rows = run.rows(steps)
        return cls(run, plane, rows, run.row(cut.at) if cut.at is not None else int(rows[-1]), cut.slice)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, t: int) -> Floats:
        row = np.asarray(self._run.weights[int(self._rows[t])], np.float64)
        if self._offset is None:
            return row
        share = self._share(t)
        offset = (1 - share) * self._offset + share * self._plane.offset(row)
        return np.asarray(self._plane.lift(self._plane.project(row)) + offset)

    def states(self) -> Singles | None:
        """(T, S) the statistics that belong to each slice; None for a model without."""
        if not self._run.state_variables:
            return None
        if self._how != "blend":
            return np.asarray(self._run.state[self._rows])
        still = self._run.state[self._still]
        own = np.asarray(self._run.state[self._rows])
        shares = np.array([self._share(t) for t in range(len(self))])[:, None]
        return np.asarray((1 - shares) * still + shares * own, np.float32)

    def _share(self, t: int) -> float:
        return ramp(t / max(1, len(self._rows) - 1), 0.4, 0.6)


def _with_minimum(objective: Loss, plane: Plane, cuts: Cuts, place: Floats, shown: Window) -> Window:
    """`shown`, widened to hold the surface's lowest point when that is less than half a width away."""
    from animator.landscape.loss_surface import grid

    a0, a1, b0, b1 = shown.extent
    a, b = (a1 - a0) / 2, (b1 - b0) / 2
    alpha, beta = grid(SEARCH, (a0 - a, a1 + a, b0 - b, b1 + b))
    last = cuts[len(cuts) - 1]
    coordinates = np.stack(np.meshgrid(alpha, beta), axis=-1).reshape(-1, 2)
    states = cuts.states()
    losses = objective.on_plane(
        plane.origin + plane.offset(last),
        plane.basis,
        coordinates,
        state=None if states is None else states[-1],
    ).reshape(SEARCH, SEARCH)
    losses = np.where(np.isfinite(losses), losses, np.inf)
    row, column = np.unravel_index(int(np.argmin(losses)), losses.shape)
    if not (0 < row < SEARCH - 1 and 0 < column < SEARCH - 1):
        return shown
    lowest = np.array([alpha[column], beta[row]])
    if a0 <= lowest[0] <= a1 and b0 <= lowest[1] <= b1:
        return shown
    held = place[np.isfinite(place).all(axis=1)]
    inside = held[((held >= [a0, b0]) & (held <= [a1, b1])).all(axis=1)]
    points = np.vstack([inside, lowest[None]])
    return Window(window.square(points), shown.left_at, window.around_all(points))
