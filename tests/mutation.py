"""Faults of one place each are put into modules, and the modules' own tests must notice.

`make mutation` draws some of all that Cosmic Ray knows to change, the same ones each time for the same seed,
and prints a line for each, then the share that was noticed; --fault NAME tries one again, called as in its
line. Each fault has a process of its own, forked from one that has the libraries; no file is changed. What
fails while it is imported counts as noticed by nobody's merit, so it is left out.
"""

import argparse
import importlib
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

LIBRARIES = ("numpy", "h5py", "av", "PIL.Image", "imageio.v3", "contourpy", "pydantic", "tensorflow", "keras")
# Modules, and the tests that must notice, quick ones first.
TESTS = {
    "recordings.facts": "recordings/test_facts recordings/test_reader",
    "recordings.identity": "recordings/test_identity",
    "recordings.loss": "recordings/test_step_writer",
    "recordings.reader": "recordings/test_facts recordings/test_reader recordings/test_step_writer",
    "recordings.run_notes": "recordings/test_run_notes recordings/test_reader",
    "recordings.step_writer": "recordings/test_step_writer",
    "recordings.writer": "recordings/test_step_writer recordings/test_reader",
    "landscape.adaptive_grid": "landscape/test_adaptive_grid",
    "landscape.camera": "landscape/test_camera",
    "landscape.chebyshev": "landscape/test_chebyshev",
    "landscape.lanczos": "landscape/test_lanczos",
    "landscape.loss_surface": "landscape/test_loss_surface",
    "landscape.plane": "landscape/test_plane",
    "landscape.planes": "landscape/test_plane landscape/test_planes",
    "landscape.weight_rows": "landscape/test_plane landscape/test_planes",
    "design.clock": "design/test_timeline",
    "design.events": "design/test_events",
    "design.pacing": "design/test_pacing design/test_timeline",
    "design.timeline": "design/test_timeline",
    "encoding.container_metadata": "encoding/test_container_metadata",
    "encoding.film_spec": "encoding/test_film_spec",
    "encoding.gif_delta": "encoding/test_gif",
    "encoding.gif_reader": "encoding/test_gif",
    "encoding.gif_writer": "encoding/test_gif",
    "encoding.mp4_tags": "encoding/test_pyav_adapter",
    "encoding.palette": "encoding/test_palette encoding/test_gif",
    "encoding.picture_headers": "encoding/test_picture_headers",
    "encoding.yuv_patches": "encoding/test_yuv_patches",
}
DULL = ("core/RemoveDecorator",)  # dataclasses that are not: nothing works then
NOTICED, UNNOTICED, UNBORN = "noticed", "unnoticed", "unborn"
UNIMPORTED = 100  # an exit code that pytest does not have
LATE = 240.0  # seconds: what takes longer waits for ever, which somebody notices


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of a module: an operator of Cosmic Ray's at one of the places that it knows."""

    module: str
    operator: str
    occurrence: int
    line: int
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """As --fault takes it, such as design.pacing:NumberReplacer:3."""
        module, operator = self.module.removeprefix("animator."), self.operator.rpartition("/")[2]
        return f"{module}:{operator}:{self.occurrence}"

    @property
    def path(self) -> Path:
        """Of the module."""
        return Path(*self.module.split(".")).with_suffix(".py")

    def source(self) -> str:
        """The module with the fault in it."""
        changed = mutate_code(self.path.read_text(), plugins.get_operator(self.operator)(), self.occurrence)
        return str(changed)


def faults(packages: Sequence[str]) -> Iterator[list[Fault]]:
    """All that can be changed at each place of the modules of these packages (of all), place by place."""
    for name, words in TESTS.items():
        if packages and name.partition(".")[0] not in packages:
            continue
        module = f"animator.{name}"
        tests = tuple(f"tests/{word}.py" for word in words.split())
        found: dict[tuple[int, int], list[Fault]] = {}
        tree = get_ast(Path(*module.split(".")).with_suffix(".py").read_text())
        for operator in plugins.operator_names():
            if operator in DULL or plugins.get_operator(operator).arguments():
                continue
            change = plugins.get_operator(operator)()
            spans = (span for node in ast_nodes(tree) for span in change.mutation_positions(node))
            for i, (start, _) in enumerate(spans):
                found.setdefault(start, []).append(Fault(module, operator, i, start[0], tests))
        yield from found.values()


class Faulty(MetaPathFinder, Loader):
    """Finds one module, with a fault in it."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """See MetaPathFinder."""
        return (
            spec_from_loader(name, self, origin=str(self._fault.path)) if name == self._fault.module else None
        )

    def exec_module(self, module: ModuleType) -> None:
        """See Loader."""
        module.__file__ = str(self._fault.path.absolute())
        exec(compile(self._fault.source(), module.__file__, "exec"), module.__dict__)


def tried(tests: Sequence[str], fault: Fault | None = None) -> str:
    """What the tests make of a fault, or of the module as it is, in a process of its own."""
    child = os.fork()
    if not child:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        if fault is not None:
            born(fault)
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])))
    code = ended(child)
    return UNBORN if code == UNIMPORTED else UNNOTICED if code == 0 else NOTICED


def born(fault: Fault) -> None:
    """Import the module with its fault; the process ends where it cannot be imported."""
    sys.meta_path.insert(0, Faulty(fault))
    try:
        importlib.import_module(fault.module)
    except BaseException:  # whatever it is, no test was needed to see it
        os._exit(UNIMPORTED)


def ended(child: int) -> int:
    """The exit code of a process, or a signal as a negative number; it is ended after LATE seconds."""
    end = time.monotonic() + LATE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


def difference(fault: Fault) -> str:
    """The line as it is, and as the fault has it."""
    before, after = fault.path.read_text().splitlines(), fault.source().splitlines()
    changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=False) if old != new]
    old, new = changed[0] if changed else ("", "")
    return f"{fault.path}:{fault.line}: {old}  ->  {new}"


def drawn(places: Sequence[list[Fault]], count: int, seed: int) -> list[Fault]:
    """One fault at each of `count` places."""
    chance = random.Random(seed)
    return [chance.choice(choices) for choices in chance.sample(places, min(count, len(places)))]


def main() -> None:
    """Try as many faults as are asked for; exit code 1 where fewer than --floor percent are noticed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("packages", nargs="*", help="by default all that have tests here")
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--fault", action="append", help="a name out of a line of results, instead of a draw")
    asked.add_argument("--floor", type=float, default=85.0)
    words = asked.parse_args()
    places = list(faults(words.packages))
    chosen = drawn(places, words.count, words.seed)
    if words.fault:
        chosen = [fault for place in places for fault in place if fault.name in words.fault]
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    for library in LIBRARIES:
        importlib.import_module(library)
    results = dict.fromkeys((NOTICED, UNNOTICED, UNBORN), 0)
    for tests in dict.fromkeys(fault.tests for fault in chosen):
        if tried(tests) == NOTICED:
            sys.exit(f"These tests fail without any fault, and so would with each: {' '.join(tests)}")
    for fault in chosen:
        result = tried(fault.tests, fault)
        results[result] += 1
        sys.stdout.write(f"{result}  {fault.name}  {difference(fault)}\n")
        sys.stdout.flush()
    share = 100 * results[NOTICED] / max(1, results[NOTICED] + results[UNNOTICED])
    sys.stdout.write(f"{results} of {len(places):,} places: {share:.0f} % noticed\n")
    sys.exit(int(share < words.floor))


if __name__ == "__main__":
    main()
