"""Slices along a line from a few: exact for polynomials, to a millionth for what is smooth, else none."""

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.landscape import chebyshev


def test_polynomials_are_exact():
    """n points carry polynomials of degree n - 1."""
    at = chebyshev.nodes(5)
    where = np.linspace(-1, 1, 17)
    np.testing.assert_allclose(at[[0, 2, 4]], [np.cos(np.pi / 10), 0, -np.cos(np.pi / 10)], atol=1e-15)
    values = chebyshev.weights(at, where) @ (3 * at**4 - at + 2)
    np.testing.assert_allclose(values, 3 * where**4 - where + 2, rtol=1e-13)
    np.testing.assert_array_equal(chebyshev.weights(at, at), np.eye(5))


def test_products_in_pieces_are_those_of_the_whole():
    """16 x 11 by 11 x 6561: five pieces, none of which has more multiplications than BLAS makes alone."""
    random = np.random.default_rng(0)
    left, right = random.random((16, 11)), random.random((11, 6561))
    assert 4 < left.size * 6561 / chebyshev.ALONE < 5
    np.testing.assert_allclose(chebyshev.product(left, right), left @ right, rtol=1e-14)
    assert chebyshev.product(left[:, :0], right[:0]).tolist() == np.zeros((16, 6561)).tolist()


def test_slices_are_mixed_in_any_order():
    shares = np.random.default_rng(0).normal(size=(40, 2))
    some = np.random.default_rng(1).random((2, 3, 4)).astype(np.float32)
    mixture = chebyshev.Mixture(shares, some - 5)
    expected = np.einsum("tn,nyx->tyx", shares, some - 5)
    for number in (20, 3, 39, -1, 17, 0):
        np.testing.assert_allclose(mixture[number], expected[number], atol=1e-5)
    assert len(mixture) == 40 and mixture.shape == (40, 3, 4)
    np.testing.assert_allclose(np.asarray(mixture), expected, atol=1e-5)
    with pytest.raises(IndexError):
        mixture[40]


def test_what_is_mixed_of_nothing_below_zero_is_not_below_zero():
    """Slices of ones and of threes: 2 x 1 - 1 x 3 is -1 and becomes 0, unless something was below 0."""
    some = np.ones((2, 2, 2), np.float32) * [[[1]], [[3]]]
    shares = np.array([[2.0, -1.0], [1.0, 1.0]])
    for below, expected in ((0.0, [0.0, 4.0]), (-1.0, [-1.0, 4.0])):
        some[0, 0, 0] = below or 1.0
        mixture = chebyshev.Mixture(shares, some.astype(np.float32))
        assert [mixture[t][1, 1] for t in range(2)] == expected
        assert np.asarray(mixture, np.float64).dtype == np.float64 and np.asarray(mixture).dtype == np.float32


def test_no_points_are_refused():
    with pytest.raises(AnimatorError) as caught:
        chebyshev.nodes(0)
    assert str(caught.value) == "0 Chebyshev points are none. Use 1 or more."


def test_a_line_is_found():
    """Offsets 1, 4, 2 of a direction: the middle is 2.5, the half 1.5."""
    direction = np.array([0.0, 3.0, 4.0])
    start, along, positions = chebyshev.line(np.outer([1.0, 4.0, 2.0], direction))
    np.testing.assert_allclose(positions, [-1, 1, -1 / 3])
    np.testing.assert_allclose(start, 2.5 * direction)
    np.testing.assert_allclose(start + positions[2] * along, 2 * direction)


@pytest.mark.parametrize(
    "offsets",
    [
        np.eye(3),
        np.zeros((4, 3)),
        np.array([[0.0, 0, 0], [1, 1, 1], [2, 2, 2.01]]),
        np.array([[0.0], [np.nan]]),
    ],
)
def test_what_is_no_line(offsets):
    assert chebyshev.line(offsets) is None


def surface(function, shape=(21, 31), steps=120, told=None):
    b, a = np.meshgrid(np.linspace(-2, 2, shape[0]), np.linspace(-3, 3, shape[1]), indexing="ij")
    points = np.stack([a, b], axis=-1).reshape(-1, 2)
    positions = np.sin(np.linspace(0, 9, steps))
    asked = []

    def losses(points, along):
        asked.append(len(points))
        return function(points[:, 0], points[:, 1], along)

    found = chebyshev.slices(losses, positions, points, shape, told or (lambda done, of: None))
    exact = np.stack([function(a, b, position) for position in positions])
    return None if found is None else np.asarray(found), exact, asked, len(points)


def test_a_smooth_loss_takes_few_slices():
    found, exact, asked, size = surface(lambda a, b, c: (np.tanh(a + 0.5 * b + c / 2) - 0.3) ** 2)
    assert np.abs(found - exact).max() <= 2e-6 * exact.max()
    assert set(asked) == {size} and len(asked) < 40


def test_a_loss_that_is_smooth_along_the_grid_takes_few_points():
    """One question for the true values, one or two for Chebyshev points, each as large as the grid."""
    found, exact, asked, size = surface(lambda a, b, c: (np.tanh(a / 3 + b / 4 + c / 2) - 0.3) ** 2, (81, 81))
    assert np.abs(found - exact).max() <= 2e-6 * exact.max() and found.min() >= 0
    assert set(asked) == {size} and len(asked) <= 3


