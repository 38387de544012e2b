"""The charts of the Forecast page: what they draw, on which axes, and what they say to those who hear them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from rnn.ui.figures.forecast import alt_forecast, forecast_figure
from rnn.ui.figures.horizon import ErrorCurve, alt_horizon, horizon_figure
from rnn.ui.figures.past import LOOKS, Marks, Track, alt_tracks
from rnn.ui.figures.residuals import (
    agreement_figure,
    alt_agreement,
    alt_histogram,
    alt_residuals,
    histogram_figure,
    residuals_figure,
)
from rnn.ui.figures.scenario import alt_scenario, scenario_figure

DAYS = np.datetime64("2024-01-01") + np.arange(30)
VALUES = np.arange(30.0)
AHEAD = np.datetime64("2024-01-31") + np.arange(3)


def track(kind, values, at=slice(24, 30)):
    return Track(kind, f"{kind}, from here", DAYS[at], values, VALUES[at])


def named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_the_past_lies_over_the_history_each_with_a_look_of_its_own():
    tracks = [
        track(kind, VALUES[24:30] + shift) for kind, shift in (("one step", 1), ("direct", 2), ("free-running", 3))
    ]
    figure = forecast_figure(DAYS, VALUES, AHEAD, [30, 31, 32], tracks=tracks, target="sales")
    drawn = [named(figure, one.name) for one in tracks]
    np.testing.assert_array_equal(drawn[1].y, VALUES[24:30] + 2)
    looks = {(one.line.color, one.line.dash) for one in (*drawn, named(figure, "forecast"), named(figure, "history"))}
    assert len({colour for colour, _ in looks}) == len({dash for _, dash in looks} | {"history"}) == 5
    assert len({symbol for _, _, symbol in LOOKS.values()}) == len(LOOKS)
    assert all(one.showlegend is None for one in drawn)  # a click in the legend takes it away


def test_parts_are_shaded_to_their_ends_and_the_origin_has_a_line():
    marks = Marks(validation=DAYS[10], test=DAYS[20], end=DAYS[29], origin=DAYS[24])
    figure = forecast_figure(DAYS, VALUES, AHEAD, [30, 31, 32], marks=marks, focus=(DAYS[5], AHEAD[-1]))
    validation, test, origin = figure.layout.shapes
    assert [(one.x0, one.x1) for one in (validation, test, origin)] == [
        (DAYS[10], DAYS[20]), (DAYS[20], DAYS[29]), (DAYS[24], DAYS[24]),
    ]  # fmt: skip
    assert (validation.label.text, test.label.text) == ("validation", "test")
    assert tuple(figure.layout.xaxis.range) == (DAYS[5], AHEAD[-1])


def test_the_error_of_a_track_is_said_and_what_is_not_there_is_not_drawn():
    gone = track("direct", np.full(6, np.nan))
    half = track("free-running", [26, 27, 28, np.nan, np.nan, np.nan])
    words = alt_forecast(DAYS, VALUES, AHEAD, [30, 31, 32], tracks=[gone, half])
    assert words.endswith("Free-running, from here, 3 predictions, 2024-01-25 to 2024-01-27, mean absolute error 2.")
    assert "irect" not in words
    figure = forecast_figure(DAYS, VALUES, AHEAD, [30, 31, 32], tracks=[gone, half])
    assert [trace.name for trace in figure.data] == ["history", "free-running, from here", "forecast"]
    assert alt_tracks([gone]) == ""


CURVES = [
    ErrorCurve("direct", "direct", [1, 2, 3], [5, 6, 7], [40, 39, 38]),
    ErrorCurve("naive", "last value", [1, 2, 3], [8, 9, np.nan], [40, 39, 0]),
]


def test_errors_by_horizon_begin_at_zero_and_say_how_many_they_rest_on():
    figure = horizon_figure(CURVES, unit="mean absolute error of sales")
    assert figure.layout.yaxis.rangemode == "tozero"
    assert figure.layout.yaxis.title.text == "mean absolute error of sales"
    assert list(named(figure, "direct").customdata) == ["40", "39", "38"]
    assert alt_horizon(CURVES, unit="mean absolute error of sales") == (
        "Chart of the error by steps ahead, mean absolute error of sales. direct: 5 at step 1 to 7 at step 3, measured on 40 "
        "to 38 forecasts. last value: 8 at step 1 to 9 at step 2, measured on 40 to 39 forecasts."
    )
    assert "no errors" in horizon_figure([], unit="").layout.annotations[0].text
    assert "no errors" in alt_horizon([], unit="")


def test_residuals_have_a_line_at_zero_and_one_at_their_mean():
    figure = residuals_figure(DAYS[:4], [1, -2, 3, np.nan], unit="sales")
    assert figure.layout.yaxis.zeroline
    (mean,) = figure.layout.shapes
    assert mean.y0 == mean.y1 == pytest.approx(2 / 3)
    words = alt_residuals(DAYS[:4], [1, -2, 3, np.nan], unit="sales")
    assert "3 residuals" in words and "mean is 0.6667" in words and "largest, 3, is at 2024-01-03" in words
    assert "no residuals" in alt_residuals([], [], unit="")


def test_the_normal_curve_covers_as_much_as_the_bars():
    values = np.random.default_rng(0).normal(3, 2, 500)
    counts, edges = np.histogram(values, 20)
    figure = histogram_figure(edges, counts, mean=values.mean(), deviation=values.std(), unit="sales")
    normal = named(figure, "as many if normal")
    area = counts.sum() * np.diff(edges)[0]
    np.testing.assert_allclose(normal.y, area * norm.pdf(normal.x, values.mean(), values.std()), rtol=1e-12)
    assert figure.layout.yaxis.rangemode == "tozero"
    assert "500 residuals" in alt_histogram(edges, counts, mean=values.mean(), deviation=values.std(), unit="sales")
    constant = histogram_figure([-1, 0, 1], [0, 5], mean=0.5, deviation=0, unit="sales")
    assert [trace.name for trace in constant.data] == ["residuals"]


def test_actual_and_predicted_share_one_scale():
    figure = agreement_figure([1, 2, 10], [3, 4, 5], target="sales")
    assert tuple(figure.layout.xaxis.range) == tuple(figure.layout.yaxis.range)
    assert (figure.layout.yaxis.scaleanchor, figure.layout.yaxis.scaleratio) == ("x", 1)
    low, high = figure.layout.xaxis.range
    assert low < 1 and high > 10
    diagonal = named(figure, "exactly right")
    np.testing.assert_array_equal(diagonal.x, diagonal.y)
    assert "correlation is 0.9" in alt_agreement([1, 2, 10], [3, 4, 5], target="sales")
    flat = agreement_figure([5, 5], [5, 5], target="sales")
    assert flat.layout.xaxis.range[0] < 5 < flat.layout.xaxis.range[1]


def test_scenarios_begin_where_the_base_does_and_differ_in_look():
    scenarios = {f"scenario {k}": np.array([30.0, 31, 32]) + k for k in range(1, 9)}
    figure = scenario_figure(DAYS, VALUES, AHEAD, [30, 31, 32], scenarios, target="sales")
    assert [trace.name for trace in figure.data] == ["history", "base", *scenarios]
    for name in ("base", "scenario 2"):
        assert named(figure, name).x[0] == DAYS[-1] and named(figure, name).y[0] == VALUES[-1]
    np.testing.assert_array_equal(named(figure, "scenario 2").y[1:], [32, 33, 34])
    looks = {(trace.line.color, trace.line.dash) for trace in figure.data[2:]}
    assert len(looks) == 8
    words = alt_scenario(DAYS, VALUES, AHEAD, [30, 31, 32], {"dear": [30, 30, 30]}, target="sales")
    assert words.endswith("dear: on average -1 from the base, at most -2 at 2024-02-02.")
