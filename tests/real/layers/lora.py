"""Parameter-efficient fine-tuning with LoRA
(https://keras.io/examples/nlp/parameter_efficient_finetuning_of_gpt2_with_lora/).

A Dense and an Embedding that were trained are frozen; low-rank updates beside them learn.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(37)
X, Y = RNG.integers(0, 10, (32, 4)), RNG.integers(0, 3, 32)


def model() -> keras.Model:
    net = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(10, 6),
            layers.GlobalAveragePooling1D(),
            layers.Dense(6, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    net.layers[0].enable_lora(2)
    net.layers[2].enable_lora(2)
    net.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
