"""Stages two and three of a sweep: the surfaces of every cell are evaluated, then its film is drawn.

In: a SweepContext whose cells are recorded. Out: jobs for what neither the folder nor the store has, and the
books once they are done.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import h5py

from animator.core import cache
from animator.landscape.window import Common
from animator.recordings.reader import load
from animator.sweeps.folder.ledger import digest_of
from animator.sweeps.folder.store import Files, View
from animator.sweeps.run.context import SweepContext
from animator.sweeps.run.scheduler import Job
from animator.sweeps.run.tasks import Drawn, DrawTask, Failure, FilmTask, Result, SurfaceResult, SurfaceTask

Made = TypeVar("Made", bound=FilmTask)
SHARED_BYTES = 8_000_000  # surfaces up to this size are offered to cells that may share them


class Views:
    """What decides the surfaces of cells. window: what films share of it."""

    def __init__(self, context: SweepContext, window: Common | None) -> None:
        self.context = context
        self.window = window

    def key(self, index: int) -> str:
        """Digest of what decides the surfaces of a cell."""
        plan = self.context.plan
        return cache.digest(
            "view 3",
            self.context.ledger.cell(index).keys.get("recording"),
            plan.scene.text,
            plan.cells[index].words,
            self.window,
            plan.look.fps,
            plan.look.of_surfaces,
            sorted(self.context.versions.items()),
        )

    def files(self, index: int) -> Files:
        """The files of the store that hold them."""
        return self.context.store.files(self.key(index))

    def are_kept(self, index: int) -> bool:
        """Whether the store holds them."""
        return self.context.store.view(self.key(index)) is not None

    def count(self) -> int:
        """How many different surfaces all cells have."""
        views = [self.context.store.view(self.key(index)) for index in self.context.ledger.manifest.drawable]
        return sum(self._is_surface(name) for name in {name for view in views if view for name in view.names})

    def _is_surface(self, name: str) -> bool:
        if not name.startswith("surfaces/"):
            return False
        with h5py.File(self.context.store.place / name, "r") as file:
            return "slices" in file


def _film_task(
    kind: Callable[..., Made], context: SweepContext, index: int, files: Files, common: Common | None
) -> Callable[..., Made]:
    """A task of a `kind` about the film of a cell, which still takes the fields that are its kind's alone."""
    return partial(
        kind,
        scene=context.plan.scene,
        words=context.plan.cells[index].words,
        recordings=context.recordings(index),
        files=files,
        common=common,
        versions=dict(context.versions),
        timeout=context.timeout,
        look=context.plan.look,
        cell=context.cell_words(index),
    )


