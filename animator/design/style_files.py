"""From a name to a Style: a bundled one, a .toml file with some of its fields, or a matplotlib style sheet.

Files are read as data. What a sheet leaves unsaid, or says in colours that cannot be read on its ground, is
taken from the bundled style that is as dark or as light.
"""

import logging
import tomllib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from animator.core.color_vision import contrast, luminance
from animator.core.errors import AnimatorError, nearest
from animator.design.style import DARK, LIGHT, STYLES, Style, color_map, read_colours, wanted

if TYPE_CHECKING:
    from matplotlib import RcParams
    from matplotlib.typing import ColorType, RcKeyType

    from animator.design.film_design import FilmDesign

SIZES = {"text_size": (0.015, 0.05), "title_size": (0.02, 0.1), "dot_size": (0.2, 5.0), "levels": (2, 60)}
SHARES = ("text_size", "title_size")
FOLLOWED = {
    "axes.facecolor",
    "axes.labelcolor",
    "axes.prop_cycle",
    "axes.titlecolor",
    "figure.facecolor",
    "grid.color",
    "image.cmap",
    "text.color",
    "xtick.color",
}  # what films take of a style sheet
READABLE, VISIBLE = 4.5, 3.0  # contrast of text, of lines
ANCHORS = 7
FEWEST_LINES = 3


def find(name: str | Style) -> Style:
    """The style called `name`, in the .toml file or of the matplotlib style sheet of that path or name; a
    Style is found already.

    Raises AnimatorError, which lists the known ones.
    """
    if isinstance(name, Style):
        return name
    if name in STYLES:
        return STYLES[name]
    if name.endswith(".toml"):
        return read_toml(Path(name))
    sheet = read_sheet(name)
    if sheet is None:
        raise AnimatorError(
            f"No style is called {name!r}. {nearest(name, STYLES)}Known: {' '.join(STYLES)}. "
            "Choose one with --style, or give a .toml file or a matplotlib style sheet."
        )
    return sheet


def wished(design: "FilmDesign") -> Style:
    """The style of a film, with what its design asks for: text and dots of a size, levels, a colour map."""
    style = find(design.style)
    return replace(
        style,
        text_size=style.text_size * design.text,
        title_size=style.title_size * design.text,
        dot_size=style.dot_size * design.dot,
        levels=design.levels or style.levels,
        surface_map=color_map(design.colors) if design.colors else style.surface_map,
    )


def read_toml(path: Path) -> Style:
    """The style in a .toml file: `base` names a bundled one, all other keys are fields of Style."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise AnimatorError(
            f"The style '{path}' cannot be read: {reason}. Write lines such as: background = \"#101820\"."
        ) from error
    base = given.pop("base", "dark")
    if base not in STYLES:
        raise AnimatorError(
            f"The style '{path}' has base = {base!r}, which is no bundled style. "
            f"Use one of: {' '.join(STYLES)}."
        )
    known = {field.name for field in fields(Style)} - {"name", "unfollowed"}
    for key, value in given.items():
        _check(path, key, value, known)
        if isinstance(value, list):
            given[key] = tuple(value)
    return replace(STYLES[base], **given, name=path.stem)


def _check(path: Path, key: str, value: object, known: set[str]) -> None:
    """AnimatorError when `key` is no field, or `value` is not what it holds."""
    if key not in known:
        raise AnimatorError(
            f"The style '{path}' has {key!r}, which no style has. {nearest(key, known)}"
            f"Known: base {' '.join(sorted(known))}."
        )
    if key in SIZES:
        low, high = SIZES[key]
        kind = int if key == "levels" else int | float
        if not isinstance(value, kind) or not low <= value <= high:
            what = "a share of the frame's height" if key in SHARES else "a number"
            raise AnimatorError(
                f"The style '{path}' has {key} = {value!r}: it is {what}, from {low} to {high}. Use {key} = "
                f"{getattr(DARK, key)}."
            )
        return
    try:
        read_colours(key, value)
    except ValueError:
        raise AnimatorError(f"The style '{path}' cannot have {key} = {value!r}: {wanted(key)}.") from None


def read_sheet(name: str) -> Style | None:
    """The style that a matplotlib style sheet makes, by its path or its name; None when there is none.

    Raises AnimatorError for a sheet that matplotlib cannot read.
    """
    import matplotlib
    from matplotlib import style as sheets

    path = Path(name)
    if path.suffix == ".mplstyle":
        if not path.is_file():
            raise AnimatorError(f"There is no style sheet '{path}'. Give the path of an .mplstyle file.")
        try:
            path.read_text(encoding="utf-8")  # where it is none, matplotlib logs a line of its own
            with _quiet():
                said = matplotlib.rc_params_from_file(path, True, False)
        except (ValueError, KeyError, TypeError, IndexError) as error:  # as its validators raise them
            raise AnimatorError(
                f"matplotlib cannot read the style sheet '{path}': {str(error).splitlines()[0]}. "
                "Mend that line, or use a bundled style."
            ) from error
        return from_sheet(path.stem, said)
    return from_sheet(name, sheets.library[name]) if name in sheets.library else None


@contextmanager
def _quiet() -> Iterator[None]:
    """matplotlib neither warns nor logs: what is wrong with a sheet is told in one sentence."""
    logger = logging.getLogger("matplotlib")
    before, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


def from_sheet(name: str, said: "RcParams") -> Style:
    """The Style of rc parameters `said`; matplotlib's own ground is white."""
    background = _hex(said.get("figure.facecolor", "white"))
    base = DARK if luminance(background) < 0.18 else LIGHT
    panel = _hex(said.get("axes.facecolor", background))
    ink = _readable(said, ("text.color", "axes.titlecolor"), base.ink, background, panel)
    muted = _readable(said, ("xtick.color", "axes.labelcolor"), base.muted, background, panel)
    cycle = said.get("axes.prop_cycle")
    given = [_hex(colour) for colour in (cycle.by_key().get("color", []) if cycle is not None else [])]
    lines = [line for line in dict.fromkeys(given) if contrast(line, panel) >= VISIBLE]
    lines += [line for line in base.lines if line not in lines] if len(lines) < FEWEST_LINES else []
    return replace(
        base,
        name=name,
        background=background,
        panel=panel,
        ink=ink,
        muted=muted,
        loss_line=ink,
        target=base.target,
        grid=_hex(said.get("grid.color", base.grid)),
        lines=tuple(lines),
        surface_map=_anchors(said.get("image.cmap"), base),
        unfollowed=tuple(sorted(set(said) - FOLLOWED)),
    )


def _readable(said: "RcParams", keys: "tuple[RcKeyType, ...]", other: str, *grounds: str) -> str:
    """The first of `keys` that can be read on all `grounds`; else `other`, or black or white."""
    for colour in (*(_hex(said[key]) for key in keys if key in said and said[key] != "auto"), other):
        if min(contrast(colour, ground) for ground in grounds) >= READABLE:
            return colour
    return max(("#000000", "#ffffff"), key=lambda c: min(contrast(c, ground) for ground in grounds))


def _anchors(name: object, base: Style) -> tuple[str, ...]:
    """Seven colours of a colour map, low loss bright on dark styles and dark on light ones."""
    if not isinstance(name, str):
        return base.surface_map
    chosen = color_map(name, ANCHORS)
    rises = luminance(chosen[-1]) > luminance(chosen[0])
    return chosen[::-1] if rises is (base is DARK) else chosen


def _hex(colour: "ColorType") -> str:
    from matplotlib.colors import to_hex

    return str(to_hex(colour))
