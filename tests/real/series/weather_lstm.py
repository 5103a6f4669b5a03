"""Weather forecasting (https://keras.io/examples/timeseries/timeseries_weather_forecasting/): windows of a
series, one LSTM.

The windows come from `timeseries_dataset_from_array`, and the same pipelines are the validation data.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch

SERIES = np.sin(np.arange(80)[:, None] * [0.1, 0.3]).astype(np.float32)


def windows():
    return keras.utils.timeseries_dataset_from_array(SERIES[:-8], SERIES[8:, :1], sequence_length=8,
                                                     sampling_rate=1, batch_size=16)  # fmt: skip


def model() -> keras.Model:
    series = keras.Input((8, 2))
    net = keras.Model(series, layers.Dense(1)(layers.LSTM(4)(series)))
    net.compile(keras.optimizers.Adam(1e-2), "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(windows(), epochs=2, validation_data=windows(), verbose=0,
                      callbacks=watch.callbacks(data=windows()))  # fmt: skip
    batches = [tuple(np.asarray(part) for part in batch) for batch in windows()]
    return Trained(net, [history.history], [Replay(model, batches * 2)])


PROGRAM = Program(train)
