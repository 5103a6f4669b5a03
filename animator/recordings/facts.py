"""Facts: what a recording lacks, and why, so that a film can say it instead of guessing.

The Recorder notes facts as it learns them, the last ones when training has ended. Each note is a line of
JSON in the file; later lines replace what earlier ones said. A recording without notes has no such facts.
"""

import json
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """What is absent from a recording, as clauses that follow "because" or "not recorded:".

    Parameters
    ----------
    no_batch_loss
        Why `batch_loss` is NaN at every step; None where the batch losses are true ones, and a NaN among them
        is a loss that was NaN, if `unread_losses` is 0.
    batch_loss_source
        What the batch losses were computed from, where they are no reading of each step.
    no_loss, no_test_loss
        Why the loss on the data (test data) was not computed although data were given.
    no_data, no_test
        Why data (test data) that were given are not kept in the file.
    no_learning_rate
        The optimizer that `compile` made never stepped, so its learning rate moved nothing; `learning_rate`
        is NaN at every step.
    restored_step
        The model's weights after training are those of this recorded step, not the last one's.
    other_weights
        What the model's weights after training are, when no recorded row holds them.
    left_out
        Names of metrics that could not be recorded.
    late_weights
        Paths of weights that were made after the first step, or that began to train after it, so that no row
        holds them.
    unread_losses
        Of how many steps the batch's own loss could not be read, and is NaN, although that of others could.

    Examples
    --------
    >>> animator.load("run.h5").facts.no_batch_loss is None
    True
    """

    no_batch_loss: str | None = None
    no_loss: str | None = None
    no_test_loss: str | None = None
    no_data: str | None = None
    no_test: str | None = None
    no_learning_rate: bool = False
    restored_step: int | None = None
    other_weights: str | None = None
    left_out: tuple[str, ...] = ()
    late_weights: tuple[str, ...] = ()
    unread_losses: int = 0
    batch_loss_source: str | None = None


def as_line(facts: Facts) -> bytes:
    """`facts` as a line of the file: what differs from "nothing is absent", as JSON."""
    plain = {f.name: getattr(facts, f.name) for f in fields(facts) if getattr(facts, f.name) != f.default}
    return json.dumps(plain, sort_keys=True).encode() + b"\n"


def from_lines(text: bytes) -> Facts:
    """The Facts of the last whole line of `text`; names that this version does not know are left away."""
    lines = text.split(b"\n")[:-1]
    said: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    known = {field.name for field in fields(Facts)}
    told: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in said.items() if name in known
    }
    return Facts(**told)
