"""A colour bar in loss units: the colours of a surface beside those of a path, numbers at round losses.

In: a Look, a box in pixels, a LossScale. Out: axes from 0 to 1, of which the height is a place on the scale.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from animator.core.formatting import brief
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.axis_ticks import ruled
from animator.drawing.raster.loss_colors import LossScale, colour_map


def loss_bar(look: Look, box: Box, scale: LossScale, name: str = "loss") -> Axes:
    """A bar of colours in loss units: the surface's at the left, the path's at the right; name: of its
    numbers.
    """
    style = look.style
    bar = ruled(look, box, grid=False)
    bar.set_xlim(0, 1)
    bar.set_ylim(0, 1)
    bar.set_xticks([])
    surface_map = colour_map(style.surface_map)
    bands = np.array([[surface_map((i + 0.5) / scale.bands)] for i in range(scale.bands)])
    bar.imshow(bands, extent=(0, 0.5, 0, 1), aspect="auto", origin="lower", interpolation="nearest")
    ramp = np.linspace(0, 1, 256)[:, None]
    bar.imshow(
        ramp,
        extent=(0.5, 1, 0, 1),
        aspect="auto",
        origin="lower",
        cmap=colour_map(style.path_map),
        interpolation="nearest",
    )
    ticks = scale.ticks()
    bar.yaxis.tick_right()
    bar.yaxis.set_major_locator(FixedLocator(scale.position(np.asarray(ticks)).tolist()))
    bar.yaxis.set_major_formatter(FixedFormatter([brief(t) for t in ticks]))
    look.text(box.left, box.bottom + box.height + 0.55 * look.em, name, color=style.muted)
    return bar
