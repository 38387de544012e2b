"""The pickers of what the columns of a table are for, and of the series in a file of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from rnn.data import Table
from rnn.data.shape.calendar import is_calendar
from rnn.ui.chosen_series import ALL
from rnn.ui.series_choice import chosen, names_key, usual_targets

Width = int | Literal["stretch"]

# More names than this in one list make the browser slow; the others are found by a part of their name.
MOST_LISTED = 1000
_USUAL, _SEVERAL = "\0usual", "\0several"  # no cell holds a NUL


def draw_columns(table: Table, data: str, width: Width = "stretch") -> None:
    """Draws the pickers that this table has a use for. width: of each, in pixels, where they stand side by side."""
    if table.ids:
        _draw_series(table, data, width)
    by_column = bool(st.session_state.get(names_key("id", data))) and table.ids.codes is None
    targets = [] if by_column else _draw_targets(table, data, width)
    _draw_inputs(table, data, targets, width)


def _draw_targets(table: Table, data: str, width: Width) -> list[str]:
    key = names_key("target", data)
    targets = st.session_state[key] = chosen("target", data, table.numeric) or list(usual_targets(table))
    if len(table.numeric) == 1:
        return targets
    listed = _found_by_part(table.numeric, targets, "column", data, width)
    return st.multiselect(
        "Predict", listed, key=key, persist_state="session", width=width,
        help="The column or columns that the network learns to predict. Several are predicted by one network at once.",
    )  # fmt: skip


def _draw_inputs(table: Table, data: str, targets: list[str], width: Width) -> None:
    taken = set(targets)
    others = [name for name in table.offers.inputs if name not in taken]
    if not others:
        return
    key = names_key("input", data)
    picked = st.session_state[key] = chosen("input", data, others)
    others = _found_by_part(others, picked, "further column", data, width)
    inputs = st.multiselect(
        "Feed in as well", others, key=key, persist_state="session", placeholder="No further columns", width=width,
        help="Columns whose past helps to predict, without being predicted themselves. A column of words becomes a column "
        "for each word. “calendar: …” is made from the time column.",
    )  # fmt: skip
    known_ahead = set(table.offers.known)
    ahead = [name for name in inputs if name in known_ahead and not is_calendar(name)]
    if ahead:
        key = names_key("known", data)
        st.session_state[key] = chosen("known", data, ahead)
        st.multiselect(
            "Of these, known ahead", ahead, key=key, persist_state="session", placeholder="None", width=width,
            help="Columns whose future is known when the forecast is made, such as a holiday or a planned price: the network "
            "sees what they hold at the steps that it predicts. Rows at the end of the file that hold them, and no target yet, "
            "are their future.",
        )  # fmt: skip
    known = set(chosen("known", data, ahead))
    still = [name for name in inputs if name not in known and not is_calendar(name)]
    if still:
        key = names_key("static", data)
        st.session_state[key] = chosen("static", data, still)
        st.multiselect(
            "Of these, static", still, key=key, persist_state="session", placeholder="None", width=width,
            help="Columns that describe the series and not a moment, such as a region or a size: the network takes one "
            "value a window, that of its last record, and has it at hand at every step.",
        )  # fmt: skip


def _draw_series(table: Table, data: str, width: Width) -> None:
    """One series of the file, several in one network, or all of them."""
    picked = chosen("id", data, [ALL, *table.ids])
    listed = _found_by_part(table.ids, [name for name in picked if name != ALL], "series", data, width)
    usual = "One column of the table" if table.ids.codes is None else f"{table.ids[table.ids.longest]} (the longest)"
    options = [_USUAL, ALL, _SEVERAL, *listed]
    several = len(picked) > 1 or bool(st.session_state.get(_several_key(data)))
    current = _SEVERAL if several else picked[0] if picked else _USUAL
    words = {_USUAL: usual, ALL: f"All {len(table.ids):,} in one network", _SEVERAL: "Several in one network …"}
    key = f"series_of:{data}"
    st.session_state[key] = current
    st.selectbox(
        f"Series in this file ({len(table.ids):,})", options, key=key, width=width, on_change=_pick_series, args=(data,),
        format_func=lambda name: words.get(name) or _with_rows(table, name),
        help="The file holds many series. Learn one of them, or train one network on several, each in its own scale.",
    )  # fmt: skip
    if several:
        key = names_key("id", data)
        st.session_state[key] = [name for name in picked if name != ALL]
        st.multiselect("Series to learn together", listed, key=key, persist_state="session", width=width)


def _pick_series(data: str) -> None:
    picked = st.session_state[f"series_of:{data}"]
    st.session_state[_several_key(data)] = picked == _SEVERAL
    key = names_key("id", data)
    if picked == _SEVERAL:
        st.session_state[key] = [name for name in st.session_state.get(key, ()) if name != ALL]
    else:
        st.session_state[key] = [] if picked == _USUAL else [picked]


def _several_key(data: str) -> str:
    return f"several:{data}"


def _found_by_part(names: Sequence[str], picked: list[str], what: str, data: str, width: Width) -> list[str]:
    """The names that a list offers: all of them, or of very many those that were picked and the first with a part in them."""
    if len(names) <= MOST_LISTED:
        return list(names)
    part = st.text_input(
        f"Find a {what}", key=f"find_{what}:{data}", width=width, placeholder="a part of its name",
        help=f"The file offers {len(names):,}; the first {MOST_LISTED:,} that match are listed.",
    )  # fmt: skip
    found = [name for name in names if part.lower() in name.lower()][:MOST_LISTED]
    return list(dict.fromkeys([*picked, *found]))


def _with_rows(table: Table, name: str) -> str:
    return f"{name} · {int(table.ids.counts[table.ids.place(name)]):,} rows"
