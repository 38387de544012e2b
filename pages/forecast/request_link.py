"""What is asked of the forecast in the page's address: `steps`, `levels`, `shows` (the target) and `theta`.

Each stands there where it is not the usual. It is read once; from then on the session knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import streamlit as st

from rnn.ui.page_address import put
from rnn.ui.wording import escaped

STEPS, LEVELS, SHOWS, THETA = "steps", "levels", "shows", "theta"
NO_LEVELS = "none"
_READ, _LONGEST = "forecast_link_read", 40
Value = TypeVar("Value")


def given(name: str, meaning: Callable[[str], Value], allowed: str) -> Value | None:
    """What the address says when the session first asks; None where it says nothing, or nothing that can be used, which is
    said. meaning: raises ValueError for what is not allowed. allowed: what is, as the end of a sentence."""
    read: dict[str, str] = st.session_state.setdefault(_READ, {})
    if name in read:
        return None
    text = read[name] = st.query_params.get(name, "")
    if not text:
        return None
    try:
        return meaning(text)
    except ValueError:
        shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        st.warning(
            f"The address says {name}={escaped(repr(shown))}; allowed: {escaped(allowed, 300)}.",
            icon=":material/link_off:",
        )
        return None


def steps_of(text: str, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    if not 1 <= number <= most:
        raise ValueError(text)
    return number


def levels_of(text: str, offered: Iterable[int]) -> tuple[int, ...]:
    if text == NO_LEVELS:
        return ()
    by_name = {str(level): level for level in offered}
    try:
        return tuple(sorted({by_name[part] for part in text.split(",")}))
    except KeyError:
        raise ValueError(text) from None


def target_of(text: str, targets: Iterable[str]) -> str:
    if text not in targets:
        raise ValueError(text)
    return text


def switch_of(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def write(name: str, text: str, usual: str) -> None:
    """Say it where it is not the usual."""
    put(name, None if text == usual else text)
