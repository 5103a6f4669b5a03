"""Columns: what the films of a gallery are sorted, filtered and told apart by.

In: the cells of a manifest. Out: a Column for every parameter, result and cost that any of them has, each
with a value and a text for every cell. Values are for comparing, texts for reading; JSON holds both.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from animator.core.formatting import number
from animator.sweeps.folder.manifest import Cell, Manifest

RESULTS: Mapping[str, str] = {
    "final_loss": "loss at the end",
    "best_loss": "best loss",
    "initial_loss": "loss at the start",
    "final_test_loss": "test loss at the end",
    "initial_test_loss": "test loss at the start",
    "steps_to_half": "steps to 1/2 of the loss",
    "steps_to_tenth": "steps to 1/10 of the loss",
    "steps_to_hundredth": "steps to 1/100 of the loss",
    "steps": "steps",
    "not_finite_at": "not finite at step",
    "left_window_at": "leaves the window at step",
    "max_abs_error": "height off by at most",
    "explained_variance": "variance the plane holds",
}
SECONDS: Mapping[str, str] = {
    "record": "seconds to record",
    "surface": "seconds for the surface",
    "draw_and_encode": "seconds to draw and encode",
}
BYTES: Mapping[str, str] = {"film": "bytes of the film", "recording": "bytes of the recording"}
Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that cells differ in. group: parameter, result or cost; values, texts: one a cell, in order.

    numeric: whether every value is a number or None; then it sorts by size, else by alphabet.
    """

    name: str
    label: str
    group: str
    numeric: bool
    values: tuple[Value, ...]
    texts: tuple[str, ...]


def columns(manifest: Manifest) -> list[Column]:
    """Swept parameters in the order of the axes, then results, then costs; what no cell has is left out."""
    cells = manifest.cells
    swept = _names([axis.name for axis in manifest.axes], [cell.parameters for cell in cells])
    results = _names(list(RESULTS), [cell.results for cell in cells])
    found = [_parameter(name, cells) for name in swept]
    found += [_result(name, RESULTS.get(name), [c.results.get(name) for c in cells]) for name in results]
    found += [_cost(label, [cell.seconds.get(name) for cell in cells]) for name, label in SECONDS.items()]
    found += [_cost(label, [cell.bytes.get(name) for cell in cells]) for name, label in BYTES.items()]
    return [column for column in found if any(value is not None for value in column.values)]


def plain(value: object) -> Value:
    """`value` as what JSON and a sort can hold: a finite number, a text, or None."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def shortest(values: Sequence[float]) -> list[str]:
    """Texts with as few significant digits, four or more, as keep different numbers different."""
    for digits in range(4, 18):
        texts = [f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e") for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def _names(first: Sequence[str], found: Sequence[Mapping[str, object]]) -> list[str]:
    """Every name once: those of `first` in that order, then what else is found."""
    return list(dict.fromkeys([*first, *(name for one in found for name in one)]))


def _numeric(values: Sequence[Value]) -> bool:
    return all(value is None or not isinstance(value, str) for value in values)


def _parameter(name: str, cells: Sequence[Cell]) -> Column:
    values = [plain(cell.parameters.get(name)) for cell in cells]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    texts = dict(zip(numbers, shortest(numbers), strict=True)) if numbers else {}

    def text(value: Value) -> str:
        return "" if value is None else texts[value] if isinstance(value, float) else str(value)

    return Column(name, name, "parameter", _numeric(values), tuple(values), tuple(map(text, values)))


def _result(name: str, label: str | None, found: Sequence[object]) -> Column:
    values = [plain(value) for value in found]
    texts = (
        "" if v is None else f"{v:,}" if isinstance(v, int) else v if isinstance(v, str) else number(v)
        for v in values
    )
    return Column(
        name, label or name.replace("_", " "), "result", _numeric(values), tuple(values), tuple(texts)
    )


def _cost(label: str, found: Sequence[object]) -> Column:
    column = _result(label, label, found)
    return Column(column.name, label, "cost", column.numeric, column.values, column.texts)
