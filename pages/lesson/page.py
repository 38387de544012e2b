"""A lesson: look at the series, guess what will happen, watch it happen, read why, mend it."""

import streamlit as st

from pages.lesson import asked, attempt, catalogue, question, reveal, watching
from pages.train import predictions, preflight_note
from rnn.ui.lessons import LONGEST
from rnn.ui.wording import escaped

lesson = asked.lesson()
setup = preflight_note.check(lesson.choice, lambda: lesson.config)
made = attempt.current(lesson)
runs = made.trained() if made.guess is not None else {}

st.markdown(f"#### {escaped(lesson.title, LONGEST['title'])}")
st.markdown(escaped(lesson.text, LONGEST["text"]))
question.draw_settings(lesson)
if not runs:
    question.draw(lesson, setup)
    predictions.draw(setup, None, None)
else:
    if reveal.ready(lesson, runs):
        reveal.draw(lesson, made, runs)
    poll = watching.poll_seconds(runs)
    st.fragment(watching.draw, run_every=poll)(setup, runs, poll)
catalogue.draw_neighbours(lesson)
