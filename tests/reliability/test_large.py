"""The largest that is promised: a sweep of ten thousand cells, a picture of 7680x4320 pixels, a recording
larger than memory; `make soak`."""

import dataclasses
import os
import subprocess
import sys
import time

import numpy as np
import pytest

import animator
from animator.encoding import inspect
from animator.sweeps.folder import manifest, open_folder
from animator.sweeps.gallery import gallery_page
from animator.sweeps.run.run import manifest_of
from tests import sweep_runs
from tests.reliability import seeds
from tests.reliability.keeper import ROOT

pytestmark = pytest.mark.skipif("ANIMATOR_SOAK" not in os.environ, reason="it takes long: make soak")
MEASURE = """
import resource, sys
from pathlib import Path
from tests.reliability import test_large
seconds = test_large.made(Path(sys.argv[1]), int(sys.argv[2]))
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1536 * 2**20,) * 2)
import animator
loss = lambda rows: (rows**2).mean(axis=1)
film = animator.film(sys.argv[1], loss=loss, plane="pca", seconds=1, resolution=11)
film.save(sys.argv[2], size=(320, 180))
"""


def made(place, cells):
    """Plan a sweep of so many cells, pretend that all were made, go on and show it; seconds of CPU."""
    folder = place / "sweep"
    for kind in sweep_runs.KINDS:
        (folder / kind).mkdir(parents=True)
    film, poster = seeds.film(place / "a.mp4"), seeds.film(place / "a.png")
    begin = time.process_time()
    asked = manifest_of(sweep_runs.planned(place / "line.py", f"seed=range(0,{cells})"), {})
    done = []
    for cell in asked.cells:
        names = {"film": f"films/{cell.name}.mp4", "poster": f"posters/{cell.name}.png"}
        os.link(film, folder / names["film"])
        os.link(poster, folder / names["poster"])
        done.append(dataclasses.replace(cell, state="done", results={"final_loss": 0.5}, **names))
    manifest.write(folder, dataclasses.replace(asked, cells=tuple(done), state="done"))
    resumed = open_folder.opened(folder, asked, False, False).manifest
    assert [cell.state for cell in resumed.cells] == ["done"] * cells
    page = gallery_page.make(folder).read_text(encoding="utf-8")
    assert all(cell.name in page for cell in (done[0], done[-1]))
    return time.process_time() - begin


def test_a_sweep_of_ten_thousand_cells_costs_in_proportion_to_one_of_a_thousand(tmp_path):
    """Plan, manifest, resume and gallery, in their own processes: seconds of CPU, and memory at the peak."""
    found = {}
    for cells in (1_000, 10_000):
        place = tmp_path / str(cells)
        place.mkdir()
        command = [sys.executable, "-c", MEASURE, str(place), str(cells)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        found[cells] = tuple(map(float, done.stdout.split()))
    (few_seconds, few_memory), (seconds, memory) = found.values()
    assert seconds < 2 * 10 * few_seconds, found  # twice: the processor is shared
    assert memory < 10 * few_memory and memory < 512 * 2**10, found  # KB


def test_a_film_of_33_million_pixels(tmp_path):
    film = animator.film(seeds.recording(tmp_path / "run.h5"), layout=(("weights", "loss"),), seconds=0.2)
    saved = film.save(tmp_path / "a.mp4", size=(7680, 4320), fps=10)
    for one in saved:
        found = inspect(one.path)
        assert (found.width, found.height) == (7680, 4320)


def test_a_recording_larger_than_memory(tmp_path):
    """1.8 GB of weights on their principal plane, in a process that may have 1.5 GiB."""
    path = tmp_path / "run.h5"
    start = 1 + np.random.default_rng(0).standard_normal(500_000).astype("f4")
    with animator.StepWriter(path, start, loss=lambda rows: (rows**2).mean(axis=1)) as writer:
        for k in range(900):
            row = start * np.float32(0.995**k) + np.float32(np.sin(k / 300))
            writer.step(row, batch_loss=float((row**2).mean()))
    assert path.stat().st_size > 1536 * 2**20
    film = tmp_path / "a.gif"
    subprocess.run([sys.executable, "-c", LIMITED, str(path), str(film)], cwd=ROOT, check=True)
    assert inspect(film).width == 320
