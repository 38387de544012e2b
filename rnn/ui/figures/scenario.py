"""What would be forecast if the known columns went otherwise, beside the forecast as they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.forecast import Band, alt_forecast, forecast_figure
from rnn.ui.figures.style import DASHED, DOTTED, TEST, TRAIN, VALIDATION, curve, floats, moment, moments, number

_COLOURS = (TRAIN, VALIDATION, TEST)
_DASHES = ("solid", DOTTED, DASHED)
_SYMBOLS = ("circle", "square", "triangle-up")


def scenario_figure(
    history_times: ArrayLike, history: ArrayLike, future_times: ArrayLike, base: ArrayLike,
    scenarios: Mapping[str, ArrayLike], bands: Sequence[Band] = (), *, target: str = "", time_label: str = "",
) -> go.Figure:  # fmt: skip
    """history_times, history: (N,). future_times, base: (S,), the forecast as the columns are known; its intervals are drawn.
    scenarios: name → (S,). Original units."""
    made = forecast_figure(history_times, history, future_times, base, bands, target=target, time_label=time_label)
    made.update_traces(name="base", selector={"name": "forecast"})
    past_x, past = moments(history_times), floats(history)
    known = np.flatnonzero(np.isfinite(past))[-1:]  # all begin at the last known value, as the base does
    x = np.concatenate([past_x[known], moments(future_times)]) if len(known) else moments(future_times)
    for k, (name, mean) in enumerate(scenarios.items()):
        turn = k // len(_COLOURS)
        look: dict[str, Any] = {"dash": _DASHES[(k + turn) % 3], "symbol": _SYMBOLS[(k + turn) % 3], "width": 2.25}
        made.add_trace(curve(x, np.concatenate([past[known], floats(mean)]), name, _COLOURS[k % len(_COLOURS)], **look))
    return made


def alt_scenario(
    history_times: ArrayLike, history: ArrayLike, future_times: ArrayLike, base: ArrayLike,
    scenarios: Mapping[str, ArrayLike], bands: Sequence[Band] = (), *, target: str = "",
) -> str:  # fmt: skip
    """The chart in words; arguments as for `scenario_figure`."""
    text = [alt_forecast(history_times, history, future_times, base, bands, target=target)]
    x = moments(future_times)
    for name, mean in scenarios.items():
        off = floats(mean) - floats(base)
        if not np.isfinite(off).any():
            continue
        most = int(np.nanargmax(np.abs(off)))
        text.append(
            f"{name}: on average {number(np.nanmean(off))} from the base, at most {number(off[most])} at {moment(x[most])}."
        )
    return " ".join(text)
