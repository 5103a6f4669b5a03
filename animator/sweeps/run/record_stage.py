"""The first stage of a sweep: every run of every cell is trained, alone or with others like it.

What is there already, in the folder or in the store, is not trained again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.design.descent import Descent
from animator.design.experiment import Experiment
from animator.recordings.reader import load
from animator.sweeps.folder.ledger import digest_of
from animator.sweeps.run import metrics
from animator.sweeps.run.context import Desk
from animator.sweeps.run.scheduler import Job
from animator.sweeps.run.tasks import Failure, Recorded, RecordTask
from animator.sweeps.run.worker import Result
from animator.sweeps.training import batched
from animator.training import training

Member = tuple[int, int]  # (cell, run)


class Recordings:
    """Stage one. jobs() gives what is to be trained; take() takes what came."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._members = [(i, r) for i, built in desk.built.items() for r in range(len(built.scene.runs))]
        self._keys: dict[Member, str] = {}
        self._came: dict[int, dict[int, bytes]] = defaultdict(dict)
        self._batches = self._grouped()

    def _experiment(self, member: Member) -> Experiment | Descent:
        return self.desk.built[member[0]].scene.runs[member[1]]

    def _grouped(self) -> list[tuple[Member, ...]]:
        """Members that are trained as one, and the digest of each: what is trained together has the others in
        its digest.
        """
        own = {
            (i, r): training.key_of(self._experiment((i, r)), training.notes_of(
                self._experiment((i, r)), self.desk.built[i].about))
            for i, r in self._members
        }  # fmt: skip
        groups = batched.batches([self._experiment(member) for member in self._members])
        found = [tuple(self._members[k] for k in group) for group in groups]
        for group in found:
            all_keys = [own[member] for member in group]
            for k, member in enumerate(group):
                self._keys[member] = cache.digest("sweep 1", *all_keys, k)
        return found

    def key(self, index: int) -> str:
        """Digest of all that decides the recordings of a cell."""
        runs = len(self.desk.built[index].scene.runs)
        return cache.digest("cell 1", *(self._keys[index, run] for run in range(runs)))

    def jobs(self) -> Iterator[Job]:
        """The jobs for what neither the folder nor the cache has."""
        with self.desk.ledger.at_once():
            for index in self.desk.built:
                if not self._is_there(index):
                    self._forget(index)
                    self._from_cache(index)
        for group in self._batches:
            if any(self.desk.ledger.cell(i).state == "waiting" for i, _ in group):
                yield self._job(group)

    def _job(self, group: Sequence[Member]) -> Job:
        desk = self.desk
        members = tuple((desk.plan.cells[i].words, run) for i, run in group)
        limit = desk.timeout * len(group) if desk.timeout is not None else None
        task = RecordTask(desk.plan.scene, members, desk.versions, limit)
        return RecordJob(tuple(dict.fromkeys(i for i, _ in group)), lambda: task, None, tuple(group))

    def _is_there(self, index: int) -> bool:
        """Whether the folder has the cell's recordings, or its failure, of just these experiments."""
        cell = self.desk.ledger.cell(index)
        if cell.keys.get("recording") != self.key(index):
            return False
        if cell.state == "failed":
            return True
        known = cell.digests.get("recording")
        return all(self._opens(name) for name in self.desk.names(index)) and known in (
            None, digest_of(*self.desk.recordings(index)))  # fmt: skip

    def _opens(self, name: str) -> bool:
        """Whether the folder has the recording `name`, and it can be read; a damaged one is made again."""
        if not self.desk.ledger.has(name):
            return False
        try:
            load(self.desk.ledger.folder / name).close()
        except AnimatorError:
            return False
        return True

    def _forget(self, index: int) -> None:
        self.desk.ledger.change(
            index, state="waiting", reason="", way=None, recording=None, film=None, poster=None, log=None,
            results={}, alt_text="", seconds={}, bytes={}, spans=(), digests={},
            keys={"recording": self.key(index)},
        )  # fmt: skip

    def _from_cache(self, index: int) -> None:
        contents = [
            self.desk.store.recording(self._keys[index, r]) for r in range(len(self.desk.names(index)))
        ]
        if all(content is not None for content in contents):
            self._came[index] = {run: content for run, content in enumerate(contents) if content is not None}
            self._settle(index, {"record": 0.0}, "from the cache\n")

    def take(self, job: Job, result: Result) -> Iterable[Job]:
        """Keep what came; what failed as one of many is tried again by itself."""
        assert isinstance(job, RecordJob)
        group, ledger = job.group, self.desk.ledger
        if isinstance(result, Failure):
            waiting = [member for member in group if ledger.cell(member[0]).state == "waiting"]
            if len(group) > 1 and result.kind not in ("disk", "versions"):
                return [self._job([member]) for member in waiting]
            for index, _ in waiting:
                self.desk.fail(index, result)
            return []
        assert isinstance(result, Recorded)
        seconds = {"record": round(result.seconds["record"] / len(group), 4)}
        lacking = []
        for (index, run), content in zip(group, result.recordings, strict=True):
            if content is None:
                lacking.append(self._job([(index, run)]))
            elif ledger.cell(index).state == "waiting":  # others were trained beside it again
                self._came[index][run] = content
                if group in self._batches:
                    self.desk.store.keep_recording(self._keys[index, run], content)
        for index in job.cells:
            self._settle(index, seconds, result.log)
        return lacking

    def _settle(self, index: int, seconds: Mapping[str, float], log: str) -> None:
        """Write a cell's recordings when all are there, unless another run of it failed."""
        desk, names = self.desk, self.desk.names(index)
        if len(self._came[index]) < len(names) or desk.ledger.cell(index).state != "waiting":
            return
        came = self._came.pop(index)
        for run, name in enumerate(names):
            desk.ledger.keep(name, came[run])
        with load(desk.ledger.folder / names[0]) as first:
            numbers, way = metrics.of_run(first), str(first.meta.get("way") or "fit")
        desk.ledger.change(
            index, state="recorded", way=way, recording=names[0], results=numbers, seconds=dict(seconds),
            bytes={"recording": sum(len(content) for content in came.values())}, log=desk.log(index, log),
            digests={"recording": digest_of(*(came[run] for run in range(len(names))))},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RecordJob(Job):
    """A job that trains `group`."""

    group: tuple[Member, ...] = ()
