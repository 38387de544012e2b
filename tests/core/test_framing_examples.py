"""Framing: examples worked by hand, awkward series, and the sentences for what it cannot take."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.series import Series
from tests.core.framing_by_hand import SCALINGS, actual, read


def test_a_window_in_its_own_units_by_hand():
    """Last season (16, 18) → centre 17; changes 2, 4, 2 → scale 8/3; whatever the scaler of the whole series."""
    values = np.array([3.0, 10.0, 12.0, 16.0, 18.0, 21.0, 13.0, 40.0])
    config = Config(window=4, horizon=2, season=2, patch=2, scaling="window")
    framing = Framing.fit(config, Series.from_values(values), 8)
    x, anchor, y = read(framing, values[:, None], np.array([1]))
    assert x[:, 0] == pytest.approx(np.array([[-21 / 8, -15 / 8], [-3 / 8, 3 / 8]]), rel=1e-13)
    assert y[0] == pytest.approx([12 / 8, -12 / 8], rel=1e-13)
    assert framing.restore(np.array([[0.0, 3.0]]), values[:, None], np.array([1]), anchor)[0, :, 0] == pytest.approx(
        [17, 25]
    )
    without = Framing.fit(config.replace(season=5), Series.from_values(values), 8)
    assert read(without, values[:, None], np.array([1]))[2][0] == pytest.approx([9 / 8, -15 / 8], rel=1e-13)


def test_residuals_by_hand():
    """In the scaler's units the answer 0 is the naive forecast: the last value, or the last season over and over."""
    values = np.array([7.0, 1.0, 5.0, 2.0, 4.0, 9.0, 9.0, 9.0, 9.0])[:, None]
    zero, start = np.zeros((1, 5)), np.array([0])
    for scaling in SCALINGS:
        config = Config(window=2, horizon=5, season=3, scaling=scaling, residual="last")
        framing = Framing.fit(config, Series.from_values(values), 9)
        _, anchor, _ = read(framing, values, start)
        assert framing.restore(zero, values, start, anchor)[0, :, 0] == pytest.approx([1.0] * 5)
        framing = Framing.fit(config.replace(residual="seasonal"), Series.from_values(values), 9)
        assert framing.config.reach == 3
        _, anchor, _ = read(framing, values, start)
        assert framing.restore(zero, values, start, anchor)[0, :, 0] == pytest.approx([7, 1, 5, 7, 1])


def test_differences_by_hand():
    """Doubling is a steady change of the logarithm; the answer 0 (the mean change) doubles on."""
    doubling = 2.0 ** np.arange(12)
    config = Config(window=3, horizon=3, log=True, difference="first")
    framing = Framing.fit(config, Series.from_values(doubling), 10)
    start = np.array([2])
    x, anchor, y = read(framing, doubling[:, None], start)
    assert (anchor, framing.scaler.scale.tolist()) == (None, [1.0])
    assert max(np.abs(x).max(), np.abs(y).max()) < 1e-14
    restored = framing.restore(np.zeros((1, 3)), doubling[:, None], start, anchor)
    assert restored[0, :, 0] == pytest.approx([64, 128, 256])
    # Season 2 after 4 and 40, one more each time; the third step stands on the first one's forecast.
    seasonal = np.array([1.0, 10.0, 2.0, 20.0, 4.0, 40.0, 0.0, 0.0])[:, None]
    config = Config(window=4, horizon=5, season=2, difference="seasonal", scaling="none")
    framing = Framing.fit(config, Series.from_values(seasonal), 8)
    assert framing.prepare(seasonal)[:, 0].tolist() == [1, 10, 2, 20, -4, -40]
    restored = framing.restore(np.ones((1, 5)), seasonal, np.array([0]), None)
    assert restored[0, :, 0].tolist() == [5, 41, 6, 42, 7]


def test_other_columns_keep_their_values_where_targets_are_logged_and_differenced():
    values = np.column_stack([np.arange(1.0, 9.0), -np.arange(8.0), np.full(8, -5.0)])
    series = Series(np.arange(8), values, ("sales", "cold", "shop"), ("sales",), static=("shop",))
    framing = Framing.fit(Config(window=4, patch=2, log=True, difference="first", scaling="none"), series, 8)
    x, _, _ = read(framing, values, np.array([1]))
    log = np.log
    expected = [[log(3 / 2), -2, log(4 / 3), -3, -5], [log(5 / 4), -4, log(6 / 5), -5, -5]]
    assert x[:, 0] == pytest.approx(np.array(expected))
    assert framing.channels == 5


def test_static_columns_are_read_at_the_last_record_of_the_window():
    values = np.column_stack([np.arange(9.0), 10 * np.arange(9.0)])
    series = Series(np.arange(9), values, ("y", "s"), ("y",), static=("s",))
    framing = Framing.fit(Config(window=4, patch=2, scaling="none"), series, 9)
    x, _, _ = read(framing, values, np.array([0, 3]))
    assert x[:, 0].tolist() == [[0, 1, 30], [2, 3, 30]]
    assert x[:, 1].tolist() == [[3, 4, 60], [5, 6, 60]]


