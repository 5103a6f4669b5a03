"""Starting Keras says nothing, unless it fails."""

import subprocess
import sys


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )


def test_start_and_a_first_compiled_graph_are_silent():
    done = run(
        "from animator.keras_start import start; start(); import tensorflow as tf;"
        "tf.function(lambda v: v + 1, jit_compile=True)(tf.ones(3))"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_was_held_back_is_shown_when_the_import_fails():
    done = run(
        "import os, sys\n"
        "from animator.keras_start import _held_back\n"
        "try:\n"
        "    with _held_back():\n"
        "        os.write(2, b'chatter '); raise ImportError\n"
        "except ImportError:\n"
        "    sys.stderr.write('and after')\n"
    )
    assert (done.returncode, done.stderr) == (0, "chatter and after")
