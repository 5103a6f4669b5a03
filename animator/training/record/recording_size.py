"""What a recording keeps beside its rows, and how large it will be: refused when the disk has no room for it,
warned of when it is large.
"""

import shutil
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from animator.core.arrays import Array
from animator.core.errors import AnimatorError
from animator.core.formatting import bytes_text
from animator.recordings.samples import Samples
from animator.training.record.recording_policy import Keeping
from animator.training.variables import Variables, flat, size

LARGE_BYTES = 2**30
ADVICE = "Use Recorder(every=10), dtype='float16', or a path on a larger disk."


def check_room(path: Path, keeping: Keeping, found: Variables, planned: int) -> None:
    """AnimatorError when there is no room for `planned` updates of the variables `found`; a large recording
    is warned of.
    """
    rows = keeping.rows(planned)
    each = size(found.trainable) * np.dtype(keeping.dtype).itemsize + 4 * size(found.state)
    total = rows * each + 48 * planned + 4 * size(found.fixed)
    folder = next(p for p in (path.absolute(), *path.absolute().parents) if p.is_dir())
    free = shutil.disk_usage(folder).free
    what = f"{rows:,} rows of {size(found.trainable):,} parameters take {bytes_text(total, 1)}"
    if total > free:
        raise AnimatorError(
            f"'{path}' has no room for the recording: {what}, and {bytes_text(free, 1)} are free. {ADVICE}"
        )
    if total > LARGE_BYTES:
        warnings.warn(f"The recording '{path}' will be large: {what}. {ADVICE}", stacklevel=3)


def kept_arrays(
    found: Variables, samples: Mapping[str, Samples], names: Iterable[str] | None = None
) -> dict[str, Array]:
    """Arrays that a file keeps once, by their names in it: fixed variables, and the `samples` (of those
    `names`).
    """
    kept: dict[str, Array] = {"fixed": flat(found.fixed)} if found.fixed else {}
    for name in samples if names is None else names:
        kept |= {f"{name}/{path}": array for path, array in samples[name].arrays().items()}
    return kept
