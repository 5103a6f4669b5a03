"""The one module that uses what imageio keeps private: that it is there, and the way without it."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest

from animator.encoding import FilmSpec, Metadata, inspect, mp4_tags, open_encoder, pyav_adapter

SPEC = FilmSpec(64, 64, 30)


def encode(path: Path) -> bytes:
    frame = np.full((64, 64, 4), 255, np.uint8)
    with open_encoder(path, SPEC, Metadata(title="t")) as encoder:
        encoder.write(frame, repeat=5)
    return path.read_bytes()


def test_imageio_still_has_the_container(tmp_path: Path) -> None:
    """When this fails, imageio has renamed it: the fallback works, the adapter wants an update."""
    with iio.imopen(tmp_path / "a.mp4", "w", plugin="pyav") as plugin:
        assert hasattr(plugin, "_container")


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_the_way_without_it_gives_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    usual = encode(tmp_path / f"usual{suffix}")

    @contextmanager
    def imopen(*_: Any, **__: Any) -> Any:
        yield object()

    monkeypatch.setattr(iio, "imopen", imopen)
    assert encode(tmp_path / f"fallback{suffix}") == usual
    assert inspect(tmp_path / f"fallback{suffix}").width == 64


def test_facts_of_a_video(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4")
    facts = pyav_adapter.read_facts(tmp_path / "a.mp4")
    assert (facts.width, facts.height, facts.fps, facts.frames) == (64, 64, 30.0, 5)
    assert facts.colours == (1, 1, 1, 1)
    assert facts.metadata["title"] == "t"


def test_conversion_averages_chroma_over_two_by_two() -> None:
    """A red and a blue column give the mean of their chroma; luma stays per pixel."""
    frame = np.zeros((16, 16, 4), np.uint8)
    frame[:, 0::2] = (255, 0, 0, 255)
    frame[:, 1::2] = (0, 0, 255, 255)
    planes = pyav_adapter.yuv_converter()(frame).to_ndarray()
    assert planes[0, :2].tolist() == [63, 32]
    assert abs(int(planes[16, 0]) - (102 + 240) / 2) <= 1
    assert abs(int(planes[20, 0]) - (240 + 118) / 2) <= 1


def test_words_are_tags_that_players_show() -> None:
    words = Metadata("a", "b", "c", "animator\nrender", {"seed": 1})
    tags = mp4_tags.to_tags(words)
    assert tags == {
        "title": "a",
        "description": "b",
        "synopsis": "c",
        "comment": 'animator\nrender\n{"seed":1}',
    }
    assert mp4_tags.from_tags(tags) == words
    assert mp4_tags.from_tags({"comment": "\n{}"}) == Metadata()
    assert mp4_tags.from_tags({"comment": '{"seed":1}'}) is None


def test_the_tags_of_others_are_not_ours() -> None:
    assert mp4_tags.from_tags({"title": "holiday", "comment": "by the sea"}) is None


def test_what_failed_first_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or Ctrl-C in the body, though closing fails after it, too; else what closing says."""
    container = pyav_adapter.open_container

    @contextmanager
    def failing(*what: Any, **options: Any) -> Any:
        try:
            with container(*what, **options) as given:
                yield given
        finally:
            raise OSError("closing")

    monkeypatch.setattr(pyav_adapter, "open_container", failing)
    for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):
        with (
            pytest.raises(type(error)) as told,
            open_encoder(tmp_path / "a.mp4", SPEC, Metadata()) as encoder,
        ):
            encoder.write(np.full((64, 64, 4), 255, np.uint8))
            raise error
        assert told.value is error
    with pytest.raises(OSError, match="closing"):
        encode(tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="threads have no rank here")
def test_no_thread_gets_before_other_processes(tmp_path: Path) -> None:
    """SVT-AV1 would take the highest rank there is for itself and for who called it, where root runs it."""

    def ranks() -> set[int]:
        return {os.sched_getscheduler(int(thread.name)) for thread in Path("/proc/self/task").iterdir()}

    before = ranks()
    with open_encoder(tmp_path / "a.avif", FilmSpec(64, 64, 10), Metadata("", "", "", "", {})) as encoder:
        encoder.write(np.full((64, 64, 4), 255, np.uint8))
        assert ranks() == before
    assert ranks() == before
