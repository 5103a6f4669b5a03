"""Starting Keras says nothing, unless it fails."""

import os
import subprocess
import sys

import pytest


def run(code):
    """A process whose environment says nothing of TensorFlow's log; JAX, once imported, sets it to 1."""
    clean = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=clean)


@pytest.mark.parametrize(
    ("error", "shown"), [("ImportError", "chatter and after"), ("KeyboardInterrupt", "and after")]
)
def test_what_was_held_back_is_shown_when_the_import_fails_and_not_when_it_is_interrupted(error, shown):
    done = run(
        "import os, sys\n"
        "from animator.training.keras_startup import held_back\n"
        "try:\n"
        "    with held_back():\n"
        f"        os.write(2, b'chatter '); raise {error}\n"
        f"except {error}:\n"
        "    sys.stderr.write('and after')\n"
    )
    assert (done.returncode, done.stderr) == (0, shown)


def test_a_process_of_our_own_goes_without_what_no_film_needs():
    """scikit-learn, IPython, JAX and PyTorch are not taken along, and can be imported afterwards."""
    done = run(
        "import sys\n"
        "from animator.training.keras_startup import start, BESIDE\n"
        "start(sparing=True); import keras\n"
        "taken = {'scipy.stats', 'jax', 'torch', *BESIDE} & set(sys.modules)\n"
        "print(taken, 'keras.wrappers' in sys.modules)\n"
        "import importlib.util\n"
        "print(all(name not in sys.modules for name in BESIDE))\n"
        "if importlib.util.find_spec('sklearn'):\n"
        "    from sklearn.datasets import load_iris; assert len(load_iris().data) == 150\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "set() True\nTrue\n", "")


def test_what_is_there_already_stays():
    """A module that a notebook has imported is not taken away."""
    done = run(
        "import sys; sys.modules['IPython'] = held = type(sys)('IPython')\n"
        "from animator.training.keras_startup import absent\n"
        "with absent(('IPython', 'nothing')):\n"
        "    assert sys.modules['IPython'] is held and sys.modules['nothing'] is None\n"
        "assert sys.modules['IPython'] is held and 'nothing' not in sys.modules\n"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_recorder_and_surfaces_start_it_silently():
    """`animator.Recorder` is the first to import Keras; fit, surface and a first compiled graph included."""
    done = run(
        "import animator, numpy as np, tempfile\n"
        "recorder = animator.Recorder(tempfile.mkdtemp() + '/a.h5', overwrite=True)\n"
        "import keras\n"
        "net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])\n"
        "net.compile('sgd', 'mse')\n"
        "x, y = np.eye(2), np.zeros((2, 1))\n"
        "net.fit(x, y, epochs=1, verbose=0, callbacks=[recorder])\n"
        "plane = animator.planes.weights(animator.load(recorder.path), 0, 1)\n"
        "animator.evaluate(net, (x, y), plane, resolution=5, use_cache=False)\n"
        "import tensorflow as tf; tf.function(lambda v: v + 1, jit_compile=True)(tf.ones(3))\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
