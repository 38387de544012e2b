"""Series whose law is known, so that their future can be drawn as often as one likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config

Generator = np.random.Generator


@dataclass(frozen=True)
class Law:
    """go_on(values (n,), steps, draws, rng) → (draws, steps): futures after the last of the values, each drawn by itself."""

    start: float
    go_on: Callable[[np.ndarray, int, int, Generator], np.ndarray]
    settings: dict[str, object]

    def series(self, rows: int, rng: Generator) -> np.ndarray:
        return self.go_on(np.array([self.start]), rows, 1, rng)[0]


def _autoregression(values, steps, draws, rng):
    """y = 0.7 y before + ε"""
    last, found = np.full(draws, values[-1]), np.empty((draws, steps))
    for step in range(steps):
        last = found[:, step] = 0.7 * last + rng.standard_normal(draws)
    return found


def _walk(values, steps, draws, rng):
    return values[-1] + np.cumsum(rng.standard_normal((draws, steps)), axis=1)


def _growth(values, steps, draws, rng):
    """log y grows by 0.01 ± 0.1 a step: errors are in proportion to the level, and skewed."""
    return values[-1] * np.exp(np.cumsum(0.01 + 0.1 * rng.standard_normal((draws, steps)), axis=1))


def _restless(values, steps, draws, rng):
    """ARCH(1), y = 0.5 y before + σ ε with σ² = 0.2 + 0.7 (y before)²: wide after large values."""
    last, found = np.full(draws, values[-1]), np.empty((draws, steps))
    for step in range(steps):
        spread = np.sqrt(0.2 + 0.7 * np.minimum(last**2, 25.0))
        last = found[:, step] = 0.5 * last + spread * rng.standard_normal(draws)
    return found


QUICK = {"hidden": 4, "window": 4, "epochs": 3, "batch": 32, "lr": 0.01, "skip": "linear", "validation": 100}

LAWS = {
    "AR(1)": Law(0.0, _autoregression, {}),
    "random walk": Law(0.0, _walk, {"residual": "last"}),
    "growth": Law(100.0, _growth, {"log": True, "residual": "last", "loss": "mae"}),
    "restless": Law(0.1, _restless, {}),
    "restless, by window": Law(0.1, _restless, {"scaling": "window", "window": 12}),
}


def config_of(law: Law, **changes: object) -> Config:
    return Config(**{**QUICK, **law.settings, **changes})
