"""Data of every kind given to a Recorder: read without a trace, kept in the file, or told at once."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from scipy import sparse

import animator
from animator.core.errors import AnimatorError
from animator.recordings.facts import Facts
from animator.recordings.samples import batches_of
from tests.training.alike import recorded

X = np.random.default_rng(0).random((48, 3), dtype=np.float32)
Y = X.sum(1, keepdims=True)


def model(inputs=3):
    made = keras.Sequential([keras.Input((inputs,)), layers.Dense(2, "tanh"), layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def order(pipeline):
    """What each of three epochs reads of the first column, in order."""
    return [[float(v) for x, _ in pipeline.as_numpy_iterator() for v in x[:, 0]] for _ in range(3)]


def base():
    return tf.data.Dataset.from_tensor_slices((X, Y))


def interleaved():
    return tf.data.Dataset.range(4).shuffle(4).interleave(lambda _: base().take(12))


def looked_up():
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1.0, 2.0]), -1.0)
    return base().shuffle(48).map(lambda x, y: (x, table.lookup(tf.constant(["a"])) + y)).batch(16)


PIPELINES = {
    "shuffled": lambda: base().shuffle(48).batch(16),
    "shuffled once": lambda: base().shuffle(48, reshuffle_each_iteration=False).batch(16),
    "cached": lambda: base().shuffle(48).batch(16).cache().prefetch(2),
    "shuffled twice": lambda: base().shuffle(20).batch(8).shuffle(6).prefetch(tf.data.AUTOTUNE),
    "with noise": lambda: base().shuffle(48).map(lambda x, y: (x + tf.random.uniform(()), y)).batch(16),
    "interleaved": lambda: interleaved().batch(16),
    "of unknown length": lambda: base().shuffle(48).filter(lambda x, y: x[0] > 0.2).batch(16),
    "looked up": looked_up,
}


@pytest.mark.parametrize("name", PIPELINES)
def test_reading_a_pipeline_leaves_its_order_alone(name, tmp_path):
    """What later epochs read is what they would have read; what is kept is what the first one reads."""
    tf.random.set_seed(1)
    bare = order(PIPELINES[name]())
    tf.random.set_seed(1)
    pipeline = PIPELINES[name]()
    recorder = animator.Recorder(tmp_path / "a.h5", data=pipeline)
    assert order(pipeline) == bare
    model().fit(X, Y, verbose=0, callbacks=[recorder])
    assert animator.load(tmp_path / "a.h5").data()[0][:, 0].tolist() == bare[0]


def test_the_pipeline_that_is_trained_on(tmp_path):
    """The usual train_ds, given as data= too: weights, history and random states to the last bit."""

    def run(callbacks):
        made = model()
        train = pipelines.pop()
        return made, made.fit(train, epochs=2, verbose=0, callbacks=callbacks)

    tf.random.set_seed(5)
    first = base().shuffle(48).batch(16)
    tf.random.set_seed(5)
    second = base().shuffle(48).batch(16)
    pipelines = [second, first]
    _, kept, _ = recorded(run, tmp_path / "a.h5", data=second)
    assert sorted(kept.data()[0][:, 0]) == sorted(X[:, 0]) and np.isfinite(kept.loss).all()


class Batches(keras.utils.PyDataset):
    """Three batches in an order of its own, with noise from a generator of its own and from NumPy's."""

    def __init__(self):
        super().__init__(workers=1)
        self.random, self.read = np.random.default_rng(3), 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        self.read += 1
        part = self.random.permutation(48)[:16]
        return X[part] + np.float32(np.random.rand()), Y[part]


