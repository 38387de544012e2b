"""What the page's address says beside run and section: whole numbers, each held against its range.

A number is read once; from then on the session knows it, and writes it down for a reload or a colleague. Going back in the
browser, or another link, brings another number, which is read anew. What cannot be used gets a sentence, which stands until
the user picks something else.
"""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from rnn.ui.page_address import put

_LONGEST = 40
_ECHO_SECONDS = 5.0
_KNOWN, _NOTES, _PAST = "inside_link", "inside_link_notes", "inside_link_past"
_UNSET = object()


def read(name: str, low: int, high: int, *, what: str, otherwise: str) -> int | None:
    """The number that the address gives newly; None where it gives none, or none that can be used.

    name: of the parameter. low, high: its range. what: what the number says. otherwise: what is shown where it cannot be
    used. Both are parts of the sentence.
    """
    text = st.query_params.get(name)
    if text is None or text == _known().get(name) or _is_echo(name, text):
        return None
    _known()[name] = text
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else None
    if number is not None and low <= number <= high:
        return number
    allowed = f"is a whole number from {low:,} to {high:,}" if low < high else f"can only be {low:,} here"
    say(name, f"{what} {allowed}, but the address says {name}={shortened(text)!r}. {otherwise}")
    return None


def shortened(text: str) -> str:
    """What the address says, short enough for a sentence."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def write(name: str, number: int | None) -> None:
    """Put the number into the address; None takes it out."""
    text = None if number is None else str(number)
    settle(name, text)
    before = _known().get(name)
    if before != text:
        _known()[name] = text
        _past().setdefault(name, {})[before] = time.monotonic()
    put(name, text)


def settle(name: str, choice: str | None) -> None:
    """What was said of the parameter stands for as long as the choice stays what it is now."""
    note = _notes().get(name)
    if note is None:
        return
    if note[1] is _UNSET:
        note[1] = choice
    elif note[1] != choice:
        del _notes()[name]


def say(name: str, sentence: str) -> None:
    """What is to be said of a parameter until another number is picked."""
    _notes()[name] = [sentence, _UNSET]


def draw_notes() -> None:
    for sentence, _ in _notes().values():
        st.warning(sentence, icon=":material/info:")


def _is_echo(name: str, text: str) -> bool:
    """Whether it is what the address said a moment ago: the browser asks for a run before it has heard of the new address."""
    gone = _past().get(name, {}).get(text)
    return gone is not None and time.monotonic() - gone < _ECHO_SECONDS


def _past() -> dict[str, dict[str | None, float]]:
    """Of each parameter what it said before, and until when."""
    past: dict[str, dict[str | None, float]] = st.session_state.setdefault(_PAST, {})
    return past


def _known() -> dict[str, str | None]:
    known: dict[str, str | None] = st.session_state.setdefault(_KNOWN, {})
    return known


def _notes() -> dict[str, list[Any]]:
    notes: dict[str, list[Any]] = st.session_state.setdefault(_NOTES, {})
    return notes
