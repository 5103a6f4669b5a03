"""Recording changes nothing, whatever the training step is; and the batch losses are true or absent."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import animator
from animator.recordings.facts import Facts
from animator.training.record.recorder_buffer import NO_TRACKER
from tests.training.alike import flat, hold_alike, recorded, trained

X = np.random.default_rng(0).random((50, 3), dtype=np.float32)
Y = np.sin(3 * X.sum(1, keepdims=True)).astype(np.float32)


class Counted(keras.Model):
    """A subclassed model, built at its first batch, that counts the calls of its code."""

    def __init__(self):
        super().__init__()
        self.first, self.drop, self.last = layers.Dense(4, "tanh"), layers.Dropout(0.2), layers.Dense(1)
        self.calls = {"call": 0, "train_step": 0, "compute_loss": 0}

    def call(self, x, training=False):
        self.calls["call"] += 1
        return self.last(self.drop(self.first(x), training=training))

    def train_step(self, data):
        self.calls["train_step"] += 1
        return super().train_step(data)

    def compute_loss(self, *args, **kwargs):
        self.calls["compute_loss"] += 1
        return super().compute_loss(*args, **kwargs)


class OwnTracker(keras.Model):
    """A step that reports "loss" from a tracker of its own, as autoencoders do."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.tracker = keras.metrics.Mean(name="total_loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights, strict=True))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


class Guide(keras.Model):
    """Keras' guide to steps of one's own: its metrics are reported by name, one of them a dictionary."""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


class Derived(keras.Model):
    """Keras' step, and a number computed from the running mean of the loss: nobody may empty that."""

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        found = super().compute_metrics(x, y, y_pred, sample_weight)
        return {**found, "perplexity": keras.ops.exp(found["loss"])}


