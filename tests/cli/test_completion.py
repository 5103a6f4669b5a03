"""What a shell is offered: commands, scenes, parameters, their values and those of options; and examples in
help.
"""

import shlex

import pytest
import typer

from animator.cli import app
from animator.cli.examples import EXAMPLES
from tests.running import run

GROUP = typer.main.get_command(app.app)
OFFERED = [
    ("re", ["render", "record"]),
    ("render rav", ["ravine"]),
    ("render neuron l", ["learning_rate="]),
    ("render neuron seed=3 s", ["start="]),
    ("render neuron optimizer=", ["optimizer=sgd", "optimizer=momentum", "optimizer=adam"]),
    ("render neuron use_bias=t", ["use_bias=true"]),
    ("sweep ravine k", ["kappa="]),
    ("render neuron --plane p", ["pca"]),
    ("render neuron --style li", ["light"]),
    ("render neuron --quality 1", ["1080p"]),
    ("render neuron --title-", []),
    ("render neuron --wi", ["--widths", "--window"]),
    ("new mine --from or", ["orbit"]),
]


@pytest.mark.parametrize(("typed", "offered"), OFFERED)
def test_a_shell_is_offered_what_goes_on(capsys, monkeypatch, typed, offered):
    """As fish asks for it; every line begins with a word."""
    *_, last = typed.split(" ")
    monkeypatch.setenv("_ANIMATOR_COMPLETE", "complete_fish")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", f"animator {typed}")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    words = [line.partition("\t")[0] for line in run(capsys).out.splitlines()]
    assert [word for word in words if word.startswith(last)] == offered


def test_each_help_has_examples_of_its_command(capsys):
    assert EXAMPLES.keys() == GROUP.commands.keys()
    for name, lines in EXAMPLES.items():
        assert all(shlex.split(line)[:2] == ["animator", name] for line in lines)
        short, long = run(capsys, name, "-h"), run(capsys, name, "--help")
        assert short == long and short.code == 0
        assert all(f"    {line}\n" in short.out for line in lines)


def test_examples_name_options_that_there_are():
    for name, lines in EXAMPLES.items():
        known = {flag for part in GROUP.commands[name].params for flag in part.opts}
        used = {word for line in lines for word in shlex.split(line) if word.startswith("-")}
        assert used <= known
