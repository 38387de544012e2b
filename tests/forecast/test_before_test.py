"""No choice is made by the test part: Auto judges its candidates on records before it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.auto import Auto, auto
from rnn.forecast.before_test import before_test


def wave(rows: int, start: float = 0.0) -> Series:
    times = np.datetime64("2020-01-01") + np.arange(rows)
    values = 10 + np.sin(np.arange(rows) / 3 + start) + 0.01 * np.arange(rows)
    return Series(times, values[:, None], ("level",), ("level",), "wave", "D")


@pytest.mark.parametrize("test", [1, 25, 0.2])
@pytest.mark.parametrize("horizon", [1, 4])
@pytest.mark.parametrize("gap", [0, 3])
def test_what_is_left_is_what_no_test_window_predicts(test: float, horizon: int, gap: int) -> None:
    series, config = wave(150), Config(window=12, horizon=horizon, test=test, gap=gap)
    windows = 150 - 12 - horizon + 1
    tested = test if isinstance(test, int) else round(test * windows)
    first_predicted = windows - tested + 12
    kept = before_test(series, config)
    assert len(kept) == first_predicted and kept.times[-1] == series.times[first_predicted - 1]
    np.testing.assert_array_equal(kept.values, series.values[:first_predicted])


def test_without_a_test_part_all_is_left() -> None:
    series = wave(60)
    assert before_test(series, Config(window=12)) is series


def test_of_many_series_each_loses_its_own_end() -> None:
    parts = [wave(80), wave(10), wave(120, 1.0)]
    kept = before_test(Series.joined(parts, ["a", "short", "b"], "all"), Config(window=12, test=10))
    assert (kept.lengths, kept.ids) == ((70, 10, 110), ("a", "short", "b"))


def test_a_known_column_keeps_its_role_and_loses_its_future() -> None:
    plain = wave(80)
    values = np.column_stack([plain.values[:, 0], np.arange(80) % 7])
    series = dataclasses.replace(
        plain, values=values, names=("level", "day"), known=("day",), future=np.arange(5.0)[:, None]
    )
    kept = before_test(series, Config(window=12, test=10))
    assert (len(kept), kept.known, kept.future) == (70, ("day",), None)


def test_auto_judges_nothing_by_the_test_part() -> None:
    series = wave(150)
    fixed = {"test": 30, "epochs": 2, "hidden": 2, "seeds": 1, "window": 12, "patch": 1}
    *_, found = auto(series, 5, fixed=fixed)
    assert isinstance(found, Auto) and found.backtest is not None and found.config.test == 30
    first_predicted = before_test(series, found.config).times[-1] + 1
    assert found.backtest.frame["time"].max() < first_predicted <= series.times[150 - 30]
    *_, whole = auto(series, 5, fixed={**fixed, "test": 0})
    assert isinstance(whole, Auto) and whole.backtest is not None
    assert whole.backtest.frame["time"].max() == series.times[-1], "without a test part the end is what counts"
