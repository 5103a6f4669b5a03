"""`animator.sweep(...)`: films of a scene for every combination of values, from Python.

A scene and lists of values go in; a folder of films, and what came of it, come out.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from animator.core.errors import AnimatorError
from animator.core.progress import Progress, listener
from animator.design import scene_files
from animator.design.parameters import written
from animator.design.scene import Scene
from animator.design.wishes import WISHES
from animator.sweeps.plan import cell_names, plan
from animator.sweeps.run import run
from animator.sweeps.run.context import check_room
from animator.sweeps.run.run import Orders, Outcome

SCALAR = (str, int, float, bool, tuple)


def sweep(
    scene: str | Path | Scene,
    *,
    output: str | Path | None = None,
    jobs: int | None = None,
    zipped: bool = False,
    format: str = "mp4",
    fps: float | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    force: bool = False,
    use_cache: bool = True,
    progress: Progress | None = None,
    **values: Any,
) -> Outcome:
    """A film of `scene` for every combination of values, and a page, a sheet and a figure of them all.

    Parameters
    ----------
    scene
        The name of a bundled scene, the path of a scene file, or what `animator.scene` gave, whose parameters
        stay as they are where they don't vary.
    values
        Parameters of the scene: a list (or an array) of values to vary, or one value. Any field of FilmDesign
        that is none of them is a setting of all films: title, layout, window, lang, size, style and so on;
        the moments of the scene are told with captions=True.
    output
        The folder; by default output/SCENE-sweep. One that was begun is gone on with.
    jobs
        Worker processes; by default one for each core.
    zipped
        First values together, then second ones, and so on.
    format, fps
        Of the films: "mp4", "webm" or "gif", and frames a second.
    timeout
        Seconds that a cell may take to be trained, cut or drawn.
    retry_failed, force, use_cache
        Whether failed cells are tried again; what the folder holds is replaced; what is cached is used.
    progress
        Hears how far things are; by default bars in a notebook, and nobody elsewhere.

    Returns
    -------
    Outcome
        The folder, its manifest with every cell, the seconds it took, and warnings.

    Raises
    ------
    AnimatorError
        When something that was asked cannot be; nothing was trained then.

    Examples
    --------
    >>> beale = animator.sweep("function", f="beale", learning_rate=[0.01, 0.05], size="320x180", jobs=1)
    >>> beale.count("done")
    2
    """
    if jobs is not None and (not isinstance(jobs, int) or jobs < 1):
        raise AnimatorError(f"jobs={jobs!r} cannot be: it must be a whole number from 1 on. Use jobs=2.")
    name, fixed = _named(scene)
    wishes = _wishes(name, values)
    own = {key: value for key, value in values.items() if key not in wishes}
    words = [f"{key}={_listed(value)}" for key, value in {**fixed, **own}.items()]
    look = plan.look(format, fps, **wishes)
    made = plan.plan(name, words, look, zipped, None, _call(name, values))
    check_room(made)
    folder = (
        Path(output) if output is not None else Path("output") / f"{cell_names.safe(made.scene.name)}-sweep"
    )
    orders = Orders(
        jobs=jobs or cores(),
        timeout=timeout,
        retry_failed=retry_failed,
        force=force,
        use_cache=use_cache,
    )
    told = progress or listener()
    with _without_main():
        return run.sweep(made, folder, orders, lambda s: told(s.stage, s.done + s.failed, s.total), told)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _named(scene: str | Path | Scene) -> tuple[str, Mapping[str, object]]:
    """What is typed for a scene, and its parameters that are not the usual ones."""
    if not isinstance(scene, Scene):
        return str(scene), {}
    name = str(scene.origin.get("scene", ""))
    if name not in scene_files.names():
        raise AnimatorError(
            f"A sweep makes its scenes anew for every value, and cannot see where {scene.title!r} is "
            f"made. Give "
            "the path of its file: animator.sweep('film.py', ...)."
        )
    usual = {p.name: p.default for p in scene_files.bundled(name).parameters}
    return name, {key: value for key, value in scene.origin["parameters"].items() if value != usual[key]}


def _wishes(name: str, values: Mapping[str, object]) -> dict[str, object]:
    """Those of `values` that are settings of films and no parameters of the scene `name`, and are given."""
    own = () if name.endswith(".h5") else [p.name for p in scene_files.find(name).parameters]
    return {
        key: value for key, value in values.items() if key in WISHES and key not in own and value is not None
    }


def _listed(value: object) -> str:
    """A value, or several, as they are typed."""
    if isinstance(value, SCALAR) or value is None or not isinstance(value, Iterable):
        return _typed(value)
    return ",".join(_typed(one) for one in value)


def _typed(value: object) -> str:
    return f"({written(value)})" if isinstance(value, tuple) else written(value)


def _call(name: str, values: Mapping[str, object]) -> str:
    words = [
        f"{key}={value.tolist() if hasattr(value, 'tolist') else value!r}" for key, value in values.items()
    ]
    return f"animator.sweep({', '.join([repr(name), *words])})"


@contextmanager
def _without_main() -> Iterator[None]:
    """While the context lasts, processes that are spawned do not run the user's script again, as they
    would.
    """
    main = sys.modules["__main__"]
    said = vars(main)
    before: dict[str, object] = {name: said.pop(name) for name in ("__file__", "__spec__") if name in said}
    main.__spec__ = None
    try:
        yield
    finally:
        said.update(before)
