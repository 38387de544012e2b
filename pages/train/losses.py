"""The loss curves, in scaled units or as RMSE, and the learning rate where it changes; on a linear or logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.losses import LOSSES
from rnn.runs.records import Change, Run
from rnn.ui import run_history
from rnn.ui.error_unit import OWN
from rnn.ui.figures import alt_loss, alt_rate, loss_figure, rate_figure
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart
from rnn.ui.one_of_few import one_of_few
from rnn.ui.run_history import Seen
from rnn.ui.thinning import thin
from rnn.ui.wording import number_in_words

HEIGHT = 480
MOST_POINTS = 400
SCALED, ORIGINAL, RATE = "Loss", "RMSE", "Rate"
LINEAR, LOG = "Linear", "Log"


def draw(run: Run | None, seen: Seen | None) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        units = [SCALED, ORIGINAL, RATE] if run and _rate_changes(run) else [SCALED, ORIGINAL]
        unit = one_of_few("Losses in", units, f"loss_unit:{len(units)}")
        axis = one_of_few("Loss axis", [LINEAR, LOG], "loss_axis", default=LOG)
    identity = f"{run.id if run else 'none'}:{unit}:{axis}"
    stamp = (identity, len(seen.epochs), run.best_epoch, len(seen.changes)) if run and seen else identity
    figure, words = kept("losses", stamp, lambda: _picture(run, seen, unit, axis == LOG))
    live_chart(figure, key="loss_chart", identity=identity, alt=words, height=HEIGHT)


def _rate_changes(run: Run) -> bool:
    return run.config.schedule != "constant" or run.config.warmup > 0


def _picture(run: Run | None, seen: Seen | None, unit: str, log: bool) -> tuple[go.Figure, str]:
    """The figure and the same in words."""
    history, original = seen.history if seen else [], unit == ORIGINAL
    if unit == RATE:
        rates = thin(np.array([one.epoch for one in history]), np.array([one.lr for one in history]), MOST_POINTS)
        return rate_figure(*rates, log=log), alt_rate(*rates)
    epochs, train, val = _thinned(history, original)
    shared: dict[str, Any] = {
        "unit": _unit(run, seen, original),
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


def _unit(run: Run | None, seen: Seen | None, original: bool) -> str:
    """What the axis counts."""
    unit = seen.unit if seen else OWN
    if original:
        return unit.axis
    return _loss_label(run.config, "each series'" if unit is not OWN else "the series'") if run else LOSSES["mse"].label


def _loss_label(config: Config, whose: str = "the series'") -> str:
    """The loss and its units, for the axis."""
    if config.gradient == "published":
        return "loss as the article reports it (sum)"
    about = {
        "huber": f" (delta {config.huber_delta:g})",
        "quantile": f" ({levels_in_words(config)})",
    }.get(config.loss, "")
    own = "logarithms of the series" if config.log else f"{whose} own units"
    units = {"none": own, "window": "each window's units"}.get(config.scaling, "scaled units")
    return f"{LOSSES[config.loss].label}{about}, {units}"


def levels_in_words(config: Config) -> str:
    """10, 50, 90 %"""
    return ", ".join(f"{100 * level:g}" for level in config.quantiles) + " %"
