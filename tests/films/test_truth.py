"""What a film says of runs that lack something: planes that cannot be had, surfaces, numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest

import animator
from animator.core.errors import AnimatorError, FilmWarning
from animator.design.timeline import FrameState
from animator.films.film_warnings import STILL
from animator.landscape import planes
from animator.landscape.plane import NoPlaneError
from animator.landscape.weight_rows import last_near
from animator.recordings.facts import Facts
from animator.recordings.writer import RecordingWriter, Row
from tests.running import run as typed

SIZE = (640, 360)


def written(path, rows, batch=None, loss=None, facts=None, means=None, rate=0.1, filters=(1,)):
    """A recording of `rows` (R, 2, 2) of one kernel, made without training."""
    rows = np.asarray(rows, np.float32).reshape(len(rows), -1)
    none = np.zeros(0, np.float32)
    shape = [2, rows.shape[1] // 2]
    said = [{"path": "w", "shape": shape, "start": 0, "filters": list(filters)}]
    writer = RecordingWriter(path, Row(0, rows[0], none), {"variables": said, "notes": {}}, {})
    k = np.arange(len(rows) - 1)
    columns = {
        "batch_loss": np.full(len(k), np.nan) if batch is None else batch,
        "learning_rate": np.full(len(k), rate),
        "epoch": 0 * k,
        "batch": k,
    }
    columns |= {f"running_means/{name}": values for name, values in (means or {}).items()}
    writer.write(columns, (k + 1).tolist(), rows[1:], np.zeros((len(k), 0), np.float32))
    writer.note(facts or Facts())
    writer.finish({} if loss is None else {"loss": loss})
    return animator.load(path)


def walk(steps=20, size=4):
    return np.cumsum(np.random.default_rng(0).standard_normal((steps + 1, size)), axis=0)


def words(film, step=None):
    """The texts of a frame that are told live."""
    canvas = film.canvas(SIZE, 30.0)
    steps = film.runs[0].steps
    at = steps if step is None else step
    canvas.draw(FrameState(at, at == steps, onto=at))
    return [value.get_text() for value in canvas.readout.values]


def names(film):
    return [name.get_text() for name in film.canvas(SIZE, 30.0).readout.names]


def curves(film):
    """Names and values beside the curves of the loss panel, at the end."""
    words(film)
    panel = film.canvas(SIZE, 30.0).panels[-1]
    return {n.get_text(): v.get_text() for n, v in zip(panel.curves.names, panel.curves.values, strict=True)}


def test_running_means_stand_where_there_is_no_loss(tmp_path):
    """A GAN: two losses of its own, an optimizer that never steps, and no batch loss."""
    k = np.arange(20)
    means = {"d_loss": np.exp(-k / 9.0), "g_loss": 1 + k / 20.0, "accuracy": k / 20.0}
    facts = Facts(no_batch_loss="its train_step reports none", no_learning_rate=True)
    film = animator.film(written(tmp_path / "a.h5", walk(), means=means, facts=facts, rate=np.nan))
    assert names(film) == ["step", "epoch", "loss"]
    assert words(film) == ["20 / 20", "1", "not recorded"]
    assert words(film, 0) == ["0 / 20", "1", "not recorded"]
    assert curves(film) == {"d_loss": "0.12", "g_loss": "1.9"}  # exp(-19 / 9) and 1 + 19 / 20


def test_checkpoints_draw_no_batch_loss(tmp_path):
    """Also of a recording that an earlier version made, which says nothing of what it lacks."""
    for name, facts in (("a", Facts(no_batch_loss="checkpoints hold none")), ("b", Facts())):
        run = written(tmp_path / f"{name}.h5", walk(), loss=np.geomspace(8, 0.125, 21), facts=facts)
        film = animator.film(run)
        assert curves(film) == {"all": "0.12"}
        assert words(film)[-1] == "0.125"
        assert "not finite" not in film.alt_text()


def test_a_loss_that_is_nan_is_not_finite_and_one_that_was_not_computed_is_not_recorded(tmp_path):
    loss = np.geomspace(8, 0.125, 21)
    loss[[3, 7]] = np.nan  # computed at some rows only
    batch = np.geomspace(8, 0.125, 20)
    film = animator.film(written(tmp_path / "a.h5", walk(), batch=batch, loss=loss))
    assert [words(film, step)[-1] for step in (2, 3, 7)] == [f"{loss[2]:.2f}", "not recorded", "not recorded"]
    loss, batch = np.geomspace(8, 0.125, 21), batch.copy()
    loss[18:], batch[18:] = np.nan, np.nan  # broke at step 18
    film = animator.film(written(tmp_path / "b.h5", walk(), batch=batch, loss=loss))
    assert words(film, 19)[-1] == "not finite"
    assert "The loss stops being finite at step 18." in film.under_title(film.views())
    film = animator.film(written(tmp_path / "c.h5", walk(), means={"loss": np.full(20, np.nan)}))
    assert words(film, 1)[-1] == "not finite (batch)"  # Keras reports a loss, and it is NaN


def panel_and_axis(film, step):
    """The loss panel's curves at a step, and the limits of their axis."""
    words(film, step)
    panel = film.canvas(SIZE, 30.0).panels[-1]
    return panel.curves, panel.curves.axes.get_ylim()


