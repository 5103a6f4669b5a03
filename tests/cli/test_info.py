"""`animator info` of every format that is written: what it says is true, adds up, and has its units."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from animator.encoding import inspect
from animator.films.delivery import Delivery
from animator.publish.film_files import poster_beside
from tests.publish.test_player import film_for
from tests.running import run

FILMS = ("a.mp4", "h265.mp4", "av1.mp4", "a.webm", "a.gif", "a.webp", "a.apng", "a.avif")
HELD = ("a.gif", "a.webp")  # these store a picture that stays once
SIZE = (160, 90)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The neuron at 10 frames a second in every format, 2 s longer at its end; and its recording."""
    folder, film = tmp_path_factory.mktemp("made"), film_for("neuron", "epochs=1")
    film = replace(film, command="animator render neuron epochs=1").redesigned(captions=False)
    names = ("a.mp4", "a.webm", "a.gif", "a.webp", "a.apng", "a.avif", "a.svg", "a.pdf", "frames")
    film.save(*(folder / name for name in names), size=SIZE, fps=10, delivery=Delivery(end_pause=2.0))
    film.save(folder / "b.png", size=SIZE)
    film.save(folder / "c.mp4", folder / "c.png", size=SIZE, delivery=Delivery(frame="first"))
    film.save(folder / "clear.webm", size=SIZE, fps=10, delivery=Delivery(transparent=True))
    for codec in ("h265", "av1"):
        film.save(folder / f"{codec}.mp4", size=SIZE, fps=10, delivery=Delivery(codec=codec, end_pause=2.0))
    shutil.copyfile(film.runs[0].path, folder / "run.h5")
    return folder


def told(capsys, path) -> dict[str, str]:
    """What is printed of a file, by name."""
    done = run(capsys, "info", str(path))
    assert done.code == 0, done.err
    pairs = [re.split(r"  +", line, maxsplit=1) for line in done.out.splitlines()]
    return dict(pairs)


def rows(capsys, path) -> dict:
    return json.loads(run(capsys, "info", str(path), "--json").out)


@pytest.mark.parametrize("name", FILMS)
def test_frames_seconds_and_rate_add_up(made, capsys, name):
    """6 seconds of film and 2 of pause, whatever is stored; the codec by the name it is asked for."""
    said, found = told(capsys, made / name), rows(capsys, made / name)
    stored = f", stored as {found['frames']} pictures (one that stays is stored once)" if name in HELD else ""
    assert said["length"] == f"8 s: 80 frames at 10 a second{stored}"
    assert found["frames_shown"] == 80 == found["fps"] * found["seconds"]
    assert (found["frames"] < 80) == (name in HELD)
    assert said["size"] == "160x90 pixels" and "fps" not in said and "frames" not in said
    assert said["bytes"] == f"{(made / name).stat().st_size:,}"
    codecs = {"a.mp4": "h264", "h265.mp4": "h265 (hevc)", "av1.mp4": "av1", "a.webm": "vp9"}
    assert said.get("codec") == codecs.get(name)
    assert said["parameters"] == "learning_rate=0.5 optimizer=sgd epochs=1 use_bias=true seed=0 start=none"
    assert said["command"] == "animator render neuron epochs=1" and said["scene"] == "neuron"
    assert said["title"] == "How one neuron learns" and said["alt text"].startswith("Two weights")
    assert said["description"].startswith("One tanh neuron learns its own activation: ")


def test_a_still_has_no_length(made, capsys):
    said = told(capsys, made / "b.png")
    assert said["size"] == "160x90 pixels" and said["scene"] == "neuron"
    assert not {"length", "fps", "frames", "seconds", "codec"} & set(said)


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_sizes_of_vector_files_are_in_points(made, capsys, kind):
    path = made / f"a.{kind}"
    size = path.stat().st_size
    assert told(capsys, path) == {
        "path": str(path),
        "format": kind,
        "size": "160x90 points",
        "bytes": f"{size:,}",
    }
    assert rows(capsys, path) == {
        "path": str(path),
        "format": kind,
        "width": 160,
        "height": 90,
        "unit": "points",
        "bytes": size,
    }


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_vector_file_of_no_known_size_is_one_sentence(tmp_path, capsys, kind):
    path = tmp_path / f"a.{kind}"
    path.write_text("<svg></svg>")
    done = run(capsys, "info", str(path))
    assert (done.code, done.err) == (
        2,
        f"animator: '{path}' is no still of animator's: it is no .{kind} file that says its size in points. "
        "Give a file that animator render wrote.\n",
    )


def test_a_folder_of_frames_is_told_by_its_frames(made, capsys):
    """How long each is shown is not in it."""
    said = told(capsys, made / "frames")
    assert (said["format"], said["size"], said["frames"]) == ("folder", "160x90 pixels", "80")
    assert said["bytes"] == f"{sum(one.stat().st_size for one in (made / 'frames').iterdir()):,}"
    assert "length" not in said and said["scene"] == "neuron"


def test_a_film_without_a_background_says_what_it_was_drawn_for(made, capsys):
    assert told(capsys, made / "clear.webm")["drawn for"] == "a background of #0e1420"
    assert rows(capsys, made / "clear.webm")["details"]["ground"] == "#0e1420"


def test_a_recording_is_told_in_words(made, capsys):
    said, found = told(capsys, made / "run.h5"), rows(capsys, made / "run.h5")
    assert (said["finished"], said["steps"], said["parameters"]) == ("yes", "16", "3")
    assert (found["steps"], found["rows"], found["parameters"]) == (16, 17, 3)
    assert said["optimizer"] == "SGD learning_rate=0.5" and said["seed"] == "0"
    assert said["initial loss"] == f"{found['initial_loss']:.7g}"
    assert set(said["command"].split()) == {
        "animator",
        "record",
        "neuron",
        "learning_rate=0.5",
        "optimizer=sgd",
        "epochs=1",
        "use_bias=true",
        "start=none",
        "seed=0",
    }
    assert re.fullmatch(r"animator [0-9.]+, keras [0-9.]+, .*", said["versions"])


def test_a_still_of_another_frame_says_so_and_is_no_poster(made, capsys):
    assert told(capsys, made / "c.png")["frame"] == "first"
    assert "frame" not in told(capsys, made / "c.mp4") and "frame" not in told(capsys, made / "b.png")
    assert poster_beside(made / "a.mp4", inspect(made / "a.mp4")) == made / "a.png"
    assert poster_beside(made / "c.mp4", inspect(made / "c.mp4")) is None
