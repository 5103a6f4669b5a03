"""Films of functions: what is drawn is the function, in its window, with its minima; words say so."""

import numpy as np
import pytest

import animator
from animator import AnimatorError, Descent, Scene
from animator.design import scene_files
from animator.films import build
from animator.functions.function import find

SIZE = (640, 360)


def film(words: list[str], name: str = "function"):
    """The film of a bundled scene."""
    scene, about = build.build(scene_files.bundled(name), words)
    runs, _ = build.recordings(scene, about, True, lambda *_: None)
    return build.film_of(scene, about, runs, command="")


def test_the_surface_is_the_function_in_its_own_window():
    made = film(["f=himmelblau", "start=-1,-1", "steps=25"])
    (view,) = made.views()
    f, field = find("himmelblau"), view.field
    assert view.window.extent == f.window
    a, b = np.meshgrid(field.alpha, field.beta)
    expected = f(np.stack([a.ravel(), b.ravel()], axis=1)).reshape(a.shape)
    np.testing.assert_allclose(field.slices[0], expected, rtol=1e-6)
    np.testing.assert_allclose(view.minima, f.minima)
    assert view.of_function and view.worst()[0] < 1e-9
    assert made.alt_text().startswith("The dot moves from (-1.00, -1.00) to")
    assert "The surface is the function itself" in made.under_title((view,))


def test_a_start_outside_of_the_window_widens_it():
    (view,) = film(["f=sphere", "start=-9,2", "steps=5"]).views()
    a0, _a1, b0, b1 = view.window.extent
    assert a0 < -9 and b0 < 2 < b1


def test_several_optimizers_race_on_one_surface():
    made = film(
        [
            "f=(x**2+y-11)**2+(x+y**2-7)**2",
            "start=-1,-1",
            "optimizer=sgd,momentum,adam",
            "learning_rate=0.01",
            "steps=30",
        ]
    )
    views = made.views()
    assert [view.name for view in views] == ["SGD", "momentum", "Adam"]
    assert len({id(view.field.slices) for view in views}) == 1
    made.frame(0, SIZE)


def test_a_swarm_of_starts_is_told_by_where_it_ends():
    made = film(["f=himmelblau", "starts=30", "steps=150", "optimizer=sgd", "learning_rate=0.01"])
    assert len(made.runs) == 30
    words = made.alt_text()
    assert (
        words.startswith("30 runs of up to 150 steps end at these places: ") and "near (3.00, 2.00)" in words
    )
    counted = [int(part.split()[0]) for part in words.split(": ")[1].split(", ") if " near " in part]
    assert sum(counted) == 30
    ends = np.array([view.trajectory[-1] for view in made.views()])
    gap = np.abs(ends[:, None] - np.array(find("himmelblau").minima)).max(axis=2).min(axis=1)
    assert gap.max() < 1e-3


def test_a_function_of_one_variable_is_a_curve_with_a_ball():
    made = film(["f=x**4-3*x**2+x", "start=2", "optimizer=momentum", "learning_rate=0.01", "steps=40"])
    (view,) = made.views()
    x = view.curve.x
    np.testing.assert_allclose(view.curve.loss, x**4 - 3 * x**2 + x, rtol=1e-12)
    assert x[0] < view.curve.path.min() and x[-1] > view.curve.path.max()
    np.testing.assert_allclose(
        view.loss, view.curve.path**4 - 3 * view.curve.path**2 + view.curve.path, atol=1e-6
    )
    frames = [made.frame(index, SIZE) for index in (0, made.timeline(30.0).frames - 1)]
    assert (frames[0] != frames[1]).any()
    canvas = made.canvas(SIZE, 30.0)
    state = made.timeline(30.0).state(100)
    assert np.abs(canvas.draw(state).astype(int) - canvas.full(state).astype(int)).mean() < 0.5
    assert made.alt_text().startswith("The dot moves from (2.00) to (")


def test_several_balls_roll_on_one_curve():
    made = film(["f=x**4-3*x**2+x", "start=2", "optimizer=sgd,momentum", "learning_rate=0.01", "steps=20"])
    made.frame(60, SIZE)
    assert [view.name for view in made.views()] == ["SGD", "momentum"]


def test_a_curve_is_of_one_weight():
    run = animator.descend("sphere", steps=3)
    with pytest.raises(AnimatorError) as raised:
        animator.film(run, layout=(("curve",),)).views()
    assert str(raised.value) == (
        f"The panel 'curve' draws the loss over one weight, but '{run.path}' has 2 parameters. Use 'surface' "
        "in its place."
    )


def test_what_falls_for_ever_is_followed_as_far_as_the_surface_shows():
    (view,) = film(["f=saddle", "optimizer=momentum", "steps=120"]).views()
    assert view.window.left_at is not None and view.loss[-1] < -1e3
    assert view.contrast == 3.0
    made = film(["f=saddle", "optimizer=momentum", "steps=120"])
    axes = made.canvas(SIZE, 30.0).panels[2].curves.axes
    assert axes.get_yscale() == "linear" and -6 < axes.get_ylim()[0] < -3.9


def test_a_path_that_ends_in_nothing_is_drawn_up_to_there():
    made = film(["f=monkey-saddle", "optimizer=sgd", "learning_rate=0.01", "steps=220"])
    (view,) = made.views()
    assert view.broke_at is not None and made.fidelity()["max_abs_error"] == 0.0
    pixels = made.canvas(SIZE, 30.0).panels[0].pixels
    last = pixels[np.isfinite(view.trajectory).all(axis=1)][-1]
    np.testing.assert_array_equal(pixels[-1], last)


def test_colours_tell_heights_apart_where_a_function_has_walls():
    (beale,) = film(["f=beale", "steps=5"]).views()
    (bowl,) = film(["f=sphere", "steps=5"]).views()
    assert beale.contrast > 1e5 and bowl.contrast == 400.0


def test_a_scene_of_descents_is_told_like_any_other():
    runs = tuple(Descent("booth", optimizer=name, steps=10) for name in ("sgd", "adam"))
    scene = Scene("Two", runs, names=("one", "two"), layout=(("race", "losses"),))
    assert scene.run_name(1) == "two"


@pytest.mark.parametrize("view", ["map", "3d"])
def test_both_views_of_a_function_draw(view):
    made = film(["f=three-hump-camel", f"view={view}", "steps=10"])
    assert made.frame(30, SIZE).std() > 10
