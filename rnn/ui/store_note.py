"""What a page says when the store fails: a sentence in the place of what it would have shown or done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from rnn.runs.store_trouble import STORE_ERRORS, place_of, sentence_of
from rnn.ui import session
from rnn.ui.wording import escaped

LONGEST = 1000


def draw_problems() -> None:
    """Why workers cannot be started, and what the store denies them, where that is so."""
    runner = session.runner()
    if problem := runner.problem:
        st.error(escaped(problem, LONGEST), icon=":material/error:")
    if (trouble := runner.trouble) and trouble != problem:
        st.warning(escaped(trouble, LONGEST), icon=":material/hard_drive:")


@contextmanager
def or_a_sentence() -> Iterator[None]:
    """For a callback or a fragment: where the store fails within the block, the page says so; what the user has set stays."""
    try:
        yield
    except STORE_ERRORS as error:
        st.error(escaped(sentence_of(error, place_of(session.store().url)), LONGEST), icon=":material/hard_drive:")
