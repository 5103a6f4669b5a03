"""`animator.sweep`: the same plan as the command makes; what cannot be is told before anything is trained."""

import numpy as np
import pytest
import typer

import animator
from animator import AnimatorError, Event
from animator.cli import sweep as cli
from animator.cli.app import app
from animator.cli.wish_options import OPTIONS
from animator.core.language import shown
from animator.films import build
from animator.films.wish_words import options
from animator.sweeps.run import run


@pytest.fixture
def asked(monkeypatch):
    """What is handed to the sweep, which is not made: (plan, folder, orders) of each call."""
    calls = []
    monkeypatch.setattr(run, "sweep", lambda made, folder, orders, *_: calls.append((made, folder, orders)))
    return calls


def test_lists_vary_and_values_stay(asked):
    animator.sweep("escape", noise=[0.1, 0.3], seed=np.arange(2), steps=20, size="320x180", jobs=1)
    ((plan, folder, orders),) = asked
    assert [dict(cell.parameters) for cell in plan.cells] == [
        {"noise": noise, "seed": seed} for noise in (0.1, 0.3) for seed in (0, 1)
    ]
    assert dict(plan.fixed) == {"steps": 20}
    assert (plan.look.width, plan.look.height, orders.jobs) == (320, 180, 1)
    assert str(folder) == "output/escape-sweep"
    assert plan.command == "animator.sweep('escape', noise=[0.1, 0.3], seed=[0, 1], steps=20, size='320x180')"


WISHED = {
    "title": "Reihe",
    "lang": "de",
    "captions": True,
    "window": (-2, 2, -1, 1),
    "hold": (3, "Hier"),
    "seconds": 2.5,
    "layout": "race; losses",
}
TYPED = [
    *("--title", "Reihe", "--lang", "de", "--captions", "--window=-2,2,-1,1", "--hold", "3", "Hier"),
    *("--seconds", "2.5", "--layout", "race; losses"),
]


def test_every_wish_of_a_film_is_one_of_a_sweep(asked, monkeypatch, tmp_path):
    """From Python as from the command line: the same look, the same command for a cell alone."""
    monkeypatch.setattr(cli, "report", lambda *_: None)
    monkeypatch.setattr(cli, "exit_code", lambda _: 0)
    animator.sweep("escape", noise=[0.1, 0.3], size="320x180", **WISHED)
    with pytest.raises(SystemExit) as left:
        words = ["sweep", "escape", "noise=0.1,0.3", "--size", "320x180", *TYPED, "-o", str(tmp_path / "a")]
        typer.main.get_command(app)(words)
    assert left.value.code == 0
    (plan, _, _), (typed, _, _) = asked
    assert plan.look == typed.look and plan.look.lang == "de" and plan.look.wishes["captions"] is True
    assert plan.look.wishes["hold"] == (Event(3, "Hier"),)
    assert [cell.command for cell in plan.cells] == [cell.command for cell in typed.cells]
    assert "--lang de" in plan.cells[0].command and "--window=-2,2,-1,1" in plan.cells[0].command
    assert "--captions" in typed.command and "--size 320x180" in typed.command


def test_options_of_render_are_options_of_sweep():
    command = typer.main.get_command(app)
    flags = {
        name: {flag for part in command.commands[name].params for flag in (*part.opts, *part.secondary_opts)}
        for name in ("render", "sweep", "player")
    }
    wishes = {flag for option in OPTIONS for flag in options(option.name)[0].split("/")}
    assert len(wishes) > 25 and all(wishes <= known for known in flags.values())


def test_a_cell_says_which_one_it_is_in_the_language_of_its_film():
    scene = animator.scene("escape")
    cell = build.of_cell(scene, {"lang": "de"}, "light", "noise 0,1")
    with cell.speaking():
        assert shown(cell.caption).startswith("noise 0,1. Ein Start; ")
    assert (cell.captions, cell.style) == (False, "light")
    assert build.of_cell(scene, {"captions": True}, "dark", "").captions
    assert build.of_cell(scene, {"caption": "none"}, "dark", "noise 0.1").is_silent
    assert build.of_cell(scene, {"caption": "Mine."}, "dark", "noise 0.1").caption == "noise 0.1. Mine."


def test_a_scene_keeps_its_parameters(asked):
    animator.sweep(animator.scene("ravine", kappa=50, start=(-1, 2)), epochs=[12, 20], quality="draft")
    ((plan, _, _),) = asked
    assert dict(plan.fixed) == {"kappa": 50.0, "start": (-1.0, 2.0)}
    assert plan.cells[0].command == (
        "animator render ravine kappa=50.0 'start=(-1,2)' epochs=12 -o 000-epochs=12.mp4 --size 640x360"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"jobs": 0}, "jobs=0 cannot be: it must be a whole number from 1 on. Use jobs=2."),
        ({"lang": "it"}, "lang='it' cannot be: there is none such. Known: en de fr es zh. Give for example "
                         "lang='de'."),
        ({"layout": "nonsense"}, "No panel is called 'nonsense'. Known: accuracy activation arrows basins "
                                 "batch card curve examples histogram loss losses network prediction race "
                                 "rate rates schedules sharpness surface surface3d updates weights. A layout "
                                 "is made of these names."),
        ({"moments": ()}, "moments= holds functions, which do not travel to the workers of a sweep. Put them "
                          "into the scene, and use captions=True."),
        ({"format": "avi"}, "--format avi is no format for the films of a sweep. Known: mp4 webm gif."),
        ({"noize": [1]}, "Scene 'escape' has no parameter 'noize'. Did you mean 'noise'? It has: noise "
            "offset "
                         "learning_rate steps seed start."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_once(asked, words, sentence):
    with pytest.raises(AnimatorError) as caught:
        animator.sweep("escape", **{"noise": [0.1, 0.2], **words})
    assert (str(caught.value), asked) == (sentence, [])


def test_a_scene_of_no_file_cannot_be_made_anew(asked):
    scene = animator.Scene("Mine", (animator.Descent("himmelblau", (0, 0)),))
    with pytest.raises(
        AnimatorError, match=r"Give the path of its file: animator\.sweep\('film\.py', \.\.\.\)\.$"
    ):
        animator.sweep(scene, seed=[1, 2])
