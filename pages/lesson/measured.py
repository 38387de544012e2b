"""A run that has ended, as the numbers that a lesson judges it by."""

from __future__ import annotations

import math

import numpy as np

from rnn.core.metrics import rmse
from rnn.core.series import Series
from rnn.forecast.baselines import validation_actual
from rnn.runs.records import Run
from rnn.ui import run_history, session
from rnn.ui.lessons.outcomes import Measured
from rnn.ui.run_history import Seen


def measure(run: Run, with_reach: bool = False) -> Measured:
    """with_reach: look into the weights too, for how much of the error travels back to the first step."""
    series, seen = session.series_of_run(run), run_history.seen(run)
    history = seen.history
    return Measured(
        blew_up=run.state == "diverged",
        epochs=(run.last_finite_epoch or 0) if run.state == "diverged" else run.epoch,
        val_losses=tuple(epoch.val_loss for epoch in history),
        rmse=seen.verdict.rmse if seen.verdict else math.nan,
        last_rmse=history[-1].val_rmse if history else math.nan,
        naive=run_history.baselines(run)["naive"],
        clipped=float(np.mean([epoch.clipped for epoch in history])) if history else 0.0,
        window=run.config.window,
        parameter=run.parameter or "",
        **_levels(run, series, seen),
    )


def _levels(run: Run, series: Series, seen: Seen) -> dict[str, float]:
    """Of the first target what was known, what came and what was predicted; of many series in one there is no one level."""
    if series.lengths:
        return dict.fromkeys(("mean", "highest_known", "highest_actual", "highest_predicted"), math.nan)
    split = run_history.split_of(run, series)
    known = series.values[: split.seen_rows, series.target_columns]
    actual = validation_actual(series, split)
    predicted = seen.preview.validation[..., 0] if seen.preview else np.array([math.nan])
    return {
        "mean": rmse(actual, np.broadcast_to(known.mean(axis=0), actual.shape)),
        "highest_known": float(known[:, 0].max()),
        "highest_actual": float(actual[..., 0].max()),
        "highest_predicted": float(predicted.max()),
    }
