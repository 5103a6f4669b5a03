"""From a scene file and typed values to its Scene, its recordings and its Film.

What `render`, `record` and the workers of a sweep share: the same words make the same film everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from animator.core.language import Said
from animator.core.progress import Progress, quiet
from animator.design import parameters, style_files
from animator.design.experiment import Experiment
from animator.design.film_design import FilmDesign
from animator.design.scene import Scene
from animator.design.scene_files import SceneFile
from animator.design.wishes import NONE
from animator.drawing.panels.registry import PANELS, find, kind_of
from animator.drawing.units import em_of
from animator.films import panel_fit
from animator.films.delivery import settled
from animator.films.film import Film
from animator.landscape.window import Common
from animator.recordings.reader import Recording
from animator.training.training import all_recorded, remade


def build(scene_file: SceneFile, values: Sequence[str]) -> tuple[Scene, dict[str, object]]:
    """The scene for typed values, and what its recordings and films say about it."""
    given = parameters.parse(scene_file.name, scene_file.parameters, values)
    scene = scene_file.build(given)
    check_panels(scene)
    if "$" in scene.card:
        from animator.drawing.panels import text_card  # matplotlib is needed for formulas only

        text_card.check(scene.card)
    return scene, about(scene)


def check_panels(design: FilmDesign) -> None:
    """AnimatorError when the layout names a panel that there is not."""
    for name in (name for row in design.layout for name in row):
        if kind_of(name) not in PANELS:
            find(name)


def about(scene: Scene) -> dict[str, object]:
    """What the recordings and films of `scene` say about it."""
    return {
        **scene.origin,
        "title": scene.title,
        "description": scene.description,
        "film": scene.data(),
    }


def check_room(scene: FilmDesign, size: tuple[int, int]) -> None:
    """AnimatorError when frames of `size` (width, height) in pixels have no room for the scene's panels, or
    for the text of its card.
    """
    shares, text_size = scene.shares, style_files.wished(scene).text_size
    panel_fit.check(scene.layout, shares, size, text_size)
    em = em_of(text_size, size)
    for name, box in panel_fit.boxes(scene.layout, shares, size, em).items():
        if kind_of(name) == "card" and scene.card:
            from animator.drawing.panels import text_card  # matplotlib is needed for cards only

            text_card.check_room(scene.card, box, em)


def recordings(
    scene: Scene, about: dict[str, object], use_cache: bool, progress: Progress
) -> tuple[tuple[Recording, ...], bool]:
    """The recordings of a scene's runs, and whether all came from the cache."""
    pairs = all_recorded(scene.runs, about, use_cache, progress)
    return tuple(run for run, _ in pairs), all(cached for _, cached in pairs)


def of_cell(scene: Scene, wishes: Mapping[str, object], style: str, words: str) -> Scene:
    """`scene` as a cell of a sweep, with the `wishes` for its films and in their style, saying first under
    its title which cell it is. No moments are told unless it is wished, because all cells are on one clock.
    """
    wished = settled(scene, {"captions": False, **wishes, "style": style}, len(scene.runs))
    if not words or wishes.get("caption") == NONE:
        return wished
    if wished.is_silent or not wished.caption:
        return replace(wished, caption=Said("{cell}.", cell=words))
    return replace(wished, caption=Said("{cell}. {caption}", cell=words, caption=wished.caption))


def film_of(
    scene: Scene,
    about: dict[str, object],
    runs: Sequence[Recording],
    *,
    command: str,
    asked: frozenset[str] = frozenset(),
    use_cache: bool = True,
    progress: Progress = quiet,
    common: Common | None = None,
) -> Film:
    """The film of a scene's recorded runs, whose own functions make the models that cannot be rebuilt."""
    return Film(
        tuple(runs),
        scene.design(),
        command=command,
        about=about,
        use_cache=use_cache,
        progress=progress,
        common=common,
        asked=asked,
        makers=tuple(partial(remade, run) if isinstance(run, Experiment) else None for run in scene.runs),
    )
