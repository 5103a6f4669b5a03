"""Segments: a film that two lanes encode is whole and in order, the same every time; no thread stays."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from itertools import pairwise

import av
import numpy as np
import pytest

from animator.encoding import FilmSpec, Metadata, inspect, open_encoder
from animator.encoding.mp4 import LANES, SEGMENT, container_options, keyframes, segment, stream_spec
from animator.encoding.parallel_h264 import BYTES, PICTURES, Backlog, Lane, Segments, segmented
from animator.encoding.pyav_adapter import Coder, copied, writing, yuv_converter
from animator.encoding.yuv_patches import Patcher, planes_of

SIZE = (96, 64)
CONVERT = yuv_converter()


def picture(number, size=SIZE):
    """A picture that says its number: a grey field with a white bar that has moved on by 2 pixels."""
    frame = np.full((size[1], size[0], 4), 255, np.uint8)
    frame[..., :3] = 40 + 2 * (number % 80)
    frame[8:24, 2 * (number % 40) : 2 * (number % 40) + 4, :3] = 255
    return frame


@contextmanager
def file(path, length=10, lanes=LANES, rate=30, size=SIZE, **parts):
    spec = FilmSpec(*size, rate)
    with (
        writing(path, "mp4", stream_spec(spec), container_options=container_options(spec)) as video,
        segmented(video, lambda first: length, lanes, **parts) as segments,
    ):
        yield segments


def decoded(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def packets(path):
    with av.open(str(path)) as container:
        return [(p.pts, p.dts, p.is_keyframe) for p in container.demux(video=0) if p.size]


@pytest.mark.parametrize("frames", [1, 2, 9, 10, 11, 20, 57])
def test_every_frame_is_there_in_its_place(tmp_path, frames):
    """Decoded, each frame has the grey of its number; decoding times grow by one; a segment starts anew."""
    with file(tmp_path / "a.mp4") as segments:
        for number in range(frames):
            segments.send(CONVERT(picture(number)), 1)
    shown = decoded(tmp_path / "a.mp4")
    assert len(shown) == frames
    wanted = [planes_of(CONVERT(picture(number)))[0] for number in range(frames)]
    for found, luma in zip(shown, wanted, strict=True):
        full = (luma[60:, 80:].astype(float) - 16) * 255 / 219
        assert abs(found[60:, 80:].mean() - full.mean()) < 1.5
    times = packets(tmp_path / "a.mp4")
    unit = min((later[0] - earlier[0] for earlier, later in pairwise(sorted(times))), default=1)
    assert sorted(pts // unit for pts, _, _ in times) == list(range(frames))
    assert all(later[1] - earlier[1] == unit for earlier, later in pairwise(times))
    assert all(dts <= pts for pts, dts, _ in times)
    assert inspect(tmp_path / "a.mp4").seconds == pytest.approx(frames / 30)
    assert [pts // unit for pts, _, key in times if key] == list(range(0, frames, 10))


def test_the_bytes_do_not_depend_on_the_threads(tmp_path, monkeypatch):
    """Either lane slow, or the drawing: the same file; patches and repeats across segments among them."""
    made, encode = [], Coder.encode
    for slow in ("nobody", "first", "second", "drawing"):
        path, names = tmp_path / f"{slow}.mp4", []

        def lagging(self, *what, slow=slow, names=names):
            if self not in names:
                names.append(self)
            if slow == ("first", "second")[names.index(self)]:
                time.sleep(0.004)
            return encode(self, *what)

        monkeypatch.setattr(Coder, "encode", lagging)
        mender = Patcher(lambda: lambda sheet: planes_of(yuv_converter(threads=1)(sheet)))
        with file(path) as segments:
            segments.send(CONVERT(picture(0)), 3)
            for number in range(1, 40):
                frame = picture(0)
                frame[8:24, 2 * number : 2 * number + 4, :3] = 255
                box = (8, max(0, 2 * number - 2), 24, 2 * number + 4)
                segments.send(mender.patch(frame, [box]), 1 + 23 * (number == 20))
                time.sleep(0.004 * (slow == "drawing"))
            segments.rest(12)
        made.append(path.read_bytes())
        assert len(names) == LANES
    assert len(set(made)) == 1
    assert len(decoded(tmp_path / "first.mp4")) == 3 + 39 + 23 + 12


def test_patches_make_what_whole_pictures_make(tmp_path):
    """Mended or whole, across segments: the same bytes."""
    mender = Patcher(lambda: lambda sheet: planes_of(yuv_converter(threads=1)(sheet)))
    frames, boxes = [picture(0)], []
    for number in range(1, 45):
        frame = frames[-1].copy()
        frame[30:40, number : number + 6, :3] = (5 * number, 90, 200)
        boxes.append((30, number, 40, number + 6))
        frames.append(frame)
    with file(tmp_path / "whole.mp4") as segments:
        for frame in frames:
            segments.send(mender.align_last_rows(CONVERT(frame), frame), 1)
    with file(tmp_path / "mended.mp4") as segments:
        segments.send(mender.align_last_rows(CONVERT(frames[0]), frames[0]), 1)
        for frame, box in zip(frames[1:], boxes, strict=True):
            segments.send(mender.patch(frame, [box]), 1)
    assert (tmp_path / "whole.mp4").read_bytes() == (tmp_path / "mended.mp4").read_bytes()


def test_one_picture_over_many_segments(tmp_path, monkeypatch):
    """A picture that is held is the same in each of the segments that it spans, and each has one of its own,
    for a coder writes times on it; a keyframe is where a segment begins."""
    encode, given = Coder.encode, {}

    def told(self, picture, number, key):
        given.setdefault(self, []).append(picture)
        return encode(self, picture, number, key)

    monkeypatch.setattr(Coder, "encode", told)
    with file(tmp_path / "a.mp4", lanes=3) as segments:
        segments.send(CONVERT(picture(7)), 95)
    shown = decoded(tmp_path / "a.mp4")
    assert len(shown) == 95 and max(abs(frame[40:].astype(int) - shown[0][40:]).max() for frame in shown) <= 2
    assert len({id(one) for pictures in given.values() for one in pictures}) == 10
    keys = [i for i, (_, _, key) in enumerate(sorted(packets(tmp_path / "a.mp4"))) if key]
    assert keys == list(range(0, 95, 10))


def test_all_segments_are_described_by_one_header(tmp_path):
    """What a player reads once (sequence and picture parameter sets) is the same for every coder."""
    spec = FilmSpec(*SIZE, 30)
    with writing(tmp_path / "a.mp4", "mp4", stream_spec(spec)) as video:
        coders = [video.coder() for _ in range(3)]
        made = [coder.encode(CONVERT(picture(0)), 0) + coder.end() for coder in coders]
        headers = {coder.header for coder in coders}
        video.put(made[0])
    assert len(headers) == 1 and {len(packets) for packets in made} == {1}


def test_a_segment_lasts_whole_seconds():
    """Frames of a segment by rate, and of the last ones where the film's length is known."""
    large = partial(FilmSpec, 1280, 720)
    for rate, gop in ((30, 30), (24, 24), (60, 60), (25, 25), (0.5, 1), (7, 7), (240, 240), (29.97, 29)):
        assert keyframes(large(rate)) == gop
        length = segment(large(rate), 0)
        assert length % gop == 0 and SEGMENT <= length < SEGMENT + gop
    film = large(30, frames=300)
    assert [segment(film, first) for first in (0, 60, 180, 240, 270)] == [60, 60, 60, 30, 30]
    assert segment(FilmSpec(640, 360, 30), 0) == segment(large(30, codec="h265"), 0) == float("inf")


