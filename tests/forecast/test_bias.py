"""What the point forecast is said to aim at, and how far its sum is off where that is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.losses import LOSSES
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.bias import bias_of, measured_bias
from tests.core.many_series import three

QUICK = Config(hidden=4, window=4, epochs=4, horizon=2, lr=0.01, batch=64, dtype="float64")


def skewed(sigma=0.6, rows=1500, seed=0) -> Series:
    """e^(σ ε): median 1, mean e^(σ²/2)."""
    return Series.from_values(np.exp(sigma * np.random.default_rng(seed).standard_normal(rows)))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_its_sentence(loss, log):
    said = bias_of(Config(loss=loss, log=log))
    assert said.startswith("The forecast aims at") and said.endswith(".")
    assert ("logarithm" in said) == log and ("too low" in said) == log
    assert ("the mean" in said.split("logarithm")[0]) == (loss == "mse") or loss == "huber"
    assert ("the median" in said.split(",")[0]) == (loss in ("mae", "quantile"))


def test_odd_quantiles_and_ensembles():
    assert "aims at the 70% quantile" in bias_of(Config(loss="quantile", quantiles=(0.1, 0.7)))
    assert "(the median of 5 networks)" in bias_of(Config(seeds=5))


@pytest.mark.parametrize("loss", ["mse", "mae", "quantile"])
def test_logarithms_are_brought_back_to_the_median(loss):
    """The mean of what comes is e^(σ²/2) = 1.197 times the median; 300 values tell it to ± 4 %, twice."""
    found = measured_bias(fit(QUICK.replace(log=True, loss=loss, validation=900), skewed()), 2)
    assert found.factor[:, 0] == pytest.approx([math.exp(0.18)] * 2, abs=0.09)
    assert "above what was forecast" in found.sentence


def test_without_logarithm_and_with_squares_sums_are_right():
    found = measured_bias(fit(QUICK.replace(validation=600), skewed()), 2)
    assert found.factor[:, 0] == pytest.approx([1, 1], abs=0.08)
    median = measured_bias(fit(QUICK.replace(validation=600, loss="mae", epochs=10), skewed()), 2)
    assert median.factor[0, 0] > found.factor[0, 0] + 0.05


@pytest.mark.parametrize("log", [False, True])
def test_against_a_loop(log):
    run = fit(QUICK.replace(log=log, validation=40, test=20), skewed(rows=200))
    values = run.series.values
    for part in ("validation", "test"):
        found = measured_bias(run, 3, part)
        records = getattr(split_windows(run.config, 200), f"{part}_records")
        for step in range(3):
            pairs = [(values[origin + step, 0], predict_ahead(run.model, values[None, origin - 4 : origin], 3)[0, step, 0])
                     for origin in range(records.start, records.stop - step)]  # fmt: skip
            actual, predicted = np.array(pairs).T
            assert found.n[step, 0] == len(pairs)
            assert found.mean_error[step, 0] == pytest.approx(np.mean(actual - predicted), rel=1e-9)
            factor = np.mean(actual / predicted) if log else actual.sum() / predicted.sum()
            assert found.factor[step, 0] == pytest.approx(factor, rel=1e-9)


def test_a_factor_has_no_meaning_where_values_are_not_above_zero():
    rng = np.random.default_rng(0)
    found = measured_bias(fit(QUICK, Series.from_values(rng.standard_normal(200))), 60)
    assert np.isnan(found.factor).all() and found.sentence == ""
    assert (
        np.isfinite(found.mean_error[found.n[:, 0] > 0]).all() and np.isnan(found.mean_error[found.n[:, 0] == 0]).all()
    )


def test_many_series():
    found = measured_bias(fit(QUICK.replace(validation=10), three()), 1)
    assert found.n[0, 0] == 3 * 11
    with pytest.raises(ValueError, match="no test part"):
        measured_bias(fit(QUICK.replace(validation=10), three()), 1, "test")
