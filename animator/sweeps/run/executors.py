"""Executors of a sweep: spawned processes of this machine, or the workers of a dask cluster, behind one door.

Both are concurrent.futures executors. A worker that dies is replaced (here) or was replaced (there); which
piece of work it died of is known, because each process has one at a time.
"""

import gc
import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from typing import Protocol

from animator.core import strays
from animator.core.errors import AnimatorError
from animator.core.gc_tuning import SELDOM
from animator.sweeps.plan import plan
from animator.sweeps.run.tasks import Result, Task
from animator.sweeps.run.worker import difference, warm, work

CONNECT = 10.0  # seconds
GONE = "The scheduler at {0} is gone. What was done is kept: start it and run the same command again."


class Engine(Protocol):
    """Takes tasks; see the module."""

    def room(self) -> int:
        """How many tasks may be on their way at once: the workers there are now."""

    def warm(self, most: int) -> None:
        """Have up to `most` workers load TensorFlow while they wait, where that can be asked for."""

    def submit(self, task: Task) -> "Future[Result]":
        """Begin `task`; the future raises what `died` knows when its worker died."""

    def died(self, error: BaseException) -> bool:
        """Whether `error` says that the worker died, not that the work failed."""

    def close(self) -> None:
        """Let go of all workers, whatever they do."""


def begin(scratch: str) -> None:
    """Start a worker process: interruptions are its parent's affair, garbage is looked for seldom, and it
    ends when the parent does.

    scratch: the folder for what is made on the way; it goes when the parent does.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)
    tempfile.tempdir = scratch
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent, scratch), daemon=True).start()


def _end_with(parent: BaseProcess, scratch: str) -> None:
    parent.join()
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)


@contextmanager
def unheard() -> Iterator[None]:
    """While the context lasts, SIGINT waits; processes that are started in it never hear one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would unblock it when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Local:
    """Up to `jobs` spawned processes, each an executor of its own."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._stack = ExitStack()
        self._scratch = self._stack.enter_context(strays.scratch())
        self._idle: list[ProcessPoolExecutor] = []
        self._busy: dict[Future[Result], ProcessPoolExecutor] = {}
        self._warming: dict[Future[None], ProcessPoolExecutor] = {}

    def room(self) -> int:
        """The number of processes."""
        return self._jobs

    def warm(self, most: int) -> None:
        """Start processes, up to `most` and to the number there may be, that load TensorFlow."""
        while len(self._idle) + len(self._busy) < min(most, self._jobs):
            pool = self._new()
            self._warming[pool.submit(warm)] = pool
            self._idle.append(pool)

    def submit(self, task: Task) -> "Future[Result]":
        """Begin `task` in an idle process, or in a new one."""
        self._sort()
        while self._idle:
            pool = self._idle.pop()
            try:
                return self._begun(pool, task)
            except BrokenExecutor:  # it died while it had nothing to do
                pool.shutdown(wait=False)
        return self._begun(self._new(), task)

    def _begun(self, pool: ProcessPoolExecutor, task: Task) -> "Future[Result]":
        with unheard():  # Ctrl-C goes to all processes of a terminal, and a new one knows no handler yet
            future = pool.submit(work, task)
        self._busy[future] = pool
        return future

    def _sort(self) -> None:
        """Idle are those whose work is done; those whose process died are let go."""
        for future in [future for future in self._busy if future.done()]:
            pool = self._busy.pop(future)
            if isinstance(future.exception(), BrokenExecutor):
                pool.shutdown(wait=False)
            else:
                self._idle.append(pool)

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), begin, (str(self._scratch),))

    def died(self, error: BaseException) -> bool:
        """Whether its process died."""
        return isinstance(error, BrokenExecutor)

    def close(self) -> None:
        """End all processes, at once where they are at work."""
        self._sort()
        warming = [pool for future, pool in self._warming.items() if not future.done()]
        pools = (*self._idle, *self._busy.values())
        _kill((*self._busy.values(), *warming))
        try:
            for pool in pools:
                pool.shutdown(wait=True, cancel_futures=True)
        except BaseException:  # interrupted while idle ones end by themselves: now they end at once
            _kill(pools)
            for pool in pools:
                pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            self._idle = []
            self._busy = {}
            self._warming = {}
            self._stack.close()


def _kill(pools: Iterable[ProcessPoolExecutor]) -> None:
    for pool in pools:
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.kill()


class Cluster:
    """The workers of the dask scheduler at `address`, as many as there are at each moment."""

    def __init__(self, address: str, waiting: Callable[[str], None], connect: float = CONNECT) -> None:
        """connect: seconds that the scheduler may take to answer."""
        try:
            from distributed import Client, KilledWorker
        except ImportError as error:
            raise AnimatorError(
                f"--cluster {address} needs dask.distributed, which is not installed. Install it with: "
                "pip install 'animator[cluster]'."
            ) from error
        self._address = address
        self._killed = KilledWorker
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # errors become sentences here
        try:
            self._client = Client(address, timeout=connect, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise AnimatorError(
                f"No dask scheduler answers at {address}. Start one with: dask scheduler --port 8786, and "
                "give --cluster tcp://HOST:8786."
            ) from error
        try:
            self._check(waiting)
        except BaseException:
            self._client.close()
            raise
        self._executor = self._client.get_executor(pure=False, retries=0)

    def _check(self, waiting: Callable[[str], None]) -> None:
        """Compare versions with the workers there are; wait for the first one."""
        if not self._workers():
            waiting(f"waiting for a worker at {self._address}")
            self._client.wait_for_workers(1)
        try:
            found: Mapping[str, Mapping[str, str]] = self._client.run(plan.versions)
        except Exception as error:  # what a worker raised comes here as it is, of any kind
            raise AnimatorError(
                f"The workers of {self._address} cannot run animator ({type(error).__name__}: {error}). "
                "Install animator there, in the version of this machine."
            ) from error
        own = plan.versions()
        for worker, theirs in found.items():
            other = {n: theirs[n] for n in ("python", *plan.COMPARED) if theirs.get(n) != own[n]}
            if other:
                raise AnimatorError(difference(f"at {worker}", other, own))

    def _workers(self) -> int:
        if self._client.status != "running":
            raise AnimatorError(GONE.format(self._address))
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def room(self) -> int:
        """The number of workers now."""
        return max(1, self._workers())

    def warm(self, most: int) -> None:
        """Workers of a cluster stay, and keep what they have loaded."""

    def submit(self, task: Task) -> "Future[Result]":
        """Begin `task` on some worker."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # films and recordings are large, and must travel
            future: Future[Result] = self._executor.submit(work, task)
        return future

    def died(self, error: BaseException) -> bool:
        """Whether dask gave the work up because workers died of it."""
        if isinstance(error, CancelledError):
            raise AnimatorError(GONE.format(self._address)) from error
        return isinstance(error, self._killed)

    def close(self) -> None:
        """Forget what was asked and leave the cluster."""
        self._executor.shutdown(wait=False)
        self._client.close()


def open_engine(jobs: int, cluster: str | None, waiting: Callable[[str], None]) -> Engine:
    """The Engine for what was asked."""
    return Cluster(cluster, waiting) if cluster is not None else Local(jobs)
