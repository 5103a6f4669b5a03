"""Wishes as options of the command line: what would be typed for fields of a FilmDesign."""

from collections.abc import Mapping, Sequence
from typing import Any

from animator.design.layout import Mosaic
from animator.design.pacing import Event
from animator.design.wishes import WISHES, flag

FLAGS = {"captions": ("--captions/--no-captions",), "preset": ("--for", "--preset")}


def options(name: str) -> tuple[str, ...]:
    """The options of a wish: the first is the usual one."""
    return FLAGS.get(name, (flag(name),))


def typed(wishes: Mapping[str, object]) -> list[str]:
    """The words of a command line that ask for `wishes`; what cannot be typed is left out."""
    return [word for name, value in wishes.items() for word in _typed(name, value)]


def _typed(name: str, value: Any) -> list[str]:
    option = options(name)[0]
    if isinstance(value, bool):
        return [option.split("/")[not value]]
    if name == "hold":
        return [word for event in value for word in _hold(option, event)]
    if value is None or not WISHES[name].typed:
        return []
    text = _text(name, value)
    return [f"{option}={text}"] if text.startswith("-") else [option, text]


def _hold(option: str, event: Event) -> list[str]:
    return [option, str(event.step), event.caption]


def _text(name: str, value: Any) -> str:
    """The words of one value."""
    if name == "layout":
        return _mosaic(value)
    if name == "size":
        return "{}x{}".format(*value)
    if name == "title" and not value:
        return "none"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(_text("", part) for part in value)
    return str(value)


def _mosaic(rows: Mosaic) -> str:
    return "; ".join(" ".join(row) for row in rows)
