"""Films are written, read back with PyAV and Pillow, and found to be what was written."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from animator.core.errors import AnimatorError
from animator.encoding import Encoder, FilmSpec, Metadata, inspect, open_encoder
from animator.encoding.formats import Frame

RED = (230, 30, 60)
WORDS = Metadata(
    title="A neuron",
    description="Two weights walk to (1, 1): ä × ✓",
    alt_text="Two weights move from (0.48, -0.04) to (0.89, 0.87)\nin 160 steps.",
    command="animator render neuron learning_rate=1.5 -o 'a b.gif'",
    details={"steps": 160, "names": ["w1", "w2"], "nested": {"é": None}},
)


def ground(width: int = 320, height: int = 180) -> Frame:
    """A smooth hill in bands with blended edges, like an antialiased filled contour."""
    y, x = np.mgrid[0:height, 0:width] / height
    level = 10 * np.exp(-((x - 0.9) ** 2) - 2 * (y - 0.5) ** 2)
    band = (np.floor(level) + np.clip((level % 1) * 8, 0, 1)) / 11
    frame = np.full((height, width, 4), 255, np.uint8)
    frame[..., :3] = np.stack([30 + 190 * band, 40 + 160 * band**2, 90 - 50 * band], axis=-1)
    return frame


def film(frames: int = 30, width: int = 320, height: int = 180) -> list[Frame]:
    """A red square and a bar, far apart, move over the ground."""
    pictures = []
    for i in range(frames):
        frame = ground(width, height)
        frame[20:40, 8 * i : 8 * i + 20, :3] = RED
        frame[height - 12 : height - 6, : 1 + i * width // frames, :3] = (240, 200, 40)
        pictures.append(frame)
    return pictures


def write(path: Path, frames: list[Frame], spec: FilmSpec, words: Metadata = WORDS) -> Path:
    with open_encoder(path, spec, words, lambda: frames[::5]) as encoder:
        for frame in frames:
            encoder.write(frame)
    return path


def decoded(path: Path) -> list[Frame]:
    """All pictures as (H, W, 3), converted from BT.709 by swscale."""
    with av.open(str(path)) as container:
        return [
            frame.reformat(format="rgb24", src_colorspace="ITU709", src_color_range="MPEG").to_ndarray()
            for frame in container.decode(video=0)
        ]


def atoms(data: bytes) -> list[bytes]:
    """The names of an MP4's outermost atoms, in order."""
    names, at = [], 0
    while at < len(data):
        names.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return names


# MP4


def test_mp4_is_what_was_asked(tmp_path: Path) -> None:
    """Size, rate, frame count and duration are exact; H.264 in yuv420p."""
    path = write(tmp_path / "a.mp4", film(36), FilmSpec(320, 180, 24))
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height) == (320, 180)
        assert (video.average_rate, video.frames) == (24, 36)
        assert video.duration * video.time_base == 1.5
        times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert times == [pytest.approx(i / 24) for i in range(36)]


@pytest.mark.parametrize(("fps", "frames"), [(60, 1), (29.97, 61), (12, 7), (0.5, 3)])
def test_mp4_duration_is_frames_over_fps(tmp_path: Path, fps: float, frames: int) -> None:
    path = write(tmp_path / "a.mp4", film(frames), FilmSpec(320, 180, fps))
    found = inspect(path)
    assert found.frames == frames
    assert found.fps == pytest.approx(fps, rel=1e-9)
    assert found.seconds == pytest.approx(frames / fps, rel=1e-9)


def test_mp4_begins_with_its_index(tmp_path: Path) -> None:
    """moov stands before mdat, so that a browser can play what it has."""
    order = atoms(write(tmp_path / "a.mp4", film(5), FilmSpec(320, 180, 30)).read_bytes())
    assert order.index(b"moov") < order.index(b"mdat")


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((255, 0, 0), (63, 102, 240)),
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
    ],
)
def test_mp4_colours_are_bt709(tmp_path: Path, rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    """Pure red is Y, U, V = 63, 102, 240 (BT.601 would give 81, 90, 240), tagged 1/1/1, limited."""
    frame = np.full((64, 64, 4), 255, np.uint8)
    frame[..., :3] = rgb
    path = write(tmp_path / "a.mp4", [frame], FilmSpec(64, 64, 30))
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0))
        codec = container.streams.video[0].codec_context
        tags = (codec.color_primaries, codec.color_trc, codec.colorspace, codec.color_range)
    assert [int(v) for v in tags] == [1, 1, 1, 1]
    got = [np.asarray(plane)[0] for plane in picture.to_ndarray()[[0, 64, 80], :1]]
    assert np.abs(np.array(got, int) - yuv).max() <= 1


