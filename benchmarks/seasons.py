"""How often the Data page finds a season: where there is none, where there is one in noise, and in the M4 competition's series.

    python benchmarks/seasons.py [--series 200] [--m4 FOLDER]

FOLDER holds m4_hourly_dev.csv and m4_weekly_dev.csv with the columns series and value.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.data.look import find_seasons

KINDS = ((100, "MS", 12), (300, "MS", 12), (1000, "h", 24))  # records, frequency, its season
Noise = Callable[[np.random.Generator, int], NDArray[np.float64]]


def autoregressive(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    values, shocks = np.zeros(count), rng.standard_normal(count)
    for k in range(1, count):
        values[k] = 0.8 * values[k - 1] + shocks[k]
    return values


NOISES: dict[str, Noise] = {
    "white noise": lambda rng, count: rng.standard_normal(count),
    "random walk": lambda rng, count: np.cumsum(rng.standard_normal(count)),
    "autoregression 0.8": autoregressive,
    "heavy tails (t, 3)": lambda rng, count: rng.standard_t(3, count),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--m4", type=Path)
    options = parser.parse_args()
    rng = np.random.default_rng(11)
    print("| share of series with a season found | 100 months | 300 months | 1,000 hours |\n|---|---:|---:|---:|")
    for name, noise in NOISES.items():
        _print(
            name,
            [
                np.mean([bool(find_seasons(noise(rng, count), frequency)) for _ in range(options.series)])
                for count, frequency, _ in KINDS
            ],
        )
    for size in (0.3, 0.5, 1.0):
        _print(
            f"a sine of {size:g} × the deviation of white noise",
            [
                np.mean([_hit(_wave(rng, count, season, size), frequency, season) for _ in range(options.series)])
                for count, frequency, season in KINDS
            ],
        )
    if options.m4:
        for part, frequency, season in (("hourly", "h", 24), ("weekly", "W-SUN", 365.25 / 7)):
            frame = pd.read_csv(options.m4 / f"m4_{part}_dev.csv")
            hits = [_hit(one["value"].to_numpy(), frequency, season) for _, one in frame.groupby("series")]
            print(f"\nM4 {part}: a season of {season:.4g} in {sum(hits)} of {len(hits)} series")


def _wave(rng: np.random.Generator, count: int, season: float, size: float) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = size * np.sqrt(2) * np.sin(2 * np.pi * np.arange(count) / season)
    return wave + rng.standard_normal(count)


def _hit(values: NDArray[np.float64], frequency: str, season: float) -> bool:
    return any(abs(one.period / season - 1) < 0.01 for one in find_seasons(values, frequency))


def _print(name: str, shares: list[np.floating]) -> None:
    print(f"| {name} | {' | '.join(f'{share:.1%}' for share in shares)} |", flush=True)


if __name__ == "__main__":
    main()
