"""Many series: who wins how many of them, and where the network does worst."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.forecast.numbers import FORMAT
from pages.forecast.ranking.table import by_series, wins
from rnn.export.spreadsheet import spreadsheet_bytes
from rnn.forecast.backtest import Backtest

ROW, MOST_HEIGHT = 36, 36 * 12


def draw(frame: pd.DataFrame, found: Backtest, labels: Mapping[str, str]) -> None:
    """frame: rows of one target of all series."""
    table = by_series(frame, list(found.networks))
    if table.empty:
        return
    methods = frame.loc[frame["predicted"].notna(), "method"].unique().tolist()
    ahead = int((table["ratio"] < 1).sum())
    st.markdown("##### Series by series")
    st.caption(
        f"In **{ahead:,}** of {len(table):,} series a network is ahead of every other method. The worst for it stand first."
    )
    left, right = st.columns([2, 5], gap="large")
    with left:
        _draw_wins(wins(table, methods), labels)
    with right:
        _draw_series(table, labels)


def _draw_wins(table: pd.DataFrame, labels: Mapping[str, str]) -> None:
    shown = table.assign(method=table["method"].map(labels))[["wins", "method"]]
    st.dataframe(
        shown, hide_index=True, row_height=ROW, placeholder="–", height=min(ROW * (len(shown) + 1) + 3, MOST_HEIGHT),
        column_config={"wins": st.column_config.NumberColumn("Series", width=70), "method": "of which the best by MASE is"},
        alt=f"How many series each of {len(shown)} methods is best of",
    )  # fmt: skip


def _draw_series(table: pd.DataFrame, labels: Mapping[str, str]) -> None:
    shown = table.assign(best=table["best"].map(labels), other=table["other"].map(labels))
    number = st.column_config.NumberColumn
    st.dataframe(
        shown, hide_index=True, row_height=ROW, placeholder="–", height=min(ROW * (len(shown) + 1) + 3, MOST_HEIGHT),
        column_config={
            "id": "Series", "best": "Best", "ours": number("Network, MASE", format=FORMAT), "other": "Best other method",
            "theirs": number("Its MASE", format=FORMAT),
            "ratio": number("Ratio", format="%.3f", help="Network’s MASE over that of the best other: above 1 it loses."),
        },
        alt=f"The network beside the best other method in {len(shown)} series, the worst first",
    )  # fmt: skip
    st.download_button(
        "Download series by series (CSV)", spreadsheet_bytes(shown), file_name="ranking-by-series.csv", mime="text/csv",
        on_click="ignore", icon=":material/download:", key="download_series_ranking",
    )  # fmt: skip
