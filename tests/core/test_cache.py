"""The cache: arrays come back as they were made, and are made once; digests tell arrays apart."""

import numpy as np
import pytest

from animator.core import cache


@pytest.fixture
def counted(tmp_path):
    """A cache of its own, and a computation that counts how often it is asked."""
    calls = []

    def compute():
        calls.append(True)
        return {"loss": np.arange(6.0).reshape(2, 3), "evaluated": np.array([True, False])}

    with cache.within(tmp_path / "cache"):
        yield compute, calls


def test_arrays_are_computed_once_and_come_back_the_same(counted):
    compute, calls = counted
    for _ in range(2):
        found = cache.arrays("surfaces", "k", compute)
        assert {name: (values.dtype, values.tolist()) for name, values in found.items()} == {
            "loss": (np.dtype(float), [[0, 1, 2], [3, 4, 5]]),
            "evaluated": (np.dtype(bool), [True, False]),
        }
    assert len(calls) == 1
    cache.arrays("surfaces", "another", compute)
    cache.arrays("planes", "k", compute)
    assert len(calls) == 3


def test_without_the_cache_they_are_computed_anew_and_kept(counted):
    compute, calls = counted
    for use_cache in (True, False, True):
        cache.arrays("surfaces", "k", compute, use_cache)
    assert len(calls) == 2


@pytest.mark.parametrize("content", [b"", b"not HDF5"])
def test_a_damaged_file_is_written_again(counted, content):
    compute, calls = counted
    cache.arrays("surfaces", "k", compute)
    cache.place("surfaces", "k").write_bytes(content)
    cache.arrays("surfaces", "k", compute)
    assert cache.arrays("surfaces", "k", compute)["loss"][1, 2] == 5
    assert len(calls) == 2


def test_a_digest_tells_shapes_types_and_order_apart():
    one = np.arange(6)
    different = [(one,), (one.reshape(2, 3),), (one.astype(np.int32),), (one, 1), (1, one), ("1", one)]
    assert len({cache.digest(*parts) for parts in different}) == len(different)
    assert cache.digest(one[::2]) == cache.digest(np.array([0, 2, 4]))
