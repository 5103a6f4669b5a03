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

LOOK = {
    "background": "#0e1420",
    "panel": "#151d2c",
    "ink": "#f2f5fa",
    "muted": "#a3b0c4",
    "batch": "#6f7f99",
}  # as in films
SURFACE = (
    "#b5e3e4",
    "#62b1c2",
    "#3a82a5",
    "#2d5d87",
    "#254068",
    "#1d2b49",
    "#182238",
)  # from low loss to high
SIZE = (4.6, 2.4)  # inches at 100 pixels an inch
BANDS = 15


def of_run(facts: str, loss: Floats, batch_loss: Floats) -> dict[str, str]:
    """A mimebundle for a run: loss (K+1,) and batch_loss (K,) over steps; missing losses are left out."""
    figure, axes = _figure()
    draw_run(axes, loss, batch_loss)
    return _bundle(facts, figure, "loss over steps")


def draw_run(axes: "Axes", loss: Floats, batch_loss: Floats) -> None:
    """Draw losses (K+1,) and batch losses (K,) over steps on `axes`."""
    axes.plot(np.arange(len(batch_loss)), batch_loss, color=LOOK["batch"], linewidth=0.9, label="batch")
    there = np.flatnonzero(np.isfinite(loss))
    if there.size:
        axes.plot(there, loss[there], color=LOOK["ink"], linewidth=1.6, label="all data")
    known = np.concatenate([batch_loss[np.isfinite(batch_loss)], loss[np.isfinite(loss)]])
    if known.size and known.min() > 0:
        axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    _dress(axes)
    axes.legend(frameon=False, labelcolor=LOOK["muted"])


def of_surface(
    facts: str, alpha: Floats, beta: Floats, loss: Floats, names: tuple[str, str]
) -> dict[str, str]:
    """A mimebundle for a surface: loss (ny, nx) over alpha (nx,) and beta (ny,); the axes' names."""
    figure, axes = _figure()
    draw_surface(axes, alpha, beta, loss, names)
    return _bundle(facts, figure, "contours of the loss")


def draw_surface(axes: "Axes", alpha: Floats, beta: Floats, loss: Floats, names: tuple[str, str]) -> None:
    """Draw contours of losses (ny, nx) over alpha (nx,) and beta (ny,) on `axes`."""
    from matplotlib.colors import LinearSegmentedColormap

    known = loss[np.isfinite(loss)]
    if known.size and known.max() > known.min():
        spread = known.max() - known.min()
        levels = known.min() + np.geomspace(spread / 400, spread, BANDS) - spread / 400
        shades = LinearSegmentedColormap.from_list("animator", SURFACE)(np.linspace(0, 1, BANDS + 1))
        axes.contourf(
            alpha, beta, np.ma.masked_invalid(loss), np.unique(levels), colors=shades, extend="both"
        )
    axes.set_xlabel(names[0], parse_math=False)
    axes.set_ylabel(names[1], parse_math=False)
    _dress(axes)


def own_axes() -> "Axes":
    """Axes of a new figure of pyplot's, where none are given."""
    from matplotlib import pyplot

    return pyplot.subplots(figsize=SIZE, layout="constrained")[1]


def _dress(axes: "Axes") -> None:
    """Give axes, and the figure around them, the colours of films."""
    axes.figure.set_facecolor(LOOK["background"])
    axes.set_facecolor(LOOK["panel"])
    axes.tick_params(colors=LOOK["muted"], which="both")
    for side in axes.spines.values():
        side.set_visible(False)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(LOOK["muted"])


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
