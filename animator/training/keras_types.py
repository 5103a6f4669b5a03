"""What this package uses of Keras and TensorFlow, as types: both come without types of their own.

A Protocol names no more than is used. Neither library is imported here, so modules that must do without them
can say what they take.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Shape = tuple[int, ...]


class Tensor(Protocol):
    """A tensor of TensorFlow, symbolic or with a value."""

    @property
    def shape(self) -> Sequence[int]: ...
    @property
    def dtype(self) -> object: ...
    def numpy(self) -> NDArray[np.floating]: ...
    def __getitem__(self, place: object) -> "Tensor": ...
    def __add__(self, other: "Tensor") -> "Tensor": ...
    def __sub__(self, other: "Tensor") -> "Tensor": ...
    def __mul__(self, other: "Tensor | float") -> "Tensor": ...
    def __truediv__(self, other: "Tensor") -> "Tensor": ...
    def __and__(self, other: "Tensor") -> "Tensor": ...
    def __invert__(self) -> "Tensor": ...
    def __gt__(self, other: "Tensor | float") -> "Tensor": ...
    def __float__(self) -> float: ...
    def __int__(self) -> int: ...


Nested = Tensor | None | Sequence["Nested"] | Mapping[str, "Nested"]  # tensors as a model takes them


class TensorVariable(Protocol):
    """A variable of TensorFlow: what stands behind a Variable of Keras."""

    def assign(self, value: ArrayLike | Tensor) -> object: ...
    def read_value(self) -> Tensor: ...


class Variable(Protocol):
    """A variable of Keras."""

    name: str
    path: str
    regularizer: object

    @property
    def shape(self) -> Shape: ...
    @property
    def dtype(self) -> str: ...
    @property
    def value(self) -> TensorVariable: ...
    def assign(self, value: "ArrayLike | Tensor | Variable") -> object: ...
    def __float__(self) -> float: ...


Variables = Sequence[Variable]


class KerasLayer(Protocol):
    """A layer of Keras."""

    name: str
    built: bool
    trainable: bool

    @property
    def output(self) -> object: ...
    @property
    def compute_dtype(self) -> str: ...
    @property
    def variables(self) -> Variables: ...
    @property
    def weights(self) -> Variables: ...
    @property
    def trainable_variables(self) -> Variables: ...
    @property
    def non_trainable_variables(self) -> Variables: ...
    def get_config(self) -> dict[str, object]: ...


@runtime_checkable
class Lookup(Protocol):
    """A layer that looks words or numbers up."""

    name: str

    def get_config(self) -> dict[str, object]: ...
    def get_vocabulary(self, include_special_tokens: bool = True) -> Sequence[str | int]: ...


@runtime_checkable
class Finalized(Protocol):
    """A layer that derives tensors from its variables, as Normalization does."""

    def finalize_state(self) -> None: ...


class Optimizer(Protocol):
    """An optimizer of Keras."""

    @property
    def variables(self) -> Variables: ...
    @property
    def iterations(self) -> Variable: ...
    @property
    def learning_rate(self) -> Variable: ...
    def build(self, variables: Variables) -> None: ...
    def apply(self, gradients: Sequence[Tensor], variables: Variables) -> None: ...
    def get_config(self) -> dict[str, object]: ...
    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> "Optimizer": ...


Logs = Mapping[str, object]  # what a step reports
StepFunction = Callable[[Iterator[object]], Logs]  # what Keras calls for a step, with its iterator


class Strategy(Protocol):
    """How a model is spread over devices."""

    num_replicas_in_sync: int


class KerasModel(KerasLayer, Protocol):
    """A model of Keras, built and compiled unless it says otherwise.

    Examples
    --------
    >>> def layers(model: animator.KerasModel) -> list[str]:
    ...     return [layer.name for layer in model.layers]
    >>> layers(model)
    ['dense']
    """

    compiled: bool
    loss: object
    optimizer: Optimizer
    train_function: StepFunction  # None until Keras makes it
    test_function: object

    @property
    def layers(self) -> Sequence[KerasLayer]: ...
    @property
    def metrics_variables(self) -> Variables: ...
    @property
    def distribute_strategy(self) -> Strategy: ...
    def __call__(self, inputs: object, training: bool = False) -> Nested: ...
    def test_step(self, data: object) -> Logs: ...
    def fit(
        self,
        x: object,
        y: object,
        *,
        epochs: int,
        batch_size: int,
        shuffle: bool,
        verbose: int,
        callbacks: Sequence[object],
    ) -> object: ...
    def make_train_function(self) -> object: ...
    def evaluate(
        self,
        x: object,
        y: object,
        *,
        sample_weight: object,
        batch_size: int,
        verbose: int,
        return_dict: bool,
    ) -> dict[str, float]: ...
    def reset_metrics(self) -> None: ...
    def load_weights(self, path: object) -> None: ...
    def compile_from_config(self, config: Mapping[str, object]) -> None: ...
    def get_compile_config(self) -> object: ...


@runtime_checkable
class Tracker(Protocol):
    """The running mean of a model's loss: a sum, and the samples that it is over."""

    total: Variable
    count: Variable


class SeedGenerator(Protocol):
    """Keras' generator of seeds."""

    state: Variable


@runtime_checkable
class CompiledStep(Protocol):
    """A tf.function that makes a step, of Keras' iterator."""

    def __call__(self, iterator: Iterator[object]) -> "DeviceLogs": ...
    def get_concrete_function(self, iterator: Iterator[object]) -> object: ...


class DeviceLogs(Protocol):
    """What a compiled step gives: the logs, whatever the device."""

    def get_value(self) -> Logs: ...


class Metrics(Protocol):
    """The metrics of a model that a test step reports."""

    @property
    def variables(self) -> Variables: ...
    def stateless_update_state(
        self, state: Sequence[Tensor], y: object, predicted: object, *, sample_weight: object
    ) -> Sequence[Tensor]: ...
    def stateless_result(self, state: Sequence[Tensor]) -> Mapping[str, Tensor]: ...
