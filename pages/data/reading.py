"""The series that comes out of the table: columns, chart, what became of every row, and the rows themselves."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnn.core.series import Series
from rnn.data import BadFile, Table
from rnn.ui import series_choice
from rnn.ui.figures import alt_series, series_figure, series_height
from rnn.ui.kept import kept
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.series_choice import Choice
from rnn.ui.thinning import thin
from rnn.ui.wording import escaped

MOST_POINTS = 2000
ROWS_SHOWN = 1000
KEY = "series_chart"


def draw(table: Table, choice: Choice) -> None:
    series_choice.draw_columns(table, choice.data)
    choice = series_choice.current_choice()
    try:
        series = series_choice.series_of(choice)
    except BadFile as error:
        st.error(escaped(str(error), 600), icon=":material/error:")
        return
    st.fragment(_draw_chart)(series, choice)
    _draw_receipt(table, choice)
    _draw_rows(table)


def _draw_chart(series: Series, choice: Choice) -> None:
    identity = repr(choice)
    view = chart_view(KEY, identity)
    times, values = thin(series.times, series.values, MOST_POINTS * series.values.shape[1], view.x_range)
    label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    figure = series_figure(times, values, series.names, time_label=label)
    # The words are about the whole series, whatever is on the screen: made once, not at each zoom.
    words = kept("series_words", identity, lambda: alt_series(series.times, series.values, series.names))
    live_chart(figure, key=KEY, identity=identity, alt=words, height=series_height(len(series.names)))


def _draw_receipt(table: Table, choice: Choice) -> None:
    receipt = series_choice.receipt_of(choice)
    left_out = "".join(f", {count:,} left out ({reason})" for reason, count in receipt.reasons)
    filled = f"; {receipt.filled:,} missing values filled in" if receipt.filled else ""
    st.markdown(
        f"**{receipt.rows:,}** rows in the file = **{receipt.used:,}** used{left_out or ', none left out'}{filled}."
    )
    for found in (*table.findings, *receipt.findings):
        st.caption(f":material/info: {escaped(found.message, 600)}")


def _draw_rows(table: Table) -> None:
    with st.expander(f"The first {min(ROWS_SHOWN, table.rows):,} rows" if table.rows > ROWS_SHOWN else "All rows"):
        st.dataframe(table.frame.head(ROWS_SHOWN), height=320)
