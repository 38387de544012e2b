"""Forecasts without a network in the form of those with one."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.forecast.multi_step import forecast
from rnn.forecast.without_network import forecast_without_network

from .backtest.series import QUICK, days, panel, single, waves

SEASONAL = QUICK.replace(season=7)


def test_the_same_columns_and_times_as_a_networks():
    several = Series(days(90), np.column_stack([waves(90), waves(90, 5)]), ("a", "b"), ("b", "a"), frequency="D")
    for series in (single(90), panel(90, 80), several):
        expected = forecast(fit(QUICK, series), 4, levels=(80, 97.5))
        found = forecast_without_network("naive", series, QUICK, 4, levels=(80, 97.5))
        assert list(found.columns) == list(expected.columns)
        same = [name for name in ("id", "time") if name in expected]
        assert found[same].equals(expected[same])


def test_the_last_season_by_hand_and_an_interval_around_it():
    found = forecast_without_network("seasonal", single(90), SEASONAL, 9)
    np.testing.assert_allclose(found["mean"], np.concatenate([waves(90)[-7:], waves(90)[-7:-5]]))
    np.testing.assert_allclose(found["mean"] - found["lo80"], found["hi80"] - found["mean"])
    # The noise of 0.2 counts twice in a difference: 1.28 · 0.2 · √2 = 0.36 on either side.
    assert 0.2 < (found["hi80"] - found["mean"]).mean() < 0.6


def test_each_of_many_series_in_its_own_units():
    found = forecast_without_network("naive", panel(90, 80), QUICK, 3).set_index("id")
    width = (found["hi80"] - found["lo80"]).groupby("id").mean()
    assert 5 < width["s1"] / width["s0"] < 20


def test_what_has_no_meaning_is_said():
    with pytest.raises(ValueError, match="has no meaning without a season; set season"):
        forecast_without_network("seasonal", single(90), QUICK, 3)
    with pytest.raises(ValueError, match="'magic' is not a method; the methods are naive"):
        forecast_without_network("magic", single(90), QUICK, 3)
