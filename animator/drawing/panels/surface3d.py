"""The loss surface in perspective, with the path on it: still, or on a slow orbit.

The height of the dot and of its path is the true loss at those weights; where the slice lies above or below,
a thread joins the dot to it. What the surface hides is not drawn. Colours are those of the bar.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
from contourpy import LineType, contour_generator
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D, IdentityTransform
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.language import digits
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.event_marks import Pointer
from animator.drawing.panels.base import Panel
from animator.drawing.panels.surface_axes import surface_title
from animator.drawing.raster.color_bar import loss_bar
from animator.drawing.raster.height_field import HEIGHT, Framing, Heights, Perspective, patches
from animator.drawing.raster.loss_colors import LossScale, colour_map
from animator.drawing.raster.path_layer import visible
from animator.drawing.raster.pen import pixels_of
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.view import present

QUADS = 66
START = np.radians(-38.0)
PATH_COLOURS = 24
EDGE = 1.8  # pixels at 720p: the line around the surface
SEAM = 0.6  # pixels at 720p: a line around each quad, in its colour, which makes edges smooth
TICKS, LAST = 5, 0.88  # numbers along an edge of the floor, at most, and where the last may stand
RIM, MARK = 1.05, 0.03  # where the floor ends, and from there to the end of a mark
NUMBERS, NAMES = 0.5, 0.4  # em: from the floor to numbers, and from these to the name of the axis
ASIDE, BELOW, ABOVE = 2.4, 2.6, 0.4  # em: from the floor to the panel's edges, for these
TURNS = 36  # places of a camera that goes round, from which all must be seen
SHADOW = np.array([0.05, 0.04])  # of the path, away from the light
MOST = 600


class Surface3dPanel(Panel):
    """view.field as a height field; view.trajectory at the height of its true losses."""

    def create(self, cell: Box) -> None:
        view = self.view
        em = self.look.em
        self.window = present(view.window, "window")
        self.field = present(view.field, "surface").within(self.window.extent)
        self.box = self.room
        self.heading(self.box, self.title or (surface_title(view) if view.of_function else ""))
        levels = self.look.style.levels
        self.scale = LossScale(self.field.lowest, self.field.highest, view.contrast, levels)
        bar = Box(
            self.box.left + self.box.width + 0.8 * em,
            self.box.bottom + 0.1 * self.box.height,
            self.spec.bar * em,
            0.8 * self.box.height,
        )
        loss_bar(self.look, bar, self.scale, view.value_name)
        last = np.asarray(self.field.slices[-1], float)
        self.ground = Heights(self.height(np.where(np.isfinite(last), last, self.field.highest)))
        self.turning = 1.0 if view.camera == "orbit" else 0.0
        turns = np.linspace(0, 2 * np.pi * self.turning, TURNS)
        inner = self.box.inset(ASIDE * em, BELOW * em, ASIDE * em, ABOVE * em)
        eyes = [self.ground.looked_at(float(START + turn)) for turn in turns]
        self.framing = Framing(self._hull(), inner, eyes)
        self.relief = HeightFieldArtist(self)
        self.look.figure.add_artist(self.relief)
        self.names = [self._stamp(text, 0.95) for text in view.axis_labels]
        self.ticks = [self._ticks(axis) for axis in (0, 1)]
        self.halts = Pointer(self.look, view, None, self.relief.seen_at)
        self.moving += [self.relief, *self.names, *(stamp for pair in self.ticks for _, stamp in pair)]
        self.moving += self.halts.layers

    def _hull(self) -> Floats:
        """(n, 3) points of the surface, where it is highest while it moves, and of the floor's edge."""
        slices = self.field.slices
        some = [np.asarray(slices[i], float) for i in {*range(0, len(slices), len(slices) // 8 + 1), -1}]
        top = Heights(self.height(np.nanmax(np.where(np.isfinite(some), some, self.field.lowest), axis=0)))
        x, y = (grid.ravel() for grid in np.meshgrid(*[np.linspace(-1, 1, 13)] * 2))
        floor = np.stack([RIM * x, RIM * y, np.zeros_like(x)], axis=1)
        return np.concatenate([np.stack([x, y, top.at(x, y)], axis=1), floor])

    def _stamp(self, words: str, em: float) -> Stamp:
        return self.look.stamp(0.0, 0.0, words, em=em, color=self.look.style.muted, across="center")

    def _ticks(self, axis: int) -> list[tuple[float, Stamp]]:
        """Round numbers of an axis, where they stand in [-1, 1], not too near the corners."""
        low, high = self.window.extent[2 * axis : 2 * axis + 2]
        values = [float(value) for value in MaxNLocator(TICKS).tick_values(low, high)]
        places = [2 * (value - low) / (high - low) - 1 for value in values]
        return [
            (place, self._stamp(digits(f"{value:g}").replace("-", "−"), 0.8))
            for place, value in zip(places, values, strict=True)
            if abs(place) <= LAST
        ]

    def height(self, loss: Floats | float) -> Floats:
        """z of losses: in proportion, 0 at the lowest of the film and HEIGHT at the highest."""
        low, high = self.field.lowest, self.field.highest
        with np.errstate(invalid="ignore"):
            return np.asarray(HEIGHT * np.clip((np.asarray(loss, float) - low) / (high - low), 0, 1))

    def floor(self, place: Floats) -> Floats:
        """x, y in [-1, 1] of points (..., 2) of the plane."""
        a0, a1, b0, b1 = self.window.extent
        return np.stack([(place[..., 0] - a0) / (a1 - a0), (place[..., 1] - b0) / (b1 - b0)], -1) * 2 - 1

    def update(self, state: FrameState) -> None:
        eye = self.ground.looked_at(float(START + 2 * np.pi * state.turn * self.turning))
        self.framing.aim(eye)
        self.relief.show(state, eye)
        self.halts.show(state)
        for axis, (name, side) in enumerate(zip(self.names, eye.sides, strict=True)):
            beyond = [
                self._put(stamp, eye, on_floor(axis, along, RIM * side), NUMBERS)
                for along, stamp in self.ticks[axis]
            ]
            self._put(name, eye, on_floor(axis, 0.0, RIM * side), max(beyond, default=0.0) + NAMES)

    def _put(self, stamp: Stamp, eye: Perspective, place: Floats, far: float) -> float:
        """Put a stamp `far` em beyond a point at the floor's edge; how far it reaches, in em."""
        em = self.look.em
        edge, inner = self.framing.pixels(eye, np.stack([place, place * [0.8, 0.8, 1.0]]))
        way = (edge - inner) / np.hypot(*(edge - inner))
        wide = self.look.ruler(float(stamp.get_fontsize()) / self.look.points)(stamp.get_text())
        size = np.array([wide, 0.8 * em])
        half = float(np.abs(way) @ size / 2) / em
        x, y = (edge + way * (far + half) * em).tolist()
        stamp.set_position((x, y))
        return far + 2 * half


class HeightFieldArtist(Artist):
    """The painted height field with contours, path and dot, straight to the renderer."""

    def __init__(self, panel: Surface3dPanel) -> None:
        super().__init__()
        self.panel = panel
        self.at = -1
        self.heights = Heights(np.zeros((2, 2)))
        self.colours: Floats = np.zeros((0, 0, 4))
        self.lines: list[Floats] = []
        self.set_zorder(2)
        self._path()
        self.state = FrameState(0, False)
        self.eye = Perspective(0.0)

    def _path(self) -> None:
        panel = self.panel
        view = self.panel.view
        stop = panel.window.left_at
        place = panel.floor(np.nan_to_num(view.trajectory[:stop], posinf=1e3, neginf=-1e3))
        points = np.concatenate([place, panel.height(view.loss[:stop])[:, None]], axis=1)
        self.points = np.nan_to_num(points)
        self.kept = visible(self.points[:, :2] * 400, MOST)
        path_map = colour_map(panel.look.style.path_map)
        self.path_colours = [path_map((i + 0.5) / PATH_COLOURS) for i in range(PATH_COLOURS)]
        position = panel.scale.position(view.loss)
        self.bins = np.minimum((position * PATH_COLOURS).astype(int), PATH_COLOURS - 1)

    def show(self, state: FrameState, eye: Perspective) -> None:
        """Take what the frame shows, and where the camera stands."""
        self.state = state
        self.eye = eye
        wanted = self.panel.field.at(state.step)
        if wanted != self.at:
            self.at = wanted
            self._field(np.asarray(self.panel.field.slices[wanted], float))

    def _field(self, loss: Floats) -> None:
        panel = self.panel
        loss = np.where(np.isfinite(loss), loss, panel.field.highest)
        fine = np.linspace(-1, 1, QUADS + 1)
        x, y = np.meshgrid(fine, fine)
        even = Heights(loss).at(x, y)
        self.heights = Heights(panel.height(even))
        middle = (even[:-1, :-1] + even[1:, 1:] + even[:-1, 1:] + even[1:, :-1]) / 4
        colours = colour_map(panel.look.style.surface_map)(panel.scale.position(middle))
        colours[..., :3] = np.clip(colours[..., :3] * self.heights.shade()[..., None], 0, 1)
        self.colours = colours
        made = contour_generator(fine, fine, even, line_type=LineType.Separate)
        self.lines = []
        for level in panel.scale.levels()[1:-1]:
            for line in made.lines(level):
                z = np.full((len(line), 1), float(panel.height(level)))
                self.lines.append(np.concatenate([np.asarray(line), z], axis=1))

    def draw(self, renderer: RendererBase) -> None:
        """Paint far quads first, then the contours, the path and the dot where nothing hides them."""
        gc = renderer.new_gc()
        eye = self.eye.eye
        n = QUADS + 1
        fine = np.linspace(-1, 1, n)
        x, y = np.meshgrid(fine, fine)
        grid = self.panel.framing.pixels(self.eye, np.stack([x, y, self.heights.z], -1))
        self._floor(renderer, gc)
        gc.set_linewidth(pixels_of(renderer, self.panel.look.line(SEAM)))
        gc.set_antialiased(True)
        for rows, columns in patches(n, n, eye):
            points = grid[rows][:, columns]
            inner = quads_of(rows), quads_of(columns)
            shades = self.colours[inner[0]][:, inner[1]].reshape(-1, 4)
            colours = cast(Sequence[ColorType], shades)  # an array, for which the stub has no word
            high, wide = points.shape[0] - 1, points.shape[1] - 1
            renderer.draw_quad_mesh(
                gc,
                IdentityTransform(),
                wide,
                high,
                np.ascontiguousarray(points),
                np.zeros((1, 2)),
                IdentityTransform(),
                colours,
                False,
                colours,
            )
        self._skirts(renderer, gc, grid)
        self._contours(renderer, gc)
        self._rim(renderer, gc)
        self._trail(renderer, gc)
        gc.restore()

    def _edges(self) -> list[tuple[int, float]]:
        """(axis, its end) of the sides of the box that face the camera: two, or one that it stands before."""
        eye = self.eye.eye
        return [(axis, float(np.sign(eye[axis]))) for axis in (0, 1) if abs(eye[axis]) > 1]

    def _floor(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        look = self.panel.look
        corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], float) * [RIM, RIM, 1]
        gc.set_linewidth(pixels_of(renderer, look.line(1.2)))
        gc.set_foreground(to_rgba(look.style.grid), isRGBA=True)
        place = self.panel.framing.pixels(self.eye, corners)
        renderer.draw_path(
            gc,
            Path(np.vstack([place, place[:1]]), closed=True),
            IdentityTransform(),
            to_rgba(look.style.panel),
        )
        for axis, side in enumerate(self.eye.sides):
            for along, _ in self.panel.ticks[axis]:
                mark = np.array([on_floor(axis, along, side * out) for out in (RIM, RIM + MARK)])
                renderer.draw_path(gc, Path(self._seen(mark)), IdentityTransform(), None)

    def _skirts(self, renderer: RendererBase, gc: GraphicsContextBase, grid: Floats) -> None:
        """The two sides that face the camera, from the surface's edge down to the floor."""
        fine = np.linspace(-1, 1, QUADS + 1)
        ground = colour_map(self.panel.look.style.surface_map)(0.8)
        for axis, end in self._edges():
            at = 0 if end < 0 else -1
            edge = grid[:, at] if axis == 0 else grid[at]
            floor = np.zeros((len(fine), 3))
            floor[:, axis] = end
            floor[:, 1 - axis] = fine
            outline = np.vstack([edge, self.panel.framing.pixels(self.eye, floor)[::-1]])
            dim = 0.62 if axis == 0 else 0.74
            colour = (dim * ground[0], dim * ground[1], dim * ground[2], 1.0)
            gc.set_linewidth(0.0)
            renderer.draw_path(gc, Path(outline, closed=False), IdentityTransform(), colour)

    def _rim(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        """The surface's edge where nothing hides it, and the corners below it that face the camera: a line
        that is smooth where quads are not.
        """
        look = self.panel.look
        fine = np.linspace(-1, 1, QUADS // 2 + 1)
        low, high = np.full_like(fine, -1.0), np.full_like(fine, 1.0)
        around = np.concatenate(
            [np.stack(side, axis=1) for side in ((fine, low), (high, fine), (-fine, high), (low, -fine))]
        )
        top = np.column_stack([around, self.heights.at(*around.T)])
        hidden = self.heights.hides(self.eye.eye, top * [0.999, 0.999, 1] + np.array([0, 0, 0.015]))
        gc.set_linewidth(pixels_of(renderer, look.line(EDGE)))
        ink, below = (np.array(to_rgb(c)) for c in (look.style.ink, look.style.background))
        gc.set_foreground(tuple(0.6 * ink + 0.4 * below))
        edge = _broken(self._seen(top), hidden, np.zeros(len(top), bool))
        if edge is not None:
            renderer.draw_path(gc, edge, IdentityTransform(), None)
        gc.set_foreground(to_rgba(look.style.ink, 0.25), isRGBA=True)
        ends = [on_floor(1 - axis, along, end) for axis, end in self._edges() for along in (-1.0, 1.0)]
        for x, y, _ in np.unique(ends, axis=0):
            top_z = float(self.heights.at(np.array([x]), np.array([y]))[0])
            post = np.array([(x, y, 0.0), (x, y, top_z)])
            renderer.draw_path(gc, Path(self._seen(post)), IdentityTransform(), None)

    def _contours(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        if not self.lines:
            return
        look = self.panel.look
        points = np.concatenate(self.lines)
        hidden = self.heights.hides(self.eye.eye, points + np.array([0, 0, 0.008]))
        place = self.panel.framing.pixels(self.eye, points)
        gc.set_linewidth(pixels_of(renderer, look.line(0.9)))
        gc.set_foreground(to_rgba(look.style.contour, 0.5), isRGBA=True)
        first = np.zeros(len(points), bool)
        first[np.cumsum([0, *(len(line) for line in self.lines[:-1])])] = True
        path = _broken(place, hidden, first)
        if path is not None:
            renderer.draw_path(gc, path, IdentityTransform(), None)

    def seen_at(self, state: FrameState) -> Floats:
        """Where the dot is on the frame, as the camera stands now."""
        return self._seen(self._head(state))

    def _seen(self, points: Floats) -> Floats:
        return self.panel.framing.pixels(self.eye, points)

    def _head(self, state: FrameState) -> Floats:
        last = len(self.points) - 1
        here = self.points[min(state.step, last)]
        return np.asarray(here + state.part * (self.points[min(state.onto, last)] - here))

    def _trail(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        panel, state, look = self.panel, self.state, self.panel.look
        step = min(state.step, len(self.points) - 1)
        start, end = np.searchsorted(self.kept, [state.tail, step], side="right")
        head = self._head(state)
        index = np.append(self.kept[max(0, int(start) - 1) : end], step)
        points = np.vstack([self.points[index[:-1]], head])
        hidden = self.heights.hides(self.eye.eye, points + np.array([0, 0, 0.015]))
        place = panel.framing.pixels(self.eye, points)
        gc.set_capstyle("round")
        gc.set_joinstyle("round")
        self._shadow(renderer, gc, points)
        whole = _broken(place, hidden, np.zeros(len(place), bool))
        if whole is not None:
            gc.set_linewidth(pixels_of(renderer, look.line(3.2) * 1.75))
            gc.set_foreground(to_rgba(look.style.casing, 0.85), isRGBA=True)
            renderer.draw_path(gc, whole, IdentityTransform(), None)
        gc.set_linewidth(pixels_of(renderer, look.line(3.2)))
        bins = self.bins[index]
        cuts = np.flatnonzero(np.diff(bins[1:])) + 2
        for low, high in zip([1, *cuts], [*cuts, len(place)], strict=True):
            piece = _broken(place[low - 1 : high], hidden[low - 1 : high], np.zeros(high - low + 1, bool))
            if piece is not None:
                gc.set_foreground(self.path_colours[bins[low]], isRGBA=True)
                renderer.draw_path(gc, piece, IdentityTransform(), None)
        gone = panel.window.left_at is not None and state.step >= panel.window.left_at
        if not gone:
            self._dot(renderer, gc, head, place[-1], bool(hidden[-1]))

    def _shadow(self, renderer: RendererBase, gc: GraphicsContextBase, points: Floats) -> None:
        """What the path keeps the light from, on the surface."""
        flat = points[:, :2] + SHADOW
        under = np.column_stack([flat, self.heights.at(flat[:, 0], flat[:, 1])])
        away = self.heights.hides(self.eye.eye, under + np.array([0, 0, 0.015])) | (under[:, 2] < 0)
        path = _broken(self.panel.framing.pixels(self.eye, under), away, np.zeros(len(under), bool))
        if path is not None:
            gc.set_linewidth(pixels_of(renderer, self.panel.look.line(5.5)))
            gc.set_foreground((0.0, 0.0, 0.0, 0.45), isRGBA=True)
            renderer.draw_path(gc, path, IdentityTransform(), None)

    def _dot(
        self, renderer: RendererBase, gc: GraphicsContextBase, head: Floats, place: Floats, hidden: bool
    ) -> None:
        look = self.panel.look
        under = np.array([*head[:2], float(self.heights.at(head[:1], head[1:2])[0])])
        if abs(under[2] - head[2]) > 0.02:
            gc.set_linewidth(pixels_of(renderer, look.line(1.6)))
            gc.set_foreground(to_rgba(look.style.alert), isRGBA=True)
            renderer.draw_path(gc, Path(self._seen(np.array([head, under]))), IdentityTransform(), None)
        radius = pixels_of(renderer, look.line(6.5 * look.style.dot_size))
        gc.set_linewidth(pixels_of(renderer, look.line(2.2)))
        gc.set_foreground(to_rgba(look.style.dot_edge, 0.5 if hidden else 1.0), isRGBA=True)
        fill = None if hidden else to_rgba(look.style.dot)
        renderer.draw_path(gc, Path.unit_circle(), Affine2D().scale(radius).translate(*place), fill)


def on_floor(axis: int, along: float, out: float) -> Floats:
    """(3,) a point of the floor: `along` an axis, and `out` in the direction of the other."""
    return np.array([along, out, 0.0] if axis == 0 else [out, along, 0.0])


def quads_of(points: slice) -> slice:
    """The quads between the grid points of a slice, in the same order."""
    if points.step is None:
        stop = None if points.stop is None else points.stop - 1
        return slice(points.start, None if stop is None else stop)
    start = None if points.start is None else points.start - 1
    return slice(start, None if points.stop is None else points.stop, -1)


def _broken(place: Floats, hidden: NDArray[np.bool_], first: NDArray[np.bool_]) -> Path | None:
    """The path through places (N, 2), without the pieces that end in a hidden point or begin anew."""
    if len(place) < 2 or hidden.all():
        return None
    codes = np.full(len(place), Path.LINETO, np.uint8)
    codes[0] = Path.MOVETO
    codes[1:][hidden[1:] | hidden[:-1] | first[1:]] = Path.MOVETO
    return Path(place, codes)
