"""Columns: what the films of a gallery are sorted, filtered and told apart by.

In: the cells of a manifest. Out: a Column for every parameter, result and cost that any of them has, each
with a value and a text for every cell. Values are for comparing, texts for reading; JSON holds both.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from animator.core.formatting import number
from animator.core.language import Said, digits, shown
from animator.sweeps.folder.manifest import Cell, Manifest

RESULTS: Mapping[str, str] = {
    "final_loss": Said("loss at the end"),
    "best_loss": Said("best loss"),
    "initial_loss": Said("loss at the start"),
    "final_test_loss": Said("test loss at the end"),
    "initial_test_loss": Said("test loss at the start"),
    "steps_to_half": Said("steps to 1/2 of the loss"),
    "steps_to_tenth": Said("steps to 1/10 of the loss"),
    "steps_to_hundredth": Said("steps to 1/100 of the loss"),
    "steps": Said("steps"),
    "not_finite_at": Said("not finite at step"),
    "left_window_at": Said("leaves the window at step"),
    "max_abs_error": Said("height off by at most"),
    "explained_variance": Said("variance the plane holds"),
}
SECONDS: Mapping[str, str] = {
    "record": Said("seconds to record"),
    "surface": Said("seconds for the surface"),
    "draw_and_encode": Said("seconds to draw and encode"),
}
BYTES: Mapping[str, str] = {"film": Said("bytes of the film"), "recording": Said("bytes of the recording")}
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
    for places in range(4, 18):
        texts = [f"{value:.{places}g}".replace("e-0", "e-").replace("e+0", "e") for value in values]
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
        return "" if value is None else digits(texts[value]) if isinstance(value, float) else str(value)

    return Column(name, name, "parameter", _numeric(values), tuple(values), tuple(map(text, values)))


def _result(name: str, label: str | None, found: Sequence[object]) -> Column:
    values = [plain(value) for value in found]
    said = shown(label) if label else name.replace("_", " ")
    return Column(name, said, "result", _numeric(values), tuple(values), tuple(map(_text, values)))


def _text(value: Value) -> str:
    """A result as it is read."""
    if isinstance(value, float):
        return number(value)
    return digits(f"{value:,}") if isinstance(value, int) else value or ""


def _cost(label: str, found: Sequence[object]) -> Column:
    column = _result(label, label, found)
    return Column(column.name, shown(label), "cost", column.numeric, column.values, column.texts)
