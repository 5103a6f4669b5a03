"""How colours are seen: contrast, lightness, and what is left of them with kinds of colour blindness.

Sources: WCAG 2.2 (relative luminance, contrast ratio); CIE 1976 L*a*b* under D65; Machado, Oliveira and
Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency", table 1.
"""

from itertools import combinations

import numpy as np

from animator.core.arrays import Floats

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
DEFICIENCIES = {
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
_WHITE = _XYZ.sum(axis=1)


def linear(colour: str) -> Floats:
    """Linear red, green and blue (3,) in [0, 1] of "#rrggbb"."""
    encoded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.asarray(np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4))


def luminance(colour: str) -> float:
    """Relative luminance: 0 for black, 1 for white."""
    return float(LUMINANCE @ linear(colour))


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, deficiency: str | None = None) -> Floats:
    """L*, a*, b* (3,) of a colour as it is seen, with one of DEFICIENCIES or with none."""
    seen = linear(colour)
    if deficiency is not None:
        seen = np.clip(DEFICIENCIES[deficiency] @ seen, 0, 1)
    ratio = _XYZ @ seen / _WHITE
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def apart(colours: tuple[str, ...], deficiency: str | None = None) -> float:
    """The least distance (CIE 1976) of any two of `colours`, as they are seen; about 2.3 is just seen."""
    seen = [lab(colour, deficiency) for colour in colours]
    return min(float(np.linalg.norm(one - two)) for one, two in combinations(seen, 2))
