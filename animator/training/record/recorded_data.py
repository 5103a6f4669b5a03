"""The data of a Recorder: what it was given, what the file keeps of it, and the losses on it.

Data as they are given go in; Samples, losses (K+1,) and Facts of what is missing come out. What is missing
is warned of as soon as it is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from animator.core.arrays import Array, Floats
from animator.core.formatting import bytes_text
from animator.core.json_types import JSON
from animator.core.progress import Progress
from animator.recordings.facts import Facts
from animator.recordings.samples import Samples
from animator.recordings.writer import RecordingWriter
from animator.training.keras_types import KerasModel
from animator.training.loss.objective import MakeLoss
from animator.training.model_description import data_said
from animator.training.record import recording_end
from animator.training.record.given_data import given_samples
from animator.training.record.recorder_words import warn
from animator.training.record.recording_checks import no_loss
from animator.training.record.recording_policy import Keeping
from animator.training.record.recording_size import kept_arrays
from animator.training.variables import Variables

KEEP_BYTES = 64 * 2**20
_NAMES = {"data": "loss", "test": "test_loss"}
_CALLED = {"data": "data", "test": "test data"}


class RecordedData:
    """The data that are `given` to the Recorder of `path` by name ("data", "test").

    make: the loss of a model on data. in_file: the names of those that the file keeps; facts: what the
    recording lacks, as far as it is known.
    """

    def __init__(
        self,
        path: Path,
        given: Mapping[str, object],
        keeping: Keeping,
        make: MakeLoss,
        progress: Progress,
    ) -> None:
        self._path = path
        self._keeping = keeping
        self._make = make
        self._progress = progress
        self.facts = Facts()
        self.samples: dict[str, Samples] = {}
        self.in_file: tuple[str, ...] = ()
        self._hold(given)

    def _hold(self, given: Mapping[str, object]) -> None:
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
        self.facts = Facts(**(asdict(self.facts) | {name: value}))

    def _miss(self, name: str, why: str, advice: str) -> None:
        self._fact(f"no_{name}", why)
        warn(f"Recorder's {_CALLED[name]} are not kept in '{self._path}': {why}. {advice}")

    def said(self) -> dict[str, JSON]:
        """What the recording's meta says of the data, by name."""
        return {name: data_said(part, self._keeping.loss_samples) for name, part in self.samples.items()}

    def kept(self, found: Variables) -> dict[str, Array]:
        """The arrays that the file keeps of the data and of the model's variables, by their paths in it."""
        return kept_arrays(found, self.samples, self.in_file)

    def foresee(self, model: KerasModel) -> None:
        """Say before the first step that the loss on the data cannot be computed, where that is known."""
        why = no_loss(model) if self.samples else None
        if why is not None:
            self._lose(self.samples, why)

    def losses(self, model: KerasModel, writer: RecordingWriter) -> dict[str, Floats]:
        """The losses of `model` on what was given, by their names in the file, of those that can be
        computed.
        """
        lost = asdict(self.facts)
        losses = {
            _NAMES[name]: self._losses(name, data, model, writer)
            for name, data in self.samples.items()
            if lost[f"no_{_NAMES[name]}"] is None
        }
        return {name: values for name, values in losses.items() if values is not None}

    def _losses(self, name: str, data: Samples, model: KerasModel, writer: RecordingWriter) -> Floats | None:
        """Loss on `data` at the rows (K+1,); None, and a warning, where it cannot be computed."""
        try:
            return recording_end.losses(
                self._make, model, data, keeping=self._keeping, writer=writer, progress=self._progress
            )
        except Exception as error:  # the user's model may raise what it likes
            self._lose((name,), recording_end.short_reason(error))
            return None

    def _lose(self, names: Iterable[str], why: str) -> None:
        """Say that the loss on the data of these `names` will be absent."""
        for name in names:
            self._fact(f"no_{_NAMES[name]}", why)
            warn(f"'{self._path}' is recorded without the loss on Recorder's {_CALLED[name]}: {why}.")
