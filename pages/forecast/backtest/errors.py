"""What the error goes with: the fold, how far ahead, and what of the calendar means something for these records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.forecast.backtest.choices import BESIDE, MOST_DRAWN
from rnn.forecast.scores import scores
from rnn.ui.figures.backtest import alt_errors, errors_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 320
WAYS = {"fold": "Fold", "step": "Steps ahead", "weekday": "Weekday", "month": "Month", "hour": "Hour"}
ALONG = {"fold": "fold", "step": "steps ahead", "weekday": "weekday", "month": "month", "hour": "hour of the day"}
UNITS = {"mae": "mean absolute error", "mase": "mean absolute scaled error"}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = pd.Timedelta(days=1)


def draw(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    networks: Sequence[str],
    frequency: str | None,
    metric: str,
    target: str,
) -> None:
    """frame: rows of one target. metric: "mae" or, over many series, "mase"."""
    ways = ["fold", "step", *sorted(calendar_ways(frame["time"]), key=list(WAYS).index)]
    st.markdown("##### Where it errs")
    way = str(st.segmented_control(
        "Error by", ways, format_func=WAYS.get, key="backtest_way", default="fold", required=True, label_visibility="collapsed",
    ))  # fmt: skip
    table = table_of(frame, way, metric)
    methods = drawn_of(table, networks)
    unit = f"{UNITS[metric]}{f', {target}' if metric == 'mae' else ''}"
    places = [in_words(way, place) for place in table.index]
    curves = {labels[name]: table[name].to_numpy() for name in methods}
    live_chart(
        errors_figure(places, curves, along=ALONG[way], unit=unit), key="backtest_errors", identity=f"{way}:{metric}",
        alt=alt_errors(places, curves, along=ALONG[way], unit=unit), height=HEIGHT, file=f"errors by {ALONG[way]}",
    )  # fmt: skip
    with st.expander("These errors in numbers, of every method"):
        shown = table.rename(columns=labels).rename(index=lambda place: in_words(way, place))
        st.dataframe(
            shown.rename_axis(WAYS[way]),
            row_height=34,
            placeholder="–",
            alt=f"Errors by {ALONG[way]}, {len(shown)} rows",
        )


def table_of(frame: pd.DataFrame, way: str, metric: str) -> pd.DataFrame:
    """One row a place (fold, step, weekday, …) in order, one column a method that has a forecast."""
    found = scores(frame[frame["predicted"].notna()], by=(way,))
    return found.pivot(index=way, columns="method", values=metric).sort_index()


def drawn_of(table: pd.DataFrame, networks: Sequence[str]) -> list[str]:
    """The networks, the ridge regression, and the best of the others on average, as many as a chart can tell apart."""
    ours = [name for name in (*networks, BESIDE) if name in table]
    others = table.drop(columns=ours).mean().sort_values().index
    return [*ours, *others][: max(3, min(MOST_DRAWN, len(ours) + 1))]


def calendar_ways(times: pd.Series) -> list[str]:
    """What of the calendar takes several values and stays the same between two records often enough to mean something: the
    hour for records of less than a day, the weekday up to days, the month up to quarters; each only where records do not
    all share one."""
    if not np.issubdtype(times.dtype, np.datetime64):
        return []
    moments = pd.DatetimeIndex(np.sort(times.unique()))
    if len(moments) < 2:
        return []
    usual = np.median(np.diff(moments.values)).astype("timedelta64[ns]")
    found = {"hour": (usual < _DAY, moments.hour), "weekday": (usual <= _DAY, moments.day_of_week)}
    found["month"] = (usual <= 100 * _DAY, moments.month)
    return [way for way, (meant, values) in found.items() if meant and values.nunique() > 1]


def in_words(way: str, place: Any) -> Any:
    """Monday is 0, January 1."""
    if way == "weekday":
        return _WEEKDAYS[int(place)]
    return _MONTHS[int(place) - 1] if way == "month" else int(place)
