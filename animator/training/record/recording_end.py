"""What is computed when training has ended: losses on the data, and what the recording lacks.

A model, its variables and the writer of its recording go in; losses (K+1,) and Facts come out. The model
and every random state are left as they are.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Floats, Singles
from animator.core.errors import AnimatorError
from animator.core.language import Said
from animator.core.progress import Progress
from animator.recordings.facts import Facts
from animator.recordings.samples import Samples
from animator.recordings.writer import RecordingWriter
from animator.training.keras_types import KerasModel
from animator.training.loss.objective import MakeLoss, Objective
from animator.training.record.random_state import random_state_kept
from animator.training.record.recorder_buffer import Tape
from animator.training.record.recorder_words import warn
from animator.training.record.recording_policy import Keeping
from animator.training.variables import Variables, flat

READ_BYTES = 64 * 2**20
FEW = 64  # samples that a test_step of the user's is tried on
AVERAGED = Said("the moving averages that the optimizer keeps of them (use_ema=True)")
CHANGED = Said("others than any recorded step had: something changed them after the last step")


def losses(
    make: MakeLoss,
    model: KerasModel,
    data: Samples,
    *,
    keeping: Keeping,
    writer: RecordingWriter,
    progress: Progress,
) -> Floats:
    """Loss in evaluation mode (K+1,): NaN where it was not computed, inf or NaN where it is so."""
    part = data.first(keeping.loss_samples or data.count)
    chosen = keeping.loss_at(writer.rows, part.count, writer.size)
    steps = writer.read_steps()
    found = np.full(writer.steps + 1, np.nan)
    per_read = max(1, READ_BYTES // (4 * (writer.size + writer.states)))
    if len(chosen) == writer.rows:
        blocks = [slice(i, i + per_read) for i in range(0, writer.rows, per_read)]
    else:
        blocks = [slice(int(i), int(i) + 1) for i in chosen]
    with random_state_kept():
        objective = make(model, part)
        _check_test_step(model, part, objective)
        for done, block in enumerate(blocks):
            state = writer.read(block, "state") if writer.states else None
            found[steps[block]] = objective(writer.read(block), state)
            progress("losses on the data", done + 1, len(blocks))
    return found


def _check_test_step(model: KerasModel, data: Samples, objective: Objective) -> None:
    """AnimatorError when the model's own test_step reports another loss than its compute_loss gives.

    Both are asked for the weights that the model has now, on a few samples; metrics are put back.
    """
    if model.test_step.__module__.startswith("keras."):
        return
    few = data.first(FEW)
    before = [(variable, np.array(variable)) for variable in model.metrics_variables]
    plain = model.test_function
    try:
        reported = model.evaluate(
            few.x, few.y, sample_weight=few.sample_weight, batch_size=few.count, verbose=0, return_dict=True
        ).get("loss")
    finally:
        model.test_function = plain
        for variable, value in before:
            variable.assign(value)
    own = float(objective.on(few)(flat(tuple(model.trainable_variables))[None])[0])
    if reported is not None and not np.isclose(reported, own, rtol=1e-3, atol=1e-6, equal_nan=True):
        raise AnimatorError(
            f"its test_step reports a loss of {reported:.6g} where compute_loss gives {own:.6g}. Leave data= "
            "away."
        )


def learnt(
    facts: Facts,
    tape: Tape,
    writer: RecordingWriter,
    *,
    model: KerasModel,
    recorded: Variables,
    before: int | None,
) -> Facts:
    """`facts`, and what the recording of a fit lacks, now that all its rows are there; late rates are
    written.

    recorded: the variables that rows hold; before: how many updates the optimizer had made at the start.
    """
    rates = tape.late_rates()
    idle = before is not None and updates(model.optimizer) == before
    if idle:
        rates = np.full(writer.steps, np.nan)
    if rates is not None:
        writer.replace("learning_rate", rates)
    late = late_weights(recorded, model)
    if late:
        warn(
            f"'{writer.path}' holds nothing of {len(late):,} weights that were made, or began to train, "
            f"after the first step: {', '.join(late[:3])}{' ...' if len(late) > 3 else ''}."
        )
    unread = tape.unread_losses
    if unread:
        say_unread(writer.path, unread, writer.steps)
    found = replace(
        facts,
        unread_losses=unread,
        no_batch_loss=tape.no_batch_loss,
        no_learning_rate=idle or not tape.has_rates,
        left_out=tape.left_out,
        late_weights=late,
    )
    return weights_after(found, recorded, model, writer)


def say_unread(path: Path, unread: int, steps: int) -> None:
    """Warn that the batch's own loss of some steps could not be read."""
    warn(
        f"'{path}' is recorded without the batch's own loss of {unread:,} of {steps:,} steps: the training "
        "step added none to Keras' running sum there, or so little that rounding hides it."
    )


def weights_after(facts: Facts, recorded: Variables, model: KerasModel, writer: RecordingWriter) -> Facts:
    """`facts`, and whose the weights are that the model has now: of an earlier step, or of none."""
    now = flat(recorded.trainable).astype(writer.dtype).astype(np.float32)
    if _same(now, writer.read(slice(writer.rows - 1, writer.rows)))[0]:
        return facts
    per_read = max(1, READ_BYTES // (4 * writer.size))
    steps = writer.read_steps()
    for end in range(writer.rows, 0, -per_read):
        start = max(0, end - per_read)
        found = np.flatnonzero(_same(now, writer.read(slice(start, end))))
        if found.size:
            return replace(facts, restored_step=int(steps[start + found[-1]]))
    averaged = bool(getattr(getattr(model, "optimizer", None), "use_ema", False))
    return replace(facts, other_weights=AVERAGED if averaged else CHANGED)


def _same(row: Singles, rows: Singles) -> NDArray[np.bool_]:
    """(n,) which of `rows` (n, P) equal `row` (P,); NaN equals NaN."""
    return np.asarray(((rows == row) | (np.isnan(rows) & np.isnan(row))).all(axis=1))


def late_weights(recorded: Variables, model: KerasModel) -> tuple[str, ...]:
    """Paths of the model's trainable weights that were not there, or did not train, at the first step."""
    known = {id(variable) for variable in recorded.trainable}
    return tuple(v.path for v in model.trainable_variables if id(v) not in known)


def updates(optimizer: object) -> int | None:
    """How many updates `optimizer` has made; None when it does not count."""
    counted = getattr(optimizer, "iterations", None)
    return None if counted is None else int(np.asarray(counted))


def stopped(path: Path, error: Exception) -> str:
    """What is said when writing to `path` failed (a full disk, say), or reading what a step left."""
    if isinstance(error, OSError):
        advice = "Make room, or record fewer steps with Recorder(every=10)."
        why = f"it could not be written ({error.strerror or str(error).splitlines()[0][:120]})"
    else:
        advice = "What was recorded until then lies beside it, as a .part.h5 file."
        why = short_reason(error)
    return f"Recording to '{path}' stopped: {why}. Training goes on without it. {advice}"


def short_reason(error: Exception) -> str:
    """What an error says, as a clause: its first sentence, with its kind where it is none of ours.

    Keras wraps what a layer raises into paragraphs: the second one is what was raised.
    """
    paragraphs = re.sub("\x1b\\[[0-9]*m", "", str(error)).strip().split("\n\n")
    wrapped = len(paragraphs) > 1 and paragraphs[0].startswith("Exception encountered when calling")
    first = " ".join(paragraphs[wrapped].split()).split(". ")[0][:160].rstrip(".")
    return first if isinstance(error, AnimatorError) else f"{type(error).__name__}: {first}".rstrip(": ")
