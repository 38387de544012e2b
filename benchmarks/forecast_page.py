"""What the Train and Forecast pages compute on large data, piece by piece, in seconds of one core.

    python benchmarks/forecast_page.py [--only seasonal plain many more large] [--whole] [--backtest]

Each piece is one turn of a page's script or less; more than a second of them without a spinner is felt. Beside the training
stands what the page says that it would take. Without --whole one epoch is trained and no second time; what is measured of the
forecast does not depend on how good it is. --backtest adds one fold with every method, and the ranking of it.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("UNROLL_THREADS", "1")

import rnn  # first: it settles the number of BLAS threads

import numpy as np

from rnn.core.events import Epoch
from rnn.core.fit import fit_of
from rnn.core.pace import pace_of
from rnn.core.preflight import preflight
from rnn.core.train import Trainer
from rnn.data.look import suggest
from rnn.forecast import forecast, judge
from rnn.forecast.backtest import Plan, backtest
from rnn.forecast.bias import measured_bias
from rnn.forecast.by_horizon import errors_by_horizon, tracks
from rnn.forecast.coverage import measured_coverage
from rnn.forecast.diagnosis import diagnose_residuals
from rnn.forecast.fitting import Course, fitting_of
from rnn.forecast.scores import scores
from rnn.forecast.yardstick import yardstick

Found = TypeVar("Found")

LIMIT = 1.0  # second of a page's script
ROWS, HOURS = 200_000, 960
LEVELS = (80, 95)


def hourly(rows: int, seed: int = 0) -> np.ndarray:
    """A day and a week in noise that has a memory."""
    chance, hours = np.random.default_rng(seed), np.arange(rows)
    waves = 20 * np.sin(2 * np.pi * hours / 24) + 10 * np.sin(2 * np.pi * hours / 168)
    return 100 + waves + 0.02 * chance.normal(size=rows).cumsum() + 3 * chance.normal(size=rows)


def single(values: np.ndarray) -> rnn.Series:
    return rnn.Series.from_values(values)


def many(count: int) -> rnn.Series:
    """Hourly series of the M4 competition's length, of very different size."""
    parts = [single(hourly(HOURS, number) * 10 ** (number % 4)) for number in range(count)]
    return rnn.Series.joined(parts, [f"s{number}" for number in range(count)])


# Name → what it is, the series, and the settings that are fixed.
SUBJECTS: dict[str, tuple[str, Callable[[], rnn.Series], dict[str, Any]]] = {
    "seasonal": ("200,000 hours", lambda: single(hourly(ROWS)), {}),
    "plain": (
        "200,000 records without a season",
        lambda: single(500 + np.random.default_rng(1).normal(size=ROWS).cumsum() * 0.1), {},
    ),
    "many": ("414 series of 960 hours", lambda: many(414), {}),
    "more": ("1,000 series of 960 hours", lambda: many(1000), {}),
    "large": ("20,000 hours, hidden 256, horizon 168", lambda: single(hourly(20_000)), {"hidden": 256, "horizon": 168}),
}  # fmt: skip


def measured(title: str, call: Callable[[], Found], limit: float | None = LIMIT) -> Found:
    """Runs it and prints the seconds; limit: what they are a share of, None where there is none."""
    started = time.process_time()
    found = call()
    seconds = time.process_time() - started
    share = "" if limit is None else f"{seconds / limit:8.2f} of the limit{'  OVER' if seconds > limit else ''}"
    print(f"  {title:<46}{seconds:8.2f} s{share}", flush=True)
    return found


