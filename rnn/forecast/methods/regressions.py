"""The two linear forecasts that read what the network reads: plain least squares, and ridge regression after the network's
own preparation.

Both learn from all records of the history, as the other methods do; a network holds some of them back to know when to stop.
What they can use is settled first. Known columns count only where the history's `future` reaches far enough. A column that is
neither predicted nor known nor static has no future to feed back, so beyond the horizon all steps are predicted at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.scaling import Scaler, fit_scaler
from rnn.core.series import Series
from rnn.core.start import network_for, start_of
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.autoregression import Autoregression
from rnn.forecast.known_future import steps_needed
from rnn.forecast.methods.simple import Array, targets_of

# Least squares asks for this many windows for each weight; fewer would be learnt by heart, noise and all.
WINDOWS_A_WEIGHT = 2
# Records that the plain regression learns from at most, the last ones.
MOST_RECORDS = 50_000
# Windows that the ridge regression needs to have something to weigh against something.
LEAST_WINDOWS = 2
# The layers of a network do not show before training, since its readout starts at zero: the smallest do.
UNSEEN_LAYERS = {
    "cell": "elman", "hidden": 1, "layers": 1, "dropout": 0.0, "init": "glorot", "input_weights": "shared", "truncate": None,
    "gradient": "bptt", "seeds": 1,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Learnt:
    """A regression fitted to a history. history: what it was fitted to, with the columns that it reads alone. reach: records
    that it reads before the first one predicted. predict: windows (B, reach, D), steps, and what the known columns hold in the
    steps after, (B, ≥ steps, F) or None → (B, steps, K); all in original units."""

    history: Series
    reach: int
    predict: Callable[[Array, int, Array | None], Array]

    def ahead(self, steps: int) -> Array:
        """The steps after its own history, (steps, K)."""
        future = np.asarray(self.history.future)[None] if self.history.known else None
        return self.predict(self.history.values[None, -self.reach :], steps, future)[0]


def linear(history: Series, config: Config, steps: int) -> Array:
    """Linear autoregression of the network's window: least squares with an intercept on the window (all columns) and on the
    known columns at the steps predicted, all steps of the horizon at once, and beyond it on its own predictions.

    A short history takes a shorter window, as long as it leaves two windows for each weight to learn; one too short for a
    window of one record takes a horizon of one and the targets alone, and then its last value. Of a long one the last
    MOST_RECORDS records count.
    """
    return learn_linear(history, config, steps).ahead(steps)


def learn_linear(history: Series, config: Config, steps: int) -> Learnt:
    """The regression of `linear`, to forecast so many steps from anywhere."""
    history, config = _usable(history, config, steps)
    found = _linear(history, config.window, min(config.horizon, steps))
    if found is None:
        found = _linear(_targets_alone(history), config.window, 1)
    return _last_value(history) if found is None else found


def _linear(history: Series, window: int, horizon: int) -> Learnt | None:
    """None where the history is too short for a window of one record."""
    values = history.values[-MOST_RECORDS:]
    known = [history.names.index(name) for name in history.known]
    # windows = N − window − H + 1 ≥ 2 (window · D + H · F + 1)
    spare = len(values) - horizon + 1 - WINDOWS_A_WEIGHT * (horizon * len(known) + 1)
    window = min(window, spare // (1 + WINDOWS_A_WEIGHT * values.shape[1]))
    if window < 1:
        return None
    columns, rows = history.target_columns, len(values)
    scaler = fit_scaler("standard", values, rows)
    starts = np.arange(rows - window - horizon + 1)
    line = Autoregression.fit(scaler.transform(values), starts, window, horizon, columns, known)

    def predict(windows: Array, steps: int, future: Array | None) -> Array:
        return _drawn_on(line, scaler, windows, steps, future)

    return Learnt(history, window, predict)


def _drawn_on(line: Autoregression, scaler: Scaler, windows: Array, steps: int, future: Array | None) -> Array:
    """windows (B, window, D) → (B, steps, K), pass after pass of the line's horizon on its own predictions."""
    window, horizon, columns, known = line.window, line.horizon, line.columns, line.known
    passes = -(-steps // horizon)
    tracks = np.concatenate([windows, np.repeat(windows[:, -1:], passes * horizon, axis=1)], axis=1)
    if future is not None:
        tracks[:, window : window + steps, known] = future[:, :steps]
    count, length, width = tracks.shape
    # One track after the other, for a line reads a single one.
    scaled = scaler.transform(tracks.reshape(-1, width))
    first = np.arange(count) * length
    for done in range(0, passes * horizon, horizon):
        # Where columns are known for no more than the steps asked for, the last pass starts earlier.
        start = min(done, steps - horizon) if known else done
        records = first[:, None] + window + start + np.arange(horizon)
        scaled[records[:, :, None], columns] = line.predict(scaled, first + start)
    records = first[:, None] + window + np.arange(steps)
    return scaler.inverse(scaled[records][:, :, columns].reshape(count * steps, -1), columns).reshape(count, steps, -1)


def _last_value(history: Series) -> Learnt:
    columns = history.target_columns

    def predict(windows: Array, steps: int, future: Array | None) -> Array:
        return np.repeat(windows[:, -1:, columns], steps, axis=1)

    return Learnt(history, 1, predict)


def ridge(history: Series, config: Config, steps: int) -> Array:
    """Ridge regression after the network's own preparation (logarithm, differencing, scaling, units of the window, residual):
    what the network with skip="linear" predicts before any training, had it all records of the history to start from.

    The logarithm is left out where a target is not above zero. A history too short for two windows takes, in turn: no season
    and no differencing (a residual from the season becomes one from the last value); half of itself as the window; a
    horizon of one and the targets alone; its last value.
    """
    return learn_ridge(history, config, steps).ahead(steps)


def learn_ridge(history: Series, config: Config, steps: int) -> Learnt:
    """The regression of `ridge`, to forecast so many steps from anywhere."""
    history, config = _usable(history, config, steps)
    if config.log and (targets_of(history) <= 0).any():
        config = config.replace(log=False)
    for series, own in _fitting(history, config.replace(skip="linear", **UNSEEN_LAYERS)):
        if len(series) - own.reach - own.horizon + 1 >= LEAST_WINDOWS:
            return _ridge(series, own)
    return _last_value(history)


def _fitting(history: Series, config: Config) -> Iterator[tuple[Series, Config]]:
    """What to try in turn, until the history is long enough."""
    yield history, config
    plain = config.replace(difference="none", residual="none" if config.residual == "none" else "last")
    yield history, plain
    plain = plain.replace(patch=1, window=max(1, min(config.window, (len(history) - config.horizon) // 2)))
    yield history, plain
    yield _targets_alone(history), plain.replace(window=max(1, min(config.window, len(history) // 2 - 1)), horizon=1)


def _ridge(history: Series, config: Config) -> Learnt:
    framing = Framing.fit(config, history, len(history))
    starts = np.arange(len(history) - config.reach - config.horizon + 1)
    params = start_of(config, network_for(config, history), history, framing, starts).params
    model = Model(config, params, framing)

    def predict(windows: Array, steps: int, future: Array | None) -> Array:
        return predict_ahead(model, windows, steps, future)

    return Learnt(history, config.reach, predict)


def _usable(history: Series, config: Config, steps: int) -> tuple[Series, Config]:
    """The history with the columns that a forecast of so many steps can use, and the config whose horizon they allow."""
    known = history.known
    if known and (history.future is None or len(history.future) < steps_needed(config, steps)):
        history = _only(history, [name for name in history.names if name not in known])
    kept = (*history.targets, *history.static, *history.known)
    if steps > config.horizon and any(name not in kept for name in history.names):
        config = config.replace(horizon=steps)
        return _usable(history, config, steps)
    return history, config


def _targets_alone(history: Series) -> Series:
    return _only(history, list(history.targets))


def _only(history: Series, names: list[str]) -> Series:
    """The history with some of its columns; known ones go with all of their kind."""
    columns = [history.names.index(name) for name in names]
    known = tuple(name for name in history.known if name in names)
    return Series(
        history.times, history.values[:, columns], tuple(names), history.targets, history.name, history.frequency,
        tuple(name for name in history.static if name in names), known, history.future if known else None,
    )  # fmt: skip


LEARN = {"linear": learn_linear, "ridge": learn_ridge}
