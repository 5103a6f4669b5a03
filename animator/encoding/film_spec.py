"""What a film is asked to be (FilmSpec), what it says of itself (Metadata), what it is (FilmInfo).

Checks live here, so that a wrong size or rate is refused before anything is trained or drawn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from animator.core.errors import AnimatorError, SizeError
from animator.core.json_types import JSON, JSONObject

SMALLEST = 16  # pixels a side
LONGEST, SHORTEST = 7680, 4320  # pixels of the largest film, whichever way up
EVEN_SIDES = {".mp4": "An MP4", ".webm": "A WebM", ".avif": "An AVIF"}
TRANSPARENT_FORMATS = (".png", ".apng", ".webp", ".webm", ".gif", "folder")
CODECS = ("h264", "h265", "av1")
SMALLEST_FRAGILE = 64  # pixels a side: of 34x34 x265 damages its memory, of 130x18 SVT-AV1 waits for ever
FRAGILE = {
    "h265": ("An H.265 film", "--codec h264"),
    "av1": ("An AV1 film", "--codec h264"),
    ".avif": ("An AVIF", "write a .webp"),
}
FASTEST, SLOWEST = 240, 0.1  # frames a second
FASTEST_GIF = 50  # frames a second: two hundredths each, the shortest delay that viewers keep
LONGEST_PAUSE = 300  # seconds


@dataclass(frozen=True, slots=True)
class FilmSpec:
    """Size in pixels, frames a second, and what a GIF needs to know besides.

    `end_pause`: seconds that a film stays on its last picture on top of that picture's own time.
    `codec`: of an MP4, h264, h265 or av1. `quality`: steps towards a smaller file (crf), 0 the best.
    `transparent`: frames carry alpha; `matte`: the colour that soft edges are mixed with where a format has
    hard ones only. `loop`: whether a looping format plays for ever.
    `exact_colours`: (red, green, blue), 0 to 255, kept exactly where a format has a palette; `colours`: how
    many such a palette has, at most 255. `frames`: how many the film will have, 0 where nobody knows.
    """

    width: int
    height: int
    fps: float
    end_pause: float = 0.0
    exact_colours: tuple[tuple[int, int, int], ...] = ()
    colours: int = 255
    codec: str = "h264"
    quality: int = 0
    transparent: bool = False
    matte: tuple[int, int, int] = (0, 0, 0)
    loop: bool = True
    frames: int = 0

    @property
    def held(self) -> int:
        """The pause at the end in frames."""
        return round(self.end_pause * float(self.rate))

    @property
    def rate(self) -> Fraction:
        """Frames a second as a fraction (29.97 is 2997/100)."""
        return Fraction(self.fps).limit_denominator(1001)

    def check(self, suffix: str) -> None:
        """AnimatorError when a file of this suffix ('.mp4') cannot hold such a film."""
        _check_size(self.width, self.height)
        _check_rate(self.fps)
        if not 0 <= self.end_pause <= LONGEST_PAUSE:
            raise AnimatorError(
                f"A pause of {self.end_pause:g} seconds at the end is not possible: it lasts from 0 to "
                f"{LONGEST_PAUSE} seconds. Use end_pause=2."
            )
        if suffix.lower() in EVEN_SIDES:
            _check_even(suffix.lower(), self.width, self.height)
        if self.transparent and suffix.lower() not in TRANSPARENT_FORMATS:
            raise AnimatorError(
                f"A {suffix} file cannot be transparent. Write one of {' '.join(TRANSPARENT_FORMATS)}, or "
                "leave --transparent away."
            )
        if self.codec not in CODECS:
            raise AnimatorError(f"No codec is called {self.codec!r}. Known: {' '.join(CODECS)}.")
        kind = ".avif" if suffix.lower() == ".avif" else self.codec
        if kind in FRAGILE and min(self.width, self.height) < SMALLEST_FRAGILE:
            raise _too_small(kind, self.width, self.height)
        if suffix.lower() == ".gif":
            _check_gif_rate(self.fps)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a film says of itself.

    Parameters
    ----------
    title, description
        As on screen, and what the film shows.
    alt_text
        For those who do not see it.
    command
        That made it.
    details
        Anything that JSON holds.

    Examples
    --------
    >>> film = animator.film("run.h5", title="A path of three numbers", layout="weights")
    >>> film.metadata().title
    'A path of three numbers'
    """

    title: str = ""
    description: str = ""
    alt_text: str = ""
    command: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """All fields, by name."""
        return {name: getattr(self, name) for name in Metadata.__slots__}

    @staticmethod
    def from_dict(found: JSONObject) -> "Metadata | None":
        """What `to_dict` gave, or None when names or types are not those of the fields."""
        if set(found) != set(Metadata.__slots__):
            return None
        words = {name: text for name, text in found.items() if isinstance(text, str)}
        details = found["details"]
        if not isinstance(details, dict) or len(words) != len(found) - 1:
            return None
        return Metadata(**words, details=details)


