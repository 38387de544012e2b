"""Which runs are selected: by the user, by the link (`runs=a,b,c`), or else the run that the other pages show."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from rnn.ui import session
from rnn.ui.page_address import put
from rnn.ui.wording import escaped

LINK = "runs"
MOST_LINKED = 60  # ids that an address has room for
_SELECTED, _MISSING, _ROUND = "runs_selected", "runs_missing", "runs_round"
_ID = re.compile(r"[0-9A-Za-z]{1,32}")


def parse(text: str) -> tuple[list[str], list[str]]:
    """The ids that an address names, each once, up to MOST_LINKED; and what cannot be one."""
    parts = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    good = [part for part in parts if _ID.fullmatch(part)]
    return good[:MOST_LINKED], [part for part in parts if part not in good] + good[MOST_LINKED:]


def wanted(ids: Sequence[str]) -> tuple[str, ...]:
    """What was selected before, as long as the other pages have not moved on to another run; else their run, or the newest.
    ids: all runs that there are, newest first."""
    _from_link(ids)
    current, there = st.session_state.get(session.RUN), set(ids)
    selected, current_then = st.session_state.get(_SELECTED, ((), None))
    kept = tuple(one for one in selected if one in there)
    orders = (kept, (current,)) if current == current_then else ((current,), kept)
    return next((order for order in orders if order and order[0] in there), tuple(ids[:1]))


def remember(chosen: Sequence[str]) -> None:
    """Keep what is selected, in the address too."""
    st.session_state[_SELECTED] = (tuple(chosen), st.session_state.get(session.RUN))
    text = ",".join(chosen[:MOST_LINKED])
    alone = len(chosen) < 2 and tuple(chosen) in ((), (st.session_state.get(session.RUN),))
    put(LINK, None if alone else text)


def select(chosen: Sequence[str]) -> None:
    """Callback: select these alone, whatever the table says."""
    st.session_state[_SELECTED] = (tuple(chosen), st.session_state.get(session.RUN))
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def stamp() -> str:
    """Changes with each `select`: a table with the same stamp knows the selection itself."""
    return f"|{st.session_state.get(_ROUND, 0)}"


def draw_missing() -> None:
    """A sentence about runs in the link that are not there."""
    if missing := st.session_state.get(_MISSING):
        named = ", ".join(escaped(one, 40) for one in missing[:5])
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        st.warning(
            f"The link names runs that are not here: {named}{more}. They may have been deleted, or the link is damaged.",
            icon=":material/link_off:",
        )


def _from_link(ids: Sequence[str]) -> None:
    """Once a session."""
    if _SELECTED in st.session_state or _MISSING in st.session_state:
        return
    asked, refused = parse(st.query_params.get(LINK, ""))
    there = set(ids)
    st.session_state[_MISSING] = [*(one for one in asked if one not in there), *refused]
    found = [one for one in asked if one in there]
    if found:
        select(found)
