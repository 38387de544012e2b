"""Scalers: fitted on the training rows alone, exact there and back, calm with awkward columns."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.scaling import SCALINGS, fit_scaler, least_scale, usual_change, window_units
from rnn.core.series import Series
from rnn.core.windows import split_windows


def test_by_hand():
    values = np.array([[1.0, -4.0], [3.0, -4.0], [8.0, 5.0], [1e6, 1e6]])
    standard = fit_scaler("standard", values, 3)
    assert standard.centre.tolist() == [4.0, -1.0]
    assert standard.scale == pytest.approx([(26 / 3) ** 0.5, 18**0.5], rel=1e-15)
    minmax = fit_scaler("minmax", values, 3)
    assert (minmax.centre.tolist(), minmax.scale.tolist()) == ([1.0, -4.0], [7.0, 9.0])
    assert minmax.transform(values[:3]).tolist() == [[0, 0], [2 / 7, 0], [1, 1]]
    none = fit_scaler("none", values, 3)
    assert np.array_equal(none.transform(values), values)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_rows_after_the_training_part_change_nothing(scaling, rng):
    config = Config(window=5, horizon=3, validation=10, hidden=2, scaling=scaling)
    split = split_windows(config, 50)
    first = 50 - 10 - 3 + 1
    assert split.validation_rows().start == first
    values = rng.standard_normal((50, 2))

    def scaler(changed_rows, by):
        changed = values.copy()
        changed[changed_rows] = by
        found = Framing.fit(config, Series.from_values(changed), split.scaler_rows).scaler
        return found.centre.tobytes() + found.scale.tobytes()

    before = scaler([], 0.0)
    assert scaler(slice(first, None), 1e3) == before
    assert scaling == "none" or scaler(first - 1, 1e3) != before


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("constant", [0.0, 1.0, 0.1, -7e11, 1e-200, 1e150])
def test_a_constant_column_is_centred_and_comes_back(scaling, constant, rng):
    values = np.column_stack([np.full(17, constant), rng.standard_normal(17)])
    scaler = fit_scaler(scaling, values, 13)
    assert scaler.scale[0] == 1
    scaled = scaler.transform(values)
    if scaling != "none":
        assert np.abs(scaled[:, 0]).max() <= 1e-15 * abs(constant)
    assert scaler.inverse(scaled, [0, 1]) == pytest.approx(values, rel=1e-14)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("size", [1e-150, 1e-12, 1.0, 1e12, 1e150])
def test_any_size_is_brought_to_a_learnable_one(scaling, size, rng):
    values = size * rng.standard_normal((40, 1))
    scaler = fit_scaler(scaling, values, 40)
    scaled = scaler.transform(values)
    assert np.isfinite(scaled).all()
    assert 0.5 < scaled.max() - scaled.min() < 10
    assert scaler.inverse(scaled, [0]) == pytest.approx(values, rel=1e-12)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_inverse_takes_the_columns_it_is_given(scaling, rng):
    values = rng.standard_normal((30, 3)) * [1.0, 100.0, 0.01] + [5.0, -900.0, 0.0]
    scaler = fit_scaler(scaling, values, 20)
    scaled = scaler.transform(values)
    assert scaler.inverse(scaled[:, [2, 0]], [2, 0]) == pytest.approx(values[:, [2, 0]], rel=1e-12)
    windows = scaled[None, :10, 1:]
    assert scaler.inverse(windows, [1, 2]) == pytest.approx(values[None, :10, 1:], rel=1e-12)


def test_units_of_a_window_by_hand():
    records = np.array([10.0, 12.0, 16.0, 18.0])[:, None, None] * np.array([[1.0, -10.0]])
    least = np.array([1.0, 1.0])
    centre, scale = window_units(records, 2, least)
    assert centre.tolist() == [[17, -170]]
    assert scale == pytest.approx(np.array([[8 / 3, 80 / 3]]), rel=1e-15)
    assert window_units(records, None, least)[0].tolist() == [[18, -180]]
    assert window_units(records, 4, least)[0].tolist() == [[14, -140]]
    assert window_units(records, 5, least)[0].tolist() == [[18, -180]]
    assert window_units(records, 2, 10 * least)[1] == pytest.approx(np.array([[10, 80 / 3]]), rel=1e-15)
    flat = np.full((4, 3, 1), 7.0, np.float32)
    assert window_units(flat, None, np.array([0.5]))[1].tolist() == [[0.5]] * 3
    assert window_units(flat[:1], None, np.array([5.0]))[1].tolist() == [[5.0]] * 3
    assert {units.dtype for units in window_units(flat, 2, least[:1])} == {np.dtype(np.float32)}


def test_least_scale():
    usual = np.array([5.0, 0.0])
    assert least_scale(usual, 4).tolist() == [0.5, 1]
    assert least_scale(usual, 1).tolist() == [5, 1]


def test_a_window_is_left_as_it_was():
    records = np.array([1.0, 3.0, 2.0])[:, None, None]
    window_units(records, None, np.array([1.0]))[0][...] = 99
    assert records[:, 0, 0].tolist() == [1, 3, 2]


def test_usual_change():
    rows = np.array([[1.0, 5.0], [4.0, 5.0], [2.0, 5.0 + 1e-13]])
    assert usual_change(rows) == pytest.approx([2.5, 5e-14], rel=1e-2)
    assert usual_change(rows, 1e-12).tolist() == [2.5, 0]


def test_rounding_of_larger_numbers_is_not_a_deviation():
    rows = np.array([[1e-10, 1.0], [3e-10, 2.0]])
    assert fit_scaler("standard", rows, 2).scale == pytest.approx([1e-10, 0.5])
    assert fit_scaler("standard", rows, 2, np.array([1e-9, 1e-9])).scale.tolist() == [1, 0.5]
