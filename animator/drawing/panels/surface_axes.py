"""Axes of a loss surface seen from above, for paths to lie on: its bands, level labels, tags and colour bar.

Bands of colour, thin lines between them, and hatching where the loss is not finite.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from animator.core.arrays import Floats
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.raster.axis_ticks import MovingTicks, ruled
from animator.drawing.raster.band_raster import Banding
from animator.drawing.raster.color_bar import loss_bar
from animator.drawing.raster.contour_labels import LevelLabels
from animator.drawing.raster.fonts import drawable, families, use_fonts
from animator.drawing.raster.loss_colors import LossScale, colour_map
from animator.drawing.raster.marker_layer import Mark, Shape, shape_of
from animator.drawing.raster.path_layer import dense, followed
from animator.drawing.raster.text_fit import shortened
from animator.drawing.view import View, present
from animator.landscape.camera import camera

SHORT = 4
NAME = 0.95  # em
SIDES = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))  # of a point: right, up


class Ground:
    """The surface of a view in `box`, a square, and a bar in `bar_box`, if any; paths: what tags avoid."""

    def __init__(self, look: Look, box: Box, bar_box: Box | None, view: View, paths: list[Floats]) -> None:
        self.look = look
        self.view = view
        self.field = present(view.field, "surface")
        self.window = present(view.window, "window")
        self.camera = camera(view.camera, self.window.extent, view.trajectory, view.target)
        self.axes = self._axes(box)
        closest = self.camera.closest if self.camera is not None else 1.0
        contrast = view.contrast / closest**2
        self.scale = LossScale(self.field.lowest, self.field.highest, contrast, look.style.levels)
        self._surface()
        self.taken: list[tuple[Floats, Floats]] = []
        self.paths = [dense(self.axes.transData.transform(followed(path))) for path in paths]
        if bar_box is not None:
            self.bar = loss_bar(look, bar_box, self.scale, view.value_name)
        self.labels = LevelLabels(look, self.axes, self.field.alpha, self.field.beta, self.scale.levels())
        self.axes.add_artist(self.labels)
        self.ticks = MovingTicks(look, box)
        if self.camera is not None:
            look.figure.add_artist(self.ticks)
            self.axes.set(xticks=[], yticks=[])

    def _axes(self, box: Box) -> Axes:
        axes = ruled(self.look, box, grid=False)
        a0, a1, b0, b1 = self.window.extent
        axes.set_xlim(a0, a1)
        axes.set_ylim(b0, b1)
        names = shortened(self.view.axis_labels, min(box.width, box.height), self.look.ruler(NAME))
        for axis, name in zip((axes.xaxis, axes.yaxis), names, strict=True):
            axis.set_major_locator(MaxNLocator(max(2, min(5, int(box.width / (3.6 * self.look.em))))))
            axis.set_label_text(
                drawable(name),
                color=self.look.style.muted,
                parse_math=False,
                fontsize=self.look.points * NAME,
                family=families(name),
            )
        if len(names[1]) <= SHORT:  # at the corner; longer names stand beside the axis
            axes.yaxis.label.set_rotation(0)
            axes.yaxis.label.set_horizontalalignment("left")
            axes.yaxis.set_label_coords(-3.0 * self.look.em / box.width, 1 + 0.35 * self.look.em / box.height)
        else:
            axes.yaxis.set_label_coords(-3.1 * self.look.em / box.width, 0.5)
        axes.xaxis.set_label_coords(0.5, -1.55 * self.look.em / box.height)
        return axes

    def _surface(self) -> None:
        style = self.look.style
        look = self.look
        if not np.isfinite(self.field.slices).all():
            a0, a1, b0, b1 = self.window.extent
            self.axes.add_patch(
                Rectangle(
                    (a0, b0),
                    a1 - a0,
                    b1 - b0,
                    hatch="////",
                    facecolor=style.panel,
                    edgecolor=style.grid,
                    linewidth=0,
                    zorder=0.5,
                )
            )
        surface_map = colour_map(style.surface_map)
        count = self.scale.bands
        colours = [surface_map((i + 0.5) / count) for i in range(count)]
        line = to_rgba(style.contour, 0.35)
        self.bands = Banding(
            self.axes,
            self.field.alpha,
            self.field.beta,
            self.scale,
            colours=colours,
            line=line,
            width=look.line(1.1),
        )
        self.bands.set_field(self.field.slices[0])
        self.axes.add_artist(self.bands)

    @property
    def moving(self) -> list[Artist]:
        """What is drawn again for every frame: surface and numbers, where they change."""
        if self.camera is not None:
            return [self.bands, self.labels, self.ticks]
        return [self.bands, self.labels] if self.field.moving else []

    def settle(self) -> None:
        """Choose where levels are named, now that all marks are set."""
        z = np.asarray(self.field.slices[-1], float)
        marks = (self.view.trajectory[0], self.view.target, *self.view.minima)
        self.labels.marks = [np.asarray(mark) for mark in marks if mark is not None]
        self.labels.aim(z, self.window.extent, self.paths, self.taken)
        self.labels.show(np.asarray(self.field.slices[0], float), self.window.extent)

    def look_at(self, state: FrameState) -> Affine2D | None:
        """Turn the camera to `state`; how pixels of the whole window move for it, None for a still one."""
        if self.camera is None:
            return None
        extent = self.camera.extent(state.at)
        self.axes.set_xlim(*extent[:2])
        self.axes.set_ylim(*extent[2:])
        self.ticks.show(extent)
        box = self.axes.bbox
        a0, a1, b0, _ = self.window.extent
        scale = (a1 - a0) / (extent[1] - extent[0])
        left = box.x0 + (a0 - extent[0]) / (extent[1] - extent[0]) * box.width
        bottom = box.y0 + (b0 - extent[2]) / (extent[3] - extent[2]) * box.height
        return Affine2D().translate(-box.x0, -box.y0).scale(scale).translate(left, bottom)

    def name_levels(self, slice: int) -> None:
        """Put the levels' numbers where slice `slice` has them in what is seen."""
        a0, a1 = self.axes.get_xlim()
        b0, b1 = self.axes.get_ylim()
        self.labels.show(np.asarray(self.field.slices[slice], float), (a0, a1, b0, b1))

    def mark(self, shape: Shape, size: float, fill: str, edge: str, width: float) -> Mark:
        """A marker that moves; size and edge width in pixels at 720p."""
        look = self.look
        mark = Mark(
            self.axes,
            shape_of(shape),
            size=look.line(size * look.style.dot_size),
            fill=to_rgba(fill),
            edge=to_rgba(edge),
            edge_width=look.line(width),
            still=self.camera is None,
        )
        self.axes.add_artist(mark)
        return mark

    def marker(self, place: Floats, shape: str, size: float, fill: str, edge: str, width: float) -> Line2D:
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

    def tag(self, place: Floats, words: str, colour: str) -> Annotation:
        """A name beside a point, on the side that is in the window and covers least of the path."""
        em = self.look.em
        box = self.axes.bbox
        middle = self.axes.transData.transform(place)
        size = np.array([0.56 * len(words) + 1.0, 1.6]) * em
        path = np.concatenate(self.paths)

        def cost(corner: tuple[int, int]) -> tuple[float, float, float]:
            low = middle + np.array(corner) * (0.6 * em + size / 2) - size / 2
            outside = np.maximum(0, np.array([box.x0, box.y0]) - low).sum()
            outside += np.maximum(0, low + size - np.array([box.x1, box.y1])).sum()
            shared = [np.minimum(low + size, b) - np.maximum(low, a) for a, b in self.taken]
            over = sum(float(part.prod()) for part in shared if (part > 0).all())
            return float(outside), over, float(((path > low) & (path < low + size)).all(axis=1).sum())

        right, up = corner = min(SIDES, key=cost)
        low = middle + np.array(corner) * (0.6 * em + size / 2) - size / 2
        self.taken.append((low, low + size))
        return self.axes.annotate(
            words,
            (float(place[0]), float(place[1])),
            xytext=(right * self.look.points * 0.6, up * self.look.points * 0.8),
            textcoords="offset points",
            ha=("center", "left", "right")[right],
            va=("center", "bottom", "top")[up],
            color=colour,
            fontsize=self.look.points * 0.92,
            family=use_fonts(),
            fontweight="bold",
            zorder=3,
            bbox={"facecolor": self.look.style.casing, "alpha": 0.55, "edgecolor": "none", "pad": 2.5},
        )


def surface_title(view: View) -> str:
    """What stands above the surface of `view`: the function's name for what a model calls its loss."""
    return f"f({', '.join(view.labels)})" if view.of_function else "loss surface"
