"""The sweep's figure: medians, scales, points and colours in their places, fates told, the same bytes."""

from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from animator.design import style
from animator.drawing.raster.loss_colors import colour_map
from animator.encoding.inspect_file import inspect
from animator.sweeps.figure import summary
from animator.sweeps.figure.aggregate import table
from animator.sweeps.figure.axes import decades, geometric, round_numbers, thinned
from animator.sweeps.figure.color_scale import shades
from animator.sweeps.plan.labels import best, diverged, left, outcome
from tests.sweep_pages import cell, manifest

RATES = [0.01, 0.1, 1.0, 10.0]


def over(axes, loss, **fates):
    """A sweep with the loss of a function of its parameters; fates: cell index -> results in place of it."""
    made = []
    for i, values in enumerate(product(*axes.values())):
        chosen = dict(zip(axes, values, strict=True))
        found = fates.get(f"c{i}", {"loss": loss(**chosen)})
        made.append(cell(i, chosen, **found))
    return manifest(axes, made)


def lines(axes):
    """The points (n, 2) of every line in axes."""
    return [np.stack([line.get_xdata(), line.get_ydata()], axis=1) for line in axes.lines]


def test_scales_are_logarithmic_where_values_are_geometric():
    assert geometric([0.01, 0.1, 1.0]) and geometric([8, 16, 32, 64]) and geometric([1.0, 10.0])
    assert not geometric([1, 2, 3, 4]) and not geometric([0.0, 1.0, 10.0]) and not geometric([1.0, 2.0])
    assert decades([0.1, 1.0]) and not decades([0.2, 1.0]) and not decades([]) and not decades([0.0, 1.0])


def test_round_numbers_are_in_their_range_and_few():
    assert round_numbers(0.9, 11.0, 9) == [1.0, 2.0, 5.0, 10.0]
    assert round_numbers(1.0, 1000.0, 4) == [1.0, 10.0, 100.0, 1000.0]
    assert len(round_numbers(1e-12, 1.0, 5)) <= 5


def test_labels_are_thinned_until_they_do_not_touch():
    assert thinned([1, 1, 1], [0, 2, 4], 0.5) == [0, 1, 2]
    assert thinned([1, 1, 1, 1, 1], [0, 1, 2, 3, 4], 0.5) == [0, 2, 4]
    assert thinned([9, 9], [0, 1], 0.5) == [0]
    assert thinned([], [], 1.0) == []


def test_seeds_are_pooled_by_their_median_and_broken_ones_count_as_infinite():
    made = over(
        {"rate": [0.1, 1.0], "seed": [0, 1, 2]},
        lambda rate, seed: rate + seed,
        c3={"loss": None, "not_finite_at": 5},
        c4={"loss": None, "not_finite_at": 7},
    )
    found = table(made)
    assert [axis.name for axis in found.axes] == ["rate"] and found.seeds == 3
    assert found.at((0,)).losses == (0.1, 1.1, 2.1) and found.at((0,)).loss == 1.1
    assert found.at((1,)).state == "diverged" and found.at((1,)).loss == inf
    assert found.at((1,)).losses == (3.0,)
    assert found.best() == (0,)
    alone = table(manifest({"seed": [0, 1]}))
    assert [axis.name for axis in alone.axes] == ["seed"] and alone.seeds == 1


def test_what_left_the_window_is_not_what_diverged():
    """A finite loss out of the window is as good as any; a loss that is not finite is none."""
    fates = {
        "c0": {"loss": 0.5, "left_window_at": 9},
        "c1": {"loss": None, "not_finite_at": 3},
        "c2": {"loss": None, "not_finite_at": 3, "left_window_at": 2},
    }
    made = over({"rate": RATES}, lambda rate: rate, **fates)
    assert [diverged(cell) for cell in made.cells] == [False, True, True, False]
    assert [left(cell) for cell in made.cells] == [True, False, False, False]
    assert best(made.cells) is made.cells[0] and table(made).best() == (0,)
    assert outcome(made) == (
        "4 cells, 2 diverged, 1 left the window. The final loss goes from 0.50 to 10; it is lowest at rate "
        "0.01."
    )


def test_failed_and_waiting_cells_have_no_loss():
    made = over({"rate": RATES}, lambda rate: rate, c1={"state": "failed"}, c2={"state": "waiting"})
    states = [table(made).at((i,)).state for i in range(4)]
    assert states == ["done", "failed", "waiting", "done"]
    assert table(made).at((1,)).loss is None


