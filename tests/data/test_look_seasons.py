"""Seasons: the known ones of the samples are found, noise has none, and the spectrum's bounds keep their word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rnn.data import SAMPLES, load_sample, sample_series
from rnn.data.look import find_seasons, spectrum
from rnn.data.look.natural import natural_periods
from rnn.data.look.spectrum import Spectrum

M4 = Path(__file__).resolve().parents[3] / "shared" / "data"


def seasons_of(key: str) -> list[float]:
    series = sample_series(key)
    return [one.period for one in find_seasons(series.values[:, series.target_columns[0]], series.frequency)]


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("article-sine", [2 * np.pi]),
        ("sunspots", [11]),
        ("co2", [365.25 / 7]),
        ("air-passengers", [12]),
        ("nyc-taxi", [48, 336]),
        ("seattle-weather", [365.25]),
        ("us-gasoline", [365.25 / 7]),
        ("nile", []),
    ],
)
def test_the_seasons_of_the_samples(key, known):
    assert sorted(seasons_of(key)) == pytest.approx(known, rel=0.03)


def test_the_months_of_el_nino():
    months = load_sample("elnino").frame.iloc[:, 1:].to_numpy(dtype=float).ravel()
    (year,) = find_seasons(months, "MS")
    assert (year.name, year.period, year.records) == ("year", 12.0, 12)
    assert "autocorrelation" in year.why and "spectrum" in year.why


def noise(kind: str, rng: np.random.Generator, count: int) -> np.ndarray:
    shocks = rng.standard_normal(count)
    match kind:
        case "white":
            return shocks
        case "walk":
            return np.cumsum(shocks)
        case "twice summed":
            return np.cumsum(np.cumsum(shocks))
        case "heavy tails":
            return rng.standard_t(3, count)
        case "trend":
            return np.linspace(0, 30, count) ** 2 + shocks
        case "autoregressive":
            values = np.zeros(count)
            for k in range(1, count):
                values[k] = 0.8 * values[k - 1] + shocks[k]
            return values
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", ["white", "walk", "twice summed", "heavy tails", "trend", "autoregressive"])
@pytest.mark.parametrize(("count", "frequency"), [(90, "MS"), (300, None), (700, "h")])
def test_noise_has_no_season(kind, count, frequency):
    """The stated rate is one in a hundred; of 25 series three are found with probability 0.2 % at that rate."""
    rng = np.random.default_rng(hash_of(kind) + count)
    assert sum(bool(find_seasons(noise(kind, rng, count), frequency)) for _ in range(25)) < 3


def hash_of(text: str) -> int:
    return sum(ord(letter) * 31**k for k, letter in enumerate(text)) % 10_000


@pytest.mark.parametrize("period", [5.0, 9.3, 12.0, 24.0, 37.5])
@pytest.mark.parametrize("background", ["white", "walk"])
def test_a_season_in_noise_is_found_without_a_calendar(period, background):
    rng = np.random.default_rng(3)
    count = 600
    shape = np.sin(2 * np.pi * np.arange(count) / period) + 0.5 * np.sin(4 * np.pi * np.arange(count) / period + 1)
    values = noise(background, rng, count) * (1.0 if background == "white" else 0.3) + 1.2 * shape
    found = find_seasons(values)
    assert [one.period for one in found] == [pytest.approx(period, rel=0.015)]


def test_a_season_without_its_first_line_is_not_taken_for_its_overtones():
    """Sawtooth-like weeks in which Monday differs from all other days: every overtone is as strong as the first line."""
    rng = np.random.default_rng(1)
    values = 6.0 * (np.arange(700) % 7 == 0) + rng.standard_normal(700)
    assert [one.period for one in find_seasons(values)] == [pytest.approx(7, rel=0.01)]
    assert [(one.name, one.period) for one in find_seasons(values, "D")] == [("week", 7.0)]


def test_seasons_do_not_depend_on_level_unit_or_trend():
    rng = np.random.default_rng(4)
    values = 3 * np.sin(2 * np.pi * np.arange(480) / 12) + rng.standard_normal(480)
    for changed in (values * 1e150, values * 1e-150, values + 1e6, values + np.arange(480) ** 1.5):
        assert [one.period for one in find_seasons(changed, "MS")] == [12.0]


def test_strength_is_the_share_that_repeats():
    """A sine of variance 1/2 in white noise of variance 1/2 is half of the whole; without noise it is all of it."""
    rng = np.random.default_rng(0)
    wave = np.sin(2 * np.pi * np.arange(6000) / 24)
    (clean,) = find_seasons(wave, "h")
    (noisy,) = find_seasons(wave + np.sqrt(0.5) * rng.standard_normal(6000), "h")
    assert clean.strength == pytest.approx(1, abs=1e-6)
    # The moving average that takes the trend away takes a little noise with it.
    assert noisy.strength == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("values", [[], [1.0], [2.0] * 500, np.arange(5.0), [0.1 + 0.2, 0.3] * 100])
def test_nothing_repeats_in_short_and_constant_series(values):
    assert find_seasons(values) == ()


def test_gaps_are_not_guessed_over():
    values = np.sin(np.arange(100.0))
    values[30] = np.nan
    assert find_seasons(values) == ()
    with pytest.raises(ValueError, match=r"^Record 31 is nan"):
        spectrum(values)


def test_the_power_adds_up_to_the_variance_about_the_trend():
    """Parseval under a Hann taper, whose power the scale makes up for: true of noise to within its chance."""
    values = np.random.default_rng(2).standard_normal(20_000) + np.linspace(0, 50, 20_000)
    rest = values - np.polyval(np.polyfit(np.arange(20_000), values, 1), np.arange(20_000))
    assert spectrum(values).power.sum() == pytest.approx(rest.var(), rel=0.03)


def test_the_power_of_a_sine_is_that_of_a_plain_sum():
    """One ordinate against the tapered Fourier sum, written out."""
    count = 64
    values = np.sin(2 * np.pi * 8 * np.arange(count) / count) + 0.01 * np.cos(np.arange(count))
    slope, level = np.polyfit(np.arange(count), values, 1)
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(count) / count)
    rest = values - slope * np.arange(count) - level
    sum_ = sum(taper[k] * rest[k] * np.exp(-2j * np.pi * 8 * k / count) for k in range(count))
    assert spectrum(values).power[7] == pytest.approx(2 * abs(sum_) ** 2 / (taper @ taper) / count, rel=1e-9)


@pytest.mark.parametrize("kind", ["white", "walk"])
def test_the_background_follows_noise_of_any_colour(kind):
    rng = np.random.default_rng(6)
    ratios = np.concatenate([spectrum(noise(kind, rng, 500)).ratio[3:] for _ in range(40)])
    assert ratios.mean() == pytest.approx(1, abs=0.2)


def test_the_threshold_is_passed_as_seldom_as_it_says():
    """White noise, and a tenth of the series alarmed where a tenth is asked for: 120 of them give 12 ± 3.3, at most."""
    rng = np.random.default_rng(8)
    alarms = 0
    for _ in range(120):
        seen = spectrum(rng.standard_normal(256))
        alarms += bool((seen.power > seen.threshold(0.1)).any())
    assert alarms <= 20
    assert isinstance(seen, Spectrum) and seen.records == 256


@pytest.mark.parametrize(
    ("frequency", "named"),
    [
        ("h", {"day": 24, "week": 168}), ("30min", {"day": 48, "week": 336}), ("D", {"week": 7, "year": 365.25}),
        ("B", {"week": 5}), ("W-SUN", {"year": 52.179}), ("MS", {"year": 12}), ("ME", {"year": 12}), ("QS-OCT", {"year": 4}),
        ("2h", {"day": 12, "week": 84}), ("15min", {"hour": 4, "day": 96}), ("s", {"minute": 60, "hour": 3600}),
        ("YS", {}), (None, {}), ("nonsense", {}),
    ],
)  # fmt: skip
def test_natural_periods(frequency, named):
    found = natural_periods(frequency)
    assert {name: found[name] for name in named} == pytest.approx(named, rel=1e-4)
    assert bool(found) == bool(named)


@pytest.mark.skipif(not (M4 / "m4_hourly_dev.csv").exists(), reason="the M4 series are not on this machine")
def test_hours_of_the_m4_competition_have_a_day():
    frame = pd.read_csv(M4 / "m4_hourly_dev.csv")
    found = [
        any(one.name == "day" for one in find_seasons(part["value"].to_numpy(), "h"))
        for _, part in frame.groupby("series")
    ]
    assert sum(found) >= 0.95 * len(found)


def test_every_sample_names_its_seasons_shortly():
    for key in SAMPLES:
        series = sample_series(key)
        for one in find_seasons(series.values[:, 0], series.frequency):
            assert 0 < one.strength <= 1 and one.why.endswith(".") and len(one.why) < 250
