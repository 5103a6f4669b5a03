"""Logs of any shape as columns: names and numbers by hand, and nothing that raises."""

import numpy as np
import pytest
import tensorflow as tf

from animator.training.record.log_columns import MOST, LogColumns


def test_numbers_vectors_and_dictionaries_are_named_by_where_they_stand():
    logs = {"loss": tf.constant(0.5), "compile_metrics": {"mae": np.float32(2), "deep": {"er": 1}},
            "f1": tf.constant([0.25, 0.75]), "pair": (1, 2.5), "matrix": np.eye(2)}  # fmt: skip
    columns = LogColumns(logs)
    assert columns.names == (
        "loss", "compile_metrics/mae", "compile_metrics/deep/er", "f1[0]", "f1[1]", "pair[0]", "pair[1]",
        "matrix[0,0]", "matrix[0,1]", "matrix[1,0]", "matrix[1,1]",
    )  # fmt: skip
    assert columns.left_out == []
    found = columns.arrays([logs, {**logs, "loss": 3}])
    assert found["loss"].tolist() == [0.5, 3] and found["f1[1]"].tolist() == [0.75, 0.75]
    assert found["matrix[1,1]"].tolist() == [1, 1]


ODD = [
    None,
    "text",
    tf.constant("text"),
    np.zeros(0),
    np.zeros(MOST + 1),
    object(),
    tf.ragged.constant([[1], [2, 3]]),
    tf.sparse.from_dense([1.0]),
    np.array([None]),
    1j * np.ones(1),
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_what_is_no_number_is_left_out_by_name(value):
    columns = LogColumns({"good": 1.0, "odd": value})
    assert columns.names == ("good",)
    assert columns.left_out == ["odd"]
    assert columns.arrays([{"good": 2.0, "odd": value}])["good"].tolist() == [2.0]


def test_later_logs_may_lack_names_and_have_others():
    columns = LogColumns({"a": 1.0, "b": [1.0, 2.0]})
    found = columns.arrays([{"a": 1.0, "b": [1.0]}, {"c": 5.0}, None, {"a": None, "b": "text"}])
    assert columns.names == ("a", "b[0]", "b[1]")
    np.testing.assert_array_equal(found["a"], [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(found["b[1]"], [np.nan] * 4)
    assert columns.left_out == ["c", "a", "b"]


def test_two_of_one_name_are_not_mixed():
    columns = LogColumns({"a/b": 1.0, "a": {"b": 2.0}})
    assert columns.names == ("a/b",) and columns.left_out == ["a/b"]
    assert columns.arrays([{"a/b": 1.0, "a": {"b": 2.0}}])["a/b"].tolist() == [1.0]


def test_logs_that_are_no_dictionary_have_no_columns():
    for logs in (None, 3.0, tf.constant(1.0), [1.0]):
        assert LogColumns(logs).names == ()
