"""The race of a sweep, race.mp4: its runs together on one surface, where they share weights, loss and data.

No more than MOST run together. Each has a name, its swept values, a colour and a dot of its own shape.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from pathlib import Path

from animator.core import strays
from animator.core.color_vision import DEFICIENCIES, apart, contrast
from animator.core.files import replacing
from animator.core.language import Said, speaking
from animator.core.progress import Progress, quiet
from animator.design import style_files
from animator.design.style import Style, rgb
from animator.films.film import Film
from animator.recordings.reader import Recording
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.plan.labels import labels, swept
from animator.sweeps.sheet.pages import Labels
from animator.sweeps.sheet.sheet import scaled

NAME = "race.mp4"
MOST = 12
LAYOUT = (("race", "losses"),)
LINE = (("curve", "losses"),)  # where there is one parameter
FEW = 2  # significant digits of a name
WIDE, LETTER = (63.0, 20.5), 0.68  # em: both panels, the losses without names, a letter of a name
SHARES = (0.25, 0.4, 0.55, 0.7)  # of a style's ink or panel in a blend
VISIBLE = 4.5  # contrast of a name with its panel


def make(
    folder: Path,
    manifest: Manifest,
    films: Mapping[int, Film],
    progress: Progress = quiet,
    size: tuple[int, int] | None = None,
) -> Path | None:
    """Write race.mp4 into `folder`; its path, or None where the runs of `films` cannot race.

    They can when there are 2 to MOST of them, one a cell, of the same variables, layers, loss and data. size:
    (width, height) in pixels, by default the films' shape with 1080 pixels or more on its shorter side.
    """
    if not 2 <= len(films) <= MOST:
        return None
    cells = [(index, films[index]) for index in sorted(films)]
    runs = [run for _, film in cells for run in film.runs]
    if len(runs) != len(cells) or len({kind(run) for run in runs}) != 1:
        return None
    fps = float(manifest.film.get("fps") or 30.0)
    size = size or scaled(manifest, ".mp4")
    path = folder / NAME
    with strays.scratch() as place:
        look = style_for(str(manifest.film.get("style") or "dark"), len(runs), place)
        film = race(manifest, [film for _, film in cells], [index for index, _ in cells], look, progress)
        (saved,) = film.save(place / NAME, size=size, fps=fps)
        with replacing(path) as temporary:
            shutil.copyfile(saved.path, temporary)
    return path


def race(
    manifest: Manifest, films: Sequence[Film], indices: Sequence[int], look: str, progress: Progress = quiet
) -> Film:
    """The film of all runs on one surface; indices: those of the cells that `films` are of."""
    axes, first = swept(manifest), films[0]
    cells = {cell.index: cell for cell in manifest.cells}
    with speaking(manifest.lang):
        names = tuple(_name(labels(cells[index], axes, FEW)) for index in indices)
    losses = min(0.5 * WIDE[0], WIDE[1] + LETTER * max(map(len, names)))
    names_of = [axis.name for axis in axes]
    differs = names_of[0]
    if len(names_of) > 1:
        differs = Said("{some} and {last}", some=", ".join(names_of[:-1]), last=names_of[-1])
    same = Said("Same weights, same data; what differs: {names}.", names=differs)
    if _of_function(first.runs[0]):
        same = Said("The same function; what differs: {names}.", names=differs)
    design = replace(
        first.design,
        title=manifest.title,
        description=manifest.description,
        caption=same,
        names=names,
        layout=LINE if first.runs[0].weights.shape[1] == 1 else LAYOUT,
        widths=(WIDE[0] - losses, losses),
        heights=(),
        slice=first.design.slices[0],
        style=look,
        camera="fixed",
        card="",
        text=1.0,
        align="step",
        moments=(),
    )
    return replace(
        first,
        runs=tuple(film.runs[0] for film in films),
        design=design,
        makers=tuple(film.makers[0] for film in films) if first.makers else (),
        command=manifest.command,
        progress=progress,
        about={"sweep": manifest.scene},
    )


def _of_function(run: Recording) -> bool:
    """Whether the loss of a run is a function of numbers, which has no weights and no data."""
    return run.notes.loss_kind == "function"


def _name(said: Labels) -> str:
    """Values, with the parameter's name where there is one alone: "learning_rate 0.2", "0.2 adam"."""
    return " ".join(said[0]) if len(said) == 1 else " ".join(value for _, value in said)


def kind(run: Recording) -> str:
    """What runs must have in common to be on one surface: variables, layers, loss and data."""
    meta = run.meta
    shapes = [(v.path, v.shape) for v in run.variables]
    compiled = _table(meta.get("compile_config"))
    return json.dumps(
        [
            shapes,
            _nameless(_table(meta.get("model_config"))),
            compiled.get("loss"),
            meta.get("loss"),
            run.notes.data.digest,
            run.notes.axes,
        ],
        sort_keys=True,
    )


def _table(said: object) -> dict[str, object]:
    """A table that a recording keeps, as text or as it is; empty where it keeps none."""
    table = json.loads(said) if isinstance(said, str) else said
    return table if isinstance(table, dict) else {}


def _nameless(part: object) -> object:
    """A description without names, which Keras counts up, and without how the model is trained."""
    if isinstance(part, dict):
        hidden = ("name", "registered_name", "compile_config", "build_config")
        return {key: _nameless(value) for key, value in part.items() if key not in hidden}
    return [_nameless(item) for item in part] if isinstance(part, list) else part


def style_for(name: str, runs: int, place: Path) -> str:
    """The name of the style, or the path of one with as many lines as there are runs."""
    found = style_files.find(name)
    if runs <= len(found.lines):
        return name
    path = place / f"{found.name}.toml"
    path.write_text(_toml(found, enough(found, runs)), encoding="utf-8")
    return str(path)


def _toml(found: Style, lines: tuple[str, ...]) -> str:
    names = [field.name for field in fields(Style) if field.name not in ("name", "unfollowed")]
    said = {name: getattr(found, name) for name in names}
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in {**said, "lines": lines}.items())


def enough(style: Style, count: int) -> tuple[str, ...]:
    """`count` colours: the style's lines, then the blends that are farthest from all before, however seen."""
    chosen = list(style.lines[:count])
    blends = [
        blend(line, other, share)
        for line, other, share in product(style.lines, (style.ink, style.panel), SHARES)
    ]
    usable = [colour for colour in dict.fromkeys(blends) if contrast(colour, style.panel) >= VISIBLE]
    while len(chosen) < count:
        chosen.append(max(usable, key=lambda colour: _distance(colour, chosen)))
    return tuple(chosen)


def blend(one: str, other: str, share: float) -> str:
    """`one` with `share` of the other in it, as "#rrggbb"."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _distance(colour: str, chosen: list[str]) -> float:
    """The least distance to any of `chosen`, with any kind of colour blindness or none."""
    return min(apart((colour, other), kind) for other in chosen for kind in (None, *DEFICIENCIES))
