"""Sentences about a film: captions, alt text, and the command that makes it again."""

import math
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from animator.core.formatting import number, point
from animator.core.language import Said, say, shown
from animator.drawing.view import View, present

EACH = 8  # runs up to which each is told of
FALLS = Said(" while {what} falls from {before} to {after}")
GOES = Said(" while {what} goes from {before} to {after}")
PLACES = 6  # ends of many runs that are told of


def slice_caption(view: View) -> str:
    """What the surface is: the whole loss, a slice cut again at every step, or a still slice."""
    if view.curve is not None:
        height = f"f({view.labels[0]})" if view.of_function else say("the loss there")
        return say(
            "A ball stands where the updates take {name}; its height is {height}.",
            name=view.labels[0],
            height=height,
        )
    if view.field is None or view.plane is None:
        lacking = say("; no surface: {why}.", why=view.no_surface) if view.no_surface else ""
        return say("{count:,} parameters, recorded after every update", count=view.parameters) + lacking
    return f"{view.instead} {_of_surface(view, view.plane.kind, view.field.moving)}".lstrip()


def _of_surface(view: View, kind: str, moving: bool) -> str:
    """What the surface is, where there is one; kind: of its plane."""
    if kind != "weights":
        return f"{_what(view)} {_how(view)}"
    if view.parameters == 2 and view.of_function:
        return say("The surface is the function itself.")
    if view.parameters == 2:
        return say("Two weights and no others: the surface is the whole loss.")
    others = [label for label in view.labels if label not in view.axis_labels]
    rest = others[0] if len(others) == 1 and view.parameters == 3 else say("other weights")
    if moving:
        return say("The surface moves with the {rest}, so that the dot's height is its true loss.", rest=rest)
    step = say("the last step") if view.cut_through is None else say("step {step:,}", step=view.cut_through)
    return say(
        "The surface stands still, as it is at {step}'s {rest}: the dot's loss is another before.",
        step=step,
        rest=rest,
    )


def _what(view: View) -> str:
    """Which plane the slice is of, and how much of the path it holds."""
    plane = present(view.plane, "plane")
    way = {
        "pca": say(" along the two main directions of their path"),
        "hessian": say(" along the two sharpest directions"),
        "random": say(" along two random directions"),
        "through": say(" through start, end and the farthest step"),
    }.get(plane.kind, "")
    held = (
        say("; it holds {share} of the path", share=share(plane.explained))
        if plane.explained is not None
        else ""
    )
    return say("A slice through {count:,} weights{way}{held}.", count=view.parameters, way=way, held=held)


def share(part: float) -> str:
    """A share in per cent, never rounded to nothing or to all."""
    if 0 < part < 0.005:
        return say("under 1%")
    return say("over 99%") if 0.995 <= part < 1 - 1e-9 else f"{part:.0%}"


def _how(view: View) -> str:
    """Whether the slice follows the weights."""
    at = "" if view.cut_through is None else say(" at step {step:,}", step=view.cut_through)
    return {
        "moving": say("It moves with the weights, so that the dot's height is its true loss."),
        "blend": say("It stands still first, then moves with the weights."),
    }.get(view.cut, say("It stands still{at}: the path need not lie on it.", at=at))


def alt_text(view: View) -> str:
    """One or two sentences that say what the film shows, for people who do not see it."""
    start, end = (tuple(float(v) for v in view.trajectory[i]) for i in (0, -1))
    if view.plane is not None and view.plane.kind != "weights":
        text = say(
            "{count:,} weights move in {steps:,} steps, seen on a plane of two directions,",
            count=view.parameters,
            steps=view.steps,
        )
    else:
        who = say("Two weights move") if view.parameters > 1 else say("A weight moves")
        if view.of_function:
            who = say("The dot moves")
        if view.curve is not None:
            start, end = ((float(view.curve.path[i]),) for i in (0, -1))
        text = say(
            "{who} from {start} to {end} in {steps:,} steps",
            who=who,
            start=point(start),
            end=point(end),
            steps=view.steps,
        )
    if math.isfinite(view.loss[0]) and math.isfinite(view.loss[-1]):
        falls = view.loss[-1] < view.loss[0]
        what = say("the function") if view.of_function else say("the loss")
        text += shown(
            FALLS if falls else GOES,
            what=what,
            before=number(view.loss[0], 2),
            after=number(view.loss[-1], 2),
        )
    text = f"{text}."
    return f"{text} {departure(view)}".strip()


def alt_text_of(views: Sequence[View]) -> str:
    """What a film shows: of one run, of each of a few, or of many together."""
    if len(views) == 1:
        return alt_text(views[0])
    if len(views) > EACH:
        return alt_text_of_many(views)
    return " ".join(f"{view.name}: {alt_text(view)}" for view in views)


def alt_text_of_many(views: Sequence[View]) -> str:
    """What a film of many runs shows: where they end, and how many at each place."""
    ends = Counter(
        point(tuple(round(float(v), 1) + 0.0 for v in view.trajectory[-1]))
        for view in views
        if math.isfinite(view.loss[-1])
    )
    told = [
        say("{count:,} near {place}", count=count, place=place) for place, count in ends.most_common(PLACES)
    ]
    elsewhere = sum(ends.values()) - sum(count for _, count in ends.most_common(PLACES))
    told += [say("{count:,} elsewhere", count=elsewhere)] if elsewhere else []
    away = len(views) - sum(ends.values())
    told += [say("{count:,} where the loss is not finite", count=away)] if away else []
    steps = max(view.steps for view in views)
    return say(
        "{runs:,} runs of up to {steps:,} steps end at these places: {places}.",
        runs=len(views),
        steps=steps,
        places=", ".join(told),
    )


def departure(view: View, *, seen: bool = False) -> str:
    """'The path leaves the window at step 3.', when the loss broke, which weights the model has at last;
    '' for a tame run. seen: whether the picture says itself that the path has left it.
    """
    said = []
    if not seen and view.window is not None and view.window.left_at is not None:
        who = f"'{view.name}'" if view.rivals else say("The path")
        said.append(say("{who} leaves the window at step {step:,}.", who=who, step=view.window.left_at))
    if view.broke_at is not None:
        said.append(say("The loss stops being finite at step {step:,}.", step=view.broke_at))
    if view.facts.restored_step is not None:
        said.append(
            say(
                "{steps:,} steps, then the weights of step {step:,} were restored.",
                steps=view.steps,
                step=view.facts.restored_step,
            )
        )
    if view.facts.other_weights:
        said.append(
            say("The weights after training are none of these: {why}.", why=Said.of(view.facts.other_weights))
        )
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
