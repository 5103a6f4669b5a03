"""The formats beside MP4, GIF and PNG, read back by Pillow, PyAV and an XML parser; budgets; presets."""

import json
import re
import xml.etree.ElementTree
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from animator import Film, film
from animator.cli.render_request import requested
from animator.core.errors import AnimatorError
from animator.design.film_design import FilmDesign
from animator.design.style import rgb
from animator.design.style_files import find
from animator.design.timeline import FrameState, Timeline
from animator.encoding import FilmSpec, Metadata, inspect, open_encoder
from animator.encoding.inspect_file import rate_of
from animator.films.delivery import PRESETS as KNOWN
from animator.films.delivery import Delivery, chosen, preset, read_bytes, settled
from animator.films.pipeline import cut_out
from animator.films.size_budget import best, smaller
from tests.running import run

WORDS = Metadata("One <neuron>", "It learns.", "A dot moves.", "animator render neuron", {"seed": 1})


def pictures(size=(64, 96), count=12):
    """A bar that moves over a gradient: (h, w, 4) uint8 each."""
    height, width = size
    ground = np.linspace(40, 200, width).astype(np.uint8)
    for i in range(count):
        frame = np.full((height, width, 4), 255, np.uint8)
        frame[..., 0], frame[..., 1], frame[..., 2] = ground, 90, 160
        frame[10:30, 4 * i : 4 * i + 12, :3] = (230, 60, 40)
        yield frame


def write(path, spec, count=12, repeat=1):
    """A film of those pictures at `path`."""
    with open_encoder(path, spec, WORDS) as encoder:
        for frame in pictures((spec.height, spec.width), count):
            encoder.write(frame, repeat)
    return list(pictures((spec.height, spec.width), count))


def psnr(one, two):
    """Decibels between two pictures of bytes."""
    return 10 * np.log10(255**2 / max(1e-9, np.mean((one.astype(float) - two.astype(float)) ** 2)))


@pytest.mark.parametrize(("suffix", "least"), [(".webp", 32), (".apng", 90), (".avif", 30)])
@pytest.mark.parametrize("fps", [20, 30])
def test_animated_pictures_by_pillow(tmp_path, suffix, least, fps):
    """Size, length and every picture are those that were written; APNG to the last bit."""
    path = tmp_path / f"film{suffix}"
    drawn = write(path, FilmSpec(96, 64, fps))
    lasts, seen = [], []
    with Image.open(path) as image:
        assert image.size == (96, 64)
        for i in range(image.n_frames):
            image.seek(i)
            seen.append(np.asarray(image.convert("RGB")))
            lasts.append(float(image.info["duration"]))
        assert image.info.get("loop", 0) == 0
    assert sum(lasts) == pytest.approx(12_000 / fps, abs=12)
    assert len(seen) == 12
    for one, two in zip(seen, drawn, strict=True):
        assert psnr(one, two[..., :3]) >= least
    found = inspect(path)
    assert (found.format, found.width, found.height, found.frames) == (suffix[1:], 96, 64, 12)
    assert found.seconds == pytest.approx(12 / fps, abs=0.012)


