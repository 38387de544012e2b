"""The section alone: `series` of the session's choice, with the settings form prepared but not drawn."""

import streamlit as st

from pages.data import look
from rnn.ui import chosen_series, series_choice, session

session.prepare(None)
choice = series_choice.current_choice()
look.draw(choice, chosen_series.series_of(choice))
st.caption("end")
