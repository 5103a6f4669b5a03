"""results.csv as text: a head and a line for each cell, for people, for programs and for spreadsheets.

Axes and cells go in, lines come out. A text that a spreadsheet would take for a formula begins with an
apostrophe; numbers are never changed. A parameter that is called like one of the columns has "parameter_"
before its name.
"""

import csv
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO

from animator.design.parameters import written
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.run import metrics

SECONDS = ("record", "surface", "draw_and_encode")
FILES = ("recording", "film", "poster")
BEFORE, AFTER = ("index", "name"), ("state", "reason")
REST = (
    *metrics.NAMES,
    *(f"seconds_{name}" for name in SECONDS),
    *(f"bytes_{name}" for name in FILES),
    *FILES,
    "command",
)
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # the wide ones where wide letters are typed


def metrics_of(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Names of the results that the models of `cells` have of their own, such as final_accuracy."""
    named = dict.fromkeys(name for cell in cells for name in cell.results)
    return tuple(name for name in named if name not in metrics.NAMES)


def head(axes: Sequence[str], own: Sequence[str] = ()) -> str:
    """The names of the columns, each another; axes: names of the parameters that vary; own: of
    `metrics_of`.
    """
    taken = {*BEFORE, *AFTER, *REST, *own}
    columns: list[str] = []
    for axis in axes:
        name = axis
        while name in taken:
            name = f"parameter_{name}"
        taken.add(name)
        columns.append(name)
    return _line([*BEFORE, *columns, *AFTER, *REST, *own])


def row(cell: Cell, axes: Sequence[str], own: Sequence[str] = ()) -> str:
    """The line of a cell; own: of `metrics_of`."""
    values: list[object] = [cell.index, cell.name, *(written(cell.parameters[name]) for name in axes)]
    values += [cell.state, cell.reason]
    values += [cell.results.get(name) for name in metrics.NAMES]
    values += [cell.seconds.get(name) for name in SECONDS] + [cell.bytes.get(name) for name in FILES]
    values += [cell.recording, cell.film, cell.poster, cell.command]
    return _line([*values, *(cell.results.get(name) for name in own)])


def harmless(value: object) -> object:
    """`value`, with an apostrophe before a text that a spreadsheet would take for a formula."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    with suppress(ValueError):
        float(value)
        return value
    return f"'{value}"


def _line(values: Sequence[object]) -> str:
    text = StringIO()
    csv.writer(text).writerow([harmless(value) for value in values])
    return text.getvalue()
