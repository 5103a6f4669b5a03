"""Planes: principal components beside NumPy's SVD, random walks, filters, Hessians with known eigenvalues."""

import keras
import numpy as np
import pytest
from keras import layers

import animator
from animator.core.errors import AnimatorError
from animator.landscape import planes, weight_rows
from animator.landscape.plane import from_arrays, to_arrays
from animator.recordings.reader import load
from animator.recordings.writer import RecordingWriter, Row
from animator.training.filters import filter_axes
from animator.training.keras_internals import layers_of, own_trainable


def written(path, rows, variables=None):
    """A finished recording of `rows` (R, P), made without training."""
    rows = np.asarray(rows, np.float32)
    none = np.zeros(0, np.float32)
    said = variables or [{"path": "w", "shape": [rows.shape[1]], "start": 0, "filters": []}]
    writer = RecordingWriter(path, Row(0, rows[0], none), {"variables": said, "notes": {}}, {})
    k = np.arange(len(rows) - 1)
    columns = {"batch_loss": 1.0 / (k + 1), "learning_rate": 0.1 + 0 * k, "epoch": 0 * k, "batch": k}
    writer.write(columns, (k + 1).tolist(), rows[1:], np.zeros((len(k), 0), np.float32))
    writer.finish({})
    return load(path)


def walk(steps, size, seed=0):
    return np.cumsum(np.random.default_rng(seed).standard_normal((steps, size)), axis=0)


def test_principal_components_equal_the_svds(tmp_path):
    """Directions, shares and coordinates beside numpy.linalg.svd of the centred rows."""
    rows = walk(40, 300).astype(np.float32).astype(float)
    plane = planes.pca(written(tmp_path / "a.h5", rows))
    _, sizes, right = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(plane.basis @ right[:2].T), np.eye(2), atol=1e-9)
    assert plane.explained == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum(), rel=1e-9)
    np.testing.assert_allclose(plane.project(rows[-1]), (0, 0), atol=1e-9)
    start = plane.project(rows[0])
    assert start[0] < 0 < start[1]


def test_a_path_starts_at_the_left_and_above_whatever_its_second_step(tmp_path):
    rows = np.array([[-3.0, 1, 0], [5, -2, 0], [1, 4, 0], [0, 0, 0]])
    plane = planes.pca(written(tmp_path / "a.h5", rows))
    first, second = plane.project(rows[:2])
    assert first[0] < 0 < first[1] and second[0] > 0 > second[1]


def test_a_long_random_walk_has_76_percent_in_two_components(tmp_path):
    """Antognini and Sohl-Dickstein: component k holds (6/pi^2)/k^2: 60.8 % and 15.2 %."""
    plane = planes.pca(written(tmp_path / "a.h5", walk(300, 20_000)))
    assert plane.baseline == pytest.approx(0.7599, abs=1e-4)
    assert plane.explained == pytest.approx(plane.baseline, abs=0.01)
    first = float(plane.names[0].removeprefix("main direction (").removesuffix("%)"))
    assert first == pytest.approx(60.8, abs=1.5)


def test_columns_are_read_in_blocks(tmp_path, monkeypatch):
    """A budget of a few columns gives the same plane."""
    run = written(tmp_path / "a.h5", walk(20, 500))
    whole = planes.pca(run)
    monkeypatch.setattr(weight_rows, "BLOCK_BYTES", 8 * 20 * 37)
    parts = planes.pca(run)
    np.testing.assert_allclose(parts.basis, whole.basis, atol=1e-9)
    assert planes.custom(run, *whole.basis).explained == pytest.approx(whole.explained, rel=1e-6)


def test_two_weights_are_explained_wholly(tmp_path):
    run = written(tmp_path / "a.h5", walk(30, 2))
    for plane in (planes.pca(run), planes.weights(run, 0, 1)):
        assert plane.explained == pytest.approx(1.0, abs=1e-9)
        assert plane.residual(np.asarray(run.weights)).max() < 1e-5


