"""LossSurface: orientation by hand, model.evaluate as the reference, slices, files, errors."""

import h5py
import keras
import numpy as np
import pytest

import animator
from animator.core import cache
from animator.core.errors import AnimatorError
from animator.landscape import adaptive_grid
from animator.landscape.chebyshev import Mixture
from animator.landscape.loss_surface import LossSurface, evaluate_slices, where
from animator.landscape.plane import Plane
from animator.training.loss.objective import loss_function

PLANE = Plane(np.zeros(3), np.eye(3)[:2])


class Height(keras.losses.Loss):
    """The loss is the prediction itself."""

    def call(self, y_true, y_pred):
        return y_pred


def neuron(loss="mse", activation="tanh"):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation=activation)])
    model.compile("sgd", loss)
    return model


def samples(count=40):
    x = np.random.default_rng(0).random((count, 2))
    return x, np.tanh(x.sum(axis=1, keepdims=True))


def test_rows_follow_beta_and_columns_alpha():
    """L(w) = w1 + 10 w2 on a grid of 5 alphas and 3 betas."""
    model = neuron(Height(), None)
    data = (np.array([[1.0, 10.0]]), np.zeros((1, 1)))
    surface = animator.evaluate(model, data, PLANE, resolution=(5, 3), extent=(0, 4, 0, 2))
    assert surface.loss.shape == (3, 5)
    np.testing.assert_allclose(surface.loss, np.arange(5) + 10 * np.arange(3)[:, None])
    assert surface.minimum() == (0, 0, 0)
    assert surface.extent == (0, 4, 0, 2)


def test_heights_equal_model_evaluate():
    model, data = neuron(), samples()
    surface = animator.evaluate(model, data, PLANE, resolution=3, extent=(-2, 2, -1, 1))
    for row, b in enumerate((-1, 0, 1)):
        for column, a in enumerate((-2, 0, 2)):
            model.set_weights([np.array([[a], [b]]), np.array([0.0])])
            expected = model.evaluate(*data, verbose=0)
            assert surface.loss[row, column] == pytest.approx(expected, abs=1e-6)


def test_without_an_extent_the_window_is_around_the_model():
    model, data = neuron(), samples()
    model.set_weights([np.array([[3.0], [-1.0]]), np.array([0.0])])
    surface = animator.evaluate(model, data, PLANE, resolution=5)
    assert surface.extent == (1, 5, -3, 1)


def test_progress_hears_points():
    heard = []
    animator.evaluate(neuron(), samples(), PLANE, 4, (0, 1, 0, 1), lambda *a: heard.append(a))
    assert heard[-1] == ("surface", 16, 16)


