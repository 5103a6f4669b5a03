"""What varies in a sweep: NAME=V1,V2,..., range(a,b[,step]), linspace(a,b,n) and geomspace(a,b,n), as NumPy
means them, or the rows of a CSV file.

Typed words go in; a Grid comes out: the axes with their values, and the words of every cell. Every value has
been read as the scene's parameter. Values stay text on the way, so that each cell's command is what a user
would type.
"""

import csv
import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError, nearest
from animator.design import parameters
from animator.design.parameters import Parameter
from animator.sweeps.folder.manifest import Axis, Kind

MOST = 100_000
_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Grid:
    """kind: how cells are made of axes. fixed: name -> text of what does not vary. cells: name -> text of
    what does, for each cell in order.
    """

    kind: Kind
    axes: tuple[Axis, ...]
    fixed: Mapping[str, str]
    cells: tuple[Mapping[str, str], ...]


def grid(
    scene: str,
    known: Sequence[Parameter],
    words: Sequence[str],
    zipped: bool = False,
    rows: Path | None = None,
) -> Grid:
    """The Grid of typed words; AnimatorError when a word, a value or the way they go together cannot be."""
    varying, fixed = _words(scene, known, words)
    if rows is not None:
        return _of_rows(scene, known, varying, fixed, zipped, rows)
    if not varying:
        raise AnimatorError(
            f"Nothing varies in this sweep of '{scene}': no parameter has more than one value. Give one as "
            "NAME=V1,V2,..., 'NAME=range(0,4)', 'NAME=linspace(0,1,5)' or 'NAME=geomspace(0.01,10,25)'; one "
            "film alone is made by animator render."
        )
    if zipped:
        _same_lengths(varying)
    else:
        _few(math.prod(len(texts) for texts in varying.values()))
    joined = zip(*varying.values(), strict=True) if zipped else itertools.product(*varying.values())
    cells = [dict(zip(varying, values, strict=True)) for values in joined]
    return _made(scene, known, "zip" if zipped else "product", fixed, cells)


