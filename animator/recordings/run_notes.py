"""RunNotes: what a recording says of itself, typed. A checked JSON object goes in.

A note of another kind than animator writes counts as none: users write notes of their own, which stay in
`Recording.meta`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from animator.core.json_types import JSON, JSONObject
from animator.recordings.meta import are_texts, is_count, is_number

MOST_CELLS = 1001  # grid points a side that a recorded film may ask for

Pair = tuple[float, float]
Test = Callable[[JSON], bool]


@dataclass(frozen=True, slots=True)
class DataNotes:
    """Of the data (test data) that a run was recorded with: how many samples, of how many of them the losses
    are, where not of all, their digest, and how the arrays in the file make them (see `samples.assembled`).
    """

    samples: int | None = None
    loss_samples: int | None = None
    digest: str | None = None
    structure: JSONObject = field(default_factory=dict)


NOTHING = DataNotes()


@dataclass(frozen=True, slots=True)
class RunNotes:
    """What a recording says of itself; None and empty where it says nothing.

    Parameters
    ----------
    schema
        The version of the file's schema.
    way
        How the steps came about: "fit", "loop", "descent", "arrays".
    scene, parameters
        What was recorded: the scene as it is typed, and its parameters.
    title, description
        Of the film.
    film
        The design that the scene asked for, as `FilmDesign.read` takes it.
    labels
        (P,) names of the parameters on screen.
    axes
        The two parameters that span the plane "weights": names or indices.
    target
        (2,) the point to reach, in the units of the two weights.
    minima
        (2,) each: points to mark.
    window
        (x0, x1, y0, y1): the part of the plane to show.
    colour
        The number of the run among the style's lines.
    in_order
        Samples in a batch, where batches were taken in the order of the data; else 0.
    theory
        A loss to draw as a line.
    data, test
        What the run was recorded with.
    optimizer
        Class name and configuration, as Keras has them.
    loss
        What the loss is: its kind, and what tells more of it.
    seed
        As it was given.
    versions
        Of the libraries that recorded it.

    Examples
    --------
    >>> animator.load("run.h5").notes.way
    'descent'
    """

    schema: int = 1
    way: str = "fit"
    scene: str | None = None
    parameters: JSONObject | None = None
    title: str | None = None
    description: str | None = None
    film: JSONObject = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    axes: tuple[int | str, int | str] = (0, 1)
    target: Pair | None = None
    minima: tuple[Pair, ...] = ()
    window: tuple[float, float, float, float] | None = None
    colour: int | None = None
    in_order: int = 0
    theory: float | None = None
    data: DataNotes = NOTHING
    test: DataNotes = NOTHING
    optimizer: JSONObject | None = None
    loss: JSONObject | None = None
    seed: JSON = None
    versions: JSONObject | None = None

    @property
    def loss_kind(self) -> str | None:
        """What the loss is, of a run that no Keras model made: "function", "callable", "none"."""
        return None if self.loss is None else _text(self.loss.get("kind"))


def read(meta: JSONObject, schema: int) -> RunNotes:
    """The notes of a recording from its checked `meta`."""
    notes = _object(meta.get("notes")) or {}
    labels = notes.get("labels")
    theory = notes.get("theory")
    return RunNotes(
        schema=schema,
        way=_text(meta.get("way")) or "fit",
        scene=_text(notes.get("scene")),
        parameters=_object(notes.get("parameters")),
        title=_text(notes.get("title")),
        description=_text(notes.get("description")),
        film=_film(_object(notes.get("film")) or {}),
        labels=tuple(labels) if are_texts(labels) else (),
        axes=_axes(notes.get("axes")),
        target=_pair(notes.get("target")),
        minima=_pairs(notes.get("minima")),
        window=_window(notes.get("window")),
        colour=_count(notes.get("colour")),
        in_order=_count(notes.get("in_order")) or 0,
        theory=theory if is_number(theory) else None,
        data=_data(meta.get("data")),
        test=_data(meta.get("test")),
        optimizer=_object(meta.get("optimizer")),
        loss=_object(meta.get("loss")),
        seed=meta.get("seed"),
        versions=_object(meta.get("versions")),
    )


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: JSON) -> int | None:
    return value if is_count(value) else None


def _object(value: JSON) -> JSONObject | None:
    return value if isinstance(value, dict) else None


def _data(value: JSON) -> DataNotes:
    said = _object(value) or {}
    return DataNotes(
        samples=_count(said.get("samples")),
        loss_samples=_count(said.get("loss_samples")),
        digest=_text(said.get("digest")),
        structure=_object(said.get("structure")) or {},
    )


def _numbers(value: JSON, count: int) -> list[float] | None:
    """`count` finite numbers, or None."""
    if not isinstance(value, list) or len(value) != count:
        return None
    numbers = [float(item) for item in value if is_number(item)]
    return numbers if len(numbers) == count else None


def _pair(value: JSON) -> Pair | None:
    numbers = _numbers(value, 2)
    return (numbers[0], numbers[1]) if numbers is not None else None


def _pairs(value: JSON) -> tuple[Pair, ...]:
    pairs = map(_pair, value) if isinstance(value, list) else ()
    return tuple(pair for pair in pairs if pair is not None)


def _window(value: JSON) -> tuple[float, float, float, float] | None:
    numbers = _numbers(value, 4)
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if numbers is not None else None


def _axes(value: JSON) -> tuple[int | str, int | str]:
    if isinstance(value, list) and len(value) == 2:
        first, second = value
        if _is_axis(first) and _is_axis(second):
            return first, second
    return 0, 1


def _is_axis(value: JSON) -> TypeGuard[int | str]:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _is_text(value: JSON) -> bool:
    return isinstance(value, str)


def _is_object(value: JSON) -> bool:
    return isinstance(value, dict)


def _are_numbers(value: JSON) -> bool:
    return isinstance(value, list) and all(map(is_number, value))


def _is_resolution(value: JSON) -> bool:
    return is_count(value) and 2 <= value <= MOST_CELLS


def _is_layout(value: JSON) -> bool:
    return isinstance(value, list) and all(map(are_texts, value))


def _is_event(value: JSON) -> bool:
    if not isinstance(value, dict) or value.keys() != {"step", "caption", "hold"}:
        return False
    return is_count(value["step"]) and _is_text(value["caption"]) and is_number(value["hold"])


def _are_events(value: JSON) -> bool:
    return value == "found" or (isinstance(value, list) and all(map(_is_event, value)))


PACING: Mapping[str, Test] = {
    "intro": is_number,
    "play": is_number,
    "end": is_number,
    "pace": _is_text,
    "easing": _is_text,
    "events": _are_events,
    "wake": lambda value: value is None or is_number(value),
}
FILM: Mapping[str, Test] = {
    "layout": _is_layout,
    "pacing": _is_object,
    "plane": _is_text,
    "slice": _is_text,
    "resolution": _is_resolution,
    "camera": _is_text,
    "card": _is_text,
    "widths": _are_numbers,
    "heights": _are_numbers,
}


def _film(film: JSONObject) -> JSONObject:
    """A kept design without those of its settings that are not what they should be."""
    settings = _sound(film, FILM)
    pacing = _object(settings.get("pacing"))
    return settings if pacing is None else {**settings, "pacing": _sound(pacing, PACING)}


def _sound(table: JSONObject, tests: Mapping[str, Test]) -> JSONObject:
    return {name: value for name, value in table.items() if name not in tests or tests[name](value)}
