"""Sweeps over functions: one scale that tells heights apart, minima on tiles, words, and races."""

from itertools import product

import numpy as np

from animator.core.progress import quiet
from animator.design import scene_files, style
from animator.design.layout import Box
from animator.films.film import Film
from animator.functions.function import find
from animator.sweeps.figure import race
from animator.sweeps.run import shared_limits
from animator.sweeps.sheet.captions import caption
from animator.sweeps.sheet.page_canvas import room_of
from animator.sweeps.sheet.pages import arranged
from animator.sweeps.sheet.tile_data import survey, track
from animator.sweeps.sheet.tile_paths import EDGE, as_curve, on_surface
from animator.training.training import recorded
from tests.sweep_pages import manifest

TILE = Box(0, 0, 100, 100)
LINE = {"f": "x**4-3*x**2+x", "start": "2", "optimizer": "sgd", "steps": 8}


def films_of(axes, **fixed):
    """A film of each cell of the product of `axes`, and their manifest."""
    films = {}
    for i, values in enumerate(product(*axes.values())):
        made = scene_files.bundled("function").build(dict(zip(axes, values, strict=True)) | fixed)
        runs = tuple(recorded(run, {"scene": "function"}, True, quiet)[0] for run in made.runs)
        films[i] = Film(runs, made.design())
    return manifest(axes), films


def sheet_of(films):
    """What the tiles of `films` share."""
    return survey(films, 15.0, shared_limits.said(shared_limits.window_of(films), 1))


def words_of(made, films):
    """The sentences under a sheet's title."""
    sheet = sheet_of(films)
    states = [state for state, _ in sheet.clock.stills()][:2]
    tracks = [track(cell, films[cell.index], sheet, states) for cell in made.cells]
    (page,) = arranged(made, room_of((1920, 1080), style.DARK))
    return caption(made, page, sheet, (1, 1), tracks)


def test_a_sheet_has_the_scale_of_the_films_and_marks_their_minima():
    made, films = films_of({"learning_rate": [0.01, 0.1]}, f="himmelblau", steps=10)
    sheet, (view,) = sheet_of(films), films[0].views(15.0)
    assert sheet.extent == find("himmelblau").window and sheet.scale.contrast == view.contrast
    path = on_surface(view, TILE, sheet.extent, sheet.scale, style.DARK, None)
    np.testing.assert_allclose(path.goals, (np.array(find("himmelblau").minima) + 5.5) / 11 * 100)
    assert words_of(made, films) == (
        "Each tile is a descent: its path over f(x, y), its f in a corner. All share one window, x −5.5 to "
        "5.5 across and y −5.5 to 5.5 up, and one scale of colours. Above each tile: learning_rate."
    )


def test_functions_that_differ_have_windows_and_scales_of_their_own():
    made, films = films_of({"f": ["sphere", "saddle"]}, start="1,1", steps=4)
    sheet = sheet_of(films)
    assert shared_limits.window_of(films).extent is None and sheet.extent is None and sheet.scale is None
    for cell in made.cells:
        (view,) = films[cell.index].views(15.0)
        scale = track(cell, films[cell.index], sheet, [sheet.clock.state(0)]).scale
        assert (scale.low, scale.high) == (view.field.lowest, view.field.highest)
    said = words_of(made, films)
    assert "Each has its own window of x (across) and y (up); its own scale of colours." in said


def test_values_below_zero_are_curves_on_an_even_scale():
    made, films = films_of({"learning_rate": [0.01, 0.02]}, **LINE)
    sheet, (view,) = sheet_of(films), films[0].views(15.0)
    low, high = sheet.losses
    assert low < 0 and sheet.scale is None
    heights = as_curve(view, TILE, sheet.losses, "#ffffff").points[:, 1] / 100
    np.testing.assert_allclose(heights, EDGE + (1 - 2 * EDGE) * (view.loss - low) / (high - low))
    assert words_of(made, films) == (
        "Each tile is a descent: its f over steps, on one scale from -1.1 to 6.0; its f now in a corner. "
        "Above each tile: learning_rate."
    )


def test_descents_on_a_line_race_on_one_curve():
    made, films = films_of({"learning_rate": [0.01, 0.02]}, **LINE)
    film = race.race(made, [films[0], films[1]], range(2), "dark")
    assert film.design.caption == "The same function; what differs: learning_rate."
    first, second = film.views(15.0)
    assert film.design.layout == (("curve", "losses"),) and first.rivals[1].curve is second.curve
    np.testing.assert_allclose(second.curve.path, films[1].runs[0].weights[:, 0])
