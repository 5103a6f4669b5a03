"""A GIF as the list of blocks it is: reading its facts.

Source: the GIF89a specification, W3C copy. Only block lengths are walked over; no picture is decoded.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT = 0xF9, 0xFE


@dataclass(slots=True)
class GifFacts:
    """`hundredths`: the sum of all delays, 1/100 s; `comment`: the first one."""

    width: int
    height: int
    pictures: int = 0
    hundredths: int = 0
    comment: bytes = b""


def read_facts(path: Path) -> GifFacts:
    """Walk over the blocks of a GIF. Raises ValueError when they do not end in a trailer."""
    with path.open("rb") as file:
        signature, width, height, flags = struct.unpack("<6sHHBxx", _exactly(file, 13))
        if signature not in (b"GIF87a", b"GIF89a"):
            raise ValueError("not a GIF")
        file.seek(_colour_table(flags), 1)
        facts = GifFacts(width, height)
        while _block(file, facts):
            pass
    return facts


def _block(file: BinaryIO, facts: GifFacts) -> bool:
    """Take in the next block; False at the trailer."""
    kind = _exactly(file, 1)[0]
    if kind == _TRAILER:
        return False
    if kind == _IMAGE:
        facts.pictures += 1
        file.seek(_colour_table(_exactly(file, 9)[8]) + 1, 1)
        _skip_data(file)
    elif kind == _EXTENSION:
        _extension(file, facts)
    else:
        raise ValueError(f"no block begins with {kind:#x}")
    return True


def _extension(file: BinaryIO, facts: GifFacts) -> None:
    label = _exactly(file, 1)[0]
    if label == _CONTROL:
        facts.hundredths += struct.unpack("<H", _data(file)[1:3])[0]
    elif label == _COMMENT:
        facts.comment = facts.comment or _data(file)
    else:
        _skip_data(file)


def _data(file: BinaryIO) -> bytes:
    parts = []
    while size := _exactly(file, 1)[0]:
        parts.append(_exactly(file, size))
    return b"".join(parts)


def _skip_data(file: BinaryIO) -> None:
    while size := _exactly(file, 1)[0]:
        file.seek(size, 1)


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise ValueError("the file ends early")
    return data
