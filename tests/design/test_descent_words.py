"""Typed words become descents, their names and a caption."""

import pytest

from animator.design import descent_words as words
from animator.functions.function import find


def test_commas_in_parentheses_part_nothing():
    assert words.parted("sgd, adam(beta_1=0.5, beta_2=0.9),lion") == [
        "sgd",
        "adam(beta_1=0.5, beta_2=0.9)",
        "lion",
    ]


def test_every_start_with_every_optimizer_and_one_noise_for_a_start():
    begins = words.starts(find("sphere"), "(1,2),(3,4)", 0, 0)
    runs = words.runs("sphere", begins, ["sgd", "adam"], words.Rates(0.0, "linear"), 10, 0.1, 5)
    assert [(run.start, run.optimizer, run.seed) for run in runs] == [
        ((1, 2), "sgd", 5),
        ((1, 2), "adam", 5),
        ((3, 4), "sgd", 6),
        ((3, 4), "adam", 6),
    ]
    assert [run.schedule()(5) for run in runs[:2]] == [0.005, 0.05]
    assert words.names(begins, ["sgd", "adam"])[1] == "Adam (1, 2)"
    assert words.names(begins, ["sgd"]) == ("(1, 2)", "(3, 4)")
    assert words.names((None,), ["sgd", "adamw"]) == ("SGD", "AdamW")


def test_starts_are_the_functions_own_where_none_are_named():
    assert words.starts(find("sphere"), "", 0, 0) == (None,)
    assert len(words.starts(find("x*y"), "", 12, 0)) == 12


@pytest.mark.parametrize(
    ("kinds", "rates", "noise", "begins", "said"),
    [
        (["adam"], words.Rates(0.0), 0.0, 1, "Adam, learning rate 0.1."),
        (["sgd", "adam"], words.Rates(0.0), 0.0, 1, "Learning rates: SGD 0.01, Adam 0.1."),
        (
            ["sgd", "adam"],
            words.Rates(0.3, "cosine"),
            0.2,
            5,
            "Learning rate 0.3, falling (cosine), noise 0.2 on every gradient, 5 starts.",
        ),
    ],
)
def test_the_caption_says_what_differs(kinds, rates, noise, begins, said):
    assert words.caption(kinds, rates, noise, begins) == said
