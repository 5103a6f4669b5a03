"""How long a sweep will take and what it needs on disk: from an earlier one of the same scene, or a guess.

Figures are per cell: seconds to record and to cut the surface, seconds for each million pixels that are drawn
(a frame counts as FRAME million more) and bytes for each, bytes of the recording (in the folder and in the
cache) and of the surface (in the cache).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.plan.plan import Look

POSTER = 0.25  # bytes a pixel
FRAME = 0.35  # megapixels: as long as drawing them takes what a frame takes besides its pixels
START = 7.0  # seconds until TensorFlow is there
FIRST = 6.0  # seconds that a guess adds: workers that start together, and the first training of each
GUESS: Mapping[str, float] = {
    "record": 1.5,
    "surface": 1.0,
    "draw": 0.012,
    "recording_bytes": 1e5,
    "film_bytes": 4e3,
    "surface_bytes": 2e6,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """seconds and bytes of a whole sweep; measured: whether they come from an earlier one."""

    seconds: float
    bytes: int
    measured: bool


def estimate(cells: int, look: Look, seconds: float, workers: int, known: Mapping[str, float]) -> Estimate:
    """The Estimate for `cells` films of `seconds` on `workers`; known: figures of an earlier sweep, or {}."""
    figures = {**GUESS, **known}
    drawn = look.width * look.height * look.fps * seconds / 1e6
    work = (look.width * look.height / 1e6 + FRAME) * look.fps * seconds
    each = figures["record"] + figures["surface"] + figures["draw"] * work
    film = figures["film_bytes"] * drawn + POSTER * look.width * look.height
    size = 2 * figures["recording_bytes"] + figures["surface_bytes"] + film
    start = START if known else START + FIRST
    taken = start + cells * each / min(workers, cells) if cells else 0.0
    return Estimate(taken, int(cells * size), bool(known))


def measured(manifest: Manifest) -> dict[str, float]:
    """The figures of a sweep that is done, or {}."""
    cells = [cell for cell in manifest.cells if cell.state == "done" and cell.seconds and cell.bytes]
    film = manifest.film
    if not cells:
        return {}
    frames = film["fps"] * film["seconds"]
    drawn = max(1e-6, film["width"] * film["height"] * frames / 1e6)

    def middle(of: str, name: str) -> float:
        return float(median([getattr(cell, of).get(name, 0) for cell in cells]))

    return {
        "record": middle("seconds", "record"),
        "surface": middle("seconds", "surface"),
        "draw": middle("seconds", "draw_and_encode") / max(1e-6, drawn + FRAME * frames),
        "recording_bytes": middle("bytes", "recording"),
        "surface_bytes": middle("bytes", "surface"),
        "film_bytes": middle("bytes", "film") / drawn,
    }
