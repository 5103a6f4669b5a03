"""The command line from end to end: films, recordings, reports, and one sentence for each mistake."""

import json
from pathlib import Path

import av
import h5py
import numpy as np
import pytest
from PIL import Image

from animator import Experiment
from animator.design import scene_files
from tests.running import run

SMALL = ("--size", "320x180")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_render_without_output_writes_mp4_gif_and_poster(here, capsys):
    done = run(capsys, "render", "neuron", "epochs=2", "--no-captions", "--json", *SMALL)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert sorted(p.name for p in (here / "output").iterdir()) == ["neuron.gif", "neuron.mp4", "neuron.png"]
    by_format = {file["format"]: file for file in report["files"]}
    assert (by_format["mp4"]["width"], by_format["mp4"]["height"]) == (320, 180)
    with av.open(str(here / "output/neuron.mp4")) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height, stream.frames) == (320, 180, 180)
        assert float(stream.duration * stream.time_base) == pytest.approx(6.0)
    with Image.open(here / "output/neuron.gif") as film:
        total = 0
        for i in range(film.n_frames):
            film.seek(i)
            total += film.info["duration"]
    assert total == 6000
    assert report["recording"]["steps"] == 32
    assert report["recording"]["parameters"] == 3
    assert report["fidelity"]["max_abs_error"] < 1e-6
    assert 0 < report["fidelity"]["max_abs_error_of_the_grid"] < 5e-3
    assert report["recording"]["final_loss"] < report["recording"]["initial_loss"]
    assert report["recording"]["final_test_loss"] < report["recording"]["initial_test_loss"]
    assert report["alt_text"].startswith("Two weights move from (")


def test_a_second_render_comes_from_the_cache_and_gives_the_same_bytes(here, capsys):
    for name in ("a", "b"):
        done = run(
            capsys,
            "render",
            "neuron",
            "epochs=1",
            "-o",
            f"{name}/film.mp4",
            "-o",
            f"{name}/film.gif",
            "--json",
            *SMALL,
        )
        assert done.code == 0, done.err
    assert json.loads(done.out)["recording"]["cached"] is True
    for suffix in (".mp4", ".gif", ".png"):
        assert (here / f"a/film{suffix}").read_bytes() == (here / f"b/film{suffix}").read_bytes()


def test_a_run_trained_again_gives_the_same_recording(here, capsys):
    for name in ("a.h5", "b.h5"):
        assert run(capsys, "record", "neuron", "epochs=1", "--no-cache", "-o", name).code == 0
    assert (here / "a.h5").read_bytes() == (here / "b.h5").read_bytes()


def test_record_then_render_the_recording(here, capsys):
    assert run(capsys, "record", "neuron", "epochs=1", "-o", "run.h5").code == 0
    done = run(capsys, "render", "run.h5", "-o", "run.mp4", "--json", *SMALL)
    assert done.code == 0, done.err
    with h5py.File(here / "run.h5") as file:
        assert file["weights"].shape == (17, 3)
    told = run(capsys, "info", "run.mp4", "--json")
    found = json.loads(told.out)
    assert found["title"] == "How one neuron learns"
    assert found["command"] == "animator render run.h5 -o run.mp4 --size 320x180"
    assert found["details"]["scene"] == "neuron"


def test_info_tells_the_command_and_alt_text(here, capsys):
    made = run(capsys, "render", "neuron", "epochs=1", "seed=3", "-o", "fast.gif", *SMALL)
    assert made.code == 0, made.err
    told = run(capsys, "info", "fast.gif")
    assert "animator render neuron epochs=1 seed=3 -o fast.gif --size 320x180" in told.out
    assert "Two weights move from (" in told.out
    assert "Two weights move from (" in made.out


def test_info_of_a_recording(here, capsys):
    run(capsys, "record", "neuron", "epochs=1", "-o", "run.h5")
    found = json.loads(run(capsys, "info", "run.h5", "--json").out)
    assert (found["steps"], found["parameters"], found["finished"]) == (16, 3, True)


def test_weights_scene_draws_two_runs(here, capsys):
    done = run(capsys, "render", "weights", "epochs=1", "-o", "w.png", "--json", *SMALL)
    assert done.code == 0, done.err
    assert "first start: " in json.loads(done.out)["alt_text"]
    assert "second start: " in json.loads(done.out)["alt_text"]


def test_without_a_bias_the_surface_is_the_whole_loss(here, capsys):
    done = run(capsys, "render", "neuron", "epochs=1", "use_bias=false", "-o", "n.png", "--json", *SMALL)
    report = json.loads(done.out)
    assert report["recording"]["parameters"] == 2
    assert report["fidelity"]["max_abs_error"] < 1e-6


