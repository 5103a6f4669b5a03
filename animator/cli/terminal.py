"""What reaches a terminal: printable text alone, whatever files say, in letters that the terminal can show.

Text goes in, text comes out with control characters, marks that turn the direction of writing, and halves
of letters written as Python writes them ("\\x1b"). Lines may end and tabs may stand.
"""

import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories of Unicode that show nothing, or act
JOINERS = "\u200c\u200d"  # of scripts and of pictures, harmless: they join the letters around them
PLAIN = "\n\t" + JOINERS


def printable(text: str) -> str:
    """`text` with each character that a terminal would obey, or not show, as an escape."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def one_line(text: str) -> str:
    """The same, on one line."""
    return printable(text).replace("\n", "\\n").replace("\t", " ")


def _shown(letter: str) -> str:
    if letter in PLAIN or unicodedata.category(letter) not in HIDDEN:
        return letter
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


class Printer(io.TextIOBase):
    """A text stream that passes printable text on to `stream`; what that cannot encode comes as escapes."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """See the class; gives the number of characters of `text`."""
        said, encoding = printable(text), self.encoding or "utf-8"
        self.stream.write(said.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream."""
        return self.stream.encoding

    def flush(self) -> None:
        """Flush the stream."""
        self.stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """The stream's."""
        return self.stream.fileno()

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


@contextmanager
def printing() -> Iterator[None]:
    """While the context lasts, standard output and standard error pass on printable text alone."""
    before = sys.stdout, sys.stderr
    with ExitStack() as stack:
        sys.stdout, sys.stderr = (
            Printer(stream or stack.enter_context(Path(os.devnull).open("w"))) for stream in before
        )  # a stream that was closed before the start is None
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


def raw(stream: TextIO) -> TextIO:
    """The stream itself, for what draws on a terminal: bars, tables."""
    return stream.stream if isinstance(stream, Printer) else stream
