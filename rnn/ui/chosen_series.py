"""What there is to learn from: a sample or an uploaded file, how it is read, the roles of its columns, the repairs; and the
series that comes of it, remembered for all sessions of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from rnn.core.series import Series
from rnn.data import BadFile, Receipt, Table, load_sample, read_csv
from rnn.data.repair import Repair, repairs_from_json
from rnn.runs.runner import runner as process_runner
from rnn.ui.collector import give_memory_back
from rnn.ui.stored_series import STORED, roles_of, table_of

DEFAULT_DATA = "sunspots"
FILE = "file-"
LARGE = 20_000_000  # bytes of a file after which freed memory is worth giving back
# What stands in the address, and in a run's record, for each part of a Choice that is a list of names.
NAMES = {"target": "targets", "input": "inputs", "static": "static", "known": "known", "id": "ids"}
ALL = "all"  # as an id: every series of the file


@dataclass(frozen=True)
class Choice:
    """What to learn from.

    data: a sample's key, "file-" and the hash of an upload, or "series-" and the hash of a stored series. reading: JSON of the
    reading choices that override what was detected. targets: the columns to predict; inputs: those that are only fed in, of
    which static are read once a window and known are known ahead. ids: which series of a file of many, ("all",) for every one
    of them, () for what the table takes by itself. repairs: JSON list of the repairs that were chosen (`rnn.data.repair`).
    """

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

    @property
    def asked(self) -> dict[str, Any]:
        """The choice as the arguments of `Table.series` and `Table.receipt`."""
        ids = ALL if self.ids == (ALL,) else self.ids or None
        roles = {"inputs": self.inputs, "static": self.static, "known": self.known}
        return {"target": self.targets or None, **roles, "ids": ids, "repairs": repairs_of(self)}


@st.cache_resource(max_entries=4, show_spinner="Reading the file …")
def read_table(data: str, reading: str = "{}", _upload: tuple[str, bytes] | None = None) -> Table:
    """The sample, stored file or stored series as a table. Raises BadFile, or LookupError where it is not in the store.

    _upload: the file's name and bytes where they are at hand and not in the store yet; the result is remembered alike.
    """
    if data.startswith(STORED):
        return table_of(process_runner().store.series(data.removeprefix(STORED)))
    if not data.startswith(FILE):
        return load_sample(data)
    if _upload is None:
        stored = process_runner().store.file(data.removeprefix(FILE))
        _upload = stored.name, stored.content
    name, content = _upload
    table = read_csv(content, **{"name": Path(name).stem, **json.loads(reading)})
    if len(content) > LARGE:
        give_memory_back()
    return table


@st.cache_resource(max_entries=16, show_spinner=False)
def series_of(choice: Choice) -> Series:
    """Raises BadFile where the table cannot give such a series."""
    if choice.data.startswith(STORED) and choice.repairs == "[]":
        return process_runner().store.series(choice.data.removeprefix(STORED))
    return read_table(choice.data, choice.reading).series(**choice.asked)


def choice_of_stored(series_hash: str, repairs: str = "[]") -> Choice:
    """A series of the store, as it stands there. Raises LookupError for an unknown hash."""
    return Choice(STORED + series_hash, **_roles_of_stored(series_hash), repairs=repairs)


@st.cache_resource(max_entries=64, show_spinner=False)
def _roles_of_stored(series_hash: str) -> dict[str, tuple[str, ...]]:
    return roles_of(process_runner().store.series(series_hash))


def series_or_problem(choice: Choice) -> tuple[Series, str | None]:
    """The series; or, where the table cannot give it, the plainest one instead and the sentence that says why."""
    problem = None
    for one in (choice, Choice(choice.data, (), reading=choice.reading), Choice(DEFAULT_DATA, ())):
        try:
            return series_of(one), problem
        except BadFile as error:
            problem = problem or str(error)
    raise LookupError(f"The sample {DEFAULT_DATA!r} cannot be read: {problem}")


@dataclass(frozen=True)
class FileFacts:
    """What a link says of a file, so that whoever has it knows which one is meant. size: bytes; rows: of data. Zero where it is
    not known."""

    name: str
    size: int
    rows: int


@st.cache_resource(max_entries=64, show_spinner=False)
def file_facts(data: str, reading: str) -> FileFacts | None:
    """Of an uploaded file or a series that is in the store; None for a sample."""
    if data.startswith(STORED):
        series = process_runner().store.series(data.removeprefix(STORED))
        return FileFacts(series.name, 0, len(series))
    if not data.startswith(FILE):
        return None
    name, size = process_runner().store.file_label(data.removeprefix(FILE))
    return FileFacts(name, size, read_table(data, reading).rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def receipt_of(choice: Choice) -> Receipt:
    """What became of the rows of the file for this choice."""
    return read_table(choice.data, choice.reading).receipt(**choice.asked)


def repairs_of(choice: Choice) -> tuple[Repair, ...]:
    """The repairs that were chosen, in their order."""
    return repairs_from_json(choice.repairs)


def reading_of(choice: Choice) -> dict[str, Any]:
    """How the series was read, for the run's record."""
    return {
        "data": choice.data,
        **{part: list(getattr(choice, part)) for part in NAMES.values()},
        "choices": json.loads(choice.reading),
        "repairs": json.loads(choice.repairs),
    }


def choice_of_reading(reading: dict[str, Any]) -> Choice | None:
    """The choice that `reading_of` wrote down; None for a series that came from elsewhere."""
    if "data" not in reading:
        return None
    # Readings from before there were static columns, or series by name, have none.
    names = {part: tuple(reading.get(part, ())) for part in NAMES.values()}
    repairs = json.dumps(reading.get("repairs", []), separators=(",", ":"))
    return Choice(reading["data"], **names, reading=json.dumps(reading.get("choices", {})), repairs=repairs)