def test_the_loss_axis_holds_what_is_written(tmp_path):
    """The numbers of the scene 'ravine': from 404 down to 2.8e-7, which the axis once left at 1e-6."""
    loss = np.geomspace(404, 2.8e-7, 21)
    film = animator.film(written(tmp_path / "a.h5", walk(), loss=loss))
    curves, (low, high) = panel_and_axis(film, 20)
    assert low < 2.8e-7 and high > 404 and not curves.edges
    assert curves.heads[-1].place == (20.0, pytest.approx(2.8e-7))


def test_an_arrowhead_stands_where_a_loss_leaves_its_axis(tmp_path):
    """30 down to 3e-16: the axis ends at 1e-12 of the greatest, and says what is below."""
    loss = np.geomspace(30, 3e-16, 21)
    film = animator.film(written(tmp_path / "a.h5", walk(), loss=loss))
    curves, (low, _) = panel_and_axis(film, 20)
    assert low == pytest.approx(30e-12 / 1.6)
    below, above = curves.edges[0]
    assert below.place == (20.0, low) and above.place is None and curves.heads[0].place is None
    panel_and_axis(film, 3)
    assert below.place is None and curves.heads[0].place == (3.0, pytest.approx(loss[3]))
    zero = np.append(np.geomspace(30, 1, 20), 0.0)  # a logarithmic axis has no 0
    curves, (low, _) = panel_and_axis(animator.film(written(tmp_path / "b.h5", walk(), loss=zero)), 20)
    assert curves.edges[0][0].place == (20.0, low)


def test_losses_below_0_have_an_even_axis(tmp_path):
    loss = np.linspace(3, -2, 21)
    curves, (low, high) = panel_and_axis(animator.film(written(tmp_path / "a.h5", walk(), loss=loss)), 20)
    assert (low, high) == (pytest.approx(-2.5), pytest.approx(3.5))
    assert curves.axes.get_yscale() == "linear" and curves.heads[0].place == (20.0, -2.0)


def test_restored_weights_are_told(tmp_path):
    run = written(tmp_path / "a.h5", walk(), loss=np.geomspace(8, 1, 21), facts=Facts(restored_step=7))
    film = animator.film(run)
    assert "20 steps, then the weights of step 7 were restored." in film.under_title(film.views())
    assert "then the weights of step 7 were restored." in film.alt_text()
    other = Facts(other_weights="an average that the optimizer keeps")
    film = animator.film(written(tmp_path / "b.h5", walk(), loss=np.geomspace(8, 1, 21), facts=other))
    assert "The weights after training are none of these: an average that the optimizer keeps." in (
        film.under_title(film.views())
    )


