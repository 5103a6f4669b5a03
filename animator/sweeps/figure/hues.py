"""More line colours than a style has: blends of its own with its ink and panel, as far apart as can be."""

from itertools import product

from animator.core.color_vision import DEFICIENCIES, apart, contrast
from animator.design.style import Style, rgb

SHARES = (0.25, 0.4, 0.55, 0.7)
VISIBLE = 4.5  # contrast of a name with its panel


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
