"""A link about data that are not here: the page asks for the file, checks that it is the very same, and goes on as linked.

Until then nothing of the link is taken up or lost: it waits in the session, whatever other pages are looked at meanwhile.
"""

from __future__ import annotations

import json
import re
from typing import Any

import streamlit as st

from rnn.data import BadFile, Table
from rnn.data.choices import choices_of_json
from rnn.runs.packing import file_hash
from rnn.runs.runner import runner as process_runner
from rnn.ui import one_upload, series_choice
from rnn.ui.arrival import take_in
from rnn.ui.chosen_series import FILE, NAMES, read_table
from rnn.ui.page_address import put, put_list
from rnn.ui.shared_result import MADE, RESULT
from rnn.ui.stored_series import STORED
from rnn.ui.wording import escaped

_AWAITED, _OFFERED, _PLACE = "link_awaited", "link_offered", "link_file"
_DATA = re.compile(rf"({FILE}|{STORED})[0-9a-f]{{64}}")
_LONGEST = 200

Link = dict[str, list[str]]


def awaited() -> bool:
    """Whether the link is about a file or a series that is not here (yet); its address is put back where a visit to another
    page has taken it away."""
    link: Link = st.session_state.get(_AWAITED) or {}
    if link and "data" not in st.query_params:
        for name, values in link.items():
            put_list(name, values)
    data = st.query_params.get("data", "")
    if not _DATA.fullmatch(data) or series_choice.is_there(data):
        st.session_state[_AWAITED] = None
        return False
    st.session_state[_AWAITED] = {name: st.query_params.get_all(name) for name in st.query_params}
    return True


def draw() -> None:
    """Ask for it, in place of the page."""
    data = st.query_params["data"]
    st.markdown("#### This link needs a file" if data.startswith(FILE) else "#### This link needs a run’s file")
    st.markdown(_what_is_asked(data))
    if words := _how_it_is_read():
        st.caption(words)
    with st.container(width=640):
        one_upload.draw(_label(data), _PLACE, _take_file if data.startswith(FILE) else _take_run, "Up to 200 MB.")
        one_upload.draw_outcome(_PLACE, icons=True)
        with st.container(horizontal=True, gap="small"):
            if _OFFERED in st.session_state:
                st.button(
                    "Use it anyway", key="link_use_anyway", on_click=_use_anyway, icon=":material/swap_horiz:",
                    help="Read it as the link says, with the link’s settings. What it leads to is not what was shared.",
                )  # fmt: skip
            st.button(
                "Go on without it", key="link_go_on", on_click=_go_on, type="tertiary",
                help="Show the default sample. The link itself can be opened again at any time.",
            )  # fmt: skip


def _what_is_asked(data: str) -> str:
    name, facts = _name(), _facts_in_words()
    about = f"**{escaped(name)}**" if name else f"a file whose content has the hash {data.removeprefix(FILE)[:12]}…"
    if data.startswith(STORED):
        about = f"the series **{escaped(name)}**" if name else "a series"
        return (
            f"This link is about {about}{facts}, which is not on this machine and came from no file that could be asked for. "
            "Choose the file of its run, which Runs gives under “Take away” as “Run” or “Everything”: the series is in it."
        )
    return f"This link is about {about}{facts}, which is not on this machine. Choose the file: its content is checked."


def _label(data: str) -> str:
    if data.startswith(STORED):
        return "Run (.unroll), or the zip of a run"
    return _name() or "The file"


def _name() -> str:
    return " ".join(st.query_params.get(series_choice.FILE_NAME, "").split())[:_LONGEST]


def _number(name: str) -> int | None:
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _facts_in_words() -> str:
    size, rows = _number(series_choice.FILE_SIZE), _number(series_choice.FILE_ROWS)
    parts = [size_in_words(size)] if size else []
    parts += [f"{rows:,} row{'' if rows == 1 else 's'}"] if rows is not None else []
    return f" ({', '.join(parts)})" if parts else ""


def size_in_words(size: int) -> str:
    """812 bytes · 34 kB · 1.2 MB"""
    if size < 1000:
        return f"{size:,} bytes"
    return f"{size / 1000:,.0f} kB" if size < 999_500 else f"{size / 1e6:,.1f} MB"


