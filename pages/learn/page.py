"""Learn: the article as published, its printed table reproduced here and now, beside the same task done right."""

import streamlit as st

from pages.learn import corrected, published, questions
from rnn.ui import series_choice, session

session.prepare(session.current_run())

st.markdown("#### The article, as published and done right")
st.markdown(
    "Unroll began with F. Shaikh’s *Build a Recurrent Neural Network from Scratch in Python* (Analytics Vidhya, 2019). "
    "Its task: read 50 values of sin(k), predict the next one. 100 windows train the network, 50 validate it."
)
left, right = st.columns(2, gap="large")
with left:
    as_published = st.container()
with right:
    corrected.draw()
questions.draw()
series_choice.remember_in_link(series_choice.current_choice())
# Last, because the first visitor waits for the run: everything else can be read meanwhile.
with as_published:
    published.draw()
