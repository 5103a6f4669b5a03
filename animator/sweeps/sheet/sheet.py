"""The contact sheet: all cells of a sweep moving on one clock in a labelled grid, sheet.mp4 and sheet.gif.

When there are too many cells to read, sheet-2.mp4 and so on hold the others. The parent of a sweep draws it,
from films whose surfaces are in the cache.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import numpy as np

from animator.core.language import speaking
from animator.core.progress import Progress, quiet
from animator.design import style_files
from animator.drawing.raster.layer import Pixels
from animator.encoding import Metadata, open_encoder
from animator.films.delivery import spec_for
from animator.films.film import Film
from animator.films.flash_check import ALLOWED, FlashCounter
from animator.films.pipeline import written
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.sheet.captions import alt_text, caption
from animator.sweeps.sheet.page_canvas import PageCanvas, room_of
from animator.sweeps.sheet.pages import Page, arranged
from animator.sweeps.sheet.tile_data import Sheet, Track, survey, track

SHORTEST = {".mp4": 1080, ".gif": 720}  # pixels: of the shorter side
RATES = {".mp4": 15.0, ".gif": 10.0}  # frames a second, at most: tiles are small
CALM = 5.0  # new surfaces a second, on a sheet that would flash otherwise
SAMPLES = 12

Size = tuple[int, int]


def make(
    folder: Path,
    manifest: Manifest,
    films: Mapping[int, Film],
    progress: Progress = quiet,
    size: Size | None = None,
) -> list[Path]:
    """Write the sheet's files into `folder`; their paths, sheet.mp4 first, none without films.

    films: those of the cells that can be drawn, by index; the others are shown with their reasons. size:
    (width, height) in pixels of all files, by default the films' shape with 1080 pixels or more on its
    shorter side (GIF: 720).
    """
    if not films:
        return []
    with speaking(manifest.lang):
        return _made(folder, manifest, films, progress, size)


def _made(
    folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress, size: Size | None
) -> list[Path]:
    """What `make` makes, in the language that is spoken."""
    shared = survey(films, float(manifest.film.get("fps") or 30.0), manifest.common)
    look = style_files.find(str(manifest.film.get("style") or "dark"))
    pages = arranged(manifest, room_of(size or scaled(manifest, ".mp4"), look))
    printer = Printer(
        folder=folder,
        manifest=manifest,
        films=films,
        shared=shared,
        pages=pages,
        size=size,
        progress=progress,
    )
    made: list[Path] = []
    for number in range(1, len(pages) + 1):
        made += printer.print(number)
    return sorted(made, key=lambda path: path.suffix != ".mp4")


def scaled(manifest: Manifest, suffix: str) -> Size:
    """The films' size, its shorter side scaled to SHORTEST pixels (MP4: or more); both sides even."""
    width = manifest.film.get("width") or 1280
    height = manifest.film.get("height") or 720
    times = SHORTEST[suffix] / min(width, height)
    times = max(1.0, times) if suffix == ".mp4" else times
    return 2 * round(width * times / 2), 2 * round(height * times / 2)


class Flashes(Exception):
    """More flashes in a second than WCAG 2.3.1 allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """Writes the pages of one sheet, a page at a time: only one page's surfaces are in memory.

    size: (width, height) in pixels of all files; None for the films' shape, scaled by the files' kind.
    """

    folder: Path
    manifest: Manifest
    films: Mapping[int, Film]
    shared: Sheet
    pages: tuple[Page, ...]
    size: Size | None = None
    progress: Progress = quiet

    @property
    def style(self) -> str:
        """The name or the file of the films' style."""
        return str(self.manifest.film.get("style") or "dark")

    def print(self, number: int) -> list[Path]:
        """Page `number`, from 1, as MP4 and GIF; with calmer surfaces if it would flash."""
        stem = "sheet" if number == 1 else f"sheet-{number}"
        film = self.folder / f"{stem}.mp4"
        gif = self.folder / f"{stem}.gif"
        rates = [min(self.shared.fps, RATES[path.suffix]) for path in (film, gif)]
        tracks = self.tracks(number, rates)
        calm = False
        try:
            self.write(film, number, rates[0], tracks, most=ALLOWED)
        except Flashes:
            calm = True
            tracks = self.tracks(number, (CALM,))
            self.write(film, number, rates[0], tracks, calm)
        self.write(gif, number, rates[1], tracks, calm)
        return [film, gif]

    def write(
        self,
        path: Path,
        number: int,
        fps: float,
        tracks: Mapping[int, Track],
        calm: bool = False,
        most: float = inf,
    ) -> int:
        """Write one file of page `number`; the most flashes in any second of it. Flashes where they come to
        be more than `most`, and no file.
        """
        page = self.pages[number - 1]
        said = caption(self.manifest, page, self.shared, (number, len(self.pages)), tracks.values(), calm)
        canvas = self._canvas(page, path.suffix, tracks, said)
        clock = replace(self.shared.clock, fps=fps)
        stills = list(clock.stills())
        details = {"sweep": self.manifest.scene, "page": number, "pages": len(self.pages)}
        metadata = Metadata(
            self.manifest.title,
            self.manifest.description,
            alt_text(self.manifest, said),
            self.manifest.command,
            details,
        )

        def samples() -> Iterator[Pixels]:
            picked = np.unique(np.linspace(0, len(stills) - 1, SAMPLES).astype(int))
            return (canvas.draw(stills[i][0]) for i in picked)

        spec = spec_for(path, (canvas.width, canvas.height), fps, self.style)
        counter = FlashCounter(fps)
        done = 0
        with (
            open_encoder(path, spec, metadata, samples) as encoder,
            closing(written(canvas, stills, encoder)) as pictures,
        ):
            for picture, repeat in pictures:
                counter.add(picture, repeat)
                if counter.worst > most:
                    raise Flashes
                done += repeat
                self.progress(f"drawing {path.name}", done, clock.frames)
        return counter.worst

    def _canvas(self, page: Page, suffix: str, tracks: Mapping[int, Track], said: str) -> PageCanvas:
        return PageCanvas(
            page,
            tracks,
            {cell.index: cell for cell in self.manifest.cells},
            self.shared,
            style_files.find(self.style),
            self.size or scaled(self.manifest, suffix),
            title=self.manifest.title,
            caption=said,
        )

    def tracks(self, number: int, rates: Sequence[float]) -> dict[int, Track]:
        """What is drawn on page `number`, with the surfaces that frames show at `rates` a second."""
        clocks = [replace(self.shared.clock, fps=rate) for rate in rates]
        states = [state for clock in clocks for state, _ in clock.stills()]
        return {
            cell.index: track(cell, self.films[cell.index], self.shared, states)
            for cell in self.manifest.cells
            if cell.index in self.pages[number - 1].spots and cell.index in self.films
        }
