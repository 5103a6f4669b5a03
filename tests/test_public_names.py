"""The names of `animator`: dir and help show them, and the types of public signatures are among them."""

import importlib
import inspect
import pydoc
import typing

from matplotlib.axes import Axes

import animator

CALLED = (
    "Event",
    "Experiment",
    "Film",
    "LossSurface",
    "Pacing",
    "Plane",
    "Recorder",
    "Recording",
    "Scene",
    "evaluate",
    "film",
    "load",
    "planes",
)  # what users call; the other names are types of what these take and give


def test_dir_and_help_show_the_names():
    assert dir(animator) == sorted([*animator.__all__, "__version__"])
    text = pydoc.plain(pydoc.render_doc(animator))
    for name in animator.__all__:
        assert name in text


def public_functions(thing):
    """The functions that users of `thing`, a function, a class or a module, call."""
    if inspect.isfunction(thing):
        return [thing]
    found = []
    for name, member in vars(thing).items():
        member = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        shown = not name.startswith("_") or (name == "__init__" and inspect.isclass(thing))
        if shown and inspect.isfunction(member) and member.__module__.startswith("animator."):
            found.append(member)
    return found


def types_in(hint):
    """The classes that an annotation is made of."""
    if inspect.isclass(hint):
        yield hint
    for part in typing.get_args(hint):
        for one in part if isinstance(part, list) else [part]:
            yield from types_in(one)


def test_every_type_of_a_public_signature_can_be_imported():
    names = {name: getattr(animator, name) for name in animator.__all__}
    missing = set()
    for name in CALLED:
        for function in public_functions(names[name]):
            known = vars(importlib.import_module(function.__module__)) | names | {"Axes": Axes}
            for hint in typing.get_type_hints(function, known).values():
                for one in types_in(hint):
                    if one.__module__.startswith("animator.") and one not in names.values():
                        missing.add(f"{one.__name__}, of {name}.{function.__name__}")
    assert missing == set(), "add these to _HOME in animator/__init__.py"
