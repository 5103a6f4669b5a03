"""What a worker gives back when work goes wrong, and what becomes of work whose worker dies."""

import inspect
import os
import random
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import active_children
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.design import scene_files
from animator.design.fingerprint import ingredients
from animator.sweeps.plan import plan
from animator.sweeps.plan.plan import SceneText
from animator.sweeps.run import run, worker
from animator.sweeps.run.executors import Local
from animator.sweeps.run.scheduler import DIED, Job, carry_out, worth_a_start
from animator.sweeps.run.tasks import DrawTask, Failure, RecordTask
from animator.sweeps.run.time_limit import TimeUp, limited
from tests.sweep_runs import LINE, planned

FAR = SceneText("line", "/nowhere/at/all/line.py", LINE, False)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """A worker changes the environment of its process."""
    for name in ("ANIMATOR_STEADY", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", *worker.BLAS):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def task(*words: str, scene: SceneText = FAR, versions=None, timeout=None) -> RecordTask:
    """Train the first run of the scene for `words`."""
    return RecordTask(scene, ((words, 0),), versions or plan.versions(), timeout)


def test_a_scene_from_its_text_has_the_keys_of_its_file(tmp_path):
    path = tmp_path / "line.py"
    path.write_text(LINE)
    near, far = scene_files.load(path), FAR.file()
    assert inspect.getsource(far.function) == inspect.getsource(near.function)
    one, other = near.build({"rate": 0.3}).runs[0], far.build({"rate": 0.3}).runs[0]
    assert one.key() == other.key()
    assert ingredients(one.model) == ingredients(other.model)
    assert far.name == "line"


def test_a_scene_that_is_called_as_no_scene_should_be_does_no_harm(tmp_path):
    path = tmp_path / "<script>alert(1)<" / "..-.py"
    path.parent.mkdir()
    path.write_text(LINE)
    made = plan.plan(str(path), ["rate=0.1,0.2"], plan.Look())
    assert [planned.name for planned in made.cells] == ["000-rate=0.1", "001-rate=0.2"]
    assert made.cells[0].command == "animator render ..-.py rate=0.1 -o 000-rate=0.1.mp4"


def test_a_fault_in_the_scene_is_told_with_its_line():
    broken = SceneText(
        "line", "/nowhere/at/all/line.py", LINE.replace("return Scene(", "return Seen("), False
    )
    found = worker.work(task(scene=broken))
    assert isinstance(found, Failure)
    assert found.reason.startswith("Scene file 'line.py' raised NameError at line ")
    assert found.reason.endswith("name 'Seen' is not defined. Mend that line and try again.")
    assert "Traceback" in found.log


def test_other_versions_are_told():
    found = worker.work(task(versions={**plan.versions(), "keras": "2.0", "python": "2.7"}))
    own = plan.versions()
    assert (found.kind, found.reason.partition(" has ")[2]) == (
        "versions",
        f"python {own['python']} instead of 2.7, keras {own['keras']} instead of 2.0, so its cells would "
        "differ from the others. Install the same versions there as here.",
    )


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (RuntimeError("a\n b."), "raised", "It raised RuntimeError: a b."),
        (KeyError(), "raised", "It raised KeyError: no message."),
        (MemoryError(), "raised", "It ran out of memory (MemoryError)."),
        (AnimatorError("One sentence."), "raised", "One sentence."),
    ],
)
def test_exceptions_become_sentences(error, kind, reason):
    assert (worker.failure(error).kind, worker.failure(error).reason) == (kind, reason)


def test_a_full_disk_is_known_by_any_of_its_names():
    wrapped = AnimatorError("Cannot write.")
    wrapped.__cause__ = OSError(28, "No space left on device")
    for error in (wrapped, OSError(28, "x"), OSError("Can't write (errno = 28, 'No space left on device')")):
        assert worker.failure(error).kind == "disk"
    assert worker.failure(OSError(13, "Permission denied")).kind == "raised"


