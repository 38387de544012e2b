"""The heat maps of the Inside page: what is drawn of a matrix, and what its words say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rnn.ui.chart_message import message
from rnn.ui.figures import Read, Shown, alt_hidden, alt_weights, hidden_figure, hidden_lines_figure, weights_figure
from rnn.ui.figures.heat import strongest
from rnn.ui.figures.hidden import UNBOUNDED


def strongest_by_loops(matrix, down, across):
    rows = []
    for top in range(0, matrix.shape[0], down):
        blocks = [matrix[top : top + down, left : left + across] for left in range(0, matrix.shape[1], across)]
        rows.append([max(block.ravel().tolist(), key=abs) for block in blocks])
    return np.array(rows)


@pytest.mark.parametrize("shape", [(7, 5), (8, 20), (20, 8), (1, 33), (33, 1)])
def test_a_large_matrix_keeps_the_strongest_of_each_block(rng, shape):
    matrix = rng.normal(size=shape)
    small, down, across = strongest(matrix, 8)
    assert max(small.shape) <= 8
    np.testing.assert_array_equal(small, strongest_by_loops(matrix, down, across))


def test_weights_are_drawn_as_they_are_and_symmetrically_around_zero():
    matrix = np.array([[0.5, -2.0], [0.0, 1.0], [0.25, 0.125]])
    (trace,) = weights_figure(matrix, row="unit", column="input", column_names=["a", "b"]).data
    np.testing.assert_array_equal(trace.z, matrix)
    assert (trace.zmin, trace.zmax) == (-2, 2)
    assert list(trace.x) == ["a", "b"]
    words = alt_weights(matrix, name="W", row="unit", column="input")
    assert "3 × 2" in words and "-2, at unit 0, input 1" in words


def read(validation: bool = True) -> Read:
    times = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[D]")
    after = np.array(["2024-01-04"], "datetime64[D]")
    return Read(times, [1.0, 5.0, 2.0], after, [3.0], [2.5], "load", validation)


def shown(states, units, activation="tanh", name="state", **more) -> Shown:
    return Shown(read().times[-len(states) :], states, units, name, activation, **more)


@pytest.mark.parametrize(("activation", "span"), [("tanh", (-1, 1)), ("sigmoid", (0, 1)), ("relu", (0, 4))])
def test_states_span_what_the_activation_can_give(activation, span):
    states = np.array([[0.0, 4.0 if activation == "relu" else 0.4], [0.2, 0.3], [0.9, 0.1]])
    figure = hidden_figure(read(), shown(states, [6, 2], activation))
    heat = next(trace for trace in figure.data if trace.type == "heatmap")
    assert (heat.zmin, heat.zmax) == span
    np.testing.assert_allclose(heat.z, states.T, rtol=1e-6)
    assert list(heat.y) == ["6", "2"]
    assert heat.x[0] == figure.data[0].x[0] == np.datetime64("2024-01-01")
    assert not figure.layout.shapes


def test_a_cell_without_bounds_is_drawn_around_zero_and_steps_stand_at_their_last_record():
    drawn = shown(np.array([[0.5, -3.0], [0.2, 0.3]]), [1, 0], UNBOUNDED, "cell state c")
    heat = hidden_figure(read(validation=False), drawn).data[-1]
    assert (heat.zmin, heat.zmax) == (-3, 3)
    assert [str(x) for x in heat.x] == ["2024-01-02", "2024-01-03"]
    assert "cell state c" in heat.hovertemplate
    words = alt_hidden(read(validation=False), drawn)
    assert words.startswith("Cell state c of the hidden units at 2 steps over the window 2024-01-01 to 2024-01-03")


STATES = np.array([[0.0, 0.4], [0.2, 0.3], [0.9, 0.1]])


def test_the_words_name_the_prediction_and_the_unit_that_swings_most():
    words = alt_hidden(read(), shown(STATES, [6, 2]))
    assert "2024-01-04: 2.5, actual 3" in words
    assert "unit 6 swings most, by 0.9, unit 2 least, by 0.3" in words


def test_rows_say_what_they_follow_and_cells_what_was_read():
    labels = [("<load> −1", "follows <load>, 1 step late, r +0.91"), ("–", "follows nothing clearly")]
    inputs = ["load 1", "load 5", "load 2"]
    drawn = shown(STATES, [6, 2], labels=labels, inputs=inputs, picked=2)
    figure = hidden_figure(read(), drawn)
    assert list(figure.layout.yaxis2.tickvals) == ["6", "2"]
    assert list(figure.layout.yaxis2.ticktext) == ["&lt;load&gt; −1 · 6", "– · 2"]
    (mark,) = figure.layout.shapes
    assert (mark.y0, mark.y1) == (0.5, 1.5)
    header = read_message(figure)["data"][-1]
    assert header["hovertext"] == {"=": [inputs, 2]}
    assert header["customdata"][0] == {"=": ["follows &lt;load&gt;, 1 step late, r +0.91", 3]}
    assert "%{hovertext}<br>%{customdata}" in header["hovertemplate"]
    assert "Unit 6 follows <load>, 1 step late, r +0.91" in alt_hidden(read(), drawn)


def test_the_margin_has_room_for_the_labels_that_are_drawn():
    """Of eighty rows every second one is labelled; the long labels of the others take no room."""
    units, states = list(range(80)), np.zeros((3, 80))
    clause = "follows nothing clearly"
    rows = [("–", clause) if unit % 2 == 0 else ("a column with a long name −3", clause) for unit in units]
    narrow, wide = (
        hidden_figure(read(), shown(states, units, labels=labels)) for labels in (rows, rows[1:] + rows[:1])
    )
    assert len(narrow.layout.yaxis2.ticktext) == len(wide.layout.yaxis2.ticktext) == 40
    assert narrow.layout.margin.l == 90
    assert wide.layout.margin.l >= 90 + 10 * 4  # 24 letters and the number, none narrower than four pixels


def test_few_units_as_lines_share_the_axis_of_the_values_and_the_picked_one_is_heavier():
    drawn = shown(STATES, [6, 2], labels=[("a", "follows a"), ("b", "follows b")], inputs=["load 1"] * 3, picked=2)
    figure = hidden_lines_figure(read(), drawn)
    lines = [trace for trace in figure.data if trace.yaxis == "y2"]
    assert [line.name for line in lines] == ["unit 6", "unit 2"]
    np.testing.assert_array_equal(lines[1].y, STATES[:, 1])
    assert lines[1].line.width > lines[0].line.width
    assert lines[0].text[0] == "load 1<br>follows a"
    assert list(figure.layout.yaxis2.range) == pytest.approx([-1.08, 1.08])


def read_message(figure):
    sent = message(figure, key="k", identity="i", alt="a", height=100)
    return json.loads(sent[4 : 4 + int.from_bytes(sent[:4], "little")])
