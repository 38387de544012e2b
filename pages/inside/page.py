"""Inside: the trained network opened up, at any epoch of its training, on a window of the user's own series."""

import streamlit as st

from pages.inside import frame, subject
from pages.inside.gradient import check
from rnn.ui import series_choice, session

session.prepare(session.current_run())
series_choice.remember_in_link(series_choice.current_choice())

shown = subject.find(session.current_run())
subject.draw_title(shown)
if shown.run is None:
    st.fragment(check.draw)(shown)
else:
    frame.draw(shown)