@dataclass(frozen=True, slots=True)
class StoredFilm:
    """A film's file: size in pixels, frames a second, number of frames, length in seconds, and bytes."""

    path: Path
    format: str
    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class FilmInfo(StoredFilm):
    """A film file as it is on disk.

    `frames` counts stored pictures (a GIF stores a held picture once); `seconds` is one showing, a GIF's
    end pause included; `fps` is the rate it was made at, or for a foreign GIF frames / seconds. A still has
    one frame, 0 seconds and 0 fps. `metadata` is None in a file that animator did not write. `codec` of an
    MP4 or a WebM, as ffmpeg calls it: h264, hevc, av1, vp9.
    """

    metadata: Metadata | None
    codec: str = ""


def json_line(value: Mapping[str, object]) -> str:
    """`value` as one line of JSON."""
    return json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"))


def json_object(text: str) -> dict[str, JSON] | None:
    """The JSON object in `text`, or None when there is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _check_size(width: int, height: int) -> None:
    if min(width, height) < SMALLEST:
        enough = max(width, SMALLEST), max(height, SMALLEST)
        raise SizeError(
            f"A film of {width}x{height} pixels is too small: each side needs at least {SMALLEST}.",
            "Use --size {}x{} or more.".format(*enough),
            [enough],
        )
    if max(width, height) > LONGEST or min(width, height) > SHORTEST:
        raise SizeError(
            f"A film of {width}x{height} pixels is too large: the largest is {LONGEST}x{SHORTEST}.",
            "Use --size 3840x2160 or less.",
            [(3840, 2160)],
        )


def _check_rate(fps: float) -> None:
    if not SLOWEST <= fps <= FASTEST:
        raise AnimatorError(
            f"fps={fps:g} is not possible: a film shows from {SLOWEST:g} to {FASTEST} frames a second. "
            "Use --fps 30."
        )


def _check_even(suffix: str, width: int, height: int) -> None:
    if width % 2 == 0 and height % 2 == 0:
        return
    smaller = width - width % 2, height - height % 2
    larger = width + width % 2, height + height % 2
    raise SizeError(
        f"{EVEN_SIDES[suffix]} cannot be {width}x{height} pixels: its colours are stored for two by two "
        "pixels, so both sides must be even.",
        "Use --size {}x{} or {}x{}, or write a .gif.".format(*smaller, *larger),
        [smaller, larger],
    )


def _too_small(kind: str, width: int, height: int) -> SizeError:
    film, instead = FRAGILE[kind]
    enough = max(width, SMALLEST_FRAGILE), max(height, SMALLEST_FRAGILE)
    return SizeError(
        f"{film} cannot be {width}x{height} pixels: its encoder needs at least {SMALLEST_FRAGILE} a side.",
        "Use --size {}x{} or more, or {}.".format(*enough, instead),
        [enough],
    )


def _check_gif_rate(fps: float) -> None:
    if fps <= FASTEST_GIF:
        return
    fate = (
        f"{fps:g} would play at 50 or 100"
        if fps < 100
        else "viewers slow a delay of one or none down to 10 frames a second"
    )
    raise AnimatorError(
        f"fps={fps:g} cannot be stored in a GIF: its delays are whole hundredths of a second, and "
        f"{fate}. Use --fps 50, 25 or 20, or write an .mp4."
    )
