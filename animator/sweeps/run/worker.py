"""Worker: trains a run, evaluates surfaces or draws a film, each in a scratch folder of its own.

A worker keeps no state but what makes it warm: TensorFlow, loaded scenes, compiled functions. It works on one
task at a time, and what it gives depends on the task alone: nothing is measured, and TensorFlow and BLAS have
one thread, because with more they add up in another order.
"""

import errno
import importlib
import os
import platform
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

from threadpoolctl import threadpool_limits

from animator.core import cache, strays
from animator.core.errors import AnimatorError
from animator.core.files import is_full
from animator.core.progress import Progress
from animator.design import scene_files
from animator.films import build
from animator.films.film import Film
from animator.recordings.reader import load
from animator.sweeps.folder.store import Files, read_files, write_files
from animator.sweeps.plan import plan
from animator.sweeps.run import metrics, rng_isolation
from animator.sweeps.run.tasks import (
    Drawn,
    DrawTask,
    Failure,
    FilmTask,
    Recorded,
    RecordTask,
    Result,
    SurfaceResult,
    SurfaceTask,
    Task,
)
from animator.sweeps.run.time_limit import TimeUp, limited
from animator.training import training

INTERRUPTED = "Its code raised KeyboardInterrupt."
MEMORY = {"MemoryError", "ResourceExhaustedError"}  # Python's and TensorFlow's
BLAS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # of what is loaded later
_ONE = threading.Lock()