def test_files_from_workers_stay_in_the_cache(tmp_path):
    worker.store(
        (("surfaces/a.h5", b"1"), ("../b.h5", b"2"), (str(tmp_path / "c.h5"), b"3")), tmp_path / "cache"
    )
    assert [path.name for path in tmp_path.rglob("*.h5")] == ["a.h5"]
    assert worker.kept_files(tmp_path / "cache") == (("surfaces/a.h5", b"1"),)


def test_a_cache_within_a_folder_ends_with_its_context(tmp_path):
    before = cache.folder()
    with cache.within(tmp_path):
        assert cache.place("surfaces", "a") == tmp_path / "surfaces" / "a.h5"
    assert cache.folder() == before


def test_sums_are_added_up_by_one_thread(tmp_path, monkeypatch):
    """With more, planes of many rows have other last bits. Afterwards all is as before."""

    def threads(*_: object) -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    assert before
    monkeypatch.setattr(worker, "_record", threads)
    monkeypatch.setattr(run, "_made", lambda *_: found.append(threads()) or [])
    found = [worker.work(task())]
    run.sweep(planned(tmp_path / "line.py", "seed=0,1"), tmp_path / "out", run.Orders())
    assert found == [[1] * len(before)] * 2
    assert threads() == before
    assert [os.environ[name] for name in worker.BLAS] == ["1"] * 3


def test_what_dask_draws_changes_no_cell():
    """Keras takes the seeds of weights from the module `random`, of which a worker has one."""
    network = pytest.importorskip("distributed", reason="dask is not installed: animator[cluster]").comm.core
    words = (("rate=0.5", "seed=3"), 0)
    expected = worker.work(RecordTask(FAR, (words,), plan.versions())).recordings
    over, drawn = threading.Event(), []

    def draw() -> None:
        while not over.is_set():
            drawn.append(network.random.uniform(0, 1))
            time.sleep(0.001)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        found = [worker.work(RecordTask(FAR, (words,), plan.versions())).recordings for _ in range(3)]
    finally:
        over.set()
        thread.join()
    assert drawn
    assert found == [expected] * 3
    assert network.random.Random is random.Random


def test_time_is_up_in_the_thread_that_works():
    started = time.monotonic()
    with pytest.raises(TimeUp), limited(0.05):
        while time.monotonic() < started + 30:
            try:
                time.sleep(0.001)
            except Exception:
                pytest.fail("it was caught as an exception")
    with limited(30), limited(None):
        pass


def drawing(versions: dict[str, str]) -> DrawTask:
    """Draw a film of no recordings."""
    return DrawTask(scene=FAR, words=(), recordings=(), files=(), common=None, versions=versions, name="a",
                    command="", look=plan.Look())  # fmt: skip


