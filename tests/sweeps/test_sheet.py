"""The contact sheet: every cell once, true words, frames that equal a full draw, files that others read."""

from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise

import av
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.text import Text
from PIL import Image

from animator.core.formatting import number
from animator.design import style, style_files
from animator.design.timeline import FrameState
from animator.drawing.raster.loss_colors import BANDS, LossScale, colour_map
from animator.encoding.inspect_file import inspect
from animator.landscape.window import Window
from animator.sweeps.plan.labels import labels, told
from animator.sweeps.run.context import Films
from animator.sweeps.sheet import sheet
from animator.sweeps.sheet.bar import spaced
from animator.sweeps.sheet.captions import caption
from animator.sweeps.sheet.page_canvas import PageCanvas, room_of
from animator.sweeps.sheet.pages import Room, arranged
from animator.sweeps.sheet.tile import loss_now
from animator.sweeps.sheet.tile_data import FULL, SAME, QuantizedSlices, survey, track
from tests.conftest import numpy_view
from tests.sweep_pages import cell, film_of, four, manifest

HD = room_of((1920, 1080), style.DARK)
SHAPES = [(1,), (3,), (25,), (180,), (2, 2), (5, 5), (25, 3), (25, 3, 4), (3, 2, 2, 5), (40, 40), (2, 300)]


def product_of(*counts, kind="product"):
    return manifest({f"axis{n}": list(range(count)) for n, count in enumerate(counts)}, kind=kind)


@pytest.mark.parametrize("counts", SHAPES)
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 360)])
def test_every_cell_stands_once_on_all_pages_under_its_own_labels(counts, size):
    made = product_of(*counts)
    pages = arranged(made, room_of(size, style.DARK))
    assert Counter(index for page in pages for index in page.spots) == Counter(range(len(made.cells)))
    for page in pages:
        assert len(set(page.spots.values())) == len(page.spots)
        assert all(row < page.down and column < page.across for row, column in page.spots.values())
        for index, (row, column) in page.spots.items():
            said = page.labels[index] if page.labels else (*page.columns[column], *page.rows[row])
            assert dict(said) == {
                f"axis{n}": str(v) for n, v in enumerate(made.cells[index].parameters.values())
            }


@pytest.mark.parametrize("counts", SHAPES)
def test_tiles_are_readable_and_within_the_page(counts):
    for page in arranged(product_of(*counts), HD):
        above = HD.line * (len(next(iter(page.labels.values()))) if page.labels else 0)
        assert page.side >= HD.least - 1e-9
        assert page.label_width + page.across * (page.side + HD.gap) <= HD.width + 1e-6
        assert page.levels * HD.line + page.down * (page.side + HD.gap + above) <= HD.height + 1e-6


def test_known_sweeps_are_arranged_as_one_would():
    """300 cells: the longest axis across in 9, 8 and 8, four seeds of one optimizer a page. 25: one page."""
    pages = arranged(product_of(25, 3, 4), HD)
    assert [len(page.columns) for page in pages] == [9, 9, 7] * 3
    assert {len(page.rows) for page in pages} == {4}
    assert [[said for said, *_ in page.rows] for page in pages[::3]] == [
        [("axis1", str(n))] * 4 for n in range(3)
    ]
    (page,) = arranged(product_of(5, 5), HD)
    assert (page.across, page.down) == (5, 5)
    assert round(page.side * 29.16) >= 149
    (page,) = arranged(product_of(1), Room(60, 28))
    assert page.spots == {0: (0, 0)} and page.side == pytest.approx(28 - 0.35 - 1.2)


def test_cells_that_are_no_product_run_on_line_by_line():
    cells = [cell(i, {"a": i, "b": 10 * i}, loss=1.0) for i in range(7)]
    (page,) = arranged(manifest({"a": range(7), "b": [10 * i for i in range(7)]}, cells, "zip"), HD)
    assert [page.spots[i] for i in range(7)] == [divmod(i, page.across) for i in range(7)]
    assert page.labels[3] == (("a", "3"), ("b", "30"))


def test_values_are_told_apart_in_few_characters():
    assert told([0.01, 0.013335214, 10.0]) == ["0.01", "0.0133", "10"]
    assert told([1.0001, 1.0002]) == ["1.0001", "1.0002"]
    assert told([True, False, None]) == ["true", "false", "none"]
    assert told([1, 1000000]) == ["1", "1000000"]
    made = manifest({"rate": [0.1, 0.5], "kind": ["a", "b"]})
    assert labels(made.cells[1], made.axes) == (("rate", "0.1"), ("kind", "b"))