def _how_it_is_read() -> str:
    """What the link says of the columns, the reading and the repairs."""
    words = {"target": "predicted", "input": "fed in", "static": "static", "known": "known ahead", "id": "series"}
    parts = []
    for role, word in words.items():
        names = st.query_params.get_all(role)
        if names:
            listed = ", ".join(escaped(name, 40) for name in names[:6])
            parts.append(f"{word}: {listed}{f' and {len(names) - 6:,} more' if len(names) > 6 else ''}")
    choices = _reading()
    if choices:
        parts.append(f"read with {escaped(json.dumps(choices, ensure_ascii=False), 200)}")
    try:
        repairs = json.loads(st.query_params.get("repairs", "[]"))
    except ValueError:
        repairs = []
    if isinstance(repairs, list) and repairs:
        parts.append(f"{len(repairs)} repair{'' if len(repairs) == 1 else 's'}")
    return f"As the link has it: {'; '.join(parts)}." if parts else ""


def _reading() -> dict[str, Any]:
    try:
        return choices_of_json(st.query_params.get("reading", "{}"))
    except ValueError:  # said where the file is read
        return {}


def _take_file(name: str, content: bytes) -> str:
    """Callback: the very file goes to the store, under the name that the link has for it; any other is described."""
    st.session_state.pop(_OFFERED, None)
    if FILE + file_hash(content) == st.query_params.get("data"):
        # The name is part of the series, so that another one here would make it another series than the one that was shared.
        process_runner().store.add_file(_name() or name, content)
        return f"{name} is the file of the link."
    sentence = _difference(name, content)
    st.session_state[_OFFERED] = (name, content)
    raise ValueError(sentence)


def _difference(name: str, content: bytes) -> str:
    """What is other than the link says. Raises ValueError where the file cannot be read at all."""
    table = _read(name, content)
    asked_size, asked_rows = _number(series_choice.FILE_SIZE), _number(series_choice.FILE_ROWS)
    parts = []
    if asked_size and asked_size != len(content):
        sizes = [size_in_words(size) for size in (len(content), asked_size)]
        if sizes[0] == sizes[1]:
            sizes = [f"{len(content):,} bytes", f"{asked_size:,}"]
        parts.append(f"it has {sizes[0]}, not {sizes[1]}")
    if asked_rows is not None and asked_rows != table.rows:
        parts.append(f"{table.rows:,} rows, not {asked_rows:,}")
    if _name() and name != _name():
        parts.append(f"and is called {name}, not {_name()}" if parts else f"it is called {name}, not {_name()}")
    said = ", ".join(parts) if parts else "it looks alike, but not all of its content is the same"
    missing = _missing(table)
    lacks = f" It has no {', '.join(missing)}, which the link names." if missing else ""
    return f"This is another file than the link’s: {said}.{lacks} Choose the right one, or use this one anyway."


def _read(name: str, content: bytes) -> Table:
    """As the link says, or where that does not do, by itself."""
    data = FILE + file_hash(content)
    try:
        return read_table(data, json.dumps(_reading()), _upload=(name, content))
    except BadFile:
        return read_table(data, "{}", _upload=(name, content))


def _missing(table: Table) -> list[str]:
    """The columns and series that the link names and this table does not have."""
    there = {*table.frame.columns, *table.ids, *table.offers.inputs, "all"}
    named = dict.fromkeys(name for role in NAMES for name in st.query_params.get_all(role))
    return [name for name in named if name not in there]


def _use_anyway() -> None:
    """Callback."""
    name, content = st.session_state.pop(_OFFERED)
    missing = _missing(_read(name, content))
    process_runner().store.add_file(name, content)
    put("data", FILE + file_hash(content))
    for parameter in ("run", RESULT, MADE):  # they are about the other file
        put(parameter, None)
    st.session_state["run"] = st.session_state[_AWAITED] = None
    one_upload.forget_outcome(_PLACE)
    if missing:
        st.session_state[series_choice.REFUSED] = (
            f"{name} has no {', '.join(missing)}, which the link names; the rest of the link is taken up."
        )


def _take_run(name: str, content: bytes) -> str:
    """Callback: the run's own file goes to the store, and its series with it."""
    store = process_runner().store
    arrived = take_in(store, name, content, st.session_state.get("session_id", ""))
    run = store.run(arrived.run_id)
    if not series_choice.is_there(st.query_params["data"]):
        raise ValueError(
            f"{name} is here now, as the run “{run.name if run else name}”; but the link’s series is another."
        )
    return f"{name} is here."


def _go_on() -> None:
    """Callback: the default sample, and the link’s settings."""
    named = _name()
    for parameter in (*series_choice.PARAMETERS, "run", RESULT, MADE):
        put_list(parameter, [])
    st.session_state["run"] = st.session_state[_AWAITED] = None
    st.session_state.pop(_OFFERED, None)
    one_upload.forget_outcome(_PLACE)
    st.session_state[series_choice.REFUSED] = (
        f"The link is about {named or 'a file'}, which was not given. The default sample is shown instead."
    )
