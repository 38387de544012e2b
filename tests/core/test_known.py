"""Columns known ahead: what the network reads of them, worked by hand, and what it makes of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.framing import Framing
from rnn.core.naive import naive_outputs
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.windows import split_windows
from tests.core.framing_by_hand import read

VALUES = np.column_stack([np.arange(9.0), 10 * np.arange(9.0), 100 + np.arange(9.0), np.arange(9.0) % 2])
BY_HAND = Series(
    np.arange(9), VALUES, ("y", "price", "shop", "flag"), ("y",), static=("shop",), known=("flag", "price")
)


def test_what_is_known_ahead_stands_after_the_static_values_step_by_step():
    """Horizon 3 after the window 1 … 4: flag and price of the records 5, 6 and 7, in the order of `known`."""
    framing = Framing.fit(Config(window=4, patch=2, horizon=3, scaling="none"), BY_HAND, 9)
    x, _, _ = read(framing, VALUES, np.array([1]))
    beside = [104, 1, 50, 0, 60, 1, 70]
    assert x[:, 0].tolist() == [[1, 10, 1, 2, 20, 0, *beside], [3, 30, 1, 4, 40, 0, *beside]]
    assert (framing.channels, framing.beside) == (2 * 3 + 7, 7)


def test_differencing_leaves_what_is_known_ahead_in_place():
    framing = Framing.fit(Config(window=2, horizon=2, difference="first", scaling="none"), BY_HAND, 9)
    x, _, y = read(framing, VALUES, np.array([1]))  # reach 3: the records 1 … 3, of which the network reads 2 and 3
    assert x[:, 0].tolist() == [[1, 20, 0, 103, 0, 40, 1, 50], [1, 30, 1, 103, 0, 40, 1, 50]]
    assert y.tolist() == [[1, 1]]


def test_a_windows_own_units_are_not_those_of_what_is_known_ahead():
    """y: changes of 1, so centre 4 and scale 1 in any units; price and flag in those of the series (mean, deviation)."""
    framing = Framing.fit(Config(window=3, scaling="window"), BY_HAND, 9)
    x, _, _ = read(framing, VALUES, np.array([2]))
    price = (np.array([20, 30, 40, 50]) - 40) / np.sqrt(2000 / 3)
    flag = (np.array([0, 1, 0, 1]) - 4 / 9) / np.sqrt(20 / 81)
    assert x[:, 0, 0] == pytest.approx([-2, -1, 0])
    assert x[:, 0, 1] == pytest.approx(price[:3])
    assert x[:, 0, 2] == pytest.approx(flag[:3])
    assert x[:, 0, 4:] == pytest.approx(np.array([[flag[3], price[3]]] * 3))


def test_the_last_windows_know_what_the_record_holds():
    """The split is that of a series without known columns; its last window predicts the last record, whose flag it reads."""
    config = Config(window=2, horizon=2, validation=2)
    trainer = Trainer(config, BY_HAND)
    assert trainer.split == split_windows(config, 9)
    prepared = trainer.framing.prepare(VALUES)
    x = np.empty((2, 1, trainer.framing.channels))
    trainer.framing.inputs(prepared, np.array([trainer.split.first_validation_window + 1]), x)
    assert x[0, 0, -4:].tolist() == prepared[[7, 7, 8, 8], [3, 1, 3, 1]].tolist()


def drive(rng, rows=500):
    """y follows x of its own moment, which nothing before tells: y[t] = 0.5 y[t − 1] + 3 x[t] + noise."""
    x, noise = rng.standard_normal(rows), 0.1 * rng.standard_normal(rows)
    y = np.zeros(rows)
    for t in range(1, rows):
        y[t] = 0.5 * y[t - 1] + 3 * x[t] + noise[t]
    return np.column_stack([y, x])


QUICK = Config(hidden=12, window=6, horizon=2, batch=16, lr=0.01, epochs=30, patience=None)
FRAMED = [
    {"cell": "gru"},
    {"skip": "linear", "residual": "last"},
    {"scaling": "window", "patch": 2, "input_weights": "per_step", "skip": "linear"},
    {"difference": "first", "cell": "lstm", "layers": 2, "dropout": 0.1, "seeds": 2, "epochs": 60},
]


@pytest.mark.parametrize("change", FRAMED)
def test_who_knows_what_comes_forecasts_far_better(rng, change):
    """The noise is 0.1, and x alone moves y by 3: not knowing it costs about 3, and being told wrongly more than that."""
    values, config = drive(rng), QUICK.replace(**change)
    told = fit(config, Series.from_values(values, ["y", "x"], ["y"], known=["x"]))
    untold = fit(config, Series.from_values(values, ["y", "x"], ["y"]))
    assert told.metrics["val_rmse"] < 0.5 * untold.metrics["val_rmse"]
    split = split_windows(config, len(values))
    starts = split.first_validation_window + np.arange(split.validation)
    windows = values[starts[:, None] + np.arange(config.reach)]
    ahead = starts[:, None] + config.reach + np.arange(config.horizon)
    future, actual = values[ahead][:, :, 1:], values[ahead][:, :, 0]

    def error(future):
        return float(np.sqrt(np.mean((told.model.predict(windows, future)[:, :, 0] - actual) ** 2)))

    assert error(future) == pytest.approx(told.metrics["val_rmse"], rel=1e-3)
    assert error(rng.permutation(future)) > untold.metrics["val_rmse"]


def test_the_network_is_the_naive_one_on_these_inputs(rng):
    values = drive(rng, 80)
    config = QUICK.replace(epochs=1, dtype="float64", skip="linear")
    trainer = Trainer(config, Series.from_values(values, ["y", "x"], ["y"], known=["x"]))
    starts = np.array([0, 40, 71])
    x, _, _ = read(trainer.framing, values, starts)
    assert x.shape == (6, 3, 2 + 2)
    expected = naive_outputs(config, trainer.learner.params, x)
    np.testing.assert_allclose(trainer.learner.predict(starts), expected, rtol=1e-10, atol=1e-12)


def test_without_known_columns_a_role_changes_nothing(rng):
    """The same column as an ordinary input reads the same window and nothing else."""
    values = drive(rng, 80)
    series = Series.from_values(values, ["y", "x"], ["y"])
    plain, known = (Framing.fit(QUICK, one, 60) for one in (series, dataclasses.replace(series, known=("x",))))
    a, b = (read(framing, values, np.array([3, 7]))[0] for framing in (plain, known))
    assert a.tobytes() == np.ascontiguousarray(b[:, :, :2]).tobytes()
    assert plain.beside == 0 and known.beside == 2


@pytest.fixture(scope="module")
def model():
    values = drive(np.random.default_rng(0), 60)
    return fit(QUICK.replace(epochs=1), Series.from_values(values, ["y", "x"], ["y"], known=["x"])).model


@pytest.mark.parametrize(
    ("future", "words"),
    [
        (None, r"reads what x will hold at the steps it predicts; give `future` with the shape .*\(3, 2, 1\)\."),
        (np.zeros((3, 2)), r"future must have the shape .*=\(3, 2, 1\), got \(3, 2\)"),
        (np.zeros((3, 1, 1)), r"got \(3, 1, 1\)"),
        ([[[0], [0]], [[0], [np.nan]], [[0], [0]]], r"window 2 has nan at step 2, column 'x'; fill in"),
    ],
)
def test_what_is_wrong_with_the_future_is_said(model, future, words):
    with pytest.raises(ValueError, match=words):
        model.predict(np.zeros((3, 6, 2)), future)


def test_a_model_without_known_columns_takes_no_future(rng):
    found = fit(QUICK.replace(epochs=1), Series.from_values(drive(rng, 60)[:, :1]))
    with pytest.raises(ValueError, match=r"future must have the shape .*\(1, 2, 0\), got \(1, 2, 1\)"):
        found.model.predict(np.zeros((1, 6, 1)), np.zeros((1, 2, 1)))
