"""What `info`, `scenes` and `verify` print: tables for people, JSON for programs."""

import json as json_text
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from animator.cli.terminal import one_line, raw

if TYPE_CHECKING:
    from animator.publish.film_files import FilmFile


def scenes(as_json: bool) -> None:
    """`animator scenes`: the bundled films, their descriptions and parameters."""
    from animator.design import scene_files

    files = [scene_files.bundled(name) for name in scene_files.names()]
    if as_json:
        rows = [
            {
                "name": f.name,
                "description": f.description,
                "parameters": {p.name: p.default for p in f.parameters},
            }
            for f in files
        ]
        sys.stdout.write(json_text.dumps({"scenes": rows}, indent=2) + "\n")
        return
    for file in files:
        sys.stdout.write(f"{file.name}\n    {file.description}\n")
        for parameter in file.parameters:
            sys.stdout.write(f"      {parameter.describe()}\n")


def info(path: Path, as_json: bool) -> None:
    """`animator info`: what a recording, a film or the folder of a sweep is."""
    from animator.cli.info import facts

    rows, lines = facts(path)
    if as_json:
        sys.stdout.write(json_text.dumps(rows, indent=2) + "\n")
        return
    width = max(len(name) for name, _ in lines)
    for name, text in lines:
        sys.stdout.write(f"{name:<{width}}  {one_line(text)}\n")


def verify(as_json: bool) -> int:
    """`animator verify`: each closed form with what was expected and what came; 1 if any fails."""
    from rich.console import Console
    from rich.table import Table

    from animator.cli.progress_bars import shown
    from animator.training.keras_startup import start

    with shown() as progress:
        start(sparing=True)
        from animator.cli.verify import checks  # which brings Keras along

        results = list(checks(progress))
    if as_json:
        sys.stdout.write(json_text.dumps({"checks": [asdict(c) for c in results]}, indent=2) + "\n")
    else:
        table = Table(box=None, pad_edge=False)
        for name in ("check", "expected", "got", "tolerance", ""):
            table.add_column(name, justify="left" if name in ("check", "") else "right")
        for c in results:
            table.add_row(
                c.name,
                f"{c.expected:.7g}",
                f"{c.got:.7g}",
                f"{c.tolerance:.0e}",
                "ok" if c.passed else "FAILED",
            )
        Console(file=raw(sys.stdout), width=None if sys.stdout.isatty() else 140, highlight=False).print(
            table
        )
    return 0 if all(c.passed for c in results) else 1


def made(target: Path, films: "list[FilmFile]", warning: str = "") -> None:
    """Say what `target` holds now; a warning goes to stderr."""
    if warning:
        sys.stderr.write(f"animator: {warning}\n")
    names = one_line(", ".join(film.path.name for film in films))
    sys.stdout.write(f"{target}  {len(films)} film{'s' * (len(films) != 1)}: {names}\n")
