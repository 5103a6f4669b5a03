"""Checks against closed forms: numbers that can be worked out by hand, and what animator gets for them.

Small neurons are trained with the real Recorder and cut with the real surface; each Check holds what was
expected beside what came. The numbers: exact quadratics, Goh 2017 on momentum,
and one neuron with four minima after Auer, Herbster and Warmuth 1995.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from animator.core import strays
from animator.core.arrays import Floats
from animator.core.progress import Progress, quiet
from animator.landscape.loss_surface import LossSurface, evaluate
from animator.landscape.plane import Plane
from animator.landscape.planes import weights as plane_of_weights
from animator.recordings.reader import load
from animator.training.keras_types import KerasModel
from animator.training.loss.objective import loss_function
from animator.training.neuron import neuron, record_descent

LINEAR = (np.array([[1, 0], [0, 1], [1, 1.0]]), np.array([[1], [2], [3.0]]))
TWO_SAMPLES = (np.eye(2), np.tanh(np.array([[1], [-0.5]])))
FOUR_MINIMA = (np.array([[1, 0], [20, 0], [0, 1], [0, 20.0]]), np.array([[0.9], [0.1], [0.9], [0.1]]))
LOW, HIGH = 0.007332, 1.472219  # where the four minima are, on each axis


@dataclass(frozen=True, slots=True)
class Check:
    """One number that is known: it passes when |got - expected| <= tolerance."""

    name: str
    expected: float
    got: float
    tolerance: float
    passed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What is compared of a recording: weights (K+1, 2), loss (K+1,), batch_loss (K,), plane."""

    weights: Floats
    loss: Floats
    batch_loss: Floats
    plane: Plane


def linear_neuron() -> Iterator[Check]:
    """A, at learning rate 0.75: weights and losses (14/3)/4^k at every update; the Hessian."""
    run = trained(LINEAR, (0, 0), rate=0.75, steps=5)
    path = [(0, 0), (2, 2.5), (0.75, 1.5), (1.25, 2.125), (0.9375, 1.875), (1.0625, 2.03125)]
    yield check("A linear neuron: largest error of a weight", 0, np.abs(run.weights - path).max(), 1e-6)
    for k in range(6):
        yield check(f"A loss after {k} updates, (14/3)/4^{k}", 14 / 3 / 4**k, run.loss[k], 1e-5)
    batches = 14 / 3 / 4.0 ** np.arange(5)
    worst = np.abs(run.batch_loss - batches).max()
    yield check("A largest error of a batch's loss", 0, worst, 1e-5)
    _, hessian = derivatives(around(neuron("linear"), LINEAR, (1, 2), 0.5))
    small, large = np.linalg.eigvalsh(hessian)
    yield check("A Hessian, larger eigenvalue", 2, large, 1e-5)
    yield check("A Hessian, smaller eigenvalue, 2/3", 2 / 3, small, 1e-5)


def linear_limits() -> Iterator[Check]:
    """A, at and beyond the largest stable learning rate of 1."""
    still = trained(LINEAR, (0, 0), rate=1.0, steps=40)
    yield check("A loss after 40 updates at learning rate 1", 4.5, still.loss[-1], 1e-4)
    wild = trained(LINEAR, (0, 0), rate=1.05, steps=40)
    yield check("A growth of the loss at 1.05, 1.1^2", 1.21, wild.loss[-1] / wild.loss[-2], 1e-4)


def rates() -> Iterator[Check]:
    """B: rates of gradient descent and of momentum on quadratics with eigenvalues 1 and kappa."""
    for kappa in (10, 100):
        root = np.sqrt(kappa)
        data = (np.diag([1, root]), np.zeros((2, 1)))
        size = np.linalg.norm(trained(data, (1, 1), rate=2 / (1 + kappa), steps=8).weights, axis=1)
        expected = (kappa - 1) / (kappa + 1)
        yield check(f"B kappa {kappa}: rate of gradient descent", expected, size[-1] / size[-2], 1e-5)
        rate = (root - 1) / (root + 1)
        run = trained(data, (1, 1), rate=(2 / (1 + root)) ** 2, steps=10, momentum=rate**2)
        yield check(f"B kappa {kappa}: rate of momentum", rate, slowest(run.weights), 2e-3)
    both = np.array([[1, 1], [1, -1]]) / np.sqrt(2)  # eigenvectors of A, for 2 and 2/3
    run = trained(LINEAR, (0, 0), rate=0.803848, steps=8, momentum=0.0717968)
    yield check("B linear neuron: rate of momentum", 0.267949, slowest((run.weights - (1, 2)) @ both), 2e-3)
    run = trained(LINEAR, (0, 0), rate=1.5, steps=12, momentum=0.5)  # lr lambda = 3 = 2 + 2 beta
    edge = ((run.weights - (1, 2)) @ both)[:, :1]
    yield check("B rate where lr lambda = 2 + 2 beta", 1, slowest(edge), 1e-4)


