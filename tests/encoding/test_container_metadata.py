"""Words in a WebP and an AVIF: every byte of what is added, and what is read of files made by hand."""

import struct
from pathlib import Path

import pytest
from PIL import Image

from animator.encoding.container_metadata import (
    BOX,
    add_to_avif,
    add_to_webp,
    read_avif,
    read_webp,
    set_transparent,
)
from animator.encoding.film_spec import Metadata, json_line

WORDS = Metadata("One <neuron> & more", "ä", "", "animator render neuron", {"seed": 1})


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """(name, content) of the chunks of a WebP, to its last byte."""
    assert data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    found, at = [], 12
    while at < len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    assert at == len(data)
    return found


@pytest.mark.parametrize(("mode", "flags"), [("RGB", 0x04), ("RGBA", 0x14)])
@pytest.mark.parametrize("title", ["odd", "even"])
def test_a_webp_of_one_picture_gets_the_header_that_words_need(
    mode: str, flags: int, title: str, tmp_path: Path
) -> None:
    """Flags, three bytes for later, width and height less one; then the picture as it was, and the words."""
    path = tmp_path / "a.webp"
    Image.new(mode, (300, 20), "#0a141e7f"[: 7 if mode == "RGB" else 9]).save(path, lossless=True)
    (before,) = chunks(path.read_bytes())
    add_to_webp(path, Metadata(title))
    head, picture, words = chunks(path.read_bytes())
    assert head == (b"VP8X", bytes([flags, 0, 0, 0]) + b"\x2b\x01\x00" + b"\x13\x00\x00")
    assert picture == before
    assert words[0] == b"XMP " and title.encode() in words[1]
    assert read_webp(path) == Metadata(title)
    with Image.open(path) as image:
        assert image.size == (300, 20)


def test_a_webp_of_several_pictures_keeps_its_header(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    pictures = [Image.new("RGB", (32, 20), colour) for colour in ("red", "blue")]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=40)
    before = chunks(path.read_bytes())
    add_to_webp(path, WORDS)
    set_transparent(path)
    after = chunks(path.read_bytes())
    assert after[0] == (b"VP8X", bytes([before[0][1][0] | 0x14]) + before[0][1][1:])
    assert after[1:-1] == before[1:]
    assert read_webp(path) == WORDS


def test_a_webp_without_words_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    Image.new("RGB", (32, 20)).save(path)
    assert read_webp(path) is None


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def test_the_box_of_an_avif(tmp_path: Path) -> None:
    """Its length, "uuid", 16 bytes that tell whose it is, and JSON; boxes of others are passed over."""
    path = tmp_path / "a.avif"
    before = box(b"ftyp", b"avif") + box(b"uuid", bytes(range(16)) + b"theirs") + box(b"mdat", bytes(99))
    path.write_bytes(before)
    assert read_avif(path) is None
    add_to_avif(path, WORDS)
    assert path.read_bytes() == before + box(b"uuid", BOX.bytes + json_line(WORDS.to_dict()).encode())
    assert read_avif(path) == WORDS


@pytest.mark.parametrize("letters", range(0, 32, 8))
def test_words_end_where_their_box_does(letters: int, tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    add_to_avif(path, Metadata("a" * letters))
    path.write_bytes(path.read_bytes() + box(b"free", bytes(99)))
    assert read_avif(path) == Metadata("a" * letters)


@pytest.mark.parametrize("size", [0, 1, 7])
def test_a_box_shorter_than_its_head_ends_the_search(size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    path.write_bytes(struct.pack(">I", size) + b"mdat")
    add_to_avif(path, WORDS)
    assert read_avif(path) is None
