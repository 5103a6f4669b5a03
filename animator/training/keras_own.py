"""What of a model is Keras' own code, and so told whole by a description: of other code it holds a name only.

A layer, a loss, an optimizer or a function goes in; whether Keras itself wrote it comes out.
"""

from types import FunctionType


def is_keras(thing: object) -> bool:
    """Whether the class of `thing`, or the function that it is, is one of Keras' own."""
    kind = thing if isinstance(thing, FunctionType) else type(thing)
    return kind.__module__.split(".")[0] == "keras"


def has_own(model: object, name: str) -> bool:
    """Whether the class of a Keras model defines `name` itself, in place of what keras.Model has."""
    import keras

    return getattr(type(model), name) is not getattr(keras.Model, name)


def is_whole(thing: object) -> bool:
    """The same, of the functions that `thing` holds too, such as a layer's activation."""
    held = getattr(thing, "__dict__", {}).values()
    return is_keras(thing) and all(is_keras(value) for value in held if isinstance(value, FunctionType))
