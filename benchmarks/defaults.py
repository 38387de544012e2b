"""Which defaults forecast best: every candidate on every bundled series, judged on a last part that no fit has seen.

Each series is cut: the last 15 % is the test part. A candidate trains on the rest (its own validation share and early
stopping inside it) and predicts the test part, one step ahead or free-running over --steps. The score is RMSE / RMSE of
repeating the last value, as the geometric mean over series and seeds; for one step a linear autoregression of the same
window stands beside it.

    python benchmarks/defaults.py [--seeds 3] [--steps 1] [--only lr,hidden] [--set activation=tanh]
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads
import numpy as np

from rnn.core.config import PRESETS, Config
from rnn.core.fit import fit
from rnn.core.metrics import rmse
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.data import SAMPLES, sample_series
from rnn.forecast import baseline_errors
from rnn.forecast.ahead import predict_ahead
from rnn.ui.controls import parse_link_value

TEST_SHARE = 0.15
LONGEST = 3000

CANDIDATES: dict[str, tuple[object, ...]] = {
    "lr": (1e-3, 2e-3, 3e-3, 5e-3, 1e-2),
    "hidden": (8, 16, 32, 64),
    "batch": (8, 16, 32, 64),
    "window": (12, 24, 36, 48),
    "init": ("glorot", "orthogonal"),
    "scaling": ("standard", "minmax"),
    "activation": ("tanh", "sigmoid", "relu"),
    "patience": (10, 20, 40),
    "clip": ("none", "norm"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--only", default=",".join(CANDIDATES))
    parser.add_argument("--set", action="append", default=[], metavar="field=value")
    options = parser.parse_args()
    series = {key: _shortened(sample_series(key)) for key, sample in SAMPLES.items() if not sample.shows}
    series = {key: one for key, one in series.items() if len(one) * TEST_SHARE > 1.5 * options.steps}
    changes = dict(assignment.split("=") for assignment in options.set)
    base = PRESETS["default"].replace(**{field: parse_link_value(field, text) for field, text in changes.items()})
    print(f"{'':24}  geometric mean   by series: {', '.join(series)}")
    if options.steps == 1:
        _print("linear autoregression", {key: _linear(base, one) for key, one in series.items()})
    for field in options.only.split(","):
        for value in CANDIDATES[field]:
            config = base.replace(**{field: value})
            mark = " (default)" if getattr(base, field) == value else ""
            scores = {key: _score(config, one, options.seeds, options.steps) for key, one in series.items()}
            _print(f"{field}={value}{mark}", scores)


def _shortened(series: Series) -> Series:
    return dataclasses.replace(series, times=series.times[-LONGEST:], values=series.values[-LONGEST:])


def _cut(series: Series) -> tuple[Series, int]:
    end = len(series) - round(len(series) * TEST_SHARE)
    return dataclasses.replace(series, times=series.times[:end], values=series.values[:end]), end


def _score(config: Config, series: Series, seeds: int, steps: int) -> float:
    """Geometric mean over the seeds of RMSE / RMSE of the last value, on the test part."""
    known, end = _cut(series)
    columns = series.target_columns
    config = config.replace(window=min(config.window, end // 3))
    starts = np.arange(end - config.reach, len(series) - config.reach - steps + 1)
    windows = series.values[starts[:, None] + np.arange(config.reach)]
    ahead = starts[:, None] + config.reach + np.arange(steps)
    actual = series.values[ahead][:, :, columns]
    naive = rmse(actual, np.broadcast_to(windows[:, -1:, columns], actual.shape))
    ratios = [
        rmse(actual, predict_ahead(fit(config.replace(seed=seed), known).model, windows, steps)) / naive
        for seed in range(seeds)
    ]
    return math.exp(np.mean(np.log(ratios)))


def _linear(config: Config, series: Series) -> float:
    """The same for the linear autoregression, fitted on everything before the test part."""
    test = len(series) - _cut(series)[1]
    errors = baseline_errors(series, split_windows(config.replace(validation=test), len(series)))
    return max(errors["linear"] / errors["naive"], 1e-3)


def _print(name: str, scores: dict[str, float]) -> None:
    mean = math.exp(np.mean(np.log(list(scores.values()))))
    print(f"{name:24}  {mean:14.3f}   {'  '.join(f'{score:.3f}' for score in scores.values())}", flush=True)


if __name__ == "__main__":
    main()