def test_an_interrupted_evaluation_goes_on_where_it_stopped(monkeypatch):
    """The second call asks only for what is missing; the third asks nothing; all equal an uncached one."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(5).random((40, 2)).astype("f4")
    data, plane = (x, x[:, :1]), Plane(np.zeros(13), np.eye(13)[:2])
    monkeypatch.setattr(adaptive_grid, "BLOCK", 100)
    heard = []

    def stop(stage, done, total):
        heard.append(done)
        if len(heard) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), stop, use_cache=False)
    heard.clear()
    with pytest.raises(KeyboardInterrupt):
        animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), stop)
    assert len(list((cache.folder() / "surfaces").glob("*.part.h5"))) == 1
    resumed = []
    first = animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), lambda s, done, n: resumed.append(done))
    assert resumed[0] > heard[-1] and resumed[-1] == 33 * 33
    again = []
    second = animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), lambda *now: again.append(now))
    assert again == []
    fresh = animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), use_cache=False)
    np.testing.assert_array_equal(second.loss, first.loss)
    np.testing.assert_allclose(first.loss, fresh.loss, atol=1e-7)
    assert not list((cache.folder() / "surfaces").glob("*.part.h5"))


def test_each_row_lies_in_its_own_slice():
    """A slice at grid coordinates equal to a row's own is the row's true loss, whatever the bias."""
    model, data = neuron(), samples()
    rows = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    rows[4, 2] = rows[1, 2]
    objective = loss_function(model, data)
    alpha, beta = np.sort(rows[:, 0]), np.sort(rows[:, 1])
    heard = []
    slices = evaluate_slices(objective, PLANE, rows, alpha, beta, lambda *a: heard.append(a))
    assert slices.dtype == np.float32
    assert slices.shape == (6, 6, 6)
    at = [
        slices[t, np.searchsorted(beta, row[1]), np.searchsorted(alpha, row[0])] for t, row in enumerate(rows)
    ]
    np.testing.assert_allclose(at, objective(rows), atol=1e-6)
    np.testing.assert_array_equal(slices[1], slices[4])
    assert heard[-1] == ("surface", 6, 6)


@pytest.mark.parametrize(
    ("count", "states", "numbers", "few"),
    [
        (17, None, 51, True),
        (16, None, 48, False),
        (17, None, 50, False),
        (17, np.zeros((17, 1)), 51, False),
    ],
)
def test_slices_of_more_than_16_rows_on_a_line_come_from_few(count, states, numbers, few, monkeypatch):
    """Where nothing but the rows changes, and they can be looked at at once. The loss is a cubic of the third
    weight, for which four slices are enough.
    """
    monkeypatch.setattr("animator.landscape.loss_surface.LINES", numbers)

    class Cubic:
        def on_plane(self, origin, basis, coordinates, state=None):
            a, b, c = (origin + coordinates @ basis).T
            return np.abs(a) + np.abs(b) + c**3

    rows = np.column_stack([np.zeros((count, 2)), np.linspace(-1, 2, count)])
    heard = []
    slices = evaluate_slices(
        Cubic(), PLANE, rows, [-1, 0, 2], [0, 1], lambda *now: heard.append(now), states=states
    )
    assert isinstance(slices, Mixture) == few
    expected = rows[:, 2, None, None] ** 3 + np.array([[1, 0, 2], [2, 1, 3]])
    np.testing.assert_allclose(np.asarray(slices), expected, atol=1e-5)
    assert heard[-1] == (("surface", 4, 4) if few else ("surface", count, count))


def test_rows_in_the_plane_share_one_slice():
    class Counting:
        calls = 0

        def on_plane(self, origin, basis, coordinates, state=None):
            self.calls += 1
            return (origin + coordinates @ basis).sum(axis=1)

    objective, skew = Counting(), Plane(np.ones(3), [[1, 1, 0], [0, 3, 0.1]])
    rows = skew.lift(np.random.default_rng(2).normal(size=(50, 2)))
    slices = evaluate_slices(objective, skew, rows, [0, 1], [0, 1, 2])
    assert objective.calls == 1
    assert slices.shape == (50, 3, 2)
    np.testing.assert_allclose(slices[7], [[3, 5], [6.1, 8.1], [9.2, 11.2]], rtol=1e-6)


@pytest.mark.parametrize("numbers", [10**7, 6])
def test_where_slices_lie_is_told_by_what_is_off_the_plane(numbers, monkeypatch):
    """Whichever row leaves it, all of them looked at at once or two; within the plane nothing changes."""
    monkeypatch.setattr("animator.landscape.loss_surface.LINES", numbers)
    rows = np.zeros((5, 3))
    known = where(PLANE, rows)
    assert where(PLANE, rows + np.array([3.0, -2.0, 0.0])) == known != where(PLANE, rows[:4])
    for row in np.eye(5)[:, :, None] * [0.0, 0.0, 1.0]:
        assert where(PLANE, row) != known


def test_many_slices_trace_no_more_graphs():
    grid = np.linspace(-1, 1, 40)
    rows = np.random.default_rng(3).normal(size=(5, 3))

    def traces(rows):
        traced = []

        def squares(truth, output):
            traced.append(output.shape)
            return keras.ops.mean((truth - output) ** 2, axis=-1)

        evaluate_slices(loss_function(neuron(squares), samples()), PLANE, rows, grid, grid)
        return len(traced)

    assert traces(rows) == traces(rows[:1])


def test_minimum_passes_over_what_is_not_finite():
    surface = LossSurface([0, 1], [5, 6], [[np.nan, 3], [np.inf, 2]])
    assert surface.minimum() == (1, 6, 2)
    assert np.isnan(surface.loss[0, 0])


def test_all_points_count_as_evaluated_unless_it_is_said_which():
    assert LossSurface([0, 1], [5, 6], np.ones((2, 2))).evaluated.tolist() == [[True, True]] * 2
    some = [[True, False], [False, True]]
    assert LossSurface([0, 1], [5, 6], np.ones((2, 2)), evaluated=some).evaluated.tolist() == some


def test_a_surface_is_saved_and_loaded(tmp_path):
    surface = LossSurface([0, 1, 2], [5, 6], [[1, 2, np.nan], [3, 4, np.inf]])
    surface.save(tmp_path / "s.h5")
    again = LossSurface.load(tmp_path / "s.h5")
    for name in ("alpha", "beta", "loss"):
        np.testing.assert_array_equal(getattr(surface, name), getattr(again, name))
    for array in (again.loss, again.alpha, again.beta, again.evaluated):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def refused(make):
    with pytest.raises(AnimatorError) as caught:
        make()
    return str(caught.value)


def test_what_is_no_surface_file_is_refused(tmp_path):
    text, other = tmp_path / "a.h5", tmp_path / "b.h5"
    text.write_text("no")
    h5py.File(other, "w").close()
    for path in (text, other, tmp_path / "none.h5"):
        assert refused(lambda path=path: LossSurface.load(path)) == (
            f"'{path}' is not a loss surface: it cannot be read as one. Give a file that "
            "LossSurface.save wrote."
        )


def test_a_surface_without_a_finite_loss_has_no_minimum():
    assert refused(LossSurface([0, 1], [0], [[np.nan, np.inf]]).minimum) == (
        "The surface has no finite loss: it has no minimum. Choose an extent where the loss can be computed."
    )


def test_a_transposed_loss_is_refused():
    assert refused(lambda: LossSurface([0, 1, 2], [0, 1], np.zeros((3, 2)))) == (
        "A surface over 3 alphas and 2 betas needs a loss of shape (2, 3), but got (3, 2): rows "
        "follow beta. Transpose the loss."
    )


def test_a_grid_without_area_is_refused():
    def cut(**options):
        return lambda: animator.evaluate(neuron(), samples(), PLANE, **options)

    assert refused(cut(extent=(1, 1, 0, 2))) == (
        "extent=(1, 1, 0, 2) holds no area: each axis must run from a smaller to a larger finite "
        "number. Use (alpha0, alpha1, beta0, beta1)."
    )
    assert refused(cut(resolution=1)) == (
        "resolution=1 is no grid: an axis needs at least 2 points. Use 101, or (nx, ny)."
    )
