"""How often intervals hold what comes, and which way of measuring them is sharpest.

    python benchmarks/intervals.py simulated [--series 40]           series whose law is known: the share of drawn futures
    python benchmarks/intervals.py worth [--series 400]              what forecasts from neighbouring origins are worth
    python benchmarks/intervals.py samples|hourly|weekly [--series N] [--set loss=quantile]

worth: best forecasts of random walks, 80 % intervals by the errors of n origins, measured on the n after them: two standard
errors of the share within, beside the margin that `rnn.forecast.coverage` states.

simulated: `rnn.forecast` asked for the interval of many simulated series, 200 futures drawn for each.

The others: a network a series, its last 15 % a test part; every way calibrated on the validation part and measured on the test
part. Printed are the share within, and the mean interval score (width, and what lay outside times 2 / (1 − level)) as a ratio
to absolute errors in original units, geometric mean over the series: below 1 is sharper. hourly and weekly are the development
series of the M4 competition, read from ../shared/data.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads
import numpy as np

from benchmarks.accuracy.competition import HORIZON, tasks
from rnn.data import SAMPLES, sample_series
from rnn.forecast import intervals as rules
from rnn.forecast.coverage import _margin as margin
from rnn.forecast.held_out import HeldOut, held_out
from rnn.forecast.intervals import Intervals, calibrate, learned_levels
from rnn.forecast.measure import Measure
from rnn.forecast.residuals import rank_of
from rnn.ui.controls import parse_link_value
from tests.forecast.simulated import LAWS, Law, config_of

LEVELS = (80, 95)
LONGEST = 3000
Bounds = dict[float, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Parts:
    """What one way of measuring has to go by: forecasts of the validation part and of the test part."""

    known: HeldOut
    new: HeldOut
    measure: Measure
    config: rnn.Config


def independent(parts: Parts) -> Bounds:
    """As `ours`, by the rank of independent errors."""
    counted = rules._worth
    rules._worth = lambda held, beyond: held.told.sum(axis=0).astype(float)
    try:
        return ours(parts)
    finally:
        rules._worth = counted


def ours(parts: Parts, kind: str = "conformal") -> Bounds:
    found = calibrate(parts.known, parts.measure, parts.config, LEVELS, kind)
    return found.around(parts.new.predicted, parts.new.unit)


def quantile(parts: Parts) -> Bounds:
    return ours(parts, "quantile")


def raw_quantiles(parts: Parts) -> Bounds:
    """As learned, without anything measured: of the widest pair for a level that was not."""
    pairs = {level: rules._pair(parts.config, level) for level in LEVELS}
    none = np.zeros(parts.new.actual.shape[1:])
    found = Intervals(parts.measure, parts.new.middle, dict.fromkeys(LEVELS, none), pairs)
    return found.around(parts.new.predicted, parts.new.unit)


def signed(parts: Parts) -> Bounds:
    """Each side by its own errors, half of what may lie outside on each."""
    known, new, measure = parts.known, parts.new, parts.measure
    errors = (measure.scale(known.actual) - measure.scale(known.point)) / known.unit
    point, found = measure.scale(new.point), {}
    for level in LEVELS:
        sides = []
        for side in (-errors, errors):
            reach = np.full(side.shape[1:], np.nan)
            for place in np.ndindex(*reach.shape):
                ordered = np.sort(side[(slice(None), *place)][known.told[(slice(None), *place)]])
                rank = rank_of(len(ordered), len(ordered), 50 + level / 2)
                if rank <= len(ordered):
                    reach[place] = ordered[rank - 1]
            sides.append(reach * new.unit)
        found[level] = measure.original(point - sides[0]), measure.original(point + sides[1])
    return found


def ways(fit: rnn.Fit, steps: int) -> Iterator[tuple[str, Callable[[Parts], Bounds], Parts]]:
    """The first is what the others are compared with."""
    config, log = fit.config, fit.config.log
    units = {
        local: [held_out(fit, steps, part, local=local) for part in ("validation", "test")] for local in (False, True)
    }
    plain, window = (Measure.of(fit, local) for local in units)
    yield "absolute errors", independent, Parts(*units[False], replace(plain, log=False), config)
    if log:
        yield "of logarithms", independent, Parts(*units[False], plain, config)
    by_window = Parts(*units[True], window, config)
    yield "in units of the window", independent, by_window
    yield "… each side by itself", signed, by_window
    yield "… neighbours allowed for", ours, by_window
    if learned_levels(config):
        yield "learned quantiles", raw_quantiles, by_window
        yield "… conformalised", quantile, by_window


def config_for(values: np.ndarray, season: int | None, horizon: int, fixed: dict[str, object]) -> rnn.Config:
    """A quick likeness of the recommended settings, with parts that leave enough to measure."""
    settings: dict[str, object] = {"validation": 0.2, "test": 0.15, "epochs": 12, "patience": 4, "scaling": "window"}
    settings |= {"seeds": 1, "refit": False}
    series = rnn.Series.from_values(values)
    return rnn.recommended(series, horizon=horizon, **({"season": season} if season else {}), **settings, **fixed)


def cases(kind: str, most: int | None) -> Iterator[tuple[str, np.ndarray, int | None, int]]:
    if kind == "samples":
        for key in [key for key, sample in SAMPLES.items() if not sample.shows][:most]:
            series = sample_series(key)
            values = series.values[-LONGEST:, series.target_columns[0]]
            yield key, values, SAMPLES[key].season, min(12, len(values) // 12)
    else:
        for task in tasks(kind)[:most]:
            yield task.name, np.concatenate([task.known, task.actual]), 24 if kind == "hourly" else None, HORIZON[kind]


def measure(kind: str, most: int | None, fixed: dict[str, object]) -> None:
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _, values, season, horizon in cases(kind, most):
        fit = rnn.fit(config_for(values, season, horizon, fixed), rnn.Series.from_values(values))
        base: dict[int, float] = {}
        for name, way, parts in ways(fit, horizon):
            with np.errstate(over="ignore"):
                bounds = way(parts)
            for level, (lo, hi) in bounds.items():
                actual = parts.new.actual
                drawn = parts.new.told & np.isfinite(lo) & np.isfinite(hi)
                if drawn.any():
                    outside = np.maximum(lo - actual, 0) + np.maximum(actual - hi, 0)
                    score = float((hi - lo + outside * 2 / (1 - level / 100))[drawn].mean())
                    base.setdefault(level, score)
                    inside = float(((lo <= actual) & (actual <= hi))[drawn].mean())
                    found.setdefault((name, level), []).append((inside, score / base[level]))
    print("| | within 80 % | score | within 95 % | score | series |\n|---|---:|---:|---:|---:|---:|")
    for name in dict.fromkeys(name for name, _ in found):
        cells = []
        for level in LEVELS:
            inside, ratio = np.array(found[name, level]).T
            cells.append(f"{inside.mean():.1%} | {np.exp(np.log(ratio).mean()):.3f}")
        print(f"| {name} | {' | '.join(cells)} | {len(found[name, LEVELS[0]])} |")


def simulated(count: int, steps: int = 24) -> None:
    print(f"| law | loss | horizon | level | step 1 | step 6 | step {steps} | ± (one standard error) |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, law in LAWS.items():
        for changes in ({"horizon": 1}, {"horizon": steps}, {"horizon": steps, "loss": "quantile"}):
            shares = np.array([_shares(law, seed, steps, changes) for seed in range(count)])
            mean, error = shares.mean(axis=0), shares.std(axis=0) / np.sqrt(count)
            for place, level in enumerate(LEVELS):
                cells = " | ".join(f"{mean[place, step - 1]:.1%}" for step in (1, 6, steps))
                loss = changes.get("loss", law.settings.get("loss", "mse"))
                print(
                    f"| {name} | {loss} | {changes['horizon']} | {level} % | {cells} | {error[place].max():.1%} |",
                    flush=True,
                )


def _shares(law: Law, seed: int, steps: int, changes: dict[str, object]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    values = law.series(400, rng)
    fit = rnn.fit(config_of(law, seed=seed, **changes), rnn.Series.from_values(values))
    frame, futures = rnn.forecast(fit, steps, LEVELS), law.go_on(values, steps, 200, rng)
    return [((frame[f"lo{level}"].to_numpy() <= futures) & (futures <= frame[f"hi{level}"].to_numpy())).mean(axis=0)
            for level in LEVELS]  # fmt: skip


def worth(count: int) -> None:
    """The last value is the best forecast of a walk; at each step ahead its errors over n origins, then over the n after."""
    print(
        "| steps | origins | all steps: 2 errors | stated | last step: 2 errors | stated |\n|---:|---:|---:|---:|---:|---:|"
    )
    for steps, n in ((1, 150), (6, 150), (12, 150), (24, 150), (48, 300), (12, 600)):
        shares = np.array([_walked(steps, n, np.random.default_rng(seed)) for seed in range(count)])
        whole, last = 2 * shares.std(axis=0)
        stated = [margin(0.8, round(n * part), round(n * part)) for part in (5 / (steps + 4), 2 / (steps + 1))]
        print(f"| {steps} | {n} | {whole:.3f} | {stated[0]:.3f} | {last:.3f} | {stated[1]:.3f} |", flush=True)


def _walked(steps: int, n: int, rng: np.random.Generator) -> tuple[float, float]:
    """The share within over all steps, and at the last."""
    walk, inside = rng.standard_normal(2 * n + 1).cumsum(), []
    for step in range(1, steps + 1):
        errors = np.abs(walk[step:] - walk[:-step])
        known, new = errors[: n - step + 1], errors[n : 2 * n - step + 1]
        reach = np.sort(known)[min(len(known), rank_of(len(known), len(known), 80)) - 1]
        inside.append(new <= reach)
    return float(np.concatenate(inside).mean()), float(inside[-1].mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["simulated", "worth", "samples", "hourly", "weekly"])
    parser.add_argument("--series", type=int, default=None)
    parser.add_argument("--set", action="append", default=[], metavar="field=value")
    options = parser.parse_args()
    if options.kind == "simulated":
        simulated(options.series or 40)
        return
    if options.kind == "worth":
        worth(options.series or 400)
        return
    changes = dict(assignment.split("=") for assignment in options.set)
    measure(options.kind, options.series, {field: parse_link_value(field, text) for field, text in changes.items()})


if __name__ == "__main__":
    main()
