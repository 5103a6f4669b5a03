"""A whole sweep: every cell trained, one window and one scale, every film drawn, and what they make together.

In: a Plan and a folder. Out: the folder, whole or as far as it got; run again, it goes on.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, is_full
from animator.core.progress import Progress, quiet
from animator.films.film import Film
from animator.sweeps.folder import product_state
from animator.sweeps.folder.ledger import Ledger
from animator.sweeps.folder.lock import held
from animator.sweeps.folder.manifest import NAME, Cell, Manifest
from animator.sweeps.folder.open_folder import drop_pages, opened
from animator.sweeps.folder.store import Store
from animator.sweeps.folder.store import folder as store_folder
from animator.sweeps.plan import estimate
from animator.sweeps.plan import plan as plans
from animator.sweeps.plan.plan import Plan
from animator.sweeps.run import background_product, shared_limits
from animator.sweeps.run.background_product import Early, Product
from animator.sweeps.run.context import Built, Desk, Films, Full, build
from animator.sweeps.run.executors import Engine, open_engine
from animator.sweeps.run.record_stage import Recordings
from animator.sweeps.run.render_stages import Drawings, Surfaces, Views
from animator.sweeps.run.scheduler import Job, carry_out
from animator.sweeps.run.tasks import Failure


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
    """How a sweep is made, which does not change what it makes. timeout: seconds a cell may take in each
    stage: to be trained, to have its surface cut, to be drawn.
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
    with told_when_full(folder), held(folder), threadpool_limits(1, "blas"):  # as in workers
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
    return cache.digest("figures 2", plan.scene.text, plan.fixed)


def manifest_of(plan: Plan, built: Mapping[int, Built]) -> Manifest:
    """The manifest of a sweep of which nothing is done."""
    first = next(iter(built.values()), None)
    about = first.about if first else {}
    look = plan.look
    return Manifest(
        scene=plan.scene.name,
        title=str(about.get("title", plan.scene.name)),
        description=str(about.get("description", "")),
        command=plan.command,
        versions=plans.versions(),
        kind=plan.kind,
        axes=plan.axes,
        film={
            "format": look.format,
            "width": look.width,
            "height": look.height,
            "fps": look.fps,
            "style": look.style,
            "seconds": first.scene.pacing.seconds if first else 0.0,
        },
        common=shared_limits.said(None, surfaces=0),
        state="running",
        products=(),
        cells=tuple(Cell(c.index, c.name, c.parameters, command=c.command) for c in plan.cells),
        fixed=plan.fixed,
    )


def _made(desk: Desk, orders: Orders, told: Told, progress: Progress) -> list[str]:
    """All stages, one after the other; gives sentences about products that could not be made."""
    with _Workers(desk, orders, told, progress) as workers:
        recordings = Recordings(desk)
        workers.do("training", recordings.jobs())
        with cache.within(desk.store.place):
            window = shared_limits.window_of(Films(desk))
        views = Views(desk, window)
        surfaces = Surfaces(views)
        with desk.ledger.at_once():
            cuts = list(surfaces.jobs())
        workers.do("surfaces", cuts)
        with cache.within(desk.store.place):
            spans = {cell.index: cell.spans for cell in desk.ledger.manifest.cells}
            common = shared_limits.with_scale(window, Films(desk), spans)
        drawings = Drawings(views, common)
        jobs = list(drawings.jobs())
        with background_product.beside(
            views, common, dict(PRODUCTS).get("sheet") if jobs else None, progress
        ) as sheet:
            workers.do("drawing", jobs)
        if not products_are_there(desk.ledger):
            workers.do("surfaces", surfaces.jobs(needed=True))
    desk.ledger.update(common=shared_limits.said(common, views.count()))
    with cache.within(desk.store.place):
        return products(desk, Films(desk, common), progress, sheet)


class _Workers:
    """The engine, opened with the first job; closed with the context, whatever happens."""

    def __init__(self, desk: Desk, orders: Orders, told: Told, progress: Progress) -> None:
        self._desk, self._orders, self._told, self._progress = desk, orders, told, progress
        self._engine: Engine | None = None

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._engine is not None:
            self._engine.close()

    def do(self, stage: str, jobs: Iterable[Job]) -> None:
        """Have `jobs` done, and tell how far they are."""
        todo = list(jobs)
        cells = {job.cell for job in todo}

        def tell(running: int, over: Collection[Job]) -> None:
            states = [self._desk.ledger.cell(index).state for index in {job.cell for job in over}]
            failed = states.count("failed")
            self._told(
                Status(stage, done=len(states) - failed, running=running, failed=failed, total=len(cells))
            )

        if not todo:
            return
        if self._engine is None:
            orders = self._orders
            self._engine = open_engine(orders.jobs, orders.cluster, lambda said: self._progress(said, 0, 0))
            if stage == "training":
                self._engine.warm(len(todo))
        carry_out(self._engine, todo, tell)


def _sheet(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.sheet import sheet

    return sheet.make(folder, manifest, films, progress)


def _race(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.figure import race

    made = race.make(folder, manifest, films, progress)
    return [made] if made is not None else []


def _summary(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.figure import summary

    return [summary.make(folder, manifest)]


def _gallery(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.gallery import gallery_page

    return [gallery_page.make(folder)]


PRODUCTS: tuple[tuple[str, Product], ...] = (("sheet", _sheet), ("race", _race), ("summary", _summary))
LAST: tuple[str, Product] = ("gallery", _gallery)  # it shows the others


def products_are_there(ledger: Ledger) -> bool:
    """Whether all products are in the folder, whole, made from the films that are there."""
    return product_state.are_there(ledger, [name for name, _ in (*PRODUCTS, LAST)])


def products(desk: Desk, films: Mapping[int, Film], progress: Progress,
             sheet: Early | None = None) -> list[str]:  # fmt: skip
    """Make what shows all cells, where it is not there; gives a sentence for each that could not be made.

    sheet: the contact sheet, where it was made already.
    """
    ledger = desk.ledger
    if products_are_there(ledger):
        ledger.update(state="done")
        return []
    warnings: list[str] = []
    manifest = replace(ledger.manifest, state="done")
    ready = sheet.paths(background_product.about(manifest)) if sheet is not None else None
    for name, product in PRODUCTS:
        if name == "sheet" and ready is not None:
            product_state.keep(ledger, name, ready)
        elif not product_state.is_there(ledger, name):
            _try(name, product, ledger, manifest, films, progress, warnings)
    made = product_state.names(ledger, dict(PRODUCTS))
    drop_pages(ledger.folder, made)
    if not warnings:
        product_state.drop_older(ledger, made)
    ledger.update(products=made, state="done")
    _try(*LAST, ledger, ledger.manifest, films, progress, warnings)
    return warnings


def _try(name: str, product: Product, ledger: Ledger, manifest: Manifest, films: Mapping[int, Film],
         progress: Progress, warnings: list[str]) -> None:  # fmt: skip
    """Make one product; what goes wrong there costs no other."""
    try:
        product_state.keep(ledger, name, product(ledger.folder, manifest, films, progress))
    except AnimatorError as error:
        if is_full(error):
            raise
        warnings.append(f"The {name} could not be made: {error}")
    except Exception as error:
        if is_full(error):
            raise
        warnings.append(f"The {name} could not be made: {type(error).__name__}: {error}.")
