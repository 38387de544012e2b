"""One hidden unit, drawn and in words."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.ui.figures import alike_figure, alt_alike, alt_distribution, alt_unit, distribution_figure, unit_figure

TIMES = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[D]")


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_course_lies_over_what_it_follows_on_an_axis_of_its_own(upside_down):
    figure = unit_figure(
        TIMES, [0.1, -0.4, 0.3], [np.nan, 5, 6], unit=7, shown="state", named="<load>", upside_down=upside_down
    )
    over, own = figure.data
    assert (over.yaxis, own.yaxis) == ("y2", None)
    np.testing.assert_array_equal(own.y, [0.1, -0.4, 0.3])
    np.testing.assert_array_equal(over.y, [np.nan, 5, 6])
    assert figure.layout.yaxis2.autorange == ("reversed" if upside_down else True)
    assert over.name == "&lt;load&gt;" + (" (axis turned upside down)" if upside_down else "")
    words = alt_unit(TIMES, [0.1, -0.4, 0.3], unit=7, shown="state", clause="follows load")
    assert "highest 0.3 at 2024-01-03, lowest -0.4 at 2024-01-02, last 0.3. It follows load." in words


def test_a_distribution_is_drawn_in_shares():
    (bars,) = distribution_figure(-1, 1, [1, 0, 2, 1], shown="state").data
    np.testing.assert_allclose(bars.y, [25, 0, 50, 25])
    np.testing.assert_allclose(bars.x, [-0.75, -0.25, 0.25, 0.75])
    words = alt_distribution(-1, 1, [1, 0, 2, 1], unit=7, shown="state")
    assert "from -1 to 1, half of all steps up to 0.5" in words
    assert "in 50 % of the steps, between 0 and 0.5" in words
    assert "100 %" in alt_distribution(0.3, 0.3, [4, 0], unit=1, shown="state")


def test_another_window_is_drawn_with_the_chosen_one():
    given, course = alike_figure([1, 2, 3], [1, 2, 5], (0, 10)).data
    np.testing.assert_array_equal(course.y, [1, 2, 3])
    np.testing.assert_array_equal(given.y, [1, 2, 5])
    assert alike_figure([1, 2, 3], [1, 2, 5], (0, 10)).layout.yaxis.range == pytest.approx((-0.6, 10.6))
    words = alt_alike([1, 2, 3], [1, 2, 5], when="May", distance=1.15, r=0.96)
    assert "window May: from 1 to 3, where in the chosen window it goes from 1 to 5" in words
    assert "differ by 1.15 on average, correlation 0.96" in words
    assert "correlation" not in alt_alike([1, 1], [1, 2], when="May", distance=1, r=float("nan"))