def test_a_loss_that_touches_0_stays_above():
    """At 81 points of the grid; of rounding nothing is left below."""
    found, exact, _, _ = surface(lambda a, b, c: (a / 1.5 + b) ** 2 * (2 + c), (81, 81))
    np.testing.assert_allclose(found, exact, atol=1e-5)
    assert found.min() == 0
    found, _, _, _ = surface(lambda a, b, c: (a / 1.5 + b) ** 2 * (2 + c) - 1, (81, 81))
    assert found.min() == pytest.approx(-1)


@pytest.mark.parametrize(
    ("side", "questions"), [(81, 1 + 3 + 1), (74, 1 + 4 + 2), (40, 4 + 11 + 4), (39, 4 + 11 + 16)]
)
def test_how_many_questions_a_smooth_loss_takes(side, questions):
    """Of 81 x 81 points each, or fewer. True losses of 11 x 11 points at 16 places of the line and 29 nodes
    do not suffice, those at 120 nodes do: 16 slices are enough, of 20 x 20 points each, or of all
    where these are fewer than 40 x 40.
    """
    found, exact, asked, size = surface(lambda a, b, c: a * b + np.cos(15 * np.arccos(c)), (side, side))
    np.testing.assert_allclose(found, exact, atol=1e-4)
    assert asked == [size] * questions


def test_more_points_are_tried_where_20_do_not_suffice():
    """Of a pole at 1.15 polynomials of degree 19 are off by some 1e-5, of 27 by less than 1e-6."""
    found, exact, asked, size = surface(
        lambda a, b, c: 1 / (1.15 - a / 3) + b + np.cos(15 * np.arccos(c)), (81, 81)
    )
    np.testing.assert_allclose(found, exact, atol=1e-4)
    assert asked == [size] * (1 + 3 + 1 + 2)


def test_a_kink_along_the_grid_is_evaluated_at_every_point():
    """The slices come from few all the same, for c alone is smooth."""
    found, exact, asked, _ = surface(lambda a, b, c: np.abs(a + b / 2) * (1 + c), (81, 81))
    assert np.abs(found - exact).max() <= 2e-6 * exact.max()
    assert len(asked) == 6  # one for the true values, one that told of the kink, four slices


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b, c: np.abs(a + c),
        lambda a, b, c: np.where(a + c > 1, np.nan, a),
        lambda a, b, c: np.tanh(40 * (a + c)),
    ],
)
def test_kinks_holes_and_steps_are_evaluated_one_by_one(function):
    assert surface(function)[0] is None


@pytest.mark.parametrize(("steps", "worth"), [(7, False), (8, True)])
def test_few_slices_are_not_worth_it(steps, worth):
    """Four are enough for a polynomial of degree 1, and have to be half of them at most."""
    assert (surface(lambda a, b, c: a * c, steps=steps)[0] is not None) == worth


@pytest.mark.parametrize(("degree", "count"), [(3, 4), (5, 6), (7, 8), (10, 11), (15, 16), (23, 24)])
def test_as_many_slices_are_asked_for_as_a_polynomial_needs(degree, count):
    """Each is told of, and the loss is negative somewhere, which it stays."""
    told = []
    found, exact, _, _ = surface(
        lambda a, b, c: np.abs(a) + np.cos(degree * np.arccos(c)), told=lambda *now: told.append(now)
    )
    np.testing.assert_allclose(found, exact, atol=1e-5)
    assert told == [*((done, count) for done in range(1, count + 1)), (count, count)]
    assert found.min() < -0.9


def test_the_neurons_slices_are_its_losses(tmp_path):
    """Each slice that comes from a few equals the loss at its bias, in NumPy, within 2e-6."""

    import keras

    from animator import Experiment
    from animator.core.progress import quiet
    from animator.landscape import loss_surface, planes
    from animator.recordings.reader import load
    from animator.training import training
    from animator.training.loss import rebuild

    def points():
        inputs = np.random.default_rng(0).random((64, 2), dtype=np.float32)
        return inputs, np.tanh(inputs.sum(axis=1, keepdims=True))

    def neuron():
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh")])
        model.compile(keras.optimizers.SGD(0.5), "mean_squared_error")
        return model

    one = Experiment(neuron, points, epochs=10, batch_size=16)
    training.record(one, tmp_path / "run.h5", {}, quiet)
    with load(tmp_path / "run.h5") as run:
        alpha, beta = np.linspace(-2, 2, 15), np.linspace(-1, 3, 13)
        plane = planes.weights(run, 0, 1)
        told = []
        objective = rebuild.objective_of(run)
        slices = loss_surface.evaluate_slices(
            objective, plane, run.weights[:], alpha, beta, lambda stage, done, of: told.append((done, of))
        )
        x, y = run.data()
        a, b = np.meshgrid(alpha, beta)
        inner = a[..., None] * x[:, 0] + b[..., None] * x[:, 1]
        biases = run.weights[:, 2].astype(float)
        exact = np.stack([((np.tanh(inner + bias) - y[:, 0]) ** 2).mean(-1) for bias in biases])
    assert told[-1][0] == told[-1][1] < 20
    assert np.abs(slices - exact).max() <= 2e-6 * exact.max()
