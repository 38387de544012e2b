"""Residuals of a network against loops and statsmodels, and what is said of them where the answer is known."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import pytest
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.stattools import acf

from rnn.core.config import Config
from rnn.core.fit import Fit, fit
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import diagnosis
from rnn.forecast.diagnosis import diagnose_residuals
from tests.core.many_series import three

CONFIG = Config(
    hidden=1, window=2, epochs=1, scaling="none", bias=False, dtype="float64", activation="relu", validation=200
)


def copying(values, **changes) -> Fit:
    """A network made by hand that says the last value again: its residuals are the changes of the series."""
    config, series = CONFIG.replace(residual="last", **changes), Series.from_values(values)
    framing = Framing.fit(config, series, split_windows(config, len(values)).seen_rows)
    network = Model(config, {}, framing).network
    still = {name: np.zeros_like(array) for name, array in network.init(np.random.default_rng(0)).items()}
    return dataclasses.replace(any_fit(), model=Model(config, still, framing), series=series)


@functools.cache
def any_fit() -> Fit:
    """What a Fit holds besides model and series, which a diagnosis does not look at."""
    return fit(CONFIG.replace(validation=10), Series.from_values(np.sin(np.arange(40))))


def summed(residuals, rows=320, level=0.0) -> np.ndarray:
    """A series whose last changes are these residuals."""
    before = np.random.default_rng(99).standard_normal(rows - len(residuals))
    return level + np.cumsum(np.r_[before, residuals])


def of_residuals(residuals, **changes):
    return diagnose_residuals(copying(summed(residuals), validation=len(residuals), **changes))


def white(seed=0, n=200) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def remembering(phi, seed=0, n=200) -> np.ndarray:
    found, noise = np.zeros(n), white(seed, n)
    for k in range(1, n):
        found[k] = phi * found[k - 1] + noise[k]
    return found


def test_residuals_against_a_loop():
    config = CONFIG.replace(hidden=5, window=6, horizon=3, scaling="standard", validation=40, test=25, gap=1)
    days = np.datetime64("2020-01-01") + np.arange(200)
    run = fit(config, Series(days, summed(white(1, 200), 200)[:, None], ("y",), ("y",)))
    values, split = run.series.values, split_windows(run.config, 200)
    for part, records in (("validation", split.validation_records), ("test", split.test_records)):
        for ahead in (0, 2, 4):
            found = diagnose_residuals(run, ahead=ahead, part=part)
            times, residuals = [], []
            for origin in range(records.start, records.stop - ahead):
                known = values[:origin]
                while len(known) <= origin + ahead:
                    known = np.r_[known, run.model.predict(known[None, -6:])[0]]
                times.append(run.series.times[origin + ahead])
                residuals.append(values[origin + ahead, 0] - known[origin + ahead, 0])
            assert found.part == part and found.ahead == ahead and found.target == "y"
            assert found.times.tolist() == np.array(times).tolist()
            np.testing.assert_allclose(found.residuals, residuals, rtol=1e-9)
            np.testing.assert_allclose(found.actual - found.predicted, residuals, rtol=1e-9)
            assert found.counts.sum() == len(residuals) and len(found.edges) == len(found.counts) + 1
            assert found.edges[0] == found.residuals.min() and found.edges[-1] == found.residuals.max()


@pytest.mark.parametrize("season", [None, 12, 60])
def test_autocorrelation_and_ljung_box_are_those_of_statsmodels(season):
    residuals = remembering(0.4)
    found = of_residuals(residuals, season=season)
    lags = {None: 10, 12: 24, 60: 40}[season]
    np.testing.assert_allclose(found.residuals, residuals, atol=1e-9)
    np.testing.assert_allclose(found.acf, acf(residuals, nlags=lags), atol=1e-9)
    assert found.bound == pytest.approx(1.96 / math.sqrt(200))
    expected = acorr_ljungbox(residuals, lags=[lags]).iloc[0]
    assert found.ljung_box.lags == lags
    assert found.ljung_box.statistic == pytest.approx(expected["lb_stat"])
    assert found.ljung_box.p == pytest.approx(expected["lb_pvalue"])
    # And by its formula: n (n + 2) Σ r² / (n − k).
    by_hand = 200 * 202 * sum(found.acf[k] ** 2 / (200 - k) for k in range(1, lags + 1))
    assert found.ljung_box.statistic == pytest.approx(by_hand)


def test_white_noise_is_seldom_accused_and_memory_nearly_always():
    """At 5 %, of 200 white series 10 ± 3.1 are; three standard errors."""
    accused = sum(of_residuals(white(seed)).ljung_box.p < 0.05 for seed in range(200))
    assert 10 - 9.3 <= accused <= 10 + 9.3
    assert all(of_residuals(remembering(0.5, seed)).ljung_box.p < 0.001 for seed in range(20))


def test_white_residuals_in_words():
    said = of_residuals(white(3)).sentences
    assert any("neither too high nor too low" in one for one in said)
    assert any("no memory that chance could not make" in one for one in said)
    assert not any("left to learn. " in one or "grow" in one for one in said)


@pytest.mark.parametrize(
    ("residuals", "changes", "says"),
    [
        (remembering(0.6), {}, "at lag 1 their autocorrelation is 0.6"),
        (remembering(0.6), {}, "runs behind what happens"),
        (remembering(-0.6), {}, "It overshoots"),
        (np.sin(np.arange(200) * np.pi / 6) + 0.1 * white(), {"season": 12}, "window of 12 or more"),
        (np.sin(np.arange(200) * np.pi / 3) + 0.1 * white(), {"season": 6, "window": 8}, "“Add the output to: seasonal”"),
        (white() + np.r_[np.zeros(5), 2 * white()[:-5]], {}, "The window of 2 does not reach back so far: take one of 5"),
        (white() + 1.0, {}, "The forecasts are too low, by"),
        (white() - 1.0, {}, "The forecasts are too high, by"),
        (white() * np.r_[np.full(100, 1.0), np.full(100, 3.0)], {}, "The errors grow: in the later half they are"),
        (white() * np.r_[np.full(100, 3.0), np.full(100, 1.0)], {}, "The errors shrink: in the later half they are"),
        (np.r_[white()[:150], 30.0, white()[151:]], {}, "1 residual stands far apart from the others, the largest at 270"),
    ],
)  # fmt: skip
def test_what_is_found_is_said_with_what_to_do(residuals, changes, says):
    said = of_residuals(residuals, **changes).sentences
    assert any(says in one for one in said), said


def test_a_remedy_is_one_that_is_not_taken_yet():
    """By the names on the page, not those in the code."""
    apart = np.r_[white()[:150], 30.0, white()[151:]]
    assert any("“Loss: mae” is not drawn by them." in one for one in of_residuals(apart).sentences)
    said = of_residuals(apart, loss="mae").sentences
    assert any(one.endswith("look at that record.") for one in said), said
    assert not any("='" in one or "_" in one for one in (*said, *of_residuals(remembering(-0.6)).sentences))


def test_errors_that_follow_the_level():
    rng = np.random.default_rng(0)
    values = np.exp(np.cumsum(0.05 * rng.standard_normal(600)) + 5)
    said = diagnose_residuals(copying(values, validation=400)).sentences
    assert any("with the logarithm it learns in per cent" in one for one in said)
    in_logs = diagnose_residuals(copying(values, validation=400, log=True))
    assert not any("with the logarithm" in one for one in in_logs.sentences)
    # In original units to look at, and in logarithms for what is left to learn.
    changes = np.diff(np.log(values))[-400:]
    np.testing.assert_allclose(in_logs.residuals, np.diff(values)[-400:], rtol=1e-6)
    np.testing.assert_allclose(in_logs.acf, acf(changes, nlags=10), atol=1e-9)


def test_bias_and_its_error():
    """Of white residuals s / √n; of those that hang together more, about (1 + φ) / (1 − φ) times the variance."""
    found = of_residuals(white(5, 250))
    assert found.bias == pytest.approx(white(5, 250).mean())
    assert found.bias_error == pytest.approx(white(5, 250).std(ddof=1) / math.sqrt(250), rel=0.25)
    errors = [of_residuals(remembering(0.5, seed, 250)).bias_error for seed in range(10)]
    assert np.mean(errors) == pytest.approx(1 / (0.5 * math.sqrt(250)), rel=0.2)
    # Truly unbiased ones are seldom called biased: of 100, 5 by chance and some more by the error's own error.
    biased = sum(
        abs(one.bias) > 2 * one.bias_error for one in (of_residuals(remembering(0.5, seed)) for seed in range(100))
    )
    assert biased <= 14


def test_several_steps_ahead_are_not_accused_of_what_they_must_show():
    run = copying(summed(white(2)))
    found = diagnose_residuals(run, ahead=3)
    assert found.ljung_box is None and found.acf[1] > 0.5
    assert any("Forecasts 4 steps ahead share records with their neighbours" in one for one in found.sentences)
    assert len(found.residuals) == 197


def test_a_constant_series_has_no_error_and_that_is_said():
    found = diagnose_residuals(copying(np.full(320, 7.0)))
    assert found.acf.size == 0 and found.ljung_box is None and found.bias == 0
    assert found.counts.tolist() == [200]
    assert found.sentences == (
        "All 200 residuals are zero: the series does here exactly what the network says, and intervals measured on these have "
        "no width.",
    )
    line = diagnose_residuals(copying(np.arange(320.0)))
    assert line.sentences[0].startswith("All 200 residuals are the same, 1: the network is off by a constant")


def test_too_few_residuals():
    for n, says in ((1, "There is only 1 residual, too few"), (19, "There are only 19 residuals, too few")):
        found = diagnose_residuals(copying(summed(white()), validation=n))
        assert found.sentences[0].startswith(says) and found.acf.size == 0 and len(found.residuals) == n
    assert "too few" not in diagnose_residuals(copying(summed(white()), validation=20)).sentences[0]


def test_predictions_that_are_no_numbers():
    run = copying(summed(white()))
    params = {name: np.full_like(array, np.inf) for name, array in run.model.params.items()}
    found = diagnose_residuals(dataclasses.replace(run, model=dataclasses.replace(run.model, params=params)))
    assert found.sentences[0].startswith("200 of 200 predictions are no finite numbers") and math.isnan(found.bias)
    assert found.counts.size == 0 and found.edges.size == 0


def test_the_latest_of_very_many(monkeypatch):
    run = copying(summed(white(4)))
    whole = diagnose_residuals(run)
    monkeypatch.setattr(diagnosis, "MOST_RESIDUALS", 50)
    found = diagnose_residuals(run)
    assert found.left_out == 150 and whole.left_out == 0
    np.testing.assert_array_equal(found.residuals, whole.residuals[-50:])


def test_what_cannot_be_diagnosed_is_said():
    many = fit(CONFIG.replace(validation=20), three())
    with pytest.raises(ValueError, match=r"choose one of them with fit\.of\(id\)"):
        diagnose_residuals(many)
    assert len(diagnose_residuals(many.of("west")).residuals) == 20
    run = copying(summed(white()))
    with pytest.raises(ValueError, match="The run has no test part"):
        diagnose_residuals(run, part="test")
    for ahead in (-1, 200):
        with pytest.raises(ValueError, match=rf"^ahead={ahead} is not allowed; allowed: 0 to 199"):
            diagnose_residuals(run, ahead=ahead)
