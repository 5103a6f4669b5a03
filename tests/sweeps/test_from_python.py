"""`animator.sweep`: the same plan as the command makes; what cannot be is told before anything is trained."""

import numpy as np
import pytest

import animator
from animator import AnimatorError
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
