"""Job scheduler: submits jobs up to what the engine has room for, and hands each result to its job.

A job whose worker died is tried once more, alone, when nothing else runs: a lack of memory may have been the
others'. If it dies again it has failed.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass

from animator.sweeps.run.executors import Engine
from animator.sweeps.run.tasks import Failure, Result, Task
from animator.sweeps.run.worker import time_up

LOOK = 0.5  # seconds after which new workers are noticed
DIED = (
    "Its worker died, and died again when it was tried alone: it may have run out of memory, or crashed in a "
    "library."
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Job:
    """A piece of work for a cell: make() gives its task when its turn comes, take(result) keeps what came of
    it. after: the job that must be over before.
    """

    cell: int
    make: Callable[[], Task]
    take: Callable[[Result], None]
    after: "Job | None" = None


@dataclass(frozen=True, slots=True)
class _Running:
    """A job at work since `began` (seconds of time.monotonic), and its limit of time in seconds."""

    job: Job
    began: float
    timeout: float | None


Told = Callable[[int, Collection[Job]], None]


def carry_out(engine: Engine, jobs: Iterable[Job], told: Told) -> None:
    """Have all `jobs` done; told(cells at work, jobs that are over) is called now and then."""
    waiting = deque(jobs)
    alone = deque[Job]()
    running: dict[Future[Result], _Running] = {}
    tried = set[Job]()
    over = set[Job]()

    def start(job: Job) -> None:
        task = job.make()
        running[engine.submit(task)] = _Running(job, time.monotonic(), task.timeout)

    while waiting or running or alone:
        for job in _ready(waiting, over, engine.room() - len(running)):
            start(job)
        if not running and alone:
            start(alone.popleft())
        told(len({one.job.cell for one in running.values()}), over)
        done, _ = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            one = running.pop(future)
            result = _result(engine, future, one)
            if isinstance(result, Failure) and result.kind == "died" and one.job not in tried:
                tried.add(one.job)
                alone.append(one.job)
                continue
            over.add(one.job)
            one.job.take(result)
    told(0, over)


def _ready(waiting: deque[Job], over: set[Job], room: int) -> list[Job]:
    """Take up to `room` jobs out of `waiting`, in order, that need not wait for another one."""
    found: list[Job] = []
    for job in list(waiting):
        if len(found) >= room:
            break
        if job.after is None or job.after in over:
            found.append(job)
            waiting.remove(job)
    return found


def _result(engine: Engine, future: Future[Result], one: _Running) -> Result:
    """What came of a job that is over; a worker's death becomes a Failure."""
    error = CancelledError() if future.cancelled() else future.exception()
    if error is None:
        return future.result()
    if not engine.died(error):
        raise error
    if one.timeout is not None and time.monotonic() - one.began >= one.timeout:
        return Failure(time_up(one.timeout), "time")
    return Failure(DIED, "died")