def test_what_is_missing_for_a_surface_is_said(tmp_path):
    """Caption, Python's warning, notebook, command line and JSON."""
    run = written(tmp_path / "a.h5", walk(), loss=np.geomspace(8, 1, 21))
    film = animator.film(run)
    told = "no surface: no data was given to the Recorder; give it with data=."
    assert film.under_title(film.views()) == f"4 parameters, recorded after every update; {told}"
    assert film.warnings() == (f"'a.h5': {told}",)
    with pytest.warns(FilmWarning, match="no surface: no data was given"):
        film.save(tmp_path / "a.png", size=SIZE)
    bundle = film._repr_mimebundle_()
    assert told in bundle["text/plain"] and told in bundle["text/html"]
    with pytest.raises(AnimatorError, match=r"Give the data with data=\(x, y\)\."):
        animator.film(run, plane="random").views()


def test_the_command_line_tells_warnings_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANIMATOR_CACHE", str(tmp_path / "cache"))
    written(tmp_path / "a.h5", walk(), loss=np.geomspace(8, 1, 21)).close()
    done = typed(capsys, "render", "a.h5", "-o", "a.png", "--json")
    told = "'a.h5': no surface: no data was given to the Recorder; give it with data=."
    assert json.loads(done.out)["warnings"] == [told]
    assert done.err == f"animator: {told}\n"


@pytest.mark.parametrize(
    ("rows", "why", "kind"),
    [
        (np.arange(11.0)[:, None] * np.ones(4), "the path is a straight line", "random"),
        (np.ones((11, 4)), "the weights do not move", "random"),
        (np.array([[1.0, 2, 3, 4], [1, 2, 3, 5]]), "the path has only 2 points", "random"),
        (
            np.array([[1.0, 2, 3, 4]]) * np.array([1, 1.1, -9, 1e12, 1e30, np.inf, np.nan])[:, None],
            "the path runs away, so that all before its last steps is one point beside them",
            "random",
        ),
    ],
)
def test_a_plane_that_cannot_be_had_gives_way(tmp_path, rows, why, kind):
    """Nobody asked for principal components; asked for by name, they are refused."""
    keras = pytest.importorskip("keras")
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, use_bias=False, name="w")])
    net.compile("sgd", "mse")
    x = np.random.default_rng(0).standard_normal((16, 2)).astype("float32")
    run = written(tmp_path / "a.h5", rows)
    film = replace(animator.film(run), model=net, data=(x, x))
    (view,) = film.views()
    told = f"There are no principal components, because {why}: the plane is of two random directions."
    assert view.plane.kind == kind
    corner = view.plane.lift(np.array([view.field.alpha[0], view.field.beta[0]])).reshape(2, 2)
    assert view.field.slices[0][0, 0] == pytest.approx(((x @ corner - x) ** 2).mean(), rel=1e-4)
    assert film.under_title((view,)).startswith(told)
    assert f"'a.h5': {told}" in film.warnings()
    with pytest.raises(NoPlaneError):
        animator.film(run, model=net, data=(x, x), plane="pca").views()


def test_the_window_of_a_path_that_runs_away_holds_its_start(tmp_path):
    """Steps at distances 0, 0.5, 40 and 1e12 of the start: the plane goes through the one before the jump."""
    rows = np.ones((4, 4)) + np.array([0, 0.25, 20, 5e11])[:, None]
    run = written(tmp_path / "a.h5", rows)
    assert last_near(run) == 1
    plane = planes.random(run, step=1)
    np.testing.assert_allclose(plane.project(rows[1]), (0, 0), atol=1e-9)
    assert last_near(written(tmp_path / "b.h5", walk())) is None


def test_parameters_without_filters_give_the_plane_of_two_weights(tmp_path):
    keras = pytest.importorskip("keras")
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, use_bias=False)])
    net.compile("sgd", "mse")
    x = np.random.default_rng(0).standard_normal((16, 2)).astype("float32")
    run = written(tmp_path / "a.h5", np.arange(11.0)[:, None] * np.ones(4), filters=())
    film = replace(animator.film(run), model=net, data=(x, x))
    (view,) = film.views()
    assert view.plane.kind == "weights" and view.instead.endswith("the plane is of the first two weights.")


