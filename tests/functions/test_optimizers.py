"""The built-in optimizers take the steps that Keras' take; Newton's method goes where it must."""

from collections.abc import Iterator

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.functions import optimizers, schedules
from animator.functions.descent import descend
from animator.functions.function import find
from animator.functions.optimizers import NAMES

STEPS = 500
F = find("rosenbrock")
START = np.array([-1.5, 2.5])


def path(name: str, rate: object, steps: int = STEPS, **more: float) -> np.ndarray:
    """The weights (steps + 1, 2) of a built-in optimizer on Rosenbrock's function."""
    found = descend(F, START, optimizers.find(name), schedules.find(rate, steps), steps, **more)
    return np.array([START, *(step.weights for step in found)])


@pytest.fixture
def in_float64() -> Iterator[None]:
    """Keras computes in float64: rates and settings in float32 would differ from the first step on."""
    import keras

    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx("float32")


def keras_path(optimizer: object) -> np.ndarray:
    """The same of a Keras optimizer, in float64."""
    from animator.training.keras_descent import descend as with_keras

    return np.array(
        [START, *(step.weights for step in with_keras(F, START, optimizer, steps=STEPS, noise=0.0, seed=0))]
    )


def keras_of(name: str, rate: object) -> object:
    """The Keras optimizer with the settings of the built-in one."""
    import keras

    made = optimizers.said(optimizers.find(name))
    return getattr(keras.optimizers, made["class_name"])(learning_rate=rate, **made["config"])


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("sgd", 0.0005),
        ("momentum", 0.0002),
        ("nesterov", 0.0002),
        ("rmsprop", 0.01),
        ("adagrad", 0.5),
        ("adam", 0.1),
        ("adamw", 0.1),
        ("lion", 0.01),
        ("sgd(momentum=0.5)", 0.0003),
        ("adam(beta_1=0.75, beta_2=0.9375, epsilon=0.0078125)", 0.01),
        ("rmsprop(momentum=0.3)", 0.003),
    ],
)
@pytest.mark.usefixtures("in_float64")
def test_500_steps_equal_those_of_keras(name, rate):
    own = path(name, rate)
    np.testing.assert_allclose(own, keras_path(keras_of(name, rate)), atol=1e-5)
    assert np.abs(own[-1] - own[0]).max() > 0.3


def test_all_that_keras_has_are_compared():
    assert set(NAMES) - {"newton"} == {
        "sgd",
        "momentum",
        "nesterov",
        "rmsprop",
        "adagrad",
        "adam",
        "adamw",
        "lion",
    }


def test_gradient_descent_has_its_closed_form_on_a_quadratic():
    f, rate, start = find("ellipse(5)"), 0.3, np.array([2.0, 1.0])
    found = [step.weights for step in descend(f, start, optimizers.find("sgd"), schedules.Constant(rate), 9)]
    expected = [[2 * (1 - rate) ** k, (1 - 5 * rate) ** k] for k in range(1, 10)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("kappa", [10.0, 100.0])
def test_momentum_has_goh_s_rate_of_convergence_at_its_best(kappa):
    root = np.sqrt(kappa)
    rate, beta = (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2
    f = find(f"ellipse({kappa})")
    found = [
        step.weights
        for step in descend(
            f, np.array([1.0, 1.0]), optimizers.SGD(momentum=beta), schedules.Constant(rate), 60
        )
    ]
    size = np.linalg.norm(found, axis=1)
    measured = (size[59] / size[19]) ** (1 / 40)  # the path is k r^k, so this is 2.8 % above r
    assert measured == pytest.approx(3 ** (1 / 40) * np.sqrt(beta), abs=0.01)


def test_newton_ends_a_quadratic_in_one_step_and_goes_to_a_saddle():
    for name in ("ellipse(40)", "saddle"):
        (step,) = descend(
            find(name), np.array([1.7, -0.4]), optimizers.find("newton"), schedules.Constant(1.0), 1
        )
        np.testing.assert_allclose(step.weights, [0, 0], atol=1e-15)


def test_newton_survives_a_singular_hessian():
    (step,) = descend(
        find("x**2 + 0*y"), np.array([3.0, 1.0]), optimizers.find("newton"), schedules.Constant(1.0), 1
    )
    np.testing.assert_allclose(step.weights, [0.0, 1.0], atol=1e-15)


def test_what_diverges_is_followed_to_infinity():
    found = list(descend(find("x**4"), np.array([3.0]), optimizers.find("sgd"), schedules.Constant(1.0), 20))
    assert len(found) == 20 and not np.isfinite(found[-1].weights).all() and found[0].value == 81.0


def test_noise_has_its_size_and_its_seed():
    flat, steps = find("0*x + 0*y"), 4000
    runs = [
        np.array(
            [
                s.weights
                for s in descend(
                    flat, np.zeros(2), optimizers.find("sgd"), schedules.Constant(1.0), steps, 0.3, seed
                )
            ]
        )
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.allclose(runs[0], runs[2])
    assert np.diff(runs[0], axis=0).std() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "adma",
            f"No optimizer is called 'adma'. Did you mean 'adam'? Known: {' '.join(NAMES)}; settings stand "
            "in parentheses, as in 'adam(beta_1=0.5)'.",
        ),
        (
            "adam(beta=0.5)",
            "optimizer=adam(beta=0.5): adam has no setting 'beta'. Did you mean 'beta_2'? It has beta_1 "
            "beta_2 epsilon. The learning rate is given by learning_rate=.",
        ),
        (
            "newton(x=1)",
            "optimizer=newton(x=1): newton has no setting 'x'. It has none. The learning rate is given by "
            "learning_rate=.",
        ),
        (
            "sgd(momentum=much)",
            "optimizer=sgd(momentum=much): momentum=much is no number from 0 on. Type for example "
            "'momentum=0.9'.",
        ),
        (
            7,
            f"optimizer=7 is none. Give one of {' '.join(NAMES)}, or an optimizer of Keras, such as "
            "keras.optimizers.Adam(0.1).",
        ),
    ],
)
def test_what_is_no_optimizer(given, sentence):
    with pytest.raises(AnimatorError) as raised:
        optimizers.find(given)
    assert str(raised.value) == sentence
