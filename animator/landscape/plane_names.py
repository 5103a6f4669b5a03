"""What the axes of a plane are called, and why there is none, as messages in any language."""

from collections.abc import Sequence

from animator.core.language import Said

STRAIGHT = Said("the path is a straight line")  # why there is no plane, as a clause of a caption
STILL = Said("the weights do not move")
RUNS_AWAY = Said("the path runs away, so that all before its last steps is one point beside them")
SAME_POINT = Said("start and end are the same point")
DIRECTIONS = (Said("direction 1"), Said("direction 2"))


def components(shares: Sequence[float]) -> tuple[str, str]:
    """Those of two principal components, each with its share of the path."""
    return (
        Said("main direction ({share:.1%})", share=float(shares[0])),
        Said("second direction ({share:.1%})", share=float(shares[1])),
    )


def steps(first: int, last: int, third: int) -> tuple[str, str]:
    """Those of a plane through three steps."""
    return (
        Said("step {first:,} to step {last:,}", first=first, last=last),
        Said("towards step {step:,}", step=third),
    )
