"""The race of a sweep: which runs may race, what they are called, and how more than eight are told apart."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import av
import numpy as np
import pytest

from animator.core.color_vision import apart, contrast
from animator.core.progress import quiet
from animator.design import scene_files, style, style_files
from animator.encoding.inspect_file import inspect
from animator.films.film import Film
from animator.sweeps.figure import race
from animator.sweeps.figure.race import blend, enough
from animator.training.training import recorded
from tests.sweep_pages import manifest


def films_of(axes, **fixed):
    """A film of each cell of the product of `axes`, one epoch long, and their manifest."""
    films = {}
    for i, values in enumerate(product(*axes.values())):
        chosen = dict(zip(axes, values, strict=True)) | fixed | {"epochs": 1}
        made = scene_files.bundled("neuron").build(chosen)
        runs = tuple(recorded(run, {"scene": "neuron"}, True, quiet)[0] for run in made.runs)
        pacing = replace(made.pacing, play=0.4, intro=0.2, end=0.2)
        films[i] = Film(runs, replace(made.design(), resolution=21, pacing=pacing))
    return manifest(axes), films


@pytest.fixture(scope="module")
def sweep():
    return films_of({"learning_rate": [0.25, 0.5], "optimizer": ["sgd", "adam"]}, use_bias=False)


def test_the_runs_of_a_sweep_race_on_one_surface(sweep, tmp_path):
    made, films = sweep
    path = race.make(tmp_path, made, films, size=(640, 360))
    assert path == tmp_path / "race.mp4" and list(tmp_path.iterdir()) == [path]
    with av.open(str(path)) as file:
        frames = list(file.decode(video=0))
        assert (frames[0].width, frames[0].height, len(frames)) == (640, 360, 24)
    said = inspect(path).metadata
    assert said.title == "One neuron" and said.details["sweep"] == "neuron"
    assert "0.25 sgd: Two weights move from" in said.alt_text


def test_names_are_the_swept_values_and_the_surface_is_true(sweep):
    made, films = sweep
    film = race.race(made, [films[i] for i in range(4)], range(4), "dark")
    assert film.design.names == ("0.25 sgd", "0.25 adam", "0.5 sgd", "0.5 adam")
    assert film.design.caption == "Same weights, same data; what differs: learning_rate and optimizer."
    views = film.views(30.0)
    assert len({view.window.extent for view in views}) == 1
    for view, index in zip(views, range(4), strict=True):
        np.testing.assert_array_equal(view.trajectory, films[index].views(30.0)[0].trajectory)
        np.testing.assert_allclose(view.field.heights, view.loss[view.field.checked], rtol=1e-4, atol=1e-6)


def test_a_single_axis_is_named_beside_its_values(sweep):
    """And a race is at least as large as a sheet, so that its words are read where cells are small."""
    _, films = sweep
    one = manifest({"learning_rate": [0.25, 0.5]})
    film = race.race(one, [films[0], films[2]], range(2), "dark")
    assert film.design.names == ("learning_rate 0.25", "learning_rate 0.5")
    small, large = (replace(one, film={"width": w, "height": h}) for w, h in ((320, 180), (2560, 1440)))
    assert (race.scaled(small, ".mp4"), race.scaled(large, ".mp4")) == ((1920, 1080), (2560, 1440))


def test_a_race_of_small_films_is_large(sweep, tmp_path, monkeypatch):
    made, films = sweep
    sizes = []

    def save(self, path, size, fps):
        sizes.append(size)
        path.touch()
        return [SimpleNamespace(path=path)]

    monkeypatch.setattr(Film, "save", save)
    race.make(tmp_path, replace(made, film={**made.film, "width": 320, "height": 180}), films)
    assert sizes == [(1920, 1080)]


def test_runs_on_other_data_or_of_other_weights_do_not_race(sweep, tmp_path):
    made, films = sweep
    other_data, other_weights = (
        films_of({"seed": [7]}, use_bias=False)[1][0],
        films_of({"learning_rate": [0.5]})[1][0],
    )
    for film in (other_data, other_weights):
        assert race.make(tmp_path, made, {0: films[0], 1: film}) is None
    assert list(tmp_path.iterdir()) == []


def test_one_run_or_more_than_twelve_or_several_a_cell_do_not_race(sweep, tmp_path):
    made, films = sweep
    assert race.make(tmp_path, made, {0: films[0]}) is None
    assert race.make(tmp_path, made, dict.fromkeys(range(13), films[0])) is None
    double = replace(films[0], runs=films[0].runs * 2)
    assert race.make(tmp_path, made, {0: double, 1: double}) is None


@pytest.mark.parametrize("look", style.STYLES)
def test_twelve_colours_are_told_apart_and_readable(look):
    found = style_files.find(look)
    lines = enough(found, 12)
    assert lines[:8] == found.lines and len(set(lines)) == 12
    assert apart(lines) > 8
    assert all(contrast(line, found.panel) >= 4.5 for line in lines[8:])
    assert enough(found, 3) == found.lines[:3]


def test_a_blend_lies_between_its_colours():
    assert blend("#000000", "#ffffff", 0.25) == "#404040" and blend("#102030", "#ffffff", 0.0) == "#102030"


def test_a_style_with_more_lines_is_the_same_in_all_else(tmp_path):
    assert race.style_for("dark", 8, tmp_path) == "dark"
    found = style_files.find(race.style_for("light", 12, tmp_path))
    assert len(found.lines) == 12 and replace(found, lines=style.LIGHT.lines) == style.LIGHT
