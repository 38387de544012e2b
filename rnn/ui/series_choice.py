"""Choosing what to learn from: a bundled sample or a file of one's own, the columns to predict, and how to read it.

The choice stands in the page's address (`data`, `target`, `input`, `static`, `known`, `id`, `reading`, `repairs`), so it lives
through reloads and travels in links. Uploaded files are kept in the store under the hash of their content; of one the address
says what it is called as well (`file`, `file_size`, `file_rows`), for those who have to look for it (`rnn.ui.file_request`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from rnn.data import SAMPLES, Table
from rnn.data.choices import choices_of_json
from rnn.data.repair import repairs_from_json
from rnn.data.shape.calendar import is_calendar
from rnn.runs.packing import file_hash
from rnn.runs.runner import runner as process_runner
from rnn.ui.chosen_series import (
    ALL,
    DEFAULT_DATA,
    FILE,
    LARGE,
    NAMES,
    Choice,
    choice_of_stored,
    file_facts,
    read_table,
    receipt_of,
)
from rnn.ui.collector import give_memory_back
from rnn.ui.page_address import put_list
from rnn.ui.stored_series import STORED

_DATA, _READING, _REPAIRS = "data", "reading", "repairs"
REFUSED = "data_refused"  # where the session keeps what of a link could not be taken, as a sentence
FILE_NAME, FILE_SIZE, FILE_ROWS = "file", "file_size", "file_rows"
PARAMETERS = (_DATA, *NAMES, _READING, _REPAIRS, FILE_NAME, FILE_SIZE, FILE_ROWS)
_LONGEST_LINK = 7000  # characters of repairs that an address carries; longer lists live as long as the session


def prepare() -> None:
    """Once a session: start from the link's choice, else from the default sample."""
    if ready():
        return
    linked = st.query_params.get(_DATA)
    data, reading = _there(linked or DEFAULT_DATA, st.query_params.get(_READING, "{}"))
    st.session_state[_READING] = reading
    st.session_state[_DATA] = data
    if linked:
        for role in NAMES:
            st.session_state[names_key(role, data)] = st.query_params.get_all(role)
    if data == (linked or DEFAULT_DATA):
        _take_repairs_from_link(data)


def is_linked() -> bool:
    """Whether the address names a series that is here."""
    return is_there(st.query_params.get(_DATA, ""))


def ready() -> bool:
    """Whether this session has a series yet."""
    return _DATA in st.session_state


def is_there(data: str) -> bool:
    """Whether a sample, file or series is on this server; only its name is looked at."""
    store = process_runner().store
    try:
        if data.startswith(FILE):
            store.file_label(data.removeprefix(FILE))
        elif data.startswith(STORED):
            store.series_file(data.removeprefix(STORED))
        else:
            return data in SAMPLES
    except LookupError:
        return False
    return True


def _there(data: str, reading: str) -> tuple[str, str]:
    """What a link asks for as far as it is there: the series read so, or read by itself, or else the default sample."""
    if data.startswith(STORED) and is_there(data):
        return data, "{}"
    for text in dict.fromkeys((reading, "{}")):
        try:
            plain = json.dumps(choices_of_json(text)) if data.startswith(FILE) else "{}"
            read_table(data, plain)
        except LookupError:
            break
        except ValueError as error:
            st.session_state[REFUSED] = f"The way of reading in the link is left out: {error}"
        else:
            return data, plain
    asked = data if len(data) <= 80 else data[:79] + "…"
    st.session_state[REFUSED] = (
        f"The link asks for the series {asked!r}, which is not here (any more). The default sample is shown instead."
    )
    return DEFAULT_DATA, "{}"


def _take_repairs_from_link(data: str) -> None:
    """The repairs that the address carries, unless they are no repairs or leave no series."""
    linked = st.query_params.get(_REPAIRS, "[]")
    try:
        repairs = repairs_from_json(linked)
    except ValueError as error:
        st.session_state[REFUSED] = f"The repairs in the link are left out: {error}"
        return
    if not repairs:
        return
    st.session_state[repairs_key(data)] = linked
    try:
        receipt_of(current_choice())
    except ValueError as error:
        st.session_state[REFUSED] = f"The repairs in the link are left out: {error}"
        st.session_state[repairs_key(data)] = "[]"


def choose(choice: Choice) -> None:
    """Make this the current choice. For callbacks, or before anything is drawn."""
    st.session_state[_DATA], st.session_state[_READING] = choice.data, choice.reading
    for role, part in NAMES.items():
        st.session_state[names_key(role, choice.data)] = list(getattr(choice, part))
    st.session_state[repairs_key(choice.data)] = choice.repairs


def pick(data: str) -> None:
    """Make another sample or upload the current one, with its own columns; the shown run is let go of."""
    st.session_state[_DATA], st.session_state[_READING] = data, "{}"
    _let_run_go()