def test_three_points_lie_in_the_plane_through_them(tmp_path):
    run = written(tmp_path / "a.h5", walk(30, 50))
    plane = planes.through(run, 0, 29, 11)
    residual = plane.residual(np.asarray(run.weights))
    assert residual[[0, 11, 29]].max() < 1e-5 < residual[5]
    chosen = planes.through(run)
    rows = np.asarray(run.weights, float)
    along = (rows[-1] - rows[0]) / np.linalg.norm(rows[-1] - rows[0])
    aside = np.linalg.norm(rows - rows[0] - ((rows - rows[0]) @ along)[:, None] * along, axis=1)
    assert chosen.names[1] == f"towards step {aside.argmax()}"
    assert chosen.residual(rows)[aside.argmax()] < 1e-5


class Bowl:
    """A loss with the Hessian diag(1, 2, ..., P)."""

    def hessian_product(self, row, direction, state=None):
        return np.arange(1, len(row) + 1) * direction


@pytest.mark.parametrize(("step", "row"), [(None, 5), (2, 2), (0, 0)])
def test_planes_lie_through_the_weights_of_a_step_or_the_last_that_are_finite(tmp_path, step, row):
    """Row 6 is not finite. The Hessian's axes are the last two weights, turned so that the path starts at
    their left and above.
    """
    rows = np.outer(2.0 ** np.arange(7), [1, 1, -1, 2])
    rows[6] = np.inf
    filters = [{"path": "w", "shape": [2, 2], "start": 0, "filters": [1]}]
    run = written(tmp_path / "a.h5", rows, filters)
    by_hessian = planes.hessian_of(run, Bowl(), step)
    for plane in (
        planes.random(run, step=step),
        planes.custom(run, [1, 0, 0, 0], [0, 1, 0, 0], step),
        by_hessian,
    ):
        np.testing.assert_array_equal(plane.origin, rows[row])
    np.testing.assert_allclose(np.abs(by_hessian.basis), [[0, 0, 0, 1], [0, 0, 1, 0]], atol=1e-6)
    assert by_hessian.eigenvalues == pytest.approx((4, 3))
    if row:
        left, above = by_hessian.project(rows[0])
        assert left < 0 < above


def test_the_first_weights_are_taken_where_no_others_are_finite(tmp_path):
    run = written(tmp_path / "a.h5", [[1, 2], [np.nan, 3], [4, np.inf]])
    assert weight_rows.last_finite(run).tolist() == [1, 2]
    assert weight_rows.finite_rows(run).tolist() == [0]


def test_where_a_path_runs_away(tmp_path):
    """More than a thousand times the first weights' length from the start, at least 1000; the step before it
    is eight times as far.
    """
    path = [[3, 4], [30, 4], [43, 4], [44, 4], [100, 4], [5003, 4], [5004, 4]]
    assert weight_rows.last_near(written(tmp_path / "a.h5", path[:-1])) is None
    assert weight_rows.last_near(written(tmp_path / "b.h5", path)) == 2
    assert weight_rows.last_near(written(tmp_path / "c.h5", [[0, 0], [8, 0], [9, 0], [np.inf, 0]])) == 1


def test_the_way_of_a_path_beside_the_plane_of_a_step(tmp_path):
    """On the first two weights; the third is off by itself, or by what it has moved on since step 1."""
    run = written(tmp_path / "a.h5", [[1, 2, 3], [4, 5, 6], [7, 8, 10]])
    plane = animator.Plane(np.zeros(3), np.eye(3)[:2])
    for step, off in ((None, [3, 6, 10]), (1, [3, 0, 4])):
        trajectory, residual = weight_rows.path_on(run, plane, step)
        assert (trajectory.tolist(), residual.tolist()) == ([[1, 2], [4, 5], [7, 8]], off)


