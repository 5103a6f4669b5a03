"""Notebooks: what shows itself there, and the notebook in docs, run as a reader would run it."""

import base64
import io
import sys
import time
from pathlib import Path

import av
import nbformat
import numpy as np
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from nbclient import NotebookClient
from PIL import Image

import animator
from animator.core.notebook_repr import LOOK, SURFACE, of_run, of_surface
from animator.core.progress import bar, listener, quiet
from animator.design.style import DARK
from animator.landscape.loss_surface import LossSurface

NOTEBOOK = Path(__file__).parents[2] / "docs" / "first-film.ipynb"


def picture(bundle):
    """The PNG in a bundle's HTML."""
    return Image.open(io.BytesIO(base64.b64decode(bundle["text/html"].split("base64,")[1].split('"')[0])))


def test_bundles_have_words_and_a_picture():
    """Facts as text, escaped in HTML; a plot that has more than one colour, also for losses of 0 and NaN."""
    for losses in (np.geomspace(1, 1e-4, 9), np.zeros(9), np.full(9, np.nan)):
        bundle = of_run("a <b> run", losses, losses[1:])
        assert bundle["text/plain"] == "a <b> run" and "a &lt;b&gt; run" in bundle["text/html"]
        assert len(picture(bundle).convert("RGB").getcolors(1 << 20)) > 10
    axis = np.linspace(-1, 1, 21)
    bundle = of_surface("s", axis, axis, axis[:, None] ** 2 + axis**2, ("w1", "w2"))
    assert picture(bundle).size == (460, 240)


def test_a_recording_and_a_surface_have_the_look_of_films(tmp_path):
    """On axes that are given, or on those of a new figure; lines go on between losses that are not known."""
    style = DARK
    assert {name: getattr(style, name) for name in LOOK if name != "batch"} | {
        "batch": style.batch_line
    } == LOOK
    assert style.surface_map == SURFACE
    axes = Figure().add_subplot()
    with animator.StepWriter(tmp_path / "a.h5", [2.0, 1.0]) as writer:
        writer.step([1.0, 0.5], 5.0)
    assert animator.load(tmp_path / "a.h5").plot_loss(axes) is axes
    (batch,) = axes.get_lines()
    assert batch.get_ydata().tolist() == [5.0]
    grid = np.arange(3.0)
    drawn = LossSurface(grid, grid, grid[:, None] ** 2 + grid**2).plot()
    assert to_hex(drawn.get_facecolor()) == style.panel and len(drawn.collections) == 1
    pyplot.close(drawn.figure)


def test_a_script_is_told_of_what_takes_long(monkeypatch):
    """On a terminal, once a stage has taken two seconds, in one line that is gone at its end."""
    told, now = io.StringIO(), [0.0]
    monkeypatch.setattr(told, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stderr", told)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    listen = listener()
    for seconds, done in ((0.0, 0), (1.0, 3), (2.5, 6), (2.55, 7), (3.0, 10)):
        now[0] = seconds
        listen("surface", done, 10)
    assert told.getvalue() == "\r\x1b[Ksurface: 6 of 10\r\x1b[K"
    monkeypatch.setattr(told, "isatty", lambda: False)
    assert listener() is quiet


def test_a_surface_says_what_it_is():
    """Points and range, and that nothing is finite where that is so."""
    assert repr(LossSurface(np.arange(3.0), np.arange(2.0), np.arange(6.0).reshape(2, 3))) == (
        "LossSurface(2 x 3 points, loss 0 to 5)"
    )
    empty = LossSurface(np.arange(3.0), np.arange(2.0), np.full((2, 3), np.nan))
    assert (
        repr(empty) == "LossSurface(2 x 3 points, loss nowhere finite)"
        and "text/html" in empty._repr_mimebundle_()
    )


def test_a_bar_says_how_far_it_is():
    """Nothing is foretold before a tenth is done; what names a stage is escaped; a total may be unknown."""
    assert bar("a <b>", 5, 100, 9.0) == (
        '<div><progress value="5" max="100" style="width: 16em"></progress> a &lt;b&gt;: 5 of 100</div>'
    )
    assert "25 of 100, about 27 s left" in bar("x", 25, 100, 9.0)
    assert bar("x", 0, 0, 0.0) == '<div><progress  style="width: 16em"></progress> x</div>'
    assert listener() is quiet


def test_the_notebook_in_docs_runs(tmp_path):
    """From top to bottom without an error; it is stored without outputs; the film is there afterwards, and
    the last cell shows it: a video of 6 seconds with its last picture as the poster, and its words."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    done = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in done.cells for output in cell.get("outputs", [])]
    pages = [output for output in shown if "text/html" in output.get("data", {})]
    bars = [output for output in pages if "<progress" in output.data["text/html"]]
    assert any("drawing first.mp4: " in output.data["text/html"] for output in bars)
    pictures = [output for output in pages if output not in bars]
    assert len(pictures) == 3 and "LossSurface(61 x 61 points" in pictures[1].data["text/plain"]
    assert (tmp_path / "first.mp4").stat().st_size > 10_000
    said, shows = pictures[2].data["text/plain"], pictures[2].data["text/html"]
    assert said.startswith("Two weights move from ") and f'aria-label="{said}"' in shows
    assert shows.startswith("<video controls muted loop playsinline ")
    film, poster = (
        base64.b64decode(shows.split(f"{kind};base64,")[1].split('"')[0])
        for kind in ("video/mp4", "image/png")
    )
    still = np.asarray(Image.open(io.BytesIO(poster)).convert("RGB")).astype(int)
    with av.open(io.BytesIO(film)) as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert len(frames) == 180 and frames[-1].shape == still.shape == (540, 960, 3)
    assert np.abs(frames[-1] - still).mean() < 2 < np.abs(frames[0] - still).mean()
