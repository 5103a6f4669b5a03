"""What `animator sweep` prints: its plan, and what came of it; for people or as JSON."""

import json as json_text
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from animator.cli.terminal import one_line
from animator.core.errors import AnimatorError
from animator.core.formatting import bytes_text, duration

if TYPE_CHECKING:
    from animator.sweeps.folder.manifest import Cell
    from animator.sweeps.plan.estimate import Estimate
    from animator.sweeps.plan.plan import Plan
    from animator.sweeps.run.run import Outcome


def plan_text(
    made: "Plan",
    folder: Path,
    figures: "Estimate",
    who: str,
    done: int = 0,
    trouble: AnimatorError | None = None,
) -> str:
    """The plan in words. done: cells that are there already; trouble: why the folder cannot be used."""
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


def _some(values: tuple[object, ...]) -> str:
    from animator.design.parameters import written
    from animator.sweeps.folder.open_folder import counted

    texts = [f"{v:.6g}" if isinstance(v, float) else written(v) for v in values]
    if len(texts) > 8:
        texts = [*texts[:4], "...", *texts[-2:]]
    return f"{counted(values)}: {' '.join(texts)}"


def plan_facts(made: "Plan", folder: Path, figures: "Estimate") -> dict[str, object]:
    """The plan as JSON."""
    return {
        "folder": str(folder),
        "scene": made.scene.name,
        "kind": made.kind,
        "command": made.command,
        "axes": [{"name": axis.name, "values": list(axis.values)} for axis in made.axes],
        "cells": [
            {"name": cell.name, "parameters": dict(cell.parameters), "command": cell.command}
            for cell in made.cells
        ],
        "estimate": asdict(figures),
    }


def report(outcome: "Outcome", as_json: bool) -> None:
    """Print what came of a sweep; its warnings go to stderr."""
    for warning in outcome.warnings:
        sys.stderr.write(f"animator: {warning}\n")
    if as_json:
        sys.stdout.write(json_text.dumps(_outcome_facts(outcome), indent=2) + "\n")
    else:
        sys.stdout.write(_outcome_text(outcome))


def _failed_and_diverged(outcome: "Outcome") -> "tuple[list[Cell], list[Cell]]":
    """The cells that failed, and those whose loss stopped being finite."""
    from animator.sweeps.plan import labels

    cells = outcome.manifest.cells
    return [cell for cell in cells if cell.state == "failed"], [c for c in cells if labels.diverged(c)]


def _outcome_facts(outcome: "Outcome") -> dict[str, object]:
    """What --json prints of a sweep."""
    failed, diverged = _failed_and_diverged(outcome)
    return {
        "folder": str(outcome.folder),
        "cells": len(outcome.manifest.cells),
        "done": outcome.count("done"),
        "failed": [{"name": c.name, "reason": c.reason, "log": c.log} for c in failed],
        "diverged": [{"name": c.name, "step": c.results["not_finite_at"]} for c in diverged],
        "products": list(outcome.manifest.products),
        "manifest": "manifest.json",
        "results": "results.csv",
        "warnings": list(outcome.warnings),
        "seconds": round(outcome.seconds, 3),
    }


def _outcome_text(outcome: "Outcome") -> str:
    """A line for each cell that failed, for what diverged, and for the folder."""
    failed, diverged = _failed_and_diverged(outcome)
    cells, done = len(outcome.manifest.cells), outcome.count("done")
    lines = [f"failed: {cell.name}: {one_line(cell.reason)}" for cell in failed]
    if diverged:
        first = diverged[0]
        lines.append(
            f"diverged: {len(diverged)} of {cells} cells, such as {first.name} at step "
            f"{first.results['not_finite_at']}. Their films show how."
        )
    if failed:
        lines.append("Try the failed ones again with --retry-failed.")
    products = " ".join(["results.csv", *outcome.manifest.products])
    lines.append(
        f"{outcome.folder}  {done} film{'s' * (done != 1)}, {len(failed)} failed, in "
        f"{duration(outcome.seconds)}: {products}"
    )
    return "".join(f"{line}\n" for line in lines)
