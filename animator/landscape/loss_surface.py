"""LossSurface: the loss on a grid of a plane. Compute once, keep the arrays, plot often.

A model, data and a Plane go in; alpha (nx,), beta (ny,) and loss (ny, nx) come out, rows following beta
and columns alpha. Keras is imported only when something must be evaluated.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import h5py
import numpy as np
import numpy.typing as npt

from animator.core import cache
from animator.core.arrays import Floats, Mask, Singles
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.core.progress import Progress, listener, quiet
from animator.landscape import adaptive_grid, chebyshev
from animator.landscape.chebyshev import Mixture
from animator.landscape.plane import Plane
from animator.recordings.loss import Loss
from animator.training.keras_types import KerasModel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from animator.training.loss.objective import Objective

Extent = tuple[float, float, float, float]

SAVE_SECONDS = 5.0
SOME = 8  # slices up to which each is evaluated
LINES = 10**7  # slices x parameters up to which they are looked at all at once
_SAME = 1e-12  # offsets from the plane below this part of the weights' size are rounding


class RowsOf(Protocol):
    """Rows of weights (T, P): an array, those of a recording, or any that makes a row when asked."""

    def __len__(self) -> int:
        """T."""

    def __getitem__(self, t: int, /) -> npt.ArrayLike:
        """Row t (P,)."""


@dataclass(frozen=True, slots=True, eq=False)
class LossSurface:
    """Loss at plane coordinates (alpha[column], beta[row]); nan and inf are kept.

    Parameters
    ----------
    alpha, beta
        (nx,) and (ny,): multiples of the basis vectors.
    loss
        (ny, nx): rows follow beta, columns alpha. All arrays are kept as read-only float64.
    evaluated
        (ny, nx): False where the value is interpolated, because a tolerance allowed it; all True otherwise.

    Raises
    ------
    AnimatorError
        When the shapes do not agree.

    Examples
    --------
    >>> animator.LossSurface([0, 1], [5, 6], [[4, 3], [2, 1]]).minimum()
    (1.0, 6.0, 1.0)
    """

    alpha: Floats
    beta: Floats
    loss: Floats
    evaluated: Mask | None = None

    def __post_init__(self) -> None:
        for name in ("alpha", "beta", "loss"):
            array = np.array(getattr(self, name), np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.loss.shape != (self.beta.size, self.alpha.size):
            raise AnimatorError(
                f"A surface over {self.alpha.size} alphas and {self.beta.size} betas needs a loss of "
                f"shape {(self.beta.size, self.alpha.size)}, but got {self.loss.shape}: rows follow "
                "beta. Transpose the loss."
            )
        mask = np.ones(self.loss.shape, bool) if self.evaluated is None else np.array(self.evaluated, bool)
        mask.setflags(write=False)
        object.__setattr__(self, "evaluated", mask)

    def __repr__(self) -> str:
        known = self.loss[np.isfinite(self.loss)]
        span = f"{known.min():.4g} to {known.max():.4g}" if known.size else "nowhere finite"
        return f"LossSurface({self.beta.size} x {self.alpha.size} points, loss {span})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The surface as a notebook shows it: its facts and its contours."""
        from animator.core.notebook_repr import of_surface

        return of_surface(repr(self), self.alpha, self.beta, self.loss, ("alpha", "beta"))

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw its contours, in the colours of films, on `ax` of matplotlib, or on new axes."""
        from animator.core import notebook_repr

        axes = notebook_repr.own_axes() if ax is None else ax
        notebook_repr.draw_surface(axes, self.alpha, self.beta, self.loss, ("alpha", "beta"))
        return axes

    @property
    def extent(self) -> Extent:
        """(first alpha, last alpha, first beta, last beta)."""
        alpha, beta = self.alpha, self.beta
        return float(alpha[0]), float(alpha[-1]), float(beta[0]), float(beta[-1])

    def minimum(self) -> tuple[float, float, float]:
        """(alpha, beta, loss) of the lowest finite point of the grid; it does not interpolate."""
        finite = np.where(np.isfinite(self.loss), self.loss, np.inf)
        row, column = np.unravel_index(int(np.argmin(finite)), finite.shape)
        if not np.isfinite(finite[row, column]):
            raise AnimatorError(
                "The surface has no finite loss: it has no minimum. Choose an extent where the loss "
                "can be computed."
            )
        return float(self.alpha[column]), float(self.beta[row]), float(self.loss[row, column])

    def save(self, path: str | Path) -> None:
        """Write the surface to `path` as HDF5; the file appears whole or not at all."""
        with replacing(Path(path)) as beside, h5py.File(beside, "w") as file:
            for name in ("alpha", "beta", "loss", "evaluated"):
                file.create_dataset(name, data=getattr(self, name))

    @classmethod
    def load(cls, path: str | Path) -> "LossSurface":
        """Read what `save` wrote; AnimatorError when `path` is no such file."""
        try:
            with h5py.File(path, "r") as file:
                names = [name for name in ("alpha", "beta", "loss", "evaluated") if name in file]
                return cls(*(file[name][...] for name in names))
        except (OSError, KeyError, TypeError) as error:
            raise AnimatorError(
                f"'{path}' is not a loss surface: it cannot be read as one. Give a file that "
                "LossSurface.save wrote."
            ) from error


def evaluate(
    model: KerasModel,
    data: object,
    plane: Plane,
    resolution: int | tuple[int, int] = 101,
    extent: Extent | None = None,
    progress: Progress | None = None,
    *,
    metric: str = "loss",
    tolerance: float = 0.0,
    memory: int | None = None,
    use_cache: bool = True,
) -> LossSurface:
    """The loss of `model` on `data` over a grid of `plane`, as `model.evaluate` would say.

    BatchNormalization runs in evaluation mode with the statistics that the model has now. Surfaces are cached
    by content, and an evaluation that was interrupted goes on where it stopped.

    Parameters
    ----------
    model
        A compiled Keras model.
    data
        (x, y), (x, y, sample_weight) or a tf.data.Dataset.
    plane
        The plane of weight space to look at.
    resolution
        Points along each axis, or (nx, ny).
    extent
        (first alpha, last alpha, first beta, last beta) in plane coordinates; by default -2 to 2 around the
        model's own weights on the plane.
    progress
        Hears ("surface", points done, of nx ny); by default a bar in a notebook, and nobody elsewhere.
    metric
        "loss", or any that the model reports.
    tolerance
        0 evaluates every point. A part of the surface's range, such as 0.01, leaves points to interpolation
        where the surface is that flat; `surface.evaluated` tells which are not.
    memory
        Bytes for activations, 256 MiB by default.
    use_cache
        Whether a surface that was evaluated before may be used.

    Returns
    -------
    LossSurface
        loss (ny, nx) over alpha (nx,) and beta (ny,).

    Raises
    ------
    AnimatorError
        When resolution or extent give no grid, or model, data and plane do not fit one another.

    Examples
    --------
    >>> plane = animator.planes.pca(animator.load("fit.h5"))
    >>> animator.evaluate(model, (x, y), plane, resolution=(7, 5)).loss.shape
    (5, 7)
    """
    from animator.training.keras_startup import start

    start()
    from animator.training.loss.objective import MEMORY, loss_function

    alpha, beta = grid(resolution, extent or _around(model, plane))
    objective = loss_function(model, data, memory or MEMORY, metric)
    key = _key(objective, plane, alpha, beta, tolerance) if use_cache else None
    part = cache.place("surfaces", key, "part.h5") if key is not None else None

    def losses_at(coordinates: Floats) -> Floats:
        return objective.on_plane(plane.origin, plane.basis, coordinates)

    def compute() -> Arrays:
        known = adaptive_grid.empty(alpha, beta)
        _fill(known, losses_at, tolerance, progress or listener(), part)
        return {"loss": known.values, "evaluated": known.evaluated}

    found = compute() if key is None else cache.arrays("surfaces", key, compute)
    if part is not None:
        part.unlink(missing_ok=True)
    return LossSurface(alpha, beta, found["loss"], found["evaluated"])


def _key(objective: "Objective", plane: Plane, alpha: Floats, beta: Floats, tolerance: float) -> str | None:
    """Digest of what decides the surface; None for a model that cannot be told from others."""
    known = objective.key()
    if known is None:
        return None
    return cache.digest("surface 1", known, plane.origin, plane.basis, alpha, beta, tolerance)


def _fill(
    known: adaptive_grid.Grid,
    losses_at: Callable[[Floats], Floats],
    tolerance: float,
    progress: Progress,
    part: Path | None,
) -> None:
    """Evaluate what is not `known` yet; `part`: the file of the cache that keeps it until all is."""
    before = cache.kept(part) if part is not None else None
    if before is not None:
        known.evaluated |= before["evaluated"]
        known.values[before["evaluated"]] = before["loss"][before["evaluated"]]
    kept_at = time.monotonic()

    def keep(now: adaptive_grid.Grid) -> None:
        if part is not None and now.evaluated.any():
            cache.keep(part, {"loss": now.values, "evaluated": now.evaluated})

    def saved(now: adaptive_grid.Grid) -> None:
        nonlocal kept_at
        progress("surface", int(now.evaluated.sum()), now.values.size)
        if time.monotonic() - kept_at > SAVE_SECONDS:
            keep(now)
            kept_at = time.monotonic()

    try:
        adaptive_grid.fill(known, losses_at, tolerance, saved)
    except BaseException:  # an interruption above all: what was evaluated is worth keeping
        keep(known)
        raise


def evaluate_slices(
    objective: Loss,
    plane: Plane,
    rows: RowsOf,
    alpha: npt.ArrayLike,
    beta: npt.ArrayLike,
    progress: Progress = quiet,
    states: Singles | None = None,
) -> Singles | Mixture:
    """Losses (T, ny, nx) float32 on the plane re-cut through each of `rows` (T, P), with `states` (T, S).

    Slice t holds the loss at row_t + (c - project(row_t)) @ basis, so that row t lies in its own slice.
    Rows that differ only within the plane share one slice; when all do, the result is a read-only
    broadcast of one. Where they lie on a line (a bias, say) and the loss is smooth along it, they come from
    fewer slices (`landscape.chebyshev`), to a millionth, as a Mixture of those. `progress` hears ("surface",
    slices done, of T).
    """
    alpha, beta = np.asarray(alpha, np.float64), np.asarray(beta, np.float64)
    coordinates = np.stack(np.meshgrid(alpha, beta), axis=-1).reshape(-1, 2)
    shape = (len(rows), beta.size, alpha.size)
    if states is None and len(rows) > 2 * SOME and len(rows) * plane.origin.size <= LINES:
        smooth = _on_a_line(objective, plane, rows, coordinates, shape, progress)
        if smooth is not None:
            return smooth
    found: dict[bytes, Singles] = {}
    slices: list[Singles] = []
    for t in range(len(rows)):
        offset = aside(plane, rows[t])
        state = None if states is None else np.asarray(states[t], np.float32)
        key = _digest(offset.astype(np.float32), state)
        if key not in found:
            losses = objective.on_plane(plane.origin + offset, plane.basis, coordinates, state=state)
            with np.errstate(over="ignore"):
                found[key] = losses.reshape(shape[1:]).astype(np.float32)
        slices.append(found[key])
        progress("surface", t + 1, len(rows))
    return np.broadcast_to(slices[0], shape) if len(found) == 1 else np.stack(slices)


def _on_a_line(
    objective: Loss,
    plane: Plane,
    rows: RowsOf,
    coordinates: Floats,
    shape: tuple[int, int, int],
    progress: Progress,
) -> Mixture | None:
    """The slices (T, ny, nx), when their offsets lie on a line and the loss is smooth along it."""
    found = chebyshev.line(aside(plane, np.stack([rows[t] for t in range(len(rows))])))
    if found is None:
        return None
    start, direction, positions = found
    basis = np.vstack([plane.basis, direction])

    def losses(points: Floats, along: Floats) -> Floats:
        return objective.on_plane(plane.origin + start, basis, np.column_stack([points, along]))

    return chebyshev.slices(
        losses, positions, coordinates, (shape[1], shape[2]), lambda done, of: progress("surface", done, of)
    )


def grid(resolution: int | tuple[int, int], extent: Extent) -> tuple[Floats, Floats]:
    """alpha (nx,) and beta (ny,), evenly spaced over `extent`, its ends included."""
    nx, ny = (resolution, resolution) if isinstance(resolution, int) else resolution
    if min(nx, ny) < 2:
        raise AnimatorError(
            f"resolution={resolution} is no grid: an axis needs at least 2 points. Use 101, or (nx, ny)."
        )
    a0, a1, b0, b1 = (float(edge) for edge in extent)
    if not np.isfinite([a0, a1, b0, b1]).all() or a0 >= a1 or b0 >= b1:
        raise AnimatorError(
            f"extent=({a0:g}, {a1:g}, {b0:g}, {b1:g}) holds no area: each axis must run from a smaller "
            "to a larger finite number. Use (alpha0, alpha1, beta0, beta1)."
        )
    return np.linspace(a0, a1, nx), np.linspace(b0, b1, ny)


def _around(model: KerasModel, plane: Plane) -> Extent:
    """-2 to 2 basis vectors around the model's weights on the plane."""
    parts = [np.ravel(np.asarray(variable)) for variable in model.trainable_variables]
    a, b = plane.project(np.concatenate(parts)) if parts else (0.0, 0.0)
    return float(a - 2), float(a + 2), float(b - 2), float(b + 2)


def where(plane: Plane, rows: RowsOf) -> str:
    """Digest of where slices of `plane` through `rows` (T, P) lie: the same for the same slices."""
    most = max(1, LINES // plane.origin.size)
    parts = (
        np.stack([rows[t] for t in range(low, min(len(rows), low + most))])
        for low in range(0, len(rows), most)
    )
    return cache.digest(*(aside(plane, part).astype(np.float32) for part in parts))


def aside(plane: Plane, rows: npt.ArrayLike) -> Floats:
    """The part (..., P) of `rows` (..., P) off the plane, with mere rounding set to zero."""
    offset = plane.offset(rows)
    size = np.maximum(1.0, np.abs(rows).max(axis=-1, keepdims=True))
    size = np.maximum(size, np.abs(plane.origin).max())
    return np.where(np.abs(offset) <= _SAME * size, 0.0, offset)


def _digest(offset: Singles, state: Singles | None) -> bytes:
    """The same for slices that are the same."""
    from hashlib import blake2b

    known = b"" if state is None else state.tobytes()
    return blake2b(offset.tobytes() + known, digest_size=16).digest()
