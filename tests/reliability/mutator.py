"""A seeded mutator: the bytes of a whole file and a seed go in, those of a damaged or hostile one come out.

The same seed gives the same bytes. One to four faults each: changed bits, numbers at the ends of their
ranges, missing, doubled, moved and zeroed stretches, ends that are cut off, and words that a terminal would
obey.
"""

import random
from collections.abc import Callable

NUMBERS = tuple(
    value.to_bytes(size, order)  # type: ignore[arg-type]
    for size in (1, 2, 4, 8)
    for order in ("little", "big")
    for value in (
        0,
        1,
        2 ** (8 * size - 1) - 1,
        2 ** (8 * size - 1),
        2 ** (8 * size) - 1,
        10**12 % 2 ** (8 * size),
    )
)
WORDS = (
    b"\x1b[31m",
    b"\x1b]0;title\x07",
    "\u202e".encode(),
    b"\xff\xfe",
    b"\0\0\0\0",
    b"=1+1",
    b"../../",
    b"\r\n",
)

Fault = Callable[[random.Random, bytearray], None]


def _flip(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _random(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.choice((1, 4, 16))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _number(chance: random.Random, data: bytearray) -> None:
    number, at = chance.choice(NUMBERS), chance.randrange(len(data))
    data[at : at + len(number)] = number


def _words(chance: random.Random, data: bytearray) -> None:
    words, at = chance.choice(WORDS), chance.randrange(len(data))
    data[at : at + (len(words) if chance.random() < 0.7 else 0)] = words


def _stretch(chance: random.Random, data: bytearray) -> tuple[int, int]:
    start = chance.randrange(len(data))
    return start, min(len(data), start + chance.choice((1, 8, 64, 1024)))


def _drop(chance: random.Random, data: bytearray) -> None:
    start, end = _stretch(chance, data)
    del data[start:end]


def _double(chance: random.Random, data: bytearray) -> None:
    start, end = _stretch(chance, data)
    data[end:end] = data[start:end]


def _zero(chance: random.Random, data: bytearray) -> None:
    start, end = _stretch(chance, data)
    data[start:end] = bytes(end - start)


def _move(chance: random.Random, data: bytearray) -> None:
    start, end = _stretch(chance, data)
    to = chance.randrange(len(data))
    data[to : to + end - start] = data[start:end]


def _cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


FAULTS: tuple[Fault, ...] = (_flip, _random, _number, _number, _words, _drop, _double, _zero, _move, _cut)


def mutated(data: bytes, seed: int) -> bytes:
    """`data` with one to four faults. Half of them hit the first kilobytes, where headers are."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        fault = chance.choice(FAULTS)
        head = bytearray(changed[: chance.choice((64, 512, 4096))])
        if chance.random() < 0.5 and head and fault is not _cut:
            rest = changed[len(head) :]
            fault(chance, head)
            changed = head + rest
        elif changed:
            fault(chance, changed)
    return bytes(changed)
