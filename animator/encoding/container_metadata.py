"""Words in files that have no place for text of their own: an XMP chunk in a WebP, a uuid box in an AVIF.

Both formats let readers pass over what they do not know (Google, "WebP Container Specification", extended
file format; ISO/IEC 14496-12, clause 11.1). The words are a film's metadata as JSON.
"""

import struct
import uuid
from html import escape, unescape
from pathlib import Path
from typing import BinaryIO

from animator.encoding.film_spec import Metadata, json_line, json_object

BOX = uuid.uuid5(uuid.NAMESPACE_URL, "animator film metadata")
_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10
_FLAGS_AT = 20  # of the VP8X chunk, the first one of a WebP with more than one picture
_BEFORE, _AFTER = "<animator:film>", "</animator:film>"
_PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:animator="urn:animator">{}</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def add_to_webp(path: Path, metadata: Metadata) -> None:
    """Append an XMP chunk; a file of one picture gets the extended header that such a chunk needs."""
    _extend(path)
    words = _PACKET.format(_BEFORE + escape(json_line(metadata.to_dict()), quote=False) + _AFTER).encode()
    with path.open("r+b") as file:
        _flag(file, _XMP_FLAG)
        file.seek(0, 2)
        file.write(b"XMP " + struct.pack("<I", len(words)) + words + b"\0" * (len(words) % 2))
        size = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", size - 8))


def set_transparent(path: Path) -> None:
    """Say that an animated WebP is transparent. The encoder does not where it cut all that is clear away."""
    with path.open("r+b") as file:
        _flag(file, _ALPHA_FLAG)


def _flag(file: BinaryIO, flag: int) -> None:
    file.seek(_FLAGS_AT)
    flags = file.read(1)[0]
    file.seek(_FLAGS_AT)
    file.write(bytes([flags | flag]))


def _extend(path: Path) -> None:
    from PIL import Image

    data = path.read_bytes()
    if data[12:16] == b"VP8X":
        return
    with Image.open(path) as image:
        sides = image.size
        flags = _ALPHA_FLAG * (image.mode == "RGBA")
    header = struct.pack("<I", flags) + b"".join((side - 1).to_bytes(3, "little") for side in sides)
    path.write_bytes(data[:12] + b"VP8X" + struct.pack("<I", len(header)) + header + data[12:])


def read_webp(path: Path) -> Metadata | None:
    """What `add_to_webp` wrote, or None."""
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            size = struct.unpack("<I", head[4:])[0]
            if head[:4] == b"XMP ":
                text = file.read(size).decode("utf-8", "replace")
                return _metadata(unescape(text.partition(_BEFORE)[2].partition(_AFTER)[0]))
            file.seek(size + size % 2, 1)
    return None


def add_to_avif(path: Path, metadata: Metadata) -> None:
    """Append a uuid box."""
    words = json_line(metadata.to_dict()).encode()
    with path.open("ab") as file:
        file.write(struct.pack(">I", 24 + len(words)) + b"uuid" + BOX.bytes + words)


def read_avif(path: Path) -> Metadata | None:
    """What `add_to_avif` wrote, or None."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size = struct.unpack(">I", head[:4])[0]
            if head[4:] == b"uuid" and file.read(16) == BOX.bytes:
                return _metadata(file.read(size - 24).decode("utf-8", "replace"))
            if size < 8:
                return None
            file.seek(size - (24 if head[4:] == b"uuid" else 8), 1)
    return None


def _metadata(text: str) -> Metadata | None:
    found = json_object(text)
    return Metadata.from_dict(found) if found is not None else None
