"""The one error of the library: what was asked is wrong, in one sentence. Of sizes it proposes others.

A sentence says what was given, why it cannot work, and what to type instead. The command line prints
it and exits with 2; anything else that is raised is a failure of ours and exits with 1.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class AnimatorError(ValueError):
    """What was asked cannot be done; the message is one whole sentence for the user.

    Examples
    --------
    >>> try:
    ...     animator.load("nothing.h5")
    ... except animator.AnimatorError as error:
    ...     print(error)
    There is no recording 'nothing.h5'. Give the path of a .h5 file that animator.Recorder wrote.
    """


class SizeError(AnimatorError):
    """Of a frame's size. why: what was given, and why it cannot work; sizes: (width, height) that the message
    proposes, in pixels.
    """

    def __init__(self, why: str, instead: str = "", sizes: Iterable[tuple[int, int]] = ()) -> None:
        super().__init__(f"{why} {instead}".rstrip())
        self.why = why
        self.sizes = tuple(sizes)


class FilmWarning(UserWarning):
    """Of a film: what is right but surprising, or left out, in one sentence."""


def nearest(word: str, known: Iterable[str]) -> str:
    """'Did you mean 'neuron'? ' for the known name closest to `word`, or '' when none is close."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"Did you mean {close[0]!r}? " if close else ""