def test_how_much_of_a_path_a_plane_explains(tmp_path):
    """Around their mean the rows are off by 2 and 1 along the first two axes: four fifths of it are the
    first's.
    """
    run = written(tmp_path / "a.h5", [[2, 0, 5, 5], [-2, 0, 5, 5], [0, 1, 5, 5], [0, -1, 5, 5]])
    for first, share in ((0, 0.8), (1, 0.2), (3, 0.0)):
        plane = planes.custom(run, np.eye(4)[first], np.eye(4)[2])
        assert plane.explained == pytest.approx(share)
    still = written(tmp_path / "b.h5", np.ones((3, 4)))
    assert planes.custom(still, np.eye(4)[0], np.eye(4)[1]).explained is None


MADE = {
    "Dense": (lambda: layers.Dense(5), (3,), {"kernel": (1,)}),
    "Conv1D": (lambda: layers.Conv1D(4, 3), (9, 2), {"kernel": (2,)}),
    "Conv2D": (lambda: layers.Conv2D(4, 3), (9, 9, 2), {"kernel": (3,)}),
    "Conv3D": (lambda: layers.Conv3D(4, 3), (9, 9, 9, 2), {"kernel": (4,)}),
    "Conv2DTranspose": (lambda: layers.Conv2DTranspose(4, 3), (9, 9, 2), {"kernel": (2,)}),
    "DepthwiseConv2D": (lambda: layers.DepthwiseConv2D(3, depth_multiplier=2), (9, 9, 2), {"kernel": (2, 3)}),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(4, 3), (9, 9, 2),
                        {"depthwise_kernel": (2, 3), "pointwise_kernel": (3,)}),
    "Embedding": (lambda: layers.Embedding(7, 4), (5,), {"embeddings": (0,)}),
    "LSTM": (lambda: layers.LSTM(3), (5, 2), {"kernel": (1,), "recurrent_kernel": (1,)}),
    "GRU": (lambda: layers.GRU(3), (5, 2), {"kernel": (1,), "recurrent_kernel": (1,)}),
    "EinsumDense": (lambda: layers.EinsumDense("abc,cde->abde", (None, 2, 3)), (5, 4), {"kernel": (1, 2)}),
    "BatchNormalization": (lambda: layers.BatchNormalization(), (4,), {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", MADE)
def test_every_filter_has_the_norm_it_has_in_the_weights(kind):
    """Ratios are 1 for each filter, the filter axes are the expected ones; biases and scales have none."""
    make, shape, expected = MADE[kind]
    model = keras.Sequential([keras.Input(shape), make()])
    rng = np.random.default_rng(0)
    owners = {id(v): layer for layer in layers_of(model) for v in own_trainable(layer)}
    found = {v.name: filter_axes(owners[id(v)], v) for v in model.trainable_variables}
    assert {name: axes for name, axes in found.items() if axes} == expected
    for variable in model.trainable_variables:
        axes = found[variable.name]
        if axes:
            held = rng.standard_normal(variable.shape)
            got = planes.filter_normalized(rng.standard_normal(variable.shape), held, axes)
            others = tuple(a for a in range(held.ndim) if a not in axes)
            ratios = np.sqrt((got**2).sum(others) / (held**2).sum(others))
            np.testing.assert_allclose(ratios, 1.0, rtol=1e-12)


def recorded(tmp_path, model, x, y, **options):
    recorder = animator.Recorder(tmp_path / "run.h5", data=(x, y), **options)
    model.fit(x, y, epochs=3, batch_size=16, verbose=0, callbacks=[recorder])
    return load(tmp_path / "run.h5")


def test_random_directions_leave_biases_alone(tmp_path):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4, "tanh"), layers.BatchNormalization(),
                              layers.Dense(1)])  # fmt: skip
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).random((48, 2), dtype=np.float32)
    run = recorded(tmp_path, model, x, x.sum(1, keepdims=True))
    plane = planes.random(run, seed=1)
    for k, name in enumerate(run.parameter_names):
        assert bool(plane.basis[:, k].any()) == ("kernel" in name)
    assert not np.array_equal(plane.basis, planes.random(run, seed=2).basis)
    np.testing.assert_array_equal(plane.basis, planes.random(run, seed=1).basis)


