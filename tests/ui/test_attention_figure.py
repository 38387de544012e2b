"""What a forecast listens to, drawn: numbers as they are, thinned by the strongest, and in words."""

from __future__ import annotations

import dataclasses

import numpy as np

from rnn.ui.figures import Influence, alt_attention, attention_figure

MATRIX = np.array([[0.5, -2.0, 0.25], [0.0, np.nan, 0.125]])


def influence(matrix=MATRIX, **more) -> Influence:
    steps = np.arange(matrix.shape[1])
    names = ["load", "<b>wind</b>"][: len(matrix)]
    given = {"values": 3.0 + steps, "own_colours": False, "unit": "1 more"} | more
    return Influence(steps, matrix, names, "the forecast of load", "load", "record", **given)


def test_colours_span_the_largest_effect_and_the_numbers_are_said():
    heat = attention_figure(influence()).data[0]
    np.testing.assert_allclose(heat.z, MATRIX / 2, rtol=1e-6)
    assert (heat.zmin, heat.zmax) == (-1, 1)
    assert list(heat.colorbar.ticktext) == ["-2", "0", "2"]
    assert [list(row) for row in heat.text] == [["0.5", "-2", "0.25"], ["0", "", "0.125"]]
    assert list(heat.y) == ["load", "&lt;b&gt;wind&lt;/b&gt;"]


def test_rows_of_other_units_have_their_own_colours():
    heat = attention_figure(influence(own_colours=True)).data[0]
    np.testing.assert_allclose(heat.z, [[0.25, -1, 0.125], [0, np.nan, 1]], rtol=1e-6)
    assert list(heat.text[1]) == ["0", "", "0.125"]


def test_one_column_is_drawn_as_bars_and_nothing_above_them_where_there_are_no_values():
    figure = attention_figure(influence(MATRIX[:1], values=None))
    (bars,) = figure.data
    assert bars.type == "bar"
    np.testing.assert_array_equal(bars.y, MATRIX[0])
    assert bars.marker.color[0] == bars.marker.color[2] != bars.marker.color[1]
    assert list(figure.layout.yaxis.domain) == [0, 1]


def test_a_long_window_keeps_its_strongest_values(rng):
    matrix = rng.normal(size=(2, 1234))
    matrix[0, 777], matrix[1, 3] = 40, -50
    heat = attention_figure(influence(matrix)).data[0]
    assert heat.z.shape[1] == len(heat.x) <= 400
    np.testing.assert_allclose([heat.z[0].max() * 50, heat.z[1].min() * 50], [40, -50], rtol=1e-6)
    assert heat.x[int(heat.z[0].argmax())] == 776  # the first of its block of four


def test_rows_of_one_name_stay_two():
    twice = dataclasses.replace(influence(), names=["load", "load"])
    assert list(attention_figure(twice).data[0].y) == ["load (1)", "load (2)"]


def test_the_words_name_the_strongest():
    words = alt_attention(influence())
    assert words.startswith("What changes the forecast of load, per 1 more of each of 2 columns at 3 steps.")
    assert "Strongest: load at 1 lowers it by 2; load at 0 raises it by 0.5; load at 2 raises it by 0.25." in words
