"""What a command line that cannot be read is told: one sentence in place of typer's lines.

In: the error that typer raises. Out: what was typed, why it cannot be, what to type instead.
"""

import re
from collections.abc import Sequence
from typing import Any

import typer

from animator.core.errors import nearest

USAGE: type[Exception] = typer.BadParameter.__mro__[1]  # typer gives no other name to it
OPENING = "cannot be opened: permission is denied. Give another path, or let yourself open it."
EXAMPLES = {"integer": ("a whole number", "2"), "number": ("a number", "2")}


def is_usage(error: BaseException) -> bool:
    """Whether an exception is typer's way to say that what was typed cannot be read."""
    return isinstance(error, USAGE)


def sentence(error: Any, words: Sequence[str]) -> str:
    """What `error`, of typer, says about the typed `words`; '' where it is no more than a wish for help."""
    context, kind = error.ctx, type(error).__name__
    path = context.command_path if context is not None else " ".join(["animator", *words[:1]])
    see = f"Type {path} --help for all that it takes."
    if kind == "NoArgsIsHelpError":
        return ""
    if kind == "NoSuchOption":
        known = [name for p in context.command.params for name in p.opts if name.startswith("--")]
        return f"{path} has no option {error.option_name}. {nearest(error.option_name, known)}{see}"
    if kind == "BadOptionUsage":
        name = error.option_name
        if "not take" in error.message:
            return f"{name} takes no value, and one was given. Type {name} alone."
        return f"{name} needs a value after it, and none was given. {see}"
    if kind == "MissingParameter":
        name = (error.param.metavar or error.param.name).upper()
        return f"{path} needs {name}, and none was given. Type {path} {name}, or {path} --help to see all."
    if kind == "BadParameter":
        return _bad_value(error, words)
    return _other(error, context, path, see)


def _bad_value(error: Any, words: Sequence[str]) -> str:
    """For a value that is not of its option's type."""
    closed = re.search(r"[Pp]ath '(.*)' is not readable", error.message, re.DOTALL)
    if closed:
        return f"'{closed[1]}' {OPENING}"
    name = max(error.param.opts, key=len)
    given = _given(error.param.opts, words)
    for word, (kind, example) in EXAMPLES.items():
        if f"valid {word}" in error.message:
            return f"{name} {given} cannot be: it is not {kind}. Type for example {name} {example}."
    return f"{name} {given} cannot be: {' '.join(error.message.split()).rstrip('.').lower()}. Give another."


def _given(names: Sequence[str], words: Sequence[str]) -> str:
    """What stands after the last of `names` among the words."""
    found = ""
    for word, after in zip(words, [*words[1:], ""], strict=True):
        option, equals, value = word.partition("=")
        if option in names:
            found = value if equals else after
        elif word[:2] in names and not word.startswith("--"):
            found = word[2:]
    return found


def _other(error: Any, context: Any, path: str, see: str) -> str:
    commands = list(getattr(context.command, "commands", {})) if context is not None else []
    if commands and "No such command" in error.message:
        word = error.message.split("'")[1]
        return f"animator has no command {word!r}. {nearest(word, commands)}Known: {' '.join(commands)}."
    if "extra argument" in error.message:
        extra = re.sub(r".*?\((?!s\))(.*)\)$", r"\1", error.message)
        return f"{path} has no use for {extra!r}. Leave it away. {see}"
    return f"{' '.join(error.format_message().split()).rstrip('.')}. {see}"
