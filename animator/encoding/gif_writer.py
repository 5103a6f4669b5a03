"""A GIF file as it is written: header, one colour table, and pictures, each a part of the canvas.

A picture's codes are made by Pillow's LZW encoder, which takes them with fewer than eight bits to start from
where only the first entries of the table are used. Source: the GIF89a specification, W3C copy.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from animator.core.arrays import Bytes
from animator.encoding.palette import TRANSPARENT

FEW_BITS, ALL_BITS = 6, 8  # of an entry: up to TRANSPARENT, and of the whole table
KEPT, CLEARED = 1, 2  # what becomes of a picture when the next one is shown
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Entries (height, width) uint8 of the colour table, shown from (top, left) of the canvas on."""

    top: int
    left: int
    entries: Bytes


NOTHING = Part(0, 0, np.full((1, 1), TRANSPARENT, np.uint8))


class GifWriter:
    """Writes pictures one by one; each stays until its delay (1/100 s) is over."""

    def __init__(self, file: BinaryIO, disposal: int) -> None:
        self._file = file
        self._flags = disposal << 2 | 1  # 1: an entry is transparent
        self._delay_at = 0

    def start(self, width: int, height: int, colours: Bytes, comment: bytes, loop: bool) -> None:
        """The header, with the colour table (256, 3); `loop`: it plays for ever, and otherwise once."""
        self._file.write(struct.pack("<6sHHBBB", b"GIF89a", width, height, 0xF7, TRANSPARENT, 0))
        self._file.write(colours.tobytes())
        if loop:
            self._file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        self._file.write(b"\x21\xfe" + _blocks(comment))

    def add(self, part: Part, delay: int) -> None:
        """One picture."""
        height, width = part.entries.shape
        bits = FEW_BITS if part.entries.max() <= TRANSPARENT else ALL_BITS
        self._delay_at = self._file.tell() + 4
        self._file.write(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, self._flags, delay, TRANSPARENT, 0))
        self._file.write(struct.pack("<BHHHHBB", 0x2C, part.left, part.top, width, height, 0, bits))
        write_codes(self._file, part.entries, bits)
        self._file.write(b"\x00")

    def finish(self, last_delay: int) -> None:
        """The end of the file; `last_delay` (1/100 s) is that of the last picture."""
        if not self._delay_at:
            raise ValueError("a film needs at least one frame")
        self._file.write(b"\x3b")
        self._file.seek(self._delay_at)
        self._file.write(struct.pack("<H", last_delay))


@contextmanager
def writing(path: Path, disposal: int) -> Iterator[GifWriter]:
    """A writer of `path`; the caller starts and finishes it."""
    with path.open("wb", buffering=0) as file:
        yield GifWriter(file, disposal)


def cropped(entries: Bytes) -> Part:
    """The smallest part of a canvas (height, width) that holds all entries but the transparent ones."""
    there = entries != TRANSPARENT
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if not len(rows):
        return NOTHING
    part = entries[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Part(int(rows[0]), int(columns[0]), np.ascontiguousarray(part))


def write_codes(file: BinaryIO, entries: Bytes, bits: int) -> None:
    """Write the blocks of LZW codes of entries (height, width), each below 2 ** bits; no end of blocks.

    `file` is unbuffered: Pillow writes to its descriptor, and lets other threads run meanwhile.
    """
    picture = Image.fromarray(entries)
    encoder = Image._getencoder("L", "gif", ("L", bits, 0))  # noqa: SLF001 - no public call starts with fewer bits
    encoder.setimage(picture.im, (0, 0, *picture.size))
    state = encoder.encode_to_file(file.fileno(), _BUFFER)
    if state < 0:
        raise OSError(f"Pillow's GIF encoder stopped with {state}")


def _blocks(data: bytes) -> bytes:
    parts = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\x00"
