"""A scene's parameters: the signature of its function is its command line, its bounds and its help."""

import inspect
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from animator.core.errors import AnimatorError, nearest


def _parted(given: Any) -> Any:
    """A point as it is typed, "-2,1.6" or, one of many, "(-2,1.6)", as its parts; "none" for no point."""
    if not isinstance(given, str):
        return given
    parts = given.strip("()").split(",")
    if len(parts) != 2 and given != "none":
        raise ValueError("it must be two numbers with a comma between them")
    return None if given == "none" else parts


Finite = Annotated[float, Field(allow_inf_nan=False)]
Point = Annotated[tuple[Finite, Finite], BeforeValidator(_parted)]  # "-2,1.6" on the command line
MaybePoint = Annotated[tuple[Finite, Finite] | None, BeforeValidator(_parted)]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a scene: its name, type (with bounds, by Annotated) and default."""

    name: str
    type: Any  # any annotation, as pydantic takes it
    default: object

    def describe(self) -> str:
        """'learning_rate=0.5 (float, gt=0)' for help and listings."""
        return f"{self.name}={written(self.default)} ({_kind(self.type)})"

    def read(self, scene: str, text: object) -> Any:
        """`text` as this parameter's value; AnimatorError says what does not fit."""
        try:
            return TypeAdapter(self.type).validate_python(text)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            reason = reason[0].lower() + reason[1:]
            raise AnimatorError(
                f"{self.name}={text} does not fit scene '{scene}': {reason}. "
                f"Use for example {shlex.quote(f'{self.name}={written(self.default)}')}."
            ) from error


def of(function: Callable[..., object]) -> tuple[Parameter, ...]:
    """The parameters of a scene function, in order; each must have a default."""
    found = []
    for name, entry in inspect.signature(function, eval_str=True).parameters.items():
        if entry.default is inspect.Parameter.empty:
            raise AnimatorError(
                f"Parameter {name!r} of scene function {function.__qualname__!r} has no default, so "
                f"the film cannot be made without typing it. Write {name}=VALUE in the signature."
            )
        kind = entry.annotation
        kind = type(entry.default) if kind is inspect.Parameter.empty else kind
        found.append(Parameter(name, kind, entry.default))
    return tuple(found)


def parse(scene: str, known: Sequence[Parameter], words: Sequence[str]) -> dict[str, object]:
    """['seed=3', ...] as {name: value}, checked against the scene's parameters."""
    given: dict[str, object] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise AnimatorError(
                f"{word!r} is not a parameter: parameters are NAME=VALUE without spaces. "
                f"Scene '{scene}' has: {' '.join(p.name for p in known)}."
            )
        if name in given:
            raise AnimatorError(
                f"{name!r} is given twice, as {name}={given[name]} and as {word}. Give it once; many values "
                f"at a time are a sweep: animator sweep {scene} {name}={given[name]},{text}."
            )
        given[name] = text
    return check(scene, known, given)


def check(scene: str, known: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, object]:
    """Values for the parameters in `given`, converted and within bounds."""
    by_name = {parameter.name: parameter for parameter in known}
    for name in given:
        if name not in by_name:
            raise AnimatorError(
                f"Scene '{scene}' has no parameter {name!r}. {nearest(name, by_name)}"
                f"It has: {' '.join(by_name)}."
            )
    return {name: by_name[name].read(scene, value) for name, value in given.items()}


def written(value: object) -> str:
    """A value as it is typed on the command line."""
    if isinstance(value, tuple):
        return ",".join(f"{part:g}" for part in value)
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


def _kind(kind: object) -> str:
    if kind in (Point, MaybePoint):
        return "x,y"
    if get_origin(kind) is Literal:
        return "|".join(str(choice) for choice in get_args(kind))
    if get_origin(kind) is Annotated:
        base, *extras = get_args(kind)
        bounds = [str(b) for extra in extras for b in getattr(extra, "metadata", [extra])]
        return ", ".join([_kind(base), *(_bound(b) for b in bounds)])
    return getattr(kind, "__name__", str(kind))


def _bound(text: str) -> str:
    """'Gt(gt=0)' as '> 0'."""
    inside = text.partition("(")[2].rstrip(")")
    for word, sign in (("gt=", "> "), ("ge=", ">= "), ("lt=", "< "), ("le=", "<= ")):
        if inside.startswith(word):
            return sign + inside[len(word) :]
    return inside