def test_the_hessians_eigenvalues_of_the_linear_neuron(tmp_path):
    """facts 2.A: eigenvalues 2 and 2/3."""
    x, y = np.array([[1, 0], [0, 1], [1, 1]], np.float32), np.array([[1], [2], [3]], np.float32)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    plane = planes.hessian(recorded(tmp_path, model, x, y))
    assert plane.eigenvalues == pytest.approx((2, 2 / 3), rel=1e-5)
    np.testing.assert_allclose(np.abs(plane.basis), np.full((2, 2), np.sqrt(0.5)), atol=1e-4)
    with load(tmp_path / "run.h5") as run:
        first, second = plane.project(np.asarray(run.weights[0], float))
    assert first < 0 < second  # the path starts at the left, and above


def test_the_hessians_top_eigenvectors_equal_those_of_the_whole_matrix(tmp_path):
    """Lanczos beside numpy.linalg.eigh of the Hessian formed column by column."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(6, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    x = np.random.default_rng(0).standard_normal((64, 2)).astype(np.float32)
    run = recorded(tmp_path, model, x, np.sin(3 * x[:, :1]))
    from animator.training.loss.rebuild import objective_of

    objective, row = objective_of(run), np.asarray(run.weights[-1], float)
    whole = np.array([objective.hessian_product(row, e) for e in np.eye(row.size)])
    np.testing.assert_allclose(whole, whole.T, atol=1e-5)
    values, vectors = np.linalg.eigh(whole)
    plane = planes.hessian(run)
    assert plane.eigenvalues == pytest.approx(values[::-1][:2], rel=1e-4)
    assert np.abs(plane.basis[0] @ vectors[:, -1]) == pytest.approx(1, abs=1e-3)


def refused(act):
    with pytest.raises(AnimatorError) as caught:
        act()
    return str(caught.value)


def test_planes_that_cannot_be_are_refused(tmp_path):
    run = written(tmp_path / "a.h5", np.arange(10.0)[:, None] * np.ones(4))
    where = tmp_path / "a.h5"
    assert refused(lambda: planes.pca(run)) == (
        f"The path of '{where}' has no second principal component: the path is a straight line. Use "
        "plane='weights' or plane='random'."
    )
    assert refused(lambda: planes.through(run)) == (
        f"Steps 0, 9 and 0 of '{where}' lie on one line: they span no plane. Choose a third step that lies "
        "beside the line, or use plane='random'."
    )
    assert refused(lambda: planes.custom(run, np.ones(3), np.ones(3))) == (
        f"These directions have 3 parameters but '{where}' has 4: they are of another model. Give directions "
        "as long as a row of run.weights."
    )
    assert refused(lambda: planes.custom(run, np.ones(4), 2 * np.ones(4))) == (
        "The two directions are parallel (cosine 1.000000): they span a line, not a plane. Give two "
        "directions that are not multiples of each other."
    )
    assert refused(lambda: planes.random(run)) == (
        f"'{where}' has no filters to normalize: all its parameters are biases or scales, or zero. "
        "Use plane='pca' or plane='weights'."
    )
    assert refused(lambda: planes.through(run, 0, 99)) == (
        f"The weights of step 99 are not in '{where}', which keeps 10 of the steps 0 to 9. "
        "Choose one of run.weight_steps."
    )


@pytest.mark.parametrize("explained", [None, 0.25])
def test_a_plane_of_a_hessian_comes_back_from_its_arrays(explained):
    """As the cache keeps it: names are made of the eigenvalues again."""
    names = ("sharpest direction (2.5)", "second sharpest (-1)")
    plane = animator.Plane(np.ones(3), np.eye(3)[:2], names, "hessian", explained, None, (2.5, -1.0))
    again = from_arrays(to_arrays(plane))
    np.testing.assert_array_equal(again.origin, plane.origin)
    np.testing.assert_array_equal(again.basis, plane.basis)
    told = (again.names, again.kind, again.explained, again.baseline, again.eigenvalues)
    assert told == (names, "hessian", explained, None, (2.5, -1.0))