def test_the_curve_has_every_cell_in_its_place():
    made = over({"rate": RATES}, lambda rate: 1 / rate)
    figure, said = summary.draw(made)
    (axes,) = figure.axes
    assert axes.get_xscale() == "log" and axes.get_yscale() == "log"
    curve, dots, ring = lines(axes)
    np.testing.assert_allclose(curve, [(0.01, 100), (0.1, 10), (1, 1), (10, 0.1)])
    np.testing.assert_array_equal(dots, curve)
    np.testing.assert_allclose(ring, [(10, 0.1)])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.01", "0.1", "1", "10"]
    assert said == "A curve of the final loss. Final loss over rate. Lowest: 0.10 at rate 10 (ringed)."


def test_even_values_have_even_scales_and_categories_no_line():
    even = summary.draw(over({"depth": [1, 2, 3]}, lambda depth: depth + 4.0))[0].axes[0]
    assert even.get_xscale() == "linear" and even.get_yscale() == "linear"
    kinds = summary.draw(over({"kind": ["sgd", "adam"]}, lambda kind: len(kind) * 1.0))[0].axes[0]
    dots, _ = lines(kinds)
    np.testing.assert_array_equal(dots, [(0, 3), (1, 4)])
    assert [label.get_text() for label in kinds.get_xticklabels()] == ["sgd", "adam"]


def test_every_seed_is_a_point_and_the_line_goes_through_the_medians():
    made = over({"rate": RATES, "seed": [0, 1, 2]}, lambda rate, seed: rate * (1 + seed))
    axes = summary.draw(made)[0].axes[0]
    curve, *rest = lines(axes)
    np.testing.assert_allclose(curve[:, 1], [2 * rate for rate in RATES])
    seeds = [line for line in rest if len(line) == 3]
    np.testing.assert_allclose(
        sorted(map(tuple, np.concatenate(seeds))),
        sorted((rate, rate * k) for rate in RATES for k in (1, 2, 3)),
    )


def test_what_diverged_is_hatched_half_way_to_its_neighbours_and_what_failed_is_crossed():
    made = over(
        {"depth": [1, 2, 3, 4]},
        lambda depth: float(depth),
        c2={"loss": None, "not_finite_at": 3},
        c0={"state": "failed"},
    )
    figure, said = summary.draw(made)
    axes = figure.axes[0]
    (hatched,) = [patch for patch in axes.patches if patch.get_hatch()]
    assert (hatched.get_x(), hatched.get_width()) == (pytest.approx(2.5), pytest.approx(1.0))
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert [list(line.get_xdata()) for line in crosses] == [[1.0]]
    assert "1 of 4 cells diverged (hatched); 1 of 4 cells failed (crossed)." in said
    assert "Lowest: 2.0 at depth 2 (ringed)." in said


def cells_of(axes):
    """Where the squares of a heat map are: {(left, bottom): face colour}, and the hatched ones."""
    squares = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    faces = {(p.get_x(), p.get_y()): to_hex(p.get_facecolor()) for p in squares if p.get_facecolor()[3] > 0}
    return faces, [(p.get_x(), p.get_y()) for p in squares if p.get_hatch()]


def test_the_heat_map_has_every_cell_in_its_place_and_colour():
    axes = {"rate": RATES, "kind": ["sgd", "adam"]}
    made = over(
        axes,
        lambda rate, kind: rate * len(kind),
        c5={"loss": None, "not_finite_at": 3},
        c0={"loss": 0.03, "left_window_at": 3},
    )
    figure, said = summary.draw(made)
    heat = figure.axes[1]
    faces, hatched = cells_of(heat)
    scale = shades([0.03, 40.0], style.DARK.surface_map)
    for (i, rate), (j, kind) in product(enumerate(RATES), enumerate(axes["kind"])):
        place = (i - 0.5, 0.5 - j)  # the first category on top
        expected = style.DARK.panel if (i, j) == (2, 1) else scale.colour(rate * len(kind))
        assert faces[place] == expected
    assert hatched == [(1.5, -0.5)]
    assert scale.colour(0.03) == to_hex(colour_map(style.DARK.surface_map)(0.0))
    assert scale.share(np.sqrt(0.03 * 40)) == pytest.approx(0.5)
    assert said == (
        "A heat map of the final loss. Final loss over rate and kind. "
        "Lowest: 0.030 at rate 0.01, kind sgd (ringed). 1 of 8 cells diverged (hatched); "
        "1 of 8 cells left the window."
    )


