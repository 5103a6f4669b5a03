"""Models, optimizers and callbacks that people use, with a Recorder among them: nothing changes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import animator
from animator.recordings.facts import Facts
from animator.training.record.recording_end import AVERAGED, CHANGED
from tests.training.alike import flat, hold_alike, recorded, trained

X = np.random.default_rng(0).random((48, 4), dtype=np.float32)
Y = np.sin(3 * X.sum(1, keepdims=True)).astype(np.float32)
WORDS = np.random.default_rng(1).integers(1, 9, (48, 5))


def dense(optimizer=None, **options):
    made = keras.Sequential([keras.Input((4,)), layers.Dense(5, "tanh"), layers.Dense(1)])
    made.compile(optimizer or keras.optimizers.SGD(0.1), "mse", **options)
    return made


def fit(model, x=X, y=Y, more=(), **options):
    def run(callbacks):
        made = model()
        wanted = {"epochs": 3, **options}
        return made, made.fit(x, y, batch_size=16, verbose=0, callbacks=[*more, *callbacks], **wanted)

    return run


def shared():
    """One layer in two places, and two outputs of different weight."""
    both = layers.Dense(3, "tanh")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    h = layers.Add()([both(a), both(b)])
    made = keras.Model([a, b], {"p": layers.Dense(1, name="p")(h), "q": layers.Dense(2, name="q")(h)})
    made.compile(keras.optimizers.Adam(0.01), {"p": "mse", "q": "mae"}, loss_weights={"p": 0.3, "q": 2.0})
    return made


class Tied(keras.Model):
    """An autoencoder whose decoder is its encoder, transposed."""

    def __init__(self):
        super().__init__()
        self.encoder = layers.Dense(2, use_bias=False)
        self.bias = self.add_weight(shape=(4,), initializer="zeros", name="out_bias")

    def call(self, x):
        return keras.ops.matmul(self.encoder(x), keras.ops.transpose(self.encoder.kernel)) + self.bias


def tied():
    made = Tied()
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def nested():
    """A model in a model, a Lambda layer, a regularizer of activity and one of weights."""
    inner = keras.Sequential([layers.Dense(3, "tanh", activity_regularizer="l2"), layers.Dropout(0.3)])
    inputs = keras.Input((4,))
    h = layers.Lambda(lambda t: t * 2.0)(inner(inputs))
    made = keras.Model(inputs, layers.Dense(1, kernel_regularizer="l1")(h))
    made.compile(keras.optimizers.RMSprop(0.01), "mse")
    return made


def masked():
    made = keras.Sequential([layers.Embedding(9, 3, mask_zero=True), layers.LSTM(4), layers.Dense(1)])
    made.compile(keras.optimizers.Adam(0.01), "mse", weighted_metrics=["mae"])
    return made


def adapted():
    """Layers with a state that they have learnt before: mean and variance, edges, vocabularies."""
    normal = layers.Normalization()
    normal.adapt(X)
    inputs = keras.Input((4,))
    edges = layers.Discretization(num_bins=3)
    edges.adapt(X[:, :1])
    bins = layers.CategoryEncoding(3, output_mode="multi_hot")(edges(inputs[:, :1]))
    made = keras.Model(inputs, layers.Dense(1)(layers.Concatenate()([normal(inputs), bins])))
    made.compile(keras.optimizers.SGD(0.01), "mse")
    return made


def augmented():
    stack = [layers.Reshape((2, 2, 1)), layers.RandomFlip(), layers.RandomRotation(0.1), layers.Flatten()]
    made = keras.Sequential([keras.Input((4,)), *stack, layers.GaussianNoise(0.1), layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def low_rank():
    made = dense()
    made.layers[0].enable_lora(2)
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def quantized():
    """The kernels are whole numbers now; biases and the low-rank matrices train."""
    made = dense()
    made.quantize("int8")
    made.layers[0].enable_lora(2)
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def half_precision():
    policy = keras.DTypePolicy("mixed_float16")
    made = keras.Sequential([keras.Input((4,)), layers.Dense(5, "tanh", dtype=policy), layers.Dense(1)])
    scaled = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=2.0**21)
    made.compile(scaled, "mse")
    return made


def constrained():
    bound = layers.Dense(5, kernel_constraint="unit_norm")
    made = keras.Sequential([keras.Input((4,)), bound, layers.Dense(1)])
    made.compile(keras.optimizers.Adam(0.1, clipnorm=0.5), "mse")
    return made


def accumulated():
    return dense(keras.optimizers.SGD(0.1, gradient_accumulation_steps=2))


def normalized():
    made = keras.Sequential([layers.Dense(5), layers.BatchNormalization(), layers.Dense(1)])
    made.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)
    return made


def by_xla():
    return dense(jit_compile=True)


def spread():
    """A distribution strategy over one device."""
    with tf.distribute.MirroredStrategy(["/cpu:0"]).scope():
        return dense()


KINDS = [tied, nested, adapted, augmented, low_rank, quantized, half_precision, constrained, accumulated,
         normalized, by_xla, spread]  # fmt: skip


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_model_of_this_kind(make, tmp_path):
    y = X if make is tied else Y
    kept, run, _ = recorded(fit(make, y=y), tmp_path / "a.h5", data=(X, y))
    assert run.steps == 9 and run.weights.shape == (10, flat(kept.model).size)
    np.testing.assert_array_equal(run.weights[-1], flat(kept.model))
    assert np.isfinite(run.batch_loss).all() and run.facts == Facts()
    expected = kept.model.evaluate(X, y, batch_size=48, verbose=0, return_dict=True)["loss"]
    assert run.loss[-1] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_inputs_in_a_list_and_outputs_in_a_dictionary(tmp_path):
    x, y = [X, X[::-1].copy()], {"p": Y, "q": X[:, :2]}
    kept, run, _ = recorded(fit(shared, x, y), tmp_path / "a.h5", data=(x, y))
    assert run.weights.shape == (10, flat(kept.model).size)
    expected = kept.model.evaluate(x, y, batch_size=48, verbose=0, return_dict=True)["loss"]
    assert run.loss[-1] == pytest.approx(expected, abs=1e-6)


def test_tokens_with_a_mask_and_weights_of_classes(tmp_path):
    """The batch losses are the weighted ones, by NumPy from Keras' own predictions of a copy."""
    words = np.where(WORDS > 6, 0, WORDS)
    classes = (WORDS[:, :1] > 4).astype("float32")
    program = fit(masked, words, classes, class_weight={0: 1.0, 1: 3.0}, shuffle=False)
    _, run, _ = recorded(program, tmp_path / "a.h5", data=(words, classes))
    keras.utils.set_random_seed(0)
    other = masked()
    other.build((None, 5))
    for k in (0, 4, 8):
        at = 0
        for variable in other.trainable_variables:
            size = int(np.prod(variable.shape))
            variable.assign(run.weights[k][at : at + size].reshape(variable.shape))
            at += size
        part = slice(16 * (k % 3), 16 * (k % 3) + 16)
        error = (other.predict(words[part], verbose=0) - classes[part]).astype(float) ** 2
        assert run.batch_loss[k] == pytest.approx(np.mean(error * (1 + 2 * classes[part])), rel=1e-5)