class Surfaces:
    """Stage two; `jobs` gives what is to be evaluated."""

    def __init__(self, views: Views) -> None:
        self.context = views.context
        self.views = views
        self._leaders: dict[str, int] = {}

    def jobs(self, needed: bool = False) -> Iterator[Job]:
        """The jobs for surfaces that are not known, or, when they are needed, not in the store; where cells
        may share one, one cell goes first.
        """
        leaders: dict[str, Job] = {}
        for index in self.context.ledger.manifest.drawable:
            known = self.context.ledger.cell(index).keys.get("view") == self.views.key(index)
            known = known or self._from_store(index)
            if known and not (needed and not self.views.are_kept(index)):
                continue
            group = self._shares(index)
            leader = leaders.get(group) if group else None
            job = Job(
                cell=index,
                make=partial(self._task, index),
                take=partial(self._take, index),
                after=leader,
            )
            if group and leader is None:
                leaders[group] = job
                self._leaders[group] = index
            yield job

    def _from_store(self, index: int) -> bool:
        """Take what the store knows of a cell's surfaces, if anything."""
        key = self.views.key(index)
        view = self.context.store.view(key)
        if view is None:
            return False
        cell = self.context.ledger.cell(index)
        self.context.ledger.change(
            index,
            spans=view.spans,
            keys={**cell.keys, "view": key},
            seconds={**cell.seconds, "surface": 0.0},
        )
        return True

    def _shares(self, index: int) -> str | None:
        """A digest that cells have in common that may share their surface; None for one that cannot."""
        scene = self.context.built[index].scene
        with load(self.context.ledger.folder / self.context.names(index)[0], trusted=True) as run:
            whole = run.weights.shape[1] == 2 or set(scene.slices) <= {"static", "through"}
            model = run.meta.get("model_config"), run.meta.get("loss")
            data = run.notes.data.digest
        return cache.digest(model, data, len(scene.runs)) if whole else None

    def _task(self, index: int) -> SurfaceTask:
        context = self.context
        files = self.views.files(index)
        leader = self._leaders.get(self._shares(index) or "", index)
        if not files and leader != index:
            offered = self.views.files(leader)
            files = offered if sum(len(content) for _, content in offered) <= SHARED_BYTES else ()
        return _film_task(SurfaceTask, context, index, files, self.views.window)()

    def _take(self, index: int, result: Result) -> None:
        """Keep what came."""
        context = self.context
        cell = context.ledger.cell(index)
        match result:
            case Failure():
                context.fail(index, result)
            case SurfaceResult():
                key = self.views.key(index)
                context.store.keep_view(key, View(result.used, result.spans), result.files)
                context.ledger.change(
                    index,
                    spans=result.spans,
                    keys={**cell.keys, "view": key},
                    seconds={**cell.seconds, **result.seconds},
                    bytes={**cell.bytes, "surface": sum(len(content) for _, content in result.files)},
                    log=context.log(index, result.log),
                )


class Drawings:
    """Stage three; `jobs` gives what is to be drawn. common: the window and the scale that films share."""

    def __init__(self, views: Views, common: Common | None) -> None:
        self.context = views.context
        self.views = views
        self.common = common

    def key(self, index: int) -> str:
        """Digest of all that decides the film of a cell."""
        planned = self.context.plan.cells[index]
        return cache.digest(
            "film 1",
            self.views.key(index),
            self.common,
            self.context.plan.look,
            planned.name,
            planned.command,
        )

    def jobs(self) -> Iterator[Job]:
        """The jobs for films that are not there as they are asked for."""
        for index in self.context.ledger.manifest.drawable:
            if not self._is_there(index):
                yield Job(cell=index, make=partial(self._task, index), take=partial(self._take, index))

    def _is_there(self, index: int) -> bool:
        ledger = self.context.ledger
        cell = ledger.cell(index)
        return (
            cell.keys.get("film") == self.key(index)
            and ledger.has(cell.film, cell.digests.get("film"))
            and ledger.has(cell.poster, cell.digests.get("poster"))
        )

    def _task(self, index: int) -> DrawTask:
        planned = self.context.plan.cells[index]
        task = _film_task(DrawTask, self.context, index, self.views.files(index), self.common)
        return task(name=planned.name, command=planned.command)

    def _take(self, index: int, result: Result) -> None:
        match result:
            case Failure():
                self.context.fail(index, result)
            case Drawn():
                self._keep(index, result)

    def _keep(self, index: int, result: Drawn) -> None:
        """Write the film and its poster, and what is known of them."""
        context = self.context
        ledger = context.ledger
        cell = ledger.cell(index)
        context.store.keep_view(self.views.key(index), View(result.used, cell.spans), result.files)
        ledger.change(
            index,
            state="done",
            film=ledger.keep(f"films/{cell.name}.{context.plan.look.format}", result.film),
            poster=ledger.keep(f"posters/{cell.name}.png", result.poster),
            alt_text=result.alt_text,
            log=context.log(index, result.log),
            results={**cell.results, **result.results},
            seconds={**cell.seconds, **result.seconds},
            bytes={**cell.bytes, "film": len(result.film), "poster": len(result.poster)},
            keys={**cell.keys, "film": self.key(index)},
            digests={
                **cell.digests,
                "film": digest_of(result.film),
                "poster": digest_of(result.poster),
            },
        )
