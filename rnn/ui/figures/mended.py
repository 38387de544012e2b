"""Validation errors by epoch of the article's training with some of its faults mended, and the cosines of its direction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    DOTTED,
    FORECAST,
    TEST,
    TRAIN,
    VALIDATION,
    curve,
    empty_figure,
    figure,
    floats,
    number,
)

_COLOURS, _DASHES = (TRAIN, VALIDATION, FORECAST, TEST), ("solid", DASHED, DOTTED)


def mended_figure(curves: Mapping[str, ArrayLike], mean: float) -> go.Figure:
    """One line a run: RMSE by epoch from 0, on a logarithmic axis; `mean`, always predicting the mean, as a level.

    Up to twelve are told apart by colour and dash; what is not finite is a gap.
    """
    if not curves:
        return empty_figure("No run has been made yet.")
    traces = []
    for number_, (name, values) in enumerate(curves.items()):
        y = floats(values)
        dash = _DASHES[number_ // len(_COLOURS) % len(_DASHES)]
        # Plotly cannot show more than a float32 and a bit on a logarithmic axis with sense.
        traces.append(
            curve(
                np.arange(len(y)),
                np.where((y > 0) & (y < 1e6), y, np.nan),
                name,
                _COLOURS[number_ % len(_COLOURS)],
                dash=dash,
            )
        )
        traces[-1]["mode"] = "lines"
    last = max(len(floats(values)) for values in curves.values()) - 1
    ends = np.array([0.0, last])
    traces.append(curve(ends, np.array([mean, mean]), "always the mean", ACTUAL, dash=DOTTED) | {"mode": "lines"})
    made = figure(traces, "epoch", "validation RMSE")
    return made.update_yaxes(type="log", dtick=1, tickformat="~g", minorloglabels="complete")


def alt_mended(curves: Mapping[str, ArrayLike], mean: float) -> str:
    told = []
    for name, values in curves.items():
        y = floats(values)
        told.append(f"{name}: from {number(y[0])} to {number(y[-1]) if np.isfinite(y[-1]) else 'beyond all numbers'}")
    return f"Validation RMSE by epoch, always the mean {number(mean)}. {'; '.join(told) or 'No run yet'}."


def cosines_figure(cosines: Mapping[str, ArrayLike]) -> go.Figure:
    """Cosine of the published direction with the true gradient by epoch from 0, one line for each of dU, dW and dV."""
    traces = []
    for (name, values), colour, dash in zip(cosines.items(), _COLOURS, (DASHED, DOTTED, "solid"), strict=False):
        y = floats(values)
        traces.append(curve(np.arange(len(y)), y, name, colour, dash=dash, width=2))
    made = figure(traces, "epoch", "cosine with the true gradient")
    return made.update_yaxes(range=[-1.05, 1.05], zeroline=True, tickvals=[-1, -0.5, 0, 0.5, 1])


def alt_cosines(cosines: Mapping[str, ArrayLike]) -> str:
    arrays = {name: floats(values) for name, values in cosines.items()}
    told = "; ".join(
        f"{name} {number(y[0])} before training, {number(y[-1])} after {len(y) - 1} epochs"
        for name, y in arrays.items()
    )
    return f"Cosine of the published direction with the true gradient: {told}."
