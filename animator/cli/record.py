"""`animator record`: the recordings of a scene, or of the checkpoints of a training, and a report."""

import glob
import json as json_text
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from animator.core.errors import AnimatorError
from animator.core.formatting import finite

if TYPE_CHECKING:
    from animator.design.experiment import Experiment
    from animator.recordings.reader import Recording


def record(
    scene: str, values: list[str], *, output: Path | None, use_cache: bool = True, as_json: bool = False
) -> None:
    """Train a scene and keep its recording, one file a run; by default output/SCENE.h5."""
    from animator.cli.progress_bars import shown
    from animator.cli.scene_words import scene_file
    from animator.core.files import ensure_folder, replacing
    from animator.design import scene_files
    from animator.films.build import build, recordings

    file = scene_file(scene)
    built, about = build(file, values)
    first = _recording_path(output or Path("output") / f"{file.name}.h5")
    paths = [first if i == 0 else first.with_stem(f"{first.stem}-{i + 1}") for i in range(len(built.runs))]
    for path in paths:
        ensure_folder(path)
    with shown() as progress, scene_files.blaming(file.path):
        runs, cached = recordings(built, about, use_cache, progress)
    for run, path in zip(runs, paths, strict=True):
        with replacing(path) as temporary:
            shutil.copyfile(run.path, temporary)
    if as_json:
        rows = [_row(path, run) | {"cached": cached} for run, path in zip(runs, paths, strict=True)]
        sys.stdout.write(json_text.dumps({"files": rows}, indent=2) + "\n")
        return
    for run, path in zip(runs, paths, strict=True):
        sys.stdout.write(f"{path}  {run.steps:,} steps of {run.weights.shape[1]:,} parameters\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRequest:
    """`animator record --from SOURCE`: patterns of files and NAME=VALUE words; None where nothing was typed.

    data: an .npz file of x and y to compute losses on. scene: the one that the weights are of.
    """

    source: str | None
    words: list[str]
    output: Path | None
    data: Path | None
    scene: str | None
    json: bool = False


def record_checkpoints(request: CheckpointRequest) -> None:
    """Write the recording of the checkpoints that the patterns match."""
    from animator.cli.progress_bars import shown
    from animator.core.files import ensure_folder
    from animator.recordings.reader import load

    checkpoints = _checkpoints(request)
    path = _recording_path(request.output or Path("output") / f"{checkpoints[0].absolute().parent.name}.h5")
    ensure_folder(path)
    experiment = _experiment(request)
    with shown() as progress:
        from animator.training.keras_startup import start

        start(progress, sparing=True)
        from animator.training.checkpoints import read_data, recording_from

        own = experiment.data if experiment is not None else lambda: None
        data = read_data(request.data) if request.data is not None else own()
        recording_from(
            checkpoints,
            path,
            model=experiment.model if experiment is not None else None,
            data=data,
            progress=progress,
        )
    with load(path) as run:
        row, parameters = _row(path, run), run.weights.shape[1]
    if request.json:
        sys.stdout.write(json_text.dumps({"files": [row]}, indent=2) + "\n")
    else:
        sys.stdout.write(f"{path}  {len(checkpoints):,} checkpoints of {parameters:,} parameters\n")


def _checkpoints(request: CheckpointRequest) -> list[Path]:
    """The files that the patterns match, pattern by pattern, each sorted by name."""
    if request.source != "checkpoints":
        raise AnimatorError(
            f"--from {request.source or ''} is no source of recordings. Type: animator record --from "
            "checkpoints 'ckpt/*.keras' --data data.npz."
        )
    patterns = [word for word in request.words if "=" not in word]
    found = [Path(name) for pattern in patterns for name in sorted(glob.glob(pattern))]  # noqa: PTH207
    if not found:
        raise AnimatorError(
            f"No file matches {' '.join(patterns)}. Give the checkpoints' pattern in quotes, such as "
            "'ckpt/*.keras'."
        )
    return found


def _experiment(request: CheckpointRequest) -> "Experiment | None":
    """The first experiment of the scene that the weights are of, where one was named."""
    if request.scene is None:
        return None
    from animator.cli.scene_words import scene_file
    from animator.design.descent import Descent
    from animator.films.build import build

    values = [word for word in request.words if "=" in word]
    found = build(scene_file(request.scene), values)[0].runs[0]
    if isinstance(found, Descent):
        raise AnimatorError(
            f"Scene '{request.scene}' descends on a function, so there is no model of it for checkpoints. "
            "Give the scene that they were trained by."
        )
    return found


def _recording_path(path: Path) -> Path:
    """`path`; AnimatorError when it does not end as recordings do."""
    if path.suffix != ".h5":
        raise AnimatorError(
            f"'{path}' does not end in .h5, and a recording is an HDF5 file. "
            f"Use -o {path.with_suffix('.h5')}."
        )
    return path


def _row(path: Path, run: "Recording") -> dict[str, object]:
    """What --json prints of a recording."""
    return {
        "path": str(path),
        "steps": run.steps,
        "parameters": run.weights.shape[1],
        "initial_loss": finite(run.loss[0]),
        "final_loss": finite(run.loss[-1]),
        "bytes": path.stat().st_size,
    }
