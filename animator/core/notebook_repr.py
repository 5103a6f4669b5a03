"""How a recording and a surface show themselves in a notebook: a line of facts and a small plot, as data.

Plots are drawn by matplotlib's Agg canvas, never by pyplot: a notebook's own figures stay as they are.
"""

import io
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from animator.core.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (4.6, 2.4)  # inches at 100 pixels an inch
BANDS = 14


def of_run(facts: str, loss: Floats, batch_loss: Floats) -> dict[str, str]:
    """A mimebundle for a run: loss (K+1,) and batch_loss (K,) over steps; missing losses are left out."""
    figure, axes = _figure()
    axes.plot(np.arange(len(batch_loss)), batch_loss, color="#a9b3c2", linewidth=0.9, label="batch")
    if np.isfinite(loss).any():
        axes.plot(np.arange(len(loss)), loss, color="#1a2230", linewidth=1.6, label="all data")
    known = np.concatenate([batch_loss[np.isfinite(batch_loss)], loss[np.isfinite(loss)]])
    if known.size and known.min() > 0:
        axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend(frameon=False)
    return _bundle(facts, figure, "loss over steps")


def of_surface(
    facts: str, alpha: Floats, beta: Floats, loss: Floats, names: tuple[str, str]
) -> dict[str, str]:
    """A mimebundle for a surface: loss (ny, nx) over alpha (nx,) and beta (ny,); the axes' names."""
    figure, axes = _figure()
    known = loss[np.isfinite(loss)]
    if known.size and known.max() > known.min():
        spread = known.max() - known.min()
        levels = known.min() + np.geomspace(spread / 400, spread, BANDS) - spread / 400
        axes.contourf(
            alpha, beta, np.ma.masked_invalid(loss), np.unique(levels), cmap="cividis_r", extend="both"
        )
    axes.set_xlabel(names[0], parse_math=False)
    axes.set_ylabel(names[1], parse_math=False)
    return _bundle(facts, figure, "contours of the loss")


def _figure() -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=100, layout="constrained")
    return figure, figure.add_subplot()


def _bundle(facts: str, figure: "Figure", alt: str) -> dict[str, str]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    held = io.BytesIO()
    FigureCanvasAgg(figure).print_png(held)
    picture = b64encode(held.getvalue()).decode()
    return {
        "text/plain": facts,
        "text/html": f'<p>{escape(facts)}</p><img alt="{escape(alt, quote=True)}" '
        f'src="data:image/png;base64,{picture}">',
    }
