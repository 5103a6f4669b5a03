"""The gallery: one page, index.html, over all films of a folder. It needs no server and no network.

In: a sweep's folder with its manifest, or any folder of films. Out: the page, with relative addresses. All
that comes from files is data: the template escapes it, numbers travel as JSON, and the page's policy lets no
other script run than its own.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import quote

from markupsafe import Markup

from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, replacing
from animator.core.language import Said, say, shown, speaking
from animator.encoding import inspect
from animator.publish import html as pages
from animator.sweeps.folder import manifest as manifests
from animator.sweeps.folder.manifest import Cell, Manifest
from animator.sweeps.gallery.columns import Column, columns
from animator.sweeps.gallery.gallery_folder import described

TEMPLATES = Path(__file__).parent / "templates"
PARTS = TEMPLATES / "gallery"
PAGE = "index.html"
MARK = '<meta name="generator" content="animator gallery">'
SCRIPTS = ("data", "clock", "grid", "filters", "views", "keys")  # in this order, as one script
SENT = ("index", "name", "kind", "words", "film", "video", "poster", "recording", "log")  # of a Shown
VIDEOS = (".mp4", ".webm")
PRODUCTS = {
    "summary": Said("The sweep in one figure"),
    "sheet": Said("All films on one clock"),
    "race": Said("The runs on one surface"),
}
KINDS = {".png": "picture", ".mp4": "video", ".gif": "file"}  # of products; others are not shown
NO_GROUNDS: Mapping[int, str] = {}
GONE = Said("Its film is not in the folder.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page shows it. film, poster, recording, log: addresses, or "" for no file.

    kind: done, diverged, left, missing, waiting or failed; words: that, in a sentence, or "".
    labels: (name, text) of every parameter; loss: how far the loss went, in words, or "". ground: the colour
    behind a film without a background, or ""; file: the film's name, where films are told apart by it.
    """

    index: int
    name: str
    kind: str
    words: str
    film: str
    video: bool
    poster: str
    recording: str
    log: str
    labels: tuple[tuple[str, str], ...]
    loss: str
    alt_text: str
    command: str
    ground: str = ""
    file: str = ""

    @property
    def names(self) -> list[str]:
        """What it is called among the others: its file, if that tells, and its parameters."""
        return [*([self.file] if self.file else []), *(" ".join(label) for label in self.labels)] or [
            self.name
        ]


@dataclass(frozen=True, slots=True)
class Product:
    """What was made of all films. kind: picture, video or file; src: its address."""

    title: str
    kind: str
    src: str
    alt_text: str

    @property
    def link(self) -> str:
        """What a link to it says."""
        return say("{name} as {format}", name=self.title, format=self.src.rpartition(".")[2].upper())


def make(folder: Path, lang: str | None = None) -> Path:
    """Write `folder`/index.html over the films of its manifest, or without one over all films in it.

    lang: the language of the page; by default that of its films. Gives the path of the page. Raises
    AnimatorError when there is no film, when the manifest is damaged, or when an index.html is there that is
    no gallery.
    """
    folder = Path(folder)
    target = folder / PAGE
    if not folder.is_dir():
        raise AnimatorError(
            f"'{folder}' is no folder. Give a folder of films, such as one of animator sweep."
        )
    if target.exists() and MARK not in target.read_text(encoding="utf-8", errors="replace")[:2000]:
        raise AnimatorError(
            f"'{target}' is there already and is no gallery of animator's: it would be written over. "
            "Move it away."
        )
    try:
        ensure_folder(target)
    except AnimatorError as error:
        why = getattr(error.__cause__, "strerror", error)
        raise AnimatorError(
            f"The page of '{folder}' cannot be written into it: {why}. "
            "Copy the films into a folder that you can write to."
        ) from error
    known = (folder / manifests.NAME).is_file()
    manifest, grounds = (manifests.read(folder), {}) if known else described(folder)
    text = html(folder, manifest, grounds, lang)
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="replace")
    return target


def html(
    folder: Path, manifest: Manifest, grounds: Mapping[int, str] = NO_GROUNDS, lang: str | None = None
) -> str:
    """The page as text; what `manifest` names and `folder` does not hold is left out. grounds: colours behind
    films without a background, by the cells' indices. Cells of no scene are called after their files.
    """
    lang = manifest.lang if lang is None else lang
    with speaking(lang):
        return _html(folder, manifest, grounds, lang)


def _html(folder: Path, manifest: Manifest, grounds: Mapping[int, str], lang: str) -> str:
    shown_columns = columns(manifest)
    cells = [
        replace(
            _shown(folder, cell, row, shown_columns),
            ground=grounds.get(cell.index, ""),
            file="" if manifest.scene else PurePosixPath(cell.film or "").name,
        )
        for row, cell in enumerate(manifest.cells)
    ]
    return pages.scripted(
        TEMPLATES,
        "gallery.html",
        SCRIPTS,
        _data(manifest, shown_columns, cells),
        lang=lang,
        manifest=manifest,
        cells=cells,
        products=_products(folder, manifest.products),
        facts=_facts(manifest, cells),
        shape=_shape(manifest),
        mark=Markup(MARK),
        style=pages.own(PARTS / "look.css"),
    )


