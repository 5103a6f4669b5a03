"""What a file or a folder is, for `animator info`: rows for programs, and lines for people.

In: a path. Out: rows by name, as JSON holds them; and (name, text) pairs with units, where all that belongs
together adds up: frames, frames a second and seconds.
"""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from animator.core.errors import AnimatorError
from animator.core.formatting import finite
from animator.design.parameters import written
from animator.encoding import FilmInfo, inspect
from animator.encoding.inspect_file import vector

Rows = dict[str, Any]  # as JSON holds them
Lines = list[tuple[str, str]]
CODECS = {"hevc": "h265 (hevc)"}  # as --codec calls them
VECTORS = (".svg", ".pdf")


def facts(path: Path) -> tuple[Rows, Lines]:
    """The rows and the lines of what lies at `path`; AnimatorError when nothing does, or nothing known."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise AnimatorError(f"There is no file '{path}'. Give the path of a recording or a film.")
    if path.suffix == ".h5":
        rows = _recording(path)
        return rows, _lines(rows, RECORDING)
    if path.suffix.lower() in VECTORS:
        rows = {"path": str(path), **vector(path)}
        return rows, _lines(rows, FILM)
    return _film(path)


def _film(path: Path) -> tuple[Rows, Lines]:
    found = inspect(path)
    rows: Rows = {k: v for k, v in asdict(found).items() if k != "metadata"}
    rows |= {"path": str(path), "unit": "pixels", "frames_shown": _shown(found), **_said(found)}
    return rows, _lines(rows, FILM)


def _said(found: FilmInfo) -> Rows:
    if found.metadata is None:
        return {}
    return asdict(found.metadata) | {"details": dict(found.metadata.details)}


def _shown(found: FilmInfo) -> int:
    """How many frames one showing has: a GIF and its like store a picture that stays once."""
    return max(1, round(found.seconds * found.fps)) if found.seconds else found.frames


def _folder(path: Path) -> tuple[Rows, Lines]:
    """A sweep, or the frames of a film."""
    from animator.sweeps.folder import manifest

    if (path / manifest.NAME).is_file():
        rows = _sweep(path)
        return rows, [(name, _plain(value)) for name, value in rows.items() if _tells(value)]
    frames = sorted(file for file in path.iterdir() if re.fullmatch(r"\d{4,}\.png", file.name))
    if not frames:
        raise AnimatorError(
            f"'{path}' is a folder, and no sweep is in it. Give a file, such as one of its films, or type "
            f"animator gallery {shlex.quote(str(path))} to make a page of them."
        )
    first = inspect(frames[0])
    rows = {
        "path": str(path),
        "format": "folder",
        "width": first.width,
        "height": first.height,
        "unit": "pixels",
        "frames": len(frames),
        "bytes": sum(file.stat().st_size for file in frames),
        **_said(first),
    }
    return rows, _lines(rows, FILM)


def _sweep(path: Path) -> Rows:
    """How far the sweep in a folder is."""
    from animator.sweeps.folder import manifest
    from animator.sweeps.folder.lock import is_held

    whole = manifest.read(path)
    ended = whole.state == "running" and not is_held(path)  # its process was killed: the lock went with it
    states = [cell.state for cell in whole.cells]
    return {
        "path": str(path),
        "format": "animator sweep",
        "state": "interrupted" if ended else whole.state,
        "scene": whole.scene,
        "title": whole.title,
        "cells": len(states),
        **{state: states.count(state) for state in manifest.STATES},
        "failures": {cell.name: cell.reason for cell in whole.cells if cell.state == "failed"},
        "products": list(whole.products),
        "command": whole.command,
    }


def _recording(path: Path) -> Rows:
    from animator.recordings.reader import load

    run = load(path)
    notes = run.notes
    parameters = [f"{name}={written(value)}" for name, value in (notes.parameters or {}).items()]
    command = shlex.join(["animator", "record", notes.scene, *parameters]) if notes.scene is not None else ""
    return {
        "path": str(path),
        "format": "animator recording",
        "finished": run.finished,
        "steps": run.steps,
        "rows": run.weights.shape[0],
        "parameters": run.weights.shape[1],
        "initial_loss": finite(run.loss[0]) if len(run.loss) else None,
        "final_loss": finite(run.loss[-1]) if len(run.loss) else None,
        "batch_loss_source": run.facts.batch_loss_source,
        "optimizer": notes.optimizer,
        "seed": notes.seed,
        "versions": notes.versions,
        "bytes": path.stat().st_size,
        "title": notes.title,
        "description": notes.description,
        "command": command,
    }


def _tells(value: object) -> bool:
    return value not in (None, "", {}, [])


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return " ".join(value) if isinstance(value, list) else str(value)


def _lines(rows: Rows, makers: Mapping[str, Callable[[Rows], str]]) -> Lines:
    """The lines that `makers` make of the rows, without those that have nothing to tell."""
    made = ((name, maker(rows)) for name, maker in makers.items())
    return [(name, text) for name, text in made if text]


def _length(rows: Rows) -> str:
    """'6 s: 120 frames at 20 a second, stored as 82 pictures'; "" for a still."""
    if not rows.get("seconds"):
        return ""
    frames, fps, stored = rows["frames_shown"], rows["fps"], rows["frames"]
    text = f"{rows['seconds']:.6g} s: {frames:,} frame{'s' * (frames != 1)} at {fps:.6g} a second"
    if stored == frames:
        return text
    return f"{text}, stored as {stored:,} pictures (one that stays is stored once)"


def _frames(rows: Rows) -> str:
    """The count of files of a folder, which says nothing about time."""
    return f"{rows['frames']:,}" if rows["format"] == "folder" else ""


def _details(rows: Rows) -> str:
    """What else the file says of itself."""
    said = rows.get("details") or {}
    rest = {
        k: v
        for k, v in said.items()
        if k not in ("scene", "parameters", "ground", "frame") and said[k] != rows.get(k)
    }
    return json.dumps(rest, ensure_ascii=False) if rest else ""


def _detail(name: str) -> Callable[[Rows], str]:
    return lambda rows: _named((rows.get("details") or {}).get(name))


def _named(value: object) -> str:
    """'rate=0.5 seed=0' for names and values."""
    if isinstance(value, dict):
        return " ".join(f"{name}={written(one)}" for name, one in value.items())
    return str(value) if _tells(value) else ""


def _row(name: str) -> Callable[[Rows], str]:
    return lambda rows: _plain(rows[name]) if _tells(rows.get(name)) else ""


def _count(name: str) -> Callable[[Rows], str]:
    return lambda rows: f"{rows[name]:,}" if rows.get(name) is not None else ""


def _loss(name: str) -> Callable[[Rows], str]:
    return lambda rows: f"{rows[name]:.7g}" if rows.get(name) is not None else ""


def _optimizer(rows: Rows) -> str:
    """'SGD learning_rate=0.5': what is switched on."""
    said = rows.get("optimizer") or {}
    config = {
        k: v
        for k, v in said.get("config", {}).items()
        if v not in (None, False, 0.0, "") and k != "name" and not k.startswith("ema_")
    }
    return f"{said['class_name']} {_named(config)}".strip() if "class_name" in said else _named(said)


def _versions(rows: Rows) -> str:
    return ", ".join(f"{name} {version}" for name, version in (rows.get("versions") or {}).items())


def _kept(rows: Rows) -> str:
    """Whether the weights of every step are there."""
    if rows["rows"] == rows["steps"] + 1:
        return f"{rows['steps']:,}"
    return f"{rows['steps']:,}, of which {rows['rows']:,} have weights (the start included)"


WORDS: Mapping[str, Callable[[Rows], str]] = {
    "title": _row("title"),
    "description": _row("description"),
    "alt text": _row("alt_text"),
    "command": _row("command"),
}
FILM: Mapping[str, Callable[[Rows], str]] = {
    "path": _row("path"),
    "format": _row("format"),
    "size": lambda rows: f"{rows['width']}x{rows['height']} {rows['unit']}",
    "length": _length,
    "frames": _frames,
    "codec": lambda rows: CODECS.get(rows.get("codec", ""), _row("codec")(rows)),
    "bytes": _count("bytes"),
    **WORDS,
    "scene": _detail("scene"),
    "parameters": _detail("parameters"),
    "frame": _detail("frame"),
    "drawn for": lambda rows: f"a background of {ground}" if (ground := _detail("ground")(rows)) else "",
    "details": _details,
}
RECORDING: Mapping[str, Callable[[Rows], str]] = {
    "path": _row("path"),
    "format": _row("format"),
    "finished": lambda rows: "yes" if rows["finished"] else "no: it was cut short",
    "steps": _kept,
    "parameters": _count("parameters"),
    "initial loss": _loss("initial_loss"),
    "final loss": _loss("final_loss"),
    "batch losses": _row("batch_loss_source"),
    "optimizer": _optimizer,
    "seed": _row("seed"),
    "versions": _versions,
    "bytes": _count("bytes"),
    **WORDS,
}
