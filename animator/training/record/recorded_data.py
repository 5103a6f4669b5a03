"""The data of a Recorder: what it was given, what the file keeps of it, and the losses on it.

Data as they are given go in; Samples, losses (K+1,) and Facts of what is missing come out. What is missing
is warned of as soon as it is known.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from animator.core.formatting import bytes_text
from animator.core.progress import Progress
from animator.recordings.facts import Facts
from animator.recordings.samples import Samples
from animator.recordings.writer import RecordingWriter
from animator.training.loss.objective import Objective
from animator.training.model_description import Variables, data_said
from animator.training.record import recording_end
from animator.training.record.given_data import given_samples
from animator.training.record.recorder_words import warn
from animator.training.record.recording_checks import no_loss
from animator.training.record.recording_policy import Keeping
from animator.training.record.recording_size import kept_arrays

KEEP_BYTES = 64 * 2**20
_NAMES = {"data": "loss", "test": "test_loss"}
_CALLED = {"data": "data", "test": "test data"}


class RecordedData:
    """The data that are `given` to the Recorder of `path` by name ("data", "test"); make: the Objective of a
    model on data. in_file: the names of those that the file keeps; facts: what the recording lacks, as far as
    it is known.
    """

    def __init__(
        self,
        path: Path,
        given: Mapping[str, Any],
        keeping: Keeping,
        make: Callable[[Any, Samples], Objective],
        progress: Progress,
    ) -> None:
        self._path, self._keeping, self._make, self._progress = path, keeping, make, progress
        self.facts = Facts()
        self.samples: dict[str, Samples] = {}
        self.in_file: tuple[str, ...] = ()
        self._hold(given)

    def _hold(self, given: Mapping[str, Any]) -> None:
        """Read what is given as data and test, and say at once what the file will not hold."""
        total = 0
        for name, data in given.items():
            if data is None:
                continue
            found = given_samples(data, f"Recorder's {name}")
            if isinstance(found, str):
                self._miss(name, found, "Give full arrays to see losses on them.")
                self._fact(f"no_{_NAMES[name]}", found)
                continue
            self.samples[name] = found
            if total + found.bytes() < KEEP_BYTES:
                total += found.bytes()
                self.in_file = (*self.in_file, name)
            else:
                why = f"they take {bytes_text(found.bytes(), 1)}, and a recording holds less than 64 MiB"
                self._miss(name, why, "Give them again with film(..., data=(x, y)), or give fewer samples.")

    def _fact(self, name: str, value: str) -> None:
        changed: dict[str, Any] = {name: value}
        self.facts = replace(self.facts, **changed)

    def _miss(self, name: str, why: str, advice: str) -> None:
        self._fact(f"no_{name}", why)
        warn(f"Recorder's {_CALLED[name]} are not kept in '{self._path}': {why}. {advice}")

    def said(self) -> dict[str, Any]:
        """What the recording's meta says of the data, by name."""
        return {name: data_said(part, self._keeping.loss_samples) for name, part in self.samples.items()}

    def kept(self, found: Variables) -> dict[str, NDArray[Any]]:
        """The arrays that the file keeps of the data and of the model's variables, by their paths in it."""
        return kept_arrays(found, self.samples, self.in_file)

    def foresee(self, model: Any) -> None:
        """Say before the first step that the loss on the data cannot be computed, where that is known."""
        why = no_loss(model) if self.samples else None
        if why is not None:
            self._lose(self.samples, why)

    def losses(self, model: Any, writer: RecordingWriter) -> dict[str, NDArray[np.float64]]:
        """The losses of `model` on what was given, by their names in the file, of those that can be
        computed.
        """
        losses = {
            _NAMES[name]: self._losses(name, data, model, writer)
            for name, data in self.samples.items()
            if getattr(self.facts, f"no_{_NAMES[name]}") is None
        }
        return {name: values for name, values in losses.items() if values is not None}

    def _losses(
        self, name: str, data: Samples, model: Any, writer: RecordingWriter
    ) -> NDArray[np.float64] | None:
        """Loss on `data` at the rows (K+1,); None, and a warning, where it cannot be computed."""
        try:
            return recording_end.losses(self._make, model, data, self._keeping, writer, self._progress)
        except Exception as error:  # the user's model may raise what it likes
            self._lose((name,), recording_end.short_reason(error))
            return None

    def _lose(self, names: Iterable[str], why: str) -> None:
        """Say that the loss on the data of these `names` will be absent."""
        for name in names:
            self._fact(f"no_{_NAMES[name]}", why)
            warn(f"'{self._path}' is recorded without the loss on Recorder's {_CALLED[name]}: {why}.")
