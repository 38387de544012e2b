"""The unrolled network and the edited window: what their figures draw and say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.ui.figures.by_hand import Change, Guess, Line, alt_by_hand, by_hand_figure
from rnn.ui.figures.steps import BOXES, Row, alt_steps, excerpt, steps_figure

STATES = np.linspace(-0.9, 0.9, 12)
ERRORS = np.concatenate([np.zeros(7), 0.1 * 2.0 ** np.arange(5)])
ROW = Row(
    np.arange(100.0, 112.0), "sales", STATES, ERRORS, 3, 7, "the error stops here: truncate = 5", 1.5, 2.5, 1.0, "backward", 8
)  # fmt: skip


def texts(figure) -> list[str]:
    return [*figure.data[0].text, *(note.text for note in figure.layout.annotations if note.text)]


def back_arrows(figure) -> list:
    """Arrows from right to left."""
    return [one for one in figure.layout.annotations if one.showarrow and one.ax > one.x]


@pytest.mark.parametrize(
    ("steps", "at", "expected"), [(3, 1, (0, 3)), (12, 0, (0, 7)), (12, 6, (3, 10)), (12, 11, (5, 12))]
)
def test_the_excerpt_holds_the_step_at_hand(steps, at, expected):
    drawn = excerpt(steps, at)
    assert (drawn.start, drawn.stop) == expected and at in drawn and len(drawn) <= BOXES


def test_the_arrows_back_are_as_thick_as_the_error_is_long():
    figure = steps_figure(dataclasses.replace(ROW, at=9, end=7))
    arrows = sorted(back_arrows(figure), key=lambda one: one.x)
    drawn = excerpt(12, 9)
    reached = [step for step in drawn if step >= 9]
    assert len(arrows) == len(reached) == 3
    widths = [arrow.arrowwidth for arrow in arrows]
    assert np.allclose(np.array(widths) - 1, 6 * ERRORS[reached] / ERRORS.max())
    assert all(arrow.arrowcolor == "#d9650b" for arrow in arrows)


def test_what_lies_beyond_truncation_is_grey_and_said():
    figure = steps_figure(ROW)
    drawn = excerpt(12, 8)
    boxes = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    dashes = [box.line.dash for box in boxes[: len(drawn)]]
    assert dashes == ["dot" if step < 7 else "solid" for step in drawn]
    assert "the error stops here: truncate = 5" in texts(figure)
    assert "Steps 1 to 7 get nothing of the error: the error stops here: truncate = 5" in alt_steps(ROW)
    assert "the error has the length 0.2, at the last step 1.6" in alt_steps(ROW)
    whole = dataclasses.replace(ROW, end=0, why="")
    assert "stops here" not in "".join(texts(steps_figure(whole))) and "nothing of the error" not in alt_steps(whole)


def test_going_forward_shows_no_more_than_has_been_computed():
    row = dataclasses.replace(ROW, phase="forward", at=2)
    figure = steps_figure(row)
    states = figure.data[0].text[0::3]
    assert [text == "?" for text in states] == [step > 2 for step in excerpt(12, 2)]
    assert not back_arrows(figure) and "ŷ ?" in texts(figure)
    assert f"at step 3: it reads 102 (sales), and the state of unit 3 becomes {STATES[2]:.4g}" in alt_steps(row)


def test_a_longer_window_says_how_much_is_left_out():
    assert {"+4<br>⋯", "⋯ +1"} <= set(texts(steps_figure(dataclasses.replace(ROW, at=7))))
    assert steps_figure(dataclasses.replace(ROW, states=STATES[:1], reads=[1.0], errors=[0.0], at=0, end=0, why=""))


DAYS = np.arange("2024-01-01", "2024-01-06", dtype="datetime64[D]")
AFTER = np.arange("2024-01-06", "2024-01-08", dtype="datetime64[D]")
TARGET = Line("sales", DAYS, [1.0, 2, 3, 4, 5], [1.0, 2, 9, 4, 5], 2)
GUESS = Guess(AFTER, [6.0, 7], [5.5, 6.5], [8.25, 6.0])
CHANGE = Change(DAYS, np.array([[0.0, 0], [0, 0], [0.5, -0.125], [0.25, 0], [0, 0]]), [4, 7])


def test_the_edited_window_is_drawn_before_and_after():
    figure = by_hand_figure(TARGET, GUESS, CHANGE)
    named = {trace.name: trace for trace in figure.data}
    assert named["as it was"].y.tolist() == [1, 2, 3, 4, 5] and named["edited"].y.tolist() == [1, 2, 9, 4, 5]
    assert (named["edited"].marker.size > 0).tolist() == [False, False, True, False, False]
    assert named["predicted before"].y.tolist() == [5.5, 6.5] and named["predicted after"].y.tolist() == [8.25, 6.0]
    heat = figure.data[-1]
    assert heat.type == "heatmap" and heat.zmax == -heat.zmin == 0.5 and list(heat.y) == ["4", "7"]
    alt = alt_by_hand(TARGET, GUESS, CHANGE)
    assert "edited: 2024-01-03 from 3 to 9" in alt and "5.5 before, 8.25 after, actual 6" in alt
    assert "unit 4 at 2024-01-03 changes most, by 0.5" in alt


def test_another_column_has_its_own_axes_and_nothing_changed_is_said():
    still = Line("sales", DAYS, [1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, 5])
    column = Line("<b>price", DAYS, [1.0, 1, 1, 1, 1], [1.0, 1, 1, 2, 1], 3)
    none = Change(DAYS, np.zeros((5, 2)), [0, 1])
    figure = by_hand_figure(still, GUESS, none, column)
    assert [trace.yaxis for trace in figure.data[:4]] == ["y", "y", "y3", "y3"]
    assert figure.layout.yaxis3.title.text == "&lt;b&gt;price"
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis3.domain[1] > figure.layout.yaxis2.domain[1]
    alt = alt_by_hand(still, GUESS, none, column)
    assert "sales over the window 2024-01-01 to 2024-01-05 is as it was" in alt and "No state changes" in alt
