"""A whole sweep: every cell trained, one window and one scale, every film drawn, and what they make together.

In: a Plan and a folder. Out: the folder, whole or as far as it got; run again, it goes on.
"""

import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from animator import cache
from animator.errors import AnimatorError
from animator.files import ensure_folder, is_full
from animator.films import Film
from animator.progress import Progress, quiet
from animator.sweep import estimate
from animator.sweep import plan as plans
from animator.sweep.engine import Engine, open_engine
from animator.sweep.ledger import Ledger
from animator.sweep.lock import held
from animator.sweep.manifest import NAME, Cell, Manifest
from animator.sweep.opening import opened
from animator.sweep.plan import Plan
from animator.sweep.shift import Job, Take, carry_out
from animator.sweep.stages import Built, Desk, Drawings, Films, Full, Recordings, build
from animator.sweep.store import Store
from animator.sweep.store import folder as store_folder
from animator.sweep.tasks import Failure

Product = Callable[[Path, Manifest, Mapping[int, Film], Progress], list[Path]]


@dataclass(frozen=True, slots=True)
class Status:
    """How far a stage is: cells done, at work, failed, of total."""

    stage: str
    done: int
    running: int
    failed: int
    total: int


@dataclass(frozen=True, slots=True)
class Orders:
    """How a sweep is made, which does not change what it makes. timeout: seconds a cell may take to be
    trained, and again to be drawn.
    """

    jobs: int = 1
    cluster: str | None = None
    timeout: float | None = None
    retry_failed: bool = False
    force: bool = False
    use_cache: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the manifest, seconds in all, and sentences about products that could not be made."""

    folder: Path
    manifest: Manifest
    seconds: float
    warnings: tuple[str, ...]

    def count(self, state: str) -> int:
        """Cells in `state`."""
        return sum(cell.state == state for cell in self.manifest.cells)


Told = Callable[[Status], None]


def sweep(plan: Plan, folder: Path, orders: Orders, told: Told = lambda status: None,
          progress: Progress = quiet) -> Outcome:  # fmt: skip
    """Make the sweep `plan` in `folder`, or go on with it; told hears of cells, progress of the products.

    Raises AnimatorError when the folder holds something else or is held by another sweep, and when a disk is
    full.
    """
    started = time.perf_counter()
    ensure_folder(folder / NAME)
    with held(folder), told_when_full(folder):
        built, failed = build(plan)
        ledger = opened(folder, manifest_of(plan, built), orders.force, orders.retry_failed)
        store = Store(store_folder(), orders.use_cache)
        desk = Desk(plan, ledger, store, built, plans.versions(), orders.timeout)
        ledger.update(state="running")
        try:
            for index, reason in failed.items():
                desk.fail(index, Failure(reason))
            warnings = _made(desk, orders, told, progress)
        except BaseException:
            with suppress(OSError, AnimatorError):
                ledger.update(state="interrupted")
            raise
        figures = estimate.measured(ledger.manifest)
        if figures:
            store.keep_figures(figures_key(plan), figures)
    return Outcome(folder, ledger.manifest, time.perf_counter() - started, tuple(warnings))


@contextmanager
def told_when_full(folder: Path) -> Iterator[None]:
    """A full disk, here or where a worker is, becomes a sentence."""
    try:
        yield
    except (Full, OSError, AnimatorError) as error:
        if not isinstance(error, Full) and not is_full(error):
            raise
        here = f"the disk that holds '{folder}' or the cache is full"
        raise AnimatorError(
            f"The sweep stopped because {error if isinstance(error, Full) else here}. What was done is kept: "
            "make room and run the same command again to go on."
        ) from error


def figures_key(plan: Plan) -> str:
    """What the figures of an earlier sweep are kept under."""
    return cache.digest(plan.scene.text, plan.fixed)


def manifest_of(plan: Plan, built: Mapping[int, Built]) -> Manifest:
    """The manifest of a sweep of which nothing is done."""
    about = next(iter(built.values())).about if built else {}
    scene = next(iter(built.values())).scene if built else None
    look = {name: value for name, value in asdict(plan.look).items() if name != "sheet"}
    film = {**look, "seconds": scene.pacing.seconds if scene else 0.0}
    cells = tuple(Cell(c.index, c.name, c.parameters, command=c.command) for c in plan.cells)
    return Manifest(
        plan.scene.name, str(about.get("title", plan.scene.name)), str(about.get("description", "")),
        plan.command, plans.versions(), plan.kind, plan.axes, film,
        {"extent": None, "loss_range": None, "surfaces": 0}, "running", (), cells, plan.fixed,
    )  # fmt: skip


def _made(desk: Desk, orders: Orders, told: Told, progress: Progress) -> list[str]:
    engine: list[Engine] = []

    def at_work(stage: str, jobs: list[Job], take: Take) -> None:
        if jobs and not engine:
            engine.append(open_engine(orders.jobs, orders.cluster, lambda said: progress(said, 0, 0)))
        todo = {index for job in jobs for index in job.cells}

        def tell(running: int) -> None:
            told(_status(stage, desk.ledger, todo, running))

        if jobs:
            carry_out(engine[0], jobs, take, tell)
            tell(0)

    try:
        recordings = Recordings(desk)
        at_work("training", list(recordings.jobs()), recordings.take)
        with cache.within(desk.store.place):
            common = common_of(Films(desk, recordings.names))
        drawings = Drawings(desk, recordings, common)
        at_work("drawing", list(drawings.jobs()), drawings.take)
    finally:
        for one in engine:
            one.close()
    desk.ledger.update(common=_common_said(common, drawings.surfaces()))
    with cache.within(desk.store.place):
        return products(desk, Films(desk, recordings.names, common), progress)


def _status(stage: str, ledger: Ledger, todo: set[int], running: int) -> Status:
    states = [ledger.cell(index).state for index in todo]
    over = ("recorded", "done") if stage == "training" else ("done",)
    done, failed = sum(s in over for s in states), states.count("failed")
    return Status(stage, done, min(running, len(todo) - done - failed), failed, len(todo))


def common_of(films: Mapping[int, Film]) -> Any:
    """The window and the scale that films share; None without films, or where nothing can say it."""
    try:
        common = importlib.import_module("animator.sweep.common")
    except ModuleNotFoundError:
        return None
    return common.of(films) if films else None


def _common_said(common: Any, surfaces: int) -> dict[str, Any]:
    extent, scale = getattr(common, "extent", None), getattr(common, "loss_range", None)
    return {
        "extent": list(extent) if extent is not None else None,
        "loss_range": list(scale) if scale is not None else None,
        "surfaces": surfaces,
    }


def _sheet(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    made: list[Path] = importlib.import_module("animator.sweep.sheet").make(folder, manifest, films, progress)
    return made


def _race(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    made = importlib.import_module("animator.sweep.racing").make(folder, manifest, films, progress)
    return [made] if made is not None else []


def _summary(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    return [importlib.import_module("animator.sweep.summary").make(folder, manifest)]


def _gallery(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    return [importlib.import_module("animator.sweep.gallery").make(folder)]


PRODUCTS: tuple[tuple[str, Product], ...] = (("sheet", _sheet), ("race", _race), ("summary", _summary))
LAST: tuple[str, Product] = ("gallery", _gallery)  # it shows the others


def products(desk: Desk, films: Mapping[int, Film], progress: Progress) -> list[str]:
    """Make what shows all cells, unless it is there; gives a sentence for each that could not be made."""
    ledger = desk.ledger
    shown = [[c.state, c.reason, c.keys.get("film", "")] for c in ledger.manifest.cells]
    key = cache.digest("products 1", shown, ledger.manifest.film, ledger.manifest.title)
    if ledger.manifest.made_from == key and all(ledger.has(name) for name in ledger.manifest.products):
        ledger.update(state="done")
        return []
    made: list[str] = []
    warnings: list[str] = []
    manifest = replace(ledger.manifest, state="done")
    for name, product in PRODUCTS:
        _try(name, product, ledger, manifest, films, progress, made, warnings)
    ledger.update(products=tuple(made), state="done", made_from="")
    _try(*LAST, ledger, ledger.manifest, films, progress, made, warnings)
    ledger.update(products=tuple(made), made_from="" if warnings else key)
    return warnings


def _try(name: str, product: Product, ledger: Ledger, manifest: Manifest, films: Mapping[int, Film],
         progress: Progress, made: list[str], warnings: list[str]) -> None:  # fmt: skip
    """Make one product; what goes wrong there costs no other."""
    try:
        paths = product(ledger.folder, manifest, films, progress)
        made += [path.relative_to(ledger.folder).as_posix() for path in paths]
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("animator.sweep."):
            warnings.append(f"The {name} could not be made: {error}.")
    except AnimatorError as error:
        if is_full(error):
            raise
        warnings.append(f"The {name} could not be made: {error}")
    except Exception as error:
        if is_full(error):
            raise
        warnings.append(f"The {name} could not be made: {type(error).__name__}: {error}.")
