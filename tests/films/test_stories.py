"""The captions of the bundled films are true of the very run that is shown, whatever its parameters.

Runs of scenes with two weights are made anew here as descents on their loss, which takes no Keras; those that
tests/design/test_scene_files.py trains are held to the same claims.
"""

from collections.abc import Sequence

import numpy as np
import pytest

import animator
from animator.design import scene_files
from animator.design.film_design import FilmDesign
from animator.design.moments import told
from tests.films import claims
from tests.films.stories import checked

BOWL = "((x - 1)**2 + {kappa}*(y - 1)**2) / 2"
THREE = "((x - 1)**2 + (y - 2)**2 + (x + y - 3)**2) / 3"
TURNED = "((cos(t)*(x - 1) + sin(t)*(y - 1))**2 + 12*(cos(t)*(y - 1) - sin(t)*(x - 1))**2) / 2".replace(
    "t)", f"{float(np.deg2rad(25))!r})"
)
SATURATED = "((tanh(x) - tanh(1))**2 + (tanh(y) + tanh(0.5))**2) / 2 + 0.09"
HIDDEN = "+".join(f"(y*tanh({x:.1f}*x) - {np.tanh(1.5 * x):.9f})**2" for x in np.linspace(-2, 2, 9))
STARTS = ((0.0, 0.4), (-1.7, 1.8), (-3.2, 3.4))

Run = tuple[str, tuple[float, float], str, float, int]


def rates(*values: float, start: tuple[float, float] = (-1.0, 0.5)) -> list[Run]:
    """Learning rates on the bowl of the scene."""
    return [(THREE, start, "sgd", value, 40) for value in values]


def race(rate: float, kappa: float = 25.0, count: int = 3) -> list[Run]:
    """The first `count` of five optimizers on a bowl."""
    own = {"sgd": kappa, "rmsprop": 12.0, "adam": 10.0}
    kinds = ("sgd", "momentum(momentum=0.85)", "adam", "nesterov(momentum=0.85)", "rmsprop")[:count]
    return [(BOWL.format(kappa=kappa), (-1.5, 0.2), kind, rate / own.get(kind, kappa), 60) for kind in kinds]


def ravine(kappa: float) -> list[Run]:
    """Descent and momentum, each at its best."""
    root = kappa**0.5
    kinds = (
        ("sgd", 2 / (1 + kappa)),
        (f"momentum(momentum={((root - 1) / (root + 1)) ** 2})", (2 / (1 + root)) ** 2),
    )
    return [(BOWL.format(kappa=kappa), (-2.0, 1.6), kind, rate, 60) for kind, rate in kinds]


def ball(momentum: float, rate: float = 0.04) -> list[Run]:
    """One ball in the turned bowl."""
    kind = f"momentum(momentum={momentum})" if momentum else "sgd"
    return [(TURNED, (-2.0, 2.0), kind, rate, 50)]


def begun(large: float, glorot: tuple[float, float], rate: float = 0.3) -> list[Run]:
    """The hidden neuron from three starts."""
    starts = ((0.0, 0.0), (large, large), glorot)
    return [(f"({HIDDEN})/9", start, "sgd", rate, 150) for start in starts]


TWINS: Sequence[tuple[str, str, list[Run], int]] = (
    ("learning-rates", "", rates(0.04, 0.5, 0.9, 1.06), 5),
    ("learning-rates", "edge=0.98", rates(0.04, 0.5, 0.98, 1.06), 5),
    ("learning-rates", "right=2", rates(0.04, 2.0, 0.9, 1.06), 4),
    ("learning-rates", "small=1.06 right=0.3 edge=0.3 diverging=0.1", rates(1.06, 0.3, 0.3, 0.1), 2),
    ("learning-rates", "small=2 right=2 edge=2 diverging=2", rates(2.0, 2.0, 2.0, 2.0), 2),
    ("optimizers", "", race(0.8), 5),
    ("optimizers", "five=1", race(0.8, count=5), 5),
    ("optimizers", "learning_rate=1.9", race(1.9), 3),
    ("optimizers", "kappa=1", race(0.8, 1.0), 2),
    ("ravine", "", ravine(30.0), 5),
    ("ravine", "kappa=2", ravine(2.0), 3),
    ("ravine", "kappa=900", ravine(900.0), 2),
    ("momentum", "", ball(0.85), 4),
    ("momentum", "momentum=0", ball(0.0), 2),
    ("momentum", "momentum=0.99", ball(0.99), 2),
    ("momentum", "learning_rate=1", ball(0.85, 1.0), 2),
    ("plateau", "", [(SATURATED, start, "sgd", 0.5, 60) for start in STARTS], 4),
    ("plateau", "learning_rate=0.001", [(SATURATED, start, "sgd", 0.001, 60) for start in STARTS], 2),
    ("initialization", "", begun(5.0, (1.04, -1.05)), 5),
    ("initialization", "large=0.5", begun(0.5, (-1.0, 1.3)), 2),
    ("initialization", "learning_rate=2", begun(5.0, (-0.2, 0.9), 2.0), 2),
)


