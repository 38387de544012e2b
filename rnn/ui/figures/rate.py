"""The learning rate by epoch."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import FORECAST, curve, empty_figure, figure, floats, number

_NO_EPOCH = "No epoch is finished yet."


def rate_figure(epochs: ArrayLike, rates: ArrayLike, *, log: bool) -> go.Figure:
    """epochs: (N,) from 1. rates: (N,), the rate of each epoch's last step; on a log axis a rate of zero is a gap."""
    x, y = np.asarray(epochs).reshape(-1), floats(rates)
    if len(x) == 0:
        return empty_figure(_NO_EPOCH)
    made = figure(
        [curve(x, np.where(y > 0, y, np.nan) if log else y, "learning rate", FORECAST)], "epoch", "learning rate"
    )
    made.update_yaxes({"type": "log", "dtick": 1} if log else {"type": "linear", "rangemode": "tozero"})
    made.update_xaxes(unifiedhovertitle={"text": "epoch %{x}"}, hoverformat="d", tickformat=",d", minallowed=0)
    if np.ptp(x) < 8:
        made.update_xaxes(dtick=1)  # no half epochs
    return made


def alt_rate(epochs: ArrayLike, rates: ArrayLike) -> str:
    """The chart in words; arguments as for `rate_figure`."""
    x, y = np.asarray(epochs).reshape(-1), floats(rates)
    if len(x) == 0:
        return f"Learning rate. {_NO_EPOCH}"
    top = int(np.argmax(y))
    return (
        f"Learning rate, {number(y[0])} at epoch {x[0]}, highest {number(y[top])} at epoch {x[top]}, {number(y[-1])} at "
        f"epoch {x[-1]}."
    )
