"""The heat maps of the Inside page: what is drawn of a matrix, and what its words say."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.ui.figures import alt_hidden, alt_weights, hidden_figure, weights_figure
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


def parts(states, units):
    times = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[D]")
    after = np.array(["2024-01-04"], "datetime64[D]")
    return times, [1.0, 5.0, 2.0], after, [3.0], [2.5], times[-len(states) :], states, units


@pytest.mark.parametrize(("activation", "span"), [("tanh", (-1, 1)), ("sigmoid", (0, 1)), ("relu", (0, 4))])
def test_states_span_what_the_activation_can_give(activation, span):
    states = np.array([[0.0, 4.0 if activation == "relu" else 0.4], [0.2, 0.3], [0.9, 0.1]])
    figure = hidden_figure(*parts(states, [6, 2]), column="load", activation=activation, validation=True)
    heat = next(trace for trace in figure.data if trace.type == "heatmap")
    assert (heat.zmin, heat.zmax) == span
    np.testing.assert_allclose(heat.z, states.T, rtol=1e-6)
    assert list(heat.y) == ["6", "2"]
    assert heat.x[0] == figure.data[0].x[0] == np.datetime64("2024-01-01")


def test_a_cell_without_bounds_is_drawn_around_zero_and_steps_stand_at_their_last_record():
    states = np.array([[0.5, -3.0], [0.2, 0.3]])
    named = {"column": "load", "activation": UNBOUNDED, "validation": False, "shown": "cell state c"}
    heat = hidden_figure(*parts(states, [1, 0]), **named).data[-1]
    assert (heat.zmin, heat.zmax) == (-3, 3)
    assert [str(x) for x in heat.x] == ["2024-01-02", "2024-01-03"]
    assert "cell state c" in heat.hovertemplate
    words = alt_hidden(*parts(states, [1, 0]), column="load", shown="cell state c")
    assert words.startswith("Cell state c of the hidden units at 2 steps over the window 2024-01-01 to 2024-01-03")


def test_the_words_name_the_prediction_and_the_unit_that_swings_most():
    words = alt_hidden(*parts(np.array([[0.0, 0.4], [0.2, 0.3], [0.9, 0.1]]), [6, 2]), column="load")
    assert "2024-01-04: 2.5, actual 3" in words
    assert "unit 6 swings most, by 0.9, unit 2 least, by 0.3" in words
