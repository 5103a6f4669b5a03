"""Same in, same out: the same bytes at another time, in another place, by another user's settings."""

import hashlib
import json
import os
import subprocess
import sys

from tests.reliability.keeper import ROOT

CODE = """
import json, sys
from hashlib import sha256
from pathlib import Path
from tests.reliability import crash_child, seeds

folder = Path("place")
folder.mkdir()
seeds.film(Path("a.mp4"))
seeds.sweep(folder)
for work in crash_child.WORK.values():
    work(folder)
found = {str(one): sha256(one.read_bytes()).hexdigest() for one in sorted(folder.rglob("*")) if one.is_file()}
Path("digests.json").write_text(json.dumps(found))
"""
PLACES = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "USER": "one"},
    {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "77", "USER": "other", "COLUMNS": "40"},
)


def test_films_pages_decks_recordings_and_sweeps_have_the_same_bytes(tmp_path):
    """In folders of other names, time zones, locales and hash seeds, as another user."""
    found = []
    for number, place in enumerate(PLACES):
        folder = tmp_path / f"{'deeper/' * number}at {number}"
        folder.mkdir(parents=True)
        environment = (
            os.environ | place | {"PYTHONPATH": str(ROOT), "HOME": str(folder), "TMPDIR": str(folder)}
        )
        done = subprocess.run([sys.executable, "-c", CODE], cwd=folder, env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()[-500:]
        found.append(json.loads((folder / "digests.json").read_text()))
    assert found[0] == found[1]
    assert len(found[0]) > 20 and hashlib.sha256(b"").hexdigest() not in found[0].values()
