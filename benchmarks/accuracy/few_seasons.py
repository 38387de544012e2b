"""Short seasonal series: parts of the bundled samples, by month, and simulated ones with a known season.

Each is given its season, as one who knows the calendar would; the last horizon is forecast once.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

import rnn
from rnn.data import sample_series
from rnn.forecast.methods import METHODS

# values, horizon, season
Task = tuple[np.ndarray, int, int]
RIVALS = ("theta", "ridge")
LEAST = 0.02  # of the seasonal naive's error: what a lucky hit counts in the geometric mean


def by_month(key: str) -> pd.DataFrame:
    series = sample_series(key)
    return pd.DataFrame(series.values, pd.DatetimeIndex(series.times), series.names).resample("MS").mean().dropna()


def tasks() -> dict[str, Task]:
    air, co2, gasoline = (by_month(key).iloc[:, 0].to_numpy() for key in ("air-passengers", "co2", "us-gasoline"))
    found: dict[str, Task] = {f"air less {cut}": (air[: len(air) - cut], 12, 12) for cut in (0, 12, 24, 36)}
    found |= {f"co2 from {first}": (co2[first : first + 120], 12, 12) for first in (60, 200, 350)}
    found |= {f"gasoline from {first}": (gasoline[first : first + 110], 12, 12) for first in (0, 120, 230)}
    elnino, weekly = (sample_series(key).values[:, 0] for key in ("elnino", "us-gasoline"))
    found |= {f"elnino from {first}": (elnino[first : first + 130], 12, 12) for first in (0, 150, 300, 450)}
    found |= {f"weekly gasoline from {first}": (weekly[first : first + 300], 13, 52) for first in (0, 900)}
    found["weekly co2"] = sample_series("co2").values[300:560, 0], 13, 52
    for name, values in by_month("seattle-weather").iloc[:, :3].items():
        found[f"weather {name}"] = values.to_numpy(), 6, 12
    return found | simulated()


def simulated() -> dict[str, Task]:
    """By month with growth, two harmonics and noise, three of six about a random walk; by quarter about a random walk."""
    rng, t, q = np.random.default_rng(0), np.arange(132), np.arange(60)
    found: dict[str, Task] = {}
    for n in range(6):
        wave = 0.15 * np.sin(2 * np.pi * t / 12 + n) + 0.08 * np.cos(4 * np.pi * t / 12)
        walk = 0.03 * np.cumsum(rng.standard_normal(132)) * (n > 2)
        found[f"month {n}"] = np.exp(4 + 0.006 * t * (n % 3) + wave + walk + 0.05 * rng.standard_normal(132)), 12, 12
        level = 100 + 0.5 * q * (n % 2) + 1.5 * np.cumsum(rng.standard_normal(60))
        found[f"quarter {n}"] = level + 10 * np.sin(np.pi * q / 2 + n), 6, 4
    return found


def run(options: argparse.Namespace) -> int:
    """MAE over the seasonal naive's: of the press of the button, of Theta, of the mean of both, of the line alone."""
    rows = {}
    print(
        "| series | records | network | " + " | ".join(RIVALS) + " | mean with theta |\n|---|---:|---:|---:|---:|---:|"
    )
    for name, task in list(tasks().items())[: options.series]:
        rows[name] = _errors(task, options.fixed)
        print(f"| {name} | {len(task[0])} | " + " | ".join(f"{one:.2f}" for one in rows[name]) + " |", flush=True)
    found = np.array(list(rows.values()))
    for label, line in (
        ("geometric mean", np.exp(np.log(np.maximum(found, LEAST)).mean(axis=0))),
        ("mean", found.mean(axis=0)),
        ("worst", found.max(axis=0)),
    ):
        print(f"| {label} | | " + " | ".join(f"{one:.3f}" for one in line) + " |")
    return 0


def _errors(task: Task, fixed: dict[str, object]) -> list[float]:
    values, horizon, season = task
    past, actual = values[:-horizon], values[-horizon:]
    series = rnn.Series.from_values(past)
    config = rnn.recommended(series, horizon=horizon, season=season, **fixed)
    network = rnn.forecast(rnn.fit(config, series), horizon, levels=())["mean"].to_numpy()
    others = {key: METHODS[key].forecast(series, config, horizon)[:, 0] for key in RIVALS}
    naive = np.abs(past[len(past) - season :][np.arange(horizon) % season] - actual).mean()
    forecasts = [network, *others.values(), (network + others["theta"]) / 2]
    return [float(np.abs(one - actual).mean() / naive) for one in forecasts]
