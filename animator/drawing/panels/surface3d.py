"""The loss surface in perspective, with the path on it: still, or from a camera that swings to
and fro.

The height of the dot and of its path is the true loss at those weights; where the slice lies above or below,
a thread joins the dot to it. What the surface hides is not drawn. Colours are those of the bar.
"""

import numpy as np
from matplotlib.ticker import MaxNLocator

from animator.core.arrays import Floats
from animator.core.formatting import brief
from animator.core.language import digits, say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.event_marks import Pointer, radius_of
from animator.drawing.panels.base import Panel
from animator.drawing.panels.surface_axes import surface_title
from animator.drawing.raster.color_bar import loss_bar
from animator.drawing.raster.height_field import (
    HEIGHT,
    Framing,
    Heights,
    Perspective,
    on_floor,
)
from animator.drawing.raster.loss_colors import LossScale
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.relief import RIM, HeightFieldArtist
from animator.drawing.view import present

START = np.radians(-38.0)  # where the camera stands that has no way to look up
ASLANT, SWING = np.radians([25.0, 30.0])  # from where the path leads to, and how far it goes to each side
LEAST_WAY = 0.2  # of the floor's half: a path whose ends are nearer leads nowhere
TICKS, LAST = 5, 0.88  # numbers along an edge of the floor, at most, and where the last may stand
NUMBERS, NAMES = 0.5, 0.4  # em: from the floor to numbers, and from these to the name of the axis
ASIDE, BELOW, ABOVE = 2.4, 2.6, 0.4  # em: from the floor to the panel's edges, for these
TURNS = 24  # places of a camera that swings, from which all must be seen
TAG, BESIDE, CLEAR = 0.86, 1.2, 0.7  # em: their names, from a mark to its name, from a ring to one


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
        self.swing = SWING if view.camera == "orbit" else 0.0
        inner = self.box.inset(ASIDE * em, BELOW * em, ASIDE * em, ABOVE * em)
        self.turned = self._facing()
        turns = self.turned + self.swing * np.linspace(-1, 1, TURNS)
        eyes = [self.ground.looked_at(float(turn)) for turn in turns]
        self.framing = Framing(self._hull(), inner, eyes)
        self.relief = HeightFieldArtist(self)
        self.look.figure.add_artist(self.relief)
        self.names = [self._stamp(text, 0.95) for text in view.axis_labels]
        self.ticks = [self._ticks(axis) for axis in (0, 1)]
        self.tags = self._tags()
        self.moving += [self.relief, *self.names, *(stamp for pair in self.ticks for _, stamp in pair)]
        self.moving += [stamp for stamp, *_ in self.tags]
        self.halts = Pointer(self.look, view, None, self.relief.seen_at)
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

    def _tags(self) -> list[tuple[Stamp, Floats, Floats]]:
        """(name, the point that it names, a point of the path near that) of the start and the target."""
        style = self.look.style
        path = self.relief.points
        ends = [(say("start"), path[0], path[len(path) // 2])]
        if self.view.target is not None:
            ends.append((say("target"), self.relief.marks[-1][2], path[len(path) // 2]))
        stamps = [
            self.look.stamp(0.0, 0.0, words, em=TAG, color=style.target, weight="bold", across="center")
            for words, *_ in ends
        ]
        for stamp in stamps:
            stamp.halo = style.casing
        return [(stamp, *points) for stamp, (_, *points) in zip(stamps, ends, strict=True)]

    def _ticks(self, axis: int) -> list[tuple[float, Stamp]]:
        """Round numbers of an axis, where they stand in [-1, 1], not too near the corners."""
        low, high = self.window.extent[2 * axis : 2 * axis + 2]
        values = [float(value) for value in MaxNLocator(TICKS).tick_values(low, high)]
        places = [2 * (value - low) / (high - low) - 1 for value in values]
        return [
            (place, self._stamp(digits(brief(value)).replace("-", "−"), 0.86))
            for place, value in zip(places, values, strict=True)
            if abs(place) <= LAST
        ]

    def height(self, loss: Floats | float) -> Floats:
        """z of losses: in proportion, 0 at the lowest of the film and HEIGHT at the highest."""
        low, high = self.field.lowest, self.field.highest
        with np.errstate(invalid="ignore"):
            return np.asarray(HEIGHT * np.clip((np.asarray(loss, float) - low) / (high - low), 0, 1))

    def _facing(self) -> float:
        """The azimuth of a camera that the path comes towards, so that its start stands behind and its end in
        front, and downhill looks so.
        """
        path = self.view.trajectory
        known = path[np.isfinite(path).all(axis=1)]
        way = np.clip(self.floor(known[-1]), -1, 1) - np.clip(self.floor(known[0]), -1, 1)
        if np.hypot(*way) < LEAST_WAY:
            return float(START)
        return float(np.arctan2(way[0], -way[1]) + ASLANT)

    def floor(self, place: Floats) -> Floats:
        """x, y in [-1, 1] of points (..., 2) of the plane."""
        a0, a1, b0, b1 = self.window.extent
        return np.stack([(place[..., 0] - a0) / (a1 - a0), (place[..., 1] - b0) / (b1 - b0)], -1) * 2 - 1

    def update(self, state: FrameState) -> None:
        eye = self.ground.looked_at(float(self.turned + self.swing * np.sin(2 * np.pi * state.turn)))
        self.framing.aim(eye)
        self.relief.show(state, eye)
        self.halts.show(state)
        for axis, (name, side) in enumerate(zip(self.names, eye.sides, strict=True)):
            beyond = [
                self._put(stamp, eye, on_floor(axis, along, RIM * side), NUMBERS)
                for along, stamp in self.ticks[axis]
            ]
            self._put(name, eye, on_floor(axis, 0.0, RIM * side), max(beyond, default=0.0) + NAMES)
        words = [*self.names, *(stamp for pairs in self.ticks for _, stamp in pairs)]
        taken = [stamp.get_window_extent() for stamp in words]
        for stamp, point, near in self.tags:
            self._name(stamp, point, near)
            stamp.set_visible(True)  # a hidden text has no extent
            is_free = not stamp.get_window_extent().count_overlaps(taken)
            stamp.set_visible(is_free and self.relief.sees(point))

    def _name(self, stamp: Stamp, point: Floats, near: Floats) -> None:
        """Put a stamp beside a point, away from the path, on which `near` is, and outside of a ring."""
        em = self.look.em
        is_ringed = any(halt.pointed for halt in self.view.halts)
        away = max(BESIDE * em, radius_of(self.look) + CLEAR * em if is_ringed else 0.0)
        at, other = self.framing.pixels(self.relief.eye, np.stack([point, near]))
        way = (at - other) / max(1.0, float(np.hypot(*(at - other))))
        wide = self.look.ruler(TAG, "bold")(stamp.get_text())
        x, y = (at + way * (np.array([wide / 2, 0.4 * em]) + away)).tolist()
        stamp.set_position((x, y))

    def _put(self, stamp: Stamp, eye: Perspective, place: Floats, far: float) -> float:
        """Put a stamp `far` em beyond a point at the floor's edge, or beyond the surface above it where that
        hangs over; how far it reaches, in em.
        """
        em = self.look.em
        above = np.append(place[:2], self.relief.heights.at(*np.split(place[:2] / RIM, 2)))
        edge, inner, over = self.framing.pixels(eye, np.stack([place, place * [0.8, 0.8, 1.0], above]))
        way = (edge - inner) / np.hypot(*(edge - inner))
        edge = edge + way * max(0.0, float((over - edge) @ way))
        wide = self.look.ruler(float(stamp.get_fontsize()) / self.look.points)(stamp.get_text())
        size = np.array([wide, 0.8 * em])
        half = float(np.abs(way) @ size / 2) / em
        x, y = (edge + way * (far + half) * em).tolist()
        stamp.set_position((x, y))
        return far + 2 * half
