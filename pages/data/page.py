"""Data: upload or pick a series, see what was understood of it row by row, repair it, split it, look at it."""

import streamlit as st

from pages.data import chart, doctor, gallery, look, reading_choices, receipt, rows, split, understanding
from pages.data.parts import parts_of
from rnn.data import BadFile
from rnn.ui import chosen_series, following, one_of_many, series_choice, session
from rnn.ui.series_columns import draw_columns
from rnn.ui.series_picker import draw_refused, draw_upload
from rnn.ui.stored_series import STORED
from rnn.ui.wording import escaped

session.prepare(session.current_run())

st.markdown("#### Data")
draw_refused()
upload, intro = st.columns([2, 3], gap="large")
with upload:
    draw_upload("Upload a file of your own")
with intro:
    st.markdown(
        "Any table with a column of numbers will do: CSV or text in any separator and encoding, Excel, Parquet, JSON, zipped "
        "or not; sound files and sequences of letters such as DNA as well. The time column is found by itself. Nothing "
        "leaves this machine."
    )
gallery.draw()

st.divider()
table = series_choice.current_table()
understanding.draw(table)
reading_choices.draw(table)
with st.container(horizontal=True, gap="medium", key="roles"):
    if not series_choice.current_choice().data.startswith(STORED):
        draw_columns(table, series_choice.current_choice().data, width=300)
choice = series_choice.current_choice()
following.follow(choice)
try:
    series = chosen_series.series_of(choice)
except BadFile as error:
    st.error(escaped(str(error), 600), icon=":material/error:")
    series = None
if series is not None:
    one_of_many.draw_picker(series, None)
    looked_at, _, _ = one_of_many.shown(series, None, None)
    parts = parts_of(looked_at)
    chart.draw(parts, choice, table.time or "record")
    receipt.draw(table, choice)

findings, dividing, looking, listing = st.tabs(
    ["Findings and repairs", "Split and scaling", "A closer look", "Rows"], key="data_tab", on_change="rerun"
)
if findings.open:
    with findings:
        doctor.draw(table, choice)
if listing.open:
    with listing:
        rows.draw(table)
if dividing.open and series is not None:
    with dividing:
        split.draw(parts)
if looking.open and series is not None:
    with looking:
        look.draw(choice, looked_at)
series_choice.remember_in_link(choice)
