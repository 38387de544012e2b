"""Runs side by side: smoothing, what is drawn faintly, parallel axes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rnn.ui.figures.compare import Axis, alt_parallel, parallel_figure, smoothed
from rnn.ui.figures.race import BESIDE, COLOURS, Track, alt_race, race_figure
from rnn.ui.figures.style import ACTUAL

LONG = "<b>" + "n" * 200


def test_smoothing_is_the_mean_around_each_epoch():
    values = np.random.default_rng(0).normal(size=50)
    for epochs in (3, 7, 49):
        expected = pd.Series(values).rolling(epochs, center=True, min_periods=1).mean()
        np.testing.assert_allclose(smoothed(values, epochs), expected, rtol=1e-12)
    np.testing.assert_allclose(smoothed([1.0, 2.0, 6.0, 7.0], 2), [1, 1.5, 4, 6.5])
    assert smoothed(values, 1).tobytes() == values.tobytes()


def test_smoothing_leaves_gaps_out_and_shows_them():
    np.testing.assert_allclose(smoothed([1.0, np.nan, 3.0, np.inf, 5.0], 3), [1, np.nan, 3, np.nan, 5])
    assert len(smoothed([], 5)) == 0


def test_smooth_curves_have_their_raw_ones_faintly_beneath_and_the_pinned_one_is_grey():
    x, y = np.arange(1, 31), np.linspace(3, 1, 30)
    tracks = [Track(0, "one", x, y), Track(BESIDE, "pinned", x, y + 1)]
    figure = race_figure(tracks, x_title="epoch", unit="RMSE", log=True, raw=[Track(0, "one", x, y * 1.1)])
    raw, one, pinned = figure.data
    assert (raw.opacity, raw.showlegend, raw.line.color) == (0.3, False, COLOURS[0])
    assert (one.opacity, one.line.color, pinned.line.color) == (None, COLOURS[0], ACTUAL)
    assert {note.font.color for note in figure.layout.annotations} == {COLOURS[0], ACTUAL}
    assert alt_race(tracks, x_title="epoch", unit="RMSE", kind="Losses").startswith(
        "Losses, RMSE by epoch. one: from 3"
    )


def test_parallel_axes_stand_from_the_lowest_to_the_highest_number():
    axes = [
        Axis("Hidden units", np.array([10.0, 20.0, 30.0])),
        Axis("Learning rate", np.array([1e-4, 1e-2, 1e-3])),
        Axis("Patience", np.array([5.0, np.nan, 5.0])),
    ]
    figure = parallel_figure(axes, ["a", LONG, "c"], [0, None, BESIDE])
    lines = {line.name: line for line in figure.data}
    np.testing.assert_allclose(lines["a"].y, [0, 0, 0.5])
    np.testing.assert_allclose(lines["c"].y, [1, 0.5, 0.5])  # 1e-3 is half way between 1e-4 and 1e-2 on a log axis
    plain = next(line for name, line in lines.items() if name.startswith("&lt;b&gt;n"))
    assert np.isnan(plain.y[2]) and plain.showlegend is False and len(plain.name) < 70
    assert figure.data[0] is plain or figure.data[0].name == plain.name, "those without a colour lie beneath"
    assert (lines["a"].line.color, lines["c"].line.color) == (COLOURS[0], ACTUAL)
    assert [note.text for note in figure.layout.annotations] == ["30", "10", "0.01", "0.0001", "5"]
    words = alt_parallel(axes, ["a", "b", "c"])
    assert "a: Hidden units 10, Learning rate 0.0001, Patience 5; b: " in words and "Patience none" in words


def test_a_choice_has_an_axis_of_its_words():
    axes = [Axis.of_words("Cell", ["gru", "elman", "gru", "<b>"]), Axis("Best RMSE", np.array([3.0, 1.0, 2.0, 1.5]))]
    figure = parallel_figure(axes, ["a", "b", "c", "d"], [0, 1, 2, 3])
    np.testing.assert_allclose([line.y[0] for line in figure.data], [0, 0.5, 0, 1])
    words = [(note.text, note.y) for note in figure.layout.annotations if note.x == 0]
    assert words == [("gru", 0), ("elman", 0.5), ("&lt;b&gt;", 1)]
    assert "a: Cell gru, Best RMSE 3; b: Cell elman" in alt_parallel(axes, ["a", "b", "c", "d"])
    assert Axis.of_words("Cell", ["x", "x"]).heights.tolist() == [0.5, 0.5]


def test_without_a_number_that_differs_a_sentence_stands_there():
    assert "differ in no number" in parallel_figure([], ["a"], [0]).layout.annotations[0].text
    assert "differ in no number" in alt_parallel([], ["a"])
    assert "And 3 more runs" in alt_parallel([Axis("x", np.arange(15.0))], [str(k) for k in range(15)])