def test_webm_by_pyav(tmp_path):
    """VP9, constant rate, a keyframe a second, BT.709, and the film's words."""
    path = tmp_path / "film.webm"
    drawn = write(path, FilmSpec(96, 64, 10), count=12, repeat=3)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert stream.codec_context.name in ("vp9", "libvpx-vp9")
        frames = list(file.decode(stream))
    assert len(frames) == 36
    times = [float(frame.pts * frame.time_base) for frame in frames]
    np.testing.assert_allclose(np.diff(times), 0.1, atol=1e-3)
    keys = [i for i, frame in enumerate(frames) if frame.key_frame]
    assert keys[0] == 0 and max(np.diff([*keys, 36])) <= 10
    for i in (0, 17, 35):
        assert psnr(frames[i].to_ndarray(format="rgb24"), drawn[i // 3][..., :3]) > 26
    found = inspect(path)
    assert found.metadata == WORDS and found.seconds == pytest.approx(3.6, abs=0.01)


@pytest.mark.parametrize(("codec", "name"), [("h264", "h264"), ("h265", "hevc"), ("av1", "av1")])
def test_codecs_of_mp4(tmp_path, codec, name):
    """Each is what it says, with a keyframe a second; H.265 under the tag that QuickTime plays."""
    path = tmp_path / "film.mp4"
    drawn = write(path, FilmSpec(128, 96, 10, codec=codec), count=24)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert name in stream.codec_context.codec.name
        assert stream.codec_context.codec_tag == {"h264": "avc1", "h265": "hvc1", "av1": "av01"}[codec]
        frames = list(file.decode(stream))
    assert len(frames) == 24
    keys = [i for i, frame in enumerate(frames) if frame.key_frame]
    assert max(np.diff([*keys, 24])) <= 10
    assert psnr(frames[12].to_ndarray(format="rgb24"), drawn[12][..., :3]) > 26


@pytest.mark.parametrize("fps", [23.976, 29.97, 12, 60, 120, 1])
@pytest.mark.parametrize("kind", ["h264", "h265", "av1", "webm"])
def test_scrubbing_finds_every_frame(tmp_path, kind, fps):
    """At any rate each frame comes a frame after the last one (to the millisecond in a WebM, whose clock has
    no more), and a seek to any of them decodes from a keyframe at most a second before, to the same picture.
    """
    path = tmp_path / ("film.webm" if kind == "webm" else "film.mp4")
    count = max(3, round(1.3 * fps))
    write(path, FilmSpec(128, 96, fps, codec="h264" if kind == "webm" else kind), count=count)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert float(stream.average_rate) == pytest.approx(fps, rel=1e-5)
        frames = [(float(frame.time), frame.to_ndarray(format="rgb24")) for frame in file.decode(stream)]
        np.testing.assert_allclose([time for time, _ in frames], np.arange(count) / fps,
                                   atol=6e-4 if kind == "webm" else 1e-9)  # fmt: skip
        for time, picture in frames[:: max(1, count // 12)]:
            file.seek(round(time / stream.time_base), stream=stream)
            first = None
            for frame in file.decode(stream):
                first = frame.time if first is None else first
                if frame.time >= time - 1e-6:
                    break
            assert time - first < 1 and frame.time == pytest.approx(time, abs=1e-6)
            np.testing.assert_array_equal(frame.to_ndarray(format="rgb24"), picture)


def test_a_gif_without_a_background_has_hard_edges_on_its_matte(tmp_path):
    """Alpha 0 and 16 are clear, 192 lies on the matte, 255 is itself; in each frame."""
    path = tmp_path / "film.gif"
    spec = FilmSpec(96, 64, 10, transparent=True, matte=(250, 250, 240), exact_colours=((40, 200, 40),))
    frames = []
    for i in range(4):
        frame = np.zeros((64, 96, 4), np.uint8)
        frame[:, 20 + i : 40] = (200, 40, 40, 16)
        frame[:, 40:64] = (200, 40, 40, 192)
        frame[10 * i :, 64:] = (40, 200, 40, 255)
        frames.append(frame)
    with open_encoder(path, spec, WORDS, lambda: frames) as encoder:
        for frame in frames:
            encoder.write(frame)
    with Image.open(path) as image:
        assert image.n_frames == 4
        for i in range(4):
            image.seek(i)
            shown = np.asarray(image.convert("RGBA")).astype(int)
            assert (shown[:, :40, 3] == 0).all() and (shown[: 10 * i, 64:, 3] == 0).all()
            assert (shown[:, 40:64, 3] == 255).all() and (shown[10 * i :, 64:, 3] == 255).all()
            assert np.abs(shown[30, 50, :3] - [212, 92, 90]).max() <= 2  # 1/4 matte, 3/4 red
            assert tuple(shown[60, 80, :3]) == (40, 200, 40)


@pytest.mark.parametrize(("loop", "said"), [(True, 0), (False, None)])
def test_a_gif_plays_for_ever_or_once(tmp_path, loop, said):
    """Pillow reads 0, for ever, or no loop count at all."""
    path = tmp_path / "film.gif"
    write(path, FilmSpec(96, 64, 10, loop=loop), count=3)
    with Image.open(path) as image:
        assert image.info.get("loop") == said


@pytest.mark.parametrize(
    ("suffix", "loop"),
    [(".mp4", True), (".mp4", False), (".webm", True), (".gif", True), (".gif", False), (".webp", False),
     (".apng", True), (".avif", True)],
)  # fmt: skip
def test_a_film_of_any_format_stays_on_its_last_frame(tmp_path, suffix, loop):
    """12 frames at 10 a second and a pause of 1.5 seconds are 2.7 seconds, whether it loops or not."""
    path = tmp_path / f"film{suffix}"
    write(path, FilmSpec(96, 64, 10, end_pause=1.5, loop=loop), count=12)
    assert inspect(path).seconds == pytest.approx(2.7, abs=0.011)


@pytest.mark.parametrize(("suffix", "fps"), [(".webp", 20), (".webp", 30), (".apng", 30), (".avif", 25)])
def test_the_rate_of_a_film_is_that_of_its_frames_however_long_one_is_held(tmp_path, suffix, fps):
    path = tmp_path / f"film{suffix}"
    write(path, FilmSpec(96, 64, fps, end_pause=2.0), count=12)
    found = inspect(path)
    assert found.fps == pytest.approx(fps, rel=2e-3)
    assert found.seconds == pytest.approx(12 / fps + 2.0, abs=0.002)


@pytest.mark.parametrize("size", [(16, 16), (48, 34)])
@pytest.mark.parametrize(
    "name", ["a.mp4", "h265.mp4", "av1.mp4", "a.webm", "a.gif", "a.webp", "a.apng", "a.avif", "a.png"]
)
def test_a_film_of_one_frame(tmp_path, name, size):
    """It has its size, its words and its one picture; a video and a GIF last a frame, pictures just stay."""
    path = tmp_path / name
    codec = path.stem if path.stem != "a" else "h264"
    if codec != "h264" or path.suffix == ".avif":
        size = (64 + size[0], 64 + size[1])
    frame = np.full((size[1], size[0], 4), 255, np.uint8)
    frame[..., :3] = (200, 80, 40)
    with open_encoder(path, FilmSpec(*size, 20, codec=codec), WORDS) as encoder:
        encoder.write(frame)
    found = inspect(path)
    assert (found.width, found.height, found.frames, found.metadata) == (*size, 1, WORDS)
    assert found.seconds in ((0.05,) if found.codec or found.format == "gif" else (0.0, 0.05))
    if found.codec:
        with av.open(str(path)) as file:
            pictures = [each.to_ndarray(format="rgb24") for each in file.decode(video=0)]
    else:
        with Image.open(path) as image:
            assert image.size == size and getattr(image, "n_frames", 1) == 1
            pictures = [np.asarray(image.convert("RGB"))]
    assert len(pictures) == 1 and np.abs(pictures[0].astype(int) - (200, 80, 40)).max() <= 6


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_short_films_of_h265(tmp_path, frames):
    """Again and again: x265 leaves the decoding times of one or two pictures to chance."""
    path = tmp_path / "film.mp4"
    for _ in range(8):
        write(path, FilmSpec(96, 64, 20, codec="h265"), count=frames)
        found = inspect(path)
        assert (found.frames, found.seconds) == (frames, frames / 20)


def test_a_webp_whose_pictures_are_all_alike_keeps_its_transparency_and_its_words(tmp_path):
    """The encoder makes one picture of them, in a file of another kind."""
    path = tmp_path / "film.webp"
    frame = np.zeros((34, 48, 4), np.uint8)
    frame[:, 20:] = (200, 80, 40, 255)
    with open_encoder(path, FilmSpec(48, 34, 20, transparent=True), WORDS) as encoder:
        encoder.write(frame, 5)
    with Image.open(path) as image:
        alpha = np.asarray(image.convert("RGBA"))[..., 3]
    assert (alpha[:, :18] == 0).all() and (alpha[:, 22:] == 255).all()
    assert inspect(path).metadata == WORDS


@pytest.mark.parametrize("fps", [29.97, 30, 120])
@pytest.mark.parametrize("suffix", [".webp", ".apng", ".avif"])
def test_a_long_film_of_pictures_is_as_long_as_its_frames(tmp_path, suffix, fps):
    """What each picture's stay is rounded to does not add up: 300 frames are 300 / fps seconds."""
    path = tmp_path / f"film{suffix}"
    write(path, FilmSpec(64, 64, fps), count=10, repeat=30)
    found = inspect(path)
    assert found.seconds == pytest.approx(300 / fps, abs=0.002)


@pytest.mark.parametrize(
    ("stays", "fps"),
    [([50, 50, 1500, 50], 20.0), ([33, 33, 34, 33, 67, 500], 30.0), ([], 0.0), ([0], 0.0), ([40], 25.0)],
)
def test_rates_from_how_long_pictures_stay(stays, fps):
    assert rate_of(stays) == pytest.approx(fps, rel=2e-3)


def test_a_folder_of_frames_ends_with_copies_of_the_last_one(tmp_path):
    write(tmp_path / "frames", FilmSpec(96, 64, 10, end_pause=0.3), count=4)
    frames = sorted((tmp_path / "frames").iterdir())
    assert [frame.name for frame in frames] == [f"{i:04d}.png" for i in range(1, 8)]
    assert len({frame.read_bytes() for frame in frames[3:]}) == 1
    assert frames[2].read_bytes() != frames[3].read_bytes()


def test_what_was_saved_says_how_long_it_is_with_its_pause(tmp_path, capsys):
    for suffix in (".mp4", ".gif"):
        path = tmp_path / f"a{suffix}"
        done = run(capsys, "render", "neuron", "epochs=1", "--no-captions", "-o", str(path),
                   "--size", "160x90", "--fps", "10", "--end-pause", "2", "--once", "--json")  # fmt: skip
        (file,) = json.loads(done.out)["files"]
        assert (done.code, file["seconds"], file["frames"]) == (0, 8.0, 80)
        assert inspect(path).seconds == 8.0


@pytest.mark.parametrize("suffix", [".webp", ".avif"])
def test_films_of_pictures_say_what_they_are(tmp_path, suffix):
    """The words come back, and Pillow still reads the pictures."""
    path = tmp_path / f"film{suffix}"
    write(path, FilmSpec(96, 64, 10), count=5)
    assert inspect(path).metadata == WORDS
    with Image.open(path) as image:
        assert image.n_frames == 5


@pytest.mark.parametrize("suffix", [".webp", ".apng", ".webm", ".png"])
def test_transparency_survives(tmp_path, suffix):
    """Where alpha was 0, 128 and 255 it is still, to a few steps."""
    path = tmp_path / f"film{suffix}"
    frame = np.zeros((64, 96, 4), np.uint8)
    frame[:, 32:64] = (200, 40, 40, 128)
    frame[:, 64:] = (40, 200, 40, 255)
    with open_encoder(path, FilmSpec(96, 64, 10, transparent=True), WORDS) as encoder:
        encoder.write(frame, 3)
    if suffix == ".webm":
        with av.open(str(path)) as file:
            assert file.streams.video[0].metadata.get("alpha_mode", file.metadata.get("alpha_mode")) == "1"
        return
    with Image.open(path) as image:
        alpha = np.asarray(image.convert("RGBA"))[..., 3].astype(int)
    for place, wanted in ((16, 0), (48, 128), (80, 255)):
        assert abs(int(alpha[32, place]) - wanted) <= 2


def last_picture(path):
    """The last picture of a film as (H, W, 4) numbers, alpha included."""
    if path.suffix == ".webm":
        decoder = av.CodecContext.create("libvpx-vp9", "r")  # the usual one knows no alpha
        with av.open(str(path)) as file:
            packets = [packet for packet in file.demux(video=0) if packet.size]
            frames = [frame for packet in (*packets, None) for frame in decoder.decode(packet)]
        return frames[-1].to_ndarray(format="rgba").astype(float)
    with Image.open(path) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        return np.asarray(image.convert("RGBA")).astype(float)


@pytest.mark.parametrize(("look", "ground"), [("light", "#ffffff"), ("dark", "#000000")])
def test_a_film_without_a_background_lies_on_a_slide_as_if_drawn_there(tmp_path, capsys, look, ground):
    """A light one on white and a dark one on black: what the same style draws on that ground, without halos.
    A GIF's soft edges are mixed with the style's own background, which is near."""
    (tmp_path / "slide.toml").write_text(f'base = "{look}"\nbackground = "{ground}"\n')
    suffixes = (".png", ".apng", ".webp", ".webm", ".gif")
    targets = [word for suffix in suffixes for word in ("-o", str(tmp_path / f"film{suffix}"))]
    asked = ("--size", "640x360", "--fps", "1", "--no-captions")
    run(capsys, "render", "neuron", "epochs=1", *targets, *asked, "--style", look, "--transparent")
    wanted = tmp_path / "wanted.png"
    run(capsys, "render", "neuron", "epochs=1", "-o", str(wanted), *asked,
        "--style", str(tmp_path / "slide.toml"))  # fmt: skip
    drawn, paper = last_picture(wanted)[..., :3], np.array(rgb(ground))
    for suffix, most, least in zip(suffixes, (2, 2, 110, 130, 40), (50, 50, 35, 34, 40), strict=True):
        shown = last_picture(tmp_path / f"film{suffix}")
        share = shown[..., 3:] / 255
        assert 0.3 < (share == 0).mean() < 0.7 and (share == 1).mean() > 0.3, suffix
        there = shown[..., :3] * share + paper * (1 - share)
        assert np.abs(there - drawn).max() <= most and psnr(there, drawn) > least, suffix


def test_cutting_out_gives_the_picture_back_on_any_ground():
    """Over black, over white and over red, the cut-out is what would have been drawn there."""
    rng = np.random.default_rng(0)
    colour, alpha = rng.integers(0, 256, (8, 9, 3)), rng.integers(0, 256, (8, 9, 1)) / 255

    def over(ground):
        mixed = np.round(colour * alpha + np.array(ground) * (1 - alpha)).astype(np.uint8)
        return np.dstack([mixed, np.full((8, 9, 1), 255, np.uint8)])

    cut = cut_out(over((0, 0, 0)), over((255, 255, 255))).astype(float)
    share = cut[..., 3:] / 255
    for ground in ((0, 0, 0), (255, 255, 255), (200, 30, 60)):
        again = cut[..., :3] * share + np.array(ground) * (1 - share)
        np.testing.assert_allclose(again, over(ground)[..., :3], atol=2.5)


def test_a_folder_of_frames(tmp_path):
    """Every frame is a PNG of its own, held ones too; a folder that is in use is not written over."""
    path = tmp_path / "frames"
    drawn = write(path, FilmSpec(96, 64, 10), count=3, repeat=2)
    assert [file.name for file in sorted(path.iterdir())] == [f"{i:04d}.png" for i in range(1, 7)]
    for i, file in enumerate(sorted(path.iterdir())):
        np.testing.assert_array_equal(np.asarray(Image.open(file)), drawn[i // 2][..., :3])
    with pytest.raises(
        AnimatorError, match=r"^'.*frames' is there already and would be written over\. Remove "
    ):
        write(path, FilmSpec(96, 64, 10))
    assert len(list(path.iterdir())) == 6 and len(list(tmp_path.iterdir())) == 1


def test_what_a_format_cannot_hold_makes_no_file(tmp_path):
    with pytest.raises(AnimatorError, match="An AVIF cannot be 96x63 pixels"):
        open_encoder(tmp_path / "film.avif", FilmSpec(96, 63, 10), WORDS)
    assert not list(tmp_path.iterdir())


def test_frames_by_name():
    """Seconds, steps, first and last; what is not there is one sentence."""
    clock = Timeline(60, 10.0)
    assert chosen(clock, "first").step == 0 and chosen(clock, "last").step == 60
    assert chosen(clock, "3.2s") == clock.state(32)
    assert chosen(clock, "step:40") == FrameState(40, False, onto=40)
    for wrong, said in (
        ("99s", "--frame 99s is after the end: this film lasts 6 seconds. Use --frame last."),
        ("step:61", "--frame step:61 is not possible: this run has 60 steps. Use seconds such as "
        "3.2s, step:40, "
         "first or last."),
        ("middle", "--frame middle is not possible: it names no frame. Use seconds such as 3.2s, "
        "step:40, first "
         "or last."),
    ):  # fmt: skip
        with pytest.raises(AnimatorError) as caught:
            chosen(clock, wrong)
        assert str(caught.value) == said


def test_bytes_and_presets():
    """4MB is 4,000,000; nonsense and specks are refused; unknown presets list the known ones."""
    assert (read_bytes("4MB"), read_bytes("500kB"), read_bytes("2000000")) == (4_000_000, 500_000, 2_000_000)
    with pytest.raises(
        AnimatorError, match=r"^--max-bytes 4 apples is no size\. Type a number with B, kB, MB"
    ):
        read_bytes("4 apples")
    with pytest.raises(
        AnimatorError, match=r"^--max-bytes 5B is too small for any film: the least is 10kB\."
    ):
        read_bytes("5B")
    with pytest.raises(
        AnimatorError, match=r"^--for slide is not known. Did you mean 'slides'\? Known: slides "
    ):
        preset("slide")
    assert preset("readme").delivery == replace(Delivery(), max_bytes=2_000_000, end_pause=2.0)


def test_vector_stills(tmp_path, capsys):
    """An .svg of the asked size whose text is paths, a .pdf of one page; the same bytes twice."""
    made = []
    for name in ("a", "b"):
        out = tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf"
        done = run(capsys, "render", "neuron", "epochs=1", "-o", str(out[0]), "-o", str(out[1]),
                   "--frame", "step:9", "--size", "640x360")  # fmt: skip
        assert done.code == 0, done.err
        made.append([path.read_bytes() for path in out])
    assert made[0] == made[1]
    root = xml.etree.ElementTree.fromstring(made[0][0])
    assert (root.get("width"), root.get("height")) == ("640pt", "360pt")
    assert not root.findall(".//{*}text") and len(root.findall(".//{*}path")) > 100
    assert (
        made[0][1].startswith(b"%PDF")
        and made[0][1].count(b"/Type /Page\n") + made[0][1].count(b"/Type /Page ") == 1
    )


def test_presets_choose_and_typed_options_win(tmp_path, capsys, monkeypatch):
    """--for slides is a light 1920x1080 MP4 with larger type; a typed size wins; the command says both."""
    monkeypatch.chdir(tmp_path)
    done = run(
        capsys, "render", "neuron", "epochs=1", "--for", "slides", "--size", "640x360", "--fps", "5", "--json"
    )
    assert done.code == 0, done.err
    report = json.loads(done.out)
    (file,) = report["files"]
    assert (file["path"], file["width"], file["height"]) == ("output/neuron.mp4", 640, 360)
    assert report["command"].endswith("--size 640x360 --for slides --fps 5")
    asked = requested("neuron", typed={"preset": "slides"})
    design = settled(FilmDesign(), asked.wishes, 1)
    assert (design.pixels, design.style, design.text) == ((1920, 1080), "light", 1.15)
    assert asked.files == (Path("output/neuron.mp4"),)
    typed = settled(FilmDesign(), {"preset": "slides", "quality": "draft", "style": "chalk"}, 1)
    assert (typed.pixels, typed.style, typed.text) == ((640, 360), "chalk", 1.15)


def test_a_budget_is_kept(tmp_path, capsys):
    """The file is at most as large as asked, says what it gave up, and is not there when nothing fits."""
    path = tmp_path / "film.gif"
    words = ("render", "neuron", "epochs=1", "--no-captions", "--size", "480x270", "--fps", "10")
    done = run(capsys, *words, "-o", str(path), "--max-bytes", "40kB", "--json")
    assert done.code == 0, done.err
    report = json.loads(done.out)["files"][0]
    assert path.stat().st_size == report["bytes"] <= 40_000
    assert report["gave_up"] and "to fit its bytes, film.gif has " in done.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["film.gif", "film.png"]
    none = tmp_path / "none.mp4"
    done = run(capsys, *words, "-o", str(none), "--max-bytes", "10kB")
    said = re.fullmatch(
        r"animator: 'none\.mp4' does not fit into 10,000 bytes: the smallest that can be read has "
        r"(\d+,\d+)\. Give --max-bytes (\d+)kB, or make the film shorter\.\n", done.err)  # fmt: skip
    assert done.code == 2 and said and not none.exists()
    least = int(said[1].replace(",", ""))
    assert 10_000 < least <= 1000 * int(said[2]) < least + 1000
    done = run(capsys, *words, "-o", str(none), "--max-bytes", f"{said[2]}kB")
    assert done.code == 0 and none.stat().st_size == least


PRESETS = {  # (suffix, width, height) of each file; style; times the text
    "slides": ({(".mp4", 1920, 1080)}, "light", 1.15),
    "web": ({(".mp4", 1280, 720), (".webm", 1280, 720)}, "dark", 1.0),
    "social": ({(".mp4", 1080, 1080)}, "dark", 1.0),
    "phone": ({(".mp4", 1080, 1920)}, "dark", 1.0),
    "paper": ({(".pdf", 1280, 720), (".svg", 1280, 720)}, "paper", 1.0),
    "readme": ({(".gif", 800, 450)}, "dark", 1.0),
}


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_is_what_it_says(tmp_path, capsys, monkeypatch, name):
    """Files, their size, style and text, as the README has them; readme: under 2 MB."""
    monkeypatch.chdir(tmp_path)
    rate = ("--fps", "1") if name != "paper" else ()
    done = run(capsys, "render", "neuron", "epochs=1", "--no-captions", "--for", name, *rate, "--json")
    assert done.code == 0, done.err
    files = json.loads(done.out)["files"]
    expected, look, text = PRESETS[name]
    assert {(Path(f["path"]).suffix, f["width"], f["height"]) for f in files} == expected
    assert (preset(name).style, preset(name).text) == (look, text) and set(PRESETS) == set(KNOWN)
    posters = [Image.open(path).convert("RGB") for path in Path("output").glob("*.png")]
    assert [poster.getpixel((3, 3)) for poster in posters] == [rgb(find(look).background)] * (name != "paper")
    assert all(f["bytes"] < 2_000_000 for f in files)


def test_a_still_has_no_rate(tmp_path, capsys):
    done = run(capsys, "render", "neuron", "epochs=1", "-o", str(tmp_path / "a.png"), "--size", "320x180")
    said = done.out.splitlines()[0].removeprefix(str(tmp_path))
    assert re.fullmatch(r"/a\.png  320x180  \d+ kB", said)


@pytest.mark.parametrize("codec", ["h264", "h265", "av1"])
def test_a_preset_and_a_codec_keep_a_budget_too(tmp_path, capsys, codec):
    """What gives way for an .mp4 is quality, then pixels; shape, rate and length stay."""
    path = tmp_path / "film.mp4"
    done = run(capsys, "render", "neuron", "epochs=1", "--no-captions", "--for", "social",
               "--size", "400x400", "--fps", "10", "-o", str(path),
               "--max-bytes", "45kB", "--codec", codec, "--json")  # fmt: skip
    assert done.code == 0, done.err
    file, found = json.loads(done.out)["files"][0], inspect(path)
    assert path.stat().st_size <= 45_000 and file["gave_up"]
    assert found.width == found.height and (found.fps, found.seconds) == (10, 6.0)


def test_less_and_less_is_asked_for():
    """Of a GIF colours, then frames a second, then pixels; of an MP4 quality, then pixels."""
    gif = list(smaller(".gif", FilmSpec(801, 449, 20)))
    assert [said for _, said in gif[:5]] == [
        "", "63 colours", "10 frames a second and 63 colours", "600x336 pixels",
        "600x336 pixels and 63 colours",
    ]  # fmt: skip
    assert gif[-1][1] == "256x144 pixels, 5 frames a second and 63 colours"
    assert (gif[0][0].width, gif[0][0].height) == (801, 449)
    mp4 = list(smaller(".mp4", FilmSpec(1280, 720, 29.97, codec="h265")))
    assert len(mp4) == 25 and {(spec.fps, spec.codec) for spec, _ in mp4} == {(29.97, "h265")}
    assert mp4[4][1] == "a quality 16 steps of crf lower" and mp4[5][1] == "960x540 pixels"
    assert all(spec.width % 2 == spec.height % 2 == 0 for spec, _ in mp4)


@dataclass(frozen=True)
class Weighed:
    """A film of so many bytes."""

    bytes: int


@pytest.mark.parametrize("factor", [1e-3, 1, 50, 1e4])
def test_the_first_film_that_fits_is_taken_and_the_smallest_is_tried(factor):
    """Bytes by pixels alone: no guess skips one that fits; without any, the smallest was written last."""
    spec, written = FilmSpec(1000, 500, 20), []

    def write(tried):
        if tried.width < 400:
            return None  # no room
        written.append(tried)
        return Weighed(int(tried.width * tried.height * factor / 50))

    if factor > 50:
        with pytest.raises(AnimatorError) as caught:
            best("a.gif", ".gif", spec, 10_000, write)
        assert (written[-1].width, written[-1].fps) == (420, 10) and len(written) < 5
        assert str(caught.value).startswith("'a.gif' does not fit into 10,000 bytes: the smallest ")
        return
    made, given_up = best("a.gif", ".gif", spec, int(500 * 1000 * factor / 50), write)
    assert (made.bytes, given_up) == (int(10_000 * factor), "")
    made, given_up = best("a.gif", ".gif", spec, int(760 * 380 * factor / 50), write)
    assert given_up == "750x376 pixels" and made.bytes == int(750 * 376 * factor / 50)


def test_a_film_without_room_when_smaller_says_that_it_does_not_fit(tmp_path, capsys):
    """Not that a frame of a size nobody asked for has no room."""
    assert run(capsys, "record", "neuron", "epochs=1", "-o", str(tmp_path / "run.h5")).code == 0
    path = tmp_path / "films" / "film.gif"
    with pytest.raises(AnimatorError) as caught:
        film(tmp_path / "run.h5").save(path, size=(36, 36), delivery=Delivery(max_bytes=1000))
    assert str(caught.value).startswith("'film.gif' does not fit into 1,000 bytes: the smallest that can be ")
    with pytest.raises(AnimatorError) as caught:
        wishes = Delivery(max_bytes=1000, codec="av1")
        film(tmp_path / "run.h5").save(path.with_name("b.mp4"), size=(80, 80), fps=2, delivery=wishes)
    assert str(caught.value).startswith(
        "'b.mp4' does not fit into 1,000 bytes: the smallest that can be read "
    )
    assert not list(path.parent.glob("*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("epochs=2", "epochs=3"), "'epochs' is given twice, as epochs=2 and as epochs=3. Give it once; "),
        (
            ("-o", "a.webp", "--max-bytes", "20kB"),
            "--max-bytes cannot be kept for 'a.webp': only .mp4 and .gif",
        ),
        (
            ("-o", "a.webp", "--for", "readme"),
            "--for readme cannot be kept for 'a.webp': only .mp4 and .gif",
        ),
        (("-o", "a.gif", "--codec", "h265"), "--codec h265 is for .mp4 files, and none is written. Leave it"),
        (
            ("-o", "a.png", "--frame", ""),
            "--frame '' is not possible: it names no frame. Use seconds such as 3.2s, step:40, first or "
            "last.\n",
        ),
        (
            ("-o", "a.png", "--frame", "middle"),
            "--frame middle is not possible: it names no frame. Use seconds such as 3.2s, step:40, first or "
            "last.\n",
        ),
        (
            ("-o", "a.gif", "--frame", "first"),
            "--frame first is for stills, and none is written. Leave it away, or use -o film.png.\n",
        ),
        (
            ("-o", "a.png", "--end-pause", "2"),
            "--end-pause 2 is for films, and only stills are written. Leave it away, or use -o film.gif.\n",
        ),
        (
            ("-o", "a.pdf", "--once"),
            "--once is for films, and only stills are written. Leave it away, or use -o film.gif.\n",
        ),
        (("-o", "a.mp4", "--codec", ""), "No codec is called ''. Known: h264 h265 av1.\n"),
        (("--style", ""), "No style is called ''. Known: dark light paper chalk."),
        (("-o", "."), "'-o .' names no film: there is nothing before its suffix. Use -o film.mp4."),
        (("-o", "a.gif", "-o", "a.gif"), "-o names 'a.gif' twice. Give each file once."),
        (
            ("-o", "a.gif", "--fps", "0"),
            "fps=0 is not possible: a film shows from 0.1 to 240 frames a second.",
        ),
        (
            ("-o", "a.gif", "--size", "²x180"),
            "--size ²x180 cannot be: it must be a width and a height in pixels",
        ),
    ],
)
def test_what_nobody_could_follow_is_one_sentence(tmp_path, monkeypatch, capsys, words, said):
    """Before anything is trained, with exit code 2 and no file."""
    monkeypatch.chdir(tmp_path)
    done = run(capsys, "render", "neuron", *words)
    assert (done.code, done.out) == (2, "") and done.err.startswith(f"animator: {said}")
    assert done.err.count("\n") == 1 and not list(tmp_path.iterdir())


def test_a_film_that_was_cut_short_is_damaged(tmp_path):
    """Its header is at the front and whole; the boxes are longer than the file."""
    path = tmp_path / "film.mp4"
    write(path, FilmSpec(96, 64, 10))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(AnimatorError) as caught:
        inspect(path)
    assert str(caught.value) == (
        f"'{path}' is damaged: it begins as a film and does not go on as one. Render it again."
    )


def test_calls_with_nothing_to_do_say_so(tmp_path, capsys):
    """And leave nothing behind."""
    path, place = tmp_path / "run.h5", tmp_path / "films"
    assert run(capsys, "record", "neuron", "epochs=1", "-o", str(path)).code == 0
    made = film(path)
    bare = 'has no panels, so there is nothing to draw. Use (("surface", "weights"), ("surface", "loss")).'
    twice = place / "a.gif"
    for call, said in (
        (made.save, "save() was given no file, so nothing would be written. Use save('film.mp4')."),
        (lambda: made.save(""), "save('.') names no file. Use save('film.mp4')."),
        (lambda: made.save(twice, twice), f"save() names '{twice}' twice. Give each file once."),
        (lambda: film(path, layout=()), f"The layout () {bare}"),
        (lambda: film(path, layout=((),)), f"The layout ((),) {bare}"),
        (lambda: Film((), FilmDesign("mine")), "Film 'mine' has no recordings, so there is nothing to draw. "
         "Give it runs=(animator.load('run.h5'),)."),
        (lambda: film(""), "There is no recording '.'. Give the path of a .h5 file that animator.Recorder "
         "wrote."),
    ):  # fmt: skip
        with pytest.raises(AnimatorError) as caught:
            call()
        assert str(caught.value) == said
    assert not place.exists()
