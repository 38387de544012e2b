"""The pictures of the walk and of the mended runs: what they draw, and what they say in words."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.ui.chart_message import message
from rnn.ui.figures.mended import alt_cosines, alt_mended, cosines_figure, mended_figure
from rnn.ui.figures.walk import (
    alt_arrows,
    alt_loss_curve,
    alt_steps,
    alt_window,
    arrows_figure,
    loss_curve_figure,
    steps_figure,
    window_figure,
)

SINE = np.sin(np.arange(20.0))


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_a_window_and_the_value_after_it():
    made = traces(window_figure(SINE, 3, 5, 0.25, name="sin"))
    assert made["the window, X"].x.tolist() == [3, 4, 5, 6, 7]
    assert made["the window, X"].y.tolist() == SINE[3:8].tolist()
    assert (made["the next value, Y"].x[0], made["the next value, Y"].y[0]) == (8, SINE[8])
    assert made["predicted"].y[0] == 0.25
    said = alt_window(SINE, 3, 5, 0.25, name="sin")
    assert "values 3 to 7" in said and f"the next value, 8, is {SINE[8]:.4g}; predicted 0.25" in said


def test_a_tangent_touches_its_loss_with_its_slope():
    grid = np.linspace(-2, 2, 41)
    touching = {"squared": (1.0, 2.0)}
    made = traces(loss_curve_figure(grid, {"squared": grid**2}, 1.0, touching))
    tangent = made["slope of squared"]
    assert (tangent.y[1] - tangent.y[0]) / (tangent.x[1] - tangent.x[0]) == pytest.approx(2)
    assert np.interp(1.0, tangent.x, tangent.y) == pytest.approx(1)
    assert alt_loss_curve(1.0, 0.0, touching).count("squared is 1 with slope 2") == 1


def test_zeros_are_gaps_on_a_logarithmic_axis_only():
    y = [0.0, 1e-8, 1.0]
    log, linear = (steps_figure([0, 1, 2], {"error": y}, y_title="length", log=log) for log in (True, False))
    assert np.isnan(log.data[0].y[0]) and log.layout.yaxis.type == "log"
    assert linear.data[0].y.tolist() == y
    assert "error goes from 0 at 0 to 1 at 2" in alt_steps([0, 1, 2], {"error": y}, y_title="length")
    assert "nothing to draw" in alt_steps([0], {"error": [np.nan]}, y_title="length")
    assert steps_figure([0, 1], {"a": [1, 2]}, y_title="", mark=1.0).layout.shapes[0].x0 == 1.0


def test_arrows_end_where_the_gradients_do():
    clipped = {"by value": (10.0, 4.0), "by norm": (9.7, 2.4)}
    made = traces(arrows_figure((16.0, 4.0), clipped, 10.0))
    assert [(made[name].x[1], made[name].y[1]) for name in ("gradient", *clipped)] == [(16, 4), (10, 4), (9.7, 2.4)]
    assert np.hypot(made["length limit"].x, made["length limit"].y) == pytest.approx(10)
    assert "by value (10, 4)" in alt_arrows((16.0, 4.0), clipped, 10.0)


def test_mended_runs_and_the_mean_as_a_level():
    curves = {f"run {k}": [2.0, 1.0 / (k + 1)] for k in range(10)} | {"overflowed": [1.0, np.inf]}
    made = mended_figure(curves, 0.7)
    found = traces(made)
    assert len(found) == 12 and found["always the mean"].y.tolist() == [0.7, 0.7]
    looks = {(trace.line.color, trace.line.dash) for name, trace in found.items() if name != "always the mean"}
    assert len(looks) == 11
    assert np.isnan(found["overflowed"].y[1])
    assert "run 3: from 2 to 0.25" in alt_mended(curves, 0.7) and "beyond all numbers" in alt_mended(curves, 0.7)
    assert message(made, key="k", identity="i", alt="a", height=300)
    assert "No run" in mended_figure({}, 0.7).layout.annotations[0].text


def test_cosines_span_from_opposite_to_equal():
    curves = {"dU": [0.0, 0.01], "dV": [1.0, 0.99]}
    made = cosines_figure(curves)
    assert made.layout.yaxis.range == (-1.05, 1.05) and traces(made)["dV"].y.tolist() == [1.0, 0.99]
    assert "dV 1 before training, 0.99 after 1 epochs" in alt_cosines(curves)
