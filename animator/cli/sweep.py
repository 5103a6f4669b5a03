"""What `sweep` and `gallery` do: from typed words to a folder of films, and what is printed on the way."""

import json as json_text
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from animator.cli import wish_options
from animator.cli.progress_bars import cells_shown
from animator.cli.scene_words import refuse_film, scene_file
from animator.cli.sweep_report import plan_facts, plan_text, report
from animator.cli.wish_options import Typed
from animator.core.errors import AnimatorError, SizeError
from animator.design.wishes import read_lang
from animator.films import wish_words

if TYPE_CHECKING:
    from animator.sweeps.plan.estimate import Estimate
    from animator.sweeps.plan.plan import Look, Plan
    from animator.sweeps.run.run import Orders, Outcome

ADDRESS = re.compile(r"tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}")

DIVERGED = 3  # exit code
LONGEST = 10_000_000  # seconds that a cell may take where it has a limit


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """The options of `animator sweep` as they were typed; None where nothing was.

    typed: settings of the films, by their fields.
    """

    output: Path | None = None
    zipped: bool = False
    rows: Path | None = None
    dry_run: bool = False
    jobs: int | None = None
    cluster: str | None = None
    format: str = "mp4"
    fps: float | None = None
    typed: Typed = field(default_factory=dict)
    timeout: float | None = None
    retry_failed: bool = False
    force: bool = False
    use_cache: bool = True
    json: bool = False


def sweep(scene: str, words: list[str], request: SweepRequest) -> int:
    """`animator sweep`: print the plan, make the films, say what came of it; gives the exit code."""
    from animator.sweeps.folder.store import Store, folder
    from animator.sweeps.plan import cell_names, plan
    from animator.sweeps.run import run
    from animator.sweeps.run.context import check_room

    refuse_film(scene)
    look = _look(scene, request)
    orders = _orders(request)
    planned = plan.plan(scene, words, look, request.zipped, request.rows, _command(scene, words, request))
    check_room(planned)
    target = request.output or Path("output") / f"{cell_names.safe(planned.scene.name)}-sweep"
    known = Store(folder()).figures(run.figures_key(planned))
    done, left, trouble = _standing(planned, target, orders)
    figures = _estimate(planned, left, orders.jobs, known)
    out = sys.stderr if request.json else sys.stdout
    who = request.cluster or f"{orders.jobs} job{'s' * (orders.jobs != 1)}"
    out.write(plan_text(planned, target, figures, who, done, trouble) + "\n")
    out.flush()
    if trouble is not None:
        raise trouble
    if request.dry_run:
        if request.json:
            sys.stdout.write(
                json_text.dumps(plan_facts(planned, target, figures) | {"done": done, "left": left}, indent=2)
                + "\n"
            )
        return 0
    with cells_shown() as (told, progress):
        outcome = run.sweep(planned, target, orders, told, progress)
    report(outcome, request.json)
    return exit_code(outcome)


def _look(scene: str, request: SweepRequest) -> "Look":
    """How the films look; a size that they cannot have is answered with one that the scene has room on."""
    from animator.films.build import build
    from animator.films.delivery import settled
    from animator.sweeps.plan import plan
    from animator.sweeps.run.context import proposed

    wishes = wish_options.read(request.typed)
    try:
        return plan.look(request.format, request.fps, **wishes)
    except SizeError:
        if scene.endswith(".h5"):
            raise
        wished = settled(build(scene_file(scene), ())[0], wishes, 1)
        with proposed(wished, wished.pixels, str(wished.style), request.format):
            return plan.look(request.format, request.fps, **wishes)


def exit_code(outcome: "Outcome") -> int:
    """1 when a cell failed or a product could not be made, DIVERGED when all is there and a cell diverged."""
    from animator.sweeps.plan import labels

    if outcome.count("failed") or outcome.warnings:
        return 1
    return DIVERGED if any(map(labels.diverged, outcome.manifest.cells)) else 0


def _orders(request: SweepRequest) -> "Orders":
    from animator.sweeps.run.run import Orders
    from animator.sweeps.sweep import cores

    if request.jobs is not None and request.cluster is not None:
        raise AnimatorError(
            "--jobs counts processes of this machine and --cluster takes those of a cluster, so they cannot "
            "go together. Leave one of them away."
        )
    if request.cluster is not None and not ADDRESS.fullmatch(request.cluster):
        raise AnimatorError(
            f"--cluster {request.cluster!r} is no address of a dask scheduler: it has the form "
            "tcp://HOST:PORT. Use for example --cluster tcp://127.0.0.1:8786."
        )
    if request.jobs is not None and request.jobs < 1:
        raise AnimatorError(
            f"--jobs {request.jobs} cannot be: it must be above 0. Leave --jobs away, or give for example "
            "--jobs 2."
        )
    if request.timeout is not None and not 0 < request.timeout <= LONGEST:
        raise AnimatorError(
            f"--timeout {request.timeout:g} cannot be: it is a number of seconds above 0 and up to "
            f"{LONGEST:,}. Leave --timeout away for no limit, or give for example --timeout 60."
        )
    jobs = request.jobs or cores()
    return Orders(
        jobs=jobs,
        cluster=request.cluster,
        timeout=request.timeout,
        retry_failed=request.retry_failed,
        force=request.force,
        use_cache=request.use_cache,
    )


def _standing(made: "Plan", folder: Path, orders: "Orders") -> tuple[int, int, AnimatorError | None]:
    """(cells that are done in `folder`, cells that are left, why the sweep cannot go there or None)."""
    from animator.sweeps.folder.open_folder import standing
    from animator.sweeps.run.run import manifest_of

    try:
        return *standing(folder, manifest_of(made, {}), orders.force, orders.retry_failed), None
    except AnimatorError as error:
        return 0, len(made.cells), error


def _command(scene: str, words: list[str], request: SweepRequest) -> str:
    """What was typed, files by their names, without what does not change the results."""
    typed = ["animator", "sweep", Path(scene).name if scene.endswith(".py") else scene, *words]
    typed += ["--zip"] if request.zipped else []
    for flag, value, default in (
        ("--rows", request.rows and request.rows.name, None),
        ("--format", request.format, "mp4"),
        ("--fps", None if request.fps is None else f"{request.fps:g}", None),
    ):
        typed += [flag, str(value)] if value != default else []
    wishes = wish_options.read(request.typed)
    style = str(wishes.get("style", ""))
    wishes |= {"style": Path(style).name} if Path(style).suffix else {}
    return shlex.join([*typed, *wish_words.typed(wishes)])


def _estimate(made: "Plan", cells: int, jobs: int, known: dict[str, float]) -> "Estimate":
    from animator.sweeps.plan.estimate import estimate
    from animator.sweeps.run.context import first_seconds

    return estimate(cells, made.look, first_seconds(made), jobs, known)


def gallery(folder: Path, lang: str | None = None) -> None:
    """`animator gallery`: build the page of a folder of films again."""
    if not folder.is_dir():
        raise AnimatorError(
            f"There is no folder '{folder}'. Give a folder of films, such as output/neuron-sweep."
        )
    from animator.sweeps.folder import manifest
    from animator.sweeps.gallery import gallery_folder, gallery_page

    page = gallery_page.make(folder, read_lang(lang))
    odd = [] if (folder / manifest.NAME).is_file() else gallery_folder.unreadable(folder)
    if odd:
        sys.stderr.write(
            f"animator: left out, being damaged or no films: {', '.join(odd)}. Render them again.\n"
        )
    sys.stdout.write(f"{page}\n")
