"""Axes of a loss surface seen from above, for paths to lie on: its bands, level labels, tags and colour bar.

Bands of colour, thin lines between them, and hatching where the loss is not finite.
"""

from dataclasses import replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, NullLocator
from matplotlib.transforms import Affine2D

from animator.core.arrays import Floats
from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.panels.registry import PanelSpec
from animator.drawing.raster.axis_ticks import MovingTicks, name_axes, room_for_name, ruled, ticks_along
from animator.drawing.raster.band_raster import Banding
from animator.drawing.raster.color_bar import loss_bar
from animator.drawing.raster.contour_labels import LevelLabels
from animator.drawing.raster.fonts import drawable, use_fonts
from animator.drawing.raster.loss_colors import LossScale, colour_map
from animator.drawing.raster.marker_layer import Mark, Shape, shape_of
from animator.drawing.raster.path_layer import dense, followed
from animator.drawing.raster.tag_places import Clutter, along_edges, beside, thinned
from animator.drawing.units import LEAST, refusal
from animator.drawing.view import View, present
from animator.landscape.camera import Camera, camera
from animator.landscape.window import Extent

TAG, DOT, MARK = 0.92, 0.5, 0.6  # em: size of a tag; how far a dot reaches around its path, and a mark
LEADER = 1.0  # em: a tag that is farther from its point has a line to it
THIN = 0.4  # em: from one point of a path to the next, where it is kept clear
TRIED = 400  # places for a number, at most
BAR_GAP = 0.9  # em: from the picture to its bar, for the marks on this


