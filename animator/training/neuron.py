"""One neuron with two weights and no bias: the smallest model, whose numbers can be worked out by hand.

`animator verify` trains it with the real recorder and compares. No random number is drawn.
"""

from pathlib import Path

import keras
import numpy as np

from animator.core.arrays import Floats
from animator.training.record.recorder import Recorder


def neuron(activation: str, rate: float = 0.1, momentum: float = 0.0) -> keras.Model:
    """A compiled neuron with both weights 0, for SGD on the mean squared error."""
    layers = keras.layers
    start = keras.initializers.Zeros()
    dense = layers.Dense(1, activation=activation, use_bias=False, kernel_initializer=start)
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile(keras.optimizers.SGD(rate, momentum=momentum), "mse")
    return model


def record_descent(
    path: Path,
    data: tuple[Floats, Floats],
    *,
    activation: str,
    start: tuple[float, float],
    rate: float,
    steps: int,
    momentum: float = 0.0,
) -> None:
    """Write the recording of a neuron that takes `steps` full-batch updates from the weights `start`.

    data: x (N, 2) and y (N, 1).
    """
    model = neuron(activation, rate, momentum)
    model.set_weights([np.reshape(np.array(start, np.float32), (2, 1))])
    recorder = Recorder(path, data=data)
    model.fit(*data, batch_size=len(data[0]), epochs=steps, shuffle=False, verbose=0, callbacks=[recorder])