def _words(
    scene: str, known: Sequence[Parameter], words: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """name -> texts of parameters that vary, and name -> text of those that do not."""
    varying: dict[str, list[str]] = {}
    fixed: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            parameters.parse(scene, known, [word])
        if name in varying or name in fixed:
            raise AnimatorError(
                f"{name} is given twice. Put all its values into one word, such as {name}=V1,V2,V3."
            )
        texts, varies = values(name, text)
        parameters.check(scene, known, {name: texts[0]})
        if varies:
            varying[name] = texts
        else:
            fixed[name] = texts[0]
    read = parameters.check(scene, known, fixed)
    for name, text in fixed.items():
        _finite(name, text, read[name])
    return varying, fixed


def _finite(name: str, text: str, value: object) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise AnimatorError(f"{name}={text} is not finite, and no film can be made of it. Give a number.")


def values(name: str, text: str) -> tuple[list[str], bool]:
    """The texts that `text` stands for, and whether it is an axis (a list or a function), not one value."""
    typed = _parted(text)
    values_read: list[str] = []
    called = False
    for word in typed:
        call = _CALL.fullmatch(word)
        if call and call[1] in FUNCTIONS:
            called = True
            values_read += _called(name, word, call[1], call[2])
        elif call and nearest(call[1], FUNCTIONS):
            raise AnimatorError(
                f"{name}={text}: there is no function {call[1]!r}. {nearest(call[1], FUNCTIONS)}"
                f"Known: {' '.join(FUNCTIONS)}."
            )
        elif not word and len(typed) > 1:
            raise AnimatorError(
                f"{name}={text} has an empty value between its commas. Type it as {name}=V1,V2,V3 without "
                "spaces."
            )
        else:
            values_read.append(word)
        _few(len(values_read))
    return values_read, called or len(typed) > 1


def _parted(text: str) -> list[str]:
    """`text` at the commas that stand in no parentheses."""
    parts = [""]
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _range(*given: str) -> list[str]:
    if not 1 <= len(given) <= 3:
        raise ValueError("it takes a, b and, if you like, a step")
    try:
        whole = [int(part) for part in given]
    except ValueError:
        raise ValueError("it counts in whole numbers") from None
    found = range(*whole)
    _few(max(0, (found.stop - found.start) // found.step))  # len() knows no such long ones
    return [str(value) for value in found]


def _spaced(function: Callable[[float, float, int], Floats]) -> Callable[..., list[str]]:
    def made(*given: str) -> list[str]:
        if len(given) != 3:
            raise ValueError("it takes a, b and the number of values")
        try:
            start, stop, count = float(given[0]), float(given[1]), int(given[2])
        except ValueError:
            raise ValueError("a and b must be numbers, and n a whole number") from None
        if not (math.isfinite(start) and math.isfinite(stop)):
            raise ValueError("a and b must be finite")
        if function is np.geomspace and (not start or not stop or (start < 0) != (stop < 0)):
            raise ValueError("a and b must be of one sign, and not 0")
        _few(count)
        with np.errstate(over="ignore", invalid="ignore"):
            found = function(start, stop, count)
        if not np.isfinite(found).all():
            raise ValueError("a and b lie so far apart that the values between them are not finite")
        return [repr(float(value)) for value in found]

    return made


FUNCTIONS: Mapping[str, Callable[..., list[str]]] = {
    "range": _range,
    "linspace": _spaced(np.linspace),
    "geomspace": _spaced(np.geomspace),
}
EXAMPLES = {"range": "range(0,4)", "linspace": "linspace(0,1,5)", "geomspace": "geomspace(0.01,10,25)"}


def _called(name: str, part: str, function: str, given: str) -> list[str]:
    try:
        numbers = FUNCTIONS[function](*(word.strip() for word in given.split(",")))
    except AnimatorError:
        raise
    except ValueError as error:
        raise AnimatorError(
            f"{name}={part} cannot be: {str(error).rstrip('.')}. Type for example "
            f"'{name}={EXAMPLES[function]}'."
        ) from error
    if not numbers:
        raise AnimatorError(
            f"{name}={part} has no values in it. Type for example '{name}={EXAMPLES[function]}'."
        )
    return numbers


def _few(count: int) -> None:
    if count > MOST:
        raise AnimatorError(
            f"This sweep would have {count:,} values or cells, and {MOST:,} is the most. Give fewer values."
        )


def _same_lengths(varying: Mapping[str, Sequence[str]]) -> None:
    if len({len(texts) for texts in varying.values()}) > 1:
        counts = ", ".join(f"{name} has {len(texts)}" for name, texts in varying.items())
        raise AnimatorError(
            f"--zip takes the first values together, then the second ones, and so on, but {counts}. Give "
            "each as many, or leave --zip away for all combinations."
        )


def _of_rows(
    scene: str,
    known: Sequence[Parameter],
    varying: Mapping[str, object],
    fixed: dict[str, str],
    zipped: bool,
    path: Path,
) -> Grid:
    """The Grid whose cells are the rows of a CSV file with parameters' names on top."""
    if varying or zipped:
        word = "--zip" if zipped else f"{next(iter(varying))}=..."
        raise AnimatorError(
            f"--rows {path} names every cell already, so {word} has no place beside it. Put those values "
            "into the file, or leave --rows away."
        )
    names, cells = _read_rows(path)
    for name in names:
        if name in fixed:
            raise AnimatorError(
                f"{name} is a column of '{path}' and is typed as well. Leave one of the two away."
            )
    return _made(scene, known, "rows", fixed, cells)


def _read_rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [[entry.strip() for entry in line] for line in csv.reader(file) if any(line)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AnimatorError(
            f"The rows in '{path}' cannot be read: {reason}. Give --rows a CSV file in UTF-8 with the names "
            "of parameters in its first line."
        ) from error
    if len(lines) < 2 or len(set(lines[0])) != len(lines[0]):
        raise AnimatorError(
            f"'{path}' has no rows of parameters: its first line must name each parameter once, and a line "
            "must follow for each cell."
        )
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(lines[0]):
            raise AnimatorError(
                f"Row {number} of '{path}' has {len(line)} values, but the first line names {len(lines[0])}. "
                "Give each row a value for every name."
            )
    _few(len(lines) - 1)
    return lines[0], [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def _made(
    scene: str,
    known: Sequence[Parameter],
    kind: Kind,
    fixed: Mapping[str, str],
    cells: Sequence[Mapping[str, str]],
) -> Grid:
    """The Grid of `cells`, after every value was read as its parameter's, and no two cells are the same."""
    meant = {
        name: {
            text: parameters.check(scene, known, {name: text})[name]
            for text in dict.fromkeys(cell[name] for cell in cells)
        }
        for name in cells[0]
    }
    for name, read in meant.items():
        for text, value in read.items():
            _finite(name, text, value)
    seen: dict[tuple[object, ...], int] = {}
    for index, cell in enumerate(cells):
        first = seen.setdefault(tuple(meant[name][text] for name, text in cell.items()), index)
        if first != index:
            said = " ".join(f"{name}={text}" for name, text in cell.items())
            raise AnimatorError(
                f"Cells {first} and {index} of this sweep are the same ({said}), so one of them says "
                "nothing. Give each value once."
            )
    axes = tuple(Axis(name, tuple(dict.fromkeys(read.values()))) for name, read in meant.items())
    return Grid(kind, axes, fixed, tuple(cells))
