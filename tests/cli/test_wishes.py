"""Every wish in one line: the same names typed, as keywords of `animator.film`, and in a Scene."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import animator
from animator import AnimatorError, Descent, Event, Experiment, FilmDesign, Pacing, Scene
from animator.design import scene_files
from animator.encoding import inspect
from animator.films.delivery import settled
from tests.running import run

SIZE = ("--size", "320x180", "--fps", "5")
BOWL = "x**2+4*y**2+0.1*z**2"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh working folder with a recording of 100 steps, run.h5."""
    monkeypatch.chdir(tmp_path)
    animator.descend(BOWL, start=(2, 1, -1), optimizer="sgd", learning_rate=0.02, steps=100, path="run.h5")
    return tmp_path


def test_the_first_line(here, capsys):
    """A bundled scene with a title, a length, a window and one panel: that of all its runs."""
    words = ["ravine", "--title", "Warum Impuls hilft", "--seconds", "15", "--window=-2.5,2.5,-1,3"]
    done = run(capsys, "render", *words, "--layout", "surface", "-o", "a.mp4", *SIZE)
    assert done.code == 0, done.err
    found = inspect(here / "a.mp4")
    assert (found.metadata.title, found.seconds) == ("Warum Impuls hilft", 15.0)
    film = animator.film(animator.scene("ravine"), layout="surface", window=(-2.5, 2.5, -1, 3))
    assert film.design.panels == {"race"}
    assert [view.window.extent for view in film.views()] == [(-2.5, 2.5, -1.0, 3.0)] * 2


def test_the_second_line(here, capsys):
    """A recording, from one step to another, with words at a third."""
    words = ["--plane", "pca", "--slice", "static", "--from", "step:20", "--to", "step:90"]
    words += ["--hold", "42", "Hier dreht der Bias um", "--levels", "12", "--colors", "viridis"]
    done = run(capsys, "render", "run.h5", *words, "--dot", "1.5", "-o", "b.gif", *SIZE, "--json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert "weights move in 90 steps" in report["alt_text"]
    assert report["command"] == (
        "animator render run.h5 -o b.gif --from step:20 --to step:90 --hold 42 'Hier dreht der Bias um' "
        "--plane pca --slice static --levels 12 --colors viridis --dot 1.5 --size 320x180 --fps 5"
    )
    assert report["files"][0]["seconds"] == pytest.approx(0.5 + 4.0 + 1.5 + 1.5, abs=0.1)


def test_the_third_line(here):
    """The same as keywords; what is drawn has the colours, bands, window and words that were asked for."""
    film = animator.film(
        animator.load("run.h5"),
        title="A",
        caption="B",
        seconds=15,
        layout="surface",
        window=(-2.5, 2.5, -1, 3),
        levels=12,
        colors="viridis",
        resolution=61,
    )
    (view,) = film.views()
    assert view.window.extent == (-2.5, 2.5, -1.0, 3.0)
    assert min(view.field.slices.shape[1:]) == 61
    assert film.timeline(30.0).seconds == 15.0
    assert film.under_title((view,)).startswith("B ")
    ground = film.canvas((320, 180), 5.0).panels[0].ground
    assert len(ground.scale.levels()) == 13
    np.testing.assert_allclose(ground.bands.colours[0][:3], (0.28, 0.06, 0.38), atol=0.02)  # viridis, low end


def test_a_part_of_a_film_begins_and_ends_where_it_is_asked_to(here):
    film = animator.film("run.h5", from_="step:20", to=60, hold=[(40, "Half"), (90, "never")])
    clock = film.timeline(20.0)
    assert (clock.shown()[0], clock.shown()[-1]) == (20, 60)
    assert (clock.state(0).step, clock.state(clock.frames - 1).step) == (20, 60)
    assert {clock.state(i).caption for i in range(clock.frames)} == {"", "Half"}
    (view,) = film.views()
    assert (view.steps, len(view.loss), len(view.batch_loss)) == (60, 61, 60)
    assert view.field.checked.max() == 60
    assert film.cut().at == 60
    np.testing.assert_array_equal(view.loss, animator.load("run.h5").loss[:61])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"to": "step:101"},
            "The film cannot show step:101: its run has 100 steps. Give a step up to step:100.",
        ),
        (
            {"from_": "step:50", "to": "step:50"},
            "The film cannot go from step 50 to step 50: nothing is between them. Give an end after the "
            "beginning, such as --from step:0 --to step:1.",
        ),
        (
            {"at": 101, "slice": "static"},
            "The surface cannot be cut through step 101: the film's run has 100 steps. Give a step up to "
            "100, such as --at 100.",
        ),
        (
            {"length": 3},
            "A film has no setting called 'length'. That is seconds=. Known: "
            + " ".join(part for part in FilmDesign.__dataclass_fields__ if part != "_")
            + ".",
        ),
    ],
)
def test_what_a_recording_cannot_show_is_one_sentence(here, settings, sentence):
    with pytest.raises(AnimatorError) as caught:
        animator.film("run.h5", **settings).timeline(30.0)
    assert str(caught.value) == sentence


