"""The later stages of a sweep: the surfaces of every cell are evaluated, then its film is drawn.

What is there already, in the folder or in the store, is not done again.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import h5py

from animator.core import cache
from animator.recordings.reader import load
from animator.sweeps.folder.ledger import digest_of
from animator.sweeps.folder.store import View
from animator.sweeps.run.context import Desk
from animator.sweeps.run.scheduler import Job
from animator.sweeps.run.tasks import Cut, CutTask, Drawn, DrawTask, Failure, Files
from animator.sweeps.run.worker import Result

SHARED_BYTES = 8_000_000  # surfaces up to this size are offered to cells that may share them


class Views:
    """What decides the surfaces of cells. window: what films share of it."""

    def __init__(self, desk: Desk, window: Any) -> None:
        self.desk, self.window = desk, window

    def key(self, index: int) -> str:
        """Digest of what decides the surfaces of a cell."""
        cell, plan = self.desk.ledger.cell(index), self.desk.plan
        return cache.digest("view 1", cell.keys.get("recording"), cell.way, plan.scene.text,
                            plan.cells[index].words, self.window, plan.look.fps,
                            sorted(self.desk.versions.items()))  # fmt: skip

    def files(self, index: int) -> Files:
        """The files of the store that hold them."""
        return self.desk.store.files(self.key(index))

    def are_kept(self, index: int) -> bool:
        """Whether the store holds them."""
        return self.desk.store.view(self.key(index)) is not None

    def count(self) -> int:
        """How many different surfaces all cells have."""
        cells = (cell for cell in self.desk.ledger.manifest.cells if cell.state in ("recorded", "done"))
        views = [self.desk.store.view(self.key(cell.index)) for cell in cells]
        return sum(self._is_surface(name) for name in {name for view in views if view for name in view.names})

    def _is_surface(self, name: str) -> bool:
        if not name.startswith("surfaces/"):
            return False
        with h5py.File(self.desk.store.place / name, "r") as file:
            return "slices" in file


def _film(desk: Desk, index: int, files: Files, common: Any) -> dict[str, Any]:
    """The fields of a FilmTask for a cell."""
    return {"scene": desk.plan.scene, "words": desk.plan.cells[index].words, "files": files,
            "recordings": desk.recordings(index), "common": common, "versions": desk.versions,
            "timeout": desk.timeout}  # fmt: skip


class Surfaces:
    """Stage two. jobs() gives what is to be cut; take() takes what came."""

    def __init__(self, views: Views) -> None:
        self.desk, self.views = views.desk, views
        self._leaders: dict[str, int] = {}

    def jobs(self, needed: bool = False) -> Iterator[Job]:
        """The jobs for surfaces that are not known, or, when they are needed, not in the store; where cells
        may share one, one cell goes first.
        """
        leaders: dict[str, Job] = {}
        for cell in self.desk.ledger.manifest.cells:
            if cell.state not in ("recorded", "done"):
                continue
            known = cell.keys.get("view") == self.views.key(cell.index) or self._from_store(cell.index)
            if known and not (needed and not self.views.are_kept(cell.index)):
                continue
            group = self._shares(cell.index)
            leader = leaders.get(group) if group else None
            job = Job((cell.index,), lambda i=cell.index: self._task(i), leader)  # type: ignore[misc]
            if group and leader is None:
                leaders[group] = job
                self._leaders[group] = cell.index
            yield job

    def _from_store(self, index: int) -> bool:
        """Take what the store knows of a cell's surfaces, if anything."""
        ledger, key = self.desk.ledger, self.views.key(index)
        view = self.desk.store.view(key)
        if view is not None:
            ledger.change(index, spans=view.spans, keys={**ledger.cell(index).keys, "view": key},
                          seconds={**ledger.cell(index).seconds, "surface": 0.0})  # fmt: skip
        return view is not None

    def _shares(self, index: int) -> str | None:
        """A digest that cells have in common that may share their surface; None for one that cannot."""
        scene = self.desk.built[index].scene
        with load(self.desk.ledger.folder / self.desk.names(index)[0]) as run:
            whole = run.weights.shape[1] == 2 or set(scene.slices) <= {"static", "through"}
            said = (
                run.meta.get("model_config"),
                run.meta.get("loss"),
                (run.meta.get("data") or {}).get("digest"),
            )
        return cache.digest(*said, len(scene.runs)) if whole else None

    def _task(self, index: int) -> CutTask:
        desk, files = self.desk, self.views.files(index)
        leader = self._leaders.get(self._shares(index) or "", index)
        if not files and leader != index:
            offered = self.views.files(leader)
            files = offered if sum(len(content) for _, content in offered) <= SHARED_BYTES else ()
        return CutTask(**_film(desk, index, files, self.views.window), fps=desk.plan.look.fps)

    def take(self, job: Job, result: Result) -> Iterable[Job]:
        """Keep what came."""
        (index,) = job.cells
        if isinstance(result, Failure):
            self.desk.fail(index, result)
            return []
        assert isinstance(result, Cut)
        desk, cell, key = self.desk, self.desk.ledger.cell(index), self.views.key(index)
        desk.store.keep_view(key, View(result.used, result.spans), result.files)
        desk.ledger.change(
            index, spans=result.spans, keys={**cell.keys, "view": key},
            seconds={**cell.seconds, **result.seconds}, log=desk.log(index, result.log),
            bytes={**cell.bytes, "surface": sum(len(content) for _, content in result.files)},
        )  # fmt: skip
        return []


