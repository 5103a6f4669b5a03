"""Filters: which axes of a trainable variable number its filters, for filter normalization.

A filter is all that feeds one output (Li et al. 2018, section 4): a column of a Dense kernel, a kernel of a
convolution for one output channel. Keras keeps the output last, but for transposed convolutions (next to
last), depthwise ones (a filter for each input and multiplier) and embeddings (a filter for each token).
Variables that have no filters (biases, normalization's scales) have none: their directions are zero.
"""

from animator.training.keras_types import KerasLayer, Variable


def filter_axes(layer: KerasLayer, variable: Variable) -> tuple[int, ...]:
    """The axes of `variable` of Keras `layer` that number its filters; () where it has none."""
    kind = type(layer).__name__
    name = variable.name
    rank = len(variable.shape)
    if rank < 2 or "Normalization" in kind:
        return ()
    if kind == "Embedding":
        return (0,)
    if "Depthwise" in kind or name == "depthwise_kernel":
        return (rank - 2, rank - 1)
    if kind.endswith("Transpose"):
        return (rank - 2,)
    equation = getattr(layer, "equation", None)
    if kind == "EinsumDense" and isinstance(equation, str) and name == "kernel":
        return _of_equation(equation, rank) or (rank - 1,)
    return (rank - 1,) if name != "bias" else ()


def _of_equation(equation: str, rank: int) -> tuple[int, ...]:
    """The kernel's axes that appear in the output of an equation such as 'abc,cde->abde'."""
    inputs, _, output = equation.replace(" ", "").partition("->")
    kernel = inputs.split(",")[-1]
    if len(kernel) != rank:
        return ()
    return tuple(axis for axis, letter in enumerate(kernel) if letter in output)
