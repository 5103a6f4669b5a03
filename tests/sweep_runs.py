"""A small scene to sweep, with troubles that only workers have, and what its tests look at."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from animator.sweeps.plan import plan
from animator.sweeps.plan.plan import Look, Plan
from animator.sweeps.run import run
from animator.sweeps.run.executors import Engine, Local, open_engine
from animator.sweeps.run.products import Products

LINE = '''"""A line is fitted to points."""

import os
import time
from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene


def data():
    x = np.random.default_rng(0).random((32, 1), dtype=np.float32)
    return x, 2 * x + 1


def model(rate):
    import keras

    line = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    line.compile(keras.optimizers.SGD(rate), "mean_squared_error")
    return line


def hang(seconds):
    for _ in range(1000):
        time.sleep(seconds)


def trouble_of(kind):
    if kind == "raise":
        raise RuntimeError("the data are gone")
    if kind == "exit":
        os._exit(9)
    if kind in ("hang", "deaf"):
        hang(0.01 if kind == "hang" else 100)


def scene(
    rate: Annotated[float, Field(gt=0)] = 0.1,
    seed: int = 0,
    trouble: Literal["none", "raise", "exit", "hang", "deaf", "stop"] = "none",
) -> Scene:
    if trouble == "stop":
        raise KeyboardInterrupt
    if "TF_NUM_INTRAOP_THREADS" in os.environ and os.path.exists(os.environ.get("LINE_TROUBLE", "")):
        trouble_of(trouble)
    run = Experiment(partial(model, rate), data, epochs=2, batch_size=16, seed=seed, target=None)
    return Scene("A line", (run,), resolution=11, pacing=Pacing(0.1, 0.4, 0.1))
'''
WORDS = ("rate=0.05,0.5", "seed=range(0,2)")
NONE = Products({}, ("gallery", lambda *_: []))
KINDS = ("recordings", "films", "posters")
SMALL = Look("mp4", 160, 90, 10.0)


def planned(path: Path, *words: str, look: Look = SMALL) -> Plan:
    """The plan of a sweep over the scene LINE, written to `path`."""
    if not path.exists():
        path.write_text(LINE, encoding="utf-8")
    return plan.plan(str(path), words, look)


def swept(
    path: Path,
    folder: Path,
    *words: str,
    look: Look = SMALL,
    products: Products = NONE,
    engine: run.Opener = open_engine,
    **orders: Any,
) -> run.Outcome:
    """The sweep of LINE, made in this process with workers of its own; what shows all cells has its own
    tests, and takes its time.
    """
    asked = planned(path, *words, look=look)
    return run.sweep(asked, folder, run.Orders(**orders), products=products, engine=engine)


def lent(local: Local) -> run.Opener:
    """Gives the workers of `local` to each sweep that asks; it stays when the sweep is over."""
    return lambda *_: _with(local, close=lambda: None)


def cold(jobs: int, *_: object) -> Engine:
    """Workers that load TensorFlow when a task needs it, and not before."""
    return _with(Local(jobs), warm=lambda most: None)


def _with(local: Local, **others: object) -> Engine:
    own = {name: getattr(local, name) for name in ("room", "warm", "submit", "died", "close")}
    return cast("Engine", SimpleNamespace(**own | others))


def files(folder: Path, *kinds: str) -> dict[str, Path]:
    """name -> path of the files of a sweep, without what was being written when it was killed."""
    found = [file for kind in kinds or KINDS for file in folder.glob(f"{kind}/[!.]*")]
    return {f"{file.parent.name}/{file.name}": file for file in found}


def digests(folder: Path, *kinds: str) -> dict[str, str]:
    """name -> digest of the files of a sweep."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files(folder, *kinds).items()
    }


def times(folder: Path, *kinds: str) -> dict[str, int]:
    """name -> when each file of a sweep was written, in nanoseconds."""
    return {name: path.stat().st_mtime_ns for name, path in files(folder, *kinds).items()}


def cells(folder: Path) -> list[dict[str, Any]]:
    """The cells in a folder's manifest, which must be JSON whenever it is read; [] before it is there."""
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    found: list[dict[str, Any]] = json.loads(text)["cells"]
    return found


def states(folder: Path) -> list[str]:
    """The states of all cells."""
    return [cell["state"] for cell in cells(folder)]


def started(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    """`animator sweep WORDS -o FOLDER` as a process of its own."""
    command = [sys.executable, "-m", "animator", "sweep", *words, "-o", str(folder), "--size", "160x90"]
    return subprocess.Popen(
        [*command, "--fps", "10"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    )


def pids(folder: Path) -> set[int]:
    """The processes that worked for a sweep, from its logs."""
    logs = "".join(log.read_text() for log in files(folder, "logs").values())
    return {int(found) for found in re.findall(r"Task on .*, process (\d+)", logs)}
