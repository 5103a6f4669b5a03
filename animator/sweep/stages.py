"""The two stages that workers do: every cell is trained, then every cell is drawn.

What is there already, in the folder or in the cache, is not done again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from animator import cache, production, training
from animator.errors import AnimatorError
from animator.experiment import Experiment
from animator.films import Film
from animator.recording import Recording, load
from animator.scene import Scene
from animator.sweep import cell as workers
from animator.sweep import results
from animator.sweep.ledger import Ledger
from animator.sweep.plan import Plan
from animator.sweep.shift import Job
from animator.sweep.store import Store
from animator.sweep.tasks import Drawn, DrawTask, Failure, Recorded, RecordTask

SHARED_BYTES = 8_000_000  # surfaces up to this size are offered to cells that may share them
Member = tuple[int, int]  # (cell, run)


class Full(Exception):
    """A worker's disk is full; the message says which."""


@dataclass(frozen=True, slots=True)
class Built:
    """The scene of a cell, and what its recordings say about it."""

    scene: Scene
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What both stages work with. built: the scenes of cells by index, without those that cannot be built."""

    plan: Plan
    ledger: Ledger
    store: Store
    built: Mapping[int, Built]
    versions: Mapping[str, str]
    timeout: float | None

    def fail(self, index: int, failure: Failure) -> None:
        """Write down that a cell failed; stop everything where nothing can go on."""
        if failure.kind == "disk":
            raise Full(failure.reason)
        if failure.kind == "versions":
            raise AnimatorError(failure.reason)
        log = self.log(index, f"{failure.log}failed: {failure.reason}\n")
        self.ledger.change(index, state="failed", reason=failure.reason, log=log, film=None, poster=None)

    def log(self, index: int, text: str, more: bool = False) -> str:
        """Write a cell's log, or `more` of it; gives its name."""
        name = f"logs/{self.ledger.cell(index).name}.txt"
        path = self.ledger.folder / name
        before = path.read_bytes() if more and path.is_file() else b""
        return self.ledger.keep(name, before + text.encode())


def build(plan: Plan) -> tuple[dict[int, Built], dict[int, str]]:
    """The scenes of all cells, and the sentence for each that cannot be built."""
    file, found, failed = plan.scene.file(), {}, {}
    for planned in plan.cells:
        try:
            found[planned.index] = Built(*production.build(file, planned.words))
        except Exception as error:
            failed[planned.index] = workers.failure(error).reason
    return found, failed


def first_seconds(plan: Plan) -> float:
    """Length in seconds of a film of `plan`; a guess where its first cell cannot be built."""
    try:
        return production.build(plan.scene.file(), plan.cells[0].words)[0].pacing.seconds
    except AnimatorError:
        return 6.0


