"""Choosing what to learn from: a bundled sample or a file of one's own, the columns to predict, and how to read it.

The choice stands in the page's address (`data`, `target`, `input`, `static`), so it lives through reloads and travels in links.
Uploaded files are kept in the store under the hash of their content.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from rnn.core.series import Series
from rnn.data import SAMPLES, BadFile, Receipt, Table, load_sample, read_csv
from rnn.data.repair import Repair, repairs_from_json
from rnn.runs.packing import file_hash
from rnn.runs.runner import runner as process_runner
from rnn.ui.config_form import set_values, values_of_form
from rnn.ui.relevance import DEFAULT

DEFAULT_DATA = "sunspots"
FILE = "file-"
_DATA, _TARGET, _INPUT, _STATIC, _READING = "data", "target", "input", "static", "reading"
_REPAIRS = "repairs"
_LONGEST_LINK = 2000  # characters of repairs that an address carries; longer lists live as long as the session
_COLUMNS = {_TARGET: "targets", _INPUT: "inputs", _STATIC: "static"}


@dataclass(frozen=True)
class Choice:
    """data: a sample's key, or "file-" and the hash of an upload. targets, inputs: columns to predict, and columns that
    are only fed in. reading: JSON of the reading choices that override what was detected. static: those of the inputs
    that are read once a window; known: those that are known ahead of time. ids: which series of a long or wide file, ()
    for a file of one series. repairs: JSON list of the repairs that were chosen (`rnn.data.repair`)."""

    data: str
    targets: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    reading: str = "{}"
    static: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    repairs: str = "[]"

    @property
    def file_hash(self) -> str | None:
        return self.data.removeprefix(FILE) if self.data.startswith(FILE) else None


@st.cache_resource(max_entries=4, show_spinner="Reading the file …")
def read_table(data: str, reading: str = "{}", _upload: tuple[str, bytes] | None = None) -> Table:
    """The sample or stored file as a table. Raises BadFile, or LookupError where the file is not in the store.

    _upload: the file's name and bytes where they are at hand and not in the store yet; the result is remembered alike.
    """
    if not data.startswith(FILE):
        return load_sample(data)
    if _upload is None:
        stored = process_runner().store.file(data.removeprefix(FILE))
        _upload = stored.name, stored.content
    name, content = _upload
    return read_csv(content, **{"name": Path(name).stem, **json.loads(reading)})


@st.cache_resource(max_entries=16, show_spinner=False)
def series_of(choice: Choice) -> Series:
    return read_table(choice.data, choice.reading).series(
        choice.targets, choice.inputs, choice.static, repairs=repairs_of(choice)
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def receipt_of(choice: Choice) -> Receipt:
    """What became of the rows of the file for this choice."""
    return read_table(choice.data, choice.reading).receipt(
        choice.targets, choice.inputs, choice.static, repairs=repairs_of(choice)
    )


def repairs_of(choice: Choice) -> tuple[Repair, ...]:
    """The repairs that were chosen, in their order."""
    return repairs_from_json(choice.repairs)


def repairs_key(data: str) -> str:
    """Where the session keeps the repairs of this series, as JSON text."""
    return f"{_REPAIRS}:{data}"


def reading_of(choice: Choice) -> dict[str, Any]:
    """How the series was read, for the run's record."""
    return {
        "data": choice.data,
        "targets": list(choice.targets),
        "inputs": list(choice.inputs),
        "static": list(choice.static),
        "choices": json.loads(choice.reading),
        "repairs": json.loads(choice.repairs),
    }


def choice_of_reading(reading: dict[str, Any]) -> Choice | None:
    """The choice that `reading_of` wrote down; None for a series that came from elsewhere."""
    if "data" not in reading:
        return None
    choices = json.dumps(reading.get("choices", {}))
    static = tuple(reading.get("static", ()))  # readings from before there were any have none
    repairs = json.dumps(reading.get("repairs", []), separators=(",", ":"))
    return Choice(
        reading["data"], tuple(reading["targets"]), tuple(reading["inputs"]), choices, static, repairs=repairs
    )


def prepare(run_choice: Choice | None) -> None:
    """Once a session: start from the link's choice, else from the shown run's, else from the default sample."""
    if _DATA in st.session_state:
        return
    linked = st.query_params.get(_DATA)
    if linked is None and run_choice is not None:
        choose(run_choice)
        return
    data = linked or DEFAULT_DATA
    st.session_state[_READING] = st.query_params.get(_READING, "{}")
    try:
        read_table(data, st.session_state[_READING])
    except (BadFile, LookupError, KeyError, ValueError):
        st.session_state["data_refused"] = f"The link asks for the series {data!r}, which is not here (any more)."
        data, st.session_state[_READING] = DEFAULT_DATA, "{}"
    st.session_state[_DATA] = data
    if linked:
        for role in _COLUMNS:
            st.session_state[_columns_key(role, data)] = st.query_params.get_all(role)
    if data == (linked or DEFAULT_DATA):
        _take_repairs_from_link(data)


def _take_repairs_from_link(data: str) -> None:
    """The repairs that the address carries, unless they are no repairs or leave no series."""
    linked = st.query_params.get(_REPAIRS, "[]")
    try:
        repairs_from_json(linked)
    except ValueError as error:
        st.session_state["data_refused"] = f"The repairs in the link are left out: {error}"
        return
    st.session_state[repairs_key(data)] = linked
    try:
        receipt_of(current_choice())
    except BadFile as error:
        st.session_state["data_refused"] = f"The repairs in the link are left out: {error}"
        st.session_state[repairs_key(data)] = "[]"