def on_train(series: rnn.Series, fixed: dict[str, Any], whole: bool) -> rnn.Fit:
    """What happens from the choice of a series to the end of its run."""
    measured(
        "the look at the series, with its reasons",
        lambda: suggest(
            series.values, None, series.frequency, series.target_columns, lengths=series.lengths, fixed=fixed
        ),
    )
    config = rnn.recommended(series, **fixed)
    columns = (len(series.names), len(series.targets))
    split = preflight(config, len(series), *columns, lengths=series.lengths, ids=series.ids).split
    pace = measured("the trial that the time said rests on", lambda: pace_of(config, split, *columns))
    print(f"  {'time said, both trainings':<46}{pace.seconds(config.epochs):8.1f} s")
    config = config if whole else config.replace(epochs=1, refit=False)
    trainer = measured("set up", lambda: Trainer(config, series), None)
    started, events = time.process_time(), []
    for event in trainer.run():
        events.append(event)
        if isinstance(event, Epoch) and event.epoch == 1:
            first = time.process_time() - started
    took = time.process_time() - started
    print(f"  {'first epoch':<46}{first:8.2f} s{pace.epoch / first:8.2f} said / measured")
    if whole:
        print(f"  {'both trainings':<46}{took:8.1f} s{pace.seconds(config.epochs) / took:8.2f} said / measured")
    preview = measured("predictions of the best weights, by the worker", trainer.preview_best, None)
    measure = measured("baselines, once a run", lambda: yardstick(series, trainer.split, config.season))
    measured("verdict, at each redraw", lambda: judge(series, trainer.split, preview.validation, measure.losses), 0.35)
    history = trainer.state.history
    course = Course(history, True, measure.windows, measure.naive, measure.learnable)
    measured("over- and under-fitting, at each redraw", lambda: fitting_of(course, config), 0.35)
    return fit_of(trainer, events[-1])


def on_forecast(fit: rnn.Fit) -> None:
    """The sections of the Forecast page; of many series for the first one."""
    horizon, id_ = fit.config.horizon, fit.series.ids[0] if fit.series.lengths else None
    alone = fit.of(id_) if id_ else fit
    last = len(alone.series) - horizon
    for title, call in {
        "forecast with intervals": lambda: forecast(fit, horizon, LEVELS, id=id_),
        "forecast of two horizons": lambda: forecast(fit, 2 * horizon, LEVELS, id=id_),
        "forecasts of all series": lambda: forecast(fit, horizon, LEVELS),
        "direct and free-running from an origin": lambda: tracks(alone, horizon, last),
        "bias": lambda: measured_bias(alone, horizon),
        "errors by steps ahead": lambda: errors_by_horizon(alone, horizon),
        "measured coverage": lambda: measured_coverage(fit, horizon, LEVELS),
        "residuals, one step ahead": lambda: diagnose_residuals(alone),
        "residuals, at the horizon": lambda: diagnose_residuals(alone, 0, horizon - 1),
    }.items():
        if id_ or title != "forecasts of all series":
            measured(title, call)


def on_backtest(fit: rnn.Fit) -> None:
    """One fold of a study, and the ranking that the page makes of it."""
    short = fit.config.replace(epochs=1, refit=False)

    def study() -> Any:
        *_, found = backtest({"network": short}, fit.series, Plan(fit.config.horizon, folds=1))
        return found

    found = measured("backtest, one fold, a network of one epoch", study, None)
    print(f"  {'… of which by method':<46}{', '.join(f'{key} {one:.1f}' for key, one in found.seconds.items())}")
    measured("ranking in total", lambda: scores(found.frame))
    if fit.series.lengths:
        measured("ranking by series", lambda: scores(found.frame, by=("id",)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--whole", action="store_true", help="train as the page would, the second time too")
    parser.add_argument("--backtest", action="store_true", help="also one fold of a backtest, and its ranking")
    options = parser.parse_args()
    for name in options.only:
        words, made, fixed = SUBJECTS[name]
        print(f"{words}")
        fit = on_train(made(), fixed, options.whole)
        on_forecast(fit)
        if options.backtest:
            on_backtest(fit)
        print(f"  {'most memory so far':<46}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB\n")


if __name__ == "__main__":
    main()
