"""What a worker gives back when work goes wrong, and what becomes of work whose worker dies."""

import inspect
import os
import random
import tempfile
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import active_children

import pytest
from threadpoolctl import threadpool_info

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.design import scene_files
from animator.design.fingerprint import ingredients
from animator.sweeps.folder import store
from animator.sweeps.plan import plan
from animator.sweeps.plan.plan import SceneText
from animator.sweeps.run import worker
from animator.sweeps.run.executors import Local
from animator.sweeps.run.scheduler import DIED, Job, carry_out
from animator.sweeps.run.tasks import Failure, RecordTask
from animator.sweeps.run.time_limit import TimeUp, limited
from tests.sweep_runs import LINE, swept

FAR = SceneText("line", "/nowhere/at/all/line.py", LINE, False)
BROKEN = SceneText("line", "/nowhere/at/all/line.py", LINE.replace("return Scene(", "return Seen("), False)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """A worker changes the environment of its process."""
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", *worker.BLAS):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def task(*words: str, scene: SceneText = FAR, versions=None, timeout=None) -> RecordTask:
    """Train the first run of the scene for `words`."""
    found = versions or plan.versions()
    return RecordTask(scene=scene, words=words, run=0, versions=found, timeout=timeout)


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
    found = worker.work(task(scene=BROKEN))
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
    store.write_files(
        (("surfaces/a.h5", b"1"), ("../b.h5", b"2"), (str(tmp_path / "c.h5"), b"3")), tmp_path / "cache"
    )
    assert [path.name for path in tmp_path.rglob("*.h5")] == ["a.h5"]
    assert store.read_files(tmp_path / "cache") == (("surfaces/a.h5", b"1"),)


def test_a_cache_within_a_folder_ends_with_its_context(tmp_path):
    before = cache.folder()
    with cache.within(tmp_path):
        assert cache.place("surfaces", "a") == tmp_path / "surfaces" / "a.h5"
    assert cache.folder() == before


def test_sums_are_added_up_by_one_thread(tmp_path):
    """With more, planes of many rows have other last bits. Afterwards all is as before."""

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    def opened(*_: object) -> None:
        found.append(threads())
        raise KeyboardInterrupt

    before = threads()
    assert before
    telling = LINE.replace(
        "    import keras\n",
        "    from threadpoolctl import threadpool_info\n"
        "    found = [p['num_threads'] for p in threadpool_info() if p['user_api'] == 'blas']\n"
        "    raise RuntimeError(f'threads {found}')\n",
    )
    told = worker.work(task(scene=SceneText("line", "/nowhere/at/all/line.py", telling, False)))
    assert f"threads {[1] * len(before)}" in told.reason
    found: list[list[int]] = []
    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path / "line.py", tmp_path / "out", "seed=0,1", engine=opened)
    assert found == [[1] * len(before)]
    assert threads() == before
    assert [os.environ[name] for name in worker.BLAS] == ["1"] * 3


def test_what_dask_draws_changes_no_cell():
    """Keras takes the seeds of weights from the module `random`, of which a worker has one."""
    network = pytest.importorskip("distributed", reason="dask is not installed: animator[cluster]").comm.core
    asked = task("rate=0.5", "seed=3")
    expected = worker.work(asked).recording
    over, drawn = threading.Event(), []

    def draw() -> None:
        while not over.is_set():
            drawn.append(network.random.uniform(0, 1))
            time.sleep(0.001)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        found = [worker.work(asked).recording for _ in range(3)]
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


class Puppets:
    """An engine whose tasks are names; those in `deadly` kill their worker as often as it says."""

    def __init__(self, deadly: dict[str, int], room: int = 2) -> None:
        self.deadly, self.size, self.begun = dict(deadly), room, []

    def room(self) -> int:
        return self.size

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
        jobs[name] = Job(
            cell=index,
            make=partial(task, scene=name),
            take=partial(found.__setitem__, name),
            after=jobs.get((after or {}).get(name, "")),
        )
    told: list[tuple[int, int]] = []
    carry_out(engine, jobs.values(), lambda running, over: told.append((running, len(over))))
    assert told[0] == (min(engine.size, running_at_first(jobs)), 0)
    assert told[-1] == (0, len(names))
    return found


def running_at_first(jobs: dict[str, Job]) -> int:
    """How many jobs wait for no other."""
    return sum(job.after is None for job in jobs.values())


def test_workers_are_warm_before_there_is_work():
    """As many as there are cells; what is asked goes to them."""
    engine = Local(3)
    before = set(active_children())
    try:
        engine.warm(1)
        engine.warm(1)
        (worker,) = set(active_children()) - before
        for _ in range(2):
            assert " with TensorFlow" in engine.submit(task(scene=BROKEN)).result().log
        assert set(active_children()) - before == {worker}
    finally:
        engine.close()
    assert not worker.is_alive()


def test_no_more_workers_are_warm_than_there_may_be():
    """And an engine that closes waits for none of them."""
    engine = Local(2)
    before = set(active_children())
    engine.warm(5)
    workers = set(active_children()) - before
    engine.close()
    assert len(workers) == 2
    assert not any(worker.is_alive() for worker in workers)


def test_an_engine_that_is_interrupted_while_it_closes_lets_go_of_all(monkeypatch, tmp_path):
    """No process is left, and nothing of what was made on the way."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(active_children())
    engine, own, calls = Local(1), ProcessPoolExecutor.shutdown, []
    engine.submit(task(versions={**plan.versions(), "keras": "2.0"})).result()
    (worker,) = set(active_children()) - before
    assert list(tmp_path.iterdir()) != []

    def shutdown(self, **options):
        calls.append(options)
        if len(calls) == 1:
            raise KeyboardInterrupt
        own(self, **options)

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", shutdown)
    with pytest.raises(KeyboardInterrupt):
        engine.close()
    assert len(calls) == 2
    assert list(tmp_path.iterdir()) == []
    assert not worker.is_alive()


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
