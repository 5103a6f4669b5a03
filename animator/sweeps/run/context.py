"""Context of a sweep, shared by its stages: plan, ledger, store, and the scenes and films of all cells."""

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.core.language import speaking
from animator.design import style_files
from animator.design.scene import Scene
from animator.films import build as film_build
from animator.films.delivery import proposing
from animator.films.film import Film
from animator.landscape.window import Common
from animator.recordings.reader import load
from animator.sweeps.folder.ledger import Ledger
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.folder.store import Store
from animator.sweeps.plan import labels
from animator.sweeps.plan.plan import Look, Plan
from animator.sweeps.run import worker as workers
from animator.sweeps.run.tasks import Failure
from animator.sweeps.run.time_limit import interruptions


class Full(Exception):
    """A worker's disk is full; the message says which."""


@dataclass(frozen=True, slots=True)
class Built:
    """The scene of a cell, and what its recordings say about it."""

    scene: Scene
    about: dict[str, object]


@dataclass(frozen=True, slots=True)
class SweepContext:
    """See the module. built: the scenes of cells by index, without those that cannot be built. timeout:
    seconds for a piece of work.
    """

    plan: Plan
    ledger: Ledger
    store: Store
    built: Mapping[int, Built]
    versions: Mapping[str, str]
    timeout: float | None

    def names(self, index: int) -> list[str]:
        """Names of the recordings of a cell, one a run."""
        cell = self.plan.cells[index]
        runs = len(self.built[index].scene.runs)
        return [f"recordings/{cell.name}{f'-{run + 1}' if run else ''}.h5" for run in range(runs)]

    def cell_words(self, index: int) -> str:
        """Which cell it is, in words: "learning_rate 0.1, optimizer adam"; nothing of one alone."""
        manifest = self.ledger.manifest
        if len(manifest.cells) == 1:
            return ""
        with speaking(manifest.lang):
            return labels.phrase(self.ledger.cell(index), labels.swept(manifest))

    def films(self, common: Common | None = None) -> "Films":
        """The films of the cells that have recordings. common: what they share."""
        return Films(lambda: self.ledger.manifest, partial(self._film, common))

    def _film(self, common: Common | None, index: int) -> Film:
        built = self.built[index]
        runs = [load(self.ledger.folder / name, trusted=True) for name in self.names(index)]
        command = self.plan.cells[index].command
        look = self.plan.look
        scene = film_build.of_cell(built.scene, look.wishes, look.style, self.cell_words(index))
        return film_build.film_of(scene, built.about, runs, command=command, common=common)

    def recordings(self, index: int) -> tuple[bytes, ...]:
        """The recordings of a cell."""
        return tuple((self.ledger.folder / name).read_bytes() for name in self.names(index))

    def fail(self, index: int, failure: Failure) -> None:
        """Write down that a cell failed; stop everything where nothing can go on."""
        if failure.kind == "disk":
            raise Full(failure.reason) from OSError(errno.ENOSPC, failure.reason)
        if failure.kind == "versions":
            raise AnimatorError(failure.reason)
        log = self.log(index, f"{failure.log}failed: {failure.reason}\n")
        self.ledger.change(index, state="failed", reason=failure.reason, log=log, film=None, poster=None)

    def log(self, index: int, text: str) -> str:
        """Add `text` to a cell's log, which begins anew when the cell does; gives its name."""
        cell = self.ledger.cell(index)
        name = f"logs/{cell.name}.txt"
        path = self.ledger.folder / name
        before = path.read_bytes() if cell.log is not None and path.is_file() else b""
        return self.ledger.keep(name, before + text.encode())


def build(plan: Plan) -> tuple[dict[int, Built], dict[int, str]]:
    """The scenes of all cells, and the sentence for each that cannot be built or has no room for panels."""
    found: dict[int, Built] = {}
    failed: dict[int, str] = {}
    for index, built in _scenes(plan):
        if isinstance(built, Built):
            found[index] = built
        else:
            failed[index] = built.reason
    return found, failed


