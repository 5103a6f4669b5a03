"""From typed words to descents: names of optimizers and starts become runs, what they are called, and a
caption.

What the scene `function` is made of; any scene of descents may use it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from animator.core.language import Said
from animator.design.descent import Descent
from animator.functions import optimizers, points, schedules
from animator.functions.function import Function
from animator.functions.named import Extent
from animator.functions.schedules import Schedule

AROUND: Extent = (-3.0, 3.0, -3.0, 3.0)  # where starts are drawn for a function without a window


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast optimizers go: `rate` from the first update on, 0 for each one's own; kind: of the
    schedule.
    """

    rate: float
    kind: str = "constant"

    def of(self, optimizer: str, steps: int) -> Schedule:
        """The schedule of an optimizer, over `steps` updates."""
        return schedules.scheduled(self.kind, self.first(optimizer), steps)

    def first(self, optimizer: str) -> float:
        """The rate of an optimizer's first update."""
        return self.rate or optimizers.find(optimizer).default_rate


def parted(text: str) -> list[str]:
    """The names between the commas of `text` that stand in no parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def starts(on: Function, text: str, count: int, seed: int) -> tuple[points.Point | None, ...]:
    """`count` starts over the window of the function `on`, or those that `text` names, or its own."""
    return points.cloud(on.window or AROUND, count, seed) if count else points.read(text) or (None,)


def runs(
    f: str,
    begins: Sequence[points.Point | None],
    kinds: Sequence[str],
    rates: Rates,
    steps: int,
    noise: float,
    seed: int,
) -> tuple[Descent, ...]:
    """A descent from each start by each of the optimizers `kinds`; those of one start have the same noise."""
    return tuple(
        Descent(f, begin, kind, rates.of(kind, steps), steps, noise, seed + i)
        for i, begin in enumerate(begins)
        for kind in kinds
    )


def names(begins: Sequence[points.Point | None], kinds: Sequence[str]) -> tuple[str, ...]:
    """What each of `runs` is called: by what differs."""
    return tuple(_name(begin, kind, len(begins), len(kinds)) for begin in begins for kind in kinds)


def _name(begin: points.Point | None, kind: str, begins: int, kinds: int) -> str:
    if begins == 1:
        return optimizers.title(kind)
    point = _point(begin or ())
    return point if kinds == 1 else Said("{name} {point}", name=optimizers.title(kind), point=point)


def _point(place: points.Point) -> str:
    """A start as it is called."""
    if len(place) == 2:
        return Said("({x:g}, {y:g})", x=place[0], y=place[1])
    return Said("({x:g})", x=place[0]) if place else "()"


def rated(rates: Iterable[tuple[str, float]]) -> str:
    """Optimizers with their learning rates: "Adam 0.1, momentum 0.001"."""
    said = [Said("{name} {rate:g}", name=name, rate=rate) for name, rate in rates]
    return _joined(said, ", ")


def _joined(parts: Sequence[str], between: str) -> str:
    """Messages one after the other, as one."""
    names = [f"part{i}" for i in range(len(parts))]
    return Said.of(between.join(f"{{{name}}}" for name in names), **dict(zip(names, parts, strict=True)))


def caption(kinds: Sequence[str], rates: Rates, noise: float, begins: int) -> str:
    """What is the same and what differs, and the rates."""
    each = rated((optimizers.title(kind), rates.first(kind)) for kind in kinds)
    one = Said("Learning rate {rate:g}", rate=rates.rate) if rates.rate else ""
    words = one or Said("Learning rates: {rates}", rates=each)
    if len(kinds) == 1:
        first = optimizers.title(kinds[0]), rates.first(kinds[0])
        words = Said("{optimizer}, learning rate {rate:g}", optimizer=first[0], rate=first[1])
    more: list[str] = []
    if rates.kind != "constant":
        more.append(Said(", falling ({kind})", kind=rates.kind))
    if noise:
        more.append(Said(", noise {noise:g} on every gradient", noise=noise))
    if begins > 1:
        more.append(Said(", {starts} starts", starts=begins))
    return _joined([words, *more, "."], "")
