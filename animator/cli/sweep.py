"""What `sweep` and `gallery` do: from typed words to a folder of films, and what is printed on the way."""

import json as json_text
import os
import re
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animator.cli.progress_bars import cells_shown
from animator.cli.render_request import pixels
from animator.cli.scene_words import refuse_film, scene_file
from animator.cli.terminal import one_line
from animator.core.errors import AnimatorError, SizeError
from animator.core.formatting import bytes_text, duration

if TYPE_CHECKING:
    from animator.sweeps.plan.estimate import Estimate
    from animator.sweeps.plan.plan import Look, Plan
    from animator.sweeps.run.run import Outcome

ADDRESS = re.compile(r"tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}")

DIVERGED = 3  # exit code
LONGEST = 10_000_000  # seconds that a cell may take where it has a limit


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `animator sweep` as they were typed; None where nothing was."""

    output: Path | None = None
    zipped: bool = False
    rows: Path | None = None
    dry_run: bool = False
    jobs: int | None = None
    cluster: str | None = None
    format: str = "mp4"
    quality: str | None = None
    size: str | None = None
    fps: float | None = None
    style: str = "dark"
    timeout: float | None = None
    retry_failed: bool = False
    force: bool = False
    use_cache: bool = True
    json: bool = False


def sweep(scene: str, words: list[str], asked: Asked) -> int:
    """`animator sweep`: print the plan, make the films, say what came of it; gives the exit code."""
    from animator.sweeps.folder.store import Store, folder
    from animator.sweeps.plan import cell_names, plan
    from animator.sweeps.run import run
    from animator.sweeps.run.context import check_room

    refuse_film(scene)
    look = _look(scene, pixels(asked.quality, asked.size), asked)
    orders = _orders(asked)
    made = plan.plan(scene, words, look, asked.zipped, asked.rows, _command(scene, words, asked))
    check_room(made)
    target = asked.output or Path("output") / f"{cell_names.safe(made.scene.name)}-sweep"
    known = Store(folder()).figures(run.figures_key(made))
    done, left, trouble = _standing(made, target, orders)
    figures = _estimate(made, left, orders.jobs, known)
    out = sys.stderr if asked.json else sys.stdout
    who = asked.cluster or f"{orders.jobs} job{'s' * (orders.jobs != 1)}"
    out.write(said(made, target, figures, who, done, trouble) + "\n")
    out.flush()
    if trouble is not None:
        raise trouble
    if asked.dry_run:
        if asked.json:
            sys.stdout.write(
                json_text.dumps(_planned(made, target, figures) | {"done": done, "left": left}, indent=2)
                + "\n"
            )
        return 0
    with cells_shown() as (told, progress):
        outcome = run.sweep(made, target, orders, told, progress)
    _report(outcome, asked.json)
    return exit_code(outcome)


def _look(scene: str, size: tuple[int, int] | None, asked: Asked) -> "Look":
    """How the films look; a size that they cannot have is answered with one that the scene has room on."""
    from animator.films.build import build
    from animator.sweeps.plan import plan
    from animator.sweeps.run.context import proposed

    try:
        return plan.look(asked.format, size, asked.fps, asked.style)
    except SizeError:
        if scene.endswith(".h5"):
            raise
        with proposed(build(scene_file(scene), ())[0], size, asked.style, asked.format):
            return plan.look(asked.format, size, asked.fps, asked.style)


def exit_code(outcome: "Outcome") -> int:
    """1 when a cell failed or a product could not be made, DIVERGED when all is there and a cell diverged."""
    from animator.sweeps.plan import labels

    if outcome.count("failed") or outcome.warnings:
        return 1
    return DIVERGED if any(map(labels.diverged, outcome.manifest.cells)) else 0


def _orders(asked: Asked) -> Any:
    from animator.sweeps.run.run import Orders

    if asked.jobs is not None and asked.cluster is not None:
        raise AnimatorError(
            "--jobs counts processes of this machine and --cluster takes those of a cluster, so they cannot "
            "go together. Leave one of them away."
        )
    if asked.cluster is not None and not ADDRESS.fullmatch(asked.cluster):
        raise AnimatorError(
            f"--cluster {asked.cluster!r} is no address of a dask scheduler: it has the form "
            "tcp://HOST:PORT. Use for example --cluster tcp://127.0.0.1:8786."
        )
    if asked.jobs is not None and asked.jobs < 1:
        raise AnimatorError(
            f"--jobs {asked.jobs} cannot be: it must be above 0. Leave --jobs away, or give for example "
            "--jobs 2."
        )
    if asked.timeout is not None and not 0 < asked.timeout <= LONGEST:
        raise AnimatorError(
            f"--timeout {asked.timeout:g} cannot be: it is a number of seconds above 0 and up to "
            f"{LONGEST:,}. Leave --timeout away for no limit, or give for example --timeout 60."
        )
    jobs = asked.jobs or _cores()
    return Orders(jobs, asked.cluster, asked.timeout, asked.retry_failed, asked.force, asked.use_cache)


def _standing(made: "Plan", folder: Path, orders: Any) -> tuple[int, int, AnimatorError | None]:
    """(cells that are done in `folder`, cells that are left, why the sweep cannot go there or None)."""
    from animator.sweeps.folder.open_folder import standing
    from animator.sweeps.run.run import manifest_of

    try:
        return *standing(folder, manifest_of(made, {}), orders.force, orders.retry_failed), None
    except AnimatorError as error:
        return 0, len(made.cells), error


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _command(scene: str, words: list[str], asked: Asked) -> str:
    """What was typed, files by their names, without what does not change the results."""
    said = ["animator", "sweep", Path(scene).name if scene.endswith(".py") else scene, *words]
    said += ["--zip"] if asked.zipped else []
    for flag, value, default in (
        ("--rows", asked.rows and asked.rows.name, None), ("--format", asked.format, "mp4"),
        ("--quality", asked.quality, None), ("--size", asked.size, None),
        ("--fps", None if asked.fps is None else f"{asked.fps:g}", None),
        ("--style", Path(asked.style).name if Path(asked.style).suffix else asked.style, "dark"),
    ):  # fmt: skip
        said += [flag, str(value)] if value != default else []
    return shlex.join(said)


def _estimate(made: "Plan", cells: int, jobs: int, known: dict[str, Any]) -> "Estimate":
    from animator.sweeps.plan.estimate import estimate
    from animator.sweeps.run.context import first_seconds

    return estimate(cells, made.look, first_seconds(made), jobs, known)


def said(made: "Plan", folder: Path, figures: "Estimate", who: str, done: int = 0,
         trouble: AnimatorError | None = None) -> str:  # fmt: skip
    """The plan in words. done: cells that are there already; trouble: why the folder cannot be used."""
    import shutil

    axes = "\n".join(f"  {axis.name}: {_some(axis.values)}" for axis in made.axes)
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.is_dir())
    free = shutil.disk_usage(place).free
    look = made.look
    guess = "" if figures.measured else " (a guess: no sweep of this scene was measured here yet)"
    kept = f"  {done:,} of {len(made.cells):,} cells are there already\n" if done else ""
    taken = "" if trouble is None else ", which holds something else"
    lacking = "" if figures.bytes <= free else ": too few, so make room or give -o a folder on another disk"
    return (
        f"{made.scene.name}: {made.shape}, {look.format}, {look.width}x{look.height}, {look.fps:g} "
        "frames a second\n"
        f"{axes}\n{kept}"
        f"  about {duration(figures.seconds)} by {who}, and {bytes_text(figures.bytes)} on disk, where "
        f"{bytes_text(free)} are free{lacking}{guess}\n"
        f"  to {folder}{taken}"
    )


def _some(values: tuple[Any, ...]) -> str:
    from animator.design.parameters import written
    from animator.sweeps.folder.open_folder import counted

    texts = [f"{v:.6g}" if isinstance(v, float) else written(v) for v in values]
    if len(texts) > 8:
        texts = [*texts[:4], "...", *texts[-2:]]
    return f"{counted(values)}: {' '.join(texts)}"


def _planned(made: "Plan", folder: Path, figures: "Estimate") -> dict[str, Any]:
    return {
        "folder": str(folder), "scene": made.scene.name, "kind": made.kind, "command": made.command,
        "axes": [{"name": axis.name, "values": list(axis.values)} for axis in made.axes],
        "cells": [{"name": cell.name, "parameters": dict(cell.parameters), "command": cell.command}
                  for cell in made.cells],
        "estimate": asdict(figures),
    }  # fmt: skip


def _report(outcome: "Outcome", as_json: bool) -> None:
    from animator.sweeps.plan import labels

    manifest = outcome.manifest
    for warning in outcome.warnings:
        sys.stderr.write(f"animator: {warning}\n")
    failed = [cell for cell in manifest.cells if cell.state == "failed"]
    diverged = [cell for cell in manifest.cells if labels.diverged(cell)]
    if as_json:
        report = {
            "folder": str(outcome.folder), "cells": len(manifest.cells), "done": outcome.count("done"),
            "failed": [{"name": c.name, "reason": c.reason, "log": c.log} for c in failed],
            "diverged": [{"name": c.name, "step": c.results["not_finite_at"]} for c in diverged],
            "products": list(manifest.products), "manifest": "manifest.json", "results": "results.csv",
            "warnings": list(outcome.warnings), "seconds": round(outcome.seconds, 3),
        }  # fmt: skip
        sys.stdout.write(json_text.dumps(report, indent=2) + "\n")
        return
    for cell in failed:
        sys.stdout.write(f"failed: {cell.name}: {one_line(cell.reason)}\n")
    if diverged:
        sys.stdout.write(
            f"diverged: {len(diverged)} of {len(manifest.cells)} cells, such as {diverged[0].name} at step "
            f"{diverged[0].results['not_finite_at']}. Their films show how.\n"
        )
    if failed:
        sys.stdout.write("Try the failed ones again with --retry-failed.\n")
    done = outcome.count("done")
    sys.stdout.write(
        f"{outcome.folder}  {done} film{'s' * (done != 1)}, {len(failed)} failed, in "
        f"{duration(outcome.seconds)}: {' '.join(['results.csv', *manifest.products])}\n"
    )


def gallery(folder: Path) -> None:
    """`animator gallery`: build the page of a folder of films again."""
    if not folder.is_dir():
        raise AnimatorError(
            f"There is no folder '{folder}'. Give a folder of films, such as output/neuron-sweep."
        )
    from animator.sweeps.folder import manifest
    from animator.sweeps.gallery import gallery_folder, gallery_page

    page = gallery_page.make(folder)
    odd = [] if (folder / manifest.NAME).is_file() else gallery_folder.unreadable(folder)
    if odd:
        sys.stderr.write(
            f"animator: left out, being damaged or no films: {', '.join(odd)}. Render them again.\n"
        )
    sys.stdout.write(f"{page}\n")
