"""The way of a sheet's frames into an encoder: drawn in this thread, encoded in another, a few apart."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from animator.encoders.formats import Encoder
from animator.sweep.board import Board
from animator.timeline import FrameState

AHEAD = 3

Pixels = NDArray[np.uint8]


def written(board: Board, stills: Iterable[tuple[FrameState, int]], encoder: Encoder
            ) -> Iterator[tuple[Pixels, int]]:  # fmt: skip
    """Write the film; yields every picture with its repeats when it is drawn (it is drawn over next)."""
    waiting: deque[Future[None]] = deque()
    kept: list[Pixels] = []  # as many pictures as can be on their way, used in turn
    with ThreadPoolExecutor(1, "encoder") as pool:
        for i, (state, repeat) in enumerate(stills):
            picture = board.draw(state)
            if len(kept) < AHEAD + 2:
                kept.append(np.empty_like(picture))
            held = kept[i % len(kept)]
            np.copyto(held, picture)
            waiting.append(pool.submit(encoder.write, held, repeat))
            yield picture, repeat
            while len(waiting) > AHEAD:
                waiting.popleft().result()
        for job in waiting:
            job.result()
