"""How much a page of a contact sheet would flash, told from its surfaces before anything is encoded.

Only the pixels that the flash check looks at are coloured, without paths and letters, which are too small to
flash. Whoever draws the page counts once more: this saves drawing twice where surfaces alternate.
"""

import numpy as np
from numpy.typing import NDArray

from animator.design.timeline import Timeline
from animator.films.flash_check import FlashCounter, middles
from animator.sweeps.sheet.page_canvas import Board
from animator.sweeps.sheet.tile import Tile

Places = NDArray[np.int64]
Pixels = NDArray[np.uint8]


def flashes(board: Board, clock: Timeline) -> int:
    """The most flashes in any second of `clock` that the tiles of `board` make."""
    rows, columns = middles((board.height, board.width))
    picture = board.still()[np.ix_(rows, columns)]
    parts = [_Part(tile, board.height, rows, columns) for tile in board.tiles]
    counter = FlashCounter(clock.fps)
    for state, repeat in clock.stills():
        for part in parts:
            number = part.tile.number(state)
            if number is not None:
                picture[part.place] = part.colours(number)
        counter.add(picture, repeat)
    return counter.worst


class _Part:
    """The pixels of a tile that are looked at: where they stand in the small picture, and their colours."""

    def __init__(self, tile: Tile, height: int, rows: Places, columns: Places) -> None:
        self.tile = tile
        top, left, side = height - int(tile.box.bottom + tile.box.height), int(tile.box.left), tile.box.width
        inner = [
            np.flatnonzero((at >= low) & (at < low + side)) for at, low in ((rows, top), (columns, left))
        ]
        self.place = np.ix_(*inner)
        self._at = rows[inner[0]] - top, columns[inner[1]] - left
        self._known: dict[int, Pixels] = {}

    def colours(self, number: int) -> Pixels:
        """Those of slice `number`."""
        if number not in self._known:
            assert self.tile.raster is not None, "it has a number"
            self._known = {number: self.tile.raster.bands(number, *self._at)}
        return self._known[number]
