"""The error's way as figures and in words: what is drawn are the norms given, and the sentences hold their numbers."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pages.inside.gradient.words import in_words
from rnn.core.through_time import describe_flow
from rnn.ui.chart_message import message
from rnn.ui.figures.through_time import DECADES, alt_flow, alt_window_flow, flow_figure, window_flow_figure

EPOCHS, BACK = np.array([1, 2, 5]), np.arange(4)
NORMS = np.array([[1.0, 2.0, 4.0], [0.1, 0.2, 0.4], [0.01, 0.0, 0.04], [np.inf, 0.0, 1e-20]])


def test_the_heat_map_holds_the_logarithms_and_gaps_where_there_is_no_number():
    made = flow_figure(EPOCHS, BACK, NORMS, cut=2, chosen=5, clip_epochs=[1, 2, 3], clipped=[1.0, 0.5, 0.0])
    heat, clip = made.data
    assert list(heat.x) == [1, 2, 5] and list(heat.y) == [0, 1, 2, 3]
    z = np.array(heat.z, float)
    np.testing.assert_allclose(z[:2], np.log10(NORMS[:2]), rtol=1e-6)
    assert np.isnan(z[2, 1]) and np.isnan(z[3, 0]) and np.isnan(z[3, 1])
    assert heat.zmax == pytest.approx(np.log10(4)) and heat.zmin == pytest.approx(heat.zmax - DECADES)
    assert made.layout.yaxis.autorange == "reversed"
    assert list(clip.y) == [100, 50, 0] and clip.yaxis == "y2"
    cut, chosen = made.layout.shapes
    assert (cut.y0, cut.y1, chosen.x0) == (1.5, 1.5, 5) and "after 2 steps" in cut.label.text


def test_without_clip_truncation_or_a_choice_there_is_the_heat_alone():
    made = flow_figure(EPOCHS, BACK, NORMS)
    assert len(made.data) == 1 and not made.layout.shapes
    assert flow_figure([], [], np.zeros((0, 0))).layout.annotations[0].text == "No epoch is measured yet."
    nothing = flow_figure(EPOCHS, BACK, np.zeros((4, 3)))
    assert np.isnan(np.array(nothing.data[0].z, float)).all()


def test_the_heat_map_in_words():
    text = alt_flow(EPOCHS, BACK, NORMS, cut=2, chosen=5, clip_epochs=[1, 2, 3], clipped=[1.0, 0.5, 0.25])
    for part in (
        "from 1 to 5", "At epoch 1 it is 1 at the last step, 0.1 1 back", "At epoch 5 it is 4 at the last step, 0.4 1 back",
        "Truncated after 2 steps", "Epoch 5 is marked", "100 % of the batches of epoch 1, 25 % of 3",
    ):  # fmt: skip
        assert part in text, text
    assert "No epoch" in alt_flow([], [], np.zeros((0, 0)))


STEPS, SHARES = np.arange(-3, 1), {"W_h": [0.0, 10.0, 30.0, 60.0], "W_x": [0.0, 50.0, 30.0, 20.0]}


def test_one_windows_way_holds_norms_and_shares():
    made = window_flow_figure(STEPS, [0.0, 0.1, 0.2, 1.0], SHARES, cut=3)
    bars, recurrent, inputs = made.data
    assert np.isnan(bars.y[0]) and list(bars.y[1:]) == [0.1, 0.2, 1.0] and list(bars.x) == [-3, -2, -1, 0]
    assert list(recurrent.y) == SHARES["W_h"] and list(inputs.y) == SHARES["W_x"] and recurrent.yaxis == "y2"
    assert made.layout.shapes[0].x0 == -2.5 and made.layout.yaxis.type == "log" and made.layout.yaxis.dtick == 1
    text = alt_window_flow(STEPS, [0.0, 0.1, 0.2, 1.0], SHARES, cut=3)
    assert "1 at the last one. 0.1 2 steps before it, the first that it reaches" in text
    assert (
        "Most of W_h’s gradient, 60 %, comes from 0 steps before" in text
        and "W_x’s gradient, 50 %, comes from 2" in text
    )


def test_a_window_that_no_error_reaches_can_be_drawn():
    nothing = {"W_h": np.full(4, np.nan), "W_x": np.full(4, np.nan)}
    assert len(window_flow_figure(STEPS, np.zeros(4), nothing).data) == 3
    assert "0 at the last one" in alt_window_flow(STEPS, np.zeros(4), nothing)


def test_the_largest_is_sent_in_time():
    """160 epochs × 100 steps and 500 epochs of clip: figure and message within a fraction of the 200 ms of a redraw."""
    epochs, back = np.arange(160) * 6 + 1, np.arange(100) * 20
    norms = np.random.default_rng(0).random((100, 160))
    spans = []
    for _ in range(5):
        began = time.process_time()
        made = flow_figure(epochs, back, norms, clip_epochs=np.arange(500), clipped=np.ones(500))
        sent = message(made, key="k", identity="i", alt=alt_flow(epochs, back, norms), height=420)
        spans.append(time.process_time() - began)
    assert len(sent) < 100_000 and min(spans) < 0.1


@pytest.mark.parametrize(
    ("factor", "truncate", "said"),
    [
        (
            0.7,
            None,
            ("error vanishes", "about 0.70 of it is left", "**13 steps** less than 1 %", "teaches it next to nothing"),
        ),
        (0.7, 20, ("vanishes", "Truncate ends its way after 20 steps, where it was gone anyway")),
        (1.3, None, ("explodes", "multiplies it by about 1.30", "39 steps back", "28,000 times its size")),
        (0.97, None, ("fades, but does not vanish", "about 0.97", "30 % of its size", "whole window teaches")),
        (0.99, None, ("neither vanishes nor explodes", "68 % of its size")),
        (1.05, None, ("grows, but does not explode", "6.7 times its size")),
        (0.9, 10, ("fades", "9 steps back it is 39 % of", "**Truncate ends its way after 10 steps** of 40")),
        (0.9, 1, ("teaches the last step alone", "Truncate ends its way after 1 step**")),
    ],
)
def test_the_way_in_words(factor, truncate, said):
    norms = factor ** np.arange(40.0)[::-1]
    norms[: 40 - (truncate or 40)] = 0
    text = in_words(describe_flow(norms, truncate), " in layer 2")
    assert all(part in text for part in said), text
    assert "in layer 2" in text and "nan" not in text


def test_no_error_no_number_and_a_single_step_in_words():
    assert "No error enters" in in_words(describe_flow(np.zeros(5)))
    assert "not a number" in in_words(describe_flow(np.array([np.nan, 1.0])))
    assert "single step" in in_words(describe_flow(np.ones(1)))
