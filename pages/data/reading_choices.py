"""Read the file differently: what was found by itself can be said instead, as far as the kind of file has the choice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.data.understanding import SEPARATORS
from rnn.data import Table
from rnn.data.shape import SHAPES
from rnn.ui import chosen_series
from rnn.ui.chosen_series import FILE
from rnn.ui.series_columns import MOST_LISTED
from rnn.ui.wording import escaped

AUTO = "auto"
_ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "shift_jis", "gb18030")
_UNITS = ("s", "ms", "us", "ns", "excel", "excel1904")
_MISSING = ("interpolate", "drop", "error")
_QUOTES = {'"': "double", "'": "single", "`": "backtick", "none": "none"}
_NAMED = {"sheet": "Sheet", "member": "File in the archive", "record": "Sequence"}


def draw(table: Table) -> None:
    """A form; a choice that cannot be read is refused in a sentence, and the last good reading stays."""
    data = st.session_state["data"]
    if not data.startswith(FILE):
        return
    chosen = json.loads(st.session_state["reading"])
    changed = f" · {len(chosen)} chosen" if chosen else ""
    with st.expander(f"Read it differently{changed}"):
        with st.form("reading_choices", border=False):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                asked = _of_the_file(table, chosen) | _of_the_table(table, chosen)
            again = st.form_submit_button("Read again", icon=":material/refresh:")
        if again:
            _read_again(data, {name: value for name, value in asked.items() if value != AUTO})


def _of_the_file(table: Table, chosen: dict[str, Any]) -> dict[str, Any]:
    """The choices of this kind of file."""
    asked: dict[str, Any] = {}
    for name, label in _NAMED.items():
        if name in table.choices and table.choices[name] is not None:
            asked[name] = _pick(label, table.alternatives.get(name, (table.choices[name],)), chosen.get(name))
    if table.format == "csv":
        asked["delimiter"] = _pick("Separator", list(SEPARATORS), chosen.get("delimiter"), _separator)
        asked["quote"] = _pick("Quotation mark", list(_QUOTES), chosen.get("quote"), _QUOTES.__getitem__)
        asked["encoding"] = _pick("Encoding", _ENCODINGS, chosen.get("encoding"))
    if table.format == "sound":
        asked["rate"] = st.number_input("Samples a second (Hz)", 0, value=chosen.get("rate", 0), width=170) or AUTO
        return asked
    if table.format in ("csv", "xlsx", "xlsm", "xlsb", "xls", "ods"):
        asked["decimal"] = _pick("Decimal sign", [".", ","], chosen.get("decimal"))
        header = "none" if "header_row" in chosen and chosen["header_row"] is None else chosen.get("header_row")
        asked["header_row"] = _pick("Header in line", ["none", *range(1, 31)], header)
    return asked


def _of_the_table(table: Table, chosen: dict[str, Any]) -> dict[str, Any]:
    """The choices of any table: its time, its shape, its words for nothing."""
    if table.format in ("sound", "symbols"):
        return {}
    columns = list(map(str, table.frame.columns[:MOST_LISTED]))
    named = [chosen.get("time"), *(chosen.get("id") or ()), *(chosen.get("categories") or ())]
    columns += [name for name in table.kinds if name in set(named).difference(columns)]  # chosen by a link
    asked: dict[str, Any] = {
        "time": _pick(
            "Time column", ["none", *columns], "none" if chosen.get("time", AUTO) is None else chosen.get("time")
        ),
        "day_first": _pick("Order of dates", [True, False], chosen.get("day_first"), _order),
        "time_unit": _pick("Unit of time numbers", _UNITS, chosen.get("time_unit")),
        "timezone": st.text_input("Time zone", chosen.get("timezone", ""), placeholder="Europe/Berlin", width=170)
        or AUTO,
        "shape": _pick("Shape", SHAPES, chosen.get("shape")),
        "missing": _pick("Missing values", _MISSING, chosen.get("missing")),
    }
    ids = st.multiselect("Series told apart by", columns, default=_there(chosen.get("id"), columns), width=260)
    kinds = st.multiselect(
        "Numbers that are kinds", columns, default=_there(chosen.get("categories"), columns), width=260
    )
    words = st.text_input(
        "Also missing", ", ".join(chosen.get("missing_words", [])), placeholder="999, -9999, unknown", width=200
    )
    listed = [word.strip() for word in words.split(",") if word.strip()]
    return asked | {"id": ids or AUTO, "categories": kinds or AUTO, "missing_words": listed or AUTO}


def _pick(label: str, options: Sequence[Any], chosen: Any, words: Callable[[Any], str] = str) -> Any:
    options = [AUTO, *options]
    at = options.index(chosen) if chosen in options else 0
    return st.selectbox(
        label, options, index=at, width=170, format_func=lambda one: "found by itself" if one == AUTO else words(one)
    )


def _separator(mark: str) -> str:
    return SEPARATORS[mark]


def _order(day_first: bool) -> str:
    return "day first" if day_first else "month first"


def _there(names: Any, columns: list[str]) -> list[str]:
    return [name for name in names or () if name in columns]


def _read_again(data: str, choices: dict[str, Any]) -> None:
    choices = {name: None if value == "none" and name != "quote" else value for name, value in choices.items()}
    reading = json.dumps(choices)
    try:
        chosen_series.read_table(data, reading)
    except ValueError as error:
        st.error(f"{escaped(str(error), 600)} The file stays as it was read before.", icon=":material/error:")
        return
    st.session_state["reading"] = reading
    st.rerun()
