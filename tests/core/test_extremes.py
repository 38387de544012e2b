"""Runs at the edge of what is possible: tiny, constant, huge and wide series."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit, train
from rnn.core.scaling import SCALINGS
from rnn.core.series import Series

CONFIG = Config(activation="tanh", hidden=5, window=4, batch=8, epochs=3, validation=5, patience=None)


def test_one_window_to_train_on_and_one_to_validate():
    found = fit(CONFIG.replace(validation=1), Series.from_values([1.0, 2, 3, 4, 5, 6]))
    assert found.finished.reason == "done"
    assert len(found.history) == 3
    assert math.isfinite(found.metrics["val_rmse"])


def test_a_batch_larger_than_the_series_is_the_whole_of_it():
    series = Series.from_values(np.sin(np.arange(40)))
    windows = 40 - 4 - 5
    whole = fit(CONFIG.replace(batch=windows), series)
    larger = fit(CONFIG.replace(batch=65_536), series)
    for name, array in whole.state.params.items():
        assert array.tobytes() == larger.state.params[name].tobytes()


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("constant", [0.0, 7.25, -3e11, 1e-9])
def test_a_constant_series_is_learnt_as_what_it_is(constant, scaling):
    found = fit(CONFIG.replace(scaling=scaling, epochs=20, lr=0.05), Series.from_values(np.full(30, constant)))
    assert found.finished.reason == "done"
    assert found.metrics["val_rmse"] <= 0.05
    predicted = found.model.predict(np.full((2, 4, 1), constant))
    assert predicted == pytest.approx(np.full((2, 1, 1), constant), rel=1e-3, abs=0.05)


@pytest.mark.parametrize("size", [1e-12, 1e12, 1e30])
def test_the_unit_of_the_series_makes_no_difference(size):
    """Watts or gigawatts: the scaled losses agree, and the errors in original units differ by the factor."""
    values = 5 + np.sin(np.arange(50))
    plain = fit(CONFIG.replace(dtype="float64"), Series.from_values(values))
    other = fit(CONFIG.replace(dtype="float64"), Series.from_values(size * values))
    for ours, theirs in zip(plain.history, other.history, strict=True):
        assert theirs.val_loss == pytest.approx(ours.val_loss, rel=1e-8)
        assert theirs.val_rmse == pytest.approx(size * ours.val_rmse, rel=1e-8)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("size", [1e20, 1e39, 1e300])
def test_huge_values_end_in_a_result_or_a_sentence(size, scaling):
    """No NumPy warning (they are errors here), and never a kept weight or a metric that is not a number."""
    for dtype in ("float32", "float64"):
        config = CONFIG.replace(scaling=scaling, dtype=dtype)
        try:
            series = Series.from_values(size * np.sin(np.arange(50)))
            found = fit(config, series)
            *_, preview, _ = train(config, series)
        except ValueError as refusal:
            assert "value" in str(refusal)
            continue
        assert found.finished.reason in ("done", "diverged")
        assert all(np.isfinite(array).all() for array in found.model.params.values())
        assert not any(math.isnan(value) for value in found.metrics.values())
        assert np.isfinite(preview.validation).all()


def test_a_gradient_whose_squares_leave_float32_is_clipped_and_not_lost():
    """Entries of 1e20: float32 holds them, but not their squares."""
    series = Series.from_values(1e20 * np.sin(np.arange(50)))
    found = fit(CONFIG.replace(scaling="none", optimiser="sgd", clip="norm"), series)
    assert found.finished.reason == "done"
    assert all(epoch.grad_norm > 1e19 and epoch.clipped == 1 for epoch in found.history)
    moved = np.concatenate([array.ravel() for array in found.state.params.values()])
    start = fit(CONFIG.replace(scaling="none", lr=1e-8, epochs=1), series).model.params
    start = np.concatenate([array.ravel() for array in start.values()])
    assert 1e-3 < np.linalg.norm(moved - start) <= 15 * CONFIG.lr * 1.001


def test_a_preview_is_as_fine_as_the_series():
    """A series of small moves far from zero (a counter, a clock): the drawn predictions must not turn into stairs."""
    values = 1.7e9 + np.sin(np.arange(60))
    config = CONFIG.replace(epochs=60, lr=0.02, hidden=16)
    found = fit(config, Series.from_values(values))
    windows = np.array([values[start : start + 4, None] for start in range(51, 56)])
    *_, preview, _ = train(config, Series.from_values(values))
    assert found.metrics["val_rmse"] < 0.5
    assert np.abs(preview.validation - found.model.predict(windows)).max() < 0.01


def test_several_inputs_and_targets_learn_together(rng):
    k = np.arange(150)
    values = np.column_stack([np.sin(k), np.cos(0.7 * k), rng.standard_normal(150)])
    series = Series.from_values(values, names=["a", "b", "noise"], targets=["b", "a"])
    found = fit(CONFIG.replace(hidden=16, window=8, horizon=3, epochs=40, lr=1e-2), series)
    assert found.history[-1].train_loss < 0.1 * found.history[0].train_loss
    windows = np.array([values[start : start + 8] for start in range(100, 140)])
    predicted = found.model.predict(windows)
    assert predicted.shape == (40, 3, 2)
    for ahead in range(3):
        for place, column in enumerate([1, 0]):
            actual = values[108 + ahead : 148 + ahead, column]
            assert np.corrcoef(predicted[:, ahead, place], actual)[0, 1] > 0.9


def test_model_predict_refuses_other_shapes():
    model = fit(CONFIG.replace(epochs=1), Series.from_values(np.sin(np.arange(30)))).model
    with pytest.raises(ValueError, match=r"windows must have the shape \(B, window=4, D=1\), got \(3, 5, 1\)"):
        model.predict(np.zeros((3, 5, 1)))


def test_a_series_too_short_is_refused_before_anything_else():
    with pytest.raises(ValueError, match=r"has 5 records; window=4 and horizon=1 need at least 6"):
        fit(CONFIG, Series.from_values(np.arange(5.0)))
