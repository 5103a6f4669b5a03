"""A picture in an encoder's own pixels, of which only what has changed is converted again.

Parts of a frame are packed onto a small sheet, side by side on even pixels, and converted in one go. swscale
makes each two by two pixels on their own, but for the last two rows of what it is given, whose chroma it
rounds otherwise: nothing lies there on a sheet, and those of a whole frame are made on a sheet, too. So a
patched picture has the same bytes as one made anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from animator.core.arrays import Bytes

if TYPE_CHECKING:
    from animator.encoding.pyav_adapter import Picture

Frame = Bytes
Box = tuple[int, int, int, int]  # top, left, bottom, right
Planes = list[Bytes]

LARGE = 0.45  # share of the frame's pixels from which it is converted as a whole
LAST = 2  # rows of a sheet that stay empty
NARROW = 128  # pixels: how wide a sheet is, or twice as often as a part of the frame needs
LOW = 256  # rows: up to here they come in multiples of 16, then of 64: few converters, little waste


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Parts of a picture: where each stands in the frame, and in the planes of the sheet."""

    sheet: Planes
    places: tuple[tuple[Box, int, int], ...]  # in the frame; top and left on the sheet


class Patcher:
    """Packs and converts the changed parts of frames; `convert` makes planes of RGBA of any size."""

    def __init__(self, converter: Callable[[], Callable[[Frame], Planes]]) -> None:
        self._converter = converter
        self._ready: dict[tuple[int, int], tuple[Frame, Callable[[Frame], Planes]]] = {}

    def patch(self, frame: Frame, changed: Sequence[Box]) -> Patch | None:
        """The changed parts of `frame` (H, W, 4), or None where it is quicker to convert all of it."""
        height, width = frame.shape[:2]
        boxes = [even(box, height, width) for box in changed]
        if sum((b - t) * (r - left) for t, left, b, r in boxes) > LARGE * height * width:
            return None
        return self._sheet(frame, boxes)

    def _sheet(self, frame: Frame, boxes: Sequence[Box]) -> Patch:
        width = frame.shape[1]
        widest = max((right - left for _, left, _, right in boxes), default=0)
        wide = min(width, next(w for w in (NARROW << k for k in range(16)) if w >= widest))
        places, rows = pack(boxes, wide)
        step = 16 if rows + LAST <= LOW else 64
        rows = -(-(rows + LAST) // step) * step
        if (rows, wide) not in self._ready:
            self._ready[rows, wide] = np.zeros((rows, wide, 4), np.uint8), self._converter()
        sheet, convert = self._ready[rows, wide]
        for (top, left, bottom, right), y, x in places:
            sheet[y : y + bottom - top, x : x + right - left] = frame[top:bottom, left:right]
        return Patch(convert(sheet), tuple(places))

    def align_last_rows(self, picture: "Picture", frame: Frame) -> "Picture":
        """`picture`, the whole of `frame` converted, with its last two rows as they are on a sheet."""
        height, width = frame.shape[:2]
        patch = self._sheet(frame, [(height - LAST, 0, height, width)])
        apply_patch(planes_of(picture), patch)
        return picture


def even(box: Box, height: int, width: int) -> Box:
    """The box widened to even rows and columns, inside of a frame of even sides."""
    top, left, bottom, right = box
    return top - top % 2, left - left % 2, min(height, bottom + bottom % 2), min(width, right + right % 2)


def pack(boxes: Sequence[Box], width: int) -> tuple[list[tuple[Box, int, int]], int]:
    """Where each box is put on a sheet so wide, on shelves from the highest box down; and the rows needed."""
    places: list[tuple[Box, int, int]] = []
    top = left = shelf = 0
    for box in sorted(boxes, key=lambda box: box[0] - box[2]):
        high, wide = box[2] - box[0], box[3] - box[1]
        if left + wide > width:
            top += shelf
            left = 0
            shelf = 0
        places.append((box, top, left))
        left += wide
        shelf = max(shelf, high)
    return places, top + shelf


def apply_patch(planes: Planes, patch: Patch) -> None:
    """Put a patch into the planes of a yuv420p picture: luma, then the two chromas at half the size."""
    for share, plane, sheet in zip((1, 2, 2), planes, patch.sheet, strict=True):
        for (top, left, bottom, right), y, x in patch.places:
            high, wide = (bottom - top) // share, (right - left) // share
            y0, x0 = top // share, left // share
            y1, x1 = y // share, x // share
            plane[y0 : y0 + high, x0 : x0 + wide] = sheet[y1 : y1 + high, x1 : x1 + wide]


def planes_of(picture: "Picture") -> Planes:
    """The planes of a picture as arrays (rows, columns) that share its memory."""
    return [
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in picture.planes
    ]
