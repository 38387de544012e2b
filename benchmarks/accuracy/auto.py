"""Whether Auto is better than the rule alone: both on classic series, real and simulated, judged on records that neither saw.

From each of a few origins Auto makes its choice by trials within the records before, what it chose is trained on those records
as anyone would, and both forecast the horizon after. The score is the mean absolute error over that of the seasonal naive
forecast (of the naive one where the rule sees no season). Beside it stand every candidate by itself and the best of them, which
only who knows the future can choose. Seconds are those of the processor, for the choice alone.

    python benchmarks/accuracy/auto.py [--origins 2] [--only co2,lorenz] [--margins 0,0.03,0.1] [--json FILE]
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import rnn  # first: it settles the number of BLAS threads
import numpy as np

from rnn.core.series import Series
from rnn.data import SAMPLES, sample_series
from rnn.forecast import choice
from rnn.forecast.auto import Auto, automatic
from rnn.forecast.candidates import RULE, candidates_of
from rnn.forecast.methods import METHODS

LONGEST = 2500  # records of a sample that are used, the last ones


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--origins", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--margins", default="0,0.03,0.05,0.1", help="shares by which another candidate has to beat the rule"
    )
    parser.add_argument("--json", help="also write every number into this file")
    options = parser.parse_args()
    margins = [float(text) for text in options.margins.split(",")]
    print("| series | records | horizon | origin | rule | auto | best possible | chosen | seconds |")
    print("|---|---:|---:|---:|---:|---:|---:|---|---:|")
    found = []
    for name, series, horizon in cases():
        if options.only and name not in options.only.split(","):
            continue
        for origin in range(options.origins):
            found.append(one_case(name, series, horizon, origin))
            print(line_of(found[-1]), flush=True)
            if options.json:
                Path(options.json).write_text(json.dumps(found))
    print()
    summary(found, margins)


def cases() -> Iterator[tuple[str, Series, int]]:
    """Name, series and horizon."""
    horizons = {
        "article-sine": 12, "sunspots": 11, "co2": 26, "air-passengers": 12, "nyc-taxi": 48, "seattle-weather": 14,
        "us-gasoline": 13, "nile": 6, "elnino": 12,
    }  # fmt: skip
    for key in [key for key, sample in SAMPLES.items() if not sample.shows]:
        series = sample_series(key)
        kept = dataclasses.replace(series, times=series.times[-LONGEST:], values=series.values[-LONGEST:])
        yield key, kept, horizons.get(key, 12)
    for name, (values, horizon) in simulated().items():
        yield name, Series.from_values(values, name=name), horizon


def simulated() -> dict[str, tuple[np.ndarray, int]]:
    rng = np.random.default_rng(5)
    noise = rng.normal
    k = np.arange(1000)
    month = np.arange(180)
    demand = np.where(rng.random(400) < 0.3, rng.poisson(4, 400) + 1.0, 0.0)
    ar = np.zeros(600)
    for t in range(1, 600):
        ar[t] = 0.8 * ar[t - 1] + noise()
    week = np.tile([0.7, 0.9, 1.0, 1.0, 1.2, 1.6, 0.6], 80)
    return {
        "mackey-glass": (mackey_glass(1200), 20),
        "lorenz": (lorenz(1500), 20),
        "logistic-map": (logistic_map(600), 4),
        "random-walk": (100 + np.cumsum(noise(size=500)), 12),
        "noisy-sine": (np.sin(2 * np.pi * k[:500] / 25) + noise(0, 0.3, 500), 25),
        "trend-season": ((50 + 0.5 * month) * (1 + 0.2 * np.sin(2 * np.pi * month / 12)) + noise(0, 2, 180), 12),
        "level-shifts": (np.repeat(noise(50, 15, 10), 60) + 5 * np.sin(2 * np.pi * np.arange(600) / 12) + noise(0, 1, 600), 12),
        "intermittent": (demand, 14),
        "autoregression": (ar, 10),
        "shop": (100 * week * np.exp(0.002 * np.arange(560)) * np.exp(noise(0, 0.1, 560)), 14),
        "white-noise": (10 + noise(size=400), 10),
        "two-seasons": (10 + np.sin(2 * np.pi * k / 24) + 0.7 * np.sin(2 * np.pi * k / 168) + noise(0, 0.2, 1000), 24),
        "short-quarters": (20 + np.tile([3.0, 1.0, -2.0, -1.0], 12) + 0.3 * np.arange(48) + noise(0, 0.7, 48), 4),
    }  # fmt: skip


def mackey_glass(count: int, delay: int = 17, per_record: int = 10) -> np.ndarray:
    """Mackey and Glass (1977), β 0.2, γ 0.1, n 10, by Euler steps of 0.1, one record a unit of time, after 500 of them."""
    lag, steps = delay * per_record, (count + 500) * per_record
    x = np.full(steps + lag, 1.2)
    for t in range(lag, steps + lag - 1):
        x[t + 1] = x[t] + (0.2 * x[t - lag] / (1 + x[t - lag] ** 10) - 0.1 * x[t]) / per_record
    return x[lag:][500 * per_record :: per_record]


def lorenz(count: int, step: float = 0.005, per_record: int = 10) -> np.ndarray:
    """x of Lorenz (1963), σ 10, ρ 28, β 8/3, by fourth-order Runge–Kutta, one record each 0.05."""

    def slope(s: np.ndarray) -> np.ndarray:
        return np.array([10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])

    state, found = np.array([1.0, 1.0, 20.0]), []
    for t in range((count + 100) * per_record):
        if t % per_record == 0:
            found.append(state[0])
        a = slope(state)
        b = slope(state + step / 2 * a)
        c = slope(state + step / 2 * b)
        d = slope(state + step * c)
        state = state + step / 6 * (a + 2 * b + 2 * c + d)
    return np.array(found[100:])


def logistic_map(count: int) -> np.ndarray:
    x = np.full(count, 0.3)
    for t in range(1, count):
        x[t] = 3.9 * x[t - 1] * (1 - x[t - 1])
    return x


def one_case(name: str, series: Series, horizon: int, origin: int) -> dict[str, object]:
    """Scores of every candidate on the records after the origin, and those of the trial before it."""
    end = len(series) - origin * max(horizon, len(series) // 8)
    past = dataclasses.replace(series, times=series.times[: end - horizon], values=series.values[: end - horizon])
    actual = series.values[end - horizon : end, series.target_columns]
    started = time.process_time()
    choice_ = automatic(past, horizon)
    seconds = time.process_time() - started
    candidates = candidates_of(past, horizon, {})
    rule = candidates[0].config
    assert rule is not None
    errors = {}
    for one in candidates:
        if one.key in set(choice_.table["key"]):
            config = one.config
            predicted = (
                METHODS[one.key].forecast(past, rule, horizon) if config is None else forecast(config, past, horizon)
            )
            errors[one.key] = float(np.abs(actual - predicted).mean())
    reference = errors["seasonal" if "seasonal" in errors else "naive"]
    test = {key: error / max(reference, 1e-12) for key, error in errors.items()}
    return {"name": name, "records": len(past), "horizon": horizon, "origin": origin, "test": test, "seconds": seconds,
            "trial": dict(zip(choice_.table["key"], choice_.table["score"], strict=True)), "chosen": choice_.chosen,
            "folds": trial_by_fold(choice_)}  # fmt: skip


def forecast(config: rnn.Config, past: Series, horizon: int) -> np.ndarray:
    columns = [f"{target}.mean" for target in past.targets] if len(past.targets) > 1 else ["mean"]
    return rnn.forecast(rnn.fit(config, past), horizon, levels=())[columns].to_numpy()


def trial_by_fold(found: Auto) -> dict[str, list[float]]:
    names = [name for name in found.table.columns if name.startswith("fold")]
    return {row["key"]: [float(row[name]) for name in names] for _, row in found.table.iterrows()}


def line_of(one: dict) -> str:
    test = one["test"]
    scores = " | ".join(f"{value:.3f}" for value in (test[RULE], test[one["chosen"]], min(test.values())))
    case = " | ".join(str(one[field]) for field in ("name", "records", "horizon", "origin"))
    return f"| {case} | {scores} | {one['chosen']} | {one['seconds']:.1f} |"


def summary(found: list[dict], margins: list[float]) -> None:
    """Geometric mean and worst case of the rule, of Auto at each margin, and of each candidate by itself."""
    rows = {"the rule": [one["test"][RULE] for one in found]}
    for margin in margins:
        choice.MARGIN = margin
        rows[f"Auto, margin {margin:g}"] = [one["test"][choice.preferred(one["trial"])] for one in found]
    rows["best possible"] = [min(one["test"].values()) for one in found]
    for key in dict.fromkeys(key for one in found for key in one["test"]):
        rows[f"always {key}, else the rule"] = [one["test"].get(key, one["test"][RULE]) for one in found]
    print("| | geometric mean | mean | worst |")
    print("|---|---:|---:|---:|")
    for name, values in rows.items():
        mean = math.exp(np.mean(np.log(np.maximum(values, 1e-2))))
        print(f"| {name} | {mean:.3f} | {np.mean(values):.3f} | {max(values):.2f} |")


if __name__ == "__main__":
    main()