def tanh_gradients() -> Iterator[Check]:
    """C: the gradient at (0, 0) by one update of size 1; the largest stable rate at the minimum."""
    run = trained(TWO_SAMPLES, (0, 0), rate=1.0, steps=1)
    for axis, expected in enumerate((-0.7615942, 0.4621172)):
        got = run.weights[0, axis] - run.weights[1, axis]
        yield check(f"C gradient at (0, 0) along w{axis + 1}", expected, got, 1e-6)
    ends = [trained(TWO_SAMPLES, (1, -0.5 + e), rate=3.23363, steps=1).weights[1, 1] for e in (0.01, -0.01)]
    yield check("C rate along w2 at learning rate 3.23363", -1, (ends[0] - ends[1]) / 0.02, 1e-3)


def tanh_surface() -> Iterator[Check]:
    """C: heights, the Hessian at the minimum and the four plateaus, off the surface."""
    model = neuron("tanh")
    centre = around(model, TWO_SAMPLES, (0, 0), 0.02)
    yield check("C loss at (0, 0)", 0.39678896, centre.loss[2, 2], 1e-6)
    bottom = around(model, TWO_SAMPLES, (1, -0.5), 0.05)
    yield check("C loss at the minimum (1, -0.5)", 0, bottom.loss[2, 2], 1e-9)
    _, hessian = derivatives(bottom)
    for name, expected, got in (
        ("w1 w1", 0.1763785, hessian[0, 0]),
        ("w2 w2", 0.6185000, hessian[1, 1]),
        ("w1 w2", 0, hessian[0, 1]),
    ):
        yield check(f"C Hessian at the minimum, {name}", expected, got, 1e-4)
    far = around(model, TWO_SAMPLES, (0, 0), 20).loss
    plateaus = {"++": 1.0973120, "+-": 0.1730776, "-+": 2.6205003, "--": 1.6962660}
    for signs, expected in plateaus.items():
        row, column = (4 if signs[1] == "+" else 0), (4 if signs[0] == "+" else 0)
        yield check(f"C plateau where (w1, w2) is {signs}", expected, far[row, column], 1e-6)


def four_minima() -> Iterator[Check]:
    """D: the surface of one neuron finds four minima, two of them 0.007 from an axis."""
    model = neuron("tanh")
    coarse = evaluate(model, FOUR_MINIMA, PLANE, 401, (-0.1, 1.9, -0.1, 1.9))
    found = sorted(local_minima(coarse))
    yield check("D number of minima", 4, len(found), 0)
    heights = {0: 0.39946778, 1: 0.40223389, 2: 0.40500000}
    for a, b in found:
        spans = [0.0005 if at < 0.1 else 0.02 for at in (a, b)]
        for _ in range(3):
            extent = (a - spans[0], a + spans[0], b - spans[1], b + spans[1])
            fine = evaluate(model, FOUR_MINIMA, PLANE, 21, extent)
            a, b = vertex(fine)
        wanted = [LOW if at < 0.1 else HIGH for at in (a, b)]
        name = f"D minimum near ({wanted[0]:.3f}, {wanted[1]:.3f})"
        for axis, at in enumerate((a, b)):
            tolerance = 1e-5 if wanted[axis] == LOW else 1e-3
            yield check(f"{name}: w{axis + 1}", wanted[axis], at, tolerance)
        yield check(f"{name}: loss", heights[wanted.count(HIGH)], fine.minimum()[2], 1e-6)


def two_weights() -> Iterator[Check]:
    """F: the plane of a model with two weights holds its whole path."""
    run = trained(LINEAR, (0, 0), rate=0.75, steps=5)
    residual = run.plane.residual(run.weights)
    spread = ((run.weights - run.weights.mean(axis=0)) ** 2).sum()
    yield check("F two weights: largest residual", 0, residual.max(), 1e-12)
    yield check("F two weights: explained variance", 1, 1 - (residual**2).sum() / spread, 1e-12)


def evaluation() -> Iterator[Check]:
    """The loss function against `model.evaluate` on the article's neuron's kind of data."""
    x = np.random.default_rng(0).random((500, 2))
    model = neuron("tanh")
    model.set_weights([np.array([[0.3], [-0.7]])])
    data = (x, np.tanh(x.sum(axis=1, keepdims=True)))
    expected = float(model.evaluate(*data, verbose=0))
    got = loss_function(model, data)([[0.3, -0.7]])[0]
    yield check("Loss function, beside model.evaluate", expected, got, 1e-6)


PLANE = Plane(np.zeros(2), np.eye(2))


def check(name: str, expected: float, got: float, tolerance: float) -> Check:
    """The Check of `got` against `expected`; nan never passes."""
    passed = bool(abs(float(got) - float(expected)) <= tolerance)
    return Check(
        name=name, expected=float(expected), got=float(got), tolerance=float(tolerance), passed=passed
    )


