"""Stage one of a sweep: every run of every cell becomes a recording.

In: a SweepContext. Out: jobs that train what neither the folder nor the store has, and the books once they
are done.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.recordings.reader import load
from animator.sweeps.folder.ledger import digest_of
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.run import metrics
from animator.sweeps.run.context import SweepContext
from animator.sweeps.run.scheduler import Job
from animator.sweeps.run.tasks import Failure, Recorded, RecordTask, Result
from animator.training import training


class Recordings:
    """The recordings of all cells; `jobs` gives what is to be trained."""

    def __init__(self, context: SweepContext) -> None:
        self.context = context
        self._keys = {index: self._run_keys(index) for index in context.built}
        self._came: dict[int, dict[int, bytes]] = defaultdict(dict)  # cell -> run -> recording

    def _run_keys(self, index: int) -> list[str]:
        """The digest of all that decides the recording, for each run of a cell."""
        built = self.context.built[index]
        return [
            cache.digest("sweep 2", training.key_of(run, training.notes_of(run, built.about)))
            for run in built.scene.runs
        ]

    def key(self, index: int) -> str:
        """Digest of all that decides the recordings of a cell."""
        return cache.digest("cell 1", *self._keys[index])

    def jobs(self) -> Iterator[Job]:
        """A job for each run that neither the folder nor the cache has."""
        with self.context.ledger.at_once():
            for index in self.context.built:
                if not self._is_there(index):
                    self._forget(index)
                    self._from_cache(index)
        for index, keys in self._keys.items():
            if self.context.ledger.cell(index).state == "waiting":
                yield from (self._job(index, run) for run in range(len(keys)))

    def _job(self, index: int, run: int) -> Job:
        context = self.context
        task = RecordTask(
            scene=context.plan.scene,
            words=context.plan.cells[index].words,
            run=run,
            versions=context.versions,
            timeout=context.timeout,
        )
        return Job(cell=index, make=lambda: task, take=partial(self._take, index, run))

    def _is_there(self, index: int) -> bool:
        """Whether the folder has the cell's recordings, or its failure, of just these experiments."""
        cell = self.context.ledger.cell(index)
        if cell.keys.get("recording") != self.key(index):
            return False
        if cell.state == "failed":
            return True
        known = cell.digests.get("recording")
        names = self.context.names(index)
        if not all(self.context.ledger.has(name) for name in names):
            return False
        if known is not None and known != digest_of(*self.context.recordings(index)):
            return False
        return all(self._opens(name, trusted=known is not None) for name in names)

    def _opens(self, name: str, trusted: bool) -> bool:
        """Whether the recording `name` of the folder can be read; a damaged one is made again."""
        try:
            load(self.context.ledger.folder / name, trusted).close()
        except AnimatorError:
            return False
        return True

    def _forget(self, index: int) -> None:
        """Let the cell begin anew."""
        old = self.context.ledger.cell(index)
        keys = {"recording": self.key(index)}
        self.context.ledger.put(Cell(index, old.name, old.parameters, command=old.command, keys=keys))

    def _from_cache(self, index: int) -> None:
        contents = [self.context.store.recording(key) for key in self._keys[index]]
        came = {run: content for run, content in enumerate(contents) if content is not None}
        if len(came) == len(contents):
            self._came[index] = came
            self._settle(index, {"record": 0.0}, "from the cache\n")

    def _take(self, index: int, run: int, result: Result) -> None:
        """Keep the recording that came; a cell fails with the first of its runs that does."""
        if self.context.ledger.cell(index).state != "waiting":
            return
        match result:
            case Failure():
                self.context.fail(index, result)
            case Recorded():
                self._came[index][run] = result.recording
                self.context.store.keep_recording(self._keys[index][run], result.recording)
                self._settle(index, result.seconds, result.log)

    def _settle(self, index: int, seconds: Mapping[str, float], log: str) -> None:
        """Write a cell's recordings when all are there."""
        context = self.context
        names = context.names(index)
        if len(self._came[index]) < len(names):
            return
        came = self._came.pop(index)
        for run, name in enumerate(names):
            context.ledger.keep(name, came[run])
        with load(context.ledger.folder / names[0], trusted=True) as first:
            numbers = metrics.of_run(first)
        context.ledger.change(
            index,
            state="recorded",
            recording=names[0],
            results=numbers,
            seconds=dict(seconds),
            bytes={"recording": sum(len(content) for content in came.values())},
            log=context.log(index, log),
            digests={"recording": digest_of(*(came[run] for run in range(len(names))))},
        )
