"""How soon the article's sine is learned: validation RMSE against seconds, counted from the call of `rnn.train`.

    python benchmarks/time_to_accuracy.py [--seeds 10] [--only default,skip] [--epochs N]

For the default settings, the preset article-corrected (which the sample brings with it), and the default settings with
skip="linear", each with every seed: when the validation RMSE (original units) first was at most 1e-1, 1e-2, 1e-3, …, at the
end of an epoch or in a preview (the last one shows the weights that are kept), all evaluation included. The table gives the
median and the worst seed; one that never came so far counts as never. The curve is the best RMSE so far:
the median over the seeds, and the worst. Goals, by the worst seed too: 1e-3 within 1.5 s with the default settings and with
article-corrected, and 1e-6 within 1.5 s with the linear skip.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads

from benchmarks.engines import machine
from rnn.core.metrics import rmse
from rnn.core.windows import split_windows
from rnn.data import sample_series

SETTINGS: dict[str, rnn.Config] = {
    "default": rnn.PRESETS["default"],
    "article-corrected": rnn.PRESETS["article-corrected"],
    "skip": rnn.PRESETS["default"].replace(skip="linear"),
}
TITLES = {
    "default": "default settings",
    "article-corrected": "article-corrected",
    "skip": 'default, skip="linear"',
}
GOALS = {"default": (1e-3, 1.5), "article-corrected": (1e-3, 1.5), "skip": (1e-6, 1.5)}
LEVELS = tuple(10.0**-digits for digits in range(1, 9))
WIDTH, HEIGHT = 72, 18


@dataclass(frozen=True)
class Run:
    """seconds, errors: of every epoch and preview, from the call on; errors are validation RMSE. reason, epochs, total:
    why the run ended, and after how many epochs and seconds."""

    seed: int
    seconds: list[float]
    errors: list[float]
    reason: str
    epochs: int
    total: float

    def reached(self, level: float) -> float:
        """Seconds until the error was at most `level`; infinite where it never was."""
        return next((at for at, error in zip(self.seconds, self.errors, strict=True) if error <= level), math.inf)

    def best_by(self, second: float) -> float:
        """The smallest error known by then; infinite before the first epoch."""
        return min(
            (error for at, error in zip(self.seconds, self.errors, strict=True) if at <= second), default=math.inf
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", default=",".join(SETTINGS))
    parser.add_argument("--epochs", type=int, help="in place of the settings' own")
    options = parser.parse_args()
    print(f"{machine.description()}\n")
    machine.warn_of_load()
    train(0, SETTINGS["default"].replace(epochs=1))  # imports and first calls are not what is measured
    for name in options.only.split(","):
        config = SETTINGS[name] if options.epochs is None else SETTINGS[name].replace(epochs=options.epochs)
        runs = [train(seed, config) for seed in range(options.seeds)]
        print(f"### {TITLES[name]}\n\n{table(runs)}\n\n{verdict(name, runs)}\n\n```\n{curve(runs)}\n```\n", flush=True)


def train(seed: int, config: rnn.Config) -> Run:
    series = sample_series("article-sine")
    actual = series.values[split_windows(config, len(series)).validation_rows()][:, None]
    seconds, errors, reason, epochs, began = [], [], "", 0, time.perf_counter()
    for event in rnn.train(config.replace(seed=seed), series):
        now = time.perf_counter() - began
        if isinstance(event, rnn.Finished):
            reason = event.reason
            continue
        epochs = event.epoch if isinstance(event, rnn.Epoch) else epochs
        seconds.append(now)
        errors.append(event.val_rmse if isinstance(event, rnn.Epoch) else rmse(actual, event.validation))
    return Run(seed, seconds, errors, reason, epochs, time.perf_counter() - began)


def table(runs: list[Run]) -> str:
    """Seconds to each level that any seed has reached."""
    lines = ["| validation RMSE | seconds, median | worst | seeds that got there |", "| --- | ---: | ---: | ---: |"]
    for level in LEVELS:
        times = [run.reached(level) for run in runs]
        there = sum(map(math.isfinite, times))
        if there:
            middle, worst = statistics.median(times), max(times)
            lines.append(f"| {level:.0e} | {_seconds(middle)} | {_seconds(worst)} | {there} of {len(runs)} |")
    return "\n".join(lines)


def verdict(name: str, runs: list[Run]) -> str:
    """Where the runs ended, and whether the goal was met."""
    bests = [min(run.errors) for run in runs]
    ends = ", ".join(
        f"{reason} ({sum(run.reason == reason for run in runs)})" for reason in sorted({r.reason for r in runs})
    )
    worst = max(runs, key=lambda run: min(run.errors))
    text = (
        f"Best RMSE of a run: median {statistics.median(bests):.1e}, worst {max(bests):.1e} (seed {worst.seed}). "
        f"Ended: {ends}, after {statistics.median(run.epochs for run in runs):.0f} epochs and "
        f"{statistics.median(run.total for run in runs):.2f} s in the median."
    )
    if name in GOALS:
        level, allowed = GOALS[name]
        late = [run.seed for run in runs if run.reached(level) > allowed]
        missed = f"missed by seed {', '.join(map(str, late))}" if late else "met by every seed"
        text += f" Goal {level:.0e} within {allowed} s: {missed}."
    return text


def curve(runs: list[Run]) -> str:
    """Error (each row a share of a power of ten) against seconds: o the median of the seeds, x the worst, * both."""
    last = max(run.seconds[-1] for run in runs)
    moments = [last * (column + 1) / WIDTH for column in range(WIDTH)]
    medians = [statistics.median(run.best_by(moment) for run in runs) for moment in moments]
    worsts = [max(run.best_by(moment) for run in runs) for moment in moments]
    known = [math.log10(error) for error in (*medians, *worsts) if 0 < error < math.inf]
    if not known:
        return "No seed came to the end of an epoch."
    top, bottom = math.ceil(max(known)), math.floor(min(known))
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]
    for mark, errors in (("x", worsts), ("o", medians)):
        for column, error in enumerate(errors):
            if 0 < error < math.inf:
                row = round((top - math.log10(error)) / max(1, top - bottom) * (HEIGHT - 1))
                rows[row][column] = "*" if rows[row][column] == "x" else mark
    labels = {round((top - power) / max(1, top - bottom) * (HEIGHT - 1)): power for power in range(bottom, top + 1)}
    lines = [
        f"{f'1e{labels[row]:+03d}' if row in labels else '':>6} |{''.join(cells)}" for row, cells in enumerate(rows)
    ]
    axis = f"{'':6} +{'-' * WIDTH}"
    scale = f"{'':7} 0{f'{last / 2:.2f} s':^{WIDTH - 8}}{f'{last:.2f} s':>7}"
    return "\n".join([*(line.rstrip() for line in lines), axis, scale])


def _seconds(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "never"


if __name__ == "__main__":
    main()
