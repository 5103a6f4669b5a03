"""A page of the docs as a script: its blocks of code, in order, and a runner for them.

In: the text of a page. Out: Steps; and a folder in which they were run, from top to bottom, as a reader
would. A block of `python` runs in the one namespace of its page, each line of a block of `sh` is a command, a
`code-block` with a caption is a file to save, and the directives `film`, `run` and `scene` hold a command.
What needs other programs or the net stands in blocks of `console` and is not run, but for lines that begin
with "$ animator": these show what is refused, and must be.
"""

import contextlib
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from animator.core import cache

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(`{3,}|:{3,})(.*?)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"^<!-- setup\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r"^:caption: (.+)$", re.MULTILINE)
OPTIONS = re.compile(r"\A(:\w+:.*\n)*\n?")


@dataclass(frozen=True)
class Step:
    """One thing that a page has its reader do. kind: what `text` is; name: the file to save it as."""

    kind: Literal["python", "command", "refused", "file"]
    text: str
    name: str = ""


def scene_command(name: str) -> str:
    """The one line that makes the film of a bundled scene in the gallery; `name` may have parameters."""
    return f"animator render {name} --quality draft -o {shlex.split(name)[0]}.mp4"


def steps(text: str) -> list[Step]:
    """What the page `text` has its reader do, in order; blocks inside of cards and tabs too."""
    return [step for _, step in sorted(_found(text), key=lambda pair: pair[0])]


def _found(text: str, start: int = 0) -> Iterator[tuple[int, Step]]:
    for found in HIDDEN.finditer(text):
        yield start + found.start(), Step("python", found[1])
    for found in FENCE.finditer(text):
        at, heading, body = start + found.start(), found[2].strip(), found[3]
        directive, _, argument = heading.partition(" ")
        if heading == "python":
            yield at, Step("python", body)
        elif heading == "sh":
            lines = body.replace("\\\n", " ").splitlines()
            yield from ((at + i, Step("command", line)) for i, line in enumerate(lines) if line.strip())
        elif heading == "console":
            shown = [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ animator ")]
            yield from ((at + i, Step("refused", line)) for i, line in enumerate(shown))
        elif directive in ("{film}", "{run}"):
            yield at, Step("command", argument)
        elif directive == "{scene}":
            yield at, Step("command", scene_command(argument))
        elif directive == "{code-block}" and (caption := CAPTION.search(body)):
            yield at, Step("file", OPTIONS.sub("", body, count=1), caption[1])
        elif found[1].startswith(":") or directive in ("{grid-item}", "{tab-item}"):
            yield from _found(body, start + found.start(3))


def lacks(page: Path) -> list[str]:
    """The modules that are not installed, of those that a page needs: `<!-- needs torch -->`."""
    needed = re.findall(r"^<!-- needs (\w+) -->$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [name for name in needed if find_spec(name) is None]


def run(page: Path, folder: Path) -> None:
    """Run the steps of `page` in `folder`, in a process of its own; RuntimeError if one fails."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": paths, "MPLBACKEND": "agg", "COLUMNS": "100"}
    ran = subprocess.run(
        [sys.executable, __file__, str(page)], cwd=folder, env=environment, capture_output=True, text=True
    )
    if ran.returncode:
        raise RuntimeError(f"{page.name} does not run:\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}")


def outcome(page: Path, name: str) -> Path:
    """The folder in which `page` was run: from the cache where page and program are the same as then.

    name: of the page among those of its site, such as "how-to/slides".
    """
    sources = [page, *sorted(ROOT.glob("animator/**/*.py")), *sorted(ROOT.glob("scenes/*.py"))]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    folder = cache.folder() / "docs" / name.replace("/", "-") / key
    if not folder.exists():
        shutil.rmtree(folder.parent, ignore_errors=True)
        work = folder.with_suffix(".part")
        run(page, work)
        work.rename(folder)
    return folder


def output(folder: Path, command: str) -> Path:
    """Where `run` keeps what a command of a page printed."""
    return folder / "printed" / f"{hashlib.sha256(command.encode()).hexdigest()[:16]}.txt"


def _command(line: str, code: int = 0) -> None:
    """Run one command, which must end with `code`, and keep what it prints."""
    words = shlex.split(line)
    if words[0] == "animator":
        words = ["-m", *words]
    elif words[0] != "python":
        raise SystemExit(f"{line!r} is neither animator nor python: put it into a block of console.")
    else:
        words = words[1:]
    ran = subprocess.run(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    place = output(Path.cwd(), line)
    place.parent.mkdir(exist_ok=True)
    place.write_text(ran.stdout, encoding="utf-8")
    if ran.returncode != code:
        raise SystemExit(f"{line}\nended with {ran.returncode}:\n{ran.stdout}")


def _main(page: Path) -> None:
    namespace = {"__name__": "__main__"}
    sys.path.insert(0, str(Path.cwd()))
    for step in steps(page.read_text(encoding="utf-8")):
        if step.kind == "file":
            Path(step.name).parent.mkdir(parents=True, exist_ok=True)
            Path(step.name).write_text(step.text, encoding="utf-8")
        elif step.kind == "command":
            _command(step.text)
        elif step.kind == "refused":
            _command(step.text, code=2)
        else:
            exec(compile(step.text, page.name, "exec"), namespace)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _main(Path(sys.argv[1]))
