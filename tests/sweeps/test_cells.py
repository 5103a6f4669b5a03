"""What tells the cells of a sweep apart: words under titles, results of the models' own, the order of
figures.
"""

from dataclasses import replace

import numpy as np

import animator
from animator import Descent, Scene
from animator.films.build import of_cell
from animator.sweeps.folder import table
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.run import metrics


def test_a_film_says_first_which_cell_it_is():
    scene = Scene("A", (Descent("sphere", (1, 1)),), caption="One start.")
    assert of_cell(scene, {}, "light", "rate 0.1, seed 3").caption == "rate 0.1, seed 3. One start."
    assert of_cell(scene, {}, "light", "").caption == "One start."
    assert of_cell(replace(scene, caption="none"), {}, "light", "rate 3").caption == "rate 3."
    assert of_cell(scene, {}, "light", "").style == "light"


def test_the_models_metrics_are_results(tmp_path):
    """As they were reported last; those that animator computes keep their names."""
    with animator.StepWriter(tmp_path / "a.h5", [1.0, 1.0]) as writer:
        for accuracy in (0.25, 0.5, 0.75):
            writer.step([0.5, 0.5], 1.0, accuracy=accuracy, loss=2.0)
    with animator.load(tmp_path / "a.h5") as run:
        found = metrics.of_run(run)
    assert found["final_accuracy"] == 0.75 and np.isnan(float(found["final_loss"] or "nan"))
    assert found.keys() - set(metrics.NAMES) == {"final_accuracy"}


def test_the_table_has_a_column_for_each_of_them():
    made = Cell(index=0, name="a", state="done", parameters={"rate": 1}, command="", results={"steps": 2})
    other = replace(made, index=1, results={"steps": 3, "final_accuracy": 0.5, "final_mae": 1.5})
    own = table.metrics_of((made, other))
    assert own == ("final_accuracy", "final_mae")
    lines = [table.head(["rate"], own), *(table.row(cell, ["rate"], own) for cell in (made, other))]
    head, *rows = (line.strip().split(",") for line in lines)
    assert head[-2:] == ["final_accuracy", "final_mae"]
    assert [row[-2:] for row in rows] == [["", ""], ["0.5", "1.5"]]
    assert {len(row) for row in rows} == {len(head)}
