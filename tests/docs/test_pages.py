"""Every page of the docs, run from top to bottom in an empty folder, as a reader would.

`make test` runs the pages that take seconds, `make test-docs` all of them.
"""

import contextlib
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from docs._ext import pages

DOCS = Path(__file__).parents[2] / "docs"
QUICK = ("reference/api.md", "how-to/notebooks.md", "functions.md")  # no TensorFlow, few frames
WITH_STEPS = [
    page
    for page in sorted(DOCS.rglob("*.md"))
    if "_build" not in page.parts and pages.steps(page.read_text(encoding="utf-8"))
]


def cases():
    for page in WITH_STEPS:
        name = page.relative_to(DOCS).as_posix()
        yield pytest.param(page, id=name, marks=() if name in QUICK else pytest.mark.docs_long)


def test_quick_pages_exist():
    assert {page.relative_to(DOCS).as_posix() for page in WITH_STEPS} > set(QUICK)


@pytest.mark.parametrize("page", cases())
def test_page_runs(page, tmp_path):
    if missing := pages.lacks(page):
        pytest.skip(f"needs {' '.join(missing)}")
    pages.run(page, tmp_path)


def test_steps_are_the_blocks_in_their_order():
    page = "\n".join([
        "<!-- setup", "a = 1", "-->", "```python", "b = 2", "```", "```sh", "animator info x", "```",
        "```{code-block} python", ":caption: x.py", "", "c = 3", "```", ":::{tab-item} one", "```sh",
        "python x.py", "```", ":::", "```{film} animator render y -o y.mp4", ":alt: y", "```",
        "```{scene} neuron", "```", "```console", "pip install .", "$ animator info z", "```",
    ])  # fmt: skip
    assert [(step.kind, step.text.strip(), step.name) for step in pages.steps(page)] == [
        ("python", "a = 1", ""),
        ("python", "b = 2", ""),
        ("command", "animator info x", ""),
        ("file", "c = 3", "x.py"),
        ("command", "python x.py", ""),
        ("command", "animator render y -o y.mp4", ""),
        ("command", "animator render neuron --quality draft -o neuron.mp4", ""),
        ("refused", "animator info z", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("sh", "animator render nonsense -o a.mp4", "No scene is called 'nonsense'"),
        ("sh", "rm -rf x", "'rm -rf x' is neither animator nor python: put it into a block of console."),
        ("console", "$ animator --version", "animator --version\nended with 0"),
    ],
)
def test_a_page_that_fails_says_where(tmp_path, kind, line, said):
    """Of a command, of what is none, and of one that should be refused and is not."""
    page = tmp_path / "page.md"
    page.write_text(f"```{kind}\n{line}\n```\n", encoding="utf-8")
    with pytest.raises(RuntimeError) as error:
        pages.run(page, tmp_path / "there")
    assert "page.md does not run" in str(error.value)
    assert said in str(error.value)


def test_what_a_page_says_is_refused_may_be(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ animator render neuron learning_rate=-1\n```\n", encoding="utf-8")
    pages.run(page, tmp_path / "there")


@pytest.mark.docs_long
def test_the_cluster_of_the_page_runs(tmp_path):
    """The scheduler, the workers and the sweep, as the page says them, on a port that is free, and small."""
    page = (DOCS / "clusters.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[:3]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    scheduler, worker, sweep = (shlex.split(command.replace("8786", port)) for command in shown)
    with contextlib.ExitStack() as stack:
        for command in ([*scheduler, "--no-dashboard"], [*worker, "--no-dashboard"]):
            process = subprocess.Popen([sys.executable, "-m", *command], cwd=tmp_path)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        subprocess.run([sys.executable, "-m", *sweep, "--quality", "draft"], cwd=tmp_path, check=True)
    assert len(list((tmp_path / "output").glob("*/films/*.mp4"))) == 3
