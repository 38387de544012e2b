"""Derivatives of predictions against central differences of `Model.predict` on raw values, for every option."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core.attention import FRAMING, RECURRENT, SKIP, attention
from rnn.core.cells import CELLS
from rnn.core.config import PRESETS, Config
from rnn.core.fields import FIELDS
from rnn.core.fit import fit
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.network import Network
from rnn.core.series import Series

ROWS = 90


def shops(**roles) -> Series:
    """Two targets and three further columns, all above zero, of different sizes."""
    rng = np.random.default_rng(4)
    k = np.arange(ROWS)
    values = np.column_stack(
        [
            30 + 8 * np.sin(k / 3) + rng.normal(0, 1, ROWS),
            5 + np.cos(k / 2) + rng.normal(0, 0.2, ROWS),
            200 + 30 * rng.normal(size=ROWS),
            1 + rng.random(ROWS),
            0.4 + 0.1 * rng.random(ROWS),
        ]
    )
    return Series(k, values, ("sales", "visits", "price", "size", "wind"), ("sales", "visits"), "shops", **roles)


ROLES = {"inputs": {}, "static-and-known": {"static": ("size",), "known": ("price",)}}


def untrained(series: Series, **settings) -> Model:
    """Weights large enough that every path counts, in float64; dynamic values vary from window to window."""
    given = {
        "cell": "lstm", "activation": "tanh", "hidden": 5, "window": 6, "horizon": 3, "dtype": "float64", "season": 4,
    } | settings  # fmt: skip
    config = Config(**given)
    framing = Framing.fit(config, series, 70)
    static = len(series.static)
    network = Network(config, len(series.names) - static, len(series.targets), framing.beside)
    rng = np.random.default_rng(11)
    members = [{name: rng.normal(0, 0.4, shape) for name, shape in network.shapes.items()} for _ in range(config.seeds)]
    params = members[0]
    if config.seeds > 1:
        params = {f"member{n}.{name}": array for n, own in enumerate(members) for name, array in own.items()}
    return Model(config, params, framing)


def cut(model: Model, series: Series, starts) -> tuple[np.ndarray, np.ndarray | None]:
    """Windows that start there, and what the known columns hold after them."""
    reach, horizon = model.config.reach, model.config.horizon
    windows = np.stack([series.values[start : start + reach] for start in starts])
    known = [series.names.index(name) for name in series.known]
    after = np.stack([series.values[start + reach : start + reach + horizon, known] for start in starts])
    return windows, after if known else None


def by_differences(predict, values: np.ndarray, others: np.ndarray | None, swap: bool = False) -> np.ndarray:
    """∂/∂values (B, n, D) of predict(windows, future) → (B,): one number after the other, moved up and down."""
    found = np.zeros(values.shape)
    for row in range(values.shape[1]):
        for column in range(values.shape[2]):
            step = 1e-5 * max(1.0, float(np.abs(values[:, :, column]).max()))
            ends = []
            for sign in (1, -1):
                moved = values.copy()
                moved[:, row, column] += sign * step
                ends.append(predict(others, moved) if swap else predict(moved, others))
            found[:, row, column] = (ends[0] - ends[1]) / (2 * step)
    return found


def hold_against_differences(model: Model, series: Series, starts=(3, 20, 41), outputs=None):
    windows, future = cut(model, series, starts)
    for ahead, target in outputs or [(0, 0), (model.config.horizon - 1, len(model.targets) - 1)]:
        found = attention(model, windows, future, target=target, ahead=ahead)

        def predict(one, other, ahead=ahead, target=target):
            return model.predict(one, other)[:, ahead, target]

        np.testing.assert_array_equal(found.predicted, predict(windows, future))
        expected = by_differences(predict, windows, future)
        assert np.abs(expected).max() > 0
        scale = np.abs(expected).max(axis=(1, 2), keepdims=True)
        np.testing.assert_allclose(found.window / scale, expected / scale, rtol=1e-5, atol=1e-7)
        if future is not None:
            expected = by_differences(predict, future, windows, swap=True)
            np.testing.assert_allclose(found.ahead / scale, expected / scale, rtol=1e-5, atol=1e-7)
        else:
            assert found.ahead.shape == (len(starts), model.config.horizon, 0)


@pytest.mark.parametrize("roles", list(ROLES))
@pytest.mark.parametrize("difference", FIELDS["difference"].choices)
@pytest.mark.parametrize("residual", FIELDS["residual"].choices)
@pytest.mark.parametrize("scaling", FIELDS["scaling"].choices)
def test_every_framing(scaling, residual, difference, roles):
    series = shops(**ROLES[roles])
    settings = {"scaling": scaling, "residual": residual, "difference": difference}
    if scaling == "none":  # raw values of hundreds would saturate the network
        series = dataclasses.replace(series, values=series.values / [30, 5, 200, 1, 1])
    for more in ({}, {"log": True, "skip": "linear", "patch": 2}):
        hold_against_differences(untrained(series, **settings, **more), series, outputs=[(2, 0)])


@pytest.mark.parametrize("season", [None, 2, 4, 9], ids=["none", "short", "of-the-window", "longer-than-the-window"])
@pytest.mark.parametrize("scaling", ["standard", "window"])
def test_seasons_of_any_length_and_horizons_beyond_them(scaling, season):
    series = shops()
    for residual in ("seasonal", "seasons") if season else ("last",):
        for difference in ("seasonal", "first") if season else ("first",):
            model = untrained(
                series, scaling=scaling, season=season, residual=residual, difference=difference, horizon=7
            )
            hold_against_differences(model, series)


@pytest.mark.parametrize("roles", list(ROLES))
@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("input_weights", ["shared", "per_step"])
def test_every_cell(cell, layers, input_weights, roles):
    series = shops(**ROLES[roles])
    for settings in ({"truncate": 2}, {"patch": 3, "bias": False, "skip": "mean"}):
        model = untrained(series, cell=cell, layers=layers, input_weights=input_weights, **settings)
        hold_against_differences(model, series)


@pytest.mark.parametrize("loss", FIELDS["loss"].choices)
@pytest.mark.parametrize("seeds", [1, 2, 3, 4])
def test_medians_of_ensembles_and_the_middle_level(loss, seeds):
    series = shops()
    for quantiles in ((0.1, 0.5, 0.9), (0.2, 0.6, 0.7, 0.9)):
        model = untrained(series, loss=loss, seeds=seeds, quantiles=quantiles, difference="first")
        hold_against_differences(model, series)


@pytest.mark.parametrize("activation", FIELDS["activation"].choices)
def test_activations_and_a_window_of_one_record(activation):
    series = shops()
    for scaling in ("standard", "window"):
        model = untrained(series, cell="elman", activation=activation, window=1, scaling=scaling, season=None)
        hold_against_differences(model, series)


def test_a_flat_window_that_is_held_at_the_least_scale():
    series = shops()
    values = series.values.copy()
    values[3:9, 0] = 30 + 0.01 * np.sin(np.arange(6))  # far below a tenth of the usual change
    series = dataclasses.replace(series, values=values)
    for season in (None, 3):
        hold_against_differences(untrained(series, scaling="window", season=season), series)


def test_the_article_as_published():
    wave = Series.from_values(np.sin(np.arange(80) / 5))
    settings = {"window": 12, "validation": 10, "hidden": 6, "epochs": 1}
    model = fit(PRESETS["article"].replace(**settings), wave).model
    hold_against_differences(model, wave, starts=(0, 30))


def test_one_of_many_series():
    one, other = shops(), shops()
    other = dataclasses.replace(other, values=other.values[::-1] * 1000)
    joined = Series.joined([one, other], ["one", "other"])
    config = Config(hidden=4, window=6, activation="tanh", epochs=1, residual="last", dtype="float64")
    model = fit(config, joined).model
    with pytest.raises(ValueError, match=r"model\.of\(id\)"):
        attention(model, one.values[None, :6])
    hold_against_differences(model.of("other"), other)


def test_paths_add_up_and_are_told_apart():
    """With no weights but the skip's all goes through the skip; without a skip and a residual all through the layers."""
    series = shops()
    model = untrained(series, skip="linear", scaling="standard")
    windows, _ = cut(model, series, (5, 9))
    params = {name: array * (name == "skip.W") for name, array in model.params.items()}
    found = attention(dataclasses.replace(model, params=params), windows, target=1, ahead=1)
    scale = model.framing.scaler.scale
    by_hand = model.params["skip.W"].reshape(6, 5, 3, 2)[:, :, 1, 1] * scale[1] / scale
    np.testing.assert_allclose(found.paths[SKIP][0], np.broadcast_to(by_hand, (2, 6, 5)), rtol=1e-12)
    assert not found.paths[RECURRENT][0].any() and FRAMING not in found.paths
    shares = found.shares(np.ones(5), [])
    assert shares == {RECURRENT: 0.0, SKIP: 1.0}

    last = untrained(series, residual="last")
    found = attention(last, windows, target=0, ahead=2)
    past = np.zeros((2, 6, 5))
    past[:, -1, 0] = 1  # a unit more in the last record is one more in the forecast
    np.testing.assert_allclose(found.paths[FRAMING][0], past, rtol=1e-12)
    spread = series.values.std(axis=0)
    sizes = {name: (np.abs(path) * spread).sum() for name, (path, _) in found.paths.items()}
    assert found.shares(spread, []) == pytest.approx({n: size / sum(sizes.values()) for n, size in sizes.items()})


def test_outputs_that_there_are_not_are_refused():
    model = untrained(shops())
    windows = shops().values[None, :6]
    with pytest.raises(ValueError, match="target must be from 0 to 1, got 2"):
        attention(model, windows, target=2)
    with pytest.raises(ValueError, match="ahead must be from 0 to 2, got 3"):
        attention(model, windows, ahead=3)
    with pytest.raises(ValueError, match="windows must have the shape"):
        attention(model, windows[:, 1:])
