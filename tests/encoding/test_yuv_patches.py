"""Parts converted on a sheet have the bytes of the whole, and films of patches those of frames."""

import av
import numpy as np
import pytest

from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.encoding.formats import IncrementalEncoder
from animator.encoding.pyav_adapter import yuv_converter
from animator.encoding.yuv_patches import Patch, Patcher, apply_patch, even, pack, planes_of

SIZE = (180, 320)


def noise(seed, size=SIZE):
    frame = np.random.default_rng(seed).integers(0, 256, (*size, 4), dtype=np.uint8)
    frame[..., 3] = 255
    return frame


def converter():
    convert = yuv_converter(threads=1)
    return lambda sheet: planes_of(convert(sheet))


def boxes(rng, count):
    for _ in range(count):
        top, left = int(rng.integers(0, 170)), int(rng.integers(0, 300))
        yield (
            top,
            left,
            int(rng.integers(top + 1, min(180, top + 40) + 1)),
            int(rng.integers(left + 1, min(320, left + 60) + 1)),
        )


@pytest.mark.parametrize("seed", range(5))
def test_a_mended_picture_has_the_bytes_of_one_made_anew(seed):
    """Odd boxes anywhere, over a picture of noise, in every plane."""
    rng = np.random.default_rng(seed)
    convert, mender = yuv_converter(), Patcher(converter)
    frame = noise(seed)
    picture = mender.align_last_rows(convert(frame), frame)
    for round_ in range(4):
        changed = list(boxes(rng, 6))
        fresh = noise(100 * seed + round_)
        for top, left, bottom, right in changed:
            frame[top:bottom, left:right] = fresh[top:bottom, left:right]
        patch = mender.patch(frame, changed)
        assert isinstance(patch, Patch)
        apply_patch(planes_of(picture), patch)
        for one, other in zip(
            planes_of(picture), planes_of(mender.align_last_rows(convert(frame), frame)), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_large_changes_are_converted_as_a_whole():
    assert Patcher(converter).patch(noise(0), [(0, 0, 180, 200)]) is None


def test_boxes_are_widened_to_even_pixels_and_packed_apart():
    assert even((3, 5, 8, 10), 180, 320) == (2, 4, 8, 10)
    assert even((0, 0, 179, 319), 180, 320) == (0, 0, 180, 320)
    some = [(0, 0, 10, 30), (0, 0, 20, 40), (0, 0, 6, 64), (4, 4, 8, 20)]
    places, rows = pack(some, 64)
    taken = np.zeros((rows, 64), int)
    for (top, left, bottom, right), y, x in places:
        taken[y : y + bottom - top, x : x + right - left] += 1
    assert taken.max() == 1 and taken.sum() == 10 * 30 + 20 * 40 + 6 * 64 + 4 * 16
    low, high = (0, 0, 2, 10), (4, 0, 12, 10)
    assert pack([low, high, low], 20) == ([(high, 0, 0), (low, 0, 10), (low, 8, 0)], 10)
    assert pack([(6, 6, 12, 20), (2, 0, 8, 14)], 28) == ([((6, 6, 12, 20), 0, 0), ((2, 0, 8, 14), 0, 14)], 6)


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_a_film_of_patches_is_the_film_of_whole_frames(tmp_path, suffix):
    """To the byte: an encoder that is told what has changed writes what it writes of whole frames."""
    rng = np.random.default_rng(3)
    frames, changes = [noise(0) // 32 * 32 | 3], [None]
    frames[0][..., 3] = 255
    for i in range(1, 12):
        frame, changed = frames[-1].copy(), list(boxes(rng, 3))
        for top, left, bottom, right in changed:
            frame[top:bottom, left:right, :3] = 32 * (i % 8)
        frames.append(frame)
        changes.append(changed)
    spec = FilmSpec(320, 180, 25)
    for name, told in (("whole", [None] * 12), ("parts", changes)):
        with open_encoder(tmp_path / f"{name}{suffix}", spec, Metadata(), lambda: frames) as encoder:
            assert isinstance(encoder, IncrementalEncoder)
            for frame, changed in zip(frames, told, strict=True):
                encoder.send(encoder.prepare(frame, changed), 1)
    whole, parts = (tmp_path / f"{name}{suffix}" for name in ("whole", "parts"))
    assert whole.read_bytes() == parts.read_bytes()
    with av.open(str(parts)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 12
