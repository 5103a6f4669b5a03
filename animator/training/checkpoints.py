"""A recording from checkpoints that someone already has: .keras files, or .weights.h5 with a model.

Row k of the recording is checkpoint k, in natural order (epoch 100 after 99). What checkpoints do not
hold, batch losses above all, is absent. Files are read in Keras' safe mode: nothing in them is run.
"""

import math
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np

from animator.core.arrays import Array
from animator.core.errors import AnimatorError
from animator.core.json_types import JSON
from animator.core.progress import Progress, quiet
from animator.recordings.facts import Facts
from animator.recordings.samples import Samples, samples
from animator.recordings.writer import RecordingWriter, Row
from animator.training.keras_types import KerasModel, Shape
from animator.training.loss.objective import loss_function
from animator.training.model_description import data_said, description
from animator.training.record.recording_size import kept_arrays
from animator.training.variables import flat, variables_of

NO_BATCH = "checkpoints hold no losses of batches"
LOSSES = {"data": "loss", "test": "test_loss"}  # what is given -> the name of its losses in the file

MOST_TIMES = 20  # how much a packed file may hold: times its size, and
SPARE = 256 * 2**20  # bytes


def recording_from(
    paths: Sequence[Path],
    output: Path,
    *,
    model: Callable[[], KerasModel] | None = None,
    data: object = None,
    test: object = None,
    progress: Progress = quiet,
) -> None:
    """Write the recording of checkpoints to `output`; row k is checkpoint k in natural order.

    Parameters
    ----------
    paths
        The checkpoints, two or more, of one model.
    output
        Where the recording appears, an .h5 file.
    model
        () -> the Keras model that .weights.h5 files are loaded into; .keras files bring their own.
    data, test
        What losses are computed on, in evaluation mode, as the Recorder takes them.
    progress
        Hears ("checkpoints", files read, of all).

    Raises
    ------
    AnimatorError
        For fewer than two checkpoints, for one that cannot be loaded, and for those of another model.

    Examples
    --------
    >>> recording_from(sorted(Path("ckpt").glob("*.keras")), Path("run.h5"), data=(x, y))
    """
    ordered = _ordered(paths)
    given = {
        name: samples(pair, f"The {name}")
        for name, pair in (("data", data), ("test", test))
        if pair is not None
    }
    first = _loaded(ordered[0], model)
    writer = RecordingWriter(
        output, _row(0, first), _meta(first, ordered, output, given), kept_arrays(variables_of(first), given)
    )
    objectives = {name: loss_function(first, part) for name, part in given.items()}
    losses = {LOSSES[name]: np.empty(len(ordered)) for name in given}
    rates: list[float] = []
    for step, path in enumerate(ordered):
        now = first if step == 0 else _loaded(path, model)
        if _shapes(now) != _shapes(first):
            writer.discard()
            raise AnimatorError(
                f"Checkpoint '{path}' has other weights than '{ordered[0]}': they are of two models. "
                "Give checkpoints of one model only."
            )
        row = _row(step, now)
        if step:
            rates.append(_rate(now))
            writer.write(_columns(step, rates[-1]), [step], row.weights[None], row.state[None])
        for name, objective in objectives.items():
            losses[LOSSES[name]][step] = objective(row.weights[None], row.state)[0]
        progress("checkpoints", step + 1, len(ordered))
    facts = Facts(no_batch_loss=NO_BATCH, no_learning_rate=not any(map(math.isfinite, rates)))
    writer.note(facts)
    writer.finish(losses)


def _meta(
    model: KerasModel, paths: Sequence[Path], output: Path, given: Mapping[str, Samples]
) -> dict[str, JSON]:
    """What the recording says once."""
    return {
        **description(model),
        **{name: data_said(part) for name, part in given.items()},
        "seed": None,
        "notes": {"title": output.stem, "checkpoints": [path.name for path in paths]},
    }


def _columns(step: int, rate: float) -> dict[str, Array]:
    """The numbers of one update: of a checkpoint its learning rate alone is known."""
    return {
        "batch_loss": np.array([np.nan]),
        "learning_rate": np.array([rate]),
        "epoch": np.array([step - 1]),
        "batch": np.array([0]),
    }


def _ordered(paths: Sequence[Path]) -> list[Path]:
    """`paths` in the order of their numbers; AnimatorError for fewer than two."""
    ordered = sorted(paths, key=natural)
    if len(ordered) < 2:
        raise AnimatorError(
            f"A path needs two checkpoints or more, but got {len(ordered)}. "
            "Give a pattern that matches more files, such as 'ckpt/*.keras'."
        )
    return ordered


def natural(path: Path) -> list[tuple[int, int, str]]:
    """A key that sorts numbers in names as numbers: epoch-99 before epoch-100."""
    parts = re.split(r"(\d+)", str(path))
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def read_data(path: Path) -> Samples:
    """The arrays x, y and perhaps sample_weight of an .npz file, as data; nothing in it is run.

    Raises
    ------
    AnimatorError
        For a file that is damaged, claims more than it can hold, or lacks x or y.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            claimed = sum(entry.file_size for entry in packed.infolist())
        if claimed > path.stat().st_size * MOST_TIMES + SPARE:
            raise ValueError(f"it claims {claimed:,} bytes")
        with np.load(path, allow_pickle=False) as file:
            parts = [file[name] for name in ("x", "y", "sample_weight") if name in file]
            names = file.files
    except Exception as error:  # zipfile, zlib and NumPy raise all kinds of errors over damaged bytes
        reason = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
        raise AnimatorError(
            f"'{path}' cannot be read as data ({reason}). Give an .npz file with arrays x and y, as "
            "numpy.savez('data.npz', x=x, y=y) writes it."
        ) from error
    if "x" not in names or "y" not in names:
        raise AnimatorError(
            f"'{path}' holds {' '.join(names) or 'nothing'}, but data are arrays called x and y. "
            "Write them with numpy.savez('data.npz', x=x, y=y)."
        )
    return samples(tuple(parts), f"'{path}'")


def _loaded(path: Path, model: Callable[[], KerasModel] | None) -> KerasModel:
    """The Keras model of one checkpoint. Its optimizer's variables may be missing: nobody asks for them."""
    whole = path.suffix == ".keras"
    if not whole and model is None:
        raise AnimatorError(
            f"'{path}' holds weights but no model. Give the scene whose model they are of, with "
            "--scene FILE.py, or save whole models as .keras."
        )
    try:
        with warnings.catch_warnings():  # of the optimizer's variables: no film needs them
            warnings.filterwarnings("ignore", "Skipping variable loading for optimizer")
            if model is None or whole:
                loaded: KerasModel = keras.saving.load_model(path, safe_mode=True)
                return loaded
            made = model()
            made.load_weights(path)
            return made
    except Exception as error:  # Keras and h5py raise what they like
        reason = " ".join(str(error).split())[:120].rstrip(".")
        raise AnimatorError(
            f"Checkpoint '{path}' cannot be loaded ({reason}). Give .keras files, or .weights.h5 files with "
            "the scene of their model."
        ) from error


def _shapes(model: KerasModel) -> list[Shape]:
    found = variables_of(model)
    return [tuple(v.shape) for v in (*found.trainable, *found.state, *found.fixed)]


def _row(step: int, model: KerasModel) -> Row:
    found = variables_of(model)
    return Row(step, flat(found.trainable), flat(found.state))


def _rate(model: KerasModel) -> float:
    """The learning rate that the checkpoint's optimizer holds; NaN when it holds none."""
    rate = getattr(getattr(model, "optimizer", None), "learning_rate", None)
    return float("nan") if rate is None else float(np.asarray(rate))
