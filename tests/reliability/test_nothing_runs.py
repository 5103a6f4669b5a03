"""Nothing that a file says is run: no code, no import, no other file; canaries tell.

Recordings and .keras checkpoints with the known flaws of loading Keras models: CVE-2024-3660 and
CVE-2025-9905 (code in Lambda layers), CVE-2025-1550 (any function of any module), CVE-2025-8747 (Keras' own
download), CVE-2025-9906 (switching the safe mode off).
"""

import importlib
import io
import json
import sys
import zipfile
from contextlib import nullcontext

import keras
import numpy as np
import pytest
from keras import layers

import animator
from animator.core.errors import AnimatorError
from animator.training.checkpoints import read_data
from animator.training.loss.rebuild import rebuild
from tests.reliability import seeds
from tests.running import run

CANARY = "canary_of_animator"


@pytest.fixture
def canary(tmp_path, monkeypatch):
    """A file that is there as soon as anything was run: a module writes it when it is imported."""
    sang = tmp_path / "sang"
    modules = tmp_path / "modules"
    modules.mkdir()
    sing = f"Path({str(sang)!r}).touch()"
    text = f"from pathlib import Path\n{sing}\ndef song(*a, **k):\n    {sing}\n"
    (modules / f"{CANARY}.py").write_text(text)
    monkeypatch.syspath_prepend(modules)
    yield sang
    sys.modules.pop(CANARY, None)


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def dense(**config):
    return {"module": "keras.layers", "class_name": "Dense", "registered_name": None,
            "config": {"units": 1, "name": "dense", **config}}  # fmt: skip


def layer(module, name, **config):
    return {
        "module": module,
        "class_name": name,
        "config": {"name": "odd", **config},
        "registered_name": None,
    }


def calling(function_config, **arguments):
    """A Lambda layer that calls a function with arguments of the file's."""
    return layer("keras.layers", "Lambda", function=function_config, arguments=arguments, output_shape=[1])


def code(sang):
    """A Lambda layer whose function is code: made by Keras itself."""

    song = lambda x, path=str(sang): (open(path, "w"), x)[1]  # noqa: E731, PTH123, SIM115
    found = keras.saving.serialize_keras_object(layers.Lambda(song, name="odd"))
    assert found["config"]["function"]["class_name"] == "__lambda__"
    return found


def attacks(sang):
    origin = sang.parent / "payload"
    origin.write_text("payload")
    download = {"fname": "stolen", "origin": origin.as_uri(), "cache_dir": str(sang.parent / "cache")}
    return {
        "code in a Lambda layer": [code(sang)],
        "a foreign module": [layer(CANARY, "Layer")],
        "a foreign function": [dense(activation=function(CANARY, "song"))],
        "a function of Python": [calling(function("os", "system"), command=f"touch {sang}")],
        "a builtin": [dense(activation=function("builtins", "exec"))],
        "a registered name": [dense() | {"registered_name": f"{CANARY}>song"}, layer(None, f"{CANARY}>song")],
        "Keras' download": [calling(function("keras.utils", "get_file"), **download)],
        "safe mode off": [calling(function("keras.config", "enable_unsafe_deserialization")), code(sang)],
        "safe mode off, by a class": [layer("keras.config", "enable_unsafe_deserialization"), code(sang)],
    }


ATTACKS = (
    "code in a Lambda layer", "a foreign module", "a foreign function", "a function of Python", "a builtin",
    "a registered name", "Keras' download", "safe mode off", "safe mode off, by a class",
)  # fmt: skip


def described(inside):
    first = layer("keras.layers", "InputLayer", batch_shape=[None, 2], dtype="float32")
    first["config"]["name"] = "input"
    config = {"name": "sequential", "trainable": True, "layers": [first, *inside]}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None,
            "build_config": {"input_shape": [None, 2]}}  # fmt: skip


COMPILED = {
    "optimizer": "sgd", "loss": "mse", "metrics": None, "loss_weights": None, "weighted_metrics": None,
    "run_eagerly": False, "steps_per_execution": 1, "jit_compile": False,
}  # fmt: skip


def quiet(sang):
    """Whether nothing was run: no canary, no download, the safe mode as it was."""
    assert not sang.exists() and CANARY not in sys.modules
    assert not (sang.parent / "cache").exists()
    assert keras.src.saving.serialization_lib.in_safe_mode() is not False
    return True


def test_the_canaries_sing(canary):
    """Where code of a file is run after all, or its module imported, the tests below would know."""
    lamb = keras.saving.deserialize_keras_object(code(canary), safe_mode=False)
    assert not canary.exists()
    lamb(np.ones((1, 2), "f4"))
    assert canary.exists()
    canary.unlink()
    importlib.import_module(CANARY)
    assert canary.exists()