def test_a_pydataset_is_copied_before_it_is_read(tmp_path):
    """Its own random state and NumPy's are as they were, and it is read as often as without a Recorder."""
    given = []

    def run(callbacks):
        made = model()
        history = made.fit(given[0], epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
        return made, history

    reads = []
    for number in range(2):
        given[:] = [Batches()]
        keras.utils.set_random_seed(0)
        recorder = [animator.Recorder(tmp_path / "a.h5", data=given[0])] if number else []
        reads.append((run(recorder)[1].history, given[0].read))
    assert reads[0] == reads[1]
    assert animator.load(tmp_path / "a.h5").data()[0].shape == (48, 3)


def refused(data):
    with pytest.raises(AnimatorError) as caught:
        animator.Recorder("run.h5", data=data)
    return str(caught.value)


def test_what_would_run_or_change_something_is_refused():
    def rows():
        yield from zip(X, Y, strict=True)

    shapes = tf.TensorSpec((3,)), tf.TensorSpec((1,))
    python = (
        "Recorder's data is a tf.data pipeline that runs Python code (a generator, py_function or "
        "numpy_function): to read it here would run that once more, and could change the training. Give "
        "arrays: data=(x, y)."
    )
    assert refused(tf.data.Dataset.from_generator(rows, output_signature=shapes).batch(8)) == python
    assert refused(base().map(lambda x, y: (tf.py_function(np.sin, [x], tf.float32), y)).batch(8)) == python
    noise = layers.GaussianNoise(0.1)
    assert refused(base().batch(8).map(lambda x, y: (noise(x, training=True), y))) == (
        "Recorder's data is a tf.data pipeline that changes variables as it is read (a layer with random "
        "augmentation, say), so to read it here would change the training. Give it as it is before that map, "
        "or arrays: data=(x, y)."
    )
    assert refused(([[1], [2, 3]], [0, 1])).startswith(
        "Recorder's data has a part of type list that is no array of numbers or of strings ("
    )
    assert refused((np.array(["2020-01-01"], "datetime64[D]"), [1])) == (
        "Recorder's data has an array of type datetime64[D], which is neither numbers nor strings. Give "
        "numbers."
    )
    assert refused("data.csv").startswith("Recorder's data is of type str, which is no pair, ")


def test_a_pipeline_without_an_end_is_not_read_for_ever():
    endless = base().batch(16).repeat().take_while(lambda x, y: True)
    assert int(endless.cardinality()) == tf.data.UNKNOWN_CARDINALITY
    with pytest.raises(AnimatorError) as caught:
        batches_of(endless, "Recorder's data", most=10_000)
    assert str(caught.value) == (
        "Recorder's data is a tf.data pipeline that never ends (it repeats), so it can't be read whole. "
        "Give it before .repeat(), or .take(batches) of it."
    )


def fitted(path, x, y, made, **options):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        recorder = animator.Recorder(path, **options)
        said = [str(one.message) for one in found]
    made.fit(x, y, verbose=0, callbacks=[recorder])
    return animator.load(path), said


def test_text_is_kept(tmp_path):
    """Strings, as arrays or from a pipeline of bytes, come back as they were; the loss is evaluate's."""
    text = np.array(["a good film", "böse", ""] * 16)
    words = layers.TextVectorization(20, output_sequence_length=4)
    words.adapt(text)
    inputs = keras.Input((), dtype="string")
    hidden = layers.GlobalAveragePooling1D()(layers.Embedding(20, 3)(words(inputs)))
    made = keras.Model(inputs, layers.Dense(1)(hidden))
    made.compile("sgd", "mse")
    tensors = tf.constant(text)
    for name, data in (("a", (text, Y)), ("b", tf.data.Dataset.from_tensor_slices((text, Y)).batch(16))):
        run, said = fitted(tmp_path / f"{name}.h5", tensors, Y, made, data=data)
        assert said == [] and run.data()[0].tolist() == text.tolist()
        assert run.loss[-1] == pytest.approx(made.evaluate(tensors, Y, verbose=0), abs=1e-6)
    digests = {animator.load(tmp_path / f"{name}.h5").meta["data"]["digest"] for name in "ab"}
    assert len(digests) == 1


def test_sparse_data_are_kept_full(tmp_path):
    """scipy's and TensorFlow's: the arrays that they stand for."""
    full = np.where(X > 0.5, X, 0)
    for name, given in (("a", sparse.csr_matrix(full)), ("b", tf.sparse.from_dense(full))):
        run, said = fitted(tmp_path / f"{name}.h5", given, Y, model(), data=(given, Y))
        np.testing.assert_array_equal(run.data()[0], full)
        assert said == [] and np.isfinite(run.loss).all()


def test_x_without_y(tmp_path):
    """An array alone, and the loss that the model adds itself."""

    class Reconstruct(keras.layers.Layer):
        def call(self, x, out):
            self.add_loss(keras.ops.mean((x - out) ** 2))
            return out

    inputs = keras.Input((3,))
    made = keras.Model(inputs, Reconstruct()(inputs, layers.Dense(3)(inputs)))
    made.compile("sgd")
    run, said = fitted(tmp_path / "a.h5", X, None, made, data=X)
    assert said == [] and run.data()[1] is None
    assert run.loss[-1] == pytest.approx(made.evaluate(X, verbose=0, batch_size=48), abs=1e-6)


def test_ragged_data_are_told_and_left_out(tmp_path):
    """A model of ragged rows is recorded all the same, without its data and the loss on them."""
    ragged = tf.ragged.constant([[1.0], [2.0, 3.0], [4.0]] * 16)
    inputs = keras.Input((2,))
    made = keras.Sequential([inputs, layers.Dense(1)])
    made.compile("sgd", "mse")
    path = tmp_path / "a.h5"
    run, said = fitted(path, ragged.to_tensor(), Y, made, data=(ragged, Y))
    assert said == [
        f"Recorder's data are not kept in '{path}': they are ragged. Give full arrays to see losses on them."
    ]
    assert run.facts == Facts(no_data="they are ragged", no_loss="they are ragged")
    assert run.data() is None and run.steps == 2


def test_data_above_the_limit_are_told_at_once(tmp_path):
    """80 MB: not kept, but the loss on them is recorded; small test data are kept beside."""
    large = np.zeros((10_000_000, 2), np.float32)
    path = tmp_path / "a.h5"
    data, test = (large, large[:, 0]), (X[:, :2], Y)
    run, said = fitted(path, X[:, :2], Y, model(2), data=data, test=test, loss_samples=9)
    why = "they take 120.0 MB, and a recording holds less than 64 MiB"
    assert said == [
        f"Recorder's data are not kept in '{path}': {why}. Give them again with film(..., data=(x, y)), or "
        "give fewer samples."
    ]
    assert run.facts == Facts(no_data=why) and np.isfinite(run.loss).all()
    np.testing.assert_array_equal(run.test()[1], Y)


def test_images_as_bytes_and_tokens_as_integers(tmp_path):
    """uint8 and int64 arrays in a dict come back in their types."""
    pixels = np.random.default_rng(1).integers(0, 256, (48, 4), np.uint8)
    tokens = np.random.default_rng(2).integers(0, 9, (48, 2))
    a, b = keras.Input((4,), name="a", dtype="uint8"), keras.Input((2,), name="b", dtype="int64")
    hidden = layers.Concatenate()([layers.Rescaling(1 / 255)(a), layers.Flatten()(layers.Embedding(9, 2)(b))])
    made = keras.Model({"a": a, "b": b}, layers.Dense(1)(hidden))
    made.compile("sgd", "mse")
    x = {"a": pixels, "b": tokens}
    run, said = fitted(tmp_path / "a.h5", x, Y, made, data=(x, Y))
    assert said == [] and {k: v.dtype.name for k, v in run.data()[0].items()} == {"a": "uint8", "b": "int64"}
    np.testing.assert_array_equal(run.data()[0]["a"], pixels)
    assert run.loss[-1] == pytest.approx(made.evaluate(x, Y, verbose=0, batch_size=48), abs=1e-6)
