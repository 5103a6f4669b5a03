"""Sweeps by the workers of a dask cluster: the same bytes as here, whoever dies, joins or is interrupted."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.sweeps.plan import plan
from animator.sweeps.run import run
from animator.sweeps.run.executors import Cluster
from tests.sweep_runs import LINE, NONE, SMALL, WORDS, cells, digests, pids, started, states, swept, times

LOOPBACK: dict[str, Any] = {
    "threads_per_worker": 1,
    "processes": True,
    "host": "127.0.0.1",
    "dashboard_address": ":0",
    "silence_logs": 50,
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A dask scheduler and two worker processes on 127.0.0.1."""
    distributed = pytest.importorskip("distributed", reason="dask is not installed: animator[cluster]")
    import dask

    # a task is given up when two workers died of it, not four: it takes less long
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(**LOOPBACK, n_workers=2) as made,
    ):
        yield made


def when(folder: Path, done: int, then: Callable[[], object]) -> threading.Thread:
    """Do `then` as soon as `done` cells are done."""

    def watch() -> None:
        for _ in range(6000):
            if states(folder).count("done") >= done:
                then()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_workers_that_lack_the_scene_file_give_the_same_bytes(cluster, made, tmp_path):
    path = tmp_path / "line.py"
    path.write_text(LINE, encoding="utf-8")
    asked = plan.plan(str(path), WORDS, SMALL)
    path.unlink()
    orders = run.Orders(cluster=cluster.scheduler_address)
    with cache.within(tmp_path / "cache"):
        outcome = run.sweep(asked, tmp_path / "far", orders, products=NONE)
    assert outcome.count("done") == 4
    assert digests(tmp_path / "far") == digests(made)
    assert pids(tmp_path / "far") and os.getpid() not in pids(tmp_path / "far")


def test_a_worker_is_killed_in_the_middle_and_another_joins_late(cluster, scene, made, tmp_path):
    folder = tmp_path / "worker"
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:
        victim = next(iter(client.run(os.getpid).values()))
    watcher = when(folder, 1, lambda: (os.kill(victim, signal.SIGKILL), cluster.scale(3)))
    outcome = swept(scene, folder, *WORDS, cluster=cluster.scheduler_address)
    watcher.join()
    assert outcome.count("done") == 4
    assert digests(folder) == digests(made)


def test_a_worker_that_joins_late_works(scene, made, tmp_path):
    from distributed import LocalCluster

    with LocalCluster(**LOOPBACK, n_workers=0) as late:
        heard = []

        def progress(stage: str, done: int, total: int) -> None:
            heard.append(stage)
            late.scale(1)

        run.sweep(
            plan.plan(str(scene), WORDS, SMALL),
            tmp_path / "late",
            run.Orders(cluster=late.scheduler_address),
            progress=progress,
            products=NONE,
        )
    assert heard[0] == f"waiting for a worker at {late.scheduler_address}"
    assert digests(tmp_path / "late") == digests(made)


def test_the_client_is_interrupted_and_started_again(cluster, scene, made, tmp_path):
    folder = tmp_path / "client"
    words = (str(scene), *WORDS, "--cluster", cluster.scheduler_address)
    process = started(folder, *words)
    while states(folder).count("done") < 1:
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    kept = {cell["film"]: times(folder)[cell["film"]] for cell in cells(folder) if cell["state"] == "done"}
    swept(scene, folder, *WORDS, cluster=cluster.scheduler_address)
    assert digests(folder) == digests(made)
    assert kept.items() <= times(folder).items()


def test_a_cell_that_kills_its_workers_costs_no_other(cluster, scene, tmp_path, monkeypatch):
    """Its worker dies each time; dask starts new ones, and gives the cell up."""
    path = tmp_path / "deadly.py"
    path.write_text(LINE.replace('os.path.exists(os.environ.get("LINE_TROUBLE", ""))', "True"))
    outcome = swept(path, tmp_path / "deadly", "trouble=raise,exit", cluster=cluster.scheduler_address)
    assert outcome.count("failed") == 2
    assert outcome.manifest.cells[1].reason.startswith("Its worker died, and died again when")


def test_other_versions_are_one_sentence(cluster, scene, tmp_path, monkeypatch):
    own = plan.version
    monkeypatch.setattr(plan, "version", lambda name: "1.0" if name == "numpy" else own(name))
    with pytest.raises(AnimatorError) as caught:
        swept(scene, tmp_path / "old", *WORDS, cluster=cluster.scheduler_address)
    worker = str(caught.value).split()[3]
    assert str(caught.value) == (
        f"The worker at {worker} has numpy {own('numpy')} instead of 1.0, so its cells would differ from the "
        "others. Install the same versions there as here."
    )


def test_no_scheduler_is_one_sentence():
    with pytest.raises(AnimatorError) as caught:
        Cluster("tcp://127.0.0.1:9", print, connect=0.5)
    assert str(caught.value) == (
        "No dask scheduler answers at tcp://127.0.0.1:9. Start one with: dask scheduler --port "
        "8786, and give --cluster tcp://HOST:8786."
    )