class Puppets:
    """An engine whose tasks are names; those in `deadly` kill their worker as often as it says."""

    def __init__(self, deadly: dict[str, int], room: int = 2) -> None:
        self.deadly, self.size, self.hot, self.begun = dict(deadly), room, 0, []

    def room(self) -> int:
        return self.size

    def trained(self) -> int:
        return self.hot

    def submit(self, task):
        self.begun.append(task.scene)
        future: Future = Future()
        if self.deadly.get(task.scene, 0):
            self.deadly[task.scene] -= 1
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(f"{task.scene} done")
        return future

    def died(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def close(self) -> None:
        pass


def carried(engine: Puppets, names: str, after: dict[str, str] | None = None) -> dict[str, object]:
    """name -> result of every job."""
    found: dict[str, object] = {}
    jobs: dict[str, Job] = {}
    for index, name in enumerate(names):
        leader = jobs.get((after or {}).get(name, ""))
        jobs[name] = Job((index,), lambda name=name: task(scene=name), leader)

    def take(job: Job, result: object) -> list[Job]:
        found[names[job.cells[0]]] = result
        return []

    carry_out(engine, jobs.values(), take, lambda running: None)
    return found


def has_tensorflow() -> bool:
    """Whether this process has loaded it."""
    return "tensorflow" in sys.modules


def test_workers_are_warm_before_there_is_work():
    """As many as there are cells, and not more than there may be. One of them has TensorFlow, and trains; the
    other has what draws, and gets what there is to draw.
    """
    engine, other = Local(3), {**plan.versions(), "keras": "2.0"}
    try:
        engine.warm(2, 1)
        engine.warm(2, 1)
        pools = list(engine._warming.values())
        assert len(pools) == len(engine._idle) == 2
        assert engine.trained() == 1
        assert [pool.submit(has_tensorflow).result() for pool in pools] == [True, False]
        drawn = engine.submit(drawing(other))
        trained = engine.submit(task(versions=other))
        assert [engine._busy[future] for future in (trained, drawn)] == pools
        assert trained.result().kind == drawn.result().kind == "versions"
        assert engine.trained() == 1
        engine.submit(task(versions=other)).result()
        again = engine.submit(task(versions=other))  # two are idle: the one that has it takes it
        assert engine._busy[again] is pools[0] and again.result().kind == "versions"
    finally:
        engine.close()
    assert engine._idle == [] and all(not process.is_alive() for process in active_children())


def test_an_engine_that_is_interrupted_while_it_closes_lets_go_of_all(monkeypatch):
    """No process is left, and no queue that Python would complain of at the end."""
    engine, own, calls = Local(1), ProcessPoolExecutor.shutdown, []
    engine.submit(task(versions={**plan.versions(), "keras": "2.0"})).result(60)
    (pool,) = engine._busy.values()

    def shutdown(self, **options):
        calls.append(options)
        if len(calls) == 1:
            raise KeyboardInterrupt
        own(self, **options)

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", shutdown)
    with pytest.raises(KeyboardInterrupt):
        engine.close()
    assert len(calls) == 2 and pool._call_queue is None and pool._processes is None
    assert engine._idle == [] and engine._busy == {} and not Path(engine._scratch.name).exists()
    assert all(not process.is_alive() for process in active_children())


def test_work_whose_worker_died_is_tried_again_alone_at_the_end():
    engine = Puppets({"b": 1, "c": 2})
    found = carried(engine, "abcd")
    assert found["b"] == "b done"
    assert found["c"] == Failure(DIED, "died")
    assert engine.begun == ["a", "b", "c", "d", "b", "c"]


def test_a_job_waits_for_the_one_before_it():
    engine = Puppets({}, room=3)
    assert len(carried(engine, "abcd", {"b": "a", "c": "a"})) == 4
    assert engine.begun == ["a", "d", "b", "c"]


def test_a_worker_without_tensorflow_waits_until_it_is_worth_loading_it():
    """One worker has it, or none: the jobs go to one; those that need nothing go to all."""
    for hot, patient, most in ((0, True, 1), (1, True, 1), (2, True, 2), (0, False, 2)):
        engine, told = Puppets({}), []
        engine.hot = hot
        jobs = [Job((i,), lambda: task(scene="a")) for i in range(4)]
        carry_out(engine, jobs, lambda job, result: [], told.append, patient)
        assert max(told) == most


@pytest.mark.parametrize(
    ("spent", "done", "left", "worth"),
    [
        (7.9, 0, 1000, False),  # too early to tell
        (8.1, 80, 120, False),  # 12 s are left: half of them would go into the start
        (8.1, 80, 400, True),
        (10.0, 0, 1, False),
        (17.0, 0, 1, True),  # the first one takes long, and so will the last one
        (60.0, 20, 2, False),
    ],
)
def test_when_another_worker_should_load_tensorflow(spent, done, left, worth):
    assert worth_a_start(spent, done, left) is worth


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(5)", "called sys.exit(5)"),
        ("raise KeyboardInterrupt", "Its code raised KeyboardInterrupt."),
    ],
)
def test_code_that_ends_the_program_fails_its_cell_alone(code, said):
    """A worker gives back a Failure; nothing gets through that would end the sweep."""
    text = LINE.replace("def model(", f"def model(*_, **__):\n    {code}\n\n\ndef other(", 1)
    assert text != LINE
    found = worker.work(task("rate=0.5", scene=SceneText("line", "/nowhere/line.py", text, False)))
    assert isinstance(found, Failure) or all(
        isinstance(part, Failure) for part in getattr(found, "parts", [found])
    )
    assert said in str(found)
