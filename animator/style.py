"""Looks: colours, colour maps and type sizes. A style is data; panels read it.

The surface has cool colours, paths and dots warm ones, so that a path coloured by its true loss stays
readable on a surface coloured by the same loss. Line colours follow Okabe and Ito (2008), which are told
apart with any kind of colour blindness.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from animator.errors import AnimatorError, nearest

FONT = ("Inter", "DejaVu Sans")
FONT_FOLDER = Path(__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Style:
    """Colours as "#rrggbb"; colour maps as anchors from low loss to high loss."""

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


DARK = Style(
    name="dark",
    background="#0e1420",
    panel="#151d2c",
    ink="#f2f5fa",
    muted="#a3b0c4",
    grid="#2a3549",
    lines=("#56b4e9", "#e69f00", "#3fc79a", "#e58fc0", "#f0e442", "#e8743b", "#b0b8ff", "#c8d0dc"),
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
    muted="#57637a",
    grid="#e1e4ea",
    lines=("#0072b2", "#b85200", "#007d5c", "#a8457f", "#7a6a00", "#b3261e", "#4b55c4", "#5b6472"),
    loss_line="#1a2230",
    batch_line="#a9b3c2",
    dot="#d7260f",
    dot_edge="#ffffff",
    casing="#ffffff",
    target="#1a2230",
    alert="#a14a00",
    surface_map=("#2e6f95", "#5b9bb5", "#8bbfcd", "#b4d7dd", "#d2e6e8", "#e6f0ef", "#f2f6f3"),
    path_map=("#d7260f", "#c04a00", "#9a5b00", "#5f4500"),
    contour="#ffffff",
)

STYLES = {style.name: style for style in (DARK, LIGHT)}


def find(name: str) -> Style:
    """The style called `name`; AnimatorError lists the known ones."""
    if name not in STYLES:
        raise AnimatorError(
            f"No style is called {name!r}. {nearest(name, STYLES)}Known: {' '.join(STYLES)}. "
            "Choose one with --style."
        )
    return STYLES[name]


@cache
def use_fonts() -> tuple[str, ...]:
    """Make the shipped fonts known to matplotlib, once; the family names to draw with.

    Inter's semibold stands for bold, so that one word chooses it and its fallback alike.
    """
    from matplotlib import font_manager

    for file in sorted(FONT_FOLDER.glob("*.otf")):
        font_manager.fontManager.addfont(str(file))
    known = font_manager.fontManager.ttflist
    known[:] = [replace(e, weight=700) if e.name == "Inter" and e.weight == 600 else e for e in known]
    return FONT


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue of "#rrggbb", 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
