"""The doctor's section alone, as the Data page draws it."""

import streamlit as st

from pages.data import doctor
from rnn.ui import series_choice, session

session.prepare(session.current_run())
st.session_state.setdefault("data", "sunspots")
series_choice.draw_columns(series_choice.current_table(), st.session_state["data"])
choice = series_choice.current_choice()
doctor.draw(series_choice.current_table(), choice)
series_choice.remember_in_link(choice)
