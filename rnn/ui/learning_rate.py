"""The learning rate over a run as a small picture, beneath the choice of its schedule."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnn.core.schedules import factor
from rnn.ui.sparkline import draw_sparkline

POINTS = 200


def draw(lr: float, schedule: str, warmup: float) -> None:
    """Nothing for a rate that never changes."""
    if schedule == "constant" and warmup == 0:
        return
    rates = lr * np.array([factor(schedule, warmup, share) for share in np.arange(POINTS) / POINTS])
    words = f"Over the run: {' → '.join(_words(rate, lr) for rate in (rates[0], rates.max(), rates[-1]))}"
    draw_sparkline(rates, width=260, height=36, label=f"Learning rate. {words}")
    st.caption(words)


def _words(rate: float, lr: float) -> str:
    """Two digits without an exponent; about 0 where it is nothing beside the full rate."""
    return np.format_float_positional(float(f"{rate:.2g}"), trim="-") if rate > lr / 1000 else "about 0"
