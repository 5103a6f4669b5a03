"""Numbers and tuples as JSON has them."""

import numpy as np
import pytest

from animator.core.json_types import plain_json


def test_numbers_of_numpy_and_tuples_are_plain():
    given = {"a": (1, np.float64(0.5)), 2: [np.int64(3), None, True, "x"], "deep": {"b": np.bool_(False)}}
    assert plain_json(given) == {"a": [1, 0.5], "2": [3, None, True, "x"], "deep": {"b": False}}
    assert type(plain_json(np.int64(3))) is int


def test_what_is_no_json():
    with pytest.raises(TypeError, match=r"^set is no JSON$"):
        plain_json({"a": {1}})