def _let_run_go() -> None:
    # The run goes on and can be found under Runs; what the page shows next is about the new series.
    st.session_state["run"] = None
    st.query_params.pop("run", None)


def current_table() -> Table:
    return read_table(st.session_state[_DATA], st.session_state[_READING])


def current_choice() -> Choice:
    """What the page stands at; names that the table does not have are left out, and without any target the best guess taken."""
    data = st.session_state[_DATA]
    repairs = st.session_state.get(repairs_key(data), "[]")
    if data.startswith(STORED):
        return choice_of_stored(data.removeprefix(STORED), repairs)
    table = current_table()
    ids = chosen("id", data, [ALL, *table.ids] if table.ids else [])
    by_column = bool(ids) and table.ids.codes is None
    targets = [] if by_column else chosen("target", data, table.numeric) or usual_targets(table)
    taken = set(targets)
    inputs = chosen("input", data, [name for name in table.offers.inputs if name not in taken])
    ahead = chosen("known", data, table.offers.known)
    known = [name for name in inputs if is_calendar(name) or name in ahead]
    static = chosen("static", data, [name for name in inputs if name not in known])
    names = {"targets": targets, "inputs": inputs, "static": static, "known": known, "ids": ids}
    return Choice(data, reading=st.session_state[_READING], repairs=repairs, **{k: tuple(v) for k, v in names.items()})


def chosen(role: str, data: str, offered: Sequence[str]) -> list[str]:
    """The names chosen for a role, as far as they are on offer."""
    there = set(offered)
    return [name for name in st.session_state.get(names_key(role, data), ()) if name in there]


def usual_targets(table: Table) -> tuple[str, ...]:
    """The targets of a table of which none was chosen."""
    return table.likely_targets or (table.guess,)


def names_key(role: str, data: str) -> str:
    """Where the session keeps the names chosen for a role (one of NAMES) of this file or sample."""
    return f"{role}:{data}"


def repairs_key(data: str) -> str:
    """Where the session keeps the repairs of this file or sample, as JSON text."""
    return f"repairs:{data}"


def parameters(choice: Choice) -> dict[str, list[str]]:
    """The whole choice as an address says it: each of PARAMETERS, with no value where there is nothing to be said."""
    facts = file_facts(choice.data, choice.reading)
    return {
        _DATA: [choice.data],
        **{role: list(getattr(choice, part)) for role, part in NAMES.items()},
        _READING: [choice.reading] if choice.reading != "{}" else [],
        _REPAIRS: [choice.repairs] if choice.repairs != "[]" else [],
        FILE_NAME: [facts.name] if facts else [],
        FILE_SIZE: [str(facts.size)] if facts and facts.size else [],
        FILE_ROWS: [str(facts.rows)] if facts else [],
    }


def remember_in_link(choice: Choice) -> None:
    """Write the choice to the page's address, where it differs from what stands there."""
    wanted = parameters(choice)
    if len(choice.repairs) > _LONGEST_LINK:
        # Beside a run nothing is said: a reload then takes the series of the run, whose record has them.
        wanted = {name: [] for name in PARAMETERS} if st.session_state.get("run") else wanted | {_REPAIRS: []}
    if choice.data.startswith(STORED):
        wanted |= {role: [] for role in NAMES}  # they are the series' own
    elif wanted[_DATA] and choice.targets == usual_targets(read_table(choice.data, choice.reading)):
        wanted["target"] = []
    plain = not any(values for name, values in wanted.items() if name != _DATA)
    if choice.data == DEFAULT_DATA and plain and not st.session_state.get("run"):
        wanted[_DATA] = []  # beside a run it says that the series is not another that the run may have been about
    for key, values in wanted.items():
        put_list(key, values)


def take_upload(name: str, content: bytes) -> Table:
    """Keep an uploaded file and make it the current series. Raises BadFile, leaving the current choice as it is. For
    callbacks, or before anything is drawn."""
    data = FILE + file_hash(content)
    table = read_table(data, "{}", _upload=(name, content))
    process_runner().store.add_file(name, content)
    if len(content) > LARGE:
        give_memory_back()  # what compressing it took
    choose(Choice(data, usual_targets(table)))
    _let_run_go()
    uploads = st.session_state.setdefault("uploads", {})
    uploads[data] = name
    return table


def known_data() -> dict[str, str]:
    """Data key → title: this session's uploads (and the link's file) first, then the samples."""
    titles = dict(st.session_state.get("uploads", {}))
    current = st.session_state[_DATA]
    if current.startswith(STORED):
        titles[current] = process_runner().store.series(current.removeprefix(STORED)).name
    elif current.startswith(FILE) and current not in titles:
        titles[current] = current_table().name
    return titles | {key: sample.title for key, sample in SAMPLES.items()}