class Accumulating(keras.Model):
    """Two optimizers of its own; the one that compile makes never steps."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.pair = keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.02)
        self.built_pair = False

    def train_step(self, data):
        x, y = data
        halves = self.trainable_variables[:2], self.trainable_variables[2:]
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
        for optimizer, half in zip(self.pair, halves, strict=True):
            optimizer.apply_gradients(zip(tape.gradient(loss, half), half, strict=True))
        return {"d_loss": loss, "g_loss": -loss}


def functional(kind, *losses, **options):
    inputs = keras.Input((3,))
    model = kind(inputs, layers.Dense(1)(layers.Dense(4, "tanh")(inputs)))
    model.compile(keras.optimizers.SGD(0.05), *losses, **options)
    return model


def program(make, epochs=3):
    def run(callbacks):
        model = make()
        options = {"batch_size": 16, "epochs": epochs, "shuffle": False, "verbose": 0}
        return model, model.fit(X, Y, callbacks=callbacks, **options)

    return run


def counted():
    model = Counted()
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model


def test_code_of_the_user_is_called_as_often(tmp_path):
    """Traces count: a model that is built at the first batch, in two fits, with a Recorder in either."""
    counts = []
    for with_first, with_second in ((False, False), (True, False), (False, True)):
        keras.utils.set_random_seed(1)
        model = counted()
        for number, wanted in enumerate((with_first, with_second)):
            path = tmp_path / f"{with_first}{number}.h5"
            model.fit(X, Y, verbose=0, callbacks=[animator.Recorder(path)] if wanted else [])
        counts.append(model.calls)
    assert counts[0] == counts[1] == counts[2]
    assert min(counts[0].values()) > 0


def test_eager_code_is_called_once_a_step(tmp_path):
    def make():
        model = counted()
        model.compile("sgd", "mse", run_eagerly=True)
        model(X[:1])
        model.calls["call"] = 0
        return model

    kept, run, _ = recorded(program(make), tmp_path / "a.h5")
    assert kept.model.calls == {"call": 12, "train_step": 12, "compute_loss": 12}
    assert np.isfinite(run.batch_loss).all()


def test_a_step_that_reports_its_own_tracker(tmp_path):
    """Its loss is not known for a batch; the history is the bare one, and early stopping stops as ever."""

    def run_program(callbacks):
        early = keras.callbacks.EarlyStopping(monitor="loss", patience=2)
        model = functional(OwnTracker)
        return model, model.fit(X, Y, epochs=6, verbose=0, callbacks=[early, *callbacks])

    kept, run, _ = recorded(run_program, tmp_path / "a.h5")
    assert len(kept.history["loss"]) == 6 and min(kept.history["loss"]) > 0
    assert run.facts == Facts(no_batch_loss=NO_TRACKER)
    assert np.isnan(run.batch_loss).all() and np.isfinite(run.running_means["loss"]).all()


def test_losses_that_rounding_hides_are_absent_and_counted(tmp_path):
    """After a loss of 1e10 in float32, a loss near 1 is lost in the sum that the user's step adds it to."""

    class Own(keras.Model):
        def train_step(self, data):
            return super().train_step(data)

    x, y = np.ones((4, 1), np.float32), np.array([[1e5], [1], [2], [3]], np.float32)

    def program(callbacks):
        inputs = keras.Input((1,))
        model = Own(inputs, layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
        model.compile(keras.optimizers.SGD(0.0), "mse")
        options = {"epochs": 2, "batch_size": 1, "shuffle": False, "verbose": 0}
        return model, model.fit(x, y, callbacks=callbacks, **options)

    _, run, said = recorded(program, tmp_path / "a.h5", data=(x, y))
    with run:
        none = np.nan
        np.testing.assert_allclose(run.batch_loss, [1e10, none, none, none] * 2, rtol=1e-6)
        assert run.facts == Facts(unread_losses=6)
        (view,) = animator.film(run).views()
        assert view.broke_at is None and view.has_batch_loss
    assert said == [
        f"'{tmp_path / 'a.h5'}' is recorded without the batch's own loss of 6 of 8 steps: the training "
        "step added none to Keras' running sum there, or so little that "
        "rounding hides it."
    ]


def own_losses(run, batch=16):
    """Mean squared error (K,) of each batch at the row before it, by NumPy in float64."""
    found = []
    for k in range(run.steps):
        part = slice(batch * (k % 4), batch * (k % 4) + batch)
        a, b, c, d = np.split(np.asarray(run.weights[k], float), [12, 16, 20])
        out = np.tanh(X[part].astype(float) @ a.reshape(3, 4) + b) @ c.reshape(4, 1) + d
        found.append(np.mean((out - Y[part]) ** 2))
    return np.array(found)


@pytest.mark.parametrize("kind", [keras.Model, Guide, Derived], ids=lambda kind: kind.__name__)
def test_batch_losses_are_those_of_numpy(kind, tmp_path):
    """Keras' own step to the last bit of float32; others' to what a running sum in float32 leaves of it."""
    _, run, _ = recorded(program(lambda: functional(kind, "mse", metrics=["mae"])), tmp_path / "a.h5")
    np.testing.assert_allclose(run.batch_loss, own_losses(run), rtol=2e-6)
    assert run.facts == Facts()


def test_a_number_derived_from_the_running_mean_stays_true(tmp_path):
    _, run, _ = recorded(program(lambda: functional(Derived, "mse")), tmp_path / "a.h5")
    means = run.running_means
    np.testing.assert_allclose(means["perplexity"], np.exp(means["loss"]), rtol=1e-6)


def test_an_optimizer_that_never_steps_has_no_rate(tmp_path):
    _, run, _ = recorded(program(lambda: functional(Accumulating)), tmp_path / "a.h5")
    assert run.facts == Facts(no_batch_loss=NO_TRACKER, no_learning_rate=True)
    assert np.isnan(run.learning_rate).all()
    assert list(run.running_means) == ["d_loss", "g_loss"]
    np.testing.assert_allclose(run.running_means["d_loss"], own_losses(run), rtol=2e-6)


class Halving(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule of the user's, which counts its calls."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def __call__(self, step):
        self.calls += 1
        return 0.5 * 0.5 ** keras.ops.cast(step, "float32")


def test_a_schedule_of_ones_own_is_asked_after_training(tmp_path):
    """Its rates are recorded, and its code is not called while it trains."""
    path, asked = tmp_path / "a.h5", []

    class Ask(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            asked.append(schedule.calls)

    for callbacks in ([Ask()], [animator.Recorder(path), Ask()]):
        schedule = Halving()
        model = functional(keras.Model, "mse")
        model.compile(keras.optimizers.SGD(schedule), "mse")
        model.fit(X, Y, epochs=70, batch_size=50, verbose=0, callbacks=callbacks)
    assert asked[:70] == asked[70:]
    np.testing.assert_allclose(animator.load(path).learning_rate, 0.5 * 0.5 ** np.arange(70.0), rtol=1e-6)


def unbuilt():
    model = keras.Sequential([layers.Dense(4, "tanh"), layers.Dropout(0.2), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


class Scaled(keras.Model):
    """A weight of its own, and a layer that is built at the first batch."""

    def __init__(self):
        super().__init__()
        self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
        self.dense = layers.Dense(1)

    def call(self, x):
        return self.dense(x) * self.scale


def half_built():
    model = Scaled()
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


@pytest.mark.parametrize("make", [unbuilt, counted, half_built], ids=lambda make: make.__name__)
def test_a_model_that_is_built_at_its_first_batch(make, tmp_path):
    """Row 0 holds the weights from which that batch is trained: its loss at them is the recorded one."""
    kept, run, _ = recorded(program(make, epochs=1), tmp_path / "a.h5", data=(X, Y))
    assert run.weights.shape == (5, flat(kept.model).size)
    np.testing.assert_array_equal(run.weights[-1], flat(kept.model))
    assert np.isfinite(run.loss).all() and run.facts == Facts()
    keras.utils.set_random_seed(1)
    other = make()
    other.evaluate(X[:2], Y[:2], verbose=0)
    np.testing.assert_array_equal(run.weights[0], flat(other))


def test_the_first_row_is_what_other_callbacks_make_of_it(tmp_path):
    """A callback after the Recorder sets the weights when training begins: row 0 holds those."""

    class Set(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.model.set_weights([np.full_like(w, 0.25) for w in self.model.get_weights()])

    model = functional(keras.Model, "mse")
    model.fit(X, Y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5"), Set()])
    run = animator.load(tmp_path / "a.h5")
    np.testing.assert_array_equal(run.weights[0], np.full(21, 0.25, np.float32))


def test_two_recorders_of_one_fit(tmp_path):
    """Both record; one keeps every step, the other each third; the fit is the bare one."""

    def twice(callbacks):
        model = unbuilt()
        two = [animator.Recorder(tmp_path / "all.h5"), animator.Recorder(tmp_path / "few.h5", every=3)]
        more = two if len(callbacks) > 1 else []
        return model, model.fit(X, Y, batch_size=16, verbose=0, epochs=2, callbacks=[*more, *callbacks])

    hold_alike(trained(twice, []), trained(twice, [keras.callbacks.Callback()]))
    whole, few = (animator.load(tmp_path / f"{name}.h5") for name in ("all", "few"))
    assert whole.steps == few.steps == 8 and few.weight_steps.tolist() == [0, 3, 6, 8]
    np.testing.assert_array_equal(few.weights[:], whole.weights[[0, 3, 6, 8]])
    np.testing.assert_array_equal(few.batch_loss, whole.batch_loss)
    np.testing.assert_array_equal(few.running_means["loss"], whole.running_means["loss"])


def by_hand(model, recorder, batch):
    callbacks = keras.callbacks.CallbackList([recorder], model=model, epochs=1, steps=4)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    for k in range(4):
        callbacks.on_train_batch_begin(k)
        callbacks.on_train_batch_end(k, batch(X[k::4], Y[k::4]))
    callbacks.on_epoch_end(0)
    callbacks.on_train_end()


def test_a_loop_of_train_on_batch_is_recorded(tmp_path):
    """The callbacks are called by hand: each step's loss is what train_on_batch returns."""
    model, said = functional(keras.Model, "mse"), []

    def batch(x, y):
        said.append(model.train_on_batch(x, y, return_dict=True)["loss"])
        return {"loss": said[-1]}

    by_hand(model, animator.Recorder(tmp_path / "a.h5"), batch)
    run = animator.load(tmp_path / "a.h5")
    np.testing.assert_allclose(run.batch_loss, said, rtol=1e-6)
    np.testing.assert_array_equal(run.weights[-1], flat(model))
    assert run.steps == 4 and run.finished and run.batch.tolist() == [0, 1, 2, 3]


def test_a_loop_past_the_recorder_is_told(tmp_path):
    """Gradients computed by hand: no step is seen, nothing is written, and nothing raises."""
    model, path = functional(keras.Model, "mse"), tmp_path / "a.h5"
    with pytest.warns(UserWarning) as found:
        by_hand(model, animator.Recorder(path), lambda x, y: {})
    assert [str(one.message) for one in found] == [
        f"Recorder('{path}') saw no step of training, so nothing is recorded: it sees those of model.fit and "
        "model.train_on_batch; of a loop that computes gradients itself it must be told, with "
        f"Recorder('{path}', model=model) as recorder: ... recorder.step(loss)."
    ]
    assert not list(tmp_path.iterdir())