@pytest.mark.parametrize("name", ATTACKS)
def test_a_recording_runs_nothing(tmp_path, canary, name):
    """Its model cannot be rebuilt; all else of it is read."""
    said = seeds.SAID | {"model_config": described(attacks(canary)[name]), "compile_config": COMPILED}
    with animator.load(seeds.recording(tmp_path / "run.h5", said)) as opened:
        with pytest.raises(AnimatorError, match=r"^The model of recording '.*' cannot be rebuilt: "):
            rebuild(opened)
        assert opened.steps == 20
    assert quiet(canary)


@pytest.mark.parametrize("part", ["optimizer", "loss", "metrics"])
def test_what_a_recording_is_compiled_with_runs_nothing(tmp_path, canary, part):
    """A loss or metric of a foreign module is refused; the optimizer is not looked at: no loss needs it."""
    said = seeds.SAID | {
        "model_config": described([dense()]),
        "compile_config": COMPILED | {part: function(CANARY, "song")},
    }
    refused = pytest.raises(AnimatorError) if part != "optimizer" else nullcontext()
    with animator.load(seeds.recording(tmp_path / "run.h5", said)) as opened, refused:
        rebuild(opened)
    assert quiet(canary)


def checkpoint(path, inside, weights=b""):
    """A .keras file of these layers, as if somebody else had written it."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    kept = io.BytesIO()
    model.save(path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(kept, "w") as made:
        for entry in whole.namelist():
            content = whole.read(entry)
            if entry == "config.json" and inside is not None:
                content = json.dumps(described(inside)).encode()
            made.writestr(entry, weights if weights and entry.endswith(".h5") else content)
    path.write_bytes(kept.getvalue())
    return path


@pytest.mark.parametrize("name", ATTACKS)
def test_a_checkpoint_runs_nothing(tmp_path, canary, capsys, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        checkpoint(tmp_path / f"epoch-{number}.keras", attacks(canary)[name])
    done = run(capsys, "record", "epoch-*.keras", "--from", "checkpoints", "-o", "run.h5")
    assert done.code == 2 and done.err.count("\n") == 1
    assert done.err.startswith("animator: Checkpoint 'epoch-1.keras' cannot be loaded (")
    assert quiet(canary) and not (tmp_path / "run.h5").exists()


def test_names_in_a_checkpoint_lead_nowhere(tmp_path, capsys, monkeypatch):
    """Members called '../x' and links are not unpacked."""
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    for number in (1, 2):
        path = checkpoint(inside / f"epoch-{number}.keras", None)
        with zipfile.ZipFile(path, "a") as made:
            made.writestr("../escaped", "x")
            made.writestr("/tmp/animator-escaped", "x")
            link = zipfile.ZipInfo("assets/link")
            link.external_attr = 0o120777 << 16
            made.writestr(link, str(tmp_path))
    before = {one.name for one in tmp_path.rglob("*")}
    run(capsys, "record", "epoch-*.keras", "--from", "checkpoints", "-o", "run.h5")
    after = {one.name for one in tmp_path.rglob("*")}
    assert after - before <= {"run.h5", "run.part.h5"}


def test_pickled_arrays_are_not_unpickled(tmp_path, canary):
    class Odd:
        def __reduce__(self):
            return (open, (str(canary), "w"))

    np.savez(tmp_path / "data.npz", x=np.array([Odd()], dtype=object), y=np.ones(1))
    with pytest.raises(AnimatorError, match=r"cannot be read as data \(Object arrays cannot be loaded"):
        read_data(tmp_path / "data.npz")
    assert quiet(canary)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    """A gigabyte of zeros in a megabyte."""
    with zipfile.ZipFile(tmp_path / "data.npz", "w", zipfile.ZIP_DEFLATED) as made:
        with made.open("x.npy", "w", force_zip64=True) as part:
            np.lib.format.write_array_header_1_0(
                part, {"descr": "|u1", "fortran_order": False, "shape": (2**30,)}
            )
            for _ in range(64):
                part.write(bytes(2**24))
        made.writestr("y.npy", b"")
    assert (tmp_path / "data.npz").stat().st_size < 2 * 2**20
    with pytest.raises(AnimatorError, match=r"cannot be read as data \(it claims 1,073,741,\d+ bytes\)"):
        read_data(tmp_path / "data.npz")


@pytest.mark.parametrize("name", ["../../escaped.h5", "/absolute.h5"])
def test_a_manifest_names_no_file_outside_of_its_folder(tmp_path, capsys, name):
    """Neither is one there shown, nor removed by --force."""
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    seeds.sweep(inside)
    outside = tmp_path / "escaped.h5"
    outside.write_bytes(b"mine")
    text = (inside / "manifest.json").read_text().replace("films/a.mp4", name)
    (inside / "manifest.json").write_text(text)
    assert run(capsys, "gallery", str(inside)).code in (0, 2)
    page = inside / "index.html"
    assert not page.exists() or "escaped.h5" not in page.read_text()
    assert outside.read_bytes() == b"mine"
