"""Slices of a surface, packed for a page: small text that a browser unpacks into the same picture.

In: a Field's slices (T, ny, nx) and a LossScale. Out: places on the scale as whole numbers, each slice as its
difference from the one before, deflated, as base64. Only colours are drawn from these; heights and losses are
told from the recording. What does not fit its budget is thinned, and says so.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from animator.drawing.raster.loss_colors import LossScale

Whole = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """text: base64 of the deflated differences, all low bytes before all high ones. shape (T, ny, nx): of
    what is in it. top: the number of the scale's end; its start is 1, and 0 stands where the loss is not
    finite. slices (T,): which of the field's; every: grid lines of the field to one of this.
    """

    text: str
    shape: tuple[int, int, int]
    top: int
    slices: NDArray[np.int64]
    every: int


def packed(slices: NDArray[np.float32], scale: LossScale, most: int) -> Packed:
    """slices (T, ny, nx) in at most `most` characters, as finely as they allow."""
    for bits, stride, every in _ways(len(slices), min(slices.shape[1:])):
        slices_kept = np.unique(np.append(np.arange(0, len(slices), stride), len(slices) - 1))
        found = numbers(slices[slices_kept][:, ::every, ::every], scale, 2**bits - 1)
        text = b64encode(zlib.compress(_differences(found), 9)).decode()
        if len(text) <= most:
            break
    return Packed(
        text=text,
        shape=(found.shape[0], found.shape[1], found.shape[2]),
        top=2**bits - 1,
        slices=slices_kept,
        every=every,
    )


def _ways(slices: int, lines: int) -> Iterator[tuple[int, int, int]]:
    """(bits a number, every how many slices, every how many grid lines), from the finest to the coarsest."""
    yield 12, 1, 1
    stride = every = 1
    while stride < slices or lines > 8 * every:
        yield 10, stride, every
        if stride < slices and (stride < 4 * every or lines <= 8 * every):
            stride *= 2
        else:
            every *= 2
    yield 8, stride, every


def numbers(slices: NDArray[np.float32], scale: LossScale, top: int) -> Whole:
    """Places (T, ny, nx) on the scale from 1 to `top`; 0 where the loss is not finite."""
    place = 1 + np.round(scale.position(np.asarray(slices, float)) * (top - 1))
    return np.where(np.isfinite(slices), place, 0).astype(np.uint16)


def _differences(found: Whole) -> bytes:
    """Each slice less the one before, modulo 2^16: low bytes, then high ones."""
    less = np.concatenate([found[:1], found[1:] - found[:-1]])
    return np.stack([less & 255, less >> 8]).astype(np.uint8).tobytes()


def packed_labels(label: NDArray[np.int64]) -> str:
    """Numbers (ny, nx) from -1 to 254 as base64 of deflated bytes, one more each."""
    return b64encode(zlib.compress((label + 1).astype(np.uint8).tobytes(), 9)).decode()
