"""Whether the settings that the Data page suggests are worth applying: each bundled series trained with and without them.

The last 20 % of each series validate, for both alike. The score is validation RMSE / RMSE of repeating the last value, the
geometric mean over seeds; beside it stand the seasonal naive forecast and a linear autoregression with the suggested window,
both one step ahead. Both networks forecast as many steps as the suggested horizon has, or --steps, going on from their own
values where their horizon is shorter, and are scored over all of them.

    python benchmarks/suggestions.py [--seeds 2] [--epochs 60] [--longest 1500] [--only co2,nile] [--set window=24]
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

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.metrics import rmse
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.data import SAMPLES, sample_series
from rnn.forecast import baseline_errors
from rnn.forecast.ahead import predict_ahead
from rnn.ui.controls import parse_link_value

VALIDATION = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--longest", type=int, default=1500)
    parser.add_argument("--steps", type=int, default=0, help="0: the suggested horizon")
    parser.add_argument("--only", default=",".join(key for key, sample in SAMPLES.items() if not sample.shows))
    parser.add_argument(
        "--set", action="append", default=[], metavar="field=value", help="instead of what is suggested"
    )
    options = parser.parse_args()
    changes = dict(assignment.split("=") for assignment in options.set)
    changes = {field: parse_link_value(field, text) for field, text in changes.items()}
    print("| series | records | suggested | seasonal naive | linear | default | suggested |")
    print("|---|---:|---|---:|---:|---:|---:|")
    totals = []
    for key in options.only.split(","):
        line, scores = _compared(key, _shortened(sample_series(key), options.longest), options, changes)
        totals.append(scores)
        print(line, flush=True)
    default, suggested = (math.exp(np.mean(np.log(column))) for column in np.maximum(np.array(totals), 1e-3).T)
    print(f"| geometric mean | | | | | {default:.3f} | {suggested:.3f} |")


def _shortened(series: Series, longest: int) -> Series:
    return dataclasses.replace(series, times=series.times[-longest:], values=series.values[-longest:])


def _compared(
    key: str, series: Series, options: argparse.Namespace, changes: dict[str, object]
) -> tuple[str, tuple[float, float]]:
    count = len(series)
    base = Config(validation=round(VALIDATION * count), epochs=options.epochs, patience=max(8, options.epochs // 5))
    suggested = rnn.recommended(series, validation=base.validation, refit=False, **changes)
    plain = base.to_dict()
    values = {field: value for field, value in suggested.to_dict().items() if value != plain[field]}
    split = split_windows(suggested.replace(horizon=1), count)
    errors = baseline_errors(series, split, suggested.season)
    seasonal = f"{errors['seasonal'] / errors['naive']:.3f}" if errors.get("seasonal") else "–"
    steps = options.steps or suggested.horizon
    scores = tuple(_score(config, series, steps, options.seeds) for config in (base, suggested))
    shown = ("season", "window", "horizon", "patch", "residual", "skip", "log", "hidden", "epochs")
    said = ", ".join(f"{field} {values[field]}" for field in shown if field in values)
    line = f"| {key} | {count} | {said} | {seasonal} | {errors['linear'] / errors['naive']:.3f} |"
    return f"{line} {scores[0]:.3f} | {scores[1]:.3f} |", scores


def _score(config: Config, series: Series, steps: int, seeds: int) -> float:
    """Geometric mean over the seeds of validation RMSE / RMSE of the last value, over so many steps ahead."""
    count, columns = len(series), series.target_columns
    starts = np.arange(count - int(config.validation) - config.reach, count - config.reach - steps + 1)
    windows = series.values[starts[:, None] + np.arange(config.reach)]
    actual = series.values[starts[:, None] + config.reach + np.arange(steps)][:, :, columns]
    naive = rmse(actual, np.broadcast_to(windows[:, -1:, columns], actual.shape))
    models = [fit(config.replace(seed=seed), series).model for seed in range(seeds)]
    return math.exp(
        np.mean([math.log(max(rmse(actual, predict_ahead(one, windows, steps)) / naive, 1e-9)) for one in models])
    )


if __name__ == "__main__":
    main()
