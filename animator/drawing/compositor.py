"""Dirty-rectangle compositor: draws the background again where it changed, blends changed layers over it.

In: artists in their order, of which some are layers (animator.drawing.raster). Out: one picture that is
mended for every frame, and the rectangles that were. Mended or made anew, the bytes are the same.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase

from animator.drawing.raster.blend import Pane, pane
from animator.drawing.raster.layer import NOTHING, Layer, Pixels, Rect, merged


class Background:
    """Artists that Agg draws onto the still picture, in a region of their own, when they have changed.

    An artist with a `version` is drawn again when that differs; one without is drawn for every frame.
    """

    def __init__(self, artists: Sequence[Artist], region: Rect) -> None:
        self.artists = list(artists)
        self.region = region
        self._versions: list[int] | None = None

    def forget(self) -> None:
        """Draw them the next time, whatever their versions are."""
        self._versions = None

    def draw(self, renderer: RendererBase, base: Pixels, still: Pixels) -> bool:
        """Draw what changed onto `base`, which `renderer` draws to; whether anything did."""
        versions = [getattr(artist, "version", -1) for artist in self.artists]
        if self._versions == versions and min(versions) >= 0:
            return False
        self._versions = versions
        self.region.of(base)[...] = self.region.of(still)
        for artist in self.artists:
            artist.draw(renderer)
        return True


class Compositor:
    """Mends one picture (H, W, 4) from frame to frame; `changed`: where it did, None for everywhere."""

    def __init__(self, backgrounds: Sequence[Background], layers: Sequence[Layer]) -> None:
        self.backgrounds = list(backgrounds)
        self.layers = list(layers)
        self.changed: list[Rect] | None = None
        self._still: Pixels | None = None
        self._picture: Pane = pane(np.zeros((1, 1, 4), np.uint8))

    def forget(self) -> None:
        """Begin anew with the next frame."""
        self._still = None

    @property
    def ready(self) -> bool:
        """Whether there is a still picture to mend."""
        return self._still is not None

    def begin(self, still: Pixels) -> None:
        """Take the still picture (H, W, 4): all that never changes."""
        self._still = still
        self._picture = pane(still.copy())
        for background in self.backgrounds:
            background.forget()

    def compose(self, renderer: RendererBase, base: Pixels, whole: bool) -> Pixels:
        """The picture of what the artists are set to now; `base`: what `renderer` draws to, (H, W, 4).

        whole: lay everything anew. The array is mended by the next call. ValueError before `begin`.
        """
        if self._still is None:
            raise ValueError("there is no still picture to mend: call begin(still) first")
        frame = Rect(0, 0, *self._still.shape[:2])
        if whole:
            base[...] = self._still
            for background in self.backgrounds:
                background.forget()
        rects = [under.region for under in self.backgrounds if under.draw(renderer, base, self._still)]
        for layer in self.layers:
            rects.extend(layer.refresh())
        self.changed = None if whole else merged(rects, frame)
        self._mend([frame] if self.changed is None else self.changed, base)
        return self._picture.pixels

    def _mend(self, rects: Sequence[Rect], base: Pixels) -> None:
        """Put the background back into `rects`, and lay over it what has ink there."""
        pixels = self._picture.pixels
        inked = [(layer, *layer.bounds) for layer in self.layers if layer.bounds is not NOTHING]
        for rect in rects:
            top, left, bottom, right = rect
            pixels[top:bottom, left:right] = base[top:bottom, left:right]
            for layer, high, near, low, far in inked:
                if high < bottom and low > top and near < right and far > left:
                    layer.blend(self._picture, rect)


def parted(artists: Sequence[Artist]) -> tuple[list[Artist], list[Layer]]:
    """The artists up to the last one that is no layer, which Agg draws; the layers that lie over them."""
    last = max((i for i, artist in enumerate(artists) if not isinstance(artist, Layer)), default=-1)
    over = [artist for artist in artists[last + 1 :] if isinstance(artist, Layer)]
    return list(artists[: last + 1]), over
