"""docs/functions.md names what there is, and docs/contracts.md runs."""

import re
from pathlib import Path

import numpy as np
import pytest

from animator.functions import optimizers, schedules
from animator.functions.expression import CALLABLE
from animator.functions.named import NAMED, Named
from animator.recordings.reader import load

DOCS = Path(__file__).parents[2] / "docs"
FUNCTIONS = (DOCS / "functions.md").read_text(encoding="utf-8")
CONTRACTS = (DOCS / "contracts.md").read_text(encoding="utf-8")


def row(known: Named) -> str:
    """What the table says of a function."""
    x0, x1, y0, y1 = (f"{edge:g}" for edge in known.window)
    minima = " ".join(f"({x:.6g}, {y:.6g})" for x, y in known.minima) or "none"
    formula = known.formula.replace("**", "^")
    return f"| `{known.name}` | {formula} | {x0} to {x1}, {y0} to {y1} | {minima} | {known.source} |"


def test_every_function_is_in_the_table():
    table = re.search(r"<!-- named -->\n(.*?)<!-- /named -->", FUNCTIONS, re.DOTALL)[1]
    assert table.splitlines() == [row(known) for known in NAMED.values()]


def test_what_formulas_optimizers_and_schedules_there_are_is_told():
    assert " ".join(CALLABLE) in FUNCTIONS
    assert [
        name
        for name in (*optimizers.NAMES, *schedules.NAMES)
        if f"`{name}`" not in FUNCTIONS and f'"{name}(' not in FUNCTIONS
    ] == []


def test_the_example_of_a_new_framework_records_the_closed_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """facts: w = (0,0), (2,2.5), ..., and loss_k = (14/3) / 4^k."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", CONTRACTS, re.MULTILINE | re.DOTALL)
    assert len(code.splitlines()) <= 60
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "contracts.md", "exec"), {})
    with load("line.h5") as run:
        expected = [(0, 0), (2, 2.5), (0.75, 1.5), (1.25, 2.125), (0.9375, 1.875), (1.0625, 2.03125)]
        np.testing.assert_allclose(run.weights, expected, atol=1e-6)
        np.testing.assert_allclose(run.loss, 14 / 3 / 4.0 ** np.arange(6), rtol=1e-5)
        np.testing.assert_allclose(run.batch_loss, 14 / 3 / 4.0 ** np.arange(5), rtol=1e-9)
        assert run.parameter_names == ["kernel[0]", "kernel[1]"]
    assert (tmp_path / "line.png").is_file()