def test_three_axes_make_small_multiples_on_one_scale():
    axes = {"rate": RATES, "size": [8, 16, 32], "kind": ["sgd", "adam"]}
    figure, said = summary.draw(over(axes, lambda rate, size, kind: rate * size * len(kind)))
    bar, *heats = figure.axes
    assert len(heats) == 2 and len(bar.images) == 1
    texts = [text.get_text() for text in figure.texts]
    assert "kind sgd" in texts and "kind adam" in texts
    same = [cells_of(heat)[0] for heat in heats]
    scale = shades([0.01 * 8 * 3, 10 * 32 * 4], style.DARK.surface_map)
    assert same[0][(0.5, 0.5)] == scale.colour(0.1 * 16 * 3)
    assert same[1][(0.5, 0.5)] == scale.colour(0.1 * 16 * 4)
    assert "Final loss over rate and size, a panel for each kind." in said


def test_of_more_axes_the_figure_says_over_which_it_shows_the_best():
    axes = {"rate": RATES, "size": [1, 2, 3], "a": list("xyz"), "b": [True, False], "c": list("pqrs")}
    made = over(axes, lambda rate, size, a, b, c: 1 + rate + size + (a != "x") + b + (c != "r"))
    panels, rest = summary.panels_of(table(made))
    assert len(panels) == 3 * 2 and rest == ("size",)
    assert [axis.name for axis in panels[0].table.axes] == ["rate", "c"]
    assert sum(len(panel.table.points) for panel in panels) == len(made.cells) // 3
    assert {panel.title: panel.best for panel in panels if panel.best} == {"a x, b false": (0, 2)}
    assert panels[1].table.points[(0, 2)].loss == pytest.approx(1 + 0.01 + 1)
    assert "a panel for each a and b, the best over size." in summary.draw(made)[1]


def test_cells_that_are_no_product_stand_side_by_side():
    cells = [cell(i, {"a": i, "b": "xyz"[i]}, loss=float(i + 1)) for i in range(3)]
    figure, said = summary.draw(manifest({"a": [0, 1, 2], "b": ["x", "y", "z"]}, cells, "zip"))
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["a 0, b x", "a 1, b y", "a 2, b z"]
    assert "Lowest: 1.0 at a 0, b x (ringed)." in said


@pytest.mark.parametrize("counts", [(1,), (25,), (4, 3), (25, 3), (25, 4, 3), (6, 5, 3, 3)])
@pytest.mark.parametrize("look", ["dark", "paper"])
def test_text_is_large_enough_and_inside(counts, look):
    names = ("learning_rate", "batch_size", "optimizer", "activation")
    values = [[round(0.01 * 1.4**i, 6) for i in range(count)] for count in counts]
    made = over(dict(zip(names, values, strict=False)), lambda **given: 1e-4 * (1 + sum(given.values())))
    figure, _ = summary.draw(replace(made, film={"style": look}))
    figure.canvas.draw()
    for text in figure.findobj(Text):
        box = text.get_window_extent()
        beyond = not figure.bbox.padded(30).overlaps(box)  # a tick out of sight is not drawn
        if text.get_text() and text.get_visible() and box.width and not beyond:
            assert text.get_fontsize() * 100 / 72 >= 0.0219 * 900, text.get_text()
            assert box.x0 >= 0 and box.x1 <= 1600 and box.y0 >= 0 and box.y1 <= 900, text.get_text()


@pytest.mark.parametrize(
    "fate", [{"state": "failed"}, {"loss": None, "not_finite_at": 1}, {"state": "waiting"}]
)
@pytest.mark.parametrize("axes", [{"rate": RATES}, {"rate": RATES, "kind": ["a", "b"]}])
def test_a_sweep_of_which_nothing_came_has_a_figure_too(tmp_path, axes, fate):
    made = over(axes, lambda **_: 1.0, **{f"c{i}": fate for i in range(8)})
    said = inspect(summary.make(tmp_path, made)).metadata.alt_text
    assert "No cell came to an end that is finite." in said


def test_the_same_manifest_gives_the_same_bytes_with_its_words(tmp_path):
    made = over({"rate": RATES, "seed": [0, 1]}, lambda rate, seed: rate + seed)
    one, two = (summary.make(tmp_path / name, made) for name in "ab")
    assert one.name == "summary.png" and one.read_bytes() == two.read_bytes()
    with Image.open(one) as image:
        assert image.size == (1600, 900)
        assert image.text["Title"] == "One neuron"
        assert image.text["Alt Text"] == (
            "A curve of the final loss. Final loss over rate, the median of 2 seeds. "
            "Lowest: 0.51 at rate 0.01 (ringed)."
        )
