"""Inside: is the gradient right, what the network remembers along a window, and what its weights look like."""

import streamlit as st

from pages.inside import gradient_check, hidden_states, part, subject, weights
from rnn.ui import series_choice, session

session.prepare(session.current_run())
series_choice.remember_in_link(series_choice.current_choice())

shown = subject.find(session.current_run())
subject.draw_title(shown)
if shown.run is not None and shown.fit is not None:
    looked_at = part.draw(shown.fit.model, shown.run.id)
    st.fragment(hidden_states.draw)(shown, shown.fit, looked_at)
    st.fragment(weights.draw)(shown.fit.model, looked_at, shown.run.id)
st.fragment(gradient_check.draw)(shown)
