"""The loss surface seen from above, with the path across it and a colour bar in loss units.

The path and the bar's second strip are coloured by the true loss; the mark on the bar is the true
loss at the dot, and a second one the height of the surface there, where they are apart. On a moving slice
the bands are drawn again for every step.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba

from animator.core.arrays import Floats
from animator.core.formatting import number
from animator.core.language import Said, say, shown
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.end_card import disagree
from animator.drawing.event_marks import Pointer
from animator.drawing.panels.base import SMALLEST, TITLE
from animator.drawing.panels.map_panel import MapPanel
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.fonts import drawable, use_fonts
from animator.drawing.raster.line_layers import Span
from animator.drawing.raster.loss_colors import colour_map
from animator.drawing.raster.marker_layer import Mark, shape_of
from animator.drawing.raster.path_layer import Trail, followed, visible
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.view import present

PATH_COLOURS = 24
TOLD = 0.95  # em: the loss behind a title
NUMBER = "0.0×10⁻¹⁰"  # as wide as a loss
SHOWS = Said("surface: ")  # what stands before the surface's height
NARROW = 13  # em: a picture so wide has no room for the target's numbers


class SurfacePanel(MapPanel):
    """view.field as bands, view.trajectory as a trail with its start, dot and target.

    The path has the colours of the losses on it; of several runs that race, the run's own.
    """

    def create(self, cell: Box) -> None:
        style = self.look.style
        self.by_loss = not self.view.rivals
        self.colour = style.dot if self.by_loss else style.lines[self.view.colour % len(style.lines)]
        self.field = present(self.view.field, "surface")
        self.window = present(self.view.window, "window")
        self.trajectory = self.view.trajectory
        self.ground = Ground(self.look, self.room, self.view, [self.trajectory], self.spec)
        colour = None if self.by_loss else self.colour
        spare = self._told_width()
        wide = self.look.ruler(1.0, "bold")(self.title)
        self.named = bool(self.title) and SMALLEST * wide + spare <= self.ground.box.width + self.right
        self.title_end = self.heading(
            self.ground.box, self.title, self.ground.title_left, colour, spare if self.named else 0.0
        )
        if not self.by_loss and self.spec.bar:
            self.ground.bar.set_xlim(0, 0.5)
        self.axes = self.ground.axes
        self.scale = self.ground.scale
        self.shown_slice = 0
        self.moving += self.ground.moving
        self._marks()
        self._path()
        self.ground.settle()
        self.pointed = bool(self.spec.bar)
        if self.pointed:
            self._pointers()
        if self.named:
            self._loss_now()
        self.halts = Pointer(self.look, self.view, self.axes, self._pixels_at)
        self.moving += self.halts.layers

    def _pixels_at(self, state: FrameState) -> Floats:
        """Where the dot is, in pixels, as the camera stands now."""
        return np.asarray(self.axes.transData.transform(self.view.place(state)))

    def _told_width(self) -> float:
        """Pixels behind the title for the loss, and for what the surface shows, if that is ever another."""
        em = self.look.em
        heights, losses = self.field.heights.tolist(), self.view.loss[self.field.checked].tolist()
        wide = self.look.ruler(TOLD, "bold")
        wrong = wide(shown(SHOWS) + NUMBER) + em if any(map(disagree, heights, losses)) else 0.0
        return wide(NUMBER) + em + wrong

    def _loss_now(self) -> None:
        """The loss at the dot behind the title, and where the surface is not as high, what it shows there."""
        em = self.look.em
        box = self.ground.box
        style = self.look.style
        left, up = self.title_end + em, box.bottom + box.height + TITLE * em
        self.now = self.look.stamp(left, up, em=TOLD, color=style.ink, up="baseline")
        left += self.look.ruler(TOLD, "bold")(NUMBER) + em
        self.wrong = self.look.stamp(left, up, em=TOLD, color=style.alert, weight="bold", up="baseline")
        self.moving += [self.now, self.wrong]

    def _marks(self) -> None:
        style = self.look.style
        start = self.trajectory[0]
        ring = self.ground.marker(start, "o", 11, "none", style.target, 2)
        marks: list[Artist] = [ring, *self.ground.tag(start, say("start"), style.target)]
        if self.view.target is not None:
            goal = np.asarray(self.view.target)
            cross = self.ground.marker(goal, "P", 13, style.target, style.casing, 1.2)
            roomy = bool(self.spec.bar) and self.axes.bbox.width > NARROW * self.look.em
            words = (
                say("target ({x:g}, {y:g})", x=float(goal[0]), y=float(goal[1])) if roomy else say("target")
            )
            marks += [cross, *self.ground.tag(goal, words, style.target)]
        for minimum in self.view.minima:
            marks.append(self.ground.marker(np.asarray(minimum), "P", 10, style.target, style.casing, 1.2))
        marks += self._restored()
        if self.ground.camera is not None:
            for mark in marks:
                mark.set_clip_box(self.axes.bbox)
                mark.set_clip_on(True)
            self.moving += marks
        elif self.field.moving:
            sprite = Sprite(marks, 3)
            self.axes.add_artist(sprite)
            self.moving.append(sprite)

    def _restored(self) -> list[Artist]:
        """A mark at the step whose weights were restored when training ended, where it is in the window."""
        step = self.view.facts.restored_step
        if step is None:
            return []
        place = self.trajectory[step]
        a0, a1, b0, b1 = self.ground.whole
        if not (a0 <= place[0] <= a1 and b0 <= place[1] <= b1):
            return []
        style = self.look.style
        ring = self.ground.marker(place, "D", 11, "none", style.target, 2)
        return [ring, *self.ground.tag(place, say("restored: step {step:,}", step=step), style.target)]

    def _path(self) -> None:
        style = self.look.style
        look = self.look
        pixels = self.axes.transData.transform(followed(self.trajectory))
        pixels = np.clip(pixels, -1e5, 1e5)
        self.pixels = pixels
        closest = self.ground.camera.closest if self.ground.camera is not None else 1.0
        self.kept = visible(pixels / closest)
        path_map = colour_map(style.path_map)
        colours = [path_map((i + 0.5) / PATH_COLOURS) for i in range(PATH_COLOURS)]
        if not self.by_loss:
            colours = [to_rgba(self.colour)] * PATH_COLOURS
        self.positions = self.scale.position(self.view.loss)
        self.bins = np.minimum((self.positions * PATH_COLOURS).astype(int), PATH_COLOURS - 1)
        self.trail = Trail(
            self.axes,
            pixels[self.kept],
            self.bins[self.kept],
            colours=colours,
            casing=to_rgba(style.casing, 0.85),
            width=look.line(3.2),
        )
        self.axes.add_artist(self.trail)
        self.dot = self.ground.mark("o", 13, self.colour, style.dot_edge, 2.2)
        self.dot.set_zorder(5)
        self.moving += [self.trail, self.dot]
        self.exit: Sprite | None = None
        if self.window.left_at is not None:
            self._exit(self.window.left_at)

    def _exit(self, step: int) -> None:
        """The sentence that says when the path left, in the window, from that step on; the caption says it,
        too, and alone where there is no place for it.
        """
        said = say("left the window at step {step:,}", step=step)
        if self.axes.bbox.width < NARROW * 1.6 * self.look.em:
            said = say("left at step {step:,}", step=step)
        middle = self.ground.free(said)
        if middle is None:
            return
        across, up = middle
        words = self.axes.text(
            across,
            up,
            drawable(said),
            transform=self.axes.transAxes,
            ha="center",
            va="center",
            fontsize=self.look.points,
            color=self.look.style.dot_edge,
            family=use_fonts(),
            fontweight="bold",
            zorder=7,
            bbox={"facecolor": self.look.style.dot, "edgecolor": "none", "boxstyle": "round,pad=0.35"},
        )
        self.exit = Sprite([words], 7)
        self.axes.add_artist(self.exit)
        self.moving.append(self.exit)

    def _pointers(self) -> None:
        look = self.look
        style = self.look.style
        bar = self.ground.bar
        dot = to_rgba(self.colour)
        alert = to_rgba(style.alert)
        size = look.line(10)
        self.pointer = Mark(bar, shape_of(">"), size=size, fill=dot, clipped=False)
        self.gap = Span(bar, colour=alert, width=look.line(2.4))
        self.under = Mark(bar, shape_of("<"), size=size, fill=alert, clipped=False)
        for order, artist in enumerate((self.gap, self.pointer, self.under)):
            artist.set_zorder(4 + order)
            bar.add_artist(artist)
        self.moving += [self.gap, self.pointer, self.under]

    def update(self, state: FrameState) -> None:
        step = state.step
        wanted = self.field.at(step)
        if wanted != self.shown_slice:
            self.ground.bands.set_field(self.field.slices[wanted])
        moved = self.ground.look_at(state)
        if moved is not None:
            self.trail.look = moved
        if moved is not None or wanted != self.shown_slice:
            self.ground.name_levels(wanted)
        self.shown_slice = wanted
        place = self.view.place(state)
        start, end = (int(self.kept.searchsorted(at, side="right")) for at in (state.tail, step))
        head = self.pixels[step] + state.part * (self.pixels[state.onto] - self.pixels[step])
        self.trail.show(end, head, int(self.bins[step]), max(0, start - 1))
        gone = self.window.left_at is not None and step >= self.window.left_at
        self.dot.place = None if gone else (float(place[0]), float(place[1]))
        if self.exit is not None:
            self.exit.set_visible(gone)
        self.halts.show(state)
        if self.pointed:
            self._point(step)
        if self.named:
            loss, height = float(self.view.loss[step]), self.field.height(step)
            self.now.set_text(number(loss, 2))
            self.wrong.set_text(shown(SHOWS) + number(height) if disagree(height, loss) else "")

    def _point(self, step: int) -> None:
        """Show the loss at the dot on the bar, and the surface's height where that is another."""
        loss = self.view.loss[step]
        known = bool(np.isfinite(loss))
        at = float(self.positions[step]) if known else 0.0
        self.pointer.place = (-0.32, at) if known else None
        height = self.field.height(step)
        apart = disagree(height, float(loss))
        under = float(self.scale.position(height)) if apart else 0.0
        self.gap.ends = ((-0.62, at), (-0.62, under)) if apart else None
        self.under.place = (-0.32, under) if apart else None
