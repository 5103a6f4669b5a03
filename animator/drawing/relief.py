"""The surface in perspective as it is painted: colours, contours, edges, marks, the path and the dot.

In: a panel that has the field, its scale and where the camera stands. Out: ink, straight to the renderer, far
things first. What the surface hides is not drawn.
"""

from typing import TYPE_CHECKING

import numpy as np
from contourpy import LineType, contour_generator
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from animator.core.arrays import Floats
from animator.design.timeline import FrameState
from animator.drawing.raster.height_field import (
    Heights,
    Perspective,
    broken,
    corners,
    on_floor,
    patches,
)
from animator.drawing.raster.loss_colors import colour_map
from animator.drawing.raster.marker_layer import shape_of
from animator.drawing.raster.path_layer import visible
from animator.drawing.raster.pen import pixels_of

if TYPE_CHECKING:
    from animator.drawing.panels.surface3d import Surface3dPanel

QUADS = 66
PATH_COLOURS = 24
EDGE = 1.8  # pixels at 720p: the line around the surface
RIM, MARK = 1.05, 0.03  # where the floor ends, and from there to the end of a mark
SHADOW = np.array([0.05, 0.04])  # of the path, away from the light
MOST = 600
LIFT = np.array([0.0, 0.0, 0.015])  # by which marks and lines stand over the surface, to be seen
RING, GOAL = 11.0, 13.0  # pixels at 720p: the start, and the target


