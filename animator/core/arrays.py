"""Names for the kinds of arrays that go from package to package; shapes stand in the docstrings of users."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Steps = NDArray[np.int64]  # numbers of recorded steps, ascending
Bytes = NDArray[np.uint8]  # pixels, or entries of a palette
