"""How far colours differ, more finely than the package needs: CIEDE2000 (Sharma et al. 2005), and in grey."""

from itertools import combinations

import numpy as np

from animator.core.arrays import Floats
from animator.core.color_vision import lab


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


def apart_in_grey(colours: tuple[str, ...]) -> float:
    """The least difference of lightness, in L* (0 to 100), between any two of `colours`."""
    seen = sorted(float(lab(colour)[0]) for colour in colours)
    return float(np.diff(seen).min())
