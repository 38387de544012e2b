"""The rows of the file as they were read."""

from __future__ import annotations

import streamlit as st

from rnn.data import Table

ROWS_SHOWN = 1000


def draw(table: Table) -> None:
    if table.rows > ROWS_SHOWN:
        st.caption(f"The first {ROWS_SHOWN:,} of {table.rows:,} rows; the first column is the row of the file.")
    st.dataframe(table.frame.head(ROWS_SHOWN), height=420)
