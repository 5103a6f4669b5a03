"""Films of a sweep share a window, a scale of losses, and surfaces that are evaluated once."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from animator import Experiment
from animator.core import cache
from animator.core.progress import quiet
from animator.design.film_design import FilmDesign
from animator.films.film import Film
from animator.landscape.window import Common
from animator.recordings.reader import load
from animator.sweeps.run import shared_limits
from animator.training import training


def data(seed=0):
    x = np.random.default_rng(seed).random((40, 2), dtype=np.float32)
    return x, (x @ np.float32([[1], [2]]))


def model(rate, momentum=0.0, bias=False, loss="mse", width=0):
    hidden = [keras.layers.Dense(width, "tanh")] if width else []
    network = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, use_bias=bias)])
    network.compile(keras.optimizers.SGD(rate, momentum), loss)
    return network


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A function from an Experiment's numbers to the film of its recording, in a cache of its own."""
    monkeypatch.setenv("ANIMATOR_CACHE", str(tmp_path / "cache"))
    count = 0

    def film(rate, seed=0, epochs=2, plane="weights", target=(1.0, 2.0), sample=0, **options):
        nonlocal count
        count += 1
        one = Experiment(
            partial(model, rate, **options),
            partial(data, sample),
            epochs=epochs,
            batch_size=8,
            seed=seed,
            target=target,
        )
        path = tmp_path / f"{count}.h5"
        training.record(one, path, training.notes_of(one, {}), quiet)
        slice = "static" if plane != "weights" else "moving"
        return Film((load(path),), FilmDesign("t", slice=slice, resolution=31, plane=plane))

    return film


def with_common(films, shared):
    return [replace(film, common=shared).views()[0] for film in films.values()]


def shared_by(films):
    """The window and the scale that `films` share, as a sweep finds them."""
    common = shared_limits.window_of(films)
    fields = {i: view.field for i, view in zip(films, with_common(films, common), strict=True)}
    ranges = {i: [(field.lowest, field.highest)] for i, field in fields.items()}
    return shared_limits.with_scale(common, films, ranges)


def slices():
    return [path for path in cache.folder().joinpath("surfaces").glob("*.h5") if path.stat().st_size > 0]


def test_one_surface_for_all_rates_momenta_and_starts(made):
    """The whole loss over two weights is one: evaluated once, with each run's own heights and losses."""
    films = {
        i: made(rate, seed, epochs, momentum=momentum)
        for i, (rate, momentum, seed, epochs) in enumerate(
            [(0.1, 0.0, 0, 2), (0.3, 0.0, 1, 2), (0.1, 0.5, 2, 4), (0.2, 0.0, 3, 1)]
        )
    }
    shared = shared_by(films)
    before = len(slices())
    views = with_common(films, shared)
    assert len(slices()) == before == len(films) + 1  # each run's heights, and one surface
    assert len({view.field.slices.tobytes() for view in views}) == 1
    assert {(view.field.lowest, view.field.highest) for view in views} == {shared.loss_range}
    assert {view.window.extent for view in views} == {shared.extent}
    assert [view.window.left_at for view in views] == [None] * 4
    for view in views:
        np.testing.assert_allclose(view.field.heights, view.loss[view.field.checked], rtol=1e-5, atol=1e-7)
        assert view.field.slices.min() == np.float32(shared.loss_range[0])
    assert [view.steps for view in views] == [10, 10, 20, 5]


def test_each_film_alone_is_as_it_was(made):
    """Without a Common, a film has its own window and scale, also after it was drawn with one."""
    film = made(0.2)
    alone = film.views()[0]
    shared = replace(film, common=Common((-3.0, 3.0, -2.0, 4.0), (0.0, 9.0))).views()[0]
    again = film.views()[0]
    assert shared.window.extent == (-3.0, 3.0, -2.0, 4.0)
    seen = shared.field.within(shared.window.extent)
    assert (seen.alpha[0], seen.beta[-1], seen.highest) == (-3.0, 4.0, 9.0)
    assert again.window.extent == alone.window.extent != shared.window.extent


def test_a_run_that_diverges_does_not_stretch_the_window(made):
    """Stable rates keep the window that they have without it; the film says when that run leaves it."""
    tame = {i: made(rate, seed=i) for i, rate in enumerate((0.1, 0.2, 0.3))}
    wild = {**tame, 3: made(5.0, seed=0)}
    extent = shared_limits.extent(wild)
    start = np.asarray(wild[3].runs[0].weights[0, :2], float)
    a0, a1, b0, b1 = extent
    assert a0 < start[0] < a1 and b0 < start[1] < b1
    assert a1 - a0 <= 1.3 * (shared_limits.extent(tame)[1] - shared_limits.extent(tame)[0])
    left = with_common(wild, Common(extent))[3].window.left_at
    assert 1 <= left <= 3


def test_only_runs_that_diverge(made):
    extent = shared_limits.extent({0: made(5.0), 1: made(9.0)})
    assert np.isfinite(extent).all() and extent[0] < 1 < extent[1]


def test_other_planes_keep_their_own_window(made):
    """Principal components of other paths are other directions; losses can still be compared."""
    films = {i: made(0.1, i, plane="pca", target=None, width=3) for i in range(2)}
    shared = shared_by(films)
    assert shared.extent is None
    views = [film.views()[0] for film in films.values()]
    low = min(view.field.lowest for view in views)
    assert shared.loss_range == (low, max(view.field.highest for view in views))
    assert {(v.field.lowest, v.field.highest) for v in with_common(films, shared)} == {shared.loss_range}


def test_other_weights_and_other_losses_are_not_compared(made):
    assert shared_limits.extent({0: made(0.1), 1: made(0.1, width=2)}) is None
    assert shared_by({0: made(0.1), 1: made(0.1, loss="mae")}).loss_range is None


def test_a_surface_that_is_cut_again_is_not_shared(made):
    """With a bias, each run has slices of its own, in the same window."""
    films = {i: made(0.1, i, bias=True) for i in range(2)}
    shared = shared_by(films)
    views = with_common(films, shared)
    assert len(slices()) == 4
    assert {view.window.extent for view in views} == {shared.extent}
    assert views[0].field.slices.tobytes() != views[1].field.slices.tobytes()


def test_other_data_are_another_surface(made):
    films = {i: made(0.1, sample=i) for i in range(2)}
    views = with_common(films, shared_by(films))
    assert views[0].field.slices.tobytes() != views[1].field.slices.tobytes()


def test_a_scale_by_hand():
    """The median of the highest is 3; 100 is more than 8 times that."""
    assert shared_limits.scale([(0.5, 2.0), (0.1, 3.0), (0.2, 100.0)]) == (0.1, 3.0)
    assert shared_limits.scale([(0.5, 2.0), (np.nan, 3.0), (0.2, 8.0)]) == (0.2, 8.0)
    assert shared_limits.scale([(1.0, 1.0)]) == (1.0, 2.0)
    assert shared_limits.scale([]) is None
