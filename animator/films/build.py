"""From a scene file and typed values to its Scene, its recordings and its Film.

What `render`, `record` and the workers of a sweep share: the same words make the same film everywhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from animator.core.progress import Progress, quiet
from animator.design import parameters, style_files
from animator.design.experiment import Experiment
from animator.design.scene import Scene
from animator.design.scene_files import SceneFile
from animator.drawing.panels.registry import kind_of
from animator.drawing.units import em_of
from animator.films import panel_fit
from animator.films.film import Film
from animator.landscape.window import Common
from animator.recordings.reader import Recording
from animator.training.training import all_recorded, remade


def build(scene_file: SceneFile, values: Sequence[str]) -> tuple[Scene, dict[str, Any]]:
    """The scene for typed values, and what its recordings and films say about it."""
    given = parameters.parse(scene_file.name, scene_file.parameters, values)
    scene = scene_file.build(given)
    if "$" in scene.card:
        from animator.drawing.panels import text_card  # matplotlib is needed for formulas only

        text_card.check(scene.card)
    chosen = {p.name: given.get(p.name, p.default) for p in scene_file.parameters}
    about = {
        "scene": scene_file.name if scene_file.is_bundled else scene_file.path.name,
        "parameters": chosen,
        "title": scene.title,
        "description": scene.description or scene_file.description,
        "film": scene.data(),
    }
    return scene, about


def check_room(scene: Scene, size: tuple[int, int], style: str, text: float = 1.0) -> None:
    """AnimatorError when frames of `size` (width, height) in pixels have no room for the scene's panels, or
    for the text of its card.

    text: how many times as large as the style says.
    """
    shares, text_size = (scene.widths, scene.heights), style_files.find(style).text_size * text
    panel_fit.check(scene.layout, shares, size, text_size)
    em = em_of(text_size, size)
    for name, box in panel_fit.boxes(scene.layout, shares, size, em).items():
        if kind_of(name) == "card" and scene.card:
            from animator.drawing.panels import text_card  # matplotlib is needed for cards only

            text_card.check_room(scene.card, box, em)


def recordings(
    scene: Scene, about: dict[str, Any], use_cache: bool, progress: Progress
) -> tuple[tuple[Recording, ...], bool]:
    """The recordings of a scene's runs, and whether all came from the cache."""
    pairs = all_recorded(scene.runs, about, use_cache, progress)
    return tuple(run for run, _ in pairs), all(cached for _, cached in pairs)


def film_of(
    scene: Scene,
    about: dict[str, Any],
    runs: Sequence[Recording],
    *,
    style: str,
    command: str,
    text: float = 1.0,
    use_cache: bool = True,
    progress: Progress = quiet,
    common: Common | None = None,
) -> Film:
    """The film of a scene's recorded runs, whose own functions make the models that cannot be rebuilt."""
    design = replace(scene.design(), description=about["description"], style=style, text=text)
    return Film(
        tuple(runs),
        design,
        names=tuple(scene.run_name(i) for i in range(len(runs))),
        command=command,
        about=about,
        use_cache=use_cache,
        progress=progress,
        common=common,
        makers=tuple(partial(remade, run) if isinstance(run, Experiment) else None for run in scene.runs),
    )
