"""Names for the kinds of arrays that go from package to package; shapes stand in the docstrings of users."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # of any type: data as they are given, columns of a file
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Steps = NDArray[np.int64]  # numbers of recorded steps, ascending
Ints = NDArray[np.int64]  # indices and counts
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]  # pixels, or entries of a palette