def test_heights_that_are_off_are_a_warning_above_the_stated_bound(tmp_path):
    """A still slice through the last weights of a quadratic: the height under the start is known."""
    keras = pytest.importorskip("keras")
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, use_bias=False)])
    net.compile("sgd", "mse")
    x, y = np.eye(4, dtype="float32"), np.zeros((4, 1), "float32")
    for name, off, warned in (("a", 0.2, False), ("b", 1.0, True)):
        # off the plane of w[0] and w[1], the start lies `off` along w[2]: loss (w0^2 + off^2) / 4
        rows = np.array([[2, 0, off, 0], [1, 0.5, 0, 0], [0, 0, 0, 0]])
        run = written(tmp_path / f"{name}.h5", rows)
        film = animator.film(run, model=net, data=(x, y), plane="weights", slice="static")
        error = film.fidelity()["max_abs_error"]
        assert error == pytest.approx(off**2 / 4, rel=1e-5)
        assert (error > STILL * (4 + off**2) / 4) == warned
        assert any("heights on screen are off by up to" in said for said in film.warnings()) == warned
    unproved, said = film.warnings()
    assert unproved.endswith("no losses on its data: heights are those of the model as it was given.")
    assert said.endswith("off by up to 0.25 (true loss 1.2 drawn at 1.0, at step 0).")


def test_a_still_surface_is_evaluated_once_whatever_the_rate(tmp_path):
    """A layer counts the calls: a .gif asks for as many points as an .mp4 does."""
    keras = pytest.importorskip("keras")
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, use_bias=False, name="w")])
    net.compile("sgd", "mse")
    x = np.random.default_rng(0).standard_normal((16, 2)).astype("float32")
    counts = []
    for suffix in (".mp4", ".gif"):
        told = []

        def listen(stage, done, of, told=told):
            told.append((stage, done, of))

        run = written(tmp_path / f"a{suffix}.h5", walk())
        film = animator.film(run, model=net, data=(x, x), progress=listen)
        film.save(tmp_path / f"a{suffix}", size=(320, 180))
        counts.append([entry for entry in told if entry[0] in ("surface", "heights under the dot")])
    assert counts[0] == counts[1] and ("surface", 1, 1) in counts[0]


OWN = '''
"""A loss and a layer of one's own."""
import numpy as np
from animator import Experiment, Scene

def data():
    x = np.random.default_rng(0).random((64, 2), dtype=np.float32)
    return x, x.sum(1, keepdims=True)

def model(power):
    import keras

    def own(y, p):
        return keras.ops.mean(keras.ops.abs(y - p) ** power, axis=-1)

    class Scaled(keras.layers.Layer):
        def call(self, x):
            return 2.0 * x

    net = keras.Sequential([keras.Input((2,)), Scaled(), keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.1), own)
    return net

def scene(power: float = 1.5, seed: int = 0) -> Scene:
    from functools import partial
    run = Experiment(model=partial(model, power), data=data, seed=seed, epochs=2)
    return Scene(title="A loss of my own", runs=(run,))
'''


def test_a_scene_makes_the_model_that_cannot_be_rebuilt(tmp_path, monkeypatch, capsys):
    """Two scenes that differ in code alone have surfaces of their own, each true to its losses."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANIMATOR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "own.py").write_text(OWN)
    lowest = []
    for power in (1.5, 3.0):
        done = typed(
            capsys, "render", "own.py", f"power={power}", "-o", "a.png", "--size", "640x360", "--json"
        )
        assert done.code == 0, done.err
        said = json.loads(done.out)
        assert said["warnings"] == [] and said["fidelity"]["max_abs_error"] < 1e-6
        lowest.append(said["recording"]["initial_loss"])
    assert lowest[0] != lowest[1]
