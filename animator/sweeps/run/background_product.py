"""A product of a sweep that is made beside its films, in a thread: whoever waits for workers has time for it.

It is made from the manifest as it will be when every film that is still to be drawn is drawn; whoever asks
for it says what the manifest is then, and makes the product again where that is something else.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from animator.core import cache
from animator.core.progress import Progress, quiet
from animator.films.film import Film
from animator.landscape import window
from animator.sweeps.folder.manifest import Cell, Manifest
from animator.sweeps.plan.labels import outcome
from animator.sweeps.run import shared_limits
from animator.sweeps.run.common_limits import axes_of
from animator.sweeps.run.context import Films
from animator.sweeps.run.render_stages import Views

Product = Callable[[Path, Manifest, Mapping[int, Film], Progress], list[Path]]


class _Stopped(BaseException):
    """Nobody waits for the product any more."""


class Early:
    """make(progress) is called in a thread while the context lasts; about: what decides what it makes.

    progress hears how far it is once the body is over, and nobody before.
    """

    def __init__(self, about: str, make: Callable[[Progress], list[Path]], progress: Progress) -> None:
        self.about = about
        self._make, self._stop = make, threading.Event()
        self._told: Progress = quiet
        self._progress = progress
        self._paths: list[Path] | None = None
        self._thread = threading.Thread(target=self._work, name="early product")

    def __enter__(self) -> "Early":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        if kind is not None:
            self._stop.set()
        self._told = self._progress
        try:
            self._thread.join()
        except BaseException:
            self._stop.set()
            self._thread.join()
            raise

    def _work(self) -> None:
        try:
            self._paths = self._make(self._listen)
        except (Exception, _Stopped):  # it is made again in its turn, and what is wrong is told then
            self._paths = None

    def _listen(self, stage: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self._told(stage, done, total)

    def paths(self, about: str) -> list[Path] | None:
        """What was made, when the context is over; None where it failed, or was made of something else."""
        return self._paths if about == self.about else None


def beside(views: Views, common: Any, product: Product | None,
           progress: Progress) -> AbstractContextManager[Early | None]:  # fmt: skip
    """The contact sheet, made by `product` in the context, where all surfaces are in the store."""
    desk, films = views.desk, Films(views.desk, common)
    if product is None or not all(views.are_kept(index) for index in films):
        return nullcontext()
    manifest = foreseen(desk.ledger.manifest, films, shared_limits.said(common, 0))

    def make(progress: Progress) -> list[Path]:
        with cache.within(desk.store.place):
            return product(desk.ledger.folder, manifest, films, progress)

    return Early(about(manifest), make, progress)


def about(manifest: Manifest) -> str:
    """Digest of what a contact sheet shows of `manifest`."""
    cells = [[c.state, c.reason, c.keys.get("recording")] for c in manifest.cells]
    shared = [manifest.common.get(name) for name in ("extent", "loss_range")]
    return cache.digest("sheet 1", cells, shared, manifest.film, manifest.title, outcome(manifest))


def foreseen(manifest: Manifest, films: Mapping[int, Film], said: Mapping[str, Any]) -> Manifest:
    """`manifest` as it will be when all `films` are drawn. said: what it will say of what they share."""

    def drawn(cell: Cell) -> Cell:
        if cell.index not in films:
            return cell
        results = dict(cell.results)
        if said.get("extent") is not None:
            results["left_window_at"] = _left_at(films[cell.index], said["extent"])
        return replace(cell, state="done", results=results)

    return replace(manifest, state="done", common=dict(said), cells=tuple(map(drawn, manifest.cells)))


def _left_at(film: Film, extent: Any) -> int | None:
    """The first row at which the first run of a film of two weights is outside of the window."""
    run = film.runs[0]
    path = np.stack([np.asarray(run.weights[:, k], float) for k in axes_of(run)], axis=1)
    return window.given(path, tuple(extent)).left_at
