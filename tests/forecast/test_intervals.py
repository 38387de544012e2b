"""Intervals against naive loops: conformal, in logarithms, in units of the window, and on learned quantiles."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.ahead import predict_ahead, predict_levels_ahead
from rnn.forecast.held_out import held_out
from rnn.forecast.intervals import calibrate, kind_of, learned_levels
from rnn.forecast.measure import Measure
from rnn.forecast.multi_step import forecast
from tests.core.many_series import three

QUICK = Config(hidden=5, window=8, horizon=3, epochs=3, batch=16, lr=0.02, dtype="float64")
STEPS, ROWS = 5, 170


def values(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.exp(2 + 0.5 * np.sin(np.arange(ROWS) / 4) + 0.2 * rng.standard_normal(ROWS))


def trained(**changes):
    return fit(QUICK.replace(**changes), Series.from_values(values()))


def worth(beyond: list[float], apart: int) -> float:
    """n / (1 + 2 Σ r) by a double loop over origins less than `apart` records apart, one origin a record."""
    n, mean = len(beyond), sum(beyond) / len(beyond)
    centred = [one - mean for one in beyond]
    squares = sum(one * one for one in centred)
    if not squares:
        return n
    shared = sum(centred[i] * centred[j] for i in range(n) for j in range(i + 1, n) if j - i < apart)
    return n / max(1.0, 1 + 2 * shared / squares)


def reach_by_hand(scores: list[float], level: float, step: int) -> float:
    """step: from 1."""
    n, ordered = len(scores), sorted(scores)
    if math.ceil(round((n + 1) * level / 100, 9)) > n:
        return math.nan
    limit = ordered[math.ceil(n * level / 100) - 1]
    m = worth([float(one > limit) for one in scores], step)
    return ordered[min(n, math.ceil(round(n * level / 100 * (1 + 1 / m), 9))) - 1]


def scores_by_hand(run, steps, score):
    """score(actual, levels (Q,), window (reach,)) of each validation origin, step by step."""
    data, reach = run.series.values, run.config.reach
    split = split_windows(run.config, len(data))
    found: list[list[float]] = [[] for _ in range(steps)]
    for start in split.validation_starts.tolist() + [
        split.validation_starts[-1] + k for k in range(1, run.config.horizon)
    ]:
        window = data[start : start + reach]
        ahead = predict_levels_ahead(run.model, window[None], steps)[0, :, 0]
        for step in range(steps):
            record = start + reach + step
            if record < split.validation_records.stop:
                found[step].append(score(data[record, 0], ahead[step], window[:, 0]))
    return found


@pytest.mark.parametrize("level", [50, 80, 95])
def test_conformal_by_a_loop(level):
    run = trained()
    scores = scores_by_hand(run, STEPS, lambda y, levels, _: abs(y - levels[0]))
    found = forecast(run, STEPS, (level,))
    for step in range(STEPS):
        reach = reach_by_hand(scores[step], level, step + 1)
        assert found[f"hi{level}"][step] - found["mean"][step] == pytest.approx(reach, rel=1e-9, nan_ok=True)
        assert found["mean"][step] - found[f"lo{level}"][step] == pytest.approx(reach, rel=1e-9, nan_ok=True)


def test_one_step_ahead_is_plain_split_conformal():
    """Origins one record apart have no record in common there: the ⌈(n + 1) · level⌉-th of n."""
    run = trained()
    errors = sorted(scores_by_hand(run, 1, lambda y, levels, _: abs(y - levels[0]))[0])
    found = forecast(run, 1, (80,))
    assert found["hi80"][0] - found["mean"][0] == pytest.approx(
        errors[math.ceil(0.8 * (len(errors) + 1)) - 1], rel=1e-9
    )


def test_logarithms_give_factors_and_nothing_below_zero():
    run = trained(log=True)
    scores = scores_by_hand(run, STEPS, lambda y, levels, _: abs(math.log(y / levels[0])))
    found = forecast(run, STEPS, (80,))
    for step in range(STEPS):
        factor = math.exp(reach_by_hand(scores[step], 80, step + 1))
        assert found["hi80"][step] / found["mean"][step] == pytest.approx(factor, rel=1e-9)
        assert found["mean"][step] / found["lo80"][step] == pytest.approx(factor, rel=1e-9)
    assert (found["lo80"] > 0).all()


@pytest.mark.parametrize("log", [False, True])
def test_by_window_in_units_of_each_window(log):
    run = trained(scaling="window", log=log)
    seen = run.series.values[: split_windows(run.config, ROWS).seen_rows, 0]
    usual = np.abs(np.diff(np.log(seen) if log else seen)).mean()

    def unit(window):
        return max(np.abs(np.diff(np.log(window) if log else window)).mean(), 0.1 * usual)

    def score(y, levels, window):
        return abs(math.log(y / levels[0]) if log else y - levels[0]) / unit(window)

    scores, own = scores_by_hand(run, STEPS, score), unit(run.series.values[-8:, 0])
    found = forecast(run, STEPS, (80,))
    for step in range(STEPS):
        reach = reach_by_hand(scores[step], 80, step + 1) * own
        hi = found["mean"][step] * math.exp(reach) if log else found["mean"][step] + reach
        assert found["hi80"][step] == pytest.approx(hi, rel=1e-9)


def test_a_restless_end_makes_by_window_intervals_wider():
    run = trained(scaling="window")
    calm, restless = values(), values()
    calm[-8:] = 7.0 + 0.01 * np.arange(8)
    restless[-8:] = [3, 15, 3, 15, 3, 15, 3, 15]
    widths = []
    for end in (calm, restless):
        found = forecast(run, 2, (80,), series=Series.from_values(end))
        widths.append(found["hi80"][0] - found["lo80"][0])
    assert widths[1] > 20 * widths[0] > 0


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("level", "low", "high"), [(80, 1, 3), (95, 0, 4), (90, 1, 3), (99, 0, 4)])
def test_learned_quantiles_are_moved_until_they_hold(level, low, high, log):
    """Conformalised quantile regression: how far beyond the two quantiles, negative within; 90 stands on those of 80."""
    run = trained(loss="quantile", quantiles=(0.025, 0.1, 0.5, 0.9, 0.975), log=log, validation=120, window=4)
    scale = math.log if log else float

    def score(y, levels, _):
        return max(scale(levels[low]) - scale(y), scale(y) - scale(levels[high]))

    scores = scores_by_hand(run, STEPS, score)
    found = forecast(run, STEPS, (level,))
    ahead = predict_levels_ahead(run.model, run.series.values[None, -run.config.reach :], STEPS)[0, :, 0]
    back = math.exp if log else float
    for step in range(STEPS):
        reach = reach_by_hand(scores[step], level, step + 1)
        middle = ahead[step, 2]
        assert found["mean"][step] == pytest.approx(middle, rel=1e-12)
        lo, hi = back(scale(ahead[step, low]) - reach), back(scale(ahead[step, high]) + reach)
        assert found[f"lo{level:g}"][step] == pytest.approx(min(lo, middle), rel=1e-9)
        assert found[f"hi{level:g}"][step] == pytest.approx(max(hi, middle), rel=1e-9)


def test_a_level_narrower_than_all_learned_is_conformal():
    run = trained(loss="quantile", validation=60)
    plain, learned = forecast(run, 3, (50, 80), intervals="conformal"), forecast(run, 3, (50, 80))
    assert plain["mean"].equals(learned["mean"])
    assert plain["lo50"].equals(learned["lo50"]) and not plain["lo80"].equals(learned["lo80"])
    assert learned.equals(forecast(run, 3, (50, 80), intervals="quantile"))


def test_which_levels_are_learned():
    def of(*quantiles):
        return learned_levels(Config(loss="quantile", quantiles=quantiles))

    assert of(0.1, 0.5, 0.9) == {80: (0, 2)}
    assert list(of(0.005, 0.1, 0.25, 0.5, 0.75, 0.9, 0.995)) == [50, 80, 99]
    assert of(0.2, 0.5) == {} and learned_levels(Config()) == {}
    assert kind_of(Config(loss="quantile"), None) == "quantile" and kind_of(Config(), None) == "conformal"
    assert kind_of(Config(loss="quantile", quantiles=(0.2, 0.5)), None) == "conformal"


@pytest.mark.parametrize("kind", ["bootstrap", "", 80, True])
def test_a_kind_that_there_is_not(kind):
    with pytest.raises(ValueError, match=r"^intervals=.* is not allowed; allowed: conformal, quantile, or None"):
        forecast(trained(epochs=1), 1, intervals=kind)


@pytest.mark.parametrize("changes", [{"loss": "mae"}, {"loss": "quantile", "quantiles": (0.3, 0.5)}])
def test_quantiles_that_are_not_learned(changes):
    with pytest.raises(
        ValueError, match=r"^intervals='quantile' needs a network that learns two quantiles .*this one has loss"
    ):
        forecast(trained(epochs=1, **changes), 1, intervals="quantile")


def test_intervals_hold_the_mean_and_each_other():
    """Badly learned quantiles, wide where 80 % need little: the interval shrinks no further than to the point forecast."""
    run = trained(loss="quantile", quantiles=(0.01, 0.1, 0.5, 0.9, 0.99), epochs=1, validation=110, window=4, horizon=1)
    found = forecast(run, 8, (5, 50, 80, 85, 98))
    for outer, inner in ((98, 85), (85, 80), (80, 50), (50, 5)):
        assert (found[f"lo{outer}"] <= found[f"lo{inner}"]).all() and (found[f"hi{outer}"] >= found[f"hi{inner}"]).all()
    assert (found["lo5"] <= found["mean"]).all() and (found["mean"] <= found["hi5"]).all()


def test_quantiles_that_are_too_wide_are_moved_inwards():
    """Levels spread by hand: conformal scores are negative, and the interval shrinks to what holds."""
    run = trained(loss="quantile", validation=60)
    held, measure = held_out(run, 2), Measure.of(run)
    wide = held.predicted.copy()
    wide[..., 0] -= 100.0
    wide[..., 2] += 100.0
    widths = [
        np.diff(
            calibrate(one, measure, run.config, (80,), "quantile").around(one.predicted, one.unit)[80], axis=0
        ).mean()
        for one in (held, dataclasses.replace(held, predicted=wide))
    ]
    assert widths[1] < 100 and widths[1] == pytest.approx(widths[0], rel=1.0)


def test_many_series_in_logarithms_share_errors_in_their_own_usual_step():
    run = fit(QUICK.replace(log=True, validation=15, window=4), three())
    frame = forecast(run, 2, (70,))
    scores: list[list[float]] = [[], []]
    units = {}
    for id_ in run.series.ids:
        data = run.series.part(id_).values
        split = split_windows(run.config, len(data))
        units[id_] = math.sqrt(np.mean(np.diff(np.log(data[: split.seen_rows, 0])) ** 2))
        for start in range(split.first_validation_window, len(data) - 4):
            ahead = predict_ahead(run.model.of(id_), data[None, start : start + 4], 2)[0, :, 0]
            for step in range(min(2, len(data) - start - 4)):
                scores[step].append(abs(math.log(data[start + 4 + step, 0] / ahead[step])) / units[id_])
    for id_ in run.series.ids:
        own = frame[frame["id"] == id_].reset_index()
        n = len(scores[0])
        reach = sorted(scores[0])[math.ceil((n + 1) * 0.7) - 1] * units[id_]
        assert own["hi70"][0] / own["mean"][0] == pytest.approx(math.exp(reach), rel=1e-6)


def test_the_future_is_that_of_the_model_of_all_records_and_its_width_of_the_one_that_held_some_back():
    run, other = trained(), trained(seed=7)
    both = dataclasses.replace(run, final=other.model)
    found, before = forecast(both, 4), forecast(run, 4)
    assert found["mean"].equals(forecast(other, 4)["mean"]) and not found["mean"].equals(before["mean"])
    np.testing.assert_allclose(found["hi80"] - found["mean"], before["hi80"] - before["mean"], rtol=1e-9)


def test_a_constant_series_has_intervals_without_width():
    run = fit(QUICK.replace(scaling="window", residual="last"), Series.from_values(np.full(120, 3.0)))
    found = forecast(run, 3)
    np.testing.assert_allclose(found[["mean", "lo95", "hi95"]], 3.0, atol=1e-6)


def test_a_single_validation_window_bounds_half_of_what_comes():
    run = trained(validation=1, horizon=1)
    found = forecast(run, 2, (50, 80))
    assert np.isfinite(found["lo50"][0]) and found["lo80"].isna().all() and found["lo50"].isna()[1]


def test_what_overflows_in_validation_makes_intervals_endless():
    """Never narrow by leaving it out: an infinite error counts as the largest."""
    run = trained(horizon=1)
    held, measure = held_out(run, 1), Measure.of(run)
    broken = held.predicted.copy()
    broken[: len(broken) // 10] = np.nan
    broken[len(broken) // 10 : len(broken) // 5] = np.inf
    found = calibrate(dataclasses.replace(held, predicted=broken), measure, run.config, (50, 95), "conformal")
    lo, hi = found.around(held.predicted[-1:], held.unit[-1:])[95]
    assert lo[0, 0, 0] == -np.inf and hi[0, 0, 0] == np.inf
    assert np.isfinite(found.reaches[50]).all()


def test_a_thousand_origins_take_well_below_a_second():
    rng = np.random.default_rng(0)
    config = Config(window=48, horizon=24, hidden=32, epochs=1, validation=1000, batch=256)
    run = fit(config, Series.from_values(rng.standard_normal(2500).cumsum()))
    started = time.thread_time()
    forecast(run, 24)
    assert time.thread_time() - started < 0.8
