"""The methods against hand-worked forecasts, plain loops and the network itself."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.methods import METHODS


def forecast(key: str, values, config: Config, steps: int, **roles) -> np.ndarray:
    return METHODS[key].forecast(Series.from_values(values, **roles), config, steps)


def walk(rng, rows: int, columns: int = 1) -> np.ndarray:
    return rng.standard_normal((rows, columns)).cumsum(axis=0) + 50


def test_by_hand():
    """1 3 2 6: the last value is 6, the season of three says 3 2 6 and again 3, and the line rises by 5/3 a step."""
    config = Config(season=3)
    assert forecast("naive", [1, 3, 2, 6], config, 3).tolist() == [[6], [6], [6]]
    assert forecast("seasonal", [1, 3, 2, 6], config, 4).tolist() == [[3], [2], [6], [3]]
    assert forecast("drift", [1, 3, 2, 6], config, 2).ravel() == pytest.approx([6 + 5 / 3, 6 + 10 / 3])


def test_seasons_that_are_none_or_too_long():
    for season in (None, 1):
        for key in ("seasonal", "stl"):
            assert forecast(key, np.arange(40.0), Config(season=season), 3) is None
    assert forecast("seasonal", [1, 3, 2, 6], Config(season=5), 2).tolist() == [[6], [6]]


def test_several_targets_and_the_columns_beside_them(rng):
    values = walk(rng, 60, 3)
    roles = {"names": ("a", "b", "c"), "targets": ("c", "a")}
    config = Config(window=4, horizon=2, season=6)
    for key in METHODS:
        found = forecast(key, values, config, 2, **roles)
        assert found.shape == (2, 2)
        if key not in ("linear", "ridge"):  # the others take each target by itself
            alone = [forecast(key, values[:, column], config, 2)[:, 0] for column in (2, 0)]
            assert found == pytest.approx(np.transpose(alone))


def linear_loop(values: np.ndarray, window: int, horizon: int, steps: int) -> np.ndarray:
    """Normal equations for each output, all columns targets, and pass after pass on its own predictions."""
    rows, columns = values.shape
    origins = range(window, rows - horizon + 1)
    design = np.array([[*values[o - window : o].ravel(), 1.0] for o in origins])
    weights = {
        (ahead, k): np.linalg.solve(design.T @ design, design.T @ np.array([values[o + ahead, k] for o in origins]))
        for ahead in range(horizon) for k in range(columns)
    }  # fmt: skip
    track = [list(record) for record in values]
    while len(track) < rows + steps:
        inputs = np.append(np.ravel(track[-window:]), 1.0)
        track += [[float(inputs @ weights[ahead, k]) for k in range(columns)] for ahead in range(horizon)]
    return np.array(track[rows : rows + steps])


@pytest.mark.parametrize(("columns", "horizon", "steps"), [(1, 1, 1), (1, 3, 3), (1, 3, 8), (2, 2, 5)])
def test_linear_against_plain_loops(rng, columns, horizon, steps):
    values = walk(rng, 150, columns)
    found = forecast("linear", values, Config(window=5, horizon=horizon), steps)
    assert found == pytest.approx(linear_loop(values, 5, horizon, steps), rel=1e-6)


def test_a_short_history_shortens_the_window_of_the_regression(rng):
    """39 records and 2 steps at once: a window of 12 leaves 26 windows for 13 weights, one of 13 no two for each."""
    values = walk(rng, 39)
    found = forecast("linear", values, Config(window=30, horizon=2), 2)
    assert found == pytest.approx(linear_loop(values, 12, 2, 2), rel=1e-6)
    # Six records have no room for a horizon of four, but for one step after another.
    assert forecast("linear", values[:6], Config(window=30, horizon=4), 4) == pytest.approx(
        linear_loop(values[:6], 1, 1, 4), rel=1e-6
    )
    assert forecast("linear", values[:4], Config(window=30, horizon=4), 4).tolist() == [[values[3, 0]]] * 4


def told(rows: int, rng, future: int | None) -> Series:
    """y = 5 + 3 · sent, with `sent` known ahead."""
    sent = rng.integers(0, 2, rows + 20).astype(float)
    values = np.column_stack([5 + 3 * sent, sent])[:rows]
    ahead = None if future is None else sent[rows : rows + future, None]
    return Series(np.arange(rows), values, ("y", "sent"), ("y",), known=("sent",), future=ahead)


@pytest.mark.parametrize("key", ["linear", "ridge"])
@pytest.mark.parametrize("steps", [2, 4, 7])
def test_known_columns_are_read_at_the_steps_predicted(rng, key, steps):
    series = told(120, rng, future=max(4, steps))
    found = METHODS[key].forecast(series, Config(window=6, horizon=4), steps)
    assert found[:, 0] == pytest.approx(5 + 3 * series.future[:steps, 0], abs=1e-3)


@pytest.mark.parametrize("key", ["linear", "ridge"])
@pytest.mark.parametrize("future", [None, 3])
def test_known_columns_without_their_future_are_left_out(rng, key, future):
    series, config = told(120, rng, future), Config(window=6, horizon=4)
    without = Series(series.times, series.values[:, :1], ("y",), ("y",))
    found = METHODS[key].forecast(series, config, 4)
    assert np.array_equal(found, METHODS[key].forecast(without, config, 4))


@pytest.mark.parametrize("key", ["linear", "ridge"])
def test_columns_that_nobody_predicts_are_not_needed_beyond_the_horizon(rng, key):
    """All steps come at once then, as from a longer horizon."""
    roles = {"names": ("a", "b"), "targets": ("a",)}
    values = walk(rng, 120, 2)
    found = forecast(key, values, Config(window=6, horizon=2), 5, **roles)
    assert np.array_equal(found, forecast(key, values, Config(window=6, horizon=5), 5, **roles))
    assert not np.array_equal(found, forecast(key, values[:, 0], Config(window=6, horizon=5), 5))


def test_a_last_pass_begins_where_its_known_columns_end(rng):
    """Seven steps by four: the last four begin at the fourth, after three that are forecast. Known columns further on are not
    there, and what stands in their place would count here, where the one of the next step matters."""
    sent = rng.standard_normal(130)
    y = 5 + 3 * sent + 2 * np.roll(sent, -1) + 0.3 * rng.standard_normal(130)
    roles = {"names": ("y", "sent"), "targets": ("y",), "known": ("sent",)}
    history = Series.from_values(np.column_stack([y, sent])[:120], **roles)
    history = dataclasses.replace(history, future=sent[120:127, None])
    config = Config(window=3, horizon=4)
    scaled = (history.values - history.values.mean(axis=0)) / history.values.std(axis=0)
    ahead = (sent[120:127] - history.values[:, 1].mean()) / history.values[:, 1].std()
    track = np.append(scaled[:, 1], ahead)
    design = np.array([[*scaled[o - 3 : o].ravel(), *track[o : o + 4], 1.0] for o in range(3, 117)])
    weights = np.linalg.lstsq(design, np.array([scaled[o : o + 4, 0] for o in range(3, 117)]), rcond=None)[0]
    found = np.append(scaled[:, 0], np.zeros(7))
    for origin in (120, 123):
        window = np.column_stack([found, track])[origin - 3 : origin].ravel()
        found[origin : origin + 4] = np.concatenate([window, track[origin : origin + 4], [1.0]]) @ weights
    expected = found[120:] * history.values[:, 0].std() + history.values[:, 0].mean()
    assert METHODS["linear"].forecast(history, config, 7)[:, 0] == pytest.approx(expected, rel=1e-9)


CONFIGS = [
    Config(window=12, horizon=4),
    Config(window=12, horizon=4, hidden=64, layers=2, cell="gru", dropout=0.1, seeds=3, batch=8, dtype="float64"),
    Config(window=12, patch=3, horizon=4, season=6, scaling="window", residual="seasonal", log=True, loss="mae"),
    Config(window=8, patch=4, horizon=3, scaling="window", residual="last", input_weights="per_step", truncate=2),
    Config(window=6, horizon=2, difference="seasonal", season=12, scaling="minmax"),
    Config(window=6, horizon=3, difference="first", log=True, loss="quantile", quantiles=(0.2, 0.5, 0.7)),
]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("passes", [1, 3])
def test_ridge_is_the_network_before_any_training(rng, config, passes):
    """That of a run whose training part is the whole history: its one validation window predicts the records after it."""
    values = np.exp(0.01 * walk(rng, 150) + 0.3 * np.sin(np.arange(150) * np.pi / 6)[:, None])
    history, steps = values[: 150 - config.horizon], passes * config.horizon
    trainer = Trainer(config.replace(skip="linear", validation=1), Series.from_values(values))
    assert trainer.split.seen_rows == len(history)
    expected = predict_ahead(trainer.model, history[None, -config.reach :], steps)[0]
    assert np.array_equal(forecast("ridge", history, config, steps), expected)
    assert np.array_equal(forecast("ridge", history, config, 1), expected[:1])


def test_ridge_takes_what_the_history_allows(rng):
    values = np.abs(walk(rng, 40))
    config = Config(window=6, horizon=3, season=38, scaling="window", residual="seasonal", log=True)
    last = config.replace(residual="last")
    assert np.array_equal(forecast("ridge", values, config, 3), forecast("ridge", values, last, 3))
    differenced = config.replace(residual="none", difference="seasonal")
    none = config.replace(residual="none")
    assert np.array_equal(forecast("ridge", values, differenced, 3), forecast("ridge", values, none, 3))
    long = last.replace(window=48, patch=4)
    half = last.replace(window=18)
    assert np.array_equal(forecast("ridge", values, long, 3), forecast("ridge", values, half, 3))
    far = last.replace(horizon=60)
    one = last.replace(horizon=1)
    assert np.array_equal(forecast("ridge", values, far, 3), forecast("ridge", values, one, 3))
    zero = values.copy()
    zero[7] = 0
    assert np.array_equal(forecast("ridge", zero, last, 3), forecast("ridge", zero, last.replace(log=False), 3))


def test_the_articles_config_has_a_ridge_forecast_too(rng):
    wave = np.sin(np.arange(150))
    found = forecast("ridge", wave, Config(window=50, bias=False, scaling="none"), 1)
    from rnn.core.config import PRESETS

    assert forecast("ridge", wave, PRESETS["article"], 1) == pytest.approx(found, rel=1e-5)
    assert found[0, 0] == pytest.approx(np.sin(150), abs=1e-3)


def test_what_cannot_be_asked_is_said():
    many = Series.joined([Series.from_values(np.arange(9.0)), Series.from_values(np.arange(5.0))], ["a", "b"])
    with pytest.raises(ValueError, match="one series at a time, got 2 in one"):
        METHODS["naive"].forecast(many, Config(), 2)
    for steps in (0, 1.5, True):
        with pytest.raises(ValueError, match=r"steps=.* a whole number from 1 on"):
            METHODS["ets"].forecast(many.part("a"), Config(), steps)


def test_statsmodels_is_imported_only_by_those_that_need_it():
    code = (
        "import sys; from rnn.forecast.methods import METHODS; from rnn import Config; from rnn.core.series import Series\n"
        "s = Series.from_values([1., 4, 2, 5, 3, 6, 4, 7])\n"
        "for key in ('naive', 'seasonal', 'drift', 'linear', 'ridge'): METHODS[key].forecast(s, Config(season=2), 2)\n"
        "assert 'statsmodels' not in sys.modules\n"
        "METHODS['ets'].forecast(s, Config(season=2), 2); assert 'statsmodels' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