def test_epochs_are_counted_as_on_screen(here):
    """Ten updates in each of five epochs: the second goes from step 10 to step 20."""
    rows = np.linspace(1.0, 0.0, 51)[:, None] * [[1.0, 2.0]]
    with animator.StepWriter("e.h5", rows[0]) as writer:
        for k, row in enumerate(rows[1:]):
            writer.step(row, 1.0, epoch=k // 10)
    film = animator.film("e.h5", loss=lambda w: (w**2).sum(axis=1), from_="epoch:2", to="epoch:2")
    assert film.span == (10, 20)
    with pytest.raises(
        AnimatorError,
        match=r"^The film cannot show epoch:6: epochs of its run are "
        r"counted from 1",
    ):
        film.redesigned(to="epoch:6").timeline(30.0)


def test_a_scene_has_the_same_fields(here):
    scene = Scene(
        "Mine",
        (Descent("himmelblau", (-1, -1), steps=30),),
        layout="surface loss",
        seconds=2,
        hold=(3, "Look"),
        window=(-5, 5, -5, 5),
        pacing=Pacing(events=(Event(8, "told"),)),
        captions=False,
    )
    film = animator.film(scene, size="320x180")
    assert film.design.layout == (("surface", "loss"),)
    clock = film.timeline(20.0)
    assert clock.seconds == 2.0
    assert [event.caption for event in clock.pacing.named] == ["Look"]
    (saved,) = film.save("mine.png")
    assert (saved.width, saved.height) == (320, 180)
    assert Image.open("mine.png").size == (320, 180)


def test_nothing_stands_above_where_nothing_is_asked_for(here):
    film = animator.film("run.h5", title="none", caption="none")
    assert (film.design.title, film.under_title(film.views())) == ("", "")


def test_several_recordings_are_a_race(here):
    animator.descend(BOWL, start=(2, 1, -1), optimizer="adam", steps=40, path="other.h5")
    film = animator.film(["run.h5", animator.load("other.h5")], plane="pca", resolution=21)
    assert (film.design.names, film.design.title) == (("run", "other"), "run and other")
    views = film.views()
    assert [view.name for view in views] == ["run", "other"]
    assert views[0].window.extent == views[1].window.extent
    assert film.command == "animator.film(['run.h5', 'other.h5'], plane='pca', resolution=21)"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            5,
            "animator.film cannot show int: it takes a recording, its path, its Recorder, several of "
            "these, or "
            "a Scene. Use for example animator.film('run.h5').",
        ),
        ([], "film([]) has no recordings to show. Give it paths: animator.film(['run.h5'])."),
    ],
)
def test_what_is_no_film_is_one_sentence(source, sentence):
    with pytest.raises(AnimatorError) as caught:
        animator.film(source)
    assert str(caught.value) == sentence


def test_a_bundled_scene_by_its_name():
    scene = animator.scene("ravine", kappa=50)
    assert scene.origin["scene"] == "ravine"
    assert scene.origin["parameters"] == {"kappa": 50.0, "epochs": 45, "start": (-2.0, 1.6)}
    assert scene.description.startswith("Gradient descent against momentum")
    with pytest.raises(
        AnimatorError, match=r"^Scene 'ravine' has no parameter 'kapa'\. Did you mean 'kappa'\?"
    ):
        animator.scene("ravine", kapa=5)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "--levels many",
            "--levels many cannot be: it must be a whole number from 2 to 60. Use for example --levels 12.",
        ),
        (
            "--hold 42",
            "--hold 42 cannot be: it must be a step and its words, or several of these. Use for example "
            "--hold 42 'Here it turns'.",
        ),
        (
            "--layout surfac",
            "No panel is called 'surfac'.",
        ),
    ],
)
def test_an_option_that_cannot_be_is_one_sentence(here, capsys, words, sentence):
    done = run(capsys, "render", "run.h5", *words.split(), "-o", "a.png")
    assert done.code == 2 and done.err.startswith(f"animator: {sentence}")
    assert not (here / "a.png").exists()


def test_what_is_nothing_to_train_is_told_at_once():
    for runs in ((object(),), "neuron"):
        with pytest.raises(
            AnimatorError, match=r"^Scene 'A' has .* among its runs, which is nothing to train\."
        ):
            Scene("A", runs)
    with pytest.raises(AnimatorError) as caught:
        Experiment(model=5, data=dict)
    assert str(caught.value) == (
        "Experiment's model cannot be int: it must be a function that returns a compiled model, so that "
        "it is "
        "called only when it must be trained. Write model=lambda: ..."
    )
    with pytest.raises(
        AnimatorError, match=r"^Experiment's epochs cannot be 1\.5: it must be a whole number"
    ):
        Experiment(model=dict, data=dict, epochs=1.5)
    with pytest.raises(AnimatorError, match=r"^play=fast seconds cannot be shown"):
        Pacing(play="fast")


def test_what_a_style_sheet_asks_for_in_vain_is_said(here):
    (here / "mine.mplstyle").write_text("font.size: 20\nlines.linewidth: 4\nimage.cmap: magma\n")
    film = animator.film("run.h5", style="mine.mplstyle", layout="loss")
    assert film.warnings()[0] == (
        "the style sheet 'mine' sets font.size and lines.linewidth, too, which films do not follow: they "
        "take "
        "its colours."
    )


@pytest.mark.parametrize("name", scene_files.names())
def test_a_layout_takes_the_place_of_a_scenes_own_with_its_widths_and_heights(name):
    scene = animator.scene(name)
    made = settled(scene, {"layout": (("loss",),)}, 1)
    assert (made.layout, made.widths, made.heights) == ((("loss",),), (), ())
    kept = settled(scene, {"layout": scene.layout}, 1)
    assert (kept.widths, kept.heights) == (scene.widths, scene.heights)
    own = settled(scene, {"layout": (("loss", "weights"),), "widths": (2, 1)}, 1)
    assert (own.widths, own.heights) == ((2, 1), ())
