"""The command `animator` in processes of its own, as a user's shell starts it."""

import os
import subprocess
import sys

from tests.reliability.keeper import ROOT


def animator(place, *words, environment=None, drop=(), before=None, around=(), **streams):
    """Exit code, standard output and standard error; `around` is a command that takes this one as its end."""
    whole = {k: v for k, v in os.environ.items() if k not in drop} | {"PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    command = [*around, sys.executable, "-m", "animator", *map(str, words)]
    done = subprocess.run(
        command, cwd=place, timeout=120, env=whole | (environment or {}), preexec_fn=before, **streams
    )
    return done.returncode, *((stream or b"").decode() for stream in (done.stdout, done.stderr))


def at_once(place, *commands, environment=None):
    """Exit codes and standard errors of commands that run at the same time."""
    whole = os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {})
    started = []
    for words in commands:
        command = [sys.executable, "-m", "animator", *map(str, words)]
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=place, env=whole, **streams))
    said = [process.communicate(timeout=120)[1].decode() for process in started]
    return [(process.returncode, words) for process, words in zip(started, said, strict=True)]
