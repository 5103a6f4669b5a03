"""A product of a sweep that is made in a thread, beside its films: whoever waits for workers has time for it.

It is made from the manifest as it will be when every film that is still to be drawn is drawn; whoever asks
for it says what the manifest is then, and makes the product again where that is something else.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from animator.core import cache
from animator.core.progress import Progress, quiet
from animator.films.film import Film
from animator.landscape import window
from animator.landscape.window import Common, Extent
from animator.sweeps.folder.manifest import Cell, Manifest
from animator.sweeps.plan.labels import outcome
from animator.sweeps.run import shared_limits
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
        self._make = make
        self._stop = threading.Event()
        self._told: Progress = quiet
        self._progress = progress
        self._paths: list[Path] | None = None
        self._thread = threading.Thread(target=self._work, name="early product")

    def __enter__(self) -> "Early":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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


def beside(
    views: Views, common: Common | None, product: Product | None, progress: Progress
) -> AbstractContextManager[Early | None]:
    """The contact sheet, made by `product` in the context, where all surfaces are in the store."""
    context = views.context
    films = context.films(common)
    if product is None or not all(views.are_kept(index) for index in films):
        return nullcontext()
    manifest = foreseen(context.ledger.manifest, films, common)

    def make(progress: Progress) -> list[Path]:
        with cache.within(context.store.place):
            return product(context.ledger.folder, manifest, films, progress)

    return Early(about(manifest), make, progress)


def about(manifest: Manifest) -> str:
    """Digest of what a contact sheet shows of `manifest`."""
    cells = [[c.state, c.reason, c.keys.get("recording")] for c in manifest.cells]
    shared = [manifest.common.get(name) for name in ("extent", "loss_range")]
    return cache.digest("sheet 1", cells, shared, manifest.film, manifest.title, outcome(manifest))


def foreseen(manifest: Manifest, films: Mapping[int, Film], common: Common | None) -> Manifest:
    """`manifest` as it will be when all `films` are drawn. common: what they share."""
    extent = common.extent if common is not None else None

    def drawn(cell: Cell) -> Cell:
        if cell.index not in films:
            return cell
        results = dict(cell.results)
        if extent is not None:
            results["left_window_at"] = _left_at(films[cell.index], extent)
        return replace(cell, state="done", results=results)

    shared = shared_limits.said(common, surfaces=0)
    return replace(manifest, state="done", common=shared, cells=tuple(map(drawn, manifest.cells)))


def _left_at(film: Film, extent: Extent) -> int | None:
    """The first row at which the first run of a film of two weights is outside of the window."""
    return window.given(shared_limits.path_of(film.runs[0]), extent).left_at
