"""Structured data classification from scratch
(https://keras.io/examples/structured_data/structured_data_classification_from_scratch/).

A dict of named inputs; numbers are normalized, strings and integers are looked up, all inside the
model.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(13)
X = {
    "age": RNG.integers(20, 80, (40, 1)).astype(np.float32),
    "kind": RNG.choice(np.array(["fixed", "normal", "reversible"]), (40, 1)),
    "vessels": RNG.integers(0, 4, (40, 1)),
}
Y = RNG.integers(0, 2, (40, 1)).astype(np.float32)


def tensors() -> dict[str, tf.Tensor]:
    return {name: tf.constant(array) for name, array in X.items()}


def model() -> keras.Model:
    age, kind, vessels = (keras.Input((1,), name="age"), keras.Input((1,), name="kind", dtype="string"),
                          keras.Input((1,), name="vessels", dtype="int64"))  # fmt: skip
    normalization = layers.Normalization()
    normalization.adapt(X["age"])
    strings = layers.StringLookup(output_mode="multi_hot")
    strings.adapt(tf.constant(X["kind"]))
    integers = layers.IntegerLookup(output_mode="multi_hot")
    integers.adapt(X["vessels"])
    x = layers.Concatenate()([normalization(age), strings(kind), integers(vessels)])
    x = layers.Dropout(0.5)(layers.Dense(8, activation="relu")(x))
    net = keras.Model(
        {"age": age, "kind": kind, "vessels": vessels}, layers.Dense(1, activation="sigmoid")(x)
    )
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    pipeline = tf.data.Dataset.from_tensor_slices((tensors(), Y)).batch(16)
    history = net.fit(pipeline, epochs=2, verbose=0, callbacks=watch.callbacks(data=(X, Y)))
    return Trained(net, [history.history], [Replay(model, minibatches((tensors(), Y), 16, 2))])


PROGRAM = Program(train)
