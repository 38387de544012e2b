"""Inside: the trained network opened up, on a window of the user's own series."""

import streamlit as st

from pages.inside import part, sections, subject, window_choice
from pages.inside.gradient import check
from pages.inside.view import View
from rnn.ui import series_choice, session

session.prepare(session.current_run())
series_choice.remember_in_link(series_choice.current_choice())

shown = subject.find(session.current_run())
subject.draw_title(shown)
if shown.run is None or shown.fit is None:
    st.fragment(check.draw)(shown)
else:
    fit = shown.fit
    looked_at = part.draw(fit.model, shown.run.id)
    window, validation = window_choice.draw(shown, fit.model, shown.run.id)
    epoch = int(fit.metrics["best_epoch"])
    sections.draw(View(shown, shown.run, fit, epoch, looked_at, window, validation))