@pytest.mark.parametrize("rate", [Fraction(1, 2), 7, 30])
def test_a_film_of_a_large_size_through_the_door(tmp_path, rate):
    """open_encoder at 1280x720: length, a keyframe a second at least, the pause at the end."""
    spec = FilmSpec(1280, 720, float(rate), end_pause=2.0, frames=70 + round(2 * rate))
    with open_encoder(tmp_path / "a.mp4", spec, Metadata("a")) as encoder:
        for number in range(7):
            encoder.write(picture(number, (1280, 720)), 10)
    times = packets(tmp_path / "a.mp4")
    assert len(times) == spec.frames == len(decoded(tmp_path / "a.mp4"))
    order = sorted(times)
    keys = [i for i, (_, _, key) in enumerate(order) if key]
    assert max(np.diff([*keys, len(order)])) <= max(1, int(rate))
    assert rate > 1 or all(pts == dts for pts, dts, _ in times)  # keyframes alone are shown as they come


def test_who_brings_too_much_waits():
    """PICTURES may wait, or so many as have BYTES, one in any case; then whoever adds one waits."""
    waiting, added = Backlog(), []

    def bring(count, size):
        for _ in range(count):
            waiting.add(size)
            added.append(size)

    thread = threading.Thread(target=bring, args=(PICTURES + 1, 1))
    thread.start()
    thread.join(0.2)
    assert len(added) == PICTURES and thread.is_alive()
    waiting.take(1)
    thread.join(10)
    assert len(added) == PICTURES + 1
    large = Backlog()
    for _ in range(3):
        large.add(2 * BYTES)
        large.take(2 * BYTES)
    large.add(2 * BYTES)
    thread = threading.Thread(target=large.add, args=(1,))
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    large.end()
    thread.join(10)
    assert not thread.is_alive()


