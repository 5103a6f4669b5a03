"""The options of the settings of a film: one for each row of `wishes.WISHES` that can be typed.

A command that takes `wishes` gets them from here, as it was typed; `read` makes them the fields of a
FilmDesign.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from animator.core.errors import nearest
from animator.design.wishes import MEANT, WISHES, flag
from animator.films import wish_words

Typed = Mapping[str, "str | bool | list[str]"]
KINDS: Mapping[str, object] = {"captions": bool | None, "hold": list[str] | None}  # the others are words


def _completed(known: Sequence[str]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [word for word in known if word.startswith(incomplete)]

    return complete


OPTIONS = [
    inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            KINDS.get(name, str | None),
            typer.Option(
                *wish_words.options(name),
                help=wish.help,
                metavar=None if name == "captions" else wish.metavar,
                autocompletion=_completed(wish.known) if wish.known else None,
            ),
        ],
    )
    for name, wish in WISHES.items()
    if wish.typed or name in KINDS
]


class WishCommand(TyperCommand):
    """A command whose --hold takes two words, a step and a text."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read `args`, with the words of every --hold as one."""
        return super().parse_args(ctx, list(_joined(args)))


def _joined(args: Sequence[str]) -> list[str]:
    """["--hold", "42", "It turns"] as ["--hold", "42 It turns"]."""
    found: list[str] = []
    for word in args:
        is_text = found[-2:-1] == ["--hold"] and found[-1].isdecimal() and not word.startswith("-")
        if is_text:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def wishing(command: Callable[..., None]) -> Callable[..., None]:
    """`command`, a function that takes `wishes` by keyword, with an option for each of them in its place."""
    own = inspect.signature(command)

    def typed(**given: Any) -> None:
        wishes = {option.name: given.pop(option.name) for option in OPTIONS}
        command(**given, wishes={name: words for name, words in wishes.items() if words is not None})

    kept = [part.replace(kind=part.KEYWORD_ONLY) for part in own.parameters.values() if part.name != "wishes"]
    typed.__signature__ = own.replace(parameters=[*kept, *OPTIONS])  # type: ignore[attr-defined]
    typed.__name__, typed.__doc__ = command.__name__, command.__doc__
    typed.__annotations__ = {}
    return typed


def read(typed: Typed) -> dict[str, Any]:
    """The fields of a FilmDesign for options as they were typed. Raises AnimatorError."""
    return {name: WISHES[name].typed_value(name, words) for name, words in typed.items()}


def instead(option: str, flags: Sequence[str], typed: Sequence[str]) -> str:
    """What to say of an option that there is not: which one does it, or which of `flags` is nearly it."""
    name = option.lstrip("-")
    meant = MEANT.get(name)
    if meant is not None and flag(meant) in flags:
        return f": that is {flag(meant)}"
    parameter = name.replace("-", "_")
    if parameter in _parameters(typed):
        return f": that is a parameter of the scene, typed as {parameter}=VALUE"
    return f". {nearest(option, flags)}".rstrip(". ")


def _parameters(typed: Sequence[str]) -> list[str]:
    """The parameters of the bundled scene among the words that were typed."""
    from animator.design import scene_files

    named = [word for word in typed[1:2] if word in scene_files.names()]
    return [part.name for name in named for part in scene_files.bundled(name).parameters]
