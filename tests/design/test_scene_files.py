"""The bundled films: each is rendered, small; none flashes; their posters are those that were looked at."""

import json

import pytest

from animator import Descent
from animator.design import scene_files
from tests import goldens
from tests.drawing.labels import covered
from tests.films.stories import checked
from tests.films.stories import film as film_of
from tests.running import run


def test_the_goldens_are_at_most_a_dozen_and_all_there():
    """Every golden belongs to a bundled scene, and none is left over."""
    assert len(goldens.NAMES) <= 12 and set(goldens.NAMES) <= set(scene_files.names())
    assert sorted(path.stem for path in goldens.FOLDER.glob("*.png")) == sorted(goldens.NAMES)


def test_a_moved_dot_would_be_seen(tmp_path):
    """The thresholds are such that a poster with another film's surface fails, and equal ones do not."""
    one, two = (goldens.FOLDER / f"{name}.png" for name in ("neuron", "weights"))
    most, mean = goldens.differences(one, two)
    assert most > goldens.MOST and mean > goldens.MEAN
    assert goldens.differences(one, one) == (0, 0.0)


@pytest.mark.parametrize("name", scene_files.names())
def test_every_bundled_scene_is_rendered(name, tmp_path, capsys):
    """By the command line: no flashes, captions that are true, texts at 16:9, 4:3, 1:1 and 9:16 that cover
    neither each other nor paths, and the golden poster beside the film.
    """
    film = tmp_path / "film.mp4"
    done = run(
        capsys,
        "render",
        name,
        goldens.cheap(name),
        "-o",
        str(film),
        "--size",
        "320x180",
        "--fps",
        "10",
        "--json",
    )
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["files"][0]["flashes"] <= 3 and "flashes" not in done.err
    assert report["files"][0]["bytes"] > 5_000 and len(report["alt_text"]) > 40
    assert len(scene_files.bundled(name).path.read_text().splitlines()) < 125
    assert 1 <= checked(name, goldens.cheap(name)) <= 6
    assert covered(film_of(name, goldens.cheap(name))) == set()
    if name in goldens.NAMES:
        most, mean = goldens.differences(film.with_suffix(".png"), goldens.FOLDER / f"{name}.png")
        assert most <= goldens.MOST and mean <= goldens.MEAN


def test_scenes_of_two_weights_take_a_start():
    """By the same name in all of them; one that shows many starts has one more."""
    given = (0.5, -0.25)
    for name in ("ravine", "neuron", "escape", "saddle", "schedule", "valley", "beale", "noise", "momentum"):
        scene = scene_files.scene(name, start=given)
        assert scene.origin["parameters"]["start"] == given
        starts = {run.start for run in scene.runs if isinstance(run, Descent)}
        assert starts <= {given}
    for name in ("minima", "four-valleys", "plateau"):
        usual, own = scene_files.scene(name), scene_files.scene(name, start=given)
        assert len(own.runs) == len(own.names) == len(usual.runs) + 1
