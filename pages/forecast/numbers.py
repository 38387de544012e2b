"""The forecast as numbers: a table to read, and a file to take away."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from rnn.export.spreadsheet import to_spreadsheet_csv
from rnn.ui.wording import escaped

FORMAT = "%.5g"


def draw(
    future: pd.DataFrame, levels: Sequence[int], whole: pd.DataFrame, series_name: str, draw_more: Callable[[], None]
) -> None:
    """future: of the target shown. whole: of all targets, as `rnn.forecast` returns it; the file holds this. draw_more: draws
    further files to take away."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("##### The numbers", width="content")
        with st.container(horizontal=True, width="content"):
            st.download_button(
                "Download CSV", csv_of(whole), file_name=file_name(series_name), mime="text/csv", on_click="ignore",
                icon=":material/download:", key="download_forecast",
                help=f"One row a step of {escaped(series_name)}, with all digits and all targets; the columns of `python -m "
                "rnn forecast`.",
            )  # fmt: skip
            draw_more()
    st.dataframe(
        future, hide_index=True, height=min(36 * (len(future) + 1) + 3, 36 * 11), row_height=36, placeholder="–",
        column_config={"time": _time_column(future["time"]), "mean": _number_column("Forecast")} | _edges(levels),
        alt=f"The forecast in numbers, {len(future)} steps",
    )  # fmt: skip


def csv_of(whole: pd.DataFrame) -> str:
    """The same text as the command line prints."""
    return to_spreadsheet_csv(whole)


def file_name(series_name: str, what: str = "forecast", ending: str = "csv") -> str:
    """A name that every file system takes: letters and digits of any script, hyphens between them. what: is in the file."""
    words = re.sub(r"[^\w]+", "-", series_name, flags=re.UNICODE).strip("-_")[:60].rstrip("-_")
    return f"{words or 'series'}-{what}.{ending}"


def _edges(levels: Sequence[int]) -> dict[str, Any]:
    return {
        f"{side}{level}": _number_column(f"{level} % {word}")
        for level in levels
        for side, word in (("lo", "from"), ("hi", "to"))
    }


def _number_column(label: str) -> Any:
    return st.column_config.NumberColumn(label, format=FORMAT)


def _time_column(times: pd.Series) -> Any:
    if not np.issubdtype(times.dtype, np.datetime64):
        return st.column_config.NumberColumn("Record", format="%.10g")
    whole_days = (times == times.dt.normalize()).all()
    return st.column_config.DatetimeColumn("Time", format="YYYY-MM-DD" if whole_days else "YYYY-MM-DD HH:mm:ss")
