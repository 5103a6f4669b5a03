"""Text classification from scratch (https://keras.io/examples/nlp/text_classification_from_scratch/),
strings into the model.

TextVectorization is the first layer, so that the model takes the reviews as they are.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

WORDS = np.array(["good", "bad", "film", "plot", "slow", "great", "awful", "fun", "dull", "actor"])
RNG = np.random.default_rng(7)
TEXTS = np.array([" ".join(RNG.choice(WORDS, 6)) for _ in range(32)], dtype=object)[:, None]
Y = np.array([["good" in text[0]] for text in TEXTS], np.float32)


def model() -> keras.Model:
    vectorize = layers.TextVectorization(max_tokens=20, output_sequence_length=8)
    vectorize.adapt(tf.constant(TEXTS[:, 0].tolist()))
    text = keras.Input((1,), dtype="string")
    x = layers.Dropout(0.5)(layers.Embedding(20, 4)(vectorize(text)))
    x = layers.GlobalMaxPooling1D()(layers.Conv1D(4, 3, padding="valid", activation="relu")(x))
    net = keras.Model(text, layers.Dense(1, activation="sigmoid")(x))
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    strings = tf.constant(TEXTS.tolist())
    history = net.fit(strings, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(TEXTS, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((strings, Y), 8, 2))])


PROGRAM = Program(train)
