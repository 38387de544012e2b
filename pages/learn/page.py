"""Learn: the article as published, its printed table reproduced here and now, beside the same task done right."""

import streamlit as st

from pages.learn import corrected, published, questions
from pages.learn.reproduction import reproduce
from rnn.ui import series_choice, session

session.prepare(session.current_run())
series_choice.remember_in_link(series_choice.current_choice())

st.markdown("#### The article, as published and done right")
st.markdown(
    "Unroll began with F. Shaikh’s *Build a Recurrent Neural Network from Scratch in Python* (Analytics Vidhya, 2019). "
    "Its task: read 50 values of sin(k) and predict the next one."
)
left, right = st.columns(2, gap="large")
as_published, reasons = left.container(), st.container()
with as_published:
    st.markdown("##### As published")
with right:
    corrected.draw()
questions.draw()
# Last, because the first visitor waits for the run: everything else can be read meanwhile.
with as_published:
    found = reproduce()
    published.draw(found)
with reasons:
    published.draw_reasons(found)