def test_an_encoders_error_is_raised_and_ends_the_threads(tmp_path, monkeypatch):
    """A coder that fails at its fifth picture: whoever sends hears it; no thread stays."""
    before, room, encode = threading.active_count(), "no more room in the picture", Coder.encode

    def failing(self, picture, number, key):
        if number == 5:
            raise ValueError(room)
        return encode(self, picture, number, key)

    monkeypatch.setattr(Coder, "encode", failing)
    few = Backlog(most=3)
    with pytest.raises(ValueError, match=room), file(tmp_path / "a.mp4", room=few) as segments:
        for number in range(200):
            segments.send(CONVERT(picture(number)), 1)
    assert threading.active_count() == before


def test_an_error_is_raised_by_the_next_picture_that_is_sent(tmp_path, monkeypatch):
    """Not only at the film's end."""
    monkeypatch.setattr(Coder, "encode", lambda *what: 1 / 0)
    sent = 0
    with pytest.raises(ZeroDivisionError), file(tmp_path / "a.mp4") as segments:
        for number in range(9):
            segments.send(CONVERT(picture(number)), 1)
            sent += 1
            assert isinstance(segments.started[0].done.exception(60), ZeroDivisionError)
    assert sent <= 1


def test_a_lane_says_when_it_takes_no_more():
    """After an error nobody waits for room; a lane that nobody wants does not end its coder."""

    class Failing:
        def encode(self, *what):
            raise ValueError("no picture")

        def end(self):
            raise ValueError("not wanted")

    room = Backlog()
    lane = Lane(Failing(), room)
    lane.give(CONVERT(picture(0)), 1, True)
    with pytest.raises(ValueError, match="no picture"):
        lane.work()
    assert room.over
    lane = Lane(Failing(), room)
    lane.end()
    lane.work()


def test_a_drawings_error_ends_the_threads(tmp_path):
    """An error on the other side, such as Ctrl-C: no thread stays."""
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), file(tmp_path / "a.mp4") as segments:
        for number in range(25):
            segments.send(CONVERT(picture(number)), 1)
        raise KeyboardInterrupt
    assert threading.active_count() == before


def test_nothing_more_is_encoded_once_nobody_wants_it(tmp_path, monkeypatch):
    """Each lane ends the picture that it has begun: no more of its repeats, none that its coder held back."""
    stopped, stop, encode, encoded = threading.Event(), Segments.stop, Coder.encode, []

    def held(self, *what):
        encoded.append(self)
        stopped.wait(60)
        return encode(self, *what)

    def stopping(self):
        stop(self)
        stopped.set()

    monkeypatch.setattr(Coder, "encode", held)
    monkeypatch.setattr(Coder, "end", lambda self: encoded.append("flushed"))
    monkeypatch.setattr(Segments, "stop", stopping)
    with pytest.raises(KeyboardInterrupt), file(tmp_path / "a.mp4") as segments:
        segments.send(CONVERT(picture(0)), 40)
        raise KeyboardInterrupt
    assert len(encoded) == len(set(encoded)) <= LANES and "flushed" not in encoded


def test_a_thread_that_cannot_begin_keeps_nobody_waiting(tmp_path, monkeypatch):
    """The second lane has no thread: that is raised, and the first lane's does not wait for its pictures."""
    lanes, submit = [], ThreadPoolExecutor.submit

    class Watched(Lane):
        def __init__(self, *parts):
            super().__init__(*parts)
            lanes.append(self)

    def scarce(self, *work):
        future = submit(self, *work)  # as the executor does it: the work waits already for a thread
        if len(lanes) == 2:
            raise RuntimeError("can't start new thread")
        return future

    def make():
        with (
            pytest.raises(RuntimeError, match="can't start new thread"),
            file(tmp_path / "a.mp4", lane=Watched) as segments,
        ):
            segments.send(CONVERT(picture(0)), 40)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", scarce)
    thread = threading.Thread(target=make)
    thread.start()
    thread.join(60)
    waits = thread.is_alive()
    for lane in lanes:
        lane.end()
    assert len(lanes) == 2 and not waits


def test_a_film_needs_a_frame(tmp_path):
    with pytest.raises(ValueError, match="a film needs at least one frame"), file(tmp_path / "a.mp4"):
        pass


def test_a_twin_is_a_copy():
    """Same planes, memory of its own."""
    one = CONVERT(picture(3))
    other = copied(one)
    for a, b in zip(planes_of(one), planes_of(other), strict=True):
        assert np.array_equal(a, b) and not np.shares_memory(a, b)
    assert (other.colorspace, other.color_range) == (one.colorspace, one.color_range)
