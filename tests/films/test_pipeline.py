"""Frames into encoders: what is drawn is decoded, at ordinary and at extreme sizes, rates and lengths."""

import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from animator.core.errors import AnimatorError
from animator.design import style
from animator.design.pacing import Pacing
from animator.design.scene import DEFAULT_LAYOUT
from animator.design.timeline import Timeline
from animator.drawing.canvas import Canvas
from animator.encoding import FilmSpec, Metadata, inspect, open_encoder
from animator.films.pipeline import written
from tests.conftest import numpy_view

SHORT = Pacing(intro=0.1, play=0.8, end=0.1)


def film(path, size, fps, pacing=SHORT, moving=False):
    """The film of the neuron at `path`, and its frames as they were drawn."""
    view = numpy_view(moving=moving)
    clock = Timeline(view.steps, fps, pacing)
    canvas = Canvas([view], DEFAULT_LAYOUT, style.DARK, size, "One neuron", "")

    def samples():
        return [canvas.draw(clock.state(i)).copy() for i in range(0, clock.frames, 4)]

    drawn = []
    with open_encoder(path, FilmSpec(*size, fps), Metadata("One neuron"), samples) as encoder:
        for picture, repeat in written(canvas, clock.stills(), encoder):
            drawn += [picture[..., :3].copy()] * repeat
    return drawn


def psnr(one, two):
    return 10 * np.log10(255**2 / max(1e-9, np.mean((one.astype(float) - two.astype(float)) ** 2)))


@pytest.mark.parametrize("moving", [True, False])
def test_what_is_decoded_is_what_was_drawn(tmp_path, moving):
    """Every frame of an MP4 and of a GIF, by PyAV and Pillow, beside the frames as drawn one by one."""
    drawn = film(tmp_path / "a.mp4", (640, 360), 30, moving=moving)
    with av.open(str(tmp_path / "a.mp4")) as file:
        shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert len(shown) == len(drawn) == 30
    assert min(map(psnr, shown, drawn)) > 30
    drawn = film(tmp_path / "a.gif", (640, 360), 20, moving=moving)
    with Image.open(tmp_path / "a.gif") as image:
        for i in range(image.n_frames):
            image.seek(i)
            found = np.asarray(image.convert("RGB"))
            assert max(psnr(found, frame) for frame in drawn) > 36


@pytest.mark.parametrize(
    ("name", "size", "fps", "pacing", "frames"),
    [
        ("odd.gif", (333, 251), 20, SHORT, 20),
        ("one.mp4", (320, 180), 30, Pacing(intro=0, play=0.01, end=0), 1),
        ("one.gif", (320, 180), 20, Pacing(intro=0, play=0.01, end=0), 1),
        ("slow.mp4", (320, 180), 1, Pacing(intro=1, play=4, end=1), 6),
        ("slow.gif", (320, 180), 1, Pacing(intro=1, play=4, end=1), 6),
        ("fast.mp4", (320, 180), 120, SHORT, 120),
        ("fast.webm", (320, 180), 120, SHORT, 120),
    ],
)
def test_extreme_films_are_as_long_and_as_large_as_asked(tmp_path, name, size, fps, pacing, frames):
    path = tmp_path / name
    assert len(film(path, size, fps, pacing)) == frames
    found = inspect(path)
    assert (found.width, found.height, found.fps) == (*size, fps)
    assert found.seconds == pytest.approx(frames / fps, abs=0.002)


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_four_hours(tmp_path, suffix):
    """14,400 frames at one a second, every tenth another picture: the length is right to the second."""
    path = tmp_path / f"long{suffix}"
    frame = np.full((16, 16, 4), 255, np.uint8)
    with open_encoder(path, FilmSpec(16, 16, 1), Metadata()) as encoder:
        for i in range(1440):
            frame[4:8, 4:8, :3] = i % 2 * 200
            encoder.write(frame, 10)
    assert inspect(path).seconds == 4 * 3600


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_the_largest_film(tmp_path, suffix):
    """7680x4320, two frames, read back by another library."""
    path = tmp_path / f"large{suffix}"
    frame = np.full((4320, 7680, 4), 255, np.uint8)
    with open_encoder(path, FilmSpec(7680, 4320, 2), Metadata()) as encoder:
        for value in (10, 200):
            frame[1000:1100, 7000:7600, :3] = value
            encoder.write(frame)
    if suffix == ".gif":
        with Image.open(path) as image:
            assert image.size == (7680, 4320) and image.n_frames == 2
        return
    with av.open(str(path)) as file:
        shown = list(file.decode(video=0))
        assert [(f.width, f.height) for f in shown] == [(7680, 4320)] * 2
        assert file.streams.video[0].average_rate == Fraction(2)


def test_a_frame_without_room_is_one_sentence(tmp_path):
    """16x16 pixels hold a film, but not three panels."""
    with pytest.raises(AnimatorError) as caught:
        film(tmp_path / "tiny.mp4", (16, 16), 30)
    assert str(caught.value) == (
        "A frame of 16x16 pixels has no room for all panels of this layout. "
        "Leave some out, or give the frame another shape with --size."
    )
    assert not list(tmp_path.iterdir())


def test_what_waits_is_not_encoded_once_the_drawing_has_failed():
    """Of three pictures on their way the encoder ends the one that it has begun."""
    wanted, begun, sizes = threading.Event(), threading.Event(), []

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            wanted.set()
            super().shutdown(wait=wait)

    class Slow:
        def write(self, frame, repeat=1):
            begun.set()
            wanted.wait(60)
            sizes.append(frame.shape)

    class Failing:
        changed = None

        def draw(self, state):
            if state == 3:
                begun.wait(60)
                raise KeyboardInterrupt
            return np.zeros((4, 6, 4), np.uint8)

    with pytest.raises(KeyboardInterrupt):
        list(written(Failing(), ((i, 1) for i in range(9)), Slow(), Pool))
    assert sizes == [(4, 6, 4)]
