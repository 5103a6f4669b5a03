"""How large the pictures of an animated WebP or PNG are and how long each stays, from headers: nothing is
decoded.

A path goes in, PictureFacts come out; ValueError for a file that is damaged or cut off. Sources: Google,
"WebP Container Specification"; W3C, "PNG Specification (Third Edition)".
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PNG = b"\x89PNG\r\n\x1a\n"
BLOCK = 2**20  # bytes that are read at once


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Size of the canvas in pixels; stays: milliseconds of each picture, in order; moving: whether the file
    is an animation, and not a still.
    """

    width: int
    height: int
    stays: tuple[float, ...]
    moving: bool


def webp_facts(path: Path) -> PictureFacts:
    """The facts of a WebP."""
    width = height = 0
    stays: list[float] = []
    moving = False
    with path.open("rb") as file:
        for kind, size in _riff_chunks(file, path.stat().st_size):
            if kind == b"VP8X":
                head = _exactly(file, 10)
                moving = bool(head[0] & 2)
                width, height = _three(head[4:]) + 1, _three(head[7:]) + 1
            elif kind == b"ANMF":
                stays.append(float(_three(_exactly(file, 16)[12:])))
            elif kind in (b"VP8 ", b"VP8L") and not width:
                width, height = _still_size(kind, _exactly(file, min(size, 10)))
    if not width or (moving and not stays):
        raise ValueError("no picture")
    return PictureFacts(width, height, tuple(stays) or (0.0,), moving)


def png_facts(path: Path) -> PictureFacts:
    """The facts of a PNG, animated or not; every chunk is held to its check sum."""
    width = height = 0
    stays: list[float] = []
    moving = False
    with path.open("rb") as file:
        if _exactly(file, 8) != PNG:
            raise ValueError("not a PNG")
        for kind, head in _png_chunks(file):
            if kind == b"IHDR":
                width, height = struct.unpack(">II", head[:8])
            elif kind == b"acTL":
                moving = True
            elif kind == b"fcTL":
                over, under = struct.unpack(">HH", head[20:24])
                stays.append(1000 * over / (under or 100))
    if not width or not height or (moving and not stays):
        raise ValueError("no picture")
    return PictureFacts(width, height, tuple(stays) if moving else (0.0,), moving)


def _riff_chunks(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """(name, size) of each chunk of a WebP of `length` bytes, with `file` where its content begins."""
    head = _exactly(file, 12)
    end = 8 + struct.unpack("<I", head[4:8])[0]
    if head[:4] != b"RIFF" or head[8:] != b"WEBP" or end > length:
        raise ValueError("the file ends early")
    at = 12
    while at + 8 <= end:
        file.seek(at)
        kind, size = struct.unpack("<4sI", _exactly(file, 8))
        at += 8 + size + size % 2
        if at > end + 1:
            raise ValueError("a chunk is longer than the file")
        yield kind, size


def _png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """(name, first 24 bytes) of each chunk up to the last one, IEND."""
    kind = b""
    while kind != b"IEND":
        size, kind = struct.unpack(">I4s", _exactly(file, 8))
        total = zlib.crc32(kind)
        head = b""
        while size:
            part = _exactly(file, min(size, BLOCK))
            total = zlib.crc32(part, total)
            head = head or part[:24]
            size = size - len(part)
        if total != struct.unpack(">I", _exactly(file, 4))[0]:
            raise ValueError("a check sum is wrong")
        yield kind, head


def _still_size(kind: bytes, head: bytes) -> tuple[int, int]:
    """(width, height) of a WebP of one picture, from the first ten bytes of its stream."""
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    bits = int.from_bytes(head[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _three(data: bytes) -> int:
    return int.from_bytes(data[:3], "little")


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise ValueError("the file ends early")
    return data