def choose(choice: Choice) -> None:
    """Make this the current choice. For callbacks, or before anything is drawn."""
    st.session_state[_DATA], st.session_state[_READING] = choice.data, choice.reading
    for role, name in _COLUMNS.items():
        st.session_state[_columns_key(role, choice.data)] = list(getattr(choice, name))
    st.session_state[repairs_key(choice.data)] = choice.repairs


def pick(data: str) -> None:
    """Make another sample or upload the current one, with its own columns; the shown run is let go of."""
    left = st.session_state.get(_DATA)
    st.session_state[_DATA], st.session_state[_READING] = data, "{}"
    _let_run_go()
    set_values(_suggested_instead(left, data))


def _suggested_instead(left: str | None, data: str) -> dict[str, Any]:
    """What the form takes on with another series: the sample's own settings, and the default again for those that the
    sample left behind had brought and nobody has changed since."""
    suggested: dict[str, Any] = {**SAMPLES[data].config, "season": SAMPLES[data].season} if data in SAMPLES else {}
    if left not in SAMPLES:
        return suggested
    values = values_of_form()
    brought = {**SAMPLES[left].config, "season": SAMPLES[left].season}
    back = {field: getattr(DEFAULT, field) for field, value in brought.items() if values[field] == value}
    return {**back, **suggested}


def _let_run_go() -> None:
    # The run goes on and can be found under Runs; what the page shows next is about the new series.
    st.session_state["run"] = None
    st.query_params.pop("run", None)


def current_table() -> Table:
    return read_table(st.session_state[_DATA], st.session_state[_READING])


def current_choice() -> Choice:
    """What the page stands at; columns that the table does not have are left out, and without any the best guess taken."""
    data, table = st.session_state[_DATA], current_table()
    targets = _chosen(_TARGET, data, table.numeric) or [table.guess]
    inputs = _chosen(_INPUT, data, [name for name in table.numeric if name not in targets])
    static = _chosen(_STATIC, data, inputs)
    repairs = st.session_state.get(repairs_key(data), "[]")
    return Choice(data, tuple(targets), tuple(inputs), st.session_state[_READING], tuple(static), repairs=repairs)


def _chosen(role: str, data: str, offered: Sequence[str]) -> list[str]:
    return [name for name in st.session_state.get(_columns_key(role, data), ()) if name in offered]


def remember_in_link(choice: Choice) -> None:
    """Write the choice to the page's address, where it differs from what stands there."""
    wanted: dict[str, list[str]] = {
        _DATA: [choice.data] if choice.data != DEFAULT_DATA else [],
        _TARGET: list(choice.targets) if choice.targets != (read_table(choice.data, choice.reading).guess,) else [],
        _INPUT: list(choice.inputs),
        _STATIC: list(choice.static),
        _READING: [choice.reading] if choice.reading != "{}" else [],
        _REPAIRS: [choice.repairs] if choice.repairs != "[]" and len(choice.repairs) <= _LONGEST_LINK else [],
    }
    for key, values in wanted.items():
        if st.query_params.get_all(key) != values:
            if values:
                st.query_params[key] = values
            else:
                st.query_params.pop(key, None)


def take_upload(name: str, content: bytes) -> Table:
    """Keep an uploaded file and make it the current series. Raises BadFile, leaving the current choice as it is. For
    callbacks, or before anything is drawn."""
    data = FILE + file_hash(content)
    table = read_table(data, "{}", _upload=(name, content))
    process_runner().store.add_file(name, content)
    set_values(_suggested_instead(st.session_state.get(_DATA), data))
    choose(Choice(data, (table.guess,)))
    _let_run_go()
    uploads = st.session_state.setdefault("uploads", {})
    uploads[data] = name
    return table


def known_data() -> dict[str, str]:
    """Data key → title: this session's uploads (and the link's file) first, then the samples."""
    titles = dict(st.session_state.get("uploads", {}))
    current = st.session_state[_DATA]
    if current.startswith(FILE) and current not in titles:
        titles[current] = current_table().name
    return titles | {key: sample.title for key, sample in SAMPLES.items()}


def _columns_key(role: str, data: str) -> str:
    return f"{role}:{data}"


def draw_columns(table: Table, data: str) -> None:
    """The pickers of targets and further inputs, and which of these are static."""
    target_key, input_key, static_key = (_columns_key(role, data) for role in _COLUMNS)
    targets = st.session_state[target_key] = _chosen(_TARGET, data, table.numeric) or [table.guess]
    if len(table.numeric) == 1:
        return
    targets = st.multiselect(
        "Predict", table.numeric, key=target_key, persist_state="session",
        help="The column or columns that the network learns to predict. Several are predicted by one network at once.",
    )  # fmt: skip
    others = [name for name in table.numeric if name not in targets]
    st.session_state[input_key] = _chosen(_INPUT, data, others)
    inputs = st.multiselect(
        "Feed in as well", others, key=input_key, persist_state="session", placeholder="No further columns",
        help="Columns whose past helps to predict, without being predicted themselves.",
    )  # fmt: skip
    st.session_state[static_key] = _chosen(_STATIC, data, inputs)
    if inputs:
        st.multiselect(
            "Of these, static", inputs, key=static_key, persist_state="session", placeholder="None",
            help="Columns that describe the series and not a moment, such as a region or a size: the network takes one "
            "value a window, that of its last record, and has it at hand at every step.",
        )  # fmt: skip
