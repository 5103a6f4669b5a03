"""The slices of a film and its heights: what has left the cache, or is damaged there, is evaluated again."""

import numpy as np
import pytest

import animator
from animator.core import cache


def field(run):
    """The surface that a film of `run` shows."""
    return animator.film(run).views()[0].field


def gone(path):
    path.unlink()


def damaged(path):
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize("become", [gone, damaged])
def test_what_is_not_in_the_cache_is_evaluated_again(tmp_path, become):
    """Any of the files, alone or with the others; the heights are those of the function."""
    with cache.within(tmp_path / "cache"):
        run = animator.descend("x**2+3*y**2", start=(-2.0, 1.0), steps=6, learning_rate=0.1)
        first = field(run)
        a, b = np.meshgrid(first.alpha, first.beta)
        np.testing.assert_allclose(first.slices[0], a**2 + 3 * b**2, rtol=1e-6)
        kept = sorted(cache.folder().joinpath("surfaces").glob("*.h5"))
        assert len(kept) == 2
        for paths in (kept[:1], kept[1:], kept):
            for path in paths:
                become(path)
            again = field(run)
            np.testing.assert_array_equal(again.slices[0], first.slices[0])
            np.testing.assert_array_equal(again.heights, first.heights)
            assert sorted(cache.folder().joinpath("surfaces").glob("*.h5")) == kept
