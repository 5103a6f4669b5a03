"""The way of frames into an encoder: drawn in this thread, encoded in another, a few frames apart.

An IncrementalEncoder (encoding.formats) is told what has changed of each frame; any other gets whole
frames, in buffers that are used in turn.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from animator.design.timeline import FrameState
from animator.encoding.formats import Box, Encoder, IncrementalEncoder

AHEAD = 3

Pixels = NDArray[np.uint8]  # (H, W, 4), RGBA


class Drawing(Protocol):
    """What draws the states of a film: a Canvas, or something that looks like one."""

    @property
    def changed(self) -> Sequence[Box] | None:
        """Where the latest frame differs from the one drawn before it; None for everywhere."""

    def draw(self, state: FrameState) -> Pixels:
        """The frame of `state`, (H, W, 4) uint8; the next call may draw over it."""


class Cutout:
    """A film without its background: drawn on black and on white, and cut out of both."""

    changed = None

    def __init__(self, black: Drawing, white: Drawing) -> None:
        self._black, self._white = black, white

    def draw(self, state: FrameState) -> Pixels:
        """See Drawing."""
        return cut_out(self._black.draw(state), self._white.draw(state))


def written(
    drawing: Drawing,
    stills: Iterable[tuple[FrameState, int]],
    encoder: Encoder,
    executor: type[ThreadPoolExecutor] = ThreadPoolExecutor,
) -> Generator[tuple[Pixels, int], None, None]:
    """Write the film; yields every picture with its repeats when it is drawn (it is drawn over next).

    executor: what runs the encoder in a thread of its own.
    """
    waiting: deque[Future[None]] = deque()
    kept: list[Pixels] = []  # as many pictures as can be on their way, used in turn
    with _thread(executor) as pool:
        for i, (state, repeat) in enumerate(stills):
            picture = drawing.draw(state)
            if isinstance(encoder, IncrementalEncoder):
                prepared = encoder.prepare(picture, drawing.changed if i else None)
                waiting.append(pool.submit(encoder.send, prepared, repeat))
            else:
                waiting.append(pool.submit(encoder.write, _held(kept, i, picture), repeat))
            yield picture, repeat
            while len(waiting) > AHEAD:
                waiting.popleft().result()
        for job in waiting:
            job.result()


@contextmanager
def _thread(executor: type[ThreadPoolExecutor]) -> Iterator[ThreadPoolExecutor]:
    """A thread for the encoder, which begins nothing more once the drawing has failed."""
    pool = executor(1, "encoder")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _held(kept: list[Pixels], number: int, picture: Pixels) -> Pixels:
    """A copy of `picture` in a buffer that nobody reads any more."""
    if len(kept) < AHEAD + 2:
        kept.append(picture.copy())
        return kept[-1]
    np.copyto(kept[number % len(kept)], picture)
    return kept[number % len(kept)]


def cut_out(on_black: Pixels, on_white: Pixels) -> Pixels:
    """The picture (H, W, 4) that looks like one on black ground and like the other on white (Smith and Blinn
    1996, "Blue screen matting"): alpha is 1 - (white - black), colours are those on black / alpha.
    """
    black, white = on_black[..., :3].astype(np.int32), on_white[..., :3].astype(np.int32)
    alpha = np.clip(255 - (white - black).max(axis=2), 0, 255)
    colours = np.minimum(255, (black * 255 + alpha[..., None] // 2) // np.maximum(alpha, 1)[..., None])
    return np.dstack([colours, alpha]).astype(np.uint8)
