"""The largest that is promised: a sweep of ten thousand cells, a picture of 7680x4320 pixels; `make soak`."""

import dataclasses
import os
import subprocess
import sys
import time

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
