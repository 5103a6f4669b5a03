"""Drawing beside its limits: a still surface beside the encoder alone, an orbit beside plot_surface.

The limit is one x264 encoder with the same settings and two threads, fed with the same pictures in its own
pixel format. Beside it stands what our own way takes to encode these: in two lanes at once.
"""

import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from animator.core.progress import quiet
from animator.design.film_design import FilmDesign
from animator.design.pacing import Pacing
from animator.design.scene_files import bundled
from animator.drawing.view import present
from animator.encoding import FilmSpec, Metadata
from animator.encoding.mp4 import THREADS, container_options, open_mp4, stream_spec
from animator.encoding.pyav_adapter import writing, yuv_converter
from animator.films.build import build, recordings
from animator.films.film import Film
from benchmarks.film import RIVAL_FRAMES as FRAMES
from benchmarks.film import mp4_writer, rival_animation

PACING = Pacing(intro=0.5, play=8.0, end=1.5)  # 300 frames at 30 a second
RIVAL_FRAMES = 20
ROUNDS = 5


def film(name: str, slice: str, camera: str = "fixed") -> Film:
    """A bundled scene's film, its surface ready."""
    scene, about = build(bundled(name), [])
    runs, _ = recordings(scene, about, True, quiet)
    design = FilmDesign(scene.title, layout=scene.layout, slice=slice, pacing=PACING, camera=camera)
    made = Film(runs, design)
    made.views(30.0)
    return made


def beside_the_limit(made: Film, size: tuple[int, int], folder: Path) -> tuple[float, float, float]:
    """Seconds for 300 frames: of our film, with a canvas of its own and the poster; of one x264 encoder; of
    ours, in lanes.
    """
    made = made.with_views(*made.views(30.0))
    started = time.perf_counter()
    made.save(folder / "ours.mp4", size=size, fps=30.0)
    ours = time.perf_counter() - started
    canvas, convert = made.canvas(size, 30.0), yuv_converter()
    ready = [(convert(canvas.draw(state)), repeat) for state, repeat in made.timeline(30.0).stills()]
    spec = FilmSpec(*size, 30.0, frames=made.timeline(30.0).frames)
    started, sent = time.perf_counter(), 0
    stream = replace(stream_spec(spec), threads=THREADS)
    with writing(folder / "limit.mp4", "mp4", stream, container_options=container_options(spec)) as video:
        for picture, repeat in ready:
            for _ in range(repeat):
                video.send(picture, sent)
                sent += 1
    limit = time.perf_counter() - started
    started = time.perf_counter()
    with open_mp4(folder / "segments.mp4", spec, Metadata(), None) as encoder:
        for picture, repeat in ready:
            encoder.send(picture, repeat)
    return ours, limit, time.perf_counter() - started


def rival(made: Film, folder: Path) -> float:
    """Seconds a frame of matplotlib.animation for the same three panels at 1280x720."""
    animation = rival_animation(made.views(30.0)[0])
    started = time.perf_counter()
    animation.save(folder / "rival.mp4", writer=mp4_writer(), dpi=100)
    return (time.perf_counter() - started) / FRAMES


def orbit() -> tuple[float, float]:
    """(frames a second of our orbit, of matplotlib's plot_surface turning), drawn at 1280x720."""
    made = film("orbit", "static", "orbit")
    canvas = made.canvas((1280, 720), 30.0)
    states = [state for state, _ in made.timeline(30.0).stills()]
    canvas.draw(states[0])
    started = time.perf_counter()
    for state in states:
        canvas.draw(state)
    ours = len(states) / (time.perf_counter() - started)
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    field = present(made.views(30.0)[0].field, "surface")
    figure, axes = plt.subplots(figsize=(12.8, 7.2), dpi=100, subplot_kw={"projection": "3d"})
    axes.plot_surface(*np.meshgrid(field.alpha, field.beta), field.slices[0], rcount=72, ccount=72)
    started = time.perf_counter()
    for i in range(RIVAL_FRAMES):
        axes.view_init(30, 360 * i / RIVAL_FRAMES)
        figure.canvas.draw()
    return ours, RIVAL_FRAMES / (time.perf_counter() - started)


def measure() -> dict[str, float]:
    """All figures of this part."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        made = film("neuron", "static")
        slow = 300 * rival(made, Path(name))
        figures["seconds, 300 frames, matplotlib.animation, 1280x720"] = slow
        for size in ((1280, 720), (1920, 1080)):
            pairs = [beside_the_limit(made, size, Path(name)) for _ in range(ROUNDS)]
            ours, limit, segments = (min(pair[i] for pair in pairs) for i in (0, 1, 2))
            words = "{}x{}".format(*size)
            figures[f"seconds, 300 frames, still surface, {words}"] = ours
            figures[f"seconds, the encoder alone, {words}"] = limit
            figures[f"seconds, our encoder alone, {words}"] = segments
            figures[f"of the limit, {words}"] = ours / limit
            if size == (1280, 720):
                figures["times as fast as matplotlib.animation, 1280x720"] = slow / ours
        moving = film("neuron", "moving")
        seconds = min(beside_the_limit(moving, (1280, 720), Path(name))[0] for _ in range(ROUNDS))
        figures["frames/s, surface cut again at every step, 1280x720"] = 300 / seconds
    ours, theirs = orbit()
    figures["frames/s drawn, orbit, 1280x720, animator"] = ours
    figures["frames/s drawn, orbit, 1280x720, plot_surface"] = theirs
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
