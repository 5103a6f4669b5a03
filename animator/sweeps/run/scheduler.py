"""Getting work done: jobs go to an engine, as many at once as it has room for, and results come back.

A job whose worker died is tried once more, alone, when nothing else runs: a lack of memory may have been the
others'. If it dies again it has failed.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from animator.sweeps.run.executors import Engine
from animator.sweeps.run.tasks import Failure
from animator.sweeps.run.worker import Result, Task, time_up

LOOK = 0.5  # seconds after which new workers are noticed
START = 8.0  # seconds that a worker may need to load TensorFlow and to trace its graphs
DIED = (
    "Its worker died, and died again when it was tried alone: it may have run out of memory, or crashed in a "
    "library."
)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A piece of work for cells: make() gives its task when its turn comes. after: what must be over."""

    cells: tuple[int, ...]
    make: Callable[[], Task]
    after: "Job | None" = None


Take = Callable[[Job, Result], Iterable[Job]]
Told = Callable[[int], None]


def carry_out(engine: Engine, jobs: Iterable[Job], take: Take, told: Told, patient: bool = False) -> None:
    """Have all `jobs` done; take(job, result) may give more of them; told(cells at work) now and then.

    patient: workers that would have to load TensorFlow first get none of them before it is worth that.
    """
    waiting, alone = deque(jobs), deque[Job]()
    running: dict[Future[Result], tuple[Job, float, float | None]] = {}
    tried, over = set[Job](), set[Job]()
    first = time.monotonic()

    def start(job: Job) -> None:
        task = job.make()
        running[engine.submit(task)] = job, time.monotonic(), task.timeout

    while waiting or running or alone:
        spent = time.monotonic() - first
        room = engine.room()
        if patient and not worth_a_start(spent, len(over), len(waiting)):
            room = min(room, max(1, engine.trained()))
        for job in _ready(waiting, over, room - len(running)):
            start(job)
        if not running and alone:
            start(alone.popleft())
        told(sum(len(job.cells) for job, _, _ in running.values()))
        done, _ = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            job, began, timeout = running.pop(future)
            result = _result(engine, future, time.monotonic() - began, timeout)
            if isinstance(result, Failure) and result.kind == "died" and job not in tried:
                tried.add(job)
                alone.append(job)
                continue
            over.add(job)
            waiting.extend(take(job, result))


def worth_a_start(spent: float, done: int, left: int) -> bool:
    """Whether more workers should load TensorFlow for the jobs that are left, after `spent` seconds in which
    `done` of them were done: when those seconds would have been enough for it, and so will the coming ones,
    twice.
    """
    return spent > START and left * spent / (done + 1) > 2 * START


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


def _result(engine: Engine, future: "Future[Any]", took: float, timeout: float | None) -> Result:
    error = future.exception() if not future.cancelled() else _cancelled()
    if error is None:
        result: Result = future.result()
        return result
    if not engine.died(error):
        raise error
    if timeout is not None and took >= timeout:
        return Failure(time_up(timeout), "time")
    return Failure(DIED, "died")


def _cancelled() -> BaseException:
    from concurrent.futures import CancelledError

    return CancelledError()
