"""A whole sweep: every cell trained, one window and one scale, every film drawn, and what they make together.

In: a Plan and a folder. Out: the folder, whole or as far as it got; run again, it goes on.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, is_full
from animator.core.language import shown
from animator.core.progress import Progress, quiet
from animator.films import wish_words
from animator.sweeps.folder.lock import held
from animator.sweeps.folder.manifest import NAME, Cell, Manifest
from animator.sweeps.folder.open_folder import opened
from animator.sweeps.folder.store import Store
from animator.sweeps.folder.store import folder as store_folder
from animator.sweeps.plan import estimate
from animator.sweeps.plan import plan as plans
from animator.sweeps.plan.plan import Plan
from animator.sweeps.run import background_product, shared_limits
from animator.sweeps.run.context import Built, Full, SweepContext, build, seconds_of
from animator.sweeps.run.executors import Engine, open_engine
from animator.sweeps.run.products import ALL, Products
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
    """How a sweep is made, which does not change what it makes.

    Parameters
    ----------
    jobs
        How many worker processes on this machine.
    cluster
        The address of a dask scheduler, whose workers are used in their place.
    timeout
        Seconds that a cell may take in each stage: to be trained, to have its surface cut, to be drawn.
    retry_failed
        Try cells again that failed before.
    force
        Begin anew in a folder that holds another sweep.
    use_cache
        Whether recordings and surfaces may come from the cache.
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
Opener = Callable[[int, str | None, Callable[[str], None]], Engine]  # of jobs, cluster, and who hears


def sweep(
    plan: Plan,
    folder: Path,
    orders: Orders,
    told: Told = lambda status: None,
    progress: Progress = quiet,
    *,
    products: Products = ALL,
    engine: Opener = open_engine,
) -> Outcome:
    """Make a sweep, or go on with it.

    Parameters
    ----------
    plan
        All that decides the results.
    folder
        Where they go.
    orders
        How it is made.
    told, progress
        Hear how far the cells are, and the products.
    products
        What is made of all films.
    engine
        What gives the workers.

    Returns
    -------
    Outcome
        The manifest, the seconds it took, and sentences about what could not be made.

    Raises
    ------
    AnimatorError
        When the folder holds something else or is held by another sweep, and when a disk is full.
    """
    started = time.perf_counter()
    ensure_folder(folder / NAME)
    with told_when_full(folder), held(folder), threadpool_limits(1, "blas"):  # as in workers
        built, failed = build(plan)
        ledger = opened(folder, manifest_of(plan, built), orders.force, orders.retry_failed)
        store = Store(store_folder(), orders.use_cache)
        context = SweepContext(plan, ledger, store, built, plans.versions(), orders.timeout)
        try:
            ledger.update(state="running")
            for index, reason in failed.items():
                context.fail(index, Failure(reason))
            workers = _Workers(context, orders, told, progress, engine)
            warnings = _made(context, workers, products, progress)
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
    look = plan.look
    title, description = plan.scene.name, ""
    if first is not None:
        with first.scene.speaking():
            title = shown(first.scene.title) or title
            description = shown(first.scene.description)
    return Manifest(
        scene=plan.scene.name,
        title=title,
        description=description,
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
            "seconds": seconds_of(first.scene) if first else 0.0,
            "lang": look.lang,
            "wishes": wish_words.typed(look.wishes),
        },
        common=shared_limits.said(None, surfaces=0),
        state="running",
        products=(),
        cells=tuple(Cell(c.index, c.name, c.parameters, command=c.command) for c in plan.cells),
        fixed=plan.fixed,
    )


def _made(context: SweepContext, workers: "_Workers", products: Products, progress: Progress) -> list[str]:
    """All stages, one after the other; gives sentences about products that could not be made."""
    with workers:
        recordings = Recordings(context)
        workers.do("training", recordings.jobs())
        with cache.within(context.store.place):
            window = shared_limits.window_of(context.films())
        views = Views(context, window)
        surfaces = Surfaces(views)
        with context.ledger.at_once():
            cuts = list(surfaces.jobs())
        workers.do("surfaces", cuts)
        with cache.within(context.store.place):
            spans = {cell.index: cell.spans for cell in context.ledger.manifest.cells}
            common = shared_limits.with_scale(window, context.films(), spans)
        drawings = Drawings(views, common)
        jobs = list(drawings.jobs())
        early = products.first.get("sheet") if jobs else None
        with background_product.beside(views, common, early, progress) as sheet:
            workers.do("drawing", jobs)
        if not products.are_there(context.ledger):
            workers.do("surfaces", surfaces.jobs(needed=True))
    context.ledger.update(common=shared_limits.said(common, views.count()))
    with cache.within(context.store.place):
        return products.make(context.ledger, context.films(common), progress, sheet)


class _Workers:
    """The engine, opened with the first job; closed with the context, whatever happens."""

    def __init__(
        self, context: SweepContext, orders: Orders, told: Told, progress: Progress, opener: Opener
    ) -> None:
        self._context = context
        self._orders = orders
        self._told = told
        self._progress = progress
        self._opener = opener
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
            states = [self._context.ledger.cell(index).state for index in {job.cell for job in over}]
            failed = states.count("failed")
            self._told(
                Status(stage, done=len(states) - failed, running=running, failed=failed, total=len(cells))
            )

        if not todo:
            return
        if self._engine is None:
            orders = self._orders
            self._engine = self._opener(orders.jobs, orders.cluster, lambda said: self._progress(said, 0, 0))
            if stage == "training":
                self._engine.warm(len(todo))
        carry_out(self._engine, todo, tell)
