"""What a PNG and a WebP say of themselves, and which of their faults are told."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from animator.encoding.picture_headers import png_facts, webp_facts

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, content=b""):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width=640, height=480):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def control(over, under):
    """The chunk of one frame of an animated PNG, which stays for over / under seconds."""
    return chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 640, 480, 0, 0, over, under, 0, 0))


def riff(*chunks, size=None):
    content = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(content) if size is None else size) + content


def canvas(width, height, moves):
    """The content of a VP8X chunk: flags, three bytes for later, and sizes less one."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes([2 * moves, 0, 0, 0]) + sizes


def frame(milliseconds):
    return bytes(12) + milliseconds.to_bytes(3, "little") + b"\0"


def facts(tmp_path, data, of):
    path = tmp_path / "file"
    path.write_bytes(data)
    found = of(path)
    return found.width, found.height, found.stays, found.moving


def test_a_still_png(tmp_path):
    data = SIGNATURE + header() + chunk(b"IDAT", bytes(100)) + chunk(b"IEND")
    assert facts(tmp_path, data, png_facts) == (640, 480, (0.0,), False)


def test_frames_of_a_png_stay_for_a_fraction_of_a_second_and_of_hundredths_where_none_is_given(tmp_path):
    data = SIGNATURE + header() + chunk(b"acTL", bytes(8)) + control(1, 8) + control(7, 0) + chunk(b"IEND")
    assert facts(tmp_path, data, png_facts) == (640, 480, (125.0, 70.0), True)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\x1a\r" + header() + chunk(b"IEND"), "not a PNG"),
        (SIGNATURE + header()[:-1] + b"\0" + chunk(b"IEND"), "a check sum is wrong"),
        (SIGNATURE + header(width=0) + chunk(b"IEND"), "no picture"),
        (SIGNATURE + header(height=0) + chunk(b"IEND"), "no picture"),
        (SIGNATURE + header() + chunk(b"acTL", bytes(8)) + chunk(b"IEND"), "no picture"),
        (SIGNATURE + header(), "the file ends early"),
    ],
)
def test_faults_of_a_png(tmp_path, data, told):
    with pytest.raises(ValueError, match=f"^{told}$"):
        facts(tmp_path, data, png_facts)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("size", [(31, 17), (300, 6)])
def test_a_webp_of_one_picture_as_pillow_writes_it(tmp_path, lossless, size):
    stream = BytesIO()
    Image.new("RGB", size, "teal").save(stream, "WEBP", lossless=lossless)
    assert facts(tmp_path, stream.getvalue(), webp_facts) == (*size, (0.0,), False)


def test_an_animated_webp(tmp_path):
    data = riff(
        (b"VP8X", canvas(640, 480, True)), (b"XMP ", b"odd"), (b"ANMF", frame(40)), (b"ANMF", frame(70_000))
    )
    assert facts(tmp_path, data, webp_facts) == (640, 480, (40.0, 70_000.0), True)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (riff((b"VP8X", canvas(640, 480, True))), "no picture"),
        (riff((b"XMP ", b"words")), "no picture"),
        (riff((b"VP8X", canvas(640, 480, False)), size=99), "the file ends early"),
        (b"RIFX" + riff((b"VP8X", canvas(640, 480, False)))[4:], "the file ends early"),
        (riff((b"VP8X", canvas(640, 480, False))).replace(b"WEBP", b"WAVE"), "the file ends early"),
        (riff((b"VP8X", canvas(640, 480, False))).replace(b"WEBP", b"WEBQ"), "the file ends early"),
        (riff((b"VP8X", bytes(10)))[:16] + b"\x63\0\0\0" + bytes(10), "a chunk is longer than the file"),
        (riff((b"VP8X", b"")), "the file ends early"),
    ],
)  # fmt: skip
def test_faults_of_a_webp(tmp_path, data, told):
    with pytest.raises(ValueError, match=f"^{told}$"):
        facts(tmp_path, data, webp_facts)
