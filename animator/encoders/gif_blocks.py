"""A GIF as the list of blocks it is: reading its facts, and finishing one that PyAV has written.

Source: the GIF89a specification, W3C copy. Only block lengths are walked over; no picture is decoded.
"""

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT = 0xF9, 0xFE


@dataclass(slots=True)
class GifFacts:
    """`hundredths`: the sum of all delays, 1/100 s; `pictures_at`: offset of the first picture's first
    block; `delay_at`: offset of the last picture's delay, 0 when it has none."""

    width: int
    height: int
    pictures: int = 0
    hundredths: int = 0
    comment: bytes = b""
    pictures_at: int = 0
    delay_at: int = 0


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


def finish(source: Path, target: Path, comment: str, last_delay: int) -> None:
    """Copy a GIF, with a comment before its first picture and a delay (1/100 s) for its last one."""
    facts = read_facts(source)
    with source.open("rb") as old, target.open("wb") as new:
        new.write(_exactly(old, facts.pictures_at))
        new.write(_comment(comment.encode()))
        shutil.copyfileobj(old, new)
        if facts.delay_at:
            new.seek(facts.delay_at + len(_comment(comment.encode())))
            new.write(struct.pack("<H", last_delay))


def _block(file: BinaryIO, facts: GifFacts) -> bool:
    """Take in the next block; False at the trailer."""
    at = file.tell()
    kind = _exactly(file, 1)[0]
    if kind == _TRAILER:
        return False
    if kind == _IMAGE:
        facts.pictures += 1
        facts.pictures_at = facts.pictures_at or at
        file.seek(_colour_table(_exactly(file, 9)[8]) + 1, 1)
        _skip_data(file)
    elif kind == _EXTENSION:
        _extension(file, facts, at)
    else:
        raise ValueError(f"no block begins with {kind:#x}")
    return True


def _extension(file: BinaryIO, facts: GifFacts, at: int) -> None:
    label = _exactly(file, 1)[0]
    if label == _CONTROL:
        facts.pictures_at = facts.pictures_at or at
        facts.delay_at = at + 4
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


def _comment(text: bytes) -> bytes:
    parts = [text[start : start + 255] for start in range(0, len(text), 255)]
    return b"\x21\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\x00"


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise ValueError("the file ends early")
    return data
