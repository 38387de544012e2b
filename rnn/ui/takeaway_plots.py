"""The charts that a run takes along: losses, predictions on what it learned from and what it did not, and the future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from rnn.core.panel import PanelSplit, Predicted, split_series
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.export.chart_page import chart_page
from rnn.export.takeaway import Takeaway
from rnn.ui.figures import alt_forecast, alt_loss, alt_prediction, forecast_figure, loss_figure, prediction_figure
from rnn.ui.thinning import thin

MOST_POINTS = 5000
PAST = 4  # times as many records as are forecast stand before them


@dataclass(frozen=True, eq=False)
class Picture:
    title: str
    figure: go.Figure
    words: str

    def page(self) -> bytes:
        return chart_page(self.title, self.figure, self.words)


def loss_picture(away: Takeaway) -> Picture:
    """RMSE by epoch, training and validation."""
    history = away.fit.history
    curves = np.array([(epoch.train_rmse, epoch.val_rmse) for epoch in history], np.float64)
    numbers, curves = thin(np.array([epoch.epoch for epoch in history]), curves, MOST_POINTS)
    parts = (numbers, curves[:, 0], curves[:, 1])
    many = len(away.series.parts) > 1
    shared: dict[str, Any] = {
        "unit": "RMSE, usual steps of each series" if many else "RMSE, the series' own units",
        "best_epoch": away.run.best_epoch,
        "changes": [(epoch + 1, f"{field} {new:.4g}") for epoch, _, field, _, new in away.changes],
    }
    return Picture(_title(away, "errors by epoch"), loss_figure(*parts, log=True, **shared), alt_loss(*parts, **shared))


def prediction_picture(away: Takeaway) -> Picture:
    """The first target one step ahead; of many series the first that was trained on."""
    stored = away.store.preview(away.run.id)
    if stored is None:
        raise ValueError("the run has no predictions yet.")
    series, split, preview = _first(away, stored)
    values = series.values[:, series.target_columns[0]]
    parts = [*thin(series.times, values, MOST_POINTS)]
    for part in ("train", "validation"):
        rows = getattr(split, f"{part}_rows")(0)
        parts += thin(series.times[rows], getattr(preview, part)[:, 0, 0], MOST_POINTS)
    shared: dict[str, Any] = {
        "target": series.targets[0],
        "split_at": series.times[split.validation_rows().start],
    }
    if split.test and preview.test is not None:
        rows = split.test_rows(0)
        shared["test_times"], shared["test_pred"] = thin(series.times[rows], preview.test[:, 0, 0], MOST_POINTS)
        shared["test_at"] = series.times[split.test_rows().start]
    figure = prediction_figure(*parts, time_label=_time_label(series), **shared)
    return Picture(_title(away, f"predictions, {series.name}"), figure, alt_prediction(*parts, **shared))


def forecast_picture(away: Takeaway, ahead: pd.DataFrame, levels: Sequence[float]) -> Picture:
    """ahead: as `rnn.forecast` gives it. The first target, and of many series the first."""
    series, fit = away.series, away.fit
    if "id" in ahead and series.lengths:
        first = str(ahead["id"].iloc[0])
        series, ahead = series.part(first), ahead[ahead["id"] == first]
    prefix = f"{fit.model.targets[0]}." if len(fit.model.targets) > 1 else ""
    bands = [(level, ahead[f"{prefix}lo{level:g}"], ahead[f"{prefix}hi{level:g}"]) for level in levels]
    bands = [band for band in bands if np.isfinite(band[1]).any()]
    shown = max(PAST * len(ahead), fit.config.reach)
    history = series.values[-shown:, series.target_columns[0]]
    parts = (
        *thin(series.times[-shown:], history, MOST_POINTS),
        ahead["time"].to_numpy(),
        ahead[f"{prefix}mean"],
        bands,
    )
    figure = forecast_figure(*parts, target=series.targets[0], time_label=_time_label(series))
    return Picture(_title(away, f"forecast, {series.name}"), figure, alt_forecast(*parts, target=series.targets[0]))


def _first(away: Takeaway, preview: Predicted) -> tuple[Series, Split, Predicted]:
    split = split_series(away.run.config, away.series)
    if not isinstance(split, PanelSplit):
        return away.series, split, preview
    first = split.trained[0]
    return away.series.part(first), split.of(first), split.preview_of(preview, first)


def _title(away: Takeaway, what: str) -> str:
    return f"{away.run.name or away.run.id}: {what}"


def _time_label(series: Series) -> str:
    return "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
