"""The loss curves, in scaled or original units, on a linear or logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from rnn.core.events import Epoch
from rnn.core.losses import LOSSES
from rnn.runs.records import Change, Run
from rnn.ui import run_history
from rnn.ui.figures import alt_loss, loss_figure
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart
from rnn.ui.run_history import Seen
from rnn.ui.thinning import thin
from rnn.ui.wording import number_in_words

HEIGHT = 480
MOST_POINTS = 400
SCALED, ORIGINAL = "Loss", "RMSE"
LINEAR, LOG = "Linear", "Log"


def draw(run: Run | None, seen: Seen | None) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        unit = st.segmented_control(
            "Losses in", [SCALED, ORIGINAL], default=SCALED, required=True, key="loss_unit",
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        axis = st.segmented_control(
            "Loss axis", [LINEAR, LOG], default=LOG, required=True, key="loss_axis", label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
    identity = f"{run.id if run else 'none'}:{unit}:{axis}"
    stamp = (identity, len(seen.epochs), run.best_epoch, len(seen.changes)) if run and seen else identity
    figure, words = kept("losses", stamp, lambda: _picture(run, seen, unit == ORIGINAL, axis == LOG))
    live_chart(figure, key="loss_chart", identity=identity, alt=words, height=HEIGHT)


def _picture(run: Run | None, seen: Seen | None, original: bool, log: bool) -> tuple[go.Figure, str]:
    """The figure and the same in words."""
    epochs, train, val = _thinned(seen.history if seen else [], original)
    shared: dict[str, Any] = {
        "unit": "RMSE, the series' own units" if original else _loss_label(run),
        "best_epoch": run.best_epoch if run else None,
        "changes": _labels(seen.changes) if seen else [],
        "naive": run_history.baselines(run)["naive"] if run and original else None,
    }
    return loss_figure(epochs, train, val, log=log, **shared), alt_loss(epochs, train, val, **shared)


def _thinned(history: Sequence[Epoch], original: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    epochs = np.array([epoch.epoch for epoch in history])
    if original:
        curves = [(epoch.train_rmse, epoch.val_rmse) for epoch in history]
    else:
        curves = [(epoch.train_loss, epoch.val_loss) for epoch in history]
    both = np.array(curves, dtype=np.float64).reshape(-1, 2)
    epochs, both = thin(epochs, both, MOST_POINTS)
    return epochs, both[:, 0], both[:, 1]


def _labels(changes: Sequence[Change]) -> list[tuple[int, str]]:
    return [
        (change.epoch, f"{change.field} {number_in_words(change.new).rstrip('0').rstrip('.')}") for change in changes
    ]


def _loss_label(run: Run | None) -> str:
    if run is not None and run.config.gradient == "published":
        return "loss as the article reports it (sum)"
    return f"{LOSSES[run.config.loss if run else 'mse'].label}, scaled units"
