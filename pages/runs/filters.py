"""Which runs of the list are shown: by words, state, series and cell; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.runs.results import series_title
from pages.runs.table import OPTIONAL, USUAL, column_label, state_word
from pages.train.progress import STATE_WORDS
from rnn.runs.shelf_rows import ShelfRow
from rnn.ui.wording import escaped, told_apart

LONGEST = 200  # letters of what is searched for
FIND, STATES, OF, CELLS, COLUMNS = "find", "states", "of", "cells", "runs_columns"
_UNKNOWN = "runs_link_unknown"
WORDS = list(dict.fromkeys(state_word(state) for state in STATE_WORDS))
_HASH_LETTERS = 12  # of a series' hash in the address


@dataclass(frozen=True)
class Filters:
    """words: all of them in a run's name, series, tags or note. states, series, cells: empty for any."""

    words: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.words or self.states or self.series or self.cells)

    def kept(self, rows: Sequence[ShelfRow]) -> Sequence[ShelfRow]:
        """Those of the runs that are shown."""
        if not self:
            return rows
        # Each series is asked for its title once: even out of a cache it would take a second for 10,000 runs.
        titles = {key: series_title(key) for key in {row.series_hash for row in rows}}
        return [row for row in rows if self._fits(row, titles[row.series_hash])]

    def _fits(self, row: ShelfRow, title: str) -> bool:
        if self.states and state_word(row.state) not in self.states:
            return False
        if (self.series and row.series_hash not in self.series) or (self.cells and row.cell not in self.cells):
            return False
        if not self.words:
            return True
        said = " ".join([row.name, title, *row.tags, row.note, row.id]).casefold()
        return all(word in said for word in self.words)


def draw(rows: Sequence[ShelfRow]) -> Filters:
    """Draws them over the table; rows: all runs that there are."""
    offered = _offered(rows)
    _from_link(offered)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_filters"):
        find = st.text_input(
            "Find runs", key=FIND, max_chars=LONGEST, placeholder="Find by name, series, tag or note", width=320,
            label_visibility="collapsed", icon=":material/search:", persist_state="session",
        )  # fmt: skip
        count = sum(bool(st.session_state.get(key)) for key in (STATES, OF, CELLS))
        with st.popover(f"Filter · {count}" if count else "Filter", icon=":material/filter_list:"):
            names = told_apart({key: series_title(key) for key in offered[OF]})
            states = _choose("State", WORDS, STATES)
            series = _choose("Series", offered[OF], OF, names)
            cells = _choose("Cell", offered[CELLS], CELLS)
        with st.popover("Columns", icon=":material/view_column:"):
            st.session_state.setdefault(COLUMNS, list(USUAL))
            st.multiselect(
                "Columns shown", [*USUAL, *OPTIONAL], key=COLUMNS, format_func=column_label, persist_state="session"
            )
    _to_link(find)
    if unknown := st.session_state.get(_UNKNOWN):
        st.warning(f"The link asks for what is not here, which is left out: {unknown}.", icon=":material/link_off:")
    return Filters(tuple(find.casefold().split()), frozenset(states), frozenset(series), frozenset(cells))


def clear() -> None:
    """Callback: show all runs again."""
    st.session_state[FIND] = ""
    for key in (STATES, OF, CELLS):
        st.session_state[key] = []


def _choose(label: str, options: list[str], key: str, names: dict[str, str] | None = None) -> list[str]:
    shown = names or {}
    return st.multiselect(
        label, options, key=key, format_func=lambda one: shown.get(one, one), persist_state="session", placeholder="Any"
    )


def _offered(rows: Sequence[ShelfRow]) -> dict[str, list[str]]:
    """What can be asked for, what is asked for already included."""
    kept = {key: list(st.session_state.get(key, ())) for key in (OF, CELLS)}
    series = dict.fromkeys([*(row.series_hash for row in rows), *kept[OF]])
    return {OF: list(series), CELLS: sorted({*(row.cell for row in rows), *kept[CELLS]} - {""}), STATES: WORDS}


def _from_link(offered: dict[str, list[str]]) -> None:
    """Once a session: the filters that the address names."""
    if FIND in st.session_state:
        return
    unknown = []
    st.session_state[FIND] = st.query_params.get(FIND, "")[:LONGEST]
    for key in (STATES, OF, CELLS):
        asked = [one for one in st.query_params.get(key, "").split(",") if one]
        found = [_meant(one, offered[key], begins=key == OF) for one in asked]
        unknown += [escaped(one, 40) for one, known in zip(asked, found, strict=True) if known is None]
        st.session_state[key] = list(dict.fromkeys(known for known in found if known))
    st.session_state[_UNKNOWN] = ", ".join(unknown[:5])


def _meant(asked: str, offered: list[str], *, begins: bool) -> str | None:
    """begins: the beginning of it is enough."""
    if begins and len(asked) >= _HASH_LETTERS:
        return next((one for one in offered if one.startswith(asked)), None)
    return asked if asked in offered else None


def _to_link(find: str) -> None:
    said = {
        FIND: find,
        STATES: ",".join(st.session_state[STATES]),
        OF: ",".join(one[:_HASH_LETTERS] for one in st.session_state[OF]),
        CELLS: ",".join(st.session_state[CELLS]),
    }
    for name, text in said.items():
        if text and st.query_params.get(name) != text:
            st.query_params[name] = text
        elif not text and name in st.query_params:
            del st.query_params[name]


def draw_none_found() -> None:
    """Where runs are there and none of them fits."""
    st.info("No run fits what is asked for.", icon=":material/filter_list_off:")
    st.button("Show all runs", on_click=clear, key="clear_filters")
