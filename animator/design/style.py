"""Looks: colours, colour maps and type sizes. A style is data; panels read it.

The surface has cool colours, paths and dots warm ones, so that a path coloured by its true loss stays
readable on a surface coloured by the same loss. Lines have hues near those of Okabe and Ito (2008), chosen by
search: any two of the first six differ as much as can be (CIEDE2000) for all eyes, and all in grey.
"""

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from animator.core.errors import AnimatorError

COLOUR = re.compile(r"#[0-9a-f]{6}")
LISTS = ("lines", "surface_map", "path_map")
MAPS = LISTS[1:]
PLAIN = ("name", "text_size", "title_size", "levels", "dot_size", "unfollowed")  # fields that are no colours


def read_colours(name: str, given: Any) -> str | tuple[str, ...]:
    """What the field `name` of a Style holds: colours as "#rrggbb", for those that `given` names.

    Names are those of CSS and matplotlib; a colour map may be the name of one of matplotlib's. Raises
    ValueError.
    """
    if name in MAPS and isinstance(given, str):
        return color_map(given)
    if name not in LISTS:
        return _hexed(given)
    if not isinstance(given, list | tuple) or len(given) < 2:
        raise ValueError("it needs two colours or more")
    return tuple(map(_hexed, given))


def color_map(name: str, count: int = 33) -> tuple[str, ...]:
    """`count` colours of matplotlib's colour map `name`, from its low end. Raises ValueError where it has
    none.
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    if name not in colormaps:
        raise ValueError(f"matplotlib has no colour map called {name!r}")
    return tuple(str(to_hex(colormaps[name](i / (count - 1)))) for i in range(count))


def _hexed(colour: Any) -> str:
    if isinstance(colour, str) and COLOUR.fullmatch(colour):
        return colour
    if not isinstance(colour, str):
        raise ValueError(f"{colour!r} is no colour")
    from matplotlib.colors import to_hex  # which knows the names

    return str(to_hex(colour))


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a film.

    Parameters
    ----------
    name
        What it is called.
    background, panel
        Colours, "#rrggbb" or named as CSS does, of the frame and of the panels on it.
    ink, muted, grid, alert
        Of text, of text that says less, of grid lines, of what went wrong.
    lines
        Of several lines in one panel, in order.
    loss_line, batch_line
        Of the loss, and of the losses of batches behind it.
    dot, dot_edge, casing, target
        Of the dot that moves and its edge, of what lies round paths, of the point to reach.
    surface_map, path_map
        Anchors of the colour maps of surfaces and paths, from low loss to high loss, or names of
        matplotlib's.
    contour
        Of contour lines.
    text_size, title_size
        Of letters, as shares of the frame's height.
    levels
        How many bands of colour a surface has.
    dot_size
        How many times as large as usual dots are.
    unfollowed
        What a style sheet of matplotlib asks for that films don't do.

    Examples
    --------
    >>> from dataclasses import replace
    >>> light = animator.film("run.h5", style="light").look
    >>> mine = replace(light, name="mine", dot="#b3202a")
    >>> film = animator.film("run.h5", style=mine)
    """

    name: str
    background: str
    panel: str
    ink: str
    muted: str
    grid: str
    lines: tuple[str, ...]
    loss_line: str
    batch_line: str
    dot: str
    dot_edge: str
    casing: str
    target: str
    alert: str
    surface_map: tuple[str, ...]
    path_map: tuple[str, ...]
    contour: str
    text_size: float = 0.027
    title_size: float = 0.046
    levels: int = 15
    dot_size: float = 1.0
    unfollowed: tuple[str, ...] = ()

    @property
    def beside_path(self) -> tuple[str, ...]:
        """Colours of lines of one run: `lines` without the one that is the colour of a path, too."""
        return (self.lines[0], *self.lines[2:]) if len(self.lines) > 3 else self.lines

    def __post_init__(self) -> None:
        for name in (part.name for part in fields(self) if part.name not in PLAIN):
            given = getattr(self, name)
            try:
                object.__setattr__(self, name, read_colours(name, given))
            except ValueError:
                raise AnimatorError(
                    f"The style {self.name!r} cannot have {name}={given!r}: {wanted(name)}."
                ) from None


