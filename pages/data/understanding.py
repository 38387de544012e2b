"""What was made of the file: encoding, separator, time and frequency, findings, and the choices that override them."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from rnn.data import SAMPLES, BadFile, Table
from rnn.ui import series_choice
from rnn.ui.series_choice import FILE
from rnn.ui.wording import escaped

_SEPARATORS = {"auto": "found by itself", ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
_ENCODINGS = ("auto", "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "shift_jis", "gb18030")
_NO_TIME = "none"


def draw(table: Table) -> None:
    data = st.session_state["data"]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"##### What was understood of {escaped(table.name, 40)}", width="content")
        st.page_link("train/page.py", label="Train on this series", icon=":material/model_training:", width="content")
    with st.container(horizontal=True, gap="medium", key="understood"):
        st.metric("Rows", f"{table.rows:,}")
        st.metric("Columns", len(table.frame.columns))
        st.metric("Time column", escaped(table.time or "none", 40))
        st.metric("Frequency", table.frequency or ("irregular" if table.time else "–"))
        st.metric("Encoding", table.encoding)
        st.metric("Separator", _SEPARATORS.get(table.delimiter, table.delimiter))
        st.metric("Decimal", {".": "point", ",": "comma"}.get(table.decimal, table.decimal))
        st.metric("Header", f"line {table.header_row}" if table.header_row else "none")
    if data in SAMPLES:
        sample = SAMPLES[data]
        st.caption(f"{sample.description} Source: {sample.source}. Licence: {sample.licence}.")
    if data.startswith(FILE):
        with st.expander("Read it differently"):
            _draw_choices(table, data)


def _draw_choices(table: Table, data: str) -> None:
    """Overrides of what was detected; a choice that cannot be read is refused and the last good one stays."""
    chosen = json.loads(st.session_state["reading"])
    columns = ["auto", _NO_TIME, *map(str, table.frame.columns)]
    with st.form("reading_choices", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        asked: dict[str, Any] = {
            "delimiter": _pick("Separator", list(_SEPARATORS), chosen.get("delimiter"), _SEPARATORS.__getitem__),
            "encoding": _pick("Encoding", _ENCODINGS, chosen.get("encoding")),
            "decimal": _pick("Decimal sign", ["auto", ".", ","], chosen.get("decimal")),
            "time": _pick("Time column", columns, chosen.get("time")),
            "header_row": _pick("Header", ["auto", "none", *range(1, 31)], chosen.get("header_row")),
            "day_first": _pick("Order of dates", ["auto", "day first", "month first"], _order(chosen)),
            "missing": _pick("Missing values", ["auto", "interpolate", "drop", "error"], chosen.get("missing")),
        }
        again = st.form_submit_button("Read again", icon=":material/refresh:")
    if again:
        _read_again(table, data, {name: value for name, value in asked.items() if value != "auto"})


def _pick(label: str, options: Any, chosen: Any, words: Any = str) -> Any:
    options = list(options)
    at = options.index(chosen) if chosen in options else 0
    return st.selectbox(label, options, index=at, format_func=words, width=170)


def _order(chosen: dict[str, Any]) -> str:
    return {True: "day first", False: "month first"}.get(chosen.get("day_first"), "auto")  # type: ignore[arg-type]


def _read_again(table: Table, data: str, choices: dict[str, Any]) -> None:
    if "day_first" in choices:
        choices["day_first"] = choices["day_first"] == "day first"
    if choices.get("header_row") == "none":
        choices["header_row"] = None
    reading = json.dumps(choices)
    try:
        series_choice.read_table(data, reading)
    except BadFile as error:
        st.error(f"{escaped(str(error), 600)} The file stays as it was read before.", icon=":material/error:")
        return
    st.session_state["reading"] = reading
    st.rerun()
