"""Fixtures that several test files use: a cache of its own, and a neuron trained by plain NumPy."""

import gc
import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from animator.cli import deadline
from animator.core.gc_tuning import SELDOM
from animator.drawing.view import View
from animator.landscape.field import Field
from animator.landscape.plane import Plane
from animator.landscape.window import choose
from tests.chromium import launched

gc.set_threshold(*SELDOM)  # as in a command: beside TensorFlow's objects a collection takes long


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say at once why a test failed: a run that is ended from outside never comes to its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stderr.write(f"\n{report.nodeid}, {report.when}:\n{report.longreprtext}\n")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test reads or fills the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    patch = pytest.MonkeyPatch()
    patch.setenv("ANIMATOR_CACHE", str(folder))
    yield folder
    patch.undo()


def is_near(host: str) -> bool:
    """Whether it is this machine, or one of the same network, such as a worker beside it."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host in ("", "localhost", socket.gethostname())


def refuse_other_machines(event: str, words: tuple[Any, ...]) -> None:
    """An audit hook that ends what connects to elsewhere; to connect a datagram sends nothing."""
    if event != "socket.connect" or words[0].family not in (socket.AF_INET, socket.AF_INET6):
        return
    asked, (host, *_) = words
    if asked.type == socket.SOCK_STREAM and not is_near(host):
        raise AssertionError(f"a test asks {host} of the network")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> None:
    """No test depends on other machines; a hook stays as long as the process."""
    sys.addaudithook(refuse_other_machines)


@pytest.fixture(scope="session", autouse=True)
def patient_commands() -> Iterator[None]:
    """Commands that tests run in this process may take their time to tidy up, or the process would end."""
    patch = pytest.MonkeyPatch()
    patch.setattr(deadline, "LATE", 600.0)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium; it ends with each file of tests, since its event loop would be in others' way."""
    with launched() as opened:
        yield opened


def numpy_view(rate: float = 0.5, moving: bool = True, steps: int = 60) -> View:
    """A tanh neuron with a bias, trained by NumPy, as a View with an exact surface."""
    rng = np.random.default_rng(0)
    x = rng.random((64, 2))
    y = np.tanh(x.sum(1))

    def loss(w):
        return ((np.tanh(w[..., :2] @ x.T + w[..., 2:3]) - y) ** 2).mean(-1)

    rows, batch = [np.array([-0.24, -0.5, 0.0])], []
    for k in range(steps):
        w, i = rows[-1], np.arange(8) + 8 * (k % 8)
        out = np.tanh(x[i] @ w[:2] + w[2])
        back = 2 * (out - y[i]) * (1 - out**2) / 8
        batch.append(((out - y[i]) ** 2).mean())
        rows.append(w - rate * np.append(x[i].T @ back, back.sum()))
    weights = np.array(rows)
    window = choose(weights[:, :2], (1.0, 1.0))
    alpha, beta = np.linspace(*window.extent[:2], 41), np.linspace(*window.extent[2:], 41)
    a, b = np.meshgrid(alpha, beta)
    cuts = weights if moving else weights[-1:]
    slices = np.array([loss(np.stack([a, b, np.full_like(a, w[2])], -1)) for w in cuts], np.float32)
    at = np.arange(steps + 1)
    field = Field(
        alpha,
        beta,
        slices,
        at if moving else at[:1],
        float(slices.min()),
        float(slices.max()),
        at,
        loss(weights),
    )
    plane = Plane(weights[-1] * [0, 0, 1], np.eye(2, 3), ("w1", "w2"), "weights")
    return View(
        name="run 1",
        steps=steps,
        parameters=3,
        labels=("w1", "w2", "bias"),
        lines=weights.astype(np.float32),
        line_range=(float(weights.min()), float(max(1, weights.max()))),
        recorded=at,
        axis_labels=("w1", "w2"),
        trajectory=weights[:, :2],
        residual=np.zeros(steps + 1),
        loss=loss(weights),
        batch_loss=np.array(batch),
        plane=plane,
        running_means={},
        learning_rate=np.full(steps, rate),
        epoch=(np.arange(steps) // 8).astype(np.int32),
        target=(1.0, 1.0),
        window=window,
        field=field,
        cut="moving" if moving else "static",
        test_loss=(0.5, 0.0002),
        test_samples=10,
        broke_at=None,
    )


@pytest.fixture(scope="session")
def view() -> View:
    """The neuron's view with a surface that is cut again at every step."""
    return numpy_view()