def test_a_diverging_run_makes_a_film_that_says_so(here, capsys):
    done = run(capsys, "render", "neuron", "learning_rate=50", "epochs=2", "-o", "d.gif", "--json", *SMALL)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    step = report["recording"]["left_window_at"]
    assert step >= 1
    assert f"The path leaves the window at step {step}." in report["alt_text"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("render", "nuron"),
            "No scene is called 'nuron'. Did you mean 'neuron'? "
            f"Bundled: {' '.join(scene_files.names())}. A scene of your own is a path that "
            "ends in .py; a recording ends in .h5.",
        ),
        (
            ("render", "f=himmelblau"),
            "'f=himmelblau' is a function, not a scene. Type: animator render function 'f=himmelblau'.",
        ),
        (
            ("render", "neuron", "learning_rat=1"),
            "Scene 'neuron' has no parameter 'learning_rat'. Did you mean 'learning_rate'? It has: "
            "learning_rate optimizer epochs use_bias seed start.",
        ),
        (
            ("render", "neuron", "learning_rate=fast"),
            "learning_rate=fast does not fit scene 'neuron': input should be a valid number, unable to "
            "parse string as a number. Use for example learning_rate=0.5.",
        ),
        (
            ("render", "neuron", "learning_rate=-1"),
            "learning_rate=-1 does not fit scene 'neuron': input should be greater than 0. Use for example "
            "learning_rate=0.5.",
        ),
        (
            ("render", "neuron", "-o", "film.avi"),
            "No format is called '.avi'. Known: .gif .mp4 .png .webm .webp .apng .avif .svg .pdf, and a path "
            "without a suffix for a folder of PNG frames. The suffix of -o chooses it.",
        ),
        (
            ("render", "neuron", "-o", "film.gif", "--fps", "60"),
            "fps=60 cannot be stored in a GIF: its delays are whole hundredths of a second, and 60 would "
            "play at 50 or 100. Use --fps 50, 25 or 20, or write an .mp4.",
        ),
        (
            ("render", "neuron", "-o", "film.mp4", "--size", "641x360"),
            "An MP4 cannot be 641x360 pixels: its colours are stored for two by two pixels, so both sides "
            "must be even. Use --size 640x360 or 642x360, or write a .gif.",
        ),
        (
            ("render", "neuron", "--size", "big"),
            "--size big cannot be: it must be a width and a height in pixels. Use for example --size "
            "1280x720.",
        ),
        (
            ("render", "neuron", "--quality", "1080"),
            "--quality 1080 cannot be: there is none such. Did you mean '1080p'? Known: draft 720p 1080p 4k. "
            "Use for example --quality 1080p.",
        ),
        (
            ("render", "neuron", "--style", "dork"),
            "No style is called 'dork'. Did you mean 'dark'? Known: dark light paper chalk. "
            "Choose one with --style, or give a .toml file or a matplotlib style sheet.",
        ),
        (("info", "no.mp4"), "There is no file 'no.mp4'. Give the path of a recording or a film."),
        (
            ("record", "neuron", "-o", "run.mp4"),
            "'run.mp4' does not end in .h5, and a recording is an HDF5 file. Use -o run.h5.",
        ),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(here, capsys, words, sentence):
    done = run(capsys, *words)
    assert done.err == f"animator: {sentence}\n"
    assert (done.code, done.out) == (2, "")
    assert list(here.iterdir()) == []


SCENE = """
import numpy as np
from animator import Experiment, Scene

def data():
    x = np.ones((8, 2), np.float32)
    {data}
    return x, x[:, :1]

def model():
    import keras
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1{dense})])
    {model}
    net.compile("sgd", "mean_squared_error")
    return net

def scene(rate: float = 0.1) -> Scene:
    return Scene(title="mine", runs=(Experiment(model=model, data=data, epochs=2),))
"""


def write_scene(folder: Path, data: str = "", model: str = "", dense: str = "") -> None:
    (folder / "mine.py").write_text(SCENE.format(data=data, model=model, dense=dense))


def test_a_scene_of_ones_own_makes_a_film(here, capsys):
    write_scene(here)
    done = run(capsys, "render", "mine.py", "-o", "mine.png", *SMALL)
    assert done.code == 0, done.err
    assert np.asarray(Image.open(here / "mine.png")).shape == (180, 320, 3)


def test_a_scene_whose_model_raises_shows_its_own_line(here, capsys):
    write_scene(here, model='raise RuntimeError("no such layer")')
    done = run(capsys, "render", "mine.py", "-o", "mine.png")
    assert done.code == 2
    assert done.err == (
        "animator: Scene file 'mine.py' raised RuntimeError at line 13 (raise RuntimeError(\"no such "
        'layer")): no such layer. Mend that line and try again.\n'
    )


def test_a_model_without_trainable_weights_is_refused(here, capsys):
    write_scene(here, model="net.trainable = False")
    done = run(capsys, "render", "mine.py", "-o", "mine.png")
    assert done.code == 2
    assert "no trainable weights" in done.err
    assert not (here / "mine.png").exists()


def test_data_with_nan_is_refused(here, capsys):
    write_scene(here, data="x[3, 1] = np.nan")
    done = run(capsys, "render", "mine.py", "-o", "mine.png")
    assert done.code == 2
    assert "NaN" in done.err
    assert not (here / "mine.png").exists()


def test_scenes_lists_every_parameter(here, capsys):
    listed = json.loads(run(capsys, "scenes", "--json").out)["scenes"]
    assert [scene["name"] for scene in listed] == scene_files.names()
    (neuron,) = [scene for scene in listed if scene["name"] == "neuron"]
    assert neuron["parameters"] == {
        "learning_rate": 0.5,
        "optimizer": "sgd",
        "epochs": 10,
        "use_bias": True,
        "seed": 0,
        "start": None,
    }


def test_a_failure_of_ours_exits_with_1(capsys):
    done = run(capsys, work=lambda: int(1 / 0))
    assert done.code == 1
    assert done.err == (
        "animator: failed with ZeroDivisionError: division by zero. Set ANIMATOR_DEBUG=1 to see where.\n"
    )


def test_an_interruption_exits_with_130(capsys):
    def stop() -> int:
        raise KeyboardInterrupt

    assert run(capsys, work=stop).code == 130


def test_an_experiment_is_frozen():
    with pytest.raises(AttributeError):
        Experiment(model=dict, data=dict).epochs = 3  # type: ignore[misc]
