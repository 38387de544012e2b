"""Scalers: fitted on the training rows alone, exact there and back, calm with awkward columns."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.scaling import SCALINGS, fit_scaler
from rnn.core.series import Series
from rnn.core.train import Trainer


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
    values = rng.standard_normal((50, 2))
    trainer = Trainer(config, Series.from_values(values))
    first_validation_target = 50 - 10 - 3 + 1
    assert trainer.split.validation_rows().start == first_validation_target
    other = values.copy()
    other[first_validation_target:] = 1e3 * rng.standard_normal((12, 2))
    unchanged = Trainer(config, Series.from_values(other)).scaler
    assert unchanged.centre.tobytes() == trainer.scaler.centre.tobytes()
    assert unchanged.scale.tobytes() == trainer.scaler.scale.tobytes()
    if scaling != "none":
        other = values.copy()
        other[first_validation_target - 1] = 50.0
        assert Trainer(
            config, Series.from_values(other)
        ).scaler.centre.tobytes() != trainer.scaler.centre.tobytes() or (
            Trainer(config, Series.from_values(other)).scaler.scale.tobytes() != trainer.scaler.scale.tobytes()
        )


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