class Ground:
    """The surface of a view in `room`, as much of it as that has the shape for, and a bar beside it; paths:
    what tags avoid; spec: the panel's row, which says what stands beside it.
    """

    def __init__(self, look: Look, room: Box, view: View, paths: list[Floats], spec: PanelSpec) -> None:
        self.look = look
        self.spec = spec
        self.view = view
        self.field = present(view.field, "surface")
        self.window = present(view.window, "window")
        self.camera = camera(view.camera, self.window.extent, view.trajectory, view.target)
        if min(room.width, room.height) < LEAST:
            raise refusal(*look.size)
        self.whole = self._seen(self.window.extent if self.camera else None, room.width / room.height)
        a0, a1, b0, b1 = self.whole
        self.box = box = room.shaped((a1 - a0) / (b1 - b0))
        self.axes = self._axes(box)
        closest = self.camera.closest if self.camera is not None else 1.0
        contrast = view.contrast / closest**2
        self.scale = LossScale(self.field.lowest, self.field.highest, contrast, look.style.levels)
        self._surface()
        self.taken: list[tuple[Floats, Floats]] = []
        self.paths = [dense(self.axes.transData.transform(followed(path))) for path in paths]
        if spec.bar:
            beside_box = Box(
                box.left + box.width + BAR_GAP * look.em, box.bottom, spec.bar * look.em, box.height
            )
            self.bar = loss_bar(look, beside_box, self.scale, view.value_name)
        self.labels = LevelLabels(look, self.axes, self.field.alpha, self.field.beta, self.scale.levels())
        self.axes.add_artist(self.labels)
        self.ticks = MovingTicks(look, box, room_for_name(look, box, view.axis_labels[0]))
        if self.camera is not None:
            look.figure.add_artist(self.ticks)
            self.axes.set(xticks=[], yticks=[])

    def _seen(self, held: Extent | None, aspect: float) -> Extent:
        """What a picture of a shape shows of the plane where `held` must be seen."""
        window = self.window if held is None else replace(self.window, held=held)
        return window.seen(aspect)

    def _axes(self, box: Box) -> Axes:
        axes = ruled(self.look, box, grid=False)
        a0, a1, b0, b1 = self.whole
        axes.set_xlim(a0, a1)
        axes.set_ylim(b0, b1)
        sides = (axes.xaxis, box.width), (axes.yaxis, box.height)
        for (axis, side), numbered in zip(sides, self.spec.numbers, strict=True):
            most = ticks_along(self.look, side)
            axis.set_major_locator(MaxNLocator(most) if numbered else NullLocator())
        named = zip(self.view.axis_labels, self.spec.numbers, strict=True)
        across, up = (label if numbered else "" for label, numbered in named)
        self.title_left = name_axes(self.look, axes, box, across, up, ends=True)
        return axes

    def _surface(self) -> None:
        style = self.look.style
        look = self.look
        if not np.isfinite(self.field.slices).all():
            a0, a1, b0, b1 = self.whole
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
        self.labels.marks = self.marked
        seconds = self.view.seconds_at(self.field.steps)
        if self.camera is None or self.view.camera == "follow":
            self.labels.aim(self.field.slices, seconds, self.whole, self.paths, self.taken)
        else:
            self._name_where_it_ends(self.camera, seconds)
        self.labels.show(0, self.whole)

    def _name_where_it_ends(self, camera: Camera, seconds: Floats) -> None:
        """Choose where levels are named as a camera that comes nearer sees them in the end."""
        box = self.axes.bbox
        extent = self._seen(camera.extent(self.view.steps), box.width / box.height)
        turned = self._toward(extent)
        self.labels.aim(
            self.field.slices, seconds, extent, [turned.transform(path) for path in self.paths], ()
        )

    def look_at(self, state: FrameState) -> Affine2D | None:
        """Turn the camera to `state`; how pixels of the whole window move for it, None for a still one."""
        if self.camera is None:
            return None
        box = self.axes.bbox
        extent = self._seen(self.camera.extent(state.at), box.width / box.height)
        self.axes.set_xlim(*extent[:2])
        self.axes.set_ylim(*extent[2:])
        self.ticks.show(extent)
        return self._toward(extent)

    def _toward(self, extent: Extent) -> Affine2D:
        """How pixels of the whole window move for a camera that sees `extent`."""
        box = self.axes.bbox
        a0, a1, b0, _ = self.whole
        scale = (a1 - a0) / (extent[1] - extent[0])
        left = box.x0 + (a0 - extent[0]) / (extent[1] - extent[0]) * box.width
        bottom = box.y0 + (b0 - extent[2]) / (extent[3] - extent[2]) * box.height
        return Affine2D().translate(-box.x0, -box.y0).scale(scale).translate(left, bottom)

    def name_levels(self, slice: int) -> None:
        """Put the levels' numbers where slice `slice` has them in what is seen."""
        a0, a1 = self.axes.get_xlim()
        b0, b1 = self.axes.get_ylim()
        self.labels.show(slice, (a0, a1, b0, b1))

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

    def tag(self, place: Floats, words: str, colour: str, *, only_free: bool = False) -> list[Artist]:
        """A name beside a point, where it is in the window and covers nothing of the path, the dot on it, and
        other tags; with a line to the point where it is not near. Where there is no such place, the one where
        it covers least; with `only_free`, no name. Neither where another tile has it.
        """
        if not self.spec.tags:
            return []
        words = drawable(words)
        em = self.look.em
        points = self.look.points
        middle = self.axes.transData.transform(place)
        size = np.array([self.look.ruler(TAG, "bold")(words) + 0.5 * em, 1.4 * em])
        low, is_free = self._clutter(DOT).corner(beside(middle, size, em), size)
        if only_free and not is_free:
            return []
        self.taken.append((low, low + size))
        far = float(np.hypot(*np.maximum(0, np.abs(low + size / 2 - middle) - size / 2)))
        leader = {"arrowstyle": "-", "color": colour, "linewidth": self.look.line(1.2), "shrinkB": points / 2}
        tag = self.axes.annotate(
            words,
            (float(place[0]), float(place[1])),
            xytext=tuple((low + size / 2 - middle) * points / em),
            textcoords="offset points",
            ha="center",
            va="center",
            color=colour,
            fontsize=points * TAG,
            family=use_fonts(),
            fontweight="bold",
            zorder=3,
            bbox={"facecolor": self.look.style.casing, "alpha": 0.55, "edgecolor": "none", "pad": 2.5},
            arrowprops=leader if far > LEADER * em else None,
        )
        return [tag]

    def _clutter(self, clear: float) -> Clutter:
        """What words in the picture must not cover, and so many em around paths."""
        em = self.look.em
        box = self.axes.bbox
        picture = np.array([box.x0, box.y0]), np.array([box.x1, box.y1])
        marks = [self.axes.transData.transform(mark) for mark in self.marked]
        around = [(mark - MARK * em, mark + MARK * em) for mark in marks]
        return Clutter(picture, [*self.taken, *around], thinned(self.paths, THIN * em), clear * em, em)

    def free(self, words: str) -> tuple[float, float] | None:
        """The middle, in shares of the axes, of a box for bold `words` that covers nothing, at an edge where
        one has room; None where there is none.
        """
        em = self.look.em
        size = np.array([self.look.ruler(1.0, "bold")(words) + em, 1.9 * em])
        clutter = self._clutter(0.0)
        low, is_free = clutter.corner(along_edges(clutter.picture, size), size)
        if not is_free:
            return None
        self.taken.append((low, low + size))
        bottom, top = clutter.picture
        x, y = ((low + size / 2 - bottom) / (top - bottom)).tolist()
        return x, y

    def free_among(self, points: Floats, em: float) -> tuple[float, float]:
        """The middle, in pixels, of a box for a number of letters so large, at one of points (n, 2) of the
        plane: near their middle, where it covers nothing, or least.
        """
        size = em * self.look.em * np.array([1.4, 1.1])
        at = self.axes.transData.transform(points)
        at = at[np.argsort(((at - at.mean(axis=0)) ** 2).sum(axis=1), kind="stable")]
        few = at[:: max(1, len(at) // TRIED)] - size / 2
        clutter = self._clutter(0.0)
        low = few[int(clutter.faults(few, size).argmin())]
        self.taken.append((low, low + size))
        x, y = (low + size / 2).tolist()
        return x, y

    @property
    def marked(self) -> list[Floats]:
        """The points of the plane that have marks: start, target, minima."""
        marks = (self.view.trajectory[0], self.view.target, *self.view.minima)
        return [np.asarray(mark) for mark in marks if mark is not None]


def surface_title(view: View) -> str:
    """What stands above the surface of `view`: the function's name for what a model calls its loss."""
    return f"f({', '.join(view.labels)})" if view.of_function else say("loss surface")
