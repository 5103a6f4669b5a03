"""ModelIdentity: what decides a loss, and what does not, read out of descriptions written by hand."""

import json

import numpy as np
import pytest

from animator.recordings.identity import ModelIdentity

LAYERS = {"module": "keras", "class_name": "Sequential", "config": {"layers": [{"module": "keras.layers"}]}}
DESCRIBED = {
    "model_config": {**LAYERS, "compile_config": {"optimizer": "adam"}},
    "compile_config": {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"]},
    "variables": [{"path": "dense/kernel", "shape": [2, 1], "start": 0, "filters": [1]}],
    "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.1}},
    "versions": {"keras": "3.15.1"},
    "data": {"digest": "abc"},
}


def identity(**changes):
    return ModelIdentity.of(DESCRIBED | changes)


def test_the_optimizer_and_the_data_have_no_part_in_the_loss():
    other = identity(
        optimizer={"class_name": "Adam", "config": {}},
        data={"digest": "def"},
        compile_config={"optimizer": "adam", "loss": "mse", "metrics": ["mae"]},
        model_config=LAYERS,
    )
    assert other.loss_key() == identity().loss_key()
    assert (other.optimizer, other.data) == ('{"class_name": "Adam", "config": {}}', '"def"')
    assert other != identity()


@pytest.mark.parametrize(
    "changes",
    [
        {"compile_config": {"loss": "mae", "metrics": ["mae"]}},
        {"compile_config": {"loss": "mse"}},
        {"model_config": {**LAYERS, "config": {}}},
        {"variables": []},
        {"versions": {"keras": "4"}},
        {"loss": {"kind": "callable"}},
    ],
)
def test_all_else_has(changes):
    assert identity(**changes).loss_key() != identity().loss_key()


def test_values_beside_the_description_are_told_apart():
    keys = {identity().loss_key(*values) for values in ((), (np.zeros(2),), (np.ones(2),), (np.zeros(3),))}
    assert len(keys) == 4


def test_a_description_may_be_text():
    texts = {name: json.dumps(DESCRIBED[name]) for name in ("model_config", "compile_config")}
    assert identity(**texts) == identity()


@pytest.mark.parametrize(
    "changes",
    [
        {"model_config": None},
        {"compile_config": None},
        {"model_config": {**LAYERS, "module": "my_layers"}},
        {"compile_config": {"loss": {"class_name": "function", "config": "my_loss"}}},
    ],
)
def test_what_a_description_does_not_tell_is_not_whole(changes):
    assert identity().whole
    assert not identity(**changes).whole