def test_skipped_steps_of_loss_scaling_repeat_their_row(tmp_path):
    """The scale begins too high: the first updates are skipped, and their rows equal the row before."""
    _, run, _ = recorded(fit(half_precision), tmp_path / "a.h5")
    moved = (np.diff(run.weights[:], axis=0) != 0).any(axis=1)
    assert not moved[0] and moved[-1] and run.facts == Facts()


def test_a_validation_split_and_an_initial_epoch(tmp_path):
    program = fit(dense, epochs=5, initial_epoch=2, validation_split=0.25)
    _, run, _ = recorded(program, tmp_path / "a.h5")
    assert run.steps == 9 and run.epoch.tolist() == [2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_fits_in_a_row_with_a_recorder_each(tmp_path):
    """Frozen, then unfrozen and compiled again: each recording begins where the one before ended."""

    def run(callbacks):
        made = dense()
        for number in range(3):
            made.layers[0].trainable = number > 0
            made.compile(keras.optimizers.SGD(0.1), "mse")
            path = tmp_path / f"{number}.h5"
            own = [animator.Recorder(path, data=(X, Y))] if len(callbacks) > 1 else []
            history = made.fit(X, Y, batch_size=16, verbose=0, callbacks=[*own, *callbacks])
        return made, history

    hold_alike(trained(run, []), trained(run, [keras.callbacks.Callback()]))
    first, second, third = (animator.load(tmp_path / f"{number}.h5") for number in range(3))
    assert [run.weights.shape[1] for run in (first, second, third)] == [6, 31, 31]
    np.testing.assert_array_equal(first.weights[-1], second.weights[0][25:])
    np.testing.assert_array_equal(first.fixed, second.weights[0][:25])
    np.testing.assert_array_equal(second.weights[-1], third.weights[0])


def test_restored_weights_are_told(tmp_path):
    """EarlyStopping puts back the weights of the best epoch: the step is known."""

    def stopped(callbacks):
        early = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
        return fit(dense, more=[early], validation_data=(X, -Y), epochs=8)(callbacks)

    kept, run, _ = recorded(stopped, tmp_path / "a.h5")
    step = run.facts.restored_step
    assert step == 3 * (1 + int(np.argmin(kept.history["val_loss"]))) and step < run.steps
    np.testing.assert_array_equal(run.weights[step], flat(kept.model))


@pytest.mark.parametrize("frequency", [None, 2])
def test_averaged_weights_are_told(frequency, tmp_path):
    """The rows are what training saw; the model has the average, which no row holds."""

    def averaging():
        return dense(keras.optimizers.SGD(0.1, use_ema=True, ema_overwrite_frequency=frequency))

    kept, run, _ = recorded(fit(averaging), tmp_path / "a.h5")
    assert run.facts == Facts(other_weights=AVERAGED)
    assert not np.array_equal(run.weights[-1], flat(kept.model))


def test_weights_that_a_callback_sets_at_the_end_are_told(tmp_path):
    class Zero(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            self.model.set_weights([0 * w for w in self.model.get_weights()])

    _, run, _ = recorded(lambda callbacks: fit(dense)([Zero(), *callbacks]), tmp_path / "a.h5")
    assert run.facts == Facts(other_weights=CHANGED)


def test_the_usual_callbacks_beside(tmp_path):
    """Checkpoints, a rate that is lowered, a log: the rates are those that each epoch had."""
    used = keras.callbacks

    def run(callbacks):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        more = [
            used.ModelCheckpoint(folder / "best.keras", save_best_only=True, monitor="loss"),
            used.ReduceLROnPlateau("val_loss", factor=0.5, patience=1, cooldown=0),
            used.TerminateOnNaN(),
            used.CSVLogger(folder / "log.csv"),
        ]
        made = dense()
        options = {"epochs": 6, "batch_size": 16, "verbose": 0, "validation_data": (X, -Y)}
        return made, made.fit(X, Y, callbacks=[*callbacks, *more], **options)

    kept, found, _ = recorded(run, tmp_path / "a.h5")
    assert found.learning_rate[-1] < found.learning_rate[0]
    np.testing.assert_allclose(found.learning_rate, np.repeat(kept.history["learning_rate"], 3), rtol=1e-6)


def test_a_run_that_is_taken_up_again(tmp_path):
    """BackupAndRestore after the Recorder: row 0 of the second fit is what the first one backed up."""

    class Fail(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("power cut")

    def backed_up():
        return [animator.Recorder(path), keras.callbacks.BackupAndRestore(tmp_path / "backup")]

    path, options = tmp_path / "a.h5", {"epochs": 4, "batch_size": 16, "verbose": 0}
    with pytest.raises(RuntimeError, match="power cut"):
        dense().fit(X, Y, callbacks=[*backed_up(), Fail()], **options)
    with pytest.warns(UserWarning, match="a.part.h5' was there already: it is kept as 'a.part.1.h5'"):
        dense().fit(X, Y, callbacks=backed_up(), **options)
    with animator.load(tmp_path / "a.part.1.h5") as cut, animator.load(path) as run:
        assert cut.epoch.tolist() == [0, 0, 0, 1, 1, 1] and run.epoch.tolist() == [2, 2, 2, 3, 3, 3]
        np.testing.assert_array_equal(cut.weights[-1], run.weights[0])
