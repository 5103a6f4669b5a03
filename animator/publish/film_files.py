"""Films as slides and pages take them: the file, what kind it is, its poster, and its words.

In: the paths of films. Out: a FilmFile for each. Words come from the files and are data: whoever puts them
on a page escapes them.
"""

import io
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.core.language import ENGLISH, LANGUAGES
from animator.design.parameters import written
from animator.encoding import FilmInfo, inspect
from animator.encoding.film_spec import LONGEST, SHORTEST
from animator.encoding.inspect_file import read_safely

MIME = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "gif": "image/gif",
    "webp": "image/webp",
    "apng": "image/apng",
    "avif": "image/avif",
    "png": "image/png",
}


@dataclass(frozen=True, slots=True)
class FilmFile:
    """A film with its facts. poster: a still as PNG bytes. apart: what tells it from others of its title: the
    parameters, the format, the size or the file's name. Words are empty in a file from somewhere else.
    """

    path: Path
    info: FilmInfo
    poster: bytes
    apart: str = ""

    @property
    def is_video(self) -> bool:
        """Whether it plays with controls; other formats are pictures that move by themselves."""
        return self.info.format in ("mp4", "webm")

    @property
    def mime(self) -> str:
        """Its media type."""
        return MIME[self.info.format]

    @property
    def title(self) -> str:
        """Its own title; 'One neuron (learning_rate=0.05, seed=1)' among others of the same."""
        return f"{self.own_title} ({self.apart})" if self.apart else self.own_title

    @property
    def own_title(self) -> str:
        """Its title, or the name of its file."""
        return (self.info.metadata.title if self.info.metadata else "") or self.path.stem

    @property
    def ground(self) -> str:
        """The colour to show behind it, "#rrggbb"; "" for a film that has a background."""
        return ground(self.info)

    @property
    def is_untitled(self) -> bool:
        """Whether it says that no title stands on its frames."""
        return bool(self.info.metadata and self.info.metadata.details.get("untitled"))

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters it was made with, as far as it says."""
        found = self.info.metadata.details.get("parameters") if self.info.metadata else None
        return dict(found) if isinstance(found, Mapping) else {}

    @property
    def caption(self) -> str:
        """Its description."""
        return self.info.metadata.description if self.info.metadata else ""

    @property
    def lang(self) -> str:
        """The language of its words."""
        said = self.info.metadata.details.get("lang") if self.info.metadata else ENGLISH
        return str(said) if said in LANGUAGES else ENGLISH

    @property
    def alt_text(self) -> str:
        """What it shows, in words."""
        return (self.info.metadata.alt_text if self.info.metadata else "") or self.title

    @property
    def command(self) -> str:
        """The command that made it."""
        return self.info.metadata.command if self.info.metadata else ""


MARKS: tuple[Callable[[FilmFile], str], ...] = (
    lambda film: film.info.format.upper(),
    lambda film: f"{film.info.width}x{film.info.height}",
    lambda film: f"{film.info.format.upper()}, {film.info.width}x{film.info.height}",
    lambda film: film.path.name,
)  # what tells films of one title and of the same parameters apart


def ground(info: FilmInfo) -> str:
    """The colour to show behind a film without a background, "#rrggbb" as it says itself, or ""."""
    said = info.metadata.details.get("ground") if info.metadata else None
    return said if isinstance(said, str) and re.fullmatch("#[0-9a-fA-F]{6}", said) else ""


def read_films(given: Sequence[str | Path]) -> list[FilmFile]:
    """Every film of `given`, read; AnimatorError for one that is missing, damaged, no film or given twice."""
    paths = [Path(path) for path in ([given] if isinstance(given, str | Path) else given)]
    if not paths:
        raise AnimatorError("No films were given. Give at least one, such as output/neuron.mp4.")
    places = [path.resolve() for path in paths]
    twice = [path for i, path in enumerate(paths) if path.resolve() in places[:i]]
    if twice:
        raise AnimatorError(f"The film '{twice[0]}' is given twice. Give each film once.")
    found = []
    for path in paths:
        info = inspect(path)
        found.append(FilmFile(path, info, _poster(path, info)))
    return told_apart(found)


def codec_warning(films: Sequence[FilmFile], player: str, codecs: Sequence[str]) -> str:
    """A sentence about films that not every `player` plays, which plays `codecs`; "" when there are none."""
    odd = [film for film in films if film.info.codec and film.info.codec not in codecs]
    if not odd:
        return ""
    names = ", ".join(f"'{film.path.name}'" for film in odd)
    which = " or ".join(sorted({film.info.codec for film in odd}))
    return f"{names}: not every {player} plays {which}. Render it with --codec h264, which plays everywhere."


def told_apart(films: Sequence[FilmFile]) -> list[FilmFile]:
    """The films, those that share a title with the parameters in which they differ, and where these are the
    same with what else tells one file from the other.
    """
    alike = defaultdict(list)
    for film in films:
        alike[film.own_title].append(film.parameters)
    groups = []
    for film in films:
        own, others = film.parameters, alike[film.own_title]
        differing = [name for name in own if any(other.get(name, own[name]) != own[name] for other in others)]
        apart = ", ".join(f"{name}={written(own[name])}" for name in differing)
        groups.append(replace(film, apart=apart))
    same: dict[str, list[FilmFile]] = defaultdict(list)
    for film in groups:
        same[film.title].append(film)
    marks = {title: _marking(group) for title, group in same.items() if len(group) > 1}
    return [
        replace(film, apart=", ".join(filter(None, [film.apart, marks[film.title](film)])))
        if film.title in marks
        else film
        for film in groups
    ]


def _marking(films: Sequence[FilmFile]) -> Callable[[FilmFile], str]:
    """The first of MARKS that is another one for each of the films."""
    fitting = (mark for mark in MARKS if len({mark(film) for film in films}) == len(films))
    return next(fitting, lambda film: str(film.path))


def poster_beside(path: Path, info: FilmInfo) -> Path | None:
    """The PNG beside a film that is its poster: of the same shape, and not the still of another film of that
    name, such as a .gif of another style. None where there is none.
    """
    poster = path.with_suffix(".png")
    try:
        still = inspect(poster)
    except AnimatorError:
        return None
    same = abs(still.width * info.height - still.height * info.width) <= max(still.width, info.width)
    other = still.metadata is not None and info.metadata is not None and still.metadata != info.metadata
    return poster if still.format == "png" and same and not other else None


def language_of(films: Sequence[FilmFile]) -> str:
    """The language that all films speak; English where they speak several."""
    spoken = {film.lang for film in films}
    return spoken.pop() if len(spoken) == 1 else ENGLISH


def _poster(path: Path, info: FilmInfo) -> bytes:
    """The PNG beside the film, where it is the film's own; else the film's last picture."""
    found = poster_beside(path, info)
    if found is not None:
        return found.read_bytes()
    import imageio.v3 as iio

    from animator.encoding.pyav_adapter import last_picture

    if info.width * info.height > LONGEST * SHORTEST:
        raise AnimatorError(
            f"'{path}' says that it has {info.width}x{info.height} pixels, and no film has more than "
            f"{LONGEST}x{SHORTEST}. Render it again."
        )
    with read_safely(path):
        if info.format in ("mp4", "webm"):
            last = last_picture(path)
        else:
            last = next(iter(deque(iio.imiter(path, plugin="pillow"), maxlen=1)), None)
    if last is None:
        raise AnimatorError(f"'{path}' has no picture. Render it again.")
    kept = io.BytesIO()
    channels = 4 if ground(info) else 3
    iio.imwrite(kept, last[..., :channels], plugin="pillow", extension=".png")
    return kept.getvalue()
