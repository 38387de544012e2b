"""A lesson: look at the series, guess what will happen, watch it happen, read why, mend it."""

import streamlit as st

from pages.lesson import asked, attempt, catalogue, file_needed, play, question, reveal, watching
from pages.train import predictions, preflight_note
from rnn.ui.lessons import LONGEST
from rnn.ui.lessons.series_address import is_here
from rnn.ui.wording import escaped

lesson = asked.lesson()
catalogue.draw_place(lesson)
st.markdown(f"#### {escaped(lesson.title, LONGEST['title'])}")
st.markdown(escaped(lesson.text, LONGEST["text"]))
question.draw_settings(lesson)
if not is_here(lesson.choice):
    file_needed.draw(lesson.choice)
else:
    setup = preflight_note.check(lesson.choice, lambda: lesson.config)
    made = attempt.current(lesson)
    runs = made.trained()
    if runs:
        revealed = reveal.ready(lesson, runs)
        with st.container(
            gap="small"
        ):  # always there, so that what comes in it does not move the charts to another place
            if revealed:
                reveal.draw(lesson, made, runs)
        poll = watching.poll_seconds(runs)
        st.fragment(watching.draw, run_every=poll)(setup, runs, poll)
        if revealed:
            play.draw(lesson, runs)
    else:
        question.draw(lesson, setup)
        predictions.draw(setup, None, None)
        preflight_note.draw_time(setup)
catalogue.draw_neighbours(lesson)
