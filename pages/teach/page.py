"""Teach: make a break-it lesson of a series, settings, a question and its answers; the link carries all of it."""

import contextlib

import streamlit as st

from pages.teach import draft, link, series, settings, texts
from rnn.ui.lessons import Lesson
from rnn.ui.wording import escaped

for sentence in draft.prepare():
    st.warning(f"From the link: {escaped(sentence, 300)}", icon=":material/link_off:")

st.markdown("#### Make a lesson")
st.markdown(
    "Choose settings that break, ask for a guess, and say why. Who opens the link guesses first, sees the network trained, "
    "and then reads what happened, in the run’s own numbers."
)
left, right = st.columns([7, 5], gap="large")
with left:
    titles = draft.starts()
    st.selectbox(
        "Start from", list(titles), index=None, format_func=titles.__getitem__, key=draft.START, on_change=draft.begin,
        placeholder="Train’s settings, a lesson or a preset: replaces what stands below",
    )  # fmt: skip
    told = texts.draw()
    answers = texts.draw_answers()
    st.markdown("##### Series and settings")
    choice = series.draw()
    broken = settings.draw_broken()
    mended = settings.draw_mended(broken)
    together = settings.draw_together(mended)
    show = settings.draw_open()
    st.markdown("##### The explanation")
    texts.draw_reasons()

lesson = None
if answers is not None and choice is not None and broken is not None:
    with contextlib.suppress(ValueError):  # said where it was typed
        lesson = Lesson(
            **told, answers=answers[0], right=answers[1], choice=choice, config=broken, mended=mended, together=together,
            show=show,
        )  # fmt: skip
if lesson is not None:
    draft.remember(lesson)
with right:
    link.draw(lesson)
    link.draw_preview(lesson)
