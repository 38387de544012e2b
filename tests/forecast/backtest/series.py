"""Series and settings that the tests of the backtest share, and how to run one."""

from __future__ import annotations

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest, Plan, backtest
from rnn.forecast.progress import Step

QUICK = Config(hidden=4, window=6, epochs=2, batch=16, lr=0.02, horizon=3)


def waves(rows: int = 90, season: int = 7, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.2, rows)
    return 10 + np.sin(2 * np.pi * np.arange(rows) / season) * 3 + noise


def days(rows: int, start: str = "2024-01-01") -> np.ndarray:
    return np.datetime64(start) + np.arange(rows)


def single(rows: int = 90, **roles) -> Series:
    return Series(days(rows), waves(rows)[:, None], ("value",), ("value",), "waves", "D", **roles)


def panel(*lengths: int) -> Series:
    parts = [
        Series(days(n), 10.0**k * waves(n, seed=k)[:, None], ("value",), ("value",), frequency="D")
        for k, n in enumerate(lengths)
    ]
    return Series.joined(parts, [f"s{k}" for k in range(len(lengths))])


def run(networks, series, plan: Plan, methods=("naive", "seasonal", "drift"), **options) -> Backtest:
    """The Backtest, once it is clear that the steps before it count up to their total."""
    *steps, last = backtest(networks, series, plan, methods=methods, **options)
    assert all(isinstance(step, Step) for step in steps)
    assert [step.done for step in steps] == list(range(1, len(steps) + 1))
    assert {step.total for step in steps} == {len(steps)}
    assert isinstance(last, Backtest)
    return last
