"""The loss surface seen from above, with the path across it and a colour bar in loss units.

The path and the bar's second strip are coloured by the true loss; the mark on the bar is the true
loss at the dot. On a moving slice the bands are drawn again for every step.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from animator.layout import Box
from animator.panels.artists import Bands, Trail, dense, visible
from animator.panels.base import Panel
from animator.panels.readout import disagree
from animator.panels.scale import BANDS, LossScale, colour_map
from animator.panels.stamps import Sprite
from animator.style import use_fonts
from animator.timeline import FrameState
from animator.view import Field
from animator.window import Window

PATH_COLOURS = 24
SHORT = 4

Floats = NDArray[np.float64]


class SurfacePanel(Panel):
    """view.field as bands, view.trajectory as a trail with its start, dot and target."""

    def create(self, cell: Box) -> None:
        em = self.look.em
        assert self.view.field is not None and self.view.window is not None, "checked in prepare"
        self.field: Field = self.view.field
        self.window: Window = self.view.window
        box = cell.inset(4.2 * em, 3.1 * em, 6.6 * em, 2.0 * em).square()
        self.heading(box, self.title or "loss surface")
        self.axes = self._axes(box)
        self.scale = LossScale(self.field.lowest, self.field.highest)
        self.trajectory = self.view.trajectory
        self._surface()
        self._marks()
        self._path()
        self._bar(Box(box.left + box.width + 1.5 * em, box.bottom, 1.7 * em, box.height))

    def _axes(self, box: Box) -> Axes:
        axes = self.look.axes(box)
        axes.grid(False)
        a0, a1, b0, b1 = self.window.extent
        axes.set_xlim(a0, a1)
        axes.set_ylim(b0, b1)
        for axis, name in zip((axes.xaxis, axes.yaxis), self.view.axis_labels, strict=True):
            axis.set_major_locator(MaxNLocator(5))
            axis.set_label_text(name, color=self.look.style.muted, fontsize=self.look.points * 0.95,
                                family=use_fonts())  # fmt: skip
        if len(self.view.axis_labels[1]) <= SHORT:  # at the corner; longer names stand beside the axis
            axes.yaxis.label.set_rotation(0)
            axes.yaxis.label.set_horizontalalignment("left")
            axes.yaxis.set_label_coords(-3.0 * self.look.em / box.width, 1.0)
        else:
            axes.yaxis.set_label_coords(-3.1 * self.look.em / box.width, 0.5)
        axes.xaxis.set_label_coords(0.5, -1.55 * self.look.em / box.height)
        return axes

    def _surface(self) -> None:
        style, look = self.look.style, self.look
        if not np.isfinite(self.field.slices).all():
            a0, a1, b0, b1 = self.window.extent
            self.axes.add_patch(
                Rectangle((a0, b0), a1 - a0, b1 - b0, hatch="////", facecolor=style.panel,
                          edgecolor=style.grid, linewidth=0, zorder=0.5)
            )  # fmt: skip
        surface_map = colour_map(style.surface_map)
        colours = [surface_map((i + 0.5) / BANDS) for i in range(BANDS)]
        line = to_rgba(style.contour, 0.35)
        self.bands = Bands(self.axes, self.field.alpha, self.field.beta, self.scale.levels(),
                           colours, line, look.line(0.8))  # fmt: skip
        self.bands.set_field(self.field.slices[0])
        self.shown_slice = 0
        self.axes.add_artist(self.bands)
        if self.field.moving:
            self.moving.append(self.bands)

    def _marks(self) -> None:
        style = self.look.style
        start = self.trajectory[0]
        ring = self._marker(start, "o", 11, "none", style.target, 2)
        marks = [ring, self._tag(start, "start", style.target)]
        if self.view.target is not None:
            goal = np.asarray(self.view.target)
            cross = self._marker(goal, "P", 13, style.target, style.casing, 1.2)
            words = f"target ({goal[0]:g}, {goal[1]:g})"
            marks += [cross, self._tag(goal, words, style.target)]
        if self.field.moving:
            sprite = Sprite(marks, 3)
            self.axes.add_artist(sprite)
            self.moving.append(sprite)

    def _marker(self, place: Floats, shape: str, size: float, fill: str, edge: str, width: float) -> Line2D:
        """A marker at a point of the plane; size and edge width in pixels at 720p."""
        (marker,) = self.axes.plot(
            *place,
            marker=shape,
            markersize=self.look.line(size),
            markerfacecolor=fill,
            markeredgecolor=edge,
            markeredgewidth=self.look.line(width),
            zorder=3,
        )
        return marker

    def _tag(self, place: Floats, words: str, colour: str) -> Annotation:
        """A name beside a point, at the corner that is in the window and covers least of the path."""
        em, box = self.look.em, self.axes.bbox
        middle = self.axes.transData.transform(place)
        size = np.array([0.56 * len(words) + 1.0, 1.6]) * em
        path = dense(self.axes.transData.transform(np.nan_to_num(self.trajectory)))

        def cost(corner: tuple[int, int]) -> tuple[float, float]:
            low = middle + np.array(corner) * (0.6 * em + size / 2) - size / 2
            outside = np.maximum(0, np.array([box.x0, box.y0]) - low).sum()
            outside += np.maximum(0, low + size - np.array([box.x1, box.y1])).sum()
            return float(outside), float(((path > low) & (path < low + size)).all(axis=1).sum())

        right, up = min(((1, 1), (-1, 1), (1, -1), (-1, -1)), key=cost)
        return self.axes.annotate(
            words,
            (float(place[0]), float(place[1])),
            xytext=(right * self.look.points * 0.6, up * self.look.points * 0.8),
            textcoords="offset points",
            ha="left" if right > 0 else "right",
            va="bottom" if up > 0 else "top",
            color=colour,
            fontsize=self.look.points * 0.92,
            family=use_fonts(),
            fontweight="bold",
            zorder=3,
            bbox={"facecolor": self.look.style.casing, "alpha": 0.55, "edgecolor": "none", "pad": 2.5},
        )

    def _path(self) -> None:
        style, look = self.look.style, self.look
        pixels = self.axes.transData.transform(np.nan_to_num(self.trajectory, posinf=1e6, neginf=-1e6))
        pixels = np.clip(pixels, -1e5, 1e5)
        self.pixels = pixels
        self.kept = visible(pixels)
        path_map = colour_map(style.path_map)
        colours = [path_map((i + 0.5) / PATH_COLOURS) for i in range(PATH_COLOURS)]
        position = self.scale.position(self.view.loss)
        self.bins = np.minimum((position * PATH_COLOURS).astype(int), PATH_COLOURS - 1)
        self.trail = Trail(self.axes, pixels[self.kept], self.bins[self.kept], colours,
                           to_rgba(style.casing, 0.85), look.line(3.2))  # fmt: skip
        self.axes.add_artist(self.trail)
        self.dot = self._marker(self.trajectory[0], "o", 13, style.dot, style.dot_edge, 2.2)
        self.dot.set_zorder(5)
        self.moving += [self.trail, self.dot]
        if self.window.left_at is not None:
            self._exit(self.window.left_at)

    def _exit(self, step: int) -> None:
        """The sentence that says when the path left, at the window's upper edge, from that step on."""
        self.exit = self.axes.text(
            0.5, 0.965, f"left the window at step {step:,}", transform=self.axes.transAxes,
            ha="center", va="top", fontsize=self.look.points, color=self.look.style.dot_edge,
            family=use_fonts(), fontweight="bold", zorder=7,
            bbox={"facecolor": self.look.style.dot, "edgecolor": "none", "boxstyle": "round,pad=0.35"},
        )  # fmt: skip
        self.moving.append(self.exit)

    def _bar(self, box: Box) -> None:
        look, style = self.look, self.look.style
        bar = look.axes(box)
        bar.grid(False)
        bar.set_xlim(0, 1)
        bar.set_ylim(0, 1)
        bar.set_xticks([])
        surface_map = colour_map(style.surface_map)
        for i in range(BANDS):
            bar.add_patch(Rectangle((0, i / BANDS), 0.5, 1 / BANDS, linewidth=0, antialiased=False,
                                    facecolor=surface_map((i + 0.5) / BANDS)))  # fmt: skip
        ramp = np.linspace(0, 1, 256)[:, None]
        bar.imshow(ramp, extent=(0.5, 1, 0, 1), aspect="auto", origin="lower",
                   cmap=colour_map(style.path_map), interpolation="nearest")  # fmt: skip
        ticks = self.scale.ticks()
        bar.yaxis.tick_right()
        bar.set_yticks(self.scale.position(np.asarray(ticks)) if ticks else [],
                       [f"{t:g}" for t in ticks])  # fmt: skip
        for label in bar.get_yticklabels():
            label.set_fontfamily(use_fonts())
        look.text(box.left, box.bottom + box.height + 0.55 * look.em, "loss", color=style.muted)
        (self.pointer,) = bar.plot([], [], marker=">", markersize=look.line(10), color=style.dot,
                                   markeredgewidth=0, clip_on=False, zorder=5)  # fmt: skip
        (self.gap,) = bar.plot([], [], color=style.alert, linewidth=look.line(2.4), clip_on=False, zorder=4)
        (self.under,) = bar.plot([], [], marker="<", markersize=look.line(10), color=style.alert,
                                 markeredgewidth=0, clip_on=False, zorder=6)  # fmt: skip
        self.moving += [self.gap, self.pointer, self.under]

    def update(self, state: FrameState) -> None:
        step = state.step
        wanted = self.field.at(step)
        if wanted != self.shown_slice:
            self.bands.set_field(self.field.slices[wanted])
            self.shown_slice = wanted
        end = int(np.searchsorted(self.kept, step, side="right"))
        self.trail.show(end, self.pixels[step], int(self.bins[step]))
        gone = self.window.left_at is not None and step >= self.window.left_at
        self.dot.set_data(*([[v] for v in self.trajectory[step]] if not gone else ([], [])))
        if self.window.left_at is not None:
            self.exit.set_visible(gone)
        loss = self.view.loss[step]
        known = np.isfinite(loss)
        at = float(self.scale.position(loss)) if known else 0.0
        self.pointer.set_data([-0.32] if known else [], [at] if known else [])
        height = self.field.height(step)
        apart = disagree(height, float(loss))
        under = float(self.scale.position(height)) if apart else 0.0
        self.gap.set_data([-0.62, -0.62] if apart else [], [at, under] if apart else [])
        self.under.set_data([-0.32] if apart else [], [under] if apart else [])
