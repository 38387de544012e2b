"""The chart of a race: every lane told apart without colour, named at its end, and said in words."""

from __future__ import annotations

import numpy as np

from rnn.ui.figures import race
from rnn.ui.figures.race import Track, alt_forecasts, alt_race, forecasts_figure, race_figure, swatch


def six(points: int = 30) -> list[Track]:
    x = np.arange(1, points + 1)
    return [Track(lane, f"lane {lane}", x, 1.0 / (x + lane)) for lane in range(6)]


def drawn(tracks: list[Track], **how: object):
    return race_figure(tracks, **{"x_title": "epoch", "unit": "RMSE", "log": True, **how})  # type: ignore[arg-type]


def _luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_each_lane_has_a_colour_and_a_dash_of_its_own() -> None:
    lines = [trace.line for trace in drawn(six()).data]
    assert len({line.color for line in lines}) == len({line.dash for line in lines}) == 6


def test_the_colours_stand_out_on_light_and_dark() -> None:
    for colour in race.COLOURS:
        light = 1.05 / (_luminance(colour) + 0.05)
        dark = (_luminance(colour) + 0.05) / (_luminance("#0e1117") + 0.05)
        assert light >= 3 and dark >= 3, colour


def test_a_lane_keeps_its_colour_when_another_is_gone() -> None:
    tracks = six()
    assert drawn(tracks[2:]).data[0].line.color == drawn(tracks).data[2].line.color


def test_each_lane_is_named_at_its_end_and_no_name_covers_another() -> None:
    x = np.arange(1, 11)
    tracks = [Track(lane, f"lane {lane}", x, np.full(10, 1 + lane / 1000)) for lane in range(6)]
    notes = drawn([*tracks, Track(6, "high", x, np.full(10, 9.0))], log=False).layout.annotations
    assert [note.text for note in notes] == [*(f"lane {lane}" for lane in range(6)), "high"]
    heights = [300 * note.y / 9.0 + (note.yshift or 0) for note in notes]
    assert min(np.diff(heights)) >= 14


def test_names_on_a_logarithmic_axis_stand_at_the_logarithm() -> None:
    (note,) = drawn([Track(0, "one", np.array([1, 2]), np.array([10.0, 100.0]))]).layout.annotations
    assert note.y == 2.0
    (note,) = drawn([Track(0, "one", np.array([1, 2]), np.array([10.0, 100.0]))], log=False).layout.annotations
    assert note.y == 100.0


def test_zero_and_endless_values_are_gaps_and_a_lane_without_a_value_is_left_out() -> None:
    figure = drawn(
        [Track(0, "one", np.arange(3), np.array([1.0, 0.0, np.inf])), Track(1, "none", np.arange(1), np.zeros(1))]
    )
    assert [trace.name for trace in figure.data] == ["one"]
    assert np.isnan(figure.data[0].y[1:]).all()


def test_an_empty_race_says_so() -> None:
    figure = drawn([Track(0, "one", np.array([]), np.array([]))])
    assert not figure.data and "No lane has finished" in figure.layout.annotations[0].text
    assert "No lane has finished" in alt_race([], x_title="epoch", unit="RMSE")


def test_the_naive_forecast_is_a_level_over_the_whole_width() -> None:
    level = drawn(six(), naive=0.5).data[-1]
    assert (level.name, list(level.x), list(level.y)) == ("naive forecast", [1, 30], [0.5, 0.5])


def test_the_words_have_the_numbers() -> None:
    tracks = [
        Track(0, "sgd", np.array([1, 2, 3]), np.array([3.0, 1.5, 2.0])),
        Track(1, "adam", np.array([1]), np.array([np.nan])),
    ]
    words = alt_race(tracks, x_title="epoch", unit="validation RMSE", naive=4.25)
    assert words == (
        "Race chart, validation RMSE by epoch. sgd: from 3 to 2 at 3, lowest 1.5 at 2; adam: no finite value yet. "
        "The naive forecast stands at 4.25."
    )


def test_predictions_lie_over_the_actual_values() -> None:
    times = np.arange("2020-01", "2020-07", dtype="datetime64[M]")
    tracks = [Track(1, "adam", times[3:], np.array([1.0, 2.0, 5.0]))]
    figure = forecasts_figure(times, np.arange(6.0), tracks, target="<b>x")
    assert [trace.name for trace in figure.data] == ["actual", "adam"]
    assert figure.layout.yaxis.title.text == "&lt;b&gt;x"
    words = alt_forecasts(times, np.arange(6.0), tracks, target="x")
    assert "actual values from 0 to 5" in words and "adam predicts 1 to 5" in words
    assert not forecasts_figure([], [], [], target="x").data


def test_a_swatch_is_an_image_without_a_word() -> None:
    assert all('alt=""' in swatch(lane) for lane in range(6)) and len({swatch(lane) for lane in range(6)}) == 6


def test_a_long_part_opens_on_its_end_and_a_short_one_as_a_whole() -> None:
    times = np.arange(1000)
    assert race.race_focus(times, slice(700, 800)) is None
    focus = race.race_focus(times, slice(500, 900))
    assert focus == (750, 899)
    figure = forecasts_figure(times, times, [], target="x", focus=focus)
    assert tuple(figure.layout.xaxis.range) == focus


def test_names_far_from_each_other_along_the_axis_stay_where_they_are() -> None:
    tracks = [Track(0, "a", np.arange(1, 3), np.ones(2)), Track(1, "b", np.arange(1, 101), np.ones(100))]
    assert [note.yshift for note in drawn(tracks, log=False).layout.annotations] == [0, 0]
