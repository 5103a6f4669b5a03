"""Python looks for garbage seldom while a command runs, and as before when it has ended."""

import gc
import subprocess
import sys

import pytest

from animator.core.gc_tuning import SELDOM, collected_seldom, kept


def test_what_was_set_is_set_again():
    """Thresholds come back, an error or not."""
    before = gc.get_threshold()
    with pytest.raises(ValueError), collected_seldom():
        assert gc.get_threshold() == SELDOM
        raise ValueError
    assert gc.get_threshold() == before


@pytest.mark.parametrize("wanted", [True, False])
def test_garbage_is_looked_for_again_only_if_it_was_before(wanted, monkeypatch):
    """`kept` turns nothing on that was off."""
    monkeypatch.setattr(gc, "isenabled", lambda: wanted)
    turned = []
    monkeypatch.setattr(gc, "disable", lambda: turned.append(False))
    monkeypatch.setattr(gc, "enable", lambda: turned.append(True))
    with kept():
        pass
    assert turned == ([False, True] if wanted else [False])


def test_the_command_line_is_light():
    """What only some commands need is imported by them: neither NumPy nor rich, imageio or Keras."""
    code = (
        "import sys, animator.cli.app, animator.cli.listings, animator.encoding;"
        "print({'numpy', 'rich', 'imageio', 'av', 'PIL', 'h5py', 'keras', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_facts_of_a_film_need_no_arrays(tmp_path):
    """`info` of an MP4 reads its header by PyAV alone."""
    import numpy as np

    from animator.encoding import FilmSpec, Metadata, open_encoder

    with open_encoder(tmp_path / "a.mp4", FilmSpec(64, 64, 30), Metadata(title="t")) as encoder:
        encoder.write(np.full((64, 64, 4), 255, np.uint8))
    code = (
        "import sys; from pathlib import Path; from animator.encoding import inspect;"
        "print(inspect(Path(sys.argv[1])).width, {'numpy', 'imageio', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.mp4")], capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "64 set()"
