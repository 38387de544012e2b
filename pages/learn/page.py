"""Learn: the article step by step, as published beside done right, its faults mended, its readers' questions."""

import streamlit as st

from pages.learn import sections
from rnn.ui import series_choice, session

session.prepare(session.current_run())
series_choice.remember_in_link(series_choice.current_choice())

st.markdown("#### The article, as published and done right")
st.markdown(
    "Unroll began with F. Shaikh’s *Build a Recurrent Neural Network from Scratch in Python* (Analytics Vidhya, 2019). "
    "Its task: read 50 values of sin(k) and predict the next one."
)
sections.draw()
