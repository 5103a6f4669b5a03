"""How long a sweep will take and what it needs on disk: from an earlier one of the same scene, or a guess.

Figures are per cell: seconds to record and to cut the surface, seconds and bytes for each million pixels
that are drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from animator.sweep.manifest import Manifest
from animator.sweep.plan import Look

START = 7.0  # seconds until TensorFlow is there
GUESS: Mapping[str, float] = {
    "record": 1.5, "surface": 1.0, "draw": 0.009, "recording_bytes": 60_000.0, "film_bytes": 700.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """seconds and bytes of a whole sweep; measured: whether they come from an earlier one."""

    seconds: float
    bytes: int
    measured: bool


def estimate(cells: int, look: Look, seconds: float, workers: int, known: Mapping[str, Any]) -> Estimate:
    """The Estimate for `cells` films of `seconds` on `workers`; known: figures of an earlier sweep, or {}."""
    figures = {**GUESS, **known}
    drawn = look.width * look.height * look.fps * seconds / 1e6
    each = figures["record"] + figures["surface"] + figures["draw"] * drawn
    size = 2 * figures["recording_bytes"] + figures["film_bytes"] * drawn + 0.05 * look.width * look.height
    return Estimate(START + cells * each / max(1, min(workers, cells)), int(cells * size), bool(known))


def measured(manifest: Manifest) -> dict[str, float]:
    """The figures of a sweep that is done, or {}."""
    cells = [cell for cell in manifest.cells if cell.state == "done" and cell.seconds and cell.bytes]
    film = manifest.film
    drawn = film["width"] * film["height"] * film["fps"] * film["seconds"] / 1e6
    if not cells or not drawn:
        return {}

    def middle(of: str, name: str) -> float:
        return float(median([getattr(cell, of).get(name, 0) for cell in cells]))

    return {
        "record": middle("seconds", "record"),
        "surface": middle("seconds", "surface"),
        "draw": middle("seconds", "draw_and_encode") / drawn,
        "recording_bytes": middle("bytes", "recording"),
        "film_bytes": middle("bytes", "film") / drawn,
    }