def test_mp4_pictures_are_those_drawn(tmp_path: Path) -> None:
    """The first and the last picture, and the red square in them, within the codec's reach."""
    frames = film()
    pictures = decoded(write(tmp_path / "a.mp4", frames, FilmSpec(320, 180, 30)))
    for at in (0, -1):
        error = np.abs(pictures[at].astype(int) - frames[at][..., :3])
        assert error.mean() < 2
    square = pictures[-1][24:36, 8 * 29 + 4 : 8 * 29 + 16]
    assert np.abs(square.reshape(-1, 3).mean(axis=0) - RED).max() < 4


def test_mp4_has_a_keyframe_every_second(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", film(35), FilmSpec(320, 180, 10))
    with av.open(str(path)) as container:
        keys = [frame.pts * frame.time_base for frame in container.decode(video=0) if frame.key_frame]
    assert keys[0] == 0
    assert max(np.diff([float(key) for key in keys] + [3.5])) <= 1


def test_a_held_picture_is_repeated_in_an_mp4(tmp_path: Path) -> None:
    """`repeat` and as many writes give the same file, and the buffer may be drawn over."""
    first, second = film(2)
    spec = FilmSpec(320, 180, 30)
    with open_encoder(tmp_path / "a.mp4", spec, WORDS) as encoder:
        buffer = first.copy()
        encoder.write(buffer, repeat=4)
        buffer[...] = second
        encoder.write(buffer)
    write(tmp_path / "b.mp4", [first] * 4 + [second], spec)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


# GIF


def shown(path: Path) -> list[tuple[float, Frame]]:
    """(milliseconds, picture (H, W, 3)) of every stored picture, as Pillow shows it."""
    with Image.open(path) as image:
        pictures = []
        for at in range(getattr(image, "n_frames", 1)):
            image.seek(at)
            pictures.append((image.info["duration"], np.asarray(image.convert("RGB"))))
    return pictures


def test_gif_pictures_are_the_frames_in_one_palette(tmp_path: Path) -> None:
    """Every picture that Pillow shows: at least 48 dB from the frame, the artists' colours exact."""
    frames = film()
    exact = (RED, (240, 200, 40))
    path = write(tmp_path / "a.gif", frames, FilmSpec(320, 180, 30, exact_colours=exact))
    pictures = [picture for _, picture in shown(path)]
    assert len(pictures) == len(frames)
    for picture, frame in zip(pictures, frames, strict=True):
        error = picture.astype(float) - frame[..., :3]
        assert 10 * np.log10(255**2 / max((error**2).mean(), 1e-9)) > 48
        for colour in exact:
            wanted = (frame[..., :3] == colour).all(axis=-1)
            assert (picture[wanted] == colour).all()


def test_gif_few_colours_are_all_exact(tmp_path: Path) -> None:
    """Up to 255 colours need no choosing: the pictures come back bit for bit."""
    frames = [frame // 64 * 64 | np.array([0, 0, 0, 255], np.uint8) for frame in film(8)]
    path = write(tmp_path / "a.gif", frames, FilmSpec(320, 180, 25))
    for (_, picture), frame in zip(shown(path), frames, strict=True):
        assert (picture == frame[..., :3]).all()


@pytest.mark.parametrize(
    ("fps", "delays"),
    [(30, [30, 40, 30]), (24, [40, 40, 50]), (12, [80, 90, 80]), (50, [20, 20, 20])],
)
def test_gif_delays_add_up(tmp_path: Path, fps: int, delays: list[int]) -> None:
    """30 frames a second: 3, 4, 3 hundredths; the whole is as long as the film and the end pause."""
    frames = film(30)
    path = write(tmp_path / "a.gif", frames, FilmSpec(320, 180, fps, end_pause=1.5))
    found = [ms for ms, _ in shown(path)]
    assert found[:3] == delays
    assert sum(found) == round(100 * 30 / fps) * 10 + 1500
    assert inspect(path).seconds == pytest.approx(sum(found) / 1000)


def test_gif_loops_for_ever_and_holds_once(tmp_path: Path) -> None:
    """A held picture is one stored picture with a longer delay; the loop count is 0, endless."""
    first, second = film(2)
    with open_encoder(tmp_path / "a.gif", FilmSpec(320, 180, 30), WORDS) as encoder:
        encoder.write(first, repeat=15)
        encoder.write(second, repeat=30)
    assert [ms for ms, _ in shown(tmp_path / "a.gif")] == [500, 1000]
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["loop"] == 0


def test_gif_holds_longer_than_one_delay_can(tmp_path: Path) -> None:
    """A delay has 16 bits of hundredths; 700 seconds are stored as several pictures."""
    with open_encoder(tmp_path / "a.gif", FilmSpec(320, 180, 1, end_pause=300), WORDS) as encoder:
        encoder.write(ground(), repeat=700)
    assert inspect(tmp_path / "a.gif").seconds == 1000


def test_gif_stores_only_what_changes(tmp_path: Path) -> None:
    """Two small movers at opposite corners cost little: unchanged pixels are transparent."""
    still = write(tmp_path / "still.gif", film(1), FilmSpec(320, 180, 30)).stat().st_size
    moving = write(tmp_path / "moving.gif", film(30), FilmSpec(320, 180, 30)).stat().st_size
    assert moving - still < 30 * 0.1 * still


def test_gif_without_samples_takes_the_first_frame(tmp_path: Path) -> None:
    with open_encoder(tmp_path / "a.gif", FilmSpec(320, 180, 30), WORDS) as encoder:
        encoder.write(ground())
    picture = shown(tmp_path / "a.gif")[0][1].astype(float)
    assert np.abs(picture - ground()[..., :3]).mean() < 1


# PNG


def test_png_is_the_last_frame(tmp_path: Path) -> None:
    frames = film(3)
    path = write(tmp_path / "a.png", frames, FilmSpec(320, 180, 30))
    with Image.open(path) as image:
        assert image.mode == "RGB"
        assert (np.asarray(image) == frames[-1][..., :3]).all()


# All formats


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png", ".MP4"])
def test_words_come_back(tmp_path: Path, suffix: str) -> None:
    """inspect gives back the size and every word that was written, in every format."""
    path = write(tmp_path / f"a{suffix}", film(4), FilmSpec(320, 180, 30))
    found = inspect(path)
    assert found.metadata == WORDS
    assert (found.width, found.height, found.format) == (320, 180, suffix[1:].lower())
    assert found.bytes == path.stat().st_size
    assert (found.frames, found.fps) == ((1, 0.0) if suffix == ".png" else (4, 30.0))


def test_words_are_where_other_readers_look(tmp_path: Path) -> None:
    """The MP4's standard tags, the GIF's comment, the PNG's text chunks."""
    spec = FilmSpec(320, 180, 30)
    with av.open(str(write(tmp_path / "a.mp4", film(1), spec))) as container:
        tags = container.metadata
    assert (tags["title"], tags["synopsis"]) == (WORDS.title, WORDS.alt_text)
    assert tags["description"] == WORDS.description
    assert tags["comment"].splitlines()[0] == WORDS.command
    with Image.open(write(tmp_path / "a.gif", film(1), spec)) as image:
        assert WORDS.description in image.info["comment"].decode()
    with Image.open(write(tmp_path / "a.png", film(1), spec)) as image:
        assert image.info["Alt Text"] == WORDS.alt_text


def test_words_longer_than_a_gif_block(tmp_path: Path) -> None:
    long = Metadata(description="é" * 700)
    assert inspect(write(tmp_path / "a.gif", film(2), FilmSpec(320, 180, 30), long)).metadata == long


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png"])
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    spec = FilmSpec(320, 180, 30, end_pause=1)
    one = write(tmp_path / f"one{suffix}", film(12), spec)
    two = write(tmp_path / f"two{suffix}", film(12), spec)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png"])
@pytest.mark.parametrize("written", [0, 3])
def test_an_interrupted_film_leaves_what_was_there(tmp_path: Path, suffix: str, written: int) -> None:
    """Nothing half-written stays, and an older film does."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"an older film")

    def interrupted(encoder: Encoder) -> None:
        for frame in film(3)[:written]:
            encoder.write(frame)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_encoder(path, FilmSpec(320, 180, 30), WORDS) as encoder:
        interrupted(encoder)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"an older film"


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png"])
def test_a_film_without_frames_is_refused(tmp_path: Path, suffix: str) -> None:
    with (
        pytest.raises(ValueError, match="a film needs at least one frame"),
        open_encoder(tmp_path / f"a{suffix}", FilmSpec(320, 180, 30), WORDS),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"a frame must be \(180, 320, 4\) uint8 in C order"),
        open_encoder(tmp_path / "a.mp4", FilmSpec(320, 180, 30), WORDS) as encoder,
    ):
        encoder.write(ground(160, 90))


# Sentences


def sentence(action: Any, *arguments: Any) -> str:
    with pytest.raises(AnimatorError) as caught:
        action(*arguments)
    return str(caught.value)


@pytest.mark.parametrize(("name", "called"), [("a.avi", ".avi"), ("a.mov", ".mov")])
def test_an_unknown_suffix(tmp_path: Path, name: str, called: str) -> None:
    got = sentence(open_encoder, tmp_path / name, FilmSpec(64, 64, 30), WORDS)
    assert got == (
        f"No format is called {called!r}. Known: .gif .mp4 .png .webm .webp .apng .avif .svg .pdf, and a "
        "path without a suffix for a folder of PNG frames. The suffix of -o chooses it."
    )


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "a.mp4"
    got = sentence(write, path, film(1), FilmSpec(320, 180, 30))
    assert got.startswith(f"Cannot write '{path}': ")
    assert got.endswith("Give -o a path in a folder that you can write to.")


def test_inspecting_what_is_not_a_film(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    assert sentence(inspect, path) == (
        f"Cannot read '{path}': No such file or directory. Give the path of an .mp4, .gif or .png film."
    )
    path.write_text("hello")
    assert sentence(inspect, path) == (
        f"'{path}' is not a film: it is neither an MP4, a GIF, a PNG, a WebM, a WebP nor an AVIF. "
        "Give a file that animator "
        "render wrote."
    )
    for words in ("%PDF-1.4", "<?xml version='1.0'?><svg/>"):
        path.write_text(words)
        assert sentence(inspect, path) == (
            f"'{path}' is a still of lines and letters, which carries no words about its film. "
            "Give the .mp4, .gif or .png of that film."
        )


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png"])
def test_inspecting_a_film_cut_short(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"a{suffix}", film(3), FilmSpec(320, 180, 30))
    path.write_bytes(path.read_bytes()[:600])
    assert sentence(inspect, path) == (
        f"'{path}' is damaged: it begins as a film and does not go on as one. Render it again."
    )


def test_inspecting_a_film_of_others(tmp_path: Path) -> None:
    """A GIF that animator did not write has no metadata, and the mean rate."""
    images = [Image.fromarray(frame[..., :3]) for frame in film(4)]
    images[0].save(tmp_path / "a.gif", save_all=True, append_images=images[1:], duration=50)
    found = inspect(tmp_path / "a.gif")
    assert (found.metadata, found.frames, found.fps, found.seconds) == (None, 4, 20.0, 0.2)


def test_importing_encoders_is_light() -> None:
    """PyAV, imageio and Pillow are imported when an encoder is opened, not before."""
    code = "import sys, animator.encoding; print({'av', 'imageio', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_h264_keeps_away_from_code_that_is_not_steady():
    """x264's AVX-512 code does not always write the same bytes: where there is AVX-512, AVX2 is asked for."""
    from animator.encoding.mp4 import tuned
    from animator.encoding.pyav_adapter import has_wide_vectors

    assert tuned("libx264") == {"x264-params": "asm=AVX2:subme=1" if has_wide_vectors() else "subme=1"}
    assert tuned("libsvtav1") == {}


@pytest.mark.parametrize(("scale", "films"), [(10, 40), (60, 12)])
def test_the_same_pictures_give_the_same_bytes_every_time(tmp_path, scale, films):
    """Films of the same seven pictures of noise, each as one that is drawn on a busy machine; small ones are
    encoded by one thread, others by three.
    """
    rng = np.random.default_rng(0)
    block = np.ones((scale, scale, 1))
    noise = [np.kron(rng.integers(0, 255, (9, 16, 3)), block) for _ in range(7)]
    frames = [np.pad(p, ((0, 0), (0, 0), (0, 1)), constant_values=255).astype(np.uint8) for p in noise]
    seen = set()
    for _ in range(films):
        with open_encoder(tmp_path / "a.mp4", FilmSpec(16 * scale, 9 * scale, 10), Metadata()) as encoder:
            for frame in frames:
                encoder.write(frame)
        seen.add((tmp_path / "a.mp4").read_bytes())
    assert len(seen) == 1
