"""What a user puts to a run: tags, a note, and the pin that makes it the baseline of every comparison."""

from __future__ import annotations

from contextlib import suppress
from zlib import crc32

import streamlit as st

from rnn.runs.records import Run
from rnn.runs.shelf import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS
from rnn.ui import session


def draw(run: Run) -> None:
    store = session.store()
    own, note = store.tags_of(run.id), store.note(run.id)
    # What is stored is part of the key, so that another page's change shows here and is not written over.
    key = f"tags-{run.id}-{crc32(repr(own).encode())}"
    st.multiselect(
        "Tags", sorted({*store.tags(), *own}), own, key=key, accept_new_options=True, max_selections=MOST_TAGS,
        placeholder="Add a tag", on_change=_tag, args=(run.id, key), help=f"Up to {LONGEST_TAG} letters each.",
    )  # fmt: skip
    key = f"note-{run.id}-{crc32(note.encode())}"
    st.text_area(
        "Note", note, key=key, max_chars=LONGEST_NOTE, height=80, on_change=_annotate, args=(run.id, key),
        placeholder="What is worth remembering about this run",
    )  # fmt: skip


def draw_pin(run: Run, pinned: str | None) -> None:
    """The button that makes the run the baseline, or lets it go."""
    if run.id == pinned:
        st.button(
            "Unpin", icon=":material/keep_off:", key=f"unpin-{run.id}", on_click=pin, args=(None,),
            help="It is the baseline now: drawn in grey beside every selection.",
        )  # fmt: skip
    else:
        st.button(
            "Pin as baseline", icon=":material/keep:", key=f"pin-{run.id}", on_click=pin, args=(run.id,),
            help="Draw it in grey beside every selection, and tell differences and errors against it.",
        )  # fmt: skip


def pin(run_id: str | None) -> None:
    """Callback."""
    with suppress(LookupError):  # deleted meanwhile
        session.store().pin(run_id)


def _tag(run_id: str, key: str) -> None:
    with suppress(LookupError):
        session.store().tag(run_id, st.session_state[key])


def _annotate(run_id: str, key: str) -> None:
    with suppress(LookupError):
        session.store().annotate(run_id, st.session_state[key] or "")