class Drawings:
    """Stage three, of the same kind. common: the window and the scale that films share."""

    def __init__(self, views: Views, common: Any) -> None:
        self.desk, self.views, self.common = views.desk, views, common

    def key(self, index: int) -> str:
        """Digest of all that decides the film of a cell."""
        planned, look = self.desk.plan.cells[index], self.desk.plan.look
        view = self.views.key(index)
        return cache.digest("film 1", view, self.common, look, planned.name, planned.command)

    def jobs(self) -> Iterator[Job]:
        """The jobs for films that are not there as they are asked for."""
        for cell in self.desk.ledger.manifest.cells:
            if cell.state in ("recorded", "done") and not self._is_there(cell.index):
                yield Job((cell.index,), lambda i=cell.index: self._task(i))  # type: ignore[misc]

    def _is_there(self, index: int) -> bool:
        cell, ledger = self.desk.ledger.cell(index), self.desk.ledger
        return cell.keys.get("film") == self.key(index) and all(
            ledger.has(getattr(cell, name), cell.digests.get(name)) for name in ("film", "poster")
        )

    def _task(self, index: int) -> DrawTask:
        desk, planned = self.desk, self.desk.plan.cells[index]
        return DrawTask(**_film(desk, index, self.views.files(index), self.common), name=planned.name,
                        command=planned.command, look=desk.plan.look)  # fmt: skip

    def take(self, job: Job, result: Result) -> Iterable[Job]:
        """Keep what came."""
        (index,) = job.cells
        desk, ledger = self.desk, self.desk.ledger
        if isinstance(result, Failure):
            desk.fail(index, result)
            return []
        assert isinstance(result, Drawn)
        cell, suffix = ledger.cell(index), desk.plan.look.format
        desk.store.keep_view(self.views.key(index), View(result.used, cell.spans), result.files)
        ledger.change(
            index, state="done", film=ledger.keep(f"films/{cell.name}.{suffix}", result.film),
            poster=ledger.keep(f"posters/{cell.name}.png", result.poster), alt_text=result.alt_text,
            log=desk.log(index, result.log), results={**cell.results, **result.results},
            seconds={**cell.seconds, **result.seconds},
            bytes={**cell.bytes, "film": len(result.film), "poster": len(result.poster)},
            keys={**cell.keys, "film": self.key(index)},
            digests={**cell.digests, "film": digest_of(result.film), "poster": digest_of(result.poster)},
        )  # fmt: skip
        return []
