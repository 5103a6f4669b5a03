"""What varies in a sweep: lists and functions as NumPy means them, products, zips, and rows of a CSV file."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pytest
from pydantic import Field

from animator.core.errors import AnimatorError
from animator.design import parameters
from animator.sweeps.plan import cell_names
from animator.sweeps.plan.axes import Grid, grid


def scene(
    rate: Annotated[float, Field(gt=0)] = 0.5,
    optimizer: Literal["sgd", "adam"] = "sgd",
    seed: int = 0,
    bias: bool = True,
    note: str = "",
) -> None:
    """The signature of a scene."""


KNOWN = parameters.of(scene)


def made(*words: str, zipped: bool = False, rows: Path | None = None) -> Grid:
    """The grid of `words`."""
    return grid("line", KNOWN, words, zipped, rows)


def refused(*words: str, zipped: bool = False, rows: Path | None = None) -> str:
    """The sentence about `words`."""
    with pytest.raises(AnimatorError) as caught:
        made(*words, zipped=zipped, rows=rows)
    return str(caught.value)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rate=0.1,0.2,5", (0.1, 0.2, 5.0)),
        ("rate=linspace(0.5,2,4)", tuple(np.linspace(0.5, 2, 4).tolist())),
        ("rate=geomspace(0.01,10,25)", tuple(np.geomspace(0.01, 10, 25).tolist())),
        ("rate=geomspace(1e-200,1e200,5)", (1e-200, 1e-100, 1.0, 1e100, 1e200)),
        ("rate=geomspace(1e-300,1e-200,3)", tuple(np.geomspace(1e-300, 1e-200, 3).tolist())),
        ("rate=range(1,4)", (1.0, 2.0, 3.0)),
        ("seed=range(3)", (0, 1, 2)),
        ("seed=range(0,4)", (0, 1, 2, 3)),
        ("seed=range(10, 0, -4)", (10, 6, 2)),
        ("seed=range(0,1)", (0,)),
        ("seed=linspace(0,8,3)", (0, 4, 8)),
        ("seed=7,range(0,2),linspace(5,6,2)", (7, 0, 1, 5, 6)),
        ("optimizer=sgd,adam", ("sgd", "adam")),
        ("bias=true,false", (True, False)),
        ("note=f(1,2),b", ("f(1,2)", "b")),
    ],
)
def test_an_axis_has_the_values_that_numpy_means(word, expected):
    (axis,) = made(word).axes
    assert axis.values == expected
    assert [type(value) for value in axis.values] == [type(value) for value in expected]


def test_the_first_axis_goes_slowest_and_fixed_values_do_not_vary():
    found = made("seed=1,2", "bias=false", "optimizer=sgd,adam")
    assert [tuple(cell.items()) for cell in found.cells] == [
        (("seed", "1"), ("optimizer", "sgd")),
        (("seed", "1"), ("optimizer", "adam")),
        (("seed", "2"), ("optimizer", "sgd")),
        (("seed", "2"), ("optimizer", "adam")),
    ]
    assert found.fixed == {"bias": "false"}
    assert found.kind == "product"


def test_zip_takes_values_in_step():
    found = made("rate=0.1,0.1,0.2", "seed=range(0,3)", zipped=True)
    assert [(cell["rate"], cell["seed"]) for cell in found.cells] == [
        ("0.1", "0"),
        ("0.1", "1"),
        ("0.2", "2"),
    ]
    assert [axis.values for axis in found.axes] == [(0.1, 0.2), (0, 1, 2)]
    assert found.kind == "zip"


def test_rows_of_a_file_are_cells(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("rate,optimizer\n0.1,adam\n0.2, sgd\n\n", encoding="utf-8-sig")
    found = made("seed=3", rows=path)
    assert [dict(cell) for cell in found.cells] == [
        {"rate": "0.1", "optimizer": "adam"},
        {"rate": "0.2", "optimizer": "sgd"},
    ]
    assert (found.kind, found.fixed) == ("rows", {"seed": "3"})


SENTENCES = [
    (
        ("seed=1",),
        "Nothing varies in this sweep of 'line': no parameter has more than one value. Give "
        "one as NAME=V1,V2,..., 'NAME=range(0,4)', 'NAME=linspace(0,1,5)' or "
        "'NAME=geomspace(0.01,10,25)'; one film alone is made by animator render.",
    ),
    (
        ("rate",),
        "'rate' is not a parameter: parameters are NAME=VALUE without spaces. Scene 'line' has: rate "
        "optimizer seed bias note.",
    ),
    (
        ("rats=1,2",),
        "Scene 'line' has no parameter 'rats'. Did you mean 'rate'? It has: rate optimizer seed bias note.",
    ),
    (
        ("rate=0.1,-1",),
        "rate=-1 does not fit scene 'line': input should be greater than 0. Use for example rate=0.5.",
    ),
    (
        ("rate=0.1,,1",),
        "rate=0.1,,1 has an empty value between its commas. Type it as rate=V1,V2,V3 without spaces.",
    ),
    (
        ("rate=0.1,0.2", "rate=0.3"),
        "rate is given twice. Put all its values into one word, such as rate=V1,V2,V3.",
    ),
    (
        ("rate=1,1.0",),
        "Cells 0 and 1 of this sweep are the same (rate=1.0), so one of them says nothing. "
        "Give each value once.",
    ),
    (("rate=1,inf",), "rate=inf is not finite, and no film can be made of it. Give a number."),
    (("rate=inf", "seed=0,1"), "rate=inf is not finite, and no film can be made of it. Give a number."),
    (
        ("rate=0.1,x,0.3",),
        "rate=x does not fit scene 'line': input should be a valid number, unable to parse "
        "string as a number. Use for example rate=0.5.",
    ),
    (
        ("rate=0.1,0.2", "rate=0.3,0.4"),
        "rate is given twice. Put all its values into one word, such as rate=V1,V2,V3.",
    ),
    (("seed=range(0,0)",), "seed=range(0,0) has no values in it. Type for example 'seed=range(0,4)'."),
    (
        ("seed=linspace(0,1,3)",),
        "seed=0.5 does not fit scene 'line': input should be a valid integer, "
        "unable to parse string as an integer. Use for example seed=0.",
    ),
    (("seed=range(4,0)",), "seed=range(4,0) has no values in it. Type for example 'seed=range(0,4)'."),
    (
        ("seed=range(0,1.5)",),
        "seed=range(0,1.5) cannot be: it counts in whole numbers. Type for example 'seed=range(0,4)'.",
    ),
    (
        ("seed=range(0,4,0)",),
        "seed=range(0,4,0) cannot be: range() arg 3 must not be zero. Type for example 'seed=range(0,4)'.",
    ),
    (
        ("rate=geomspace(0,1,3)",),
        "rate=geomspace(0,1,3) cannot be: a and b must be of one sign, and not "
        "0. Type for example 'rate=geomspace(0.01,10,25)'.",
    ),
    (
        ("rate=geomspace(-1,1,3)",),
        "rate=geomspace(-1,1,3) cannot be: a and b must be of one sign, and not "
        "0. Type for example 'rate=geomspace(0.01,10,25)'.",
    ),
    (
        ("rate=linspace(-1e308,1e308,3)",),
        "rate=linspace(-1e308,1e308,3) cannot be: a and b lie so far apart "
        "that the values between them are not finite. Type for example 'rate=linspace(0,1,5)'.",
    ),
    (
        ("rate=linspace(0,1)",),
        "rate=linspace(0,1) cannot be: it takes a, b and the number of values. "
        "Type for example 'rate=linspace(0,1,5)'.",
    ),
    (
        ("rate=linspace(0,1,-2)",),
        "rate=linspace(0,1,-2) cannot be: Number of samples, -2, must be "
        "non-negative. Type for example 'rate=linspace(0,1,5)'.",
    ),
    (
        ("rate=logspace(0,1,3)",),
        "rate=logspace(0,1,3): there is no function 'logspace'. Did you mean "
        "'linspace'? Known: range linspace geomspace.",
    ),
    (
        ("seed=range(0,1000000000)",),
        "This sweep would have 1,000,000,000 values or cells, and 100,000 is the most. Give fewer values.",
    ),
    (
        ("seed=range(0,1000000000000000000000)",),
        "This sweep would have 1,000,000,000,000,000,000,000 values "
        "or cells, and 100,000 is the most. Give fewer values.",
    ),
    (
        ("seed=range(0,1000)", "rate=linspace(1,2,1000)"),
        "This sweep would have 1,000,000 values or cells, and 100,000 is the most. Give fewer values.",
    ),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("words", "sentence"), SENTENCES)
def test_what_cannot_be_is_told_in_one_sentence(words, sentence):
    assert refused(*words) == sentence


def test_a_zip_of_different_lengths_is_refused():
    assert refused("rate=1,2", "seed=range(0,3)", zipped=True) == (
        "--zip takes the first values together, then the second ones, and so on, but rate has 2, seed has "
        "3. Give each as many, or leave --zip away for all combinations."
    )


def test_files_that_are_no_rows_are_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("rate,seed\n0.1\n")
    assert refused(rows=path) == (
        f"Row 2 of '{path}' has 1 values, but the first line names 2. Give each row a value for every name."
    )
    assert refused("rate=1,2", rows=path).startswith(
        f"--rows {path} names every cell already, so rate=... has"
    )
    path.write_text("rate,seed\n0.1,1\n")
    path.write_text("rate,seed\n0.1,1\nbad,2\n")
    assert refused(rows=path) == (
        "rate=bad does not fit scene 'line': input should be a valid number, unable to parse string as a "
        "number. Use for example rate=0.5."
    )
    path.write_text("rate,sead\n0.1,1\n")
    assert refused(rows=path).startswith("Scene 'line' has no parameter 'sead'. Did you mean 'seed'?")
    path.write_text("rate,seed\n0.1,1\n")
    assert refused("seed=2", rows=path) == (
        f"seed is a column of '{path}' and is typed as well. Leave one of the two away."
    )
    path.write_text("rate,seed\n")
    assert refused(rows=path).startswith(f"'{path}' has no rows of parameters")
    assert refused(rows=tmp_path / "none.csv").startswith(
        f"The rows in '{tmp_path / 'none.csv'}' cannot be read"
    )


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"learning_rate": 0.1, "optimizer": "adam", "seed": 2},
            "007-learning_rate=0.1-optimizer=adam-seed=2",
        ),
        ({"rate": 0.017782794100389228}, "007-rate=0.0177828"),
        ({"note": "../../x"}, "007-note=.._.._x"),
        ({"note": "<script>alert('ü')</script>"}, "007-note=_script_alert_script"),
        ({"note": "a" * 200}, "007-note=" + "a" * 91),
        ({"bias": True}, "007-bias=true"),
        ({"note": "end."}, "007-note=end"),
    ],
)
def test_names_are_safe_on_every_file_system(parameters, expected):
    assert cell_names.of_cell(7, 300, parameters) == expected
    assert len(expected) <= 100


def test_names_differ_where_case_or_the_rest_of_a_long_name_would_be_lost():
    notes = ["A", "a", "a" * 200, "a" * 201, "nul", "NUL.", "a?", "a*", "ä", "ö", ""]
    found = [cell_names.of_cell(index, 11, {"note": note}) for index, note in enumerate(notes)]
    assert len({name.lower() for name in found}) == 11
    assert all(name[:3].isdigit() and name[-1] not in ". " for name in found)


def test_names_of_scenes_are_safe():
    odd = ("neuron", "..", "../../x", "<script>", "CON", "con.txt", "-f")
    assert [cell_names.safe(text) for text in odd] == [
        "neuron",
        "scene",
        "x",
        "script",
        "_CON",
        "_con.txt",
        "-f",
    ]
    assert cell_names.of_cell(12345, 20000, {}) == "12345"