def trained(
    data: tuple[Floats, Floats],
    start: tuple[float, float],
    *,
    rate: float,
    steps: int,
    momentum: float = 0.0,
) -> Run:
    """A neuron from `start` after `steps` full-batch updates of SGD, recorded.

    It is linear on LINEAR-like data and tanh on TWO_SAMPLES.
    """
    activation = "tanh" if data is TWO_SAMPLES else "linear"
    with strays.scratch() as folder:
        path = folder / "run.h5"
        record_descent(
            path, data, activation=activation, start=start, rate=rate, steps=steps, momentum=momentum
        )
        with load(path) as run:
            return Run(
                weights=np.asarray(run.weights, np.float64),
                loss=np.asarray(run.loss),
                batch_loss=np.asarray(run.batch_loss),
                plane=plane_of_weights(run, 0, 1),
            )


def around(
    model: KerasModel, data: tuple[Floats, Floats], centre: tuple[float, float], step: float
) -> LossSurface:
    """The surface on 5 x 5 points around `centre`, `step` apart."""
    a, b = centre
    return evaluate(model, data, PLANE, 5, (a - 2 * step, a + 2 * step, b - 2 * step, b + 2 * step))


def derivatives(surface: LossSurface) -> tuple[Floats, Floats]:
    """Gradient (2,) and Hessian (2, 2) at the centre of a 5 x 5 surface, by differences of order 4."""
    loss, step = surface.loss, float(surface.alpha[1] - surface.alpha[0])
    first, second = np.array([1, -8, 0, 8, -1]) / 12, np.array([-1, 16, -30, 16, -1]) / 12
    gradient = np.array([loss[2] @ first, first @ loss[:, 2]]) / step
    mixed = first @ loss @ first
    hessian = np.array([[loss[2] @ second, mixed], [mixed, second @ loss[:, 2]]]) / step**2
    return gradient, hessian


def slowest(path: Floats) -> float:
    """The largest rate (per update) at which the columns of `path` (K+1, n) shrink or grow.

    Momentum on a quadratic obeys w[k+1] = p w[k] + q w[k-1] along each eigenvector: p and q are fitted,
    and the rate is the larger root of z^2 = p z + q in size.
    """
    rates = []
    for w in path.T:
        fitted, *_ = np.linalg.lstsq(np.stack([w[1:-1], w[:-2]], axis=1), w[2:])
        rates.append(np.abs(np.roots([1, -fitted[0], -fitted[1]])).max())
    return float(max(rates))


def local_minima(surface: LossSurface) -> list[tuple[float, float]]:
    """(alpha, beta) of the inner grid points that lie below all eight neighbours."""
    loss = surface.loss
    inner = loss[1:-1, 1:-1]
    lowest = np.ones(inner.shape, bool)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            if i or j:
                rows, columns = loss.shape
                lowest &= inner < loss[1 + i : rows - 1 + i, 1 + j : columns - 1 + j]
    return [
        (float(surface.alpha[c + 1]), float(surface.beta[r + 1]))
        for r, c in zip(*np.nonzero(lowest), strict=True)
    ]


def vertex(surface: LossSurface) -> tuple[float, float]:
    """Where the quadratic fitted to a small `surface` around a minimum is lowest: (alpha, beta).

    A fit uses the whole grid, so it finds flat minima that single-precision losses cannot tell apart.
    """
    alpha, beta = surface.alpha, surface.beta
    middle, half = (alpha[0] + alpha[-1]) / 2, (alpha[-1] - alpha[0]) / 2
    centre, height = (beta[0] + beta[-1]) / 2, (beta[-1] - beta[0]) / 2
    a, b = (g.ravel() for g in np.meshgrid((alpha - middle) / half, (beta - centre) / height))
    terms = np.stack([np.ones_like(a), a, b, a * a, a * b, b * b], axis=1)
    _, ga, gb, aa, ab, bb = np.linalg.lstsq(terms, surface.loss.ravel())[0]
    u, v = np.linalg.solve([[2 * aa, ab], [ab, 2 * bb]], [-ga, -gb])
    return float(middle + half * u), float(centre + height * v)


SECTIONS: tuple[Callable[[], Iterator[Check]], ...] = (
    linear_neuron,
    linear_limits,
    rates,
    tanh_gradients,
    tanh_surface,
    four_minima,
    two_weights,
    evaluation,
)


def checks(
    progress: Progress = quiet, sections: Sequence[Callable[[], Iterator[Check]]] = SECTIONS
) -> Iterator[Check]:
    """All checks, each as soon as it is known; `progress` hears ("verify", sections done, of all)."""
    for done, section in enumerate(sections):
        progress("verify", done, len(sections))
        yield from section()
    progress("verify", len(sections), len(sections))
