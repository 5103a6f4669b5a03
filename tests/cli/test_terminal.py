"""What reaches a terminal: printable text alone, in letters that it can show."""

import io
import sys

import pytest

from animator.cli.terminal import Printer, one_line, printable, printing
from animator.encoding import FilmSpec, Metadata, open_encoder
from tests.running import run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain", "plain"),
        ("Grüße, 学習 😀 \u05e9", "Grüße, 学習 😀 \u05e9"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x07\x00\x7f\x9b\r", "\\x07\\x00\\x7f\\x9b\\r"),
        ("\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"),
        ("a\u2028b\ufeff\ud800", "a\\u2028b\\ufeff\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_is_written_as_an_escape(text, said):
    assert printable(text) == said


def test_one_line_stays_one_line():
    assert one_line("a\nb\tc\x1b") == "a\\nb c\\x1b"


def test_letters_that_a_stream_cannot_encode_come_as_escapes():
    kept = io.BytesIO()
    with io.TextIOWrapper(kept, "ascii") as stream:
        printer = Printer(stream)
        assert printer.write("ü 学 \x1b\n") == 6 and not printer.isatty()
        printer.flush()
        assert kept.getvalue() == b"\\xfc \\u5b66 \\x1b\n"


def test_streams_that_are_closed_swallow_text(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with printing():
        sys.stdout.write("nobody hears it")
    assert sys.stdout is None


TITLE = "a\x1b]0;pwned\x07\x1b[2J\u202eb\ncommand  rm -rf"


def film(path):
    words = Metadata(TITLE, TITLE, TITLE, TITLE, {"note": TITLE})
    import numpy as np

    with open_encoder(path, FilmSpec(64, 48, 10.0), words) as encoder:
        encoder.write(np.full((48, 64, 4), 255, np.uint8), 3)
    return path


@pytest.mark.parametrize("suffix", ["mp4", "gif", "png", "webm", "webp"])
def test_a_films_words_are_told_in_printable_letters_and_on_their_lines(tmp_path, capsys, suffix):
    done = run(capsys, "info", str(film(tmp_path / f"a.{suffix}")))
    assert done.code == 0 and all(one.isprintable() or one == "\n" for one in done.out)
    (title,) = (line for line in done.out.splitlines() if line.startswith("title"))
    assert "a\\x1b]0;pwned\\x07\\x1b[2J\\u202eb" in title
    assert not any(line.startswith("command  rm") for line in done.out.splitlines())


def test_names_of_files_reach_a_terminal_in_printable_letters(tmp_path, capsys):
    """In errors, in lists, on standard output and standard error."""
    odd = tmp_path / "a\x1b[31m\u202e.mp4"
    done = run(capsys, "info", str(odd))
    assert done.code == 2 and "a\\x1b[31m\\u202e.mp4" in done.err
    odd.write_bytes(film(tmp_path / "b.mp4").read_bytes())
    (tmp_path / "c\x1b.mp4").write_bytes(b"no film")
    for words in (
        ["page", odd, "-o", tmp_path / "p.html"],
        ["gallery", tmp_path],
        ["slides", odd, "-o", tmp_path / "d.pptx"],
    ):
        done = run(capsys, *map(str, words))
        assert all(one.isprintable() or one == "\n" for one in done.out + done.err)
        assert done.code == 0 and "\\x1b" in done.out + done.err


def test_too_little_memory_is_one_sentence(capsys):
    def greedy():
        raise MemoryError

    done = run(capsys, work=greedy)
    assert done.code == 1 and done.err == (
        "animator: there is too little memory for this; nothing half-written was left behind. Close other "
        "programs, or ask for less: a smaller --size, fewer --jobs.\n"
    )