def slices(heights, known=None):
    """One slice of positions `heights` (ny, nx) on the scale, on the grid 0, 1, 2, ..."""
    high, wide = heights.shape
    return QuantizedSlices(
        alpha=np.arange(wide) * 1.0,
        beta=np.arange(high) * 1.0,
        steps=np.zeros(1, np.int64),
        heights=np.rint(FULL * heights).astype(np.uint16)[None],
        known=known,
    )


def test_slices_keep_losses_to_a_65535th_of_the_scale():
    scale = LossScale(0.5, 8.0)
    losses = np.array([[0.5, 1.0, 2.0], [4.0, 7.9, 8.0]])
    known = np.array([[[True, True, True], [True, False, True]]])
    found = slices(scale.position(losses), known).losses(0, scale)
    assert np.isnan(found[1, 1])
    apart = scale.position(found[known[0]]) - scale.position(losses[known[0]])
    assert np.abs(apart).max() <= 0.5 / FULL + 1e-12
    np.testing.assert_allclose(slices(scale.position(losses)).losses(0, scale), losses, rtol=1e-3)


def test_a_tile_has_the_colours_of_the_scale_and_hatching_where_losses_are_missing():
    """Bands from left to right at rows that are known; below them the page shows through."""
    places = np.tile((np.arange(BANDS) + 0.5) / BANDS, (3, 1))
    known = np.ones((1, *places.shape), bool)
    known[0, 0] = False
    view = numpy_view(moving=False)
    window = Window((0.0, BANDS - 1.0, 0.0, 2.0), None)
    made = manifest({"rate": [0.1]})
    shared = survey({0: film_of(replace(view, window=window))}, 30.0, {})
    states = [state for state, _ in shared.clock.stills()]
    found = track(made.cells[0], film_of(replace(view, window=window)), shared, states)
    found = replace(found, surface=slices(places, known), extent=window.extent)
    shared = replace(shared, extent=None)
    page = arranged(made, HD)[0]
    canvas = PageCanvas(
        page, {0: found}, {0: made.cells[0]}, shared, style.DARK, (1920, 1080), title="", caption=""
    )
    picture = canvas.draw(states[0])
    region = canvas.tiles[0].region(1080).of(picture)
    side = len(region)
    shades = colour_map(style.DARK.surface_map)
    for band in (2, 5, 10, 13):
        middle = round(side * band / (BANDS - 1))
        np.testing.assert_allclose(
            region[side // 12, middle, :3] / 255, shades((band + 0.5) / BANDS)[:3], atol=0.01
        )
    assert (picture[..., 3] == 255).all()
    below = region[-side // 8 :, :, :3].reshape(-1, 3) / 255
    assert np.isclose(below, to_rgb(style.DARK.panel), atol=0.003).all(axis=1).mean() > 0.5
    assert np.isclose(below, to_rgb(style.DARK.grid), atol=0.01).all(axis=1).any()  # hatching


def board_of(made, films, size=(640, 360), look="dark"):
    shared = survey(films, 30.0, made.common)
    states = [state for state, _ in shared.clock.stills()]
    pages = arranged(made, room_of(size, style_files.find(look)))
    found = {i: track(made.cells[i], film, shared, states) for i, film in films.items()}
    words = caption(made, pages[0], shared, (1, len(pages)), found.values())
    cells = {c.index: c for c in made.cells}
    page = PageCanvas(
        pages[0], found, cells, shared, style_files.find(look), size, title=made.title, caption=words
    )
    return page, states


@pytest.mark.parametrize("look", ["dark", "light"])
@pytest.mark.parametrize("moving", [True, False])
def test_frames_in_any_order_equal_a_full_draw(look, moving):
    made, films = four(moving=moving)
    (fast, states), (full, _) = board_of(made, films, look=look), board_of(made, films, look=look)
    for i in (20, 0, len(states) - 1, 7, 21):
        np.testing.assert_array_equal(fast.draw(states[i]), full.full(states[i]))


def test_changed_regions_hold_all_that_changed():
    made, films = four()
    board, states = board_of(made, films)
    before = board.draw(states[10]).copy()
    assert board.changed is None
    after = board.draw(states[11])
    apart = (before != after).any(axis=2)
    for top, left, bottom, right in board.changed:
        apart[top:bottom, left:right] = False
    assert not apart.any()
    board.draw(states[11])
    assert board.changed == []


def test_a_tile_says_the_loss_of_its_step_and_where_it_left():
    made, films = four()
    board, _ = board_of(made, films, (1920, 1080))
    for step in (0, 19, 20, 60):
        board.draw(FrameState(step, False, onto=step))
        tiles = {tile.track.cell.index: tile for tile in board.tiles}
        for index, tile in tiles.items():
            loss = films[index].views()[0].loss[step]
            assert tile.loss.get_text() == number(float(loss)) and tile.states[0].step == step
        said = [note.get_text() for note in tiles[2].notes]
        assert said == (["left at", "step 20"] if step >= 20 else ["", ""])
        assert [note.get_text() for note in tiles[0].notes] == ["", ""]
        assert not any(tile.hatching.get_visible() for tile in tiles.values())
    shared = survey(films, 30.0, {})
    words = caption(made, arranged(made, HD)[0], shared, (1, 1), [t.track for t in board.tiles])
    assert words.endswith("Left: out of the window, the loss still finite.")


def test_losses_that_stop_being_finite_are_said_and_those_of_batches_stand_in():
    view = numpy_view(steps=5)
    assert loss_now(replace(view, loss=np.full(6, np.nan)), 5) == number(float(view.batch_loss[4]))
    loss = view.loss.copy()
    loss[3:] = np.nan
    assert loss_now(replace(view, loss=loss), 4) == "not finite"


def test_a_run_that_broke_is_hatched_from_that_step():
    view = replace(numpy_view(moving=False), broke_at=31)
    made, films = manifest({"rate": [0.1]}), {0: film_of(view)}
    board, _ = board_of(made, films)
    before = board.draw(FrameState(30, False, onto=30)).copy()
    after = board.draw(FrameState(31, False, onto=31)).copy()
    assert [note.get_text() for note in board.tiles[0].notes] == ["not finite", "at step 31"]
    shared = survey(films, 30.0, {})
    words = caption(made, arranged(made, HD)[0], shared, (1, 1), [board.tiles[0].track])
    assert words.endswith("Hatched: not finite any more.")
    part = board.tiles[0].region(360)
    assert (part.of(before) != part.of(after)).any(axis=2).mean() > 0.1


def test_several_runs_of_a_cell_have_colours_shapes_and_names():
    views = [replace(numpy_view(rate, False), name=name) for rate, name in ((0.3, "slow"), (0.9, "fast"))]
    gone = replace(views[1], window=replace(views[1].window, left_at=10))
    board, states = board_of(manifest({"rate": [0.1]}), {0: film_of(views[0], gone)})
    (tile,) = board.tiles
    assert [path.colours[0] for path in tile.paths] == [to_rgba(line) for line in style.DARK.lines[:2]]
    words = [text.get_text() for text in board.figure.findobj(Text)]
    assert {"slow", "fast"} <= set(words)
    board.draw(states[-1])
    assert tile.paths[1].gone(60) and [note.get_text() for note in tile.notes] == ["", ""]
    np.testing.assert_array_equal(board.draw(states[20]), board.full(states[20]))


def test_text_is_large_enough_inside_and_apart():
    made, films = four()
    rates = [0.01 * 1.3**i for i in range(9)]
    big = manifest({"rate": rates, "optimizer": ["sgd", "a_very_long_name_of_one"], "seed": [0, 1]})
    every = {i: films[i % 3] for i in range(len(big.cells) - 1)}
    deep = manifest({name: [0, 1, 2] for name in ("depth", "width", "batch", "seed", "learning_rate")})
    many = {i: films[i % 3] for i in range(len(deep.cells))}
    for sweep, tracked in ((made, films), (big, every), (deep, many)):
        for size in ((1920, 1080), (1280, 720), (1080, 1080), (1080, 1920)):
            board, states = board_of(sweep, tracked, size)
            board.full(states[-1])
            texts = [t for t in board.figure.findobj(Text) if t.get_text() and t.get_visible()]
            for tile in board.tiles:
                for stamp in (tile.loss, *tile.notes):
                    if stamp.get_text():
                        assert stamp.get_fontsize() * 100 / 72 >= 0.0219 * min(size), stamp.get_text()
                        top, left, bottom, right = stamp.bounds
                        assert 0 <= top < bottom <= tile.box.height, stamp.get_text()
                        assert 0 <= left < right <= tile.box.width, stamp.get_text()
            for text in texts:
                assert text.get_fontsize() * 100 / 72 >= 0.0219 * min(size), text.get_text()
                box = text.get_window_extent()
                assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= size[0] and box.y1 <= size[1], (
                    text.get_text()
                )
            still = [t for t in texts if type(t) is Text and t.axes is None]
            for one, two in combinations(still, 2):
                a, b = one.get_window_extent().shrunk(0.98, 0.8), two.get_window_extent().shrunk(0.98, 0.8)
                assert not a.overlaps(b), (one.get_text(), two.get_text(), size)


def test_a_failed_cell_says_so_and_why():
    made, films = four()
    board, _ = board_of(made, films, (1920, 1080))
    words = [text.get_text() for text in board.figure.findobj(Text)]
    assert "failed" in words and any(word.startswith("ValueError") for word in words)


def test_runs_of_unequal_lengths_share_the_clock():
    films = {0: film_of(numpy_view(steps=60)), 1: film_of(numpy_view(steps=30))}
    made = manifest(
        {"batch": [8, 16]},
        [cell(0, {"batch": 8}, loss=1.0, steps=60), cell(1, {"batch": 16}, loss=1.0, steps=30)],
    )
    board, states = board_of(made, films)
    board.draw(FrameState(31, False, onto=31))
    assert [tile.states[0].step for tile in board.tiles] == [31, 15]
    assert board.counter.value.get_text() == "51%"
    board.draw(states[-1])
    assert [tile.states[0].step for tile in board.tiles] == [60, 30]
    shared = survey(films, 30.0, {})
    words = caption(made, arranged(made, HD)[0], shared, (1, 1), [t.track for t in board.tiles])
    assert "The clock counts the share of each run, which have 30 to 60 steps." in words


def test_cells_without_a_surface_show_their_loss():
    view = numpy_view(moving=False)
    board, states = board_of(manifest({"rate": [0.1]}), {0: film_of(replace(view, field=None, window=None))})
    assert board.tiles[0].bands is None
    heights = board.tiles[0].paths[0].points[:, 1]
    np.testing.assert_array_equal(np.argsort(np.argsort(-heights)), np.argsort(np.argsort(-view.loss)))
    np.testing.assert_array_equal(board.draw(states[9]), board.full(states[9]))


def test_all_tiles_share_window_and_scale_where_they_can():
    views = [numpy_view(rate, False) for rate in (0.3, 0.5)]
    alike = {i: film_of(replace(view, window=views[0].window)) for i, view in enumerate(views)}
    shared = survey(alike, 30.0, {})
    low, high = min(v.field.lowest for v in views), max(v.field.highest for v in views)
    assert shared.extent == views[0].window.extent and (shared.scale.low, shared.scale.high) == (low, high)
    assert survey(alike, 30.0, {"loss_range": [0.0, 9.0]}).scale == LossScale(0.0, 9.0)
    alike[1] = film_of(replace(views[1], window=Window((-3.0, 3.0, -3.0, 3.0), None)))
    assert survey(alike, 30.0, {}).extent is None


def test_numbers_on_the_bar_keep_apart():
    scale = LossScale(0.0001, 3.0)
    for width in (8, 14, 26):
        ticks = spaced(scale, width)
        at = [float(scale.position(tick)) * width for tick in ticks]
        assert ticks == sorted(ticks) and len(ticks) >= 1
        assert all(b - a > 1.0 for a, b in pairwise(at))


def decoded(path):
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        return frames, float(file.streams.video[0].average_rate)


def test_files_have_the_asked_size_length_and_words(tmp_path):
    made, films = four()
    paths = sheet.make(tmp_path, made, films, size=(640, 360))
    assert [path.name for path in paths] == ["sheet.mp4", "sheet.gif"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.gif", "sheet.mp4"]
    frames, rate = decoded(paths[0])
    assert rate == 15 and len(frames) == 30 and frames[0].shape == (360, 640, 3)
    board, _ = board_of(made, films)
    clock = replace(survey(films, 30.0, {}).clock, fps=15.0)
    for i in (0, 16, 29):
        assert np.abs(frames[i].astype(int) - board.draw(clock.state(i))[..., :3]).mean() < 3
    with Image.open(paths[1]) as gif:
        total = 0
        for i in range(gif.n_frames):
            gif.seek(i)
            total += gif.info["duration"]
        assert gif.size == (640, 360) and total == 2000
    for path in paths:
        said = inspect(path).metadata
        assert said.title == "One neuron" and said.command == "animator sweep neuron"
        assert said.details == {"sweep": "neuron", "page": 1, "pages": 1}
        assert said.alt_text.startswith(
            "A contact sheet of 'One neuron', all cells moving together: "
            "learning_rate 0.1 0.5; optimizer sgd adam."
        )
        assert "4 cells, 1 left the window, 1 failed." in said.alt_text


def test_the_same_sweep_makes_the_same_bytes(tmp_path):
    made, films = four(moving=False)
    one = [path.read_bytes() for path in sheet.make(tmp_path / "a", made, films, size=(320, 180))]
    two = [
        path.read_bytes()
        for path in sheet.make(tmp_path / "b", made, dict(reversed(films.items())), size=(320, 180))
    ]
    assert one == two


def test_too_many_cells_make_pages(tmp_path):
    view = numpy_view(steps=4, moving=False)
    made = product_of(70)
    films = {i: film_of(view, play=0.0) for i in range(70)}
    paths = sheet.make(tmp_path, made, films, size=(480, 270))
    assert [path.name for path in paths] == ["sheet.mp4", "sheet-2.mp4", "sheet.gif", "sheet-2.gif"]
    assert inspect(paths[1]).metadata.details["page"] == 2


def test_without_films_there_is_no_sheet(tmp_path):
    assert sheet.make(tmp_path, manifest({"rate": [0.1]}), {}) == []


def test_a_failed_cell_does_not_cost_the_sheet(tmp_path):
    """The films of a sweep hold those of cells that have recordings, and say so of the others."""
    made, given = four(moving=False)
    films = Films(lambda: made, given.__getitem__)
    assert list(films) == [0, 1, 2] and [index in films for index in (2, 3, 4, "a")] == [True, *[False] * 3]
    with pytest.raises(KeyError):
        films[3]
    paths = sheet.make(tmp_path, made, films, size=(320, 180))
    assert [path.name for path in paths] == ["sheet.mp4", "sheet.gif"]


def test_a_sheet_that_would_flash_is_made_calm(tmp_path):
    """Surfaces that go from dark to bright at every step: 7 flashes a second, then at most 3.

    The page that flashes is left as soon as it does.
    """
    view = numpy_view()
    slices = np.where(np.arange(61)[:, None, None] % 2, view.field.lowest, view.field.highest)
    field = replace(view.field, slices=(slices + np.zeros(view.field.slices.shape)).astype(np.float32))
    films = {0: film_of(replace(view, field=field), play=4.0)}
    made = manifest({"rate": [0.1]})
    told = []
    printer = sheet.Printer(
        folder=tmp_path,
        manifest=made,
        films=films,
        shared=survey(films, 30.0, {}),
        pages=arranged(made, room_of((640, 360), style.DARK)),
        size=(640, 360),
        progress=lambda *said: told.append(said),
    )
    wild, calm = (printer.tracks(1, (rate,)) for rate in (15.0, 5.0))
    assert printer.write(tmp_path / "wild.mp4", 1, 15.0, wild) == 7
    assert printer.write(tmp_path / "calm.mp4", 1, 15.0, calm) <= 3
    with pytest.raises(sheet.Flashes):
        printer.write(tmp_path / "none.mp4", 1, 15.0, wild, most=3)
    assert not (tmp_path / "none.mp4").exists()
    told.clear()
    printer.print(1)
    frames = [done for stage, done, _ in told if stage == "drawing sheet.mp4"]
    again = next(i for i in range(1, len(frames)) if frames[i] < frames[i - 1])
    assert frames[again - 1] < 0.5 * frames[-1]  # it was left when the first seconds flashed
    said = inspect(tmp_path / "sheet.mp4").metadata.alt_text
    assert "Surfaces change five times a second, so that nothing flashes." in said


def test_slices_that_look_the_same_are_kept_once():
    """What is drawn is within a tenth of a band of the slice of each step."""
    made, films = four()
    shared = survey(films, 30.0, {})
    states = [state for state, _ in shared.clock.stills()]
    found = track(made.cells[0], films[0], shared, states)
    field = films[0].views()[0].field
    assert len(found.surface.steps) < len({field.at(state.step) for state in states})
    for state in states:
        place = shared.scale.position(np.asarray(field.slices[field.at(state.step)], float))
        apart = found.surface.heights[found.surface.at(state.step)] / FULL - place
        assert np.abs(apart).max() <= SAME / BANDS + 1 / FULL
