"""The bundled samples and three chaotic series."""

from __future__ import annotations

import argparse
import time

import numpy as np

import rnn
from rnn.data import SAMPLES, sample_series

LONGEST = 3000
ORIGINS = 3


def mackey_glass(count: int = 1200, delay: int = 17) -> np.ndarray:
    """dx/dt = 0.2 x(t − τ) / (1 + x(t − τ)¹⁰) − 0.1 x, a step of 1 by the midpoint rule (Mackey and Glass 1977)."""
    x = np.full(count + 500 + delay, 1.2)
    for t in range(delay, len(x) - 1):
        gain = 0.2 * x[t - delay] / (1 + x[t - delay] ** 10)
        x[t + 1] = x[t] + gain - 0.1 * (x[t] + 0.5 * (gain - 0.1 * x[t]))
    return x[-count:]


def lorenz(count: int = 1200) -> np.ndarray:
    """x of the Lorenz system (1963), a record every 0.1, by Runge and Kutta's fourth order in steps of 0.01."""
    state, found = np.array([1.0, 1.0, 20.0]), []

    def slope(s: np.ndarray) -> np.ndarray:
        x, y, z = s
        return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    for step in range(10 * (count + 100)):
        a = slope(state)
        b = slope(state + 0.005 * a)
        c = slope(state + 0.005 * b)
        state = state + 0.01 / 6 * (a + 2 * b + 2 * c + slope(state + 0.01 * c))
        if step % 10 == 9:
            found.append(state[0])
    return np.array(found[-count:])


def logistic(count: int = 600) -> np.ndarray:
    """x ← 3.9 x (1 − x)."""
    x = np.empty(count)
    x[0] = 0.3
    for t in range(count - 1):
        x[t + 1] = 3.9 * x[t] * (1 - x[t])
    return x


CHAOTIC = {"mackey-glass": mackey_glass, "lorenz": lorenz, "logistic map": logistic}


def run(options: argparse.Namespace) -> int:
    print("| series | records | horizon | season | MAE over that of the naive forecast | of the linear start | s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    found = {key: sample_series(key) for key, sample in SAMPLES.items() if not sample.shows}
    found |= {name: rnn.Series.from_values(make()) for name, make in CHAOTIC.items()}
    ratios = []
    for name, series in list(found.items())[: options.series]:
        line, ratio = _line(name, series, options)
        print(line, flush=True)
        ratios.append(ratio)
    print(f"| geometric mean | | | | {np.exp(np.mean(np.log(ratios))):.3f} | | |")
    return 0


def _line(name: str, series: rnn.Series, options: argparse.Namespace) -> tuple[str, float]:
    first = max(0, len(series) - LONGEST)
    series = _part(series, first, len(series))
    whole = rnn.recommended(series, **options.fixed)
    horizon, column = whole.horizon, series.target_columns[0]
    started, ours, linear, naive = time.process_time(), 0.0, 0.0, 0.0
    for origin in range(ORIGINS):
        end = len(series) - (origin + 1) * horizon
        known, actual = _part(series, 0, end), series.values[end : end + horizon, column]
        config = rnn.recommended(known, horizon=horizon, **options.fixed)
        ours += np.abs(_forecast(config, known) - actual).mean()
        linear += np.abs(_forecast(config.replace(lr=1e-8, epochs=1), known) - actual).mean()
        season = config.season or 1
        naive += np.abs(known.values[end - season :, column][np.arange(horizon) % season] - actual).mean()
    seconds = (time.process_time() - started) / ORIGINS
    said = f"| {name} | {len(series)} | {horizon} | {whole.season} |"
    return f"{said} {ours / naive:.3f} | {linear / naive:.3f} | {seconds:.1f} |", max(ours / naive, 1e-3)


def _forecast(config: rnn.Config, known: rnn.Series) -> np.ndarray:
    frame = rnn.forecast(rnn.fit(config, known), steps=config.horizon)
    many = len(known.targets) > 1
    return frame[f"{known.targets[0]}.mean" if many else "mean"].to_numpy()


def _part(series: rnn.Series, first: int, end: int) -> rnn.Series:
    return rnn.Series(
        series.times[first:end], series.values[first:end], series.names, series.targets, series.name, series.frequency,
        series.static, series.known,
    )  # fmt: skip
