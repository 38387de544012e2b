"""Losses: numbers by hand, naive loops, and central differences of the total for every derivative."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.losses import LOSSES, parameter, point

LEVELS = (0.1, 0.5, 0.8)
ATS = {"mse": None, "mae": None, "huber": 0.75, "quantile": np.array(LEVELS)}


def test_every_loss_is_tested():
    assert set(ATS) == set(LOSSES)


def outputs(name: str) -> int:
    """Columns of y_hat for one of y."""
    return len(LEVELS) if name == "quantile" else 1


def derivative(name, y_hat, y, at):
    out = np.full_like(y_hat, np.nan)
    LOSSES[name].derivative(y_hat, y, at, out)
    return out


def naive(name, y_hat, y):
    """The sum over entries, one number at a time, from the losses as published."""
    total = 0.0
    for window, row in enumerate(y.tolist()):
        for entry, actual in enumerate(row):
            if name == "quantile":
                for index, level in enumerate(LEVELS):
                    below = actual - float(y_hat[window, entry * len(LEVELS) + index])
                    total += (level * below if below > 0 else (1 - level) * -below) / len(LEVELS)
                continue
            size = abs(float(y_hat[window, entry]) - actual)
            if name == "huber":
                total += size**2 / 2 if size <= 0.75 else 0.75 * (size - 0.375)
            else:
                total += size**2 if name == "mse" else size
    return total


def test_totals_by_hand():
    y_hat, y = np.array([[3.0, 1.0, 0.5]]), np.array([[1.0, 2.0, 0.5]])  # errors 2, −1, 0
    assert LOSSES["mse"].total(y_hat, y, None) == 5.0
    assert LOSSES["mae"].total(y_hat, y, None) == 3.0
    # δ = 1.5: 1.5 (2 − 0.75) = 1.875 beyond, 1/2 inside.
    assert LOSSES["huber"].total(y_hat, y, 1.5) == 2.375
    # One entry, y = 1, at the levels 1/4 and 3/4: 3 lies 2 above, 0 lies 1 below; (0.75 · 2 + 0.75 · 1) / 2 levels.
    levels = np.array([0.25, 0.75])
    assert LOSSES["quantile"].total(np.array([[3.0, 0.0]]), np.array([[1.0]]), levels) == 1.125


def test_derivatives_by_hand():
    y_hat, y = np.array([[3.0, 1.0, 0.5, 0.0]]), np.array([[1.0, 2.0, 0.5, 0.25]])  # errors 2, −1, 0, −1/4; n = 4
    assert derivative("mse", y_hat, y, None).tolist() == [[1.0, -0.5, 0.0, -0.125]]
    assert derivative("mae", y_hat, y, None).tolist() == [[0.25, -0.25, 0.0, -0.25]]
    assert derivative("huber", y_hat, y, 0.5).tolist() == [[0.125, -0.125, 0.0, -0.0625]]
    # y = 1 at the levels 1/4, 1/2, 3/4, 3/4: above (1 − τ), equal 0, below −τ; n Q = 4.
    quantiles = derivative(
        "quantile", np.array([[3.0, 1.0, 0.0, 2.0]]), np.array([[1.0]]), np.array([0.25, 0.5, 0.75, 0.75])
    )
    assert quantiles.tolist() == [[0.1875, 0.0, -0.1875, 0.0625]]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (7, 1), (6, 4)])
@pytest.mark.parametrize("name", LOSSES)
def test_totals_against_loops(name, shape, rng):
    y, y_hat = rng.standard_normal(shape), rng.standard_normal((shape[0], shape[1] * outputs(name)))
    assert LOSSES[name].total(y_hat, y, ATS[name]) == pytest.approx(naive(name, y_hat, y), rel=1e-13)


@pytest.mark.parametrize("name", LOSSES)
def test_derivatives_against_central_differences(name, rng):
    y, y_hat = rng.standard_normal((5, 3)), rng.standard_normal((5, 3 * outputs(name)))
    found, step = derivative(name, y_hat, y, ATS[name]), 1e-6
    for index in np.ndindex(y_hat.shape):
        there, back = y_hat.copy(), y_hat.copy()
        there[index] += step
        back[index] -= step
        slope = (LOSSES[name].total(there, y, ATS[name]) - LOSSES[name].total(back, y, ATS[name])) / (2 * step * y.size)
        assert found[index] == pytest.approx(slope, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", LOSSES)
def test_a_perfect_forecast_costs_and_moves_nothing(name):
    y = np.array([[1.5, -2.0], [0.0, 3.0]])
    y_hat = np.repeat(y, outputs(name), axis=1)
    assert LOSSES[name].total(y_hat, y, ATS[name]) == 0.0
    assert not derivative(name, y_hat, y, ATS[name]).any()


@pytest.mark.parametrize("level", LEVELS)
def test_the_pinball_loss_is_least_at_the_quantile(level):
    """Of the numbers 1 to 101 the constant forecast with the least loss is their quantile (1 + 100 τ)."""
    y, at = np.arange(1.0, 102.0)[:, None], np.array([level])
    candidates = np.arange(1.0, 102.0)
    totals = [LOSSES["quantile"].total(np.full_like(y, value), y, at) for value in candidates]
    assert candidates[int(np.argmin(totals))] == 1 + 100 * level


@pytest.mark.parametrize("name", LOSSES)
def test_float32_errors_of_1e30_add_up(name, rng):
    """Their squares and sums do not fit into float32; the total is a float64 and finite."""
    y = np.zeros((50, 4), np.float32)
    y_hat = (1e30 * rng.choice([-1, 1], (50, 4 * outputs(name)))).astype(np.float32)
    at = ATS[name].astype(np.float32) if name == "quantile" else ATS[name]
    assert LOSSES[name].total(y_hat, y, at) == pytest.approx(naive(name, y_hat, y), rel=1e-6)
    assert np.isfinite(derivative(name, y_hat, y, at)).all()


@pytest.mark.parametrize("name", LOSSES)
def test_float32_totals_are_added_up_in_float64(name):
    """A million equal errors of 0.1: a running sum in float32 would be off by more than a thousandth."""
    y = np.zeros((1_000_000, 1), np.float32)
    y_hat = np.full((1_000_000, outputs(name)), 0.1, np.float32)
    at = ATS[name].astype(np.float32) if name == "quantile" else ATS[name]
    one = LOSSES[name].total(y_hat[:1], y[:1], at)
    assert LOSSES[name].total(y_hat, y, at) == pytest.approx(1e6 * one, rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_not_finite_shows(name):
    y, y_hat = np.zeros((2, 1)), np.ones((2, outputs(name)))
    y_hat[1, 0] = np.nan
    assert np.isnan(LOSSES[name].total(y_hat, y, ATS[name]))
    assert np.isnan(derivative(name, y_hat, y, ATS[name])[1, 0])


@pytest.mark.parametrize("name", LOSSES)
def test_a_derivative_allocates_nothing_and_keeps_the_dtype(name, rng):
    y = rng.standard_normal((4096, 24)).astype(np.float32)
    y_hat = rng.standard_normal((4096, 24 * outputs(name))).astype(np.float32)
    at, out = parameter(Config(loss=name, quantiles=LEVELS)), np.empty_like(y_hat)
    LOSSES[name].derivative(y_hat, y, at, out)
    tracemalloc.start()
    try:
        LOSSES[name].derivative(y_hat, y, at, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40_000  # y alone is 393,216 bytes; NumPy itself may take a buffer of 8,192 entries
    assert out.dtype == np.float32


@pytest.mark.parametrize("name", LOSSES)
def test_a_derivative_reaches_an_out_with_gaps(name, rng):
    """Columns of a wider array: reshaping must not write into a copy."""
    y, y_hat = rng.standard_normal((4, 3)), rng.standard_normal((4, 3 * outputs(name)))
    wide = np.full((4, 3 * outputs(name) + 2), np.nan)
    LOSSES[name].derivative(y_hat, y, ATS[name], wide[:, 1:-1])
    assert wide[:, 1:-1].tolist() == derivative(name, y_hat, y, ATS[name]).tolist()
    assert np.isnan(wide[:, [0, -1]]).all()


def test_parameter_of_each_loss():
    assert parameter(Config(loss="mse")) is None
    assert parameter(Config(loss="mae")) is None
    assert parameter(Config(loss="huber", huber_delta=2.5)) == 2.5
    levels = parameter(Config(loss="quantile", quantiles=(0.25, 0.5), dtype="float32"))
    assert levels.dtype == np.float32
    assert levels.tolist() == [0.25, 0.5]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((0.1, 0.5, 0.9), 1),
        ((0.5,), 0),
        ((0.05, 0.2), 1),
        ((0.8, 0.9), 0),
        ((0.1, 0.45, 0.6), 1),
        ((0.3, 0.7), 0),  # 0.7 − 0.5 is rounded to less than 0.5 − 0.3
        (np.array([0.2, 0.8], np.float32), 0),
    ],
)
def test_the_point_forecast_is_the_median_or_the_level_nearest_to_it(levels, expected):
    assert point(levels) == expected


def test_labels_differ():
    assert len({loss.label for loss in LOSSES.values()}) == len(LOSSES)
