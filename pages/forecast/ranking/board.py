"""The ranking as a table and as a picture, and the file to take away."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.forecast.numbers import FORMAT, file_name
from pages.forecast.ranking.table import NAMES, as_file
from rnn.export.spreadsheet import spreadsheet_bytes
from rnn.forecast.backtest import Backtest
from rnn.ui.figures.ranking import Place, alt_ranking, ranking_figure
from rnn.ui.live_chart import live_chart

# Measure → its name, and which of its variants it is.
MEASURES = {
    "mae": ("MAE", "Mean absolute error, in the units of the series: how far off a forecast is on average."),
    "rmse": ("RMSE", "Root mean squared error, in the units of the series: a few large errors weigh more in it."),
    "smape": ("sMAPE", "Symmetric mean absolute percentage error, from 0 to 200 %: the mean of 200 · |A − F| / (|A| + |F|), "
              "as in the M4 competition. Where both are zero it counts 0."),
    "mase": ("MASE", "Mean absolute scaled error (Hyndman and Koehler 2006): in units of the mean absolute change over a "
             "season in the records that each fold learned from. Below 1 is less than the seasonal naive forecast errs there."),
}  # fmt: skip
COVERAGE = (
    "The share of actual values within the {level} % interval; near {level} % is right, less is too narrow. Networks: split "
    "conformal on their validation part (conformalised quantiles, where they learn those). Exponential smoothing, Theta and "
    "STL: the intervals of their own models. Linear and ridge: split conformal on the last third or so of the history, from "
    "one fit to the records before. Naive, seasonal naive and drift: split conformal on forecasts within its later half. "
    "A dash where the history is too short for any."
)
ROW = 36


def draw(table: pd.DataFrame, found: Backtest, name: str) -> None:
    """table: from `standing`. name: of what is ranked."""
    _draw_table(table)
    if table["measure"].iloc[0] == "mase":
        st.caption("In the order of the MASE: MAE and RMSE over series of different size are those of the largest.")
    st.download_button(
        "Download CSV", spreadsheet_bytes(as_file(table)), mime="text/csv", on_click="ignore", icon=":material/download:",
        file_name=file_name(name, "ranking"), key="download_ranking", help="The whole table with all digits.",
    )  # fmt: skip
    places, metric = places_of(table, found), NAMES[table["measure"].iloc[0]]
    live_chart(
        ranking_figure(places, metric=metric), key="ranking_chart", identity=name, alt=alt_ranking(places, metric=metric),
        height=max(220, 36 * len(places) + 90), file=f"{name} ranking",
    )  # fmt: skip


def places_of(table: pd.DataFrame, found: Backtest) -> list[Place]:
    """The rows of the picture; other seeds where their errors are in the same units, which of many series they are not."""
    fan = found.fan if table["measure"].iloc[0] == "mae" and found.frame["target"].nunique() == 1 else found.fan[:0]
    seeds = fan.groupby(["method", "seed"])["mae"].mean()
    alone = found.frame["id"].nunique() == 1
    return [
        Place(
            row.label, row.error, bool(row.ours),
            seeds[row.method].to_numpy() if alone and row.method in seeds.index.get_level_values(0) else (),
            bool(row.noise) and k > 0,
        )
        for k, row in enumerate(table.itertuples())
    ]  # fmt: skip


def _draw_table(table: pd.DataFrame) -> None:
    shown, config = shown_of(table)
    st.dataframe(
        shown, hide_index=True, row_height=ROW, height=ROW * (len(shown) + 1) + 3, column_config=config, placeholder="–",
        alt=f"Ranking of {len(shown)} methods; the best is {shown['Method'].iloc[0]}",
    )  # fmt: skip


def shown_of(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table as the page shows it, and what its columns mean."""
    number = st.column_config.NumberColumn
    levels = [name.removeprefix("coverage") for name in table if name.startswith("coverage")]
    shown = pd.DataFrame({"ours": table["ours"].map({True: "◆", False: ""}), "Method": table["label"]})
    config: dict[str, Any] = {"ours": st.column_config.TextColumn("", width=30, help="◆ a network of ours")}
    for name, (label, meaning) in MEASURES.items():
        shown[name] = table[name]
        config[name] = number(label, format=FORMAT, help=meaning)
    for level in levels:
        shown[f"coverage{level}"] = 100 * table[f"coverage{level}"]
        config[f"coverage{level}"] = number(f"{level} % held", format="%.0f %%", help=COVERAGE.format(level=level))
    shown["beside"] = ["The best." if k == 0 else text for k, text in enumerate(table["sentence"])]
    config["beside"] = st.column_config.TextColumn(
        "Beside the best", width="large",
        help="By the Diebold–Mariano test over folds (over series, where there are more of them), as corrected by Harvey, "
        "Leybourne and Newbold; its p by Holm’s rule for so many comparisons; and by what other seeds make of a network.",
    )  # fmt: skip
    shown["seconds"] = table["seconds"]
    config["seconds"] = number("Seconds", format="%.2f", help="At work over all folds.")
    return shown, config
