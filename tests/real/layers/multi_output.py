"""Priority and department of a ticket (https://keras.io/guides/functional_api/): three inputs, two
outputs, loss weights, dicts.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(38)
X = {
    "title": RNG.integers(0, 20, (32, 5)),
    "body": RNG.integers(0, 20, (32, 8)),
    "tags": RNG.integers(0, 2, (32, 4)).astype(np.float32),
}
Y = {
    "priority": RNG.random((32, 1), dtype=np.float32),
    "department": keras.utils.to_categorical(RNG.integers(0, 3, 32), 3),
}


def model() -> keras.Model:
    title, body, tags = (
        keras.Input((5,), name="title"),
        keras.Input((8,), name="body"),
        keras.Input((4,), name="tags"),
    )
    embedding = layers.Embedding(20, 4)
    x = layers.concatenate([layers.LSTM(3)(embedding(title)), layers.LSTM(3)(embedding(body)), tags])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(3, name="department")(x),
    }
    net = keras.Model({"title": title, "body": body, "tags": tags}, outputs)
    net.compile(
        keras.optimizers.RMSprop(1e-3),
        loss={
            "priority": keras.losses.BinaryCrossentropy(from_logits=True),
            "department": keras.losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": 0.2},
        metrics={"department": ["accuracy", keras.metrics.F1Score()]},
    )
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
