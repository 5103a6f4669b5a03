"""How colours are seen: contrast, lightness, and what is left of them with kinds of colour blindness.

Sources: WCAG 2.2 (relative luminance, contrast ratio); CIE 1976 L*a*b* under D65; Machado, Oliveira and
Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency", table 1; Sharma, Wu
and Dalal 2005, "The CIEDE2000 color-difference formula".
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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


def difference(one: Floats, two: Floats) -> float:
    """CIEDE2000 of two colours in L*, a*, b* (3,): about 1 is just seen, whatever the hue."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    grey = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(grey**7 / (grey**7 + 25.0**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = np.radians(h1 + turn / 2) if c1 * c2 else np.radians(h1 + h2)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    t = 1 + sum(height * np.cos(times * hue + np.radians(shift)) for height, times, shift in waves)
    delta_l = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    delta_c = (c2 - c1) / (1 + 0.045 * chroma)
    delta_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    blue = np.radians(60 * np.exp(-((((np.degrees(hue) % 360) - 275) / 25) ** 2)))
    turned = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(blue)
    return float(np.sqrt(delta_l**2 + delta_c**2 + delta_h**2 + turned * delta_c * delta_h))


def differing(colours: tuple[str, ...], deficiency: str | None = None) -> float:
    """The least CIEDE2000 of any two of `colours`, as they are seen."""
    seen = [lab(colour, deficiency) for colour in colours]
    return min(difference(one, two) for one, two in combinations(seen, 2))


def apart(colours: tuple[str, ...], deficiency: str | None = None) -> float:
    """The least distance (CIE 1976) of any two of `colours`, as they are seen; about 2.3 is just seen."""
    seen = [lab(colour, deficiency) for colour in colours]
    return min(float(np.linalg.norm(one - two)) for one, two in combinations(seen, 2))


def apart_in_grey(colours: tuple[str, ...]) -> float:
    """The least difference of lightness, in L* (0 to 100), between any two of `colours`."""
    seen = sorted(float(lab(colour)[0]) for colour in colours)
    return float(np.diff(seen).min())