class Log:
    """What happened to a cell, line by line, with seconds since the start."""

    def __init__(self) -> None:
        self._text, self._start = StringIO(), time.perf_counter()
        self.seconds: dict[str, float] = {}

    def note(self, words: str) -> None:
        """Add a line."""
        self._text.write(f"{time.perf_counter() - self._start:8.2f} s  {words}\n")

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add what the block takes to seconds[name], and say so."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - start, 4)
            self.note(f"{name}: {self.seconds[name]:.2f} s")

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Take what is printed and warned."""
        with redirect_stdout(self._text), redirect_stderr(self._text), warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.simplefilter("ignore", DeprecationWarning)
            yield

    @property
    def text(self) -> str:
        """All lines."""
        return self._text.getvalue()


def _steady() -> None:
    os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
    os.environ.update(dict.fromkeys(BLAS, "1"))
    rng_isolation.keep()


def warm() -> None:
    """Load TensorFlow and what is made of it, before there is a task."""
    with _ONE:
        _steady()
        from animator.training.keras_startup import start

        start()
        importlib.import_module("animator.training.loss.objective")


def work(task: Task) -> Result:
    """Do `task`; what goes wrong comes back as a Failure with one sentence, never as an exception."""
    with _ONE:
        _steady()
        log = Log()
        loaded = "with" if "tensorflow" in sys.modules else "without"
        log.note(f"{type(task).__name__} on {platform.node()}, process {os.getpid()}, {loaded} TensorFlow")
        try:
            with log.caught(), limited(task.timeout):
                return _done(task, log)
        except TimeUp:
            return Failure(time_up(task.timeout), "time", log.text, log.seconds)
        except SystemExit as stop:
            return Failure(f"Its code called sys.exit({stop.code!r}).", "raised", log.text, log.seconds)
        except KeyboardInterrupt:  # of the cell's own code: workers are not told of Ctrl-C
            return Failure(INTERRUPTED, "raised", log.text, log.seconds)
        except Exception as error:  # of the cell's own code, or of any library: it costs this cell alone
            log.note(traceback.format_exc())
            return replace(failure(error), log=log.text, seconds=log.seconds)


def time_up(seconds: float | None) -> str:
    """Why a cell that took too long failed."""
    return f"It took longer than --timeout {seconds:g} seconds."


def failure(error: Exception) -> Failure:
    """The Failure for an exception, without its log."""
    if is_full(error):
        place = tempfile.gettempdir()
        return Failure(f"the disk that holds '{place}' on {platform.node()} is full", "disk")
    names = {type(error).__name__, type(error.__cause__).__name__}
    if names & MEMORY:
        return Failure(f"It ran out of memory ({(names & MEMORY).pop()}).")
    if isinstance(error, AnimatorError):
        return Failure(str(error))
    said = " ".join(str(error).split())[:300] or "no message"
    return Failure(f"It raised {type(error).__name__}: {said.rstrip('.')}.")


def _done(task: Task, log: Log) -> Result:
    own = plan.versions()
    other = {name: own[name] for name in ("python", *plan.COMPARED) if own[name] != task.versions[name]}
    if other:
        return Failure(difference(platform.node(), other, task.versions), "versions")
    with strays.scratch() as folder, cache.within(folder / "cache"), threadpool_limits(1, "blas"):
        if isinstance(task, RecordTask):
            return _record(task, folder, log)
        if isinstance(task, SurfaceTask):
            return _surfaces(task, folder, log)
        return _draw(task, folder, log)


def difference(worker: str, other: dict[str, str], expected: Mapping[str, str]) -> str:
    """How the versions of a worker differ from those that are expected."""
    said = ", ".join(f"{name} {found} instead of {expected[name]}" for name, found in other.items())
    return (
        f"The worker {worker} has {said}, so its cells would differ from the others. Install the same "
        "versions there as here."
    )


def _record(task: RecordTask, folder: Path, log: Log) -> Recorded:
    file = task.scene.file()
    scene, about = build.build(file, task.words)
    experiment = scene.runs[task.run]
    path = folder / "run.h5"
    with log.timed("record"), scene_files.blaming(file.path):
        training.record(experiment, path, training.notes_of(experiment, about), _telling(log))
    if not path.is_file():  # the recorder lets training go on when a disk is full
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return Recorded(path.read_bytes(), log.seconds, log.text)


@contextmanager
def _film(task: FilmTask, folder: Path, log: Log, style: str, command: str) -> Iterator[Film]:
    """The film of a task, its recordings open while the context lasts."""
    file = task.scene.file()
    scene, about = build.build(file, task.words)
    write_files(task.files, cache.folder())
    runs = []
    for k, content in enumerate(task.recordings):
        (folder / f"{k}.h5").write_bytes(content)
        runs.append(load(folder / f"{k}.h5", trusted=True))
    try:
        with scene_files.blaming(file.path):
            yield build.film_of(
                build.of_cell(scene, task.look.wishes, style, task.cell),
                about,
                runs,
                command=command,
                progress=_telling(log),
                common=task.common,
            )
    finally:
        for run in runs:
            run.close()


def _surfaces(task: SurfaceTask, folder: Path, log: Log) -> SurfaceResult:
    with _film(task, folder, log, "dark", "") as film:
        with log.timed("surface"):
            views = film.views(task.look.fps)
        spans = tuple((view.field.lowest, view.field.highest) for view in views if view.field is not None)
    return SurfaceResult(spans, *_kept(task), log.seconds, log.text)


def _draw(task: DrawTask, folder: Path, log: Log) -> Drawn:
    look = task.look
    style = look.style
    if look.sheet is not None:
        (folder / look.sheet[0]).write_text(look.sheet[1], encoding="utf-8")
        style = str(folder / look.sheet[0])
    path = folder / f"{task.name}.{look.format}"
    with _film(task, folder, log, style, task.command) as film:
        film.views(look.fps)
        with log.timed("draw_and_encode"):
            saved = film.save(path, size=(look.width, look.height), fps=look.fps)[0]
        said = film.alt_text()
        numbers = metrics.of_film(film, look.fps)
    return Drawn(
        path.read_bytes(), saved.poster.read_bytes(), said, numbers, *_kept(task), log.seconds, log.text
    )


def _kept(task: FilmTask) -> tuple[tuple[str, ...], Files]:
    """Names of the files of the cache that a task used, and those that it made."""
    kept = read_files(cache.folder())
    sent = {name for name, _ in task.files}
    made = tuple(entry for entry in kept if entry[0] not in sent)
    return tuple(name for name, _ in kept), made


def _telling(log: Log) -> Progress:
    """A listener that says when each stage begins."""
    seen: set[str] = set()

    def listen(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            log.note(stage)

    return listen