class HeightFieldArtist(Artist):
    """The painted height field with contours, path and dot, straight to the renderer."""

    def __init__(self, panel: "Surface3dPanel") -> None:
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
        self.marks = self._marks()
        position = panel.scale.position(view.loss)
        self.bins = np.minimum((position * PATH_COLOURS).astype(int), PATH_COLOURS - 1)

    def _marks(self) -> list[tuple[Path, float, Floats]]:
        """(shape, its size in pixels at 720p, point) of minima, start and target."""
        panel, view = self.panel, self.panel.view
        goals = [*view.minima, *([view.target] if view.target is not None else [])]
        places = [panel.floor(np.asarray(goal, float)) for goal in goals]
        stand = [np.append(place, panel.ground.at(*np.split(place, 2))) for place in places]
        crosses = [(shape_of("P"), GOAL, point) for point in stand]
        return [
            *crosses[: len(view.minima)],
            (Path.unit_circle(), RING, self.points[0]),
            *crosses[len(view.minima) :],
        ]

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
        self.colours = colour_map(panel.look.style.surface_map)(panel.scale.position(even))
        self.colours[..., :3] = np.clip(self.colours[..., :3] * self.heights.shade()[..., None], 0, 1)
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
        gc.set_antialiased(True)
        for rows, columns in patches(n, n, eye):
            points, colours = (corners(values[rows][:, columns]) for values in (grid, self.colours))
            renderer.draw_gouraud_triangles(gc, points, colours, IdentityTransform())
        self._skirts(renderer, gc, grid)
        self._contours(renderer, gc)
        self._rim(renderer, gc)
        self._mark(renderer, gc)
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
                renderer.draw_path(
                    gc, Path(self.panel.framing.pixels(self.eye, mark)), IdentityTransform(), None
                )

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
        hidden = self.heights.hides(self.eye.eye, top * [0.999, 0.999, 1] + LIFT)
        gc.set_linewidth(pixels_of(renderer, look.line(EDGE)))
        ink, below = (np.array(to_rgb(c)) for c in (look.style.ink, look.style.background))
        gc.set_foreground(tuple(0.6 * ink + 0.4 * below))
        edge = broken(self.panel.framing.pixels(self.eye, top), hidden, np.zeros(len(top), bool))
        if edge is not None:
            renderer.draw_path(gc, edge, IdentityTransform(), None)
        gc.set_foreground(to_rgba(look.style.ink, 0.25), isRGBA=True)
        ends = [on_floor(1 - axis, along, end) for axis, end in self._edges() for along in (-1.0, 1.0)]
        for x, y, _ in np.unique(ends, axis=0):
            top_z = float(self.heights.at(np.array([x]), np.array([y]))[0])
            post = np.array([(x, y, 0.0), (x, y, top_z)])
            renderer.draw_path(gc, Path(self.panel.framing.pixels(self.eye, post)), IdentityTransform(), None)

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
        path = broken(place, hidden, first)
        if path is not None:
            renderer.draw_path(gc, path, IdentityTransform(), None)

    def sees(self, point: Floats) -> bool:
        """Whether nothing hides a point (3,) of the surface."""
        return not self.heights.hides(self.eye.eye, point[None] + LIFT)[0]

    def _mark(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        """The start as a ring, target and minima as crosses, where nothing hides them."""
        look = self.panel.look
        ink, casing = to_rgba(look.style.target), to_rgba(look.style.casing)
        for shape, size, point in self.marks:
            if not self.sees(point):
                continue
            is_ring = size == RING
            gc.set_linewidth(pixels_of(renderer, look.line(2.0 if is_ring else 1.2)))
            gc.set_foreground(ink if is_ring else casing, isRGBA=True)
            place = self.panel.framing.pixels(self.eye, point)
            half = pixels_of(renderer, look.line(size)) / 2
            renderer.draw_path(gc, shape, Affine2D().scale(half).translate(*place), None if is_ring else ink)

    def _trail(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        panel = self.panel
        state = self.state
        look = self.panel.look
        step = min(state.step, len(self.points) - 1)
        start, end = np.searchsorted(self.kept, [state.tail, step], side="right")
        head = self._head(state)
        index = np.append(self.kept[max(0, int(start) - 1) : end], step)
        points = np.vstack([self.points[index[:-1]], head])
        hidden = self.heights.hides(self.eye.eye, points + LIFT)
        place = panel.framing.pixels(self.eye, points)
        gc.set_capstyle("round")
        gc.set_joinstyle("round")
        self._shadow(renderer, gc, points)
        whole = broken(place, hidden, np.zeros(len(place), bool))
        if whole is not None:
            gc.set_linewidth(pixels_of(renderer, look.line(3.2) * 1.75))
            gc.set_foreground(to_rgba(look.style.casing, 0.85), isRGBA=True)
            renderer.draw_path(gc, whole, IdentityTransform(), None)
        gc.set_linewidth(pixels_of(renderer, look.line(3.2)))
        bins = self.bins[index]
        cuts = np.flatnonzero(np.diff(bins[1:])) + 2
        for low, high in zip([1, *cuts], [*cuts, len(place)], strict=True):
            piece = broken(place[low - 1 : high], hidden[low - 1 : high], np.zeros(high - low + 1, bool))
            if piece is not None:
                gc.set_foreground(self.path_colours[bins[low]], isRGBA=True)
                renderer.draw_path(gc, piece, IdentityTransform(), None)
        gone = panel.window.left_at is not None and state.step >= panel.window.left_at
        if not gone:
            self._dot(renderer, gc, head, place[-1], bool(hidden[-1]))

    def seen_at(self, state: FrameState) -> Floats:
        """Where the dot is on the frame (2,), as the camera stands now."""
        return self.panel.framing.pixels(self.eye, self._head(state))

    def _head(self, state: FrameState) -> Floats:
        last = len(self.points) - 1
        here = self.points[min(state.step, last)]
        return np.asarray(here + state.part * (self.points[min(state.onto, last)] - here))

    def _shadow(self, renderer: RendererBase, gc: GraphicsContextBase, points: Floats) -> None:
        """What the path keeps the light from, on the surface."""
        flat = points[:, :2] + SHADOW
        under = np.column_stack([flat, self.heights.at(flat[:, 0], flat[:, 1])])
        away = self.heights.hides(self.eye.eye, under + LIFT) | (under[:, 2] < 0)
        path = broken(self.panel.framing.pixels(self.eye, under), away, np.zeros(len(under), bool))
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
            thread = self.panel.framing.pixels(self.eye, np.array([head, under]))
            gc.set_linewidth(pixels_of(renderer, look.line(1.6)))
            gc.set_foreground(to_rgba(look.style.alert), isRGBA=True)
            renderer.draw_path(gc, Path(thread), IdentityTransform(), None)
        radius = pixels_of(renderer, look.line(6.5 * look.style.dot_size))
        gc.set_linewidth(pixels_of(renderer, look.line(2.2)))
        gc.set_foreground(to_rgba(look.style.dot_edge, 0.5 if hidden else 1.0), isRGBA=True)
        fill = None if hidden else to_rgba(look.style.dot)
        renderer.draw_path(gc, Path.unit_circle(), Affine2D().scale(radius).translate(*place), fill)
