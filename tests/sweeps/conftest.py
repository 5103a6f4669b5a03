"""A sweep of four cells by two workers, which several files look at, and the workers that made it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from animator.sweeps.run.executors import Local
from animator.sweeps.run.run import Opener
from tests.sweep_runs import WORDS, lent, swept


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scene file that is swept."""
    return tmp_path_factory.mktemp("scene") / "line.py"


@pytest.fixture(scope="session")
def workers() -> Iterator[Opener]:
    """Two workers for all sweeps of a session: each would wait for TensorFlow anew."""
    local = Local(2)
    yield lent(local)
    local.close()


@pytest.fixture(scope="session")
def made(scene: Path, workers: Opener, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sweep of four cells."""
    folder = tmp_path_factory.mktemp("sweep") / "made"
    outcome = swept(scene, folder, *WORDS, engine=workers)
    assert outcome.count("done") == 4
    return folder
