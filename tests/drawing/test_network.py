"""The network panel: which weights stand where, and how their size and sign look."""

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.design import style
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.raster.vector_artists import Strands
from animator.landscape.panel_data.dense_weights import Wiring, drawn, wiring
from animator.recordings.reader import load
from animator.training.record.recorder import Recorder
from tests.conftest import numpy_view


def recorded(path, widths):
    """A chain of Dense layers of these widths, or one convolution, trained for two updates: its model."""
    import keras

    layers = [keras.layers.Dense(width, name=f"dense_{i}") for i, width in enumerate(widths[1:])]
    shape = (4, 1)
    if widths:
        shape = widths[:1]
    else:
        layers = [keras.layers.Conv1D(3, 2)]
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("sgd", "mean_squared_error")
    x = np.linspace(-1, 1, 8 * int(np.prod(shape)), dtype=np.float32).reshape(8, *shape)
    y = np.zeros((8, *model.output_shape[1:]), np.float32)
    model.fit(x, y, batch_size=4, epochs=1, verbose=0, callbacks=[Recorder(path, data=(x, y))])
    return model


def test_wide_layers_are_drawn_by_their_ends():
    """Up to 12 units are all drawn; of more, the first 6 and the last 5."""
    assert drawn(12).tolist() == list(range(12))
    assert drawn(100).tolist() == [0, 1, 2, 3, 4, 5, 95, 96, 97, 98, 99]


def test_weights_stand_between_their_units(tmp_path):
    """values[t, i, o] is Keras' kernel[i, o] at that step, biases[t, o] its bias[o]."""
    model = recorded(tmp_path / "run.h5", (3, 14, 2))
    first, second = wiring(load(tmp_path / "run.h5"), np.array([0, 2]))
    kernel, bias = (np.asarray(value) for value in model.layers[0].get_weights())
    np.testing.assert_array_equal(first.values[1], kernel[:, drawn(14)])
    np.testing.assert_array_equal(first.biases[1], bias[drawn(14)])
    np.testing.assert_array_equal(second.values[1], np.asarray(model.layers[1].get_weights()[0])[drawn(14)])
    assert first.shape == (3, 14) and second.shape == (14, 2)


def test_other_layers_are_refused(tmp_path):
    """A convolution is one sentence that says what to use in place of the panel."""
    recorded(tmp_path / "run.h5", ())
    with pytest.raises(
        AnimatorError,
        match=r"^The panel 'network' draws Dense layers, one after the other, "
        r"but '.*kernel' of shape \(2, 1, 3\) belongs to another kind of layer. "
        r"Use 'histogram' or 'weights' in its place.$",
    ):
        wiring(load(tmp_path / "run.h5"), np.array([0]))


def test_width_is_size_and_looks_are_sign():
    """The largest number is as wide as can be, half of it half as wide, and 0 is not drawn."""
    blue, orange = (0.0, 0.0, 1.0, 1.0), (1.0, 0.5, 0.0, 1.0)
    ends = np.zeros((4, 2, 2))
    strands = Strands(ends, scale=2.0, widest=6.0, positive=blue, negative=orange)
    levels = strands.level(np.array([2.0, -1.0, 0.0, np.nan]))
    assert levels.tolist() == [12, -6, 0, 0]
    assert strands.look(12) == (6.0, blue)
    assert strands.look(-6)[0] == 3.0 and strands.look(-6)[1][:3] == orange[:3]


def test_the_panel_says_the_weights_of_its_step():
    """A frame's numbers are those of the last step at or before its own, whichever frame came before."""
    from dataclasses import replace

    layer = Wiring(
        "dense",
        (2, 1),
        np.array([0, 20, 60]),
        np.arange(2),
        np.arange(1),
        np.array([[[0.5], [-0.25]], [[1.0], [0.125]], [[2.0], [0.0625]]], np.float32),
        np.array([[0.0], [0.5], [0.75]], np.float32),
    )
    view = replace(numpy_view(), wiring=(layer,))
    drawn_view = Canvas([view], (("network", "loss"),), style.DARK, (1280, 720), "One neuron", "")
    for step, said in (
        (60, ["2.000", "0.062", "b 0.750"]),
        (0, ["0.500", "−0.250", "b 0.000"]),
        (59, ["1.000", "0.125", "b 0.500"]),
    ):
        drawn_view.draw(FrameState(step, False))
        panel = drawn_view.panels[0]
        stamps = [*panel.stamps, *(stamp for *_, stamp in panel.beside)]
        assert [stamp.get_text() for stamp in stamps] == said
