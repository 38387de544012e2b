"""The doctor's pictures: what they draw and say, and where the chart begins."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from rnn.ui.figures.doctor import alt_repair, change_focus, repair_figure, spot_svg

NAN = float("nan")
SVG = "{http://www.w3.org/2000/svg}"


def picture(x: object, y: object, marked: object) -> ElementTree.Element:
    return ElementTree.fromstring(spot_svg(x, y, marked, 108, 48))


def test_spots_are_dots_and_missing_ones_bands() -> None:
    drawn = picture(np.arange(6), [0, 10, NAN, NAN, 5, 0], [False, True, True, True, False, False])
    (dot,) = drawn.iter(f"{SVG}circle")
    assert (float(dot.get("cx")), float(dot.get("cy"))) == (24.0, 4.0)  # a fifth of the way, at the top
    (band,) = drawn.iter(f"{SVG}rect")
    assert float(band.get("x")) + float(band.get("width")) / 2 == pytest.approx(54.0)  # the middle of 2 and 3
    (line,) = drawn.iter(f"{SVG}path")
    assert line.get("d").count("M") == 2  # the line is interrupted


def test_a_picture_is_true_to_time() -> None:
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-11"], dtype="datetime64[D]")
    dots = list(picture(days, [1, 2, 3], [True, True, True]).iter(f"{SVG}circle"))
    assert [float(dot.get("cx")) for dot in dots] == [4.0, 14.0, 104.0]


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [5.0]), ([1, 1, 1], [2.0, 2.0, 2.0]), ([3, 1, 2], [NAN] * 3)])
def test_a_picture_of_little_is_still_a_picture(x: list, y: list) -> None:
    text = spot_svg(np.array(x), np.array(y), np.ones(len(x), dtype=bool))
    ElementTree.fromstring(text)
    assert "nan" not in text


def test_the_chart_begins_where_the_change_is() -> None:
    times, before = np.arange(1000), np.zeros(1000)
    after = before.copy()
    after[500] = NAN
    assert change_focus(times, before, times, after) == (460, 540)
    assert change_focus(times, before, times, before) is None
    assert change_focus(times, before, times[1:], after[1:]) is None
    assert change_focus(times, before, times, before + 1) is None


def test_before_and_after_share_a_scale_unless_units_differ() -> None:
    times, before, after = np.arange(100), np.arange(1.0, 101), np.log(np.arange(1.0, 101))
    shared = repair_figure(times, before, times, before, name="v", focus=(3, 9))
    assert [trace.name for trace in shared.data] == ["before", "after"]
    assert shared.layout.xaxis.range == (3, 9)
    assert shared.data[1].yaxis in (None, "y")
    apart = repair_figure(times, before, times, after, name="v", same_unit=False)
    assert apart.data[1].yaxis == "y2"
    assert apart.layout.yaxis.domain[0] > apart.layout.yaxis2.domain[1]
    assert "no values" in repair_figure([], [], [], [], name="v").layout.annotations[0].text
    words = alt_repair([1, NAN, 3], [1, 3], name="v", sentence="1 row left out.")
    assert (
        words == "v before and after. 1 row left out. Before: 3 rows from 1 to 3, 1 missing. After: 2 rows from 1 to 3."
    )


def test_long_series_are_thinned() -> None:
    times, values = np.arange(50_000), np.random.default_rng(0).standard_normal(50_000)
    made = repair_figure(times, values, times, values, name="v")
    assert max(len(trace.x) for trace in made.data) <= 2000
