"""`animator record --from checkpoints`: patterns of files into one recording, and a report of it."""

import glob
import json as json_text
import sys
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.core.formatting import finite
from animator.design.descent import Descent


def record_from(source: str | None, words: list[str], output: Path | None, data: Path | None,
                scene: str | None, as_json: bool) -> None:  # fmt: skip
    """Write the recording of the checkpoints that the patterns in `words` match; NAME=VALUE go to `scene`."""
    from animator.cli.progress_bars import shown
    from animator.core.files import ensure_folder
    from animator.design import scene_files
    from animator.recordings.reader import load

    if source != "checkpoints":
        raise AnimatorError(
            f"--from {source or ''} is no source of recordings. Type: animator record --from checkpoints "
            "'ckpt/*.keras' --data data.npz."
        )
    patterns = [word for word in words if "=" not in word]
    found = [Path(name) for pattern in patterns for name in sorted(glob.glob(pattern))]  # noqa: PTH207
    if not found:
        raise AnimatorError(
            f"No file matches {' '.join(patterns)}. Give the checkpoints' pattern in quotes, such as "
            "'ckpt/*.keras'."
        )
    path = output or Path("output") / f"{found[0].absolute().parent.name}.h5"
    if path.suffix != ".h5":
        raise AnimatorError(
            f"'{path}' does not end in .h5, and a recording is an HDF5 file. "
            f"Use -o {path.with_suffix('.h5')}."
        )
    ensure_folder(path)
    trained = None
    if scene is not None:
        from animator.films.build import build

        found_run = build(scene_files.find(scene), [word for word in words if "=" in word])[0].runs[0]
        if isinstance(found_run, Descent):
            raise AnimatorError(
                f"Scene '{scene}' descends on a function, so there is no model of it for checkpoints. Give "
                "the scene that they were trained by."
            )
        trained = found_run
    with shown() as progress:
        progress("starting TensorFlow", 0, 1)
        from animator.training.keras_startup import start

        start(sparing=True)
        from animator.training.checkpoints import read_data, recording_from

        progress("starting TensorFlow", 1, 1)
        pair = read_data(data) if data is not None else trained.data() if trained else None
        recording_from(found, path, model=trained.model if trained else None, data=pair,
                       progress=progress)  # fmt: skip
    with load(path) as run:
        row = {"path": str(path), "steps": run.steps, "parameters": run.weights.shape[1],
               "initial_loss": finite(run.loss[0]), "final_loss": finite(run.loss[-1]),
               "bytes": path.stat().st_size}  # fmt: skip
    text = json_text.dumps({"files": [row]}, indent=2) if as_json else (
        f"{row['path']}  {len(found):,} checkpoints of {row['parameters']:,} parameters"
    )  # fmt: skip
    sys.stdout.write(f"{text}\n")
