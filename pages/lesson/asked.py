"""Which lesson the address asks for."""

from __future__ import annotations

import streamlit as st

from rnn.ui.lessons import Lesson
from rnn.ui.lessons.address import lesson_of
from rnn.ui.wording import escaped

MOST_SENTENCES = 8


def lesson() -> Lesson:
    """The lesson of the page's address. What cannot be taken of it is said, each in a sentence."""
    found, refused = lesson_of({name: st.query_params.get_all(name) for name in st.query_params})
    if refused:
        sentences = [f"- {escaped(sentence, 300)}" for sentence in refused[:MOST_SENTENCES]]
        more = len(refused) - MOST_SENTENCES
        last = [f"- and {more} more of the kind"] if more > 0 else []
        st.warning("From the link:\n" + "\n".join([*sentences, *last]), icon=":material/link_off:")
    return found
