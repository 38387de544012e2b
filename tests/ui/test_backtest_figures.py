"""The charts of backtests and rankings: what they draw, against the numbers they were given, and what they say in words."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.ui.chart_message import message
from rnn.ui.figures.backtest import (
    LOOKS,
    Span,
    Track,
    alt_errors,
    alt_folds,
    alt_tracks,
    errors_figure,
    folds_figure,
    tracks_figure,
)
from rnn.ui.figures.ranking import Place, alt_ranking, ranking_figure

DAYS = np.datetime64("2024-01-01") + np.arange(30)
SPANS = [Span((DAYS[0], DAYS[9]), (DAYS[10], DAYS[14])), Span((DAYS[0], DAYS[14]), (DAYS[15], DAYS[19]))]
TRACKS = [
    Track("ours", [(DAYS[10:12], [1.0, 2.0]), (DAYS[12:14], [3.0, 4.0])], [([0, 1], [2, 3]), ([2, 3], [4, 5])]),
    Track("theirs", [(DAYS[10:12], [5.0, 6.0]), (DAYS[12:14], [7.0, 8.0])]),
]


def travels(figure) -> bool:
    return len(message(figure, key="chart", identity="x", alt="words", height=280)) > 100


def test_folds_have_a_row_each_with_their_own_ends():
    figure = folds_figure(DAYS, np.arange(30.0), SPANS, target="sales")
    line, learnt, predicted = figure.data
    np.testing.assert_array_equal(line.y, np.arange(30))
    assert learnt.x[:2].tolist() == [DAYS[0], DAYS[9]] and learnt.y[:2].tolist() == [1, 1]
    assert learnt.x[3:5].tolist() == [DAYS[0], DAYS[14]] and learnt.y[3:5].tolist() == [2, 2]
    assert predicted.x[:2].tolist() == [DAYS[10], DAYS[14]]
    assert np.isnan(learnt.y[2]), "one fold's bar must not run into the next"
    assert [shape.x0 for shape in figure.layout.shapes] == [DAYS[10], DAYS[15]]
    assert figure.layout.yaxis2.range == (2.6, 0.4), "the first fold stands first"
    assert travels(figure)


def test_folds_of_one_step_are_marks_that_show():
    single = [Span((DAYS[0], DAYS[k]), (DAYS[k + 1], DAYS[k + 1])) for k in (5, 6)]
    figure = folds_figure(DAYS, np.arange(30.0), single)
    assert figure.data[1].mode == "lines" and figure.data[2].mode == "markers"


def test_folds_in_words():
    assert alt_folds(DAYS, SPANS[:1]) == (
        "Chart of 1 folds on a series from 2024-01-01 to 2024-01-30. Fold 1 learns from 2024-01-01 to 2024-01-10 and predicts "
        "2024-01-11 to 2024-01-15."
    )
    assert "no folds" in alt_folds(DAYS, [])
    assert len(folds_figure(DAYS, np.arange(30.0), []).data) == 0


def test_tracks_keep_folds_apart_and_the_interval_of_the_first():
    figure = tracks_figure(DAYS, np.arange(30.0), TRACKS, target="sales", level=80)
    actual, low, high, low2, high2, ours, theirs = figure.data
    assert actual.name == "actual" and ours.name == "ours" and theirs.name == "theirs"
    assert np.array_equal(ours.y, [1, 2, np.nan, 3, 4], equal_nan=True)
    assert ours.x.tolist() == [DAYS[10], DAYS[11], DAYS[11], DAYS[12], DAYS[13]]
    assert [low.y.tolist(), high.y.tolist(), low2.y.tolist(), high2.y.tolist()] == [[0, 1], [2, 3], [2, 3], [4, 5]]
    assert [one.showlegend for one in (low, high, low2, high2)] == [False, True, False, False]
    assert high.name == "80 % interval"
    assert travels(figure)


def test_tracks_in_words():
    words = alt_tracks(TRACKS, {"ours": 1.5, "theirs": 2.25}, target="sales")
    assert words == (
        "Backtest chart of sales: actual values and the forecasts from 2 cut-offs. They reach from 2024-01-11 to 2024-01-14. "
        "ours is off by 1.5 on average. theirs is off by 2.25 on average."
    )


@pytest.mark.parametrize("places", [[1, 2, 3], ["Mon", "Tue", "Wed"]])
def test_errors_are_drawn_at_their_places(places):
    figure = errors_figure(places, {"ours": [3, 1, 2], "theirs": [4.0, np.nan, 6.0]}, along="fold", unit="MAE")
    ours, theirs = figure.data
    assert list(ours.x) == places and ours.y.tolist() == [3, 1, 2]
    assert np.array_equal(theirs.y, [4, np.nan, 6], equal_nan=True)
    assert (ours.line.color, theirs.line.color) == (LOOKS[0][0], LOOKS[1][0])
    assert figure.layout.yaxis.rangemode == "tozero"
    assert travels(figure)
    words = alt_errors(places, {"ours": [3, 1, 2]}, along="fold", unit="MAE")
    assert words == f"Chart of the MAE by fold, 3 of them. ours: least 1 at {places[1]}, most 3 at {places[0]}."


def test_the_ranking_has_the_best_on_top_and_seeds_as_rings():
    places = [Place("Theta", 1.0), Place("a <b>network</b>", 1.2, True, [1.1, 1.4], near=True), Place("naive", 3.0)]
    figure = ranking_figure(places, metric="MAE")
    ours, others, seeds = figure.data
    assert list(ours.x) == [1.2] and list(others.x) == [1.0, 3.0] and list(seeds.x) == [1.1, 1.4]
    assert list(ours.y) == ["a &lt;b&gt;network&lt;/b&gt;"] and set(seeds.y) == set(ours.y)
    assert figure.layout.yaxis.categoryarray[-1] == "Theta"
    assert figure.layout.shapes[0].x0 == 1.0
    assert travels(figure)
    assert alt_ranking(places, metric="MAE") == (
        "Ranking of 3 by MAE, the best first. Theta: 1. a <b>network</b>: 1.2, from other seeds 1.1 to 1.4, within noise of "
        "the best. naive: 3."
    )


def test_rows_of_the_same_name_stay_two_and_failures_have_none():
    places = [Place("same", 1.0, True), Place("same", 2.0, True), Place("failed", float("nan"))]
    figure = ranking_figure(places, metric="MAE")
    assert len(set(figure.data[0].y)) == 2
    assert len(figure.layout.yaxis.categoryarray) == 2
    assert len(ranking_figure(places[2:], metric="MAE").data) == 0
