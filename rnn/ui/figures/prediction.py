"""What the network says beside what happened, on the part it learned from and on the part it did not."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    DOTTED,
    TEST,
    TRAIN,
    VALIDATION,
    curve,
    empty_figure,
    figure,
    floats,
    moment,
    moments,
    number,
    split_shade,
    tint,
)

_NOTHING = "There are no values to draw."


def prediction_figure(
    times: ArrayLike,
    actual: ArrayLike,
    train_times: ArrayLike | None,
    train_pred: ArrayLike | None,
    val_times: ArrayLike | None,
    val_pred: ArrayLike | None,
    *,
    target: str,
    time_label: str = "",
    split_at: Any = None,
    focus: tuple[Any, Any] | None = None,
    test_times: ArrayLike | None = None,
    test_pred: ArrayLike | None = None,
    test_at: Any = None,
) -> go.Figure:
    """Actual values and predictions over time.

    times, actual: (N,). train_times, train_pred: (P,). val_times, val_pred: (Q,). Times are datetime64 or numbers,
    values in original units, NaN a gap. target: name (and unit) on the y axis. time_label: name of the x axis; dates
    need none. split_at: the first moment of the validation part, from where the background is shaded.
    focus: the part of the time axis to begin with, as `prediction_focus` finds it; None for all of it.
    test_times, test_pred: (R,), predictions of the part that is kept for the end of the run; test_at: its first moment.
    """
    x, y = moments(times), floats(actual)
    if len(x) == 0:
        return empty_figure(_NOTHING)
    traces = [curve(x, y, "actual", ACTUAL, width=2)]
    parts = (
        ("predicted (training)", train_times, train_pred, TRAIN, "solid", "circle"),
        ("predicted (validation)", val_times, val_pred, VALIDATION, DASHED, "square"),
        ("predicted (test)", test_times, test_pred, TEST, DOTTED, "diamond"),
    )
    for name, part_times, predicted, colour, dash, symbol in parts:
        at, values = moments(part_times), floats(predicted)
        if len(at):
            traces.append(curve(at, values, name, colour, dash=dash, symbol=symbol, width=1.5))
    made = figure(traces, time_label, target)
    if split_at is not None:
        last = _last(x, val_times)
        shades = [split_shade(split_at, last if test_at is None else test_at, "validation")]
        if test_at is not None:
            shades.append(split_shade(test_at, last, "test", tint(TEST, 0.14)))
        made.update_layout(shapes=shades)
        made.update_yaxes(domain=[0, 0.93])  # the strip above is for the shade's name, clear of the curves
    if focus is not None:
        made.update_xaxes(range=list(focus))
    return made


def prediction_focus(times: ArrayLike, split_at: Any, points: int = 400) -> tuple[Any, Any] | None:
    """The stretch of time on both sides of the split that shows single steps; None where the whole series does.

    times: (N,). points: how many of them fit well. Returns (first, last) moment.
    """
    x = moments(times)
    if len(x) <= 2 * points or split_at is None:
        return None
    stop = min(int(np.searchsorted(x, split_at)) + points // 2, len(x))
    return x[max(stop - points, 0)], x[stop - 1]


def _last(times: NDArray[Any], val_times: ArrayLike | None) -> Any:
    tail = moments(val_times)
    return max(times[-1], tail[-1]) if len(tail) else times[-1]


def alt_prediction(
    times: ArrayLike,
    actual: ArrayLike,
    train_times: ArrayLike | None,
    train_pred: ArrayLike | None,
    val_times: ArrayLike | None,
    val_pred: ArrayLike | None,
    *,
    target: str,
    split_at: Any = None,
    test_times: ArrayLike | None = None,
    test_pred: ArrayLike | None = None,
    test_at: Any = None,
) -> str:
    """The prediction chart in words, with the root mean squared error of each part; arguments as for the figure."""
    x, y = moments(times), floats(actual)
    if not np.isfinite(y).any():
        return f"Prediction chart of {target}. {_NOTHING}"
    text = [
        f"Prediction chart of {target}, {moment(x[0])} to {moment(x[-1])}. "
        f"Actual values lie between {number(np.nanmin(y))} and {number(np.nanmax(y))}"
    ]
    parts = (
        ("training", train_times, train_pred),
        ("validation", val_times, val_pred),
        ("test", test_times, test_pred),
    )
    for name, part_times, predicted in parts:
        at, values = moments(part_times), floats(predicted)
        if len(at):
            text.append(f"{len(at)} predictions on the {name} part{_error(x, y, at, values)}")
    if split_at is not None:
        text.append(f"Validation begins at {moment(split_at)}")
    if test_at is not None:
        text.append(f"The test part begins at {moment(test_at)}")
    return ". ".join(text) + "."


def _error(x: NDArray[Any], y: NDArray[np.float64], at: NDArray[Any], values: NDArray[np.float64]) -> str:
    """ ", root mean squared error …" over the moments that both have; empty where they share none."""
    row = np.searchsorted(x, at).clip(0, len(x) - 1)
    wrong = np.where(x[row] == at, values - y[row], np.nan)
    wrong = wrong[np.isfinite(wrong)]
    return f", root mean squared error {number(np.sqrt(np.mean(wrong**2)))}" if len(wrong) else ""