def check_room(plan: Plan) -> None:
    """AnimatorError when no cell can have what is wished, or when the films' size has no room for the
    panels of any cell that can be built.
    """
    cramped = []
    refused = []
    for _, built in _scenes(plan):
        if isinstance(built, Built):
            return
        if built.refusal is not None:
            refused.append(built.refusal)
        if built.cramped is not None:
            cramped.append(built.cramped)
    if len(refused) == len(plan.cells):
        raise refused[0]
    if cramped:
        with proposed(cramped[0], (plan.look.width, plan.look.height), plan.look.style, plan.look.format):
            scene = replace(cramped[0], style=plan.look.style)
            film_build.check_room(scene, (plan.look.width, plan.look.height))


def proposed(
    scene: Scene, size: tuple[int, int] | None, style: str, format: str
) -> AbstractContextManager[None]:
    """A context in which a size that cannot be is answered with one that films of `scene` can have."""
    text_size = style_files.find(style).text_size
    return proposing(scene.layout, (scene.widths, scene.heights), size, text_size, [Path(f"film.{format}")])


def first_seconds(plan: Plan) -> float:
    """Length in seconds of a film of `plan`; a guess where its first cell cannot be built."""
    built = next(_scenes(plan))[1]
    return seconds_of(built.scene) if isinstance(built, Built) else 6.0


def seconds_of(scene: Scene) -> float:
    """How long a film of `scene` is, in seconds, as far as that is known before it is trained."""
    return scene.pacing.seconds if scene.seconds is None else scene.seconds


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """Why a cell has no scene. cramped: the scene that the films' size has no room for; refusal: of what is
    wished of it.
    """

    reason: str
    cramped: Scene | None = None
    refusal: AnimatorError | None = None


def _scenes(plan: Plan) -> Iterator[tuple[int, Built | Unbuilt]]:
    """(index, what came of building it) of each cell. A scene's own code may raise what it likes; only an
    interruption from outside ends this.
    """
    file = plan.scene.file()
    for planned in plan.cells:
        with interruptions() as came:
            try:
                built: Built | Unbuilt = Built(*film_build.build(file, planned.words))
            except KeyboardInterrupt:
                if came:
                    raise
                built = Unbuilt(workers.INTERRUPTED)
            except Exception as error:  # a scene's own code may raise what it likes
                built = Unbuilt(workers.failure(error).reason)
        if isinstance(built, Built):
            built = _fitted(built, plan.look)
        yield planned.index, built


def _fitted(built: Built, look: Look) -> Built | Unbuilt:
    """`built` with what is wished of its film, or why it cannot be had."""
    try:
        scene = film_build.of_cell(built.scene, look.wishes, look.style, "")
        film_build.check_panels(scene)
    except AnimatorError as error:
        return Unbuilt(str(error), refusal=error)
    try:
        film_build.check_room(scene, (look.width, look.height))
    except AnimatorError as error:
        return Unbuilt(str(error), scene)
    return replace(built, scene=scene)


class Films(Mapping[int, Film]):
    """The films of the cells of manifest() that have recordings, made when they are asked for; the latest few
    are kept. Another cell is a KeyError.

    They draw from the store: use them inside of cache.within(store.place).
    """

    KEPT = 64

    def __init__(self, manifest: Callable[[], Manifest], make: Callable[[int], Film]) -> None:
        self._manifest = manifest
        self._make = make
        self._made: dict[int, Film] = {}

    def __getitem__(self, index: int) -> Film:
        if index not in self:
            raise KeyError(index)
        if index not in self._made:
            if len(self._made) >= self.KEPT:
                del self._made[next(iter(self._made))]
            self._made[index] = self._make(index)
        return self._made[index]

    def __contains__(self, index: object) -> bool:
        return index in self._manifest().drawable

    def __iter__(self) -> Iterator[int]:
        return iter(self._manifest().drawable)

    def __len__(self) -> int:
        return len(self._manifest().drawable)
