"""The article's losses: the run of its algorithm, and on it the values that the article printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.loss import alt_loss, loss_figure
from rnn.ui.figures.style import TRAIN, VALIDATION, floats, number

_UNIT = "loss as published (sum)"


def article_figure(
    epochs: ArrayLike,
    loss: ArrayLike,
    val_loss: ArrayLike,
    printed_epochs: ArrayLike,
    printed_loss: ArrayLike,
    printed_val_loss: ArrayLike,
) -> go.Figure:
    """Both losses by epoch on a logarithmic axis, (N,) each, and as open rings the printed ones, (P,) each."""
    made = loss_figure(epochs, loss, val_loss, log=True, unit=_UNIT)
    for y, colour, name in ((printed_loss, TRAIN, "training"), (printed_val_loss, VALIDATION, "validation")):
        made.add_trace(go.Scatter(_rings(printed_epochs, y, colour, name)))
    return made


def _rings(x: ArrayLike, y: ArrayLike, colour: str, name: str) -> dict[str, Any]:
    return {
        "x": np.asarray(x),
        "y": floats(y),
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 12, "color": colour, "line": {"width": 1.5}},
        "name": f"{name}, as printed",
        "hovertemplate": "%{y:.8~g}",
    }


def alt_article(
    epochs: ArrayLike, loss: ArrayLike, val_loss: ArrayLike, printed_epochs: ArrayLike, printed_loss: ArrayLike
) -> str:
    """The chart in words; arguments as for `article_figure`."""
    printed = floats(printed_loss)
    return (
        f"{alt_loss(epochs, loss, val_loss, unit=_UNIT)} The article printed {len(printed)} epochs, from "
        f"{number(printed[0])} at epoch {np.asarray(printed_epochs)[0]} to {number(printed[-1])} at epoch "
        f"{np.asarray(printed_epochs)[-1]}."
    )