def wanted(name: str) -> str:
    """What the field `name` of a Style must be."""
    if name in MAPS:
        return "it must be two colours or more, or the name of a colour map, such as 'viridis'"
    if name in LISTS:
        return "it must be two colours or more, such as ['#d7260f', 'navy']"
    return "it must be a colour, such as '#101820' or 'navy'"


DARK = Style(
    name="dark",
    background="#0e1420",
    panel="#151d2c",
    ink="#f2f5fa",
    muted="#a3b0c4",
    grid="#2a3549",
    lines=("#06a8f8", "#f3a22e", "#41e38b", "#e55cbc", "#f9f735", "#f34643", "#dec8fe", "#f0fbfe"),
    loss_line="#f2f5fa",
    batch_line="#6f7f99",
    dot="#ff4b33",
    dot_edge="#ffffff",
    casing="#0b101a",
    target="#ffffff",
    alert="#ffb454",
    surface_map=("#b5e3e4", "#62b1c2", "#3a82a5", "#2d5d87", "#254068", "#1d2b49", "#182238"),
    path_map=("#ff4b33", "#ff8a3c", "#ffc24d", "#fff0b8"),
    contour="#0e1420",
)

LIGHT = Style(
    name="light",
    background="#fbfaf7",
    panel="#ffffff",
    ink="#1a2230",
    muted="#4b566a",
    grid="#e1e4ea",
    lines=("#266abf", "#804301", "#13683d", "#b21995", "#807301", "#780019", "#012684", "#0c1518"),
    loss_line="#1a2230",
    batch_line="#a9b3c2",
    dot="#d7260f",
    dot_edge="#ffffff",
    casing="#ffffff",
    target="#1a2230",
    alert="#a14a00",
    surface_map=("#2e6f95", "#5b9bb5", "#8bbfcd", "#b4d7dd", "#d2e6e8", "#e6f0ef", "#f2f6f3"),
    path_map=("#e0351c", "#c04a00", "#8f4f00", "#553d00"),
    contour="#ffffff",
)

PAPER = replace(
    LIGHT,
    name="paper",
    background="#ffffff",
    panel="#ffffff",
    ink="#000000",
    muted="#4a4a4a",
    grid="#d8d8d8",
    lines=("#016fbc", "#7e4700", "#21723f", "#b10d6a", "#807700", "#740e15", "#133e9d", "#0b1d24"),
    loss_line="#000000",
    batch_line="#9a9a9a",
    dot="#c8102e",
    target="#000000",
    alert="#8f3d00",
    surface_map=("#4f7f9b", "#7ba3b8", "#a3c2d0", "#c4d8e1", "#dce8ed", "#ecf2f5", "#f8fafb"),
    path_map=("#d8232f", "#b04000", "#824500", "#4a3500"),
    contour="#35505f",
)

CHALK = replace(
    DARK,
    name="chalk",
    background="#1b2925",
    panel="#22332d",
    ink="#f6f3e8",
    muted="#b7c4ba",
    grid="#35483f",
    lines=("#75b0fe", "#edad2f", "#78ffd7", "#e180c2", "#dae688", "#f66d5e", "#c9c6f0", "#e3f5fe"),
    loss_line="#f6f3e8",
    batch_line="#7d9186",
    dot="#ff6f59",
    casing="#14201c",
    target="#fffdf5",
    alert="#ffc46b",
    surface_map=("#d3e8d8", "#9cc9b0", "#6ea88f", "#4d8672", "#3b6859", "#2f5146", "#283f37"),
    path_map=("#ff6f59", "#ff9f5e", "#ffcd7d", "#fff1c9"),
    contour="#14201c",
)

STYLES = {style.name: style for style in (DARK, LIGHT, PAPER, CHALK)}


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue of "#rrggbb", 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
