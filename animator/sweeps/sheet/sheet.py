"""The contact sheet: all cells of a sweep moving on one clock in a labelled grid, sheet.mp4 and sheet.gif.

When there are too many cells to read, sheet-2.mp4 and so on hold the others. The parent of a sweep draws it,
from films whose surfaces are in the cache.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from animator.core.progress import Progress, quiet
from animator.design import style_files
from animator.encoding import Metadata, open_encoder
from animator.films.delivery import spec_for
from animator.films.film import Film
from animator.films.flash_check import ALLOWED, FlashCounter
from animator.films.pipeline import written
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.sheet import flash_glance
from animator.sweeps.sheet.captions import alt_text, caption
from animator.sweeps.sheet.page_canvas import Board, room_of
from animator.sweeps.sheet.pages import Page, arranged
from animator.sweeps.sheet.tile_data import Sheet, Track, survey, track

SHORTEST = {".mp4": 1080, ".gif": 720}  # pixels: of the shorter side
RATES = {".mp4": 15.0, ".gif": 10.0}  # frames a second, at most: tiles are small
CALM = 5.0  # new surfaces a second, on a sheet that would flash otherwise
SAMPLES = 12

Size = tuple[int, int]


def make(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress = quiet,
         size: Size | None = None) -> list[Path]:  # fmt: skip
    """Write the sheet's files into `folder`; their paths, sheet.mp4 first, none without films.

    films: those of the cells that can be drawn, by index; the others are shown with their reasons. size:
    (width, height) in pixels of all files, by default the films' shape with 1080 pixels or more on its
    shorter side (GIF: 720).
    """
    if not films:
        return []
    shared = survey(films, float(manifest.film.get("fps") or 30.0), manifest.common)
    look = style_files.find(str(manifest.film.get("style") or "dark"))
    pages = arranged(manifest, room_of(size or scaled(manifest, ".mp4"), look))
    made: list[Path] = []
    for number in range(1, len(pages) + 1):
        made += _Printer(folder, manifest, films, shared, pages, size, progress).print(number)
    return sorted(made, key=lambda path: path.suffix != ".mp4")


def scaled(manifest: Manifest, suffix: str) -> Size:
    """The films' size, its shorter side scaled to SHORTEST pixels (MP4: or more); both sides even."""
    width, height = int(manifest.film.get("width") or 1280), int(manifest.film.get("height") or 720)
    times = SHORTEST[suffix] / min(width, height)
    times = max(1.0, times) if suffix == ".mp4" else times
    return 2 * round(width * times / 2), 2 * round(height * times / 2)


class _Printer:
    """Writes the pages of one sheet, a page at a time: only one page's surfaces are in memory."""

    def __init__(self, folder: Path, manifest: Manifest, films: Mapping[int, Film], shared: Sheet,
                 pages: tuple[Page, ...], size: Size | None, progress: Progress) -> None:  # fmt: skip
        self.folder, self.manifest, self.films, self.shared = folder, manifest, films, shared
        self.pages, self.size, self.progress = pages, size, progress
        self.cells = {cell.index: cell for cell in manifest.cells}
        self.style = str(manifest.film.get("style") or "dark")

    def print(self, number: int) -> list[Path]:
        """Page `number`, from 1, as MP4 and GIF; with calmer surfaces if it would flash."""
        stem = "sheet" if number == 1 else f"sheet-{number}"
        film, gif = self.folder / f"{stem}.mp4", self.folder / f"{stem}.gif"
        rates = [min(self.shared.fps, RATES[path.suffix]) for path in (film, gif)]
        tracks, calm = self.tracks(number, rates), False
        board, said = self.board(number, film.suffix, tracks)
        if (
            self.flashes(board, rates[0]) > ALLOWED
            or self.write(film, number, rates[0], board, said) > ALLOWED
        ):
            calm, tracks = True, self.tracks(number, (CALM,))
            self.write(film, number, rates[0], *self.board(number, film.suffix, tracks, calm))
        self.write(gif, number, rates[1], *self.board(number, gif.suffix, tracks, calm))
        return [film, gif]

    def flashes(self, board: Board, fps: float) -> int:
        """The most flashes in any second that the surfaces of a page make, without drawing it."""
        return flash_glance.flashes(board, replace(self.shared.clock, fps=fps))

    def board(self, number: int, suffix: str, tracks: Mapping[int, Track],
              calm: bool = False) -> tuple[Board, str]:  # fmt: skip
        """The drawing of page `number` for a file, and what is said under the title."""
        page = self.pages[number - 1]
        said = caption(self.manifest, page, self.shared, (number, len(self.pages)), tracks.values(), calm)
        return Board(page, tracks, self.cells, self.shared, style_files.find(self.style),
                     self.size or scaled(self.manifest, suffix),
                     (self.manifest.title, said)), said  # fmt: skip

    def write(self, path: Path, number: int, fps: float, board: Board, said: str) -> int:
        """Write one file of page `number`; the most flashes in any second of it."""
        clock = replace(self.shared.clock, fps=fps)
        metadata = Metadata(self.manifest.title, self.manifest.description, alt_text(self.manifest, said),
                            self.manifest.command, {"sweep": self.manifest.scene, "page": number,
                                                    "pages": len(self.pages)})  # fmt: skip
        stills = list(clock.stills())

        def samples() -> Iterator[NDArray[np.uint8]]:
            picked = np.unique(np.linspace(0, len(stills) - 1, SAMPLES).astype(int))
            return (board.draw(stills[i][0]) for i in picked)

        spec = spec_for(path, (board.width, board.height), fps, self.style)
        counter, done, total = FlashCounter(fps), 0, clock.frames
        with open_encoder(path, spec, metadata, samples) as encoder:
            for picture, repeat in written(board, stills, encoder):
                counter.add(picture, repeat)
                done += repeat
                self.progress(f"drawing {path.name}", done, total)
        return counter.worst

    def tracks(self, number: int, rates: Sequence[float]) -> dict[int, Track]:
        """What is drawn on page `number`, with the surfaces that frames show at `rates` a second."""
        clocks = [replace(self.shared.clock, fps=rate) for rate in rates]
        states = [state for clock in clocks for state, _ in clock.stills()]
        return {
            index: track(self.cells[index], self.films[index], self.shared, states)
            for index in self.pages[number - 1].spots
            if index in self.films
        }
