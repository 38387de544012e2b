"""The false gain of a leaking scaler: what it is measured on, and that the sentence says no more than the numbers do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.leakage import MOST_RECORDS, FalseGain, classic, false_gain, small
from rnn.core.series import Series

CONFIG = Config(window=12)


def rising(rows: int = 300, slope: float = 0.5) -> Series:
    k = np.arange(rows)
    return Series.from_values(100 + slope * k + 8 * np.sin(np.pi * k / 6) + np.random.default_rng(0).normal(0, 2, rows))


def test_a_trend_shows_the_leak_and_a_level_series_does_not():
    """A bounded network cannot rise above what its scaler has seen: knowing the end of the trend looks like skill."""
    found = false_gain(classic(CONFIG), rising(400, slope=1.0))
    assert found.verdict == "false-gain" and found.bounds[0] > 0.05
    assert found.honest_val_rmse > found.leaky_val_rmse
    assert f"{found.gain:.0%} better than it is" in found.sentence
    # Without a trend, and with the extremes in the training part, both scalers are the same to the bit.
    level = rising(slope=0.0)
    values = level.values.copy()
    values[20:22, 0] = 0, 300
    flat = false_gain(CONFIG.replace(scaling="minmax"), Series.from_values(values))
    assert flat.honest == flat.leaky and flat.verdict == "none" and "changes nothing" in flat.sentence


def test_its_errors_are_those_of_plain_runs():
    config = small(CONFIG)
    found = false_gain(CONFIG, rising(), seeds=3)
    for place in range(3):
        honest = fit(config.replace(seed=place), rising())
        leaky = fit(config.replace(seed=place, scaler_rows="all"), rising())
        assert found.honest[place] == honest.metrics["val_rmse"]
        assert found.leaky[place] == leaky.metrics["val_rmse"]


def test_bounds_by_hand():
    """Log ratios −0.1, −0.2, −0.3: mean −0.2, deviation 0.1, t of 2 degrees of freedom 4.303."""
    honest = (1.0, 10.0, 100.0)
    found = FalseGain(honest, tuple(h * math.exp(-0.1 * (k + 1)) for k, h in enumerate(honest)), 50, CONFIG)
    reach = 4.303 * 0.1 / math.sqrt(3)
    assert found.bounds == pytest.approx((1 - math.exp(-0.2 + reach), 1 - math.exp(-0.2 - reach)), rel=1e-9)
    assert found.gain == pytest.approx(1 - math.exp(-0.2))
    assert found.verdict == "noise" and "no larger than chance" in found.sentence
    worse = FalseGain(honest, tuple(2 * h for h in honest), 50, CONFIG)
    assert worse.verdict == "loss" and "100% worse" in worse.sentence


def test_work_is_bounded_and_can_be_stopped():
    long = Config(
        window=200, patch=20, hidden=256, layers=3, dropout=0.2, epochs=900, seeds=5, batch=1, truncate=7, test=0.1
    )
    cut = small(long)
    assert (cut.window, cut.patch, cut.hidden, cut.layers, cut.epochs, cut.seeds, cut.test) == (32, 1, 16, 1, 30, 1, 0)
    asked = iter([False] * 40 + [True])
    assert false_gain(CONFIG, rising(MOST_RECORDS + 500), stop=lambda: next(asked)) is None
    found = false_gain(CONFIG.replace(epochs=1), rising(MOST_RECORDS + 500), seeds=3)
    assert found.records == MOST_RECORDS


def test_what_cannot_leak_or_be_judged_is_refused():
    with pytest.raises(ValueError, match="scaling='none' fits nothing"):
        false_gain(CONFIG.replace(scaling="none"), rising())
    with pytest.raises(ValueError, match="seeds=2 is not allowed"):
        false_gain(CONFIG, rising(), seeds=2)


def test_of_many_series_the_longest_is_taken():
    many = Series.joined([rising(90), rising(150), rising(60)], ["a", "b", "c"])
    found, alone = (false_gain(CONFIG.replace(epochs=2), series, seeds=3) for series in (many, rising(150)))
    assert found.records == 150 and found.honest == alone.honest and found.leaky == alone.leaky
