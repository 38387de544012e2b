"""All folds on one chart: what was forecast from each cut-off, over what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pages.forecast.backtest.choices import draw_methods
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest
from rnn.ui.figures.backtest import Track, alt_tracks, tracks_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.thinning import thin

HEIGHT = 400
MOST_POINTS = 1500


def draw(found: Backtest, own: pd.DataFrame, labels: Mapping[str, str], shown: Series, target: str) -> None:
    """own: the rows of the series and the target shown."""
    methods = draw_methods(own, labels, list(found.networks))
    if not methods:
        return
    level = level_of(own, methods[0])
    drawn = tracks_of(own, methods, labels, level)
    times, actual = actual_of(shown, target, own["time"].min(), found.plan.steps)
    figure = tracks_figure(
        *thin(times, actual, MOST_POINTS), drawn, target=target, level=None if level is None else float(level),
        time_label="" if np.issubdtype(shown.times.dtype, np.datetime64) else "record",
    )  # fmt: skip
    wrong = (own["actual"] - own["predicted"]).abs().groupby(own["method"]).mean()
    words = alt_tracks(drawn, {labels[method]: float(wrong[method]) for method in methods}, target=target)
    live_chart(
        figure, key="backtest_tracks", identity=f"{shown.name}:{target}:{found.plan}", alt=words, height=HEIGHT,
        file=f"{shown.name} backtest",
    )  # fmt: skip


def tracks_of(own: pd.DataFrame, methods: Sequence[str], labels: Mapping[str, str], level: str | None) -> list[Track]:
    """One track a method, fold by fold; the interval of this level where there is one."""
    drawn = []
    for method in methods:
        folds = [fold for _, fold in own[own["method"] == method].groupby("fold", sort=True)]
        bands = [None if level is None else (fold[f"lo{level}"], fold[f"hi{level}"]) for fold in folds]
        drawn.append(Track(labels[method], [(fold["time"].to_numpy(), fold["predicted"]) for fold in folds], bands))
    return drawn


def level_of(own: pd.DataFrame, method: str) -> str | None:
    """The narrowest interval that the method has anywhere, by its name in the columns; None for none."""
    rows = own[own["method"] == method]
    levels = sorted((name.removeprefix("lo") for name in own.columns if name.startswith("lo")), key=float)
    return next((level for level in levels if rows[f"lo{level}"].notna().any()), None)


def actual_of(shown: Series, target: str, first: object, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The end of the series, from a little before the first cut-off."""
    start = max(0, int(np.searchsorted(shown.times, np.asarray(first, shown.times.dtype))) - max(20, 2 * steps))
    return shown.times[start:], shown.values[start:, shown.names.index(target)]