@pytest.mark.parametrize(("name", "words", "runs", "least"), TWINS)
def test_films_of_two_weights_say_what_is_so(name, words, runs, least):
    """As by default, and with parameters that diverge, stall, or bring none of the moments about."""
    values = {key: float(value) for key, value in (word.split("=") for word in words.split())}
    scene = scene_files.bundled(name).function(**values)
    made = [
        animator.descend(f, start=start, optimizer=kind, learning_rate=rate, steps=steps)
        for f, start, kind, rate, steps in runs
    ]
    events = told(scene.moments, made)
    assert len(events) >= least, [event.caption for event in events]
    for event in events:
        assert claims.holds(made, event.step, event.caption), event


@pytest.mark.parametrize(
    ("f", "start", "rate", "steps", "said"),
    [
        ("rosenbrock", (-1.5, 1.0), 0.001, 300, 2),  # into the valley, and along it
        ("(1 - x*y)**2", (1.3, -1.298), 0.05, 110, 3),  # a saddle, which is left
        ("x**2 + y**2", (1.0, 1.0), 0.1, 60, 1),  # as fast all along
        ("x**2 + y**2", (1.0, 1.0), 1.01, 60, 1),  # it rises
        ("x**2 + y**2", (1.0, 1.0), 0.1, 20, 0),  # seen whole at once
    ],
)
def test_a_recording_that_no_scene_tells_of_says_what_is_so(f, start, rate, steps, said):
    """The fastest fall, the plateau that was left, and the end; without captions it is as it was."""
    run = animator.descend(f, start=start, optimizer="sgd", learning_rate=rate, steps=steps)
    events = animator.film(run).timeline(30).pacing.named
    assert len(events) == said
    for event in events:
        assert claims.holds([run], event.step, event.caption), event
    assert animator.film(run, captions=False).timeline(30).pacing == FilmDesign().pacing


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("height", "said"),
    [
        (lambda rows: -((rows - 3) ** 2).sum(axis=1), 1),  # from -18 to -17: it rises, and has no shares
        (lambda rows: 0 * rows[:, 0], 0),
        (lambda rows: np.where(rows[:, 0] > 1, 0.0, 1.0), 2),  # a plateau, then nothing is left
        (lambda rows: np.where(rows[:, 0] > 1, np.inf, 1.0), 0),  # the film says elsewhere where it broke
        (lambda rows: np.full(len(rows), np.nan), 0),
    ],
)
def test_losses_without_shares_are_told_of_without_a_warning(tmp_path, height, said):
    weights = np.stack([np.linspace(0, 2, 61), np.linspace(0, -1, 61)], axis=1)
    with animator.recording(tmp_path / "a.h5", weights=weights, loss=height) as run:
        film = animator.film(run)
        events = film.timeline(30).pacing.named
        assert len(events) == said
        for event in events:
            assert claims.holds([run], event.step, event.caption), event
        assert film.frame(30, (320, 180)).shape == (180, 320, 4)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("valley", ""),
        ("valley", "rate=0.1 steps=100"),
        ("valley", "rate=1.5"),
        ("valley", "runners=8"),
        ("valley", "runners=2"),
        ("beale", ""),
        ("beale", "rate=3"),
        ("beale", "runners=5"),
        ("beale", "runners=2"),
        ("escape", ""),
        ("escape", "offset=0.4"),
        ("escape", "noise=3"),
        ("escape", "steps=90"),
        ("four-valleys", ""),
        ("four-valleys", "learning_rate=0.03 across=4"),
        ("four-valleys", "optimizer=adam across=4"),
        ("saddle", ""),
        ("saddle", "start=1.3,-1.3"),
        ("saddle", "start=1.3,-0.8"),
        ("schedule", ""),
        ("schedule", "noise=0 rate=1"),
        ("schedule", "noise=4 steps=60"),
        ("schedule", "seed=7 steps=240"),
        ("function", ""),
        ("function", "f=saddle"),
        ("function", "f=himmelblau starts=9"),
    ],
)
def test_films_of_functions_say_what_is_so(name, words):
    """By default they have an intro and two moments or more."""
    assert checked(name, words) >= (1 if words else 3)
