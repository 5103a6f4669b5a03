"""Recordings of plain arrays, whole and step by step."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import animator
from animator.core.errors import AnimatorError
from animator.recordings.facts import Facts
from animator.recordings.loss import RowLoss
from animator.recordings.reader import load
from animator.recordings.step_writer import StepWriter, recording
from animator.recordings.writer import RecordingWriter, Row

WEIGHTS = np.array([(0, 0), (2, 2.5), (0.75, 1.5), (1.25, 2.125)])
LOSSES = 14 / 3 / 4.0 ** np.arange(4)


def bowl(rows: np.ndarray) -> np.ndarray:
    """The linear neuron of the closed form: mean squared error on three samples."""
    x, y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([1.0, 2.0, 3.0])
    return ((rows @ x.T - y) ** 2).mean(axis=1)


def said(path: Path) -> str:
    """`path` as a message names it."""
    return str(path)


def test_arrays_come_back_with_their_losses(tmp_path: Path):
    with recording(tmp_path / "a.h5", WEIGHTS, names=("a", "b"), loss=bowl, learning_rate=0.75) as run:
        np.testing.assert_array_equal(run.weights, WEIGHTS)
        np.testing.assert_allclose(run.loss, LOSSES, rtol=1e-12)
        np.testing.assert_allclose(run.batch_loss, LOSSES[:-1], rtol=1e-12)
        assert run.learning_rate.tolist() == [0.75] * 3
        assert run.parameter_names == ["a", "b"] and run.finished and run.notes.way == "arrays"


def test_losses_of_batches_may_be_given(tmp_path: Path):
    with recording(tmp_path / "a.h5", iter(WEIGHTS), iter([5.0, 4.0, 3.0])) as run:
        assert run.batch_loss.tolist() == [5.0, 4.0, 3.0]
        assert np.isnan(run.loss).all() and run.parameter_names == ["w1", "w2"]


def test_what_is_not_known_is_said_to_be_absent(tmp_path: Path):
    with recording(tmp_path / "a.h5", WEIGHTS) as run:
        assert np.isnan(run.batch_loss).all()
        assert run.facts.no_batch_loss == "the steps were given without it"


def test_rows_of_named_arrays_have_shapes_and_filters(tmp_path: Path):
    rows = np.arange(14.0).reshape(2, 7)
    shapes = {"dense/kernel": (3, 2), "bias": (1,)}
    with recording(tmp_path / "a.h5", rows, names=shapes, filters={"dense/kernel": (1,)}) as run:
        assert run.parameter_names[:3] == ["dense/kernel[0,0]", "dense/kernel[0,1]", "dense/kernel[1,0]"]
        assert run.parameter_names[6] == "bias[0]"
        assert run.variables[0].filters == (1,)


def test_a_thousand_steps_are_written_page_by_page(tmp_path: Path):
    rows = np.random.default_rng(0).normal(size=(1001, 3)).astype(np.float32)
    with StepWriter(tmp_path / "a.h5", rows[0], loss=lambda w: (w**2).sum(axis=1)) as writer:
        for k, row in enumerate(rows[1:]):
            writer.step(row, k, learning_rate=0.1, accuracy=k / 1000)
        part = tmp_path / "a.part.h5"
        assert part.is_file() and not (tmp_path / "a.h5").exists()
        with load(part) as early:
            assert early.steps == 960 and not early.finished
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_array_equal(run.weights, rows)
        np.testing.assert_allclose(run.loss, (rows.astype(float) ** 2).sum(axis=1), rtol=1e-12)
        assert run.batch_loss.tolist() == list(range(1000))
        assert run.running_means["accuracy"][500] == 0.5 and run.batch[999] == 999


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        recording(tmp_path / f"{name}.h5", WEIGHTS, loss=bowl).close()
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_what_lay_there_is_kept_unless_it_is_to_be_replaced(tmp_path: Path):
    recording(tmp_path / "a.h5", WEIGHTS, loss=bowl).close()
    recording(tmp_path / "a.h5", 2 * WEIGHTS, loss=bowl).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.1.h5", "a.h5"]
    recording(tmp_path / "a.h5", 3 * WEIGHTS, loss=bowl, overwrite=True).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.1.h5", "a.h5"]
    with StepWriter(tmp_path / "a.h5", WEIGHTS[0], loss=bowl) as writer:
        writer.step(WEIGHTS[1], 1.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.1.h5", "a.2.h5", "a.h5"]


def test_an_exception_in_the_loop_leaves_what_opens(tmp_path: Path):
    with pytest.raises(RuntimeError), StepWriter(tmp_path / "a.h5", WEIGHTS[0], loss=bowl) as writer:
        writer.step(WEIGHTS[1], 5.0)
        raise RuntimeError("the disk of the data fell out")
    with load(tmp_path / "a.part.h5") as run:
        assert run.steps == 1 and not run.finished and run.batch_loss.tolist() == [5.0]


def test_a_run_that_diverges_is_recorded(tmp_path: Path):
    rows = np.array([[1.0, 1.0], [np.inf, 1.0], [np.nan, np.nan]])
    with recording(tmp_path / "a.h5", rows, loss=bowl) as run:
        assert not np.isfinite(run.loss[1:]).any() and np.isfinite(run.loss[0])


def test_a_surface_is_cut_of_a_numpy_function_and_agrees_with_it(tmp_path: Path):
    run = recording(tmp_path / "a.h5", WEIGHTS, loss=bowl)
    (view,) = animator.film(run).views()
    field = view.field
    a, b = np.meshgrid(field.alpha, field.beta)
    expected = bowl(np.stack([a.ravel(), b.ravel()], axis=1)).reshape(a.shape)
    np.testing.assert_allclose(field.slices[0], expected, rtol=1e-6)
    np.testing.assert_allclose(field.heights, LOSSES, rtol=1e-6)
    assert view.worst()[0] < 1e-9


def test_a_function_must_be_given_again_and_the_film_says_so(tmp_path: Path):
    recording(tmp_path / "a.h5", WEIGHTS, loss=bowl).close()
    path = tmp_path / "a.h5"
    film = animator.film(path)
    (view,) = film.views()
    film.frame(0, (640, 360))
    assert list(film.warnings()) == [
        "'a.h5': no surface: its loss was a Python function, which must be given again."
    ]
    assert view.field is None
    with pytest.raises(AnimatorError) as raised:
        animator.film(path, plane="weights").views()
    assert str(raised.value) == (
        f"The loss of '{said(path)}' was a Python function, and a recording holds none: data is never code. "
        "Give it again, as in animator.film('a.h5', loss=f) with f from rows of weights (N, P) to (N,)."
    )
    (given,) = animator.film(path, loss=bowl).views()
    np.testing.assert_allclose(given.field.heights, LOSSES, rtol=1e-6)


def test_a_loss_gets_rows_in_bounded_pieces_and_gives_one_number_each():
    seen: list[int] = []

    def counted(rows: np.ndarray) -> np.ndarray:
        seen.append(len(rows))
        return rows[:, 0]

    loss = RowLoss(counted)
    origin, basis = np.zeros(2**20), np.zeros((2, 2**20))
    basis[0, 0] = 1.0
    points = np.column_stack([np.arange(20.0), np.zeros(20)])
    assert loss.on_plane(origin, basis, points).tolist() == list(range(20))
    assert max(seen) == 8
    with pytest.raises(AnimatorError) as raised:
        RowLoss(lambda rows: rows)(np.zeros((3, 2)))
    assert str(raised.value) == (
        "loss= gave an array of shape (3, 2) for 3 rows of weights, and it must be one number a row, (3,). "
        "Write it for rows (N, P), such as lambda w: ((w @ x.T - y) ** 2).mean(axis=1)."
    )


def test_a_hessian_plane_needs_derivatives(tmp_path: Path):
    run = recording(tmp_path / "a.h5", WEIGHTS, loss=bowl)
    with pytest.raises(AnimatorError) as raised:
        animator.film(run, plane="hessian").views()
    assert str(raised.value) == (
        "This loss is a function of weights alone, without derivatives, so there is no Hessian of it. Use "
        "plane='weights', 'pca', 'random' or 'through', and leave the panel 'sharpness' away."
    )


def test_a_panel_of_the_data_is_refused(tmp_path: Path):
    run = recording(tmp_path / "a.h5", WEIGHTS, loss=bowl)
    with pytest.raises(AnimatorError, match="'prediction' draws what a model computes"):
        animator.film(run, layout=(("prediction",),)).views()


def steps(*rows: list[float]) -> Iterator[np.ndarray]:
    return (np.array(row) for row in rows)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda p: recording(p, []),
            "weights= for '{p}' has no rows. Give K+1 of them, the first before training, as an "
            "array (K+1, P).",
        ),
        (
            lambda p: recording(p, [[1.0]]),
            "'{p}' saw no step, so there is no path to record. Give the weights after one update at least.",
        ),
        (
            lambda p: recording(p, [[]]),
            "The weights for '{p}' are empty, so there is no path to record. Give one number at least.",
        ),
        (
            lambda p: recording(p, steps([1.0, 2], [3.0])),
            "Step 1 has 1 weights, but '{p}' began with 2. Give the same "
            "ones in the same order for every step.",
        ),
        (
            lambda p: recording(p, WEIGHTS, [1, 2]),
            "batch_loss= for '{p}' has fewer values than there are updates: K+1 "
            "rows of weights have K. Here the 3 or more updates need as many "
            "losses.",
        ),
        (
            lambda p: recording(p, WEIGHTS, [1] * 4),
            "batch_loss= for '{p}' has more values than there are updates: K+1 "
            "rows of weights have K. Here the 3 updates need as many losses.",
        ),
        (
            lambda p: recording(p, WEIGHTS, names=("a",)),
            "names= has different names, for 1 parameters, but the weights "
            "have 2. Give one name for each, or {{name: shape}} of the arrays "
            "that a row consists of.",
        ),
        (
            lambda p: recording(p.with_suffix(".csv"), WEIGHTS),
            "'{c}' names no recording: its name must end in .h5. Use 'a.csv.h5'.",
        ),
    ],
)
def test_what_cannot_be_recorded(tmp_path: Path, make, sentence):
    path = tmp_path / "a.h5"
    with pytest.raises(AnimatorError) as raised:
        make(path)
    assert str(raised.value) == sentence.format(p=path, c=path.with_suffix(".csv"))
    assert not path.exists()


def test_metrics_are_the_same_at_every_step(tmp_path: Path):
    with pytest.raises(AnimatorError) as raised, StepWriter(tmp_path / "a.h5", [0.0]) as writer:
        writer.step([1.0], 2.0, accuracy=0.5)
        writer.step([1.0], 2.0, recall=0.5)
    assert str(raised.value) == (
        "Step 2 has the metrics (recall), but the first one had (accuracy). Give the same ones for every "
        "step."
    )


def test_a_loss_with_state_gets_that_of_each_row():
    def shifted(rows, states=None):
        return rows[:, 0] + (states[:, 0] if states is not None else -1.0)

    loss = RowLoss(shifted, has_state=True)
    rows = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    assert loss(rows).tolist() == [0.0, 1.0, 2.0]
    assert loss(rows, [10.0]).tolist() == [11.0, 12.0, 13.0]
    assert loss(rows, [[10.0], [20.0], [30.0]]).tolist() == [11.0, 22.0, 33.0]
    assert loss.on_plane(rows[0], np.eye(2), [[0, 0], [5, 0]], state=[10.0]).tolist() == [11.0, 16.0]
    assert RowLoss(lambda rows: rows[:, 0])(rows, [10.0]).tolist() == [1.0, 2.0, 3.0]


def test_weights_that_are_not_to_be_kept_are_left_out_but_for_the_last(tmp_path: Path):
    """Of 7 steps every third; the state of a row goes with it, the losses are those of all steps."""
    with StepWriter(tmp_path / "a.h5", [0.0], state=[0.5], loss=lambda rows: rows[:, 0] ** 2) as writer:
        for k in range(1, 8):
            writer.step([k], 10.0 * k, learning_rate=0.1, epoch=k // 4, state=[k + 0.5], keep=k % 3 == 0)
        assert (writer.steps, writer.parameters) == (7, 1)
    with load(tmp_path / "a.h5") as run:
        assert run.weight_steps.tolist() == [0, 3, 6, 7]
        assert np.asarray(run.weights)[:, 0].tolist() == [0, 3, 6, 7]
        assert np.asarray(run.state)[:, 0].tolist() == [0.5, 3.5, 6.5, 7.5]
        np.testing.assert_array_equal(run.loss, [0, np.nan, np.nan, 9, np.nan, np.nan, 36, 49])
        assert run.batch_loss.tolist() == [10.0 * k for k in range(1, 8)]
        assert (run.epoch.tolist(), run.batch.tolist()) == ([0, 0, 0, 1, 1, 1, 1], list(range(7)))
        assert run.facts == Facts()


def test_what_was_cut_short_has_the_last_weights_too(tmp_path: Path):
    with pytest.raises(RuntimeError), StepWriter(tmp_path / "a.h5", [0.0]) as writer:
        for k in range(1, 6):
            writer.step([k], k, keep=False)
        raise RuntimeError("enough")
    with load(tmp_path / "a.part.h5") as run:
        assert (run.weight_steps.tolist(), run.steps, run.finished) == ([0, 5], 5, False)


def test_losses_are_computed_in_pieces(tmp_path: Path, monkeypatch):
    """Two rows of two parameters are 16 bytes."""
    monkeypatch.setattr("animator.recordings.step_writer.READ_BYTES", 16)
    seen: list[int] = []

    def counted(rows: np.ndarray) -> np.ndarray:
        seen.append(len(rows))
        return bowl(rows)

    with StepWriter(tmp_path / "a.h5", WEIGHTS[0], loss=counted) as writer:
        for row in WEIGHTS[1:]:
            writer.step(row)
    assert seen == [2, 2]
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.loss, LOSSES, rtol=1e-12)


@pytest.mark.parametrize(("size", "page"), [(2, 64), (2**16, 64), (2**17, 32), (2**17 + 1, 31), (2**22, 1)])
def test_a_page_holds_16_mib_or_64_rows(size: int, page: int, tmp_path: Path):
    first = Row(0, np.zeros(size - 1, np.float32), np.zeros(1, np.float32))
    writer = RecordingWriter(tmp_path / "a.h5", first, {}, {})
    assert writer.page == page
    writer.discard()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("count", "last"), [(1, "w1"), (8, "w8"), (9, "weights[8]")])
def test_parameters_without_names_are_numbered(count: int, last: str, tmp_path: Path):
    with recording(tmp_path / "a.h5", np.zeros((2, count))) as run:
        assert len(run.parameter_names) == count and run.parameter_names[-1] == last


def test_a_loss_of_no_rows_is_empty():
    assert RowLoss(lambda rows: rows[:, 0])(np.zeros((0, 3))).tolist() == []


def test_pieces_of_a_plane_and_of_rows_are_told(monkeypatch):
    """Of five points, two at a time: 32 bytes of two parameters."""
    monkeypatch.setattr("animator.recordings.loss.ROOM", 32)
    told: list[tuple[str, int, int]] = []
    seen: list[int] = []

    def slope(rows: np.ndarray) -> np.ndarray:
        seen.append(len(rows))
        return rows[:, 0] - rows[:, 1]

    loss, points = RowLoss(slope), np.array([[0.0, 0], [1, 0], [2, 0], [3, 0], [0, 5]])
    values = loss.on_plane([10, 0], np.eye(2), points, lambda *now: told.append(now))
    assert values.tolist() == [10, 11, 12, 13, 5]
    assert told == [("surface", 2, 5), ("surface", 4, 5), ("surface", 5, 5)]
    assert loss(points).tolist() == [0, 1, 2, 3, -5]
    assert seen == [2, 2, 1] * 2


def test_a_function_may_have_derivatives():
    """Of (w0^2 + 3 w1^2) / 2, and of the same times a state."""
    loss = RowLoss(lambda rows: rows[:, 0], lambda row, direction: direction * [1.0, 3.0])
    assert loss.hessian_product([0, 0], [2, 2], [9.0]).tolist() == [2, 6]
    loss = RowLoss(
        lambda rows, state: rows[:, 0], lambda row, direction, state: direction * state, has_state=True
    )
    assert loss.hessian_product([0, 0], [2, 2], [9.0]).tolist() == [18, 18]
