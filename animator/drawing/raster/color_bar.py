"""A colour bar in loss units: the colours of a surface beside those of a path, numbers at round losses.

In: a Look, a box in pixels, a LossScale. Out: axes from 0 to 1, of which the height is a place on the scale.
`strip` lays the colours of any bar, upright or lying.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from animator.core.formatting import brief
from animator.core.language import say, shown, written
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.axis_ticks import SIZE, ruled
from animator.drawing.raster.loss_colors import LossScale, colour_map

LOW = 1.05  # em: from the bar down to the word for its lower end
LONG = 1e5  # from there on numbers are powers of ten
RAMP = 256  # colours that look like one that changes evenly


def loss_bar(look: Look, box: Box, scale: LossScale, name: str = "loss") -> Axes:
    """A bar of colours in loss units: the surface's at the left, the path's at the right; name: of its
    numbers.
    """
    bar = ruled(look, box, grid=False)
    bar.set_xlim(0, 1)
    bar.set_ylim(0, 1)
    bar.set_xticks([])
    strip(bar, look.style.surface_map, (0, 0.5), colours=scale.bands)
    strip(bar, look.style.path_map, (0.5, 1))
    ticks = scale.ticks()
    bar.yaxis.tick_right()
    bar.yaxis.set_major_locator(FixedLocator(scale.position(np.asarray(ticks)).tolist()))
    bar.yaxis.set_major_formatter(FixedFormatter([_short(t) for t in ticks]))
    look.text(box.left, box.bottom + box.height + 0.55 * look.em, shown(name), color=look.style.muted)
    look.text(box.left, box.bottom - LOW * look.em, say("low"), em=SIZE, color=look.style.muted)
    return bar


def _short(loss: float) -> str:
    """A number of the bar, of at most five letters."""
    return brief(loss) if loss < LONG else written(f"{loss:.0e}")


def strip(
    axes: Axes,
    anchors: tuple[str, ...],
    across: tuple[float, float],
    *,
    colours: int = RAMP,
    upright: bool = True,
) -> None:
    """Lay so many colours of the map through `anchors` along axes from 0 to 1, from low to high.

    across: from where to where in the other direction. upright: whether they go up, not right.
    """
    values = (np.arange(colours) + 0.5) / colours
    axes.imshow(
        values[:, None] if upright else values[None],
        extent=(*across, 0, 1) if upright else (0, 1, *across),
        aspect="auto",
        origin="lower",
        cmap=colour_map(anchors),
        vmin=0,
        vmax=1,
        interpolation="nearest",
    )
