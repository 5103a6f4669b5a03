"""Files from outside, damaged and hostile: each ends in a result or in one sentence, soon and in little
memory.

`make soak` tries 20,000, `make test` 500 of the same kinds; the seed of each is its number.
"""

import json
import os
import sys
import zlib
from pathlib import Path

import pytest

from tests.reliability import seeds
from tests.reliability.keeper import CRASHED, ENDED, Answer, Keeper
from tests.reliability.mutator import mutated

COUNT = int(os.environ.get("ANIMATOR_SOAK", "500"))
SHARES = {"h5": 4, "h5 library": 30, "json": 5, "npz": 4, "toml": 4, "mplstyle": 3, "csv": 3} | dict.fromkeys(
    seeds.FILMS, 6
)  # parts of 100; h5 starts a process for each file
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits and memory are read as Linux has them"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return seeds.all_of(tmp_path_factory.mktemp("seeds"))


@pytest.fixture(scope="module")
def keeper(tmp_path_factory):
    with Keeper(tmp_path_factory.mktemp("hostile")) as opened:
        yield opened


def repaired(data: bytes) -> bytes:
    """A PNG with the check sum of each chunk as it should be, so that damage gets past it."""
    whole, at = bytearray(data), 8
    while at + 12 <= len(whole):
        size = int.from_bytes(whole[at : at + 4], "big")
        if at + 12 + size > len(whole):
            break
        whole[at + 8 + size : at + 12 + size] = zlib.crc32(whole[at + 4 : at + 8 + size]).to_bytes(4, "big")
        at += 12 + size
    return bytes(whole)


def asked(keeper: Keeper, kind: str, seed: int, data: bytes, folder: Path) -> list[Answer]:
    """What comes of a file of `kind` with these bytes: all that reads such files is asked."""
    suffix = kind.partition(" ")[0]
    path = folder / f"hostile.{suffix}"
    if suffix == "json":
        path = folder / "sweep" / "manifest.json"
        path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    if kind == "h5 library":
        answer = keeper.ask(["library", path], 3.0)
        gone = answer.code in (ENDED, CRASHED)  # which is why a process of its own reads it first
        return [keeper.ask(["info", path]) if gone else answer]
    if suffix in ("npz", "toml", "mplstyle"):
        return [keeper.ask([suffix, path], 120.0)]  # TensorFlow comes with the first .npz
    if suffix == "csv":
        return [keeper.ask(["sweep", "neuron", "--rows", path, "--dry-run", "-o", folder / "none"])]
    if suffix == "json":
        return [keeper.ask([command, path.parent]) for command in ("info", "gallery")]
    found = [keeper.ask(["info", path])]
    if suffix in seeds.FILMS and seed % 4 == 0:
        found.append(keeper.ask(["page", path, "-o", folder / "page.html"]))
    return found


@pytest.mark.parametrize("kind", SHARES)
def test_a_hostile_file_is_a_result_or_one_sentence(whole, keeper, tmp_path, kind):
    """Under 5 s, under 512 MB; only printable letters; the process that reads it lives."""
    data, trouble, results = whole[kind.partition(" ")[0]], [], 0
    for answer in asked(keeper, kind, 0, data, tmp_path):  # whole; libraries are loaded, which takes memory
        assert answer.code == 0, answer
    for seed in range(max(3, COUNT * SHARES[kind] // 100)):
        hostile = mutated(data, seed)
        if kind in ("png", "apng") and seed % 2:
            hostile = repaired(hostile)
        for answer in asked(keeper, kind, seed, hostile, tmp_path):
            results += 1
            if answer.trouble:
                trouble.append((seed, answer.trouble))
    assert results and not trouble, trouble[:10]


def test_the_same_seed_makes_the_same_file(whole):
    for data in whole.values():
        assert [mutated(data, seed) for seed in range(20)] == [mutated(data, seed) for seed in range(20)]
        assert sum(mutated(data, seed) != data for seed in range(20)) >= 18


VALUES = (
    None, True, -1, 0, 10**30, 1e308, float("nan"), "", "\x1b[31m\u202e", "../../etc/passwd", "=1+1", [], {},
    [[]], {"a": {}}, [None] * 3, "x" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["recording", "film"])
def test_a_wrong_part_of_what_a_file_says_is_a_result_or_one_sentence(keeper, tmp_path, kind):
    """Every part of a recording's description, and of a film's, with every odd value in its place."""
    said = seeds.SAID if kind == "recording" else seeds.WORDS.to_dict()
    cases = [(place, value) for place in seeds.leaves(said) for value in VALUES]
    step = max(1, len(cases) // COUNT) if kind == "recording" else 1
    trouble = []
    for place, value in cases[::step]:
        wrong = seeds.with_part(said, place, value)
        if kind == "recording":
            answer = keeper.ask(["library", seeds.recording(tmp_path / "run.h5", wrong)])
        else:
            answer = keeper.ask(["info", film_of(tmp_path / "film.png", wrong)])
        if answer.trouble:
            trouble.append((place, str(value)[:30], answer.trouble))
    assert not trouble, trouble[:10]


def film_of(path: Path, said: object) -> Path:
    """A still that says so of itself, whatever it is."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    words = {"title": "Title", "description": "Description", "alt_text": "Alt Text", "command": "Source"}
    for name, key in words.items():
        value = said[name] if isinstance(said[name], str) else json.dumps(said[name])
        info.add_itxt(key, value[:50_000])
    info.add_itxt("Comment", json.dumps(said["details"])[:50_000])
    Image.new("RGB", (32, 32)).save(path, pnginfo=info)
    return path