def address(folder: Path, name: str | None) -> str:
    """The relative address of the file `name` of `folder`; "" when there is none or it lies outside."""
    if not isinstance(name, str) or not name or "\\" in name or PureWindowsPath(name).drive:
        return ""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return ""
    try:
        inside = (folder / path).resolve().is_relative_to(folder.resolve()) and (folder / path).is_file()
    except (OSError, ValueError):
        return ""
    return quote(os.fsencode(path.as_posix())) if inside else ""


def _shown(folder: Path, cell: Cell, row: int, found: Sequence[Column]) -> Shown:
    film = address(folder, cell.film)
    kind, words = _state(cell, film)
    texts = {column.name: column.texts[row] for column in found if column.group == "result"}
    labels = tuple(
        (column.label, column.texts[row])
        for column in found
        if column.group == "parameter" and column.values[row] is not None
    )
    start, end = texts.get("initial_loss"), texts.get("final_loss")
    return Shown(
        index=cell.index,
        name=cell.name,
        kind=kind,
        words=words,
        film=film,
        video=film.lower().endswith(VIDEOS),
        poster=address(folder, cell.poster),
        recording=address(folder, cell.recording),
        log=address(folder, cell.log),
        labels=labels,
        loss=say("loss {start} → {end}", start=start, end=end) if start and end else "",
        alt_text=cell.alt_text or cell.name,
        command=cell.command,
    )


def _state(cell: Cell, film: str) -> tuple[str, str]:
    """What became of a cell: a kind, and a sentence where there is something to say."""
    if cell.state == "failed":
        return "failed", say("Failed: {reason}", reason=cell.reason or say("no reason is known."))
    if cell.state == "waiting":
        return "waiting", say("Not made yet.")
    if cell.state == "recorded":
        return "waiting", say("Recorded; its film is not drawn yet.")
    broke = cell.results.get("not_finite_at")
    left = cell.results.get("left_window_at")
    if broke is not None:
        said = [say("Diverged: not finite from step {step:,}.", step=broke), "" if film else shown(GONE)]
        return "diverged", " ".join(filter(None, said))
    if not film:
        return "missing", shown(GONE)
    return ("done", "") if left is None else ("left", say("Leaves the window at step {step:,}.", step=left))


def _facts(manifest: Manifest, cells: Sequence[Shown]) -> list[str]:
    """How many films there are, over which parameters, and how many are not as one hoped."""
    films = sum(bool(cell.film) for cell in cells)
    facts = [say("1 film") if films == 1 else say("{count:,} films", count=films)]
    sign = " × " if manifest.kind == "product" else ", "
    counts = [(sum(value is not None for value in axis.values), axis.name) for axis in manifest.axes]
    facts += [sign.join(f"{count} {name}" for count, name in counts)] if counts else []
    for kind, words in (
        ("diverged", Said("{count:,} diverged")),
        ("left", Said("{count:,} left the window")),
        ("failed", Said("{count:,} failed")),
        ("waiting", Said("{count:,} not made yet")),
        ("missing", Said("{count:,} without a file")),
    ):
        count = sum(cell.kind == kind for cell in cells)
        facts += [shown(words, count=count)] if count else []
    return facts


def _products(folder: Path, names: Sequence[str]) -> list[Product]:
    """The pictures and films among the products that are there, the figure first; a GIF is a link."""
    made = []
    for name in sorted(names, key=lambda name: (name.partition(".")[0] != "summary", "race" in name, name)):
        kind = KINDS.get(PurePosixPath(name).suffix)
        if kind and (src := address(folder, name)):
            what, _, page = PurePosixPath(name).stem.partition("-")
            title = shown(PRODUCTS.get(what, name))
            title = say("{name}, page {page}", name=title, page=page) if page.isdigit() else title
            made.append(Product(title, kind, src, _alt_text(folder / name) or title))
    return made


def _alt_text(path: Path) -> str:
    try:
        said = inspect(path).metadata
    except AnimatorError:
        return ""
    return said.alt_text if said else ""


def _shape(manifest: Manifest) -> tuple[int, int]:
    """Width and height of the films, in pixels, or 16 and 9 where nobody knows."""
    wide, high = (manifest.film.get(name) for name in ("width", "height"))
    return (
        (wide, high) if isinstance(wide, int) and isinstance(high, int) and min(wide, high) > 0 else (16, 9)
    )


def _data(manifest: Manifest, found: Sequence[Column], cells: Sequence[Shown]) -> dict[str, object]:
    """What the script needs, as JSON holds it."""
    return {
        "seconds": float(manifest.film.get("seconds") or 0),
        "fps": float(manifest.film.get("fps") or 30),
        "columns": [
            {name: getattr(c, name) for name in ("name", "label", "group", "numeric", "values", "texts")}
            for c in found
        ],
        "cells": [
            {
                **{name: getattr(c, name) for name in SENT},
                "title": " · ".join(c.names),
                "short": c.file or " · ".join(text for _, text in c.labels) or c.name,
                "alt": c.alt_text,
                "command": c.command,
                "ground": c.ground,
            }
            for c in cells
        ],
    }