def test_a_flat_window_does_not_blow_up(rng):
    values = rng.standard_normal(60).cumsum()
    values[30:50] = 4.0
    framing = Framing.fit(Config(window=8, scaling="window"), Series.from_values(values), 60)
    x, anchor, y = read(framing, values[:, None], np.array([34, 41]))
    usual = np.abs(np.diff(values)).mean()
    assert np.abs(x).max() < 1e-13
    assert y[:, 0] == pytest.approx([0, 0], abs=1e-13)
    assert anchor.scale.ravel() * framing.scaler.scale == pytest.approx([usual / 10] * 2)


@pytest.mark.parametrize("difference", ["none", "first", "seasonal"])
@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("level", [0.0, 0.1, -7.3e11, 1e-200, 9e99])
def test_a_constant_series_is_calm_and_comes_back(level, scaling, difference):
    values = np.full((40, 1), level)
    config = Config(window=6, horizon=4, season=3, scaling=scaling, difference=difference, residual="last")
    framing = Framing.fit(config, Series.from_values(values), 40)
    starts = np.array([0, 7])
    x, anchor, y = read(framing, values, starts)
    assert np.abs(y).max() <= 1e-15 * abs(level)
    assert np.abs(x).max() <= 1e-15 * abs(level) or scaling == "none"
    assert framing.restore(y, values, starts, anchor) == pytest.approx(np.full((2, 4, 1), level), rel=1e-14)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_rounding_is_not_taken_for_a_signal(scaling):
    """Of a trend differenced once, or a season differenced by its length, nothing is left but rounding."""
    k = np.arange(120)
    for values, difference, lag in ((1e6 + 0.1 * k, "first", 1), (50 + np.sin(2 * np.pi * k / 12), "seasonal", 12)):
        config = Config(window=24, season=12, scaling=scaling, difference=difference)
        framing = Framing.fit(config, Series.from_values(values), 100)
        assert 0 < np.ptp(values[lag:] - values[:-lag]) < 1e-9
        assert framing.scaler.scale.tolist() == [1.0]
        _, _, y = read(framing, values[:, None], np.arange(20))
        if scaling != "none":
            assert np.abs(y).max() < 1e-8


@pytest.mark.parametrize("size", [1e-90, 1e90])
@pytest.mark.parametrize("difference", ["none", "first", "seasonal"])
@pytest.mark.parametrize("scaling", ["standard", "minmax", "window"])
def test_any_size_is_brought_to_a_learnable_one(size, scaling, difference, rng):
    values = size * (5 + rng.standard_normal((80, 2)))
    config = Config(window=6, season=3, scaling=scaling, difference=difference)
    framing = Framing.fit(config, Series.from_values(values), 60)
    starts = np.arange(70)
    x, anchor, y = read(framing, values, starts)
    assert 0.1 < np.abs(x).mean() < 10
    assert framing.restore(y, values, starts, anchor) == pytest.approx(actual(framing, values, starts), rel=1e-12)


def test_what_has_no_logarithm_is_named_wherever_it_stands():
    values = np.column_stack([np.arange(1.0, 31.0), np.full(30, -1.0)])
    series = Series.from_values(values, names=("sales", "cold"), targets=("sales",))
    config = Config(window=4, log=True)
    framing = Framing.fit(config, series, 20)
    values[24, 0] = 0
    with pytest.raises(ValueError, match=r"Row 25 of column 'sales' is 0, .* Set log=False\."):
        framing.prepare(values)
    framing = Framing.fit(config, Series.from_values(values, names=("sales", "cold"), targets=("sales",)), 20)
    values[3, 0] = -2
    with pytest.raises(ValueError, match=r"Row 4 of column 'sales' is -2, "):
        Framing.fit(config, Series.from_values(values, names=("sales", "cold"), targets=("sales",)), 20)


def test_too_few_rows_are_refused(rng):
    config = Config(window=4, season=12, difference="seasonal")
    series = Series.from_values(rng.standard_normal(40))
    assert Framing.fit(config, series, 17).scaler.rows == 5
    with pytest.raises(ValueError, match=r"`rows > reach` must hold, but got \(rows=16, reach=16\)"):
        Framing.fit(config, series, 16)


def test_a_wild_answer_is_infinite_and_not_a_warning(rng):
    config = Config(window=4, log=True)
    values = np.exp(rng.standard_normal((20, 1)))
    framing = Framing.fit(config, Series.from_values(values), 20)
    assert framing.restore(np.full((1, 1), 1e4), values, np.array([0]), None).tolist() == [[[np.inf]]]
