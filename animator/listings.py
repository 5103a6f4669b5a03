"""What `info`, `scenes` and `verify` print: tables for people, JSON for programs."""

import json as json_text
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animator.errors import AnimatorError

if TYPE_CHECKING:
    from animator.showing import Shown


def scenes(as_json: bool) -> None:
    """`animator scenes`: the bundled films, their descriptions and parameters."""
    from animator import library

    files = [library.bundled(name) for name in library.names()]
    if as_json:
        rows = [{"name": f.name, "description": f.description,
                 "parameters": {p.name: p.default for p in f.parameters}} for f in files]  # fmt: skip
        sys.stdout.write(json_text.dumps({"scenes": rows}, indent=2) + "\n")
        return
    for file in files:
        sys.stdout.write(f"{file.name}\n    {file.description}\n")
        for parameter in file.parameters:
            sys.stdout.write(f"      {parameter.describe()}\n")


def info(path: Path, as_json: bool) -> None:
    """`animator info`: what a recording, a film or the folder of a sweep is."""
    if path.is_dir():
        rows = _sweep(path)
    elif not path.is_file():
        raise AnimatorError(f"There is no file '{path}'. Give the path of a recording or a film.")
    else:
        rows = _recording(path) if path.suffix == ".h5" else _film(path)
    if as_json:
        sys.stdout.write(json_text.dumps(rows, indent=2) + "\n")
        return
    width = max(len(key) for key in rows)
    for key, value in rows.items():
        if value not in (None, "", {}, []):
            text = json_text.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
            text = " ".join(value) if isinstance(value, list) else text
            sys.stdout.write(f"{key.replace('_', ' '):<{width}}  {text}\n")


def _sweep(path: Path) -> dict[str, Any]:
    """How far the sweep in a folder is."""
    from animator.sweep import manifest

    if not (path / manifest.NAME).is_file():
        raise AnimatorError(
            f"'{path}' is a folder, and no sweep is in it. Give a file, such as one of its films, or make a "
            f"page of them with animator gallery {path}."
        )
    found = manifest.read(path)
    states = [cell.state for cell in found.cells]
    return {
        "path": str(path), "format": "animator sweep", "state": found.state, "scene": found.scene,
        "title": found.title, "cells": len(states),
        **{state: states.count(state) for state in manifest.STATES},
        "failures": {cell.name: cell.reason for cell in found.cells if cell.state == "failed"},
        "products": list(found.products), "command": found.command,
    }  # fmt: skip


def _film(path: Path) -> dict[str, Any]:
    from animator.encoders import inspect

    found = inspect(path)
    rows: dict[str, Any] = {k: v for k, v in asdict(found).items() if k != "metadata"}
    rows["path"] = str(path)
    if found.metadata is not None:
        rows |= asdict(found.metadata)
        rows["details"] = dict(found.metadata.details)
    return rows


def _recording(path: Path) -> dict[str, Any]:
    from animator.commands import finite
    from animator.recording import load

    run = load(path)
    notes = run.meta.get("notes") or {}
    parameters = " ".join(f"{k}={v}" for k, v in (notes.get("parameters") or {}).items())
    made = f"animator record {notes['scene']} {parameters}" if "scene" in notes else ""
    return {
        "path": str(path),
        "format": "animator recording",
        "finished": run.finished,
        "steps": run.steps,
        "parameters": run.weights.shape[1],
        "initial_loss": finite(run.loss[0]) if len(run.loss) else None,
        "final_loss": finite(run.loss[-1]) if len(run.loss) else None,
        "optimizer": run.meta.get("optimizer"),
        "seed": run.meta.get("seed"),
        "versions": run.meta.get("versions"),
        "bytes": path.stat().st_size,
        "title": notes.get("title"),
        "description": notes.get("description"),
        "command": made.strip(),
    }


def verify(as_json: bool) -> int:
    """`animator verify`: each closed form with what was expected and what came; 1 if any fails."""
    from rich.console import Console
    from rich.table import Table

    from animator.display import shown
    from animator.keras_start import start
    from animator.verify import checks

    with shown() as progress:
        start(sparing=True)
        found = list(checks(progress))
    if as_json:
        sys.stdout.write(json_text.dumps({"checks": [asdict(c) for c in found]}, indent=2) + "\n")
    else:
        table = Table(box=None, pad_edge=False)
        for name in ("check", "expected", "got", "tolerance", ""):
            table.add_column(name, justify="left" if name in ("check", "") else "right")
        for c in found:
            table.add_row(c.name, f"{c.expected:.7g}", f"{c.got:.7g}", f"{c.tolerance:.0e}",
                          "ok" if c.passed else "FAILED")  # fmt: skip
        Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(table)
    return 0 if all(c.passed for c in found) else 1


def made(target: Path, films: "list[Shown]", warning: str = "") -> None:
    """Say what `target` holds now; a warning goes to stderr."""
    if warning:
        sys.stderr.write(f"animator: {warning}\n")
    names = ", ".join(film.path.name for film in films)
    sys.stdout.write(f"{target}  {len(films)} film{'s' * (len(films) != 1)}: {names}\n")
