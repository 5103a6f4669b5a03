"""Sentences about a film: captions, alt text, and the command that makes it again."""

import math
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from animator.core.formatting import number, point
from animator.drawing.view import View, present

EACH = 8  # runs up to which each is told of
PLACES = 6  # ends of many runs that are told of


def slice_caption(view: View) -> str:
    """What the surface is: the whole loss, a slice cut again at every step, or a still slice."""
    if view.curve is not None:
        height = f"f({view.labels[0]})" if view.of_function else "the loss there"
        return f"A ball stands where the updates take {view.labels[0]}; its height is {height}."
    if view.field is None or view.plane is None:
        lacking = f"; no surface: {view.no_surface}." if view.no_surface else ""
        return f"{view.parameters:,} parameters, recorded after every update{lacking}"
    return f"{view.instead} {_of_surface(view, view.plane.kind, view.field.moving)}".lstrip()


def _of_surface(view: View, kind: str, moving: bool) -> str:
    """What the surface is, where there is one; kind: of its plane."""
    if kind != "weights":
        return f"{_what(view)} {_how(view)}"
    if view.parameters == 2 and view.of_function:
        return "The surface is the function itself."
    if view.parameters == 2:
        return "Two weights and no others: the surface is the whole loss."
    others = [label for label in view.labels if label not in view.axis_labels]
    rest = others[0] if len(others) == 1 and view.parameters == 3 else "other weights"
    if moving:
        return f"The surface moves with the {rest}, so that the dot's height is its true loss."
    step = "the last step" if view.cut_through is None else f"step {view.cut_through:,}"
    return f"The surface stands still, as it is at {step}'s {rest}: the dot's loss is another before."


def _what(view: View) -> str:
    """Which plane the slice is of, and how much of the path it holds."""
    plane = present(view.plane, "plane")
    way = {
        "pca": " along the two main directions of their path",
        "hessian": " along the two sharpest directions",
        "random": " along two random directions",
        "through": " through start, end and the farthest step",
    }.get(plane.kind, "")
    held = f"; it holds {share(plane.explained)} of the path" if plane.explained is not None else ""
    return f"A slice through {view.parameters:,} weights{way}{held}."


def share(part: float) -> str:
    """A share in per cent, never rounded to nothing or to all."""
    if 0 < part < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= part < 1 - 1e-9 else f"{part:.0%}"


def _how(view: View) -> str:
    """Whether the slice follows the weights."""
    at = "" if view.cut_through is None else f" at step {view.cut_through:,}"
    return {
        "moving": "It moves with the weights, so that the dot's height is its true loss.",
        "blend": "It stands still first, then moves with the weights.",
    }.get(view.cut, f"It stands still{at}: the path need not lie on it.")


def alt_text(view: View) -> str:
    """One or two sentences that say what the film shows, for people who do not see it."""
    start, end = (tuple(float(v) for v in view.trajectory[i]) for i in (0, -1))
    if view.plane is not None and view.plane.kind != "weights":
        text = f"{view.parameters:,} weights move in {view.steps:,} steps, seen on a plane of two directions,"
    else:
        who = "Two weights move" if view.parameters > 1 else "A weight moves"
        if view.of_function:
            who = "The dot moves"
        if view.curve is not None:
            start, end = ((float(view.curve.path[i]),) for i in (0, -1))
        text = f"{who} from {point(start)} to {point(end)} in {view.steps:,} steps"
    if math.isfinite(view.loss[0]) and math.isfinite(view.loss[-1]):
        verb = "falls" if view.loss[-1] < view.loss[0] else "goes"
        what = "the function" if view.of_function else "the loss"
        text += f" while {what} {verb} from {number(view.loss[0], 2)} to {number(view.loss[-1], 2)}"
    text = f"{text}."
    return f"{text} {departure(view)}".strip()


def alt_text_of_many(views: Sequence[View]) -> str:
    """What a film of many runs shows: where they end, and how many at each place."""
    ends = Counter(
        point(tuple(round(float(v), 1) + 0.0 for v in view.trajectory[-1]))
        for view in views
        if math.isfinite(view.loss[-1])
    )
    told = [f"{count:,} near {place}" for place, count in ends.most_common(PLACES)]
    elsewhere = sum(ends.values()) - sum(count for _, count in ends.most_common(PLACES))
    told += [f"{elsewhere:,} elsewhere"] if elsewhere else []
    away = len(views) - sum(ends.values())
    told += [f"{away:,} where the loss is not finite"] if away else []
    steps = max(view.steps for view in views)
    return f"{len(views):,} runs of up to {steps:,} steps end at these places: {', '.join(told)}."


def departure(view: View) -> str:
    """'The path leaves the window at step 3.', when the loss broke, which weights the model has at last;
    '' for a tame run.
    """
    said = []
    if view.window is not None and view.window.left_at is not None:
        who = f"'{view.name}'" if view.rivals else "The path"
        said.append(f"{who} leaves the window at step {view.window.left_at:,}.")
    if view.broke_at is not None:
        said.append(f"The loss stops being finite at step {view.broke_at:,}.")
    if view.facts.restored_step is not None:
        said.append(
            f"{view.steps:,} steps, then the weights of step {view.facts.restored_step:,} were restored."
        )
    if view.facts.other_weights:
        said.append(f"The weights after training are none of these: {view.facts.other_weights}.")
    return " ".join(said)


def made_by(names: Sequence[str], asked: Mapping[str, object]) -> str:
    """What makes the film of recordings again: a command, or a call where a command cannot say it all."""
    if len(names) == 1 and not any(value is not None for value in asked.values()):
        return shlex.join(["animator", "render", *names])
    return _call(repr(names[0] if len(names) == 1 else list(names)), asked)


def made_by_scene(scene: str, parameters: Mapping[str, object], asked: Mapping[str, object]) -> str:
    """What makes the film of a scene again; scene: its name, "" for one that no file made."""
    words = [repr(scene), *_words(parameters)] if scene else ["..."]
    return _call(f"animator.scene({', '.join(words)})", asked)


def _call(source: str, asked: Mapping[str, object]) -> str:
    return f"animator.film({', '.join([source, *_words(asked)])})"


def _words(asked: Mapping[str, object]) -> list[str]:
    """Keywords of a call; what is no number and no text is left open."""
    plain = str | int | float
    return [
        f"{key}={value!r}" if isinstance(value, plain) else f"{key}=..."
        for key, value in asked.items()
        if value is not None
    ]
