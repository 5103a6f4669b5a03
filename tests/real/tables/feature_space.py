"""Structured data with FeatureSpace
(https://keras.io/examples/structured_data/structured_data_classification_with_feature_space/).

The features are made inside the data pipeline; the model trains on what comes out of it.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras.utils import FeatureSpace

from tests.real.program import Program, Trained, Watch

RNG = np.random.default_rng(14)
X = {
    "age": RNG.integers(20, 80, 40).astype(np.float32),
    "sex": RNG.integers(0, 2, 40),
    "thal": RNG.choice(np.array(["fixed", "normal", "reversible"]), 40),
}
Y = RNG.integers(0, 2, (40, 1)).astype(np.float32)


def train(watch: Watch) -> Trained:
    raw = tf.data.Dataset.from_tensor_slices(
        ({name: tf.constant(part) for name, part in X.items()}, Y)
    ).batch(16)
    space = FeatureSpace(
        features={
            "age": FeatureSpace.float_discretized(num_bins=4),
            "sex": FeatureSpace.integer_categorical(num_oov_indices=0),
            "thal": FeatureSpace.string_categorical(num_oov_indices=0),
        },
        crosses=[FeatureSpace.cross(feature_names=("sex", "thal"), crossing_dim=8)],
        output_mode="concat",
    )
    space.adapt(raw.map(lambda x, _: x))
    pipeline = raw.map(lambda x, y: (space(x), y))
    features = space.get_encoded_features()
    x = layers.Dropout(0.5)(layers.Dense(8, activation="relu")(features))
    net = keras.Model(features, layers.Dense(1, activation="sigmoid")(x))
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = net.fit(pipeline, epochs=2, verbose=0, callbacks=watch.callbacks(data=pipeline))
    return Trained(net, [history.history])


PROGRAM = Program(train)
