"""What the two tests say together, on series whose nature is known."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.stattools import adfuller

from rnn.data import sample_series
from rnn.data.look import stationarity
from rnn.data.look.stationarity import READINGS


def series(kind: str, seed: int, count: int = 400) -> np.ndarray:
    shocks = np.random.default_rng(seed).standard_normal(count)
    return {
        "stationary": shocks + 5,
        "trend-stationary": shocks + 0.05 * np.arange(count),
        "unit root": np.cumsum(shocks),
    }[kind]


@pytest.mark.parametrize("kind", ["stationary", "trend-stationary", "unit root"])
def test_the_reading_is_right_four_times_in_five(kind):
    """KPSS rejects a true trend once in twenty, and ADF takes a walk for a trend as often; the reading needs several right."""
    found = [stationarity(series(kind, seed)).reading for seed in range(20)]
    assert found.count(kind) >= 16


def test_both_tests_are_those_of_statsmodels():
    values = series("unit root", 1)
    found = stationarity(values)
    assert [(one.name, one.about) for one in found.verdicts] == [
        ("ADF", "level"), ("KPSS", "level"), ("ADF", "trend"), ("KPSS", "trend"),
    ]  # fmt: skip
    with pytest.warns(FutureWarning):
        statistic, p = adfuller(values, regression="c", autolag="AIC")[:2]
    assert found.verdicts[0].statistic == pytest.approx(statistic, rel=1e-9)
    assert found.verdicts[0].p_value == pytest.approx(p, rel=1e-6)
    assert found.verdicts[3].edge == "below" and found.verdicts[3].p_value == 0.01


def test_sentences_say_what_each_test_supposes():
    level, stays, *_ = stationarity(series("stationary", 0)).verdicts
    assert level.sentence == (
        "ADF supposes that the series wanders (a unit root), against staying around a level: rejected (p below 0.001)."
    )
    assert stays.sentence == "KPSS supposes that the series stays around a level: not rejected (p above 0.1)."
    assert all(reading.endswith(".") for reading in READINGS.values())


def test_a_level_that_drops_once_is_between_the_two():
    """The Nile at Aswan, whose level dropped in 1898 and stayed."""
    assert stationarity(sample_series("nile").values[:, 0]).reading == "shifting"


def test_a_season_is_taken_out_before():
    """Passengers grow and repeat; without the season what is left wanders, and a pure season stays where it is."""
    air = sample_series("air-passengers").values[:, 0]
    assert stationarity(air, [12]).reading == "unit root"
    assert stationarity(air, [12]).note == "The season of 12 records is taken out first."
    wave = 5 * np.sin(2 * np.pi * np.arange(600) / 100) + np.random.default_rng(0).standard_normal(600)
    assert stationarity(wave, [100]).reading == "stationary"


def test_long_series_are_tested_at_their_end():
    values = np.concatenate([np.cumsum(np.ones(20_000)), np.random.default_rng(0).standard_normal(5000)])
    found = stationarity(values)
    assert (found.reading, found.note) == ("stationary", "Tested on the last 5,000 of 25,000 records.")


def test_a_straight_line_needs_no_test():
    found = stationarity(np.arange(60) * 0.1 + 1e3)
    assert (found.reading, found.verdicts, found.note) == (
        "trend-stationary",
        (),
        "The values lie on one straight line.",
    )


def test_what_cannot_be_tested_is_a_sentence():
    with pytest.raises(ValueError, match=r"^The series has 19 records"):
        stationarity(np.arange(19.0) ** 2)
    with pytest.raises(ValueError, match=r"^Tested on the last 5,000 of 5,100 records\. All 5,000 values are 1;"):
        stationarity(np.r_[np.random.default_rng(0).standard_normal(100), np.ones(5000)])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [20, 21, 25, 33])
def test_the_shortest_series_pass_without_a_warning(seed, count):
    """The test run turns warnings into errors."""
    assert stationarity(series("unit root", seed, count)).reading in READINGS
    assert stationarity(np.round(series("unit root", seed, count))).reading in READINGS
    assert stationarity(np.tile([0.0, 1.0], 20)).reading in READINGS
