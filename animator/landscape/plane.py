"""Plane: an origin and two directions in weight space, with projection and lifting.

Weights (..., P) go in, coordinates (..., 2) come out, and back. A coordinate is a multiple of its basis
vector. The directions need be neither orthogonal nor of unit length, so coordinates are the least-squares
solution, not dot products.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from animator.core.arrays import Floats
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError
from animator.core.language import Said

_PARALLEL = 1e-10  # smallest squared sine between two directions that still span a plane


class NoPlaneError(AnimatorError):
    """A path spans no such plane. brief: why, as a clause of a caption."""

    def __init__(self, brief: str, message: str) -> None:
        super().__init__(message)
        self.brief = brief


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The points origin + a basis[0] + b basis[1] of weight space, with (a, b) the coordinates.

    Parameters
    ----------
    origin, basis
        (P,) and (2, P), kept as read-only float64.
    names
        Of the two axes.
    kind
        How the plane was chosen.
    explained
        The share of the path's variance that it holds, None where not known.
    baseline
        The share that it would hold of a random walk.
    eigenvalues
        Of the Hessian along its axes.

    Raises
    ------
    AnimatorError
        When shapes disagree, a number is not finite, or the directions span no plane.

    Examples
    --------
    >>> plane = animator.Plane([1, 1, 1], [[1, 0, 0], [0, 2, 0]])
    >>> plane.project([3, 5, 9]).tolist()
    [2.0, 2.0]
    >>> float(plane.residual([3, 5, 9]))
    8.0
    """

    origin: Floats
    basis: Floats
    names: tuple[str, str] = ("w1", "w2")
    kind: str = "custom"
    explained: float | None = None
    baseline: float | None = None
    eigenvalues: tuple[float, float] | None = None
    _dual: Floats = field(init=False, repr=False)  # (2, P): coordinates = dual @ (w - origin)

    def __post_init__(self) -> None:
        origin, basis = _frozen(self.origin), _frozen(self.basis)
        _check(origin, basis)
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "basis", basis)
        object.__setattr__(self, "names", (self.names[0], self.names[1]))
        object.__setattr__(self, "_dual", _frozen(_dual(basis)))

    def project(self, weights: npt.ArrayLike) -> Floats:
        """Coordinates (..., 2) of the plane's point nearest to each of `weights` (..., P).

        Weights that are not finite give coordinates that are not finite.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray((self._rows(weights) - self.origin) @ self._dual.T, np.float64)

    def lift(self, coordinates: npt.ArrayLike) -> Floats:
        """Weights (..., P) at plane `coordinates` (..., 2)."""
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(self.origin + np.asarray(coordinates, np.float64) @ self.basis, np.float64)

    def offset(self, weights: npt.ArrayLike) -> Floats:
        """The part (..., P) of each of `weights` (..., P) that the plane does not hold."""
        rows = self._rows(weights)
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(rows - self.lift(self.project(rows)), np.float64)

    def residual(self, weights: npt.ArrayLike) -> Floats:
        """Distance (...) of `weights` (..., P) from the plane, in units of the weights."""
        return np.asarray(np.linalg.norm(self.offset(weights), axis=-1), np.float64)

    def _rows(self, weights: npt.ArrayLike) -> Floats:
        rows = np.asarray(weights, np.float64)
        size = len(self.origin)
        if rows.ndim == 0 or rows.shape[-1] != size:
            got = rows.shape[-1] if rows.ndim else 1
            raise AnimatorError(
                f"These weights have {got:,} parameters but the plane has {size:,}: the plane was "
                "laid through another model. Use weights of the model that the plane was made for."
            )
        return rows


def _frozen(values: npt.ArrayLike) -> Floats:
    """A read-only float64 copy of `values`."""
    array = np.array(values, np.float64)
    array.setflags(write=False)
    return array


def _check(origin: Floats, basis: Floats) -> None:
    """Raise AnimatorError unless origin (P,) and basis (2, P) are finite and span a plane."""
    if origin.ndim != 1 or basis.shape != (2, origin.size):
        raise AnimatorError(
            f"A plane needs an origin (P,) and a basis (2, P), but got {origin.shape} and "
            f"{basis.shape}: both must live in the same weight space. Give two directions as long as "
            "the origin."
        )
    if not (np.isfinite(origin).all() and np.isfinite(basis).all()):
        raise AnimatorError(
            "The plane's origin or basis has values that are not finite: no point can be lifted from "
            "it. Choose a step at which the weights are still finite."
        )
    lengths = np.linalg.norm(basis, axis=1)
    if (lengths == 0).any():
        which = "first" if lengths[0] == 0 else "second"
        raise AnimatorError(
            f"The {which} direction is zero: it spans no plane. Give two directions that differ from "
            "zero and are not parallel."
        )
    cosine = float((basis[0] / lengths[0]) @ (basis[1] / lengths[1]))
    if 1.0 - cosine**2 < _PARALLEL:
        raise AnimatorError(
            f"The two directions are parallel (cosine {cosine:.6f}): they span a line, not a plane. "
            "Give two directions that are not multiples of each other."
        )


def _dual(basis: Floats) -> Floats:
    """The dual basis (2, P): dual @ basis.T is the identity, and dual lies in the span of `basis`."""
    lengths = np.linalg.norm(basis, axis=1, keepdims=True)
    unit = basis / lengths
    cosine = float(unit[0] @ unit[1])
    across = np.array([unit[0] - cosine * unit[1], unit[1] - cosine * unit[0]])
    return np.asarray(across / (1.0 - cosine**2) / lengths, np.float64)


def eigenplane(origin: Floats, vectors: Floats, values: Floats) -> Plane:
    """The plane of two eigenvectors (2, P) of the Hessian at `origin` (P,), with eigenvalues (2,)."""
    first, second = (float(value) for value in values)
    names = (
        Said("sharpest direction ({value:.3g})", value=first),
        Said("second sharpest ({value:.3g})", value=second),
    )
    return Plane(origin, vectors, names, "hessian", eigenvalues=(first, second))


def to_arrays(plane: Plane) -> dict[str, Floats]:
    """The plane of a Hessian as arrays, from which `from_arrays` makes the same."""
    return {
        "origin": plane.origin,
        "basis": plane.basis,
        "eigenvalues": np.array(plane.eigenvalues),
        "explained": np.array(math.nan if plane.explained is None else plane.explained),
    }


def from_arrays(known: Arrays) -> Plane:
    """The plane of a Hessian from what `to_arrays` made of it."""
    share = float(known["explained"])
    plane = eigenplane(known["origin"], known["basis"], known["eigenvalues"])
    return replace(plane, explained=None if math.isnan(share) else share)
