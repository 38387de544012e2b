"""Data: upload or pick a series, and see what was understood of it, row by row."""

import streamlit as st

from pages.data import gallery, reading, understanding
from rnn.ui import series_choice, session
from rnn.ui.series_picker import draw_upload

session.prepare(session.current_run())

st.markdown("#### Data")
upload, intro = st.columns([2, 3], gap="large")
with upload:
    draw_upload("Upload a CSV of your own")
with intro:
    st.markdown(
        "Any CSV with a column of numbers will do, with or without a time column: from Excel, from pandas, with commas, "
        "semicolons or tabs, decimal points or commas. Nothing leaves this machine."
    )
gallery.draw()

st.divider()
table = series_choice.current_table()
understanding.draw(table)
choice = series_choice.current_choice()
reading.draw(table, choice)
series_choice.remember_in_link(choice)