class Recordings:
    """Stage one. jobs() gives what is to be trained; take() takes what came."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._members = [(i, r) for i, built in desk.built.items() for r in range(len(built.scene.runs))]
        self._keys: dict[Member, str] = {}
        self._came: dict[int, dict[int, tuple[bytes, str]]] = defaultdict(dict)
        self._batches = self._grouped()

    def _experiment(self, member: Member) -> Experiment:
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
        groups = batches()([self._experiment(member) for member in self._members])
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
        return cell.state == "failed" or all(self.desk.ledger.has(n) for n in self.names(index))

    def names(self, index: int) -> list[str]:
        """Names of the recordings of a cell, one a run."""
        cell, runs = self.desk.plan.cells[index], len(self.desk.built[index].scene.runs)
        return [f"recordings/{cell.name}{f'-{r + 1}' if r else ''}.h5" for r in range(runs)]

    def _forget(self, index: int) -> None:
        self.desk.ledger.change(
            index, state="waiting", reason="", way=None, recording=None, film=None, poster=None, log=None,
            results={}, alt_text="", seconds={}, bytes={}, keys={"recording": self.key(index)},
        )  # fmt: skip

    def _from_cache(self, index: int) -> None:
        contents = [self.desk.store.recording(self._keys[index, r]) for r in range(len(self.names(index)))]
        if all(content is not None for content in contents):
            for run, content in enumerate(contents):
                assert content is not None
                self._came[index][run] = content, ""
            self._settle(index, {"record": 0.0}, "from the cache\n")

    def take(self, job: Job, result: workers.Result) -> Iterable[Job]:
        """Keep what came; what failed as one of many is tried again by itself."""
        assert isinstance(job, RecordJob)
        group = job.group
        if isinstance(result, Failure):
            if len(group) > 1 and result.kind not in ("disk", "versions"):
                return [self._job([member]) for member in group]
            for index, _ in group:
                self.desk.fail(index, result)
            return []
        assert isinstance(result, Recorded)
        seconds = {"record": round(result.seconds["record"] / len(group), 4)}
        for (index, run), content, way in zip(group, result.recordings, result.ways, strict=True):
            self._came[index][run] = content, way
            if group in self._batches:
                self.desk.store.keep_recording(self._keys[index, run], content)
        for index in job.cells:
            self._settle(index, seconds, result.log)
        return []

    def _settle(self, index: int, seconds: Mapping[str, float], log: str) -> None:
        """Write a cell's recordings when all are there, unless another run of it failed."""
        desk, names = self.desk, self.names(index)
        if len(self._came[index]) < len(names) or desk.ledger.cell(index).state == "failed":
            return
        came = self._came.pop(index)
        for run, name in enumerate(names):
            desk.ledger.keep(name, came[run][0])
        with load(desk.ledger.folder / names[0]) as first:
            numbers, way = results.of_run(first), str(first.meta.get("way") or came[0][1] or "fit")
        desk.ledger.change(
            index, state="recorded", way=way, recording=names[0], results=numbers, seconds=dict(seconds),
            bytes={"recording": sum(len(content) for content, _ in came.values())}, log=desk.log(index, log),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RecordJob(Job):
    """A job that trains `group`."""

    group: tuple[Member, ...] = ()


def batches() -> Callable[[Sequence[Experiment]], list[tuple[int, ...]]]:
    """The function that says what is trained as one; where that module is not there, all are alone."""
    try:
        found: Callable[..., list[tuple[int, ...]]] = import_module("animator.sweep.together").batches
    except ModuleNotFoundError:
        return lambda experiments: [(index,) for index in range(len(experiments))]
    return found


class Films(Mapping[int, Film]):
    """The films of cells that have recordings, made when they are asked for; the latest few are kept.

    They draw from the store: use them inside of cache.within(store.place).
    """

    KEPT = 64

    def __init__(self, desk: Desk, names: Callable[[int], list[str]], common: Any = None) -> None:
        self._desk, self._names, self._common = desk, names, common
        self._made: dict[int, Film] = {}

    def __getitem__(self, index: int) -> Film:
        if index not in self._made:
            if len(self._made) >= self.KEPT:
                del self._made[next(iter(self._made))]
            self._made[index] = self._film(index)
        return self._made[index]

    def __iter__(self) -> Iterator[int]:
        return (c.index for c in self._desk.ledger.manifest.cells if c.state in ("recorded", "done"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _film(self, index: int) -> Film:
        built, planned = self._desk.built[index], self._desk.plan.cells[index]
        runs: list[Recording] = [load(self._desk.ledger.folder / name) for name in self._names(index)]
        shared = {"common": self._common} if self._common is not None else {}
        return production.film_of(built.scene, built.about, runs, self._desk.plan.look.style, planned.command,
                                  **shared)  # fmt: skip


class Drawings:
    """Stage three. jobs() gives what is to be drawn; take() takes what came."""

    def __init__(self, desk: Desk, recordings: Recordings, common: Any) -> None:
        self.desk, self.common = desk, common
        self._names = recordings.names
        self._leaders: dict[str, int] = {}

    def view_key(self, index: int) -> str:
        """Digest of what decides the surfaces of a cell."""
        cell, plan = self.desk.ledger.cell(index), self.desk.plan
        return cache.digest("view 1", cell.keys.get("recording"), cell.way, plan.scene.text,
                            plan.cells[index].words, self.common, plan.look.fps,
                            sorted(self.desk.versions.items()))  # fmt: skip

    def film_key(self, index: int) -> str:
        """Digest of all that decides the film of a cell."""
        planned = self.desk.plan.cells[index]
        return cache.digest(
            "film 1", self.view_key(index), self.desk.plan.look, planned.name, planned.command
        )

    def jobs(self) -> Iterator[Job]:
        """The jobs for films that are not there; where cells may share a surface, one goes first."""
        leaders: dict[str, Job] = {}
        for cell in self.desk.ledger.manifest.cells:
            if cell.state not in ("recorded", "done") or self.is_there(cell.index):
                continue
            group = self._shares(cell.index)
            leader = leaders.get(group) if group else None
            job = Job((cell.index,), lambda i=cell.index: self._task(i), leader)  # type: ignore[misc]
            if group and leader is None:
                leaders[group] = job
                self._leaders[group] = cell.index
            yield job

    def is_there(self, index: int) -> bool:
        """Whether the folder has the cell's film and poster as asked for, and the store its surface."""
        cell, ledger = self.desk.ledger.cell(index), self.desk.ledger
        return (
            cell.keys.get("film") == self.film_key(index)
            and all(ledger.has(getattr(cell, n), cell.bytes.get(n)) for n in ("film", "poster"))
            and self.desk.store.names(self.view_key(index)) is not None
        )

    def _shares(self, index: int) -> str | None:
        """A digest that cells have in common that may share their surface; None for one that cannot."""
        scene = self.desk.built[index].scene
        with load(self.desk.ledger.folder / self._names(index)[0]) as run:
            whole = run.weights.shape[1] == 2 or set(scene.slices) <= {"static", "through"}
            said = run.meta.get("model_config"), (run.meta.get("data") or {}).get("digest")
        return cache.digest(*said, len(scene.runs)) if whole else None

    def _task(self, index: int) -> DrawTask:
        desk, planned = self.desk, self.desk.plan.cells[index]
        files = desk.store.files(self.view_key(index))
        group = self._shares(index)
        if not files and group in self._leaders and self._leaders[group] != index:
            offered = desk.store.files(self.view_key(self._leaders[group]))
            files = offered if sum(len(content) for _, content in offered) <= SHARED_BYTES else ()
        contents = tuple((desk.ledger.folder / name).read_bytes() for name in self._names(index))
        return DrawTask(desk.plan.scene, planned.words, planned.name, planned.command, desk.plan.look,
                        contents, files, self.common, desk.versions, desk.timeout)  # fmt: skip

    def take(self, job: Job, result: workers.Result) -> Iterable[Job]:
        """Keep what came."""
        (index,) = job.cells
        desk, ledger = self.desk, self.desk.ledger
        if isinstance(result, Failure):
            desk.fail(index, result)
            return []
        assert isinstance(result, Drawn)
        cell, suffix = ledger.cell(index), desk.plan.look.format
        desk.store.keep_files(self.view_key(index), result.used, result.files)
        ledger.change(
            index, state="done", film=ledger.keep(f"films/{cell.name}.{suffix}", result.film),
            poster=ledger.keep(f"posters/{cell.name}.png", result.poster), alt_text=result.alt_text,
            log=desk.log(index, result.log, more=True), results={**cell.results, **result.results},
            seconds={**cell.seconds, **result.seconds},
            bytes={**cell.bytes, "film": len(result.film), "poster": len(result.poster)},
            keys={**cell.keys, "film": self.film_key(index)},
        )  # fmt: skip
        return []

    def surfaces(self) -> int:
        """How many different surfaces the films were drawn from."""
        used: set[str] = set()
        for cell in self.desk.ledger.manifest.cells:
            if cell.state == "done":
                used |= set(self.desk.store.names(self.view_key(cell.index)) or ())
        return sum(name.startswith("surfaces/") for name in used)
