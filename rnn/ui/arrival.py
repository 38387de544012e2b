"""Files of runs that come in: what they are, and the run that they become in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np

from rnn.core.series import Series
from rnn.data import SAMPLES, Table, load_sample, read_csv
from rnn.data.choices import choices_of_json
from rnn.data.repair import repairs_from_json
from rnn.export import fit_from_bytes
from rnn.export.bundle import fit_in_zip, is_zip, original_in_zip
from rnn.export.fit_file import record_in
from rnn.export.takeaway import as_json
from rnn.runs.arrivals import MadeChange
from rnn.runs.packing import file_hash
from rnn.runs.store import Store
from rnn.ui import not_a_run
from rnn.ui.chosen_series import FILE, NAMES, Choice, choice_of_reading

FIELDS = ("lr", "epochs")  # what can be changed in mid-run


@dataclass(frozen=True)
class Arrived:
    """run_id: of the run in the store. note: a sentence on what of it could not come along; mostly empty."""

    run_id: str
    note: str = ""


def take_in(store: Store, name: str, content: bytes, session: str) -> Arrived:
    """Keep the run that the file holds: a run's own file, or the zip of a run, whose data then come along.

    Raises ValueError with a sentence for everything else; nothing is kept then.
    """
    called = f"The file {name}"
    try:
        own = fit_in_zip(content, called) if is_zip(content) else content
        fit = fit_from_bytes(own, called)
    except ValueError as error:
        raise ValueError(not_a_run.sentence(content, name, called) or str(error)) from None
    record = _checked(record_in(own, called), called)
    original = original_in_zip(content, called) if is_zip(content) else None
    reading = dict(record.reading)
    wanted = reading.get("data", "")
    if original is not None and wanted == FILE + file_hash(original[1]):
        store.add_file(record.file or original[0], original[1])
    choice = choice_of_reading(reading)
    note = "" if choice is None else _why_not(store, choice, fit.series, record.file or wanted)
    if note:  # the numbers, which are all that training needs, are in the run
        del reading["data"]
        choice = None
    run_id = store.add_fit(
        fit, session=session, name=record.name or PurePath(name).stem, reading=reading, changes=record.changes,
        file_hash=choice.file_hash if choice else None,
    )  # fmt: skip
    return Arrived(run_id, note)


def _why_not(store: Store, choice: Choice, series: Series, file: str) -> str:
    """Why the reading does not lead to the series of the run; empty where it does."""
    stays = "The run has its series all the same and can go on learning."
    try:
        found = _table(store, choice).series(**choice.asked)
    except LookupError:
        return f"Its file {file} is not in this store. {stays}"
    except ValueError as error:
        return f"Its file {file} cannot be read as its record says ({str(error).rstrip('.')}). {stays}"
    same = found.names == series.names and np.array_equal(found.values, series.values, equal_nan=True)
    return "" if same else f"Its file {file}, read as its record says, gives other numbers. {stays}"


def _table(store: Store, choice: Choice) -> Table:
    if choice.file_hash is None:
        if choice.data not in SAMPLES:
            raise LookupError(choice.data)
        return load_sample(choice.data)
    stored = store.file(choice.file_hash)
    return read_csv(stored.content, **{"name": PurePath(stored.name).stem, **json.loads(choice.reading)})


@dataclass(frozen=True)
class _Record:
    name: str = ""
    file: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[MadeChange, ...] = ()


def _checked(record: Mapping[str, Any], called: str) -> _Record:
    """What the file says of the run beside its fit, each value of the kind that it has to be: anyone may have written it."""
    try:
        name, file = (_text(record.get(key) or "", key) for key in ("name", "file"))
        return _Record(name, file, _reading(record.get("reading", {})), _changes(record.get("changes", [])))
    except ValueError as error:
        raise ValueError(f"{called} does not hold together as a run: {error}") from None


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} is {value!r}, not a text.")
    return value


def _reading(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError(f"reading is {found!r}, not a list of names and values.")
    if "data" not in found:
        return {}
    names = {}
    for part in NAMES.values():
        listed = found.get(part, [])
        if not isinstance(listed, list):
            raise ValueError(f"{part} of its reading is {listed!r}, not a list.")
        names[part] = [_text(one, f"an entry of {part}") for one in listed]
    choices = choices_of_json(as_json(found.get("choices", {})).decode())
    repairs_from_json(as_json(found.get("repairs", [])).decode())
    data = _text(found["data"], "data of its reading")
    return {"data": data, **names, "choices": choices, "repairs": found.get("repairs", [])}


def _changes(found: Any) -> tuple[MadeChange, ...]:
    if not isinstance(found, list):
        raise ValueError(f"changes is {found!r}, not a list.")
    made: list[MadeChange] = []
    for one in found:
        whole = (
            isinstance(one, list)
            and len(one) == 5
            and all(type(value) in (int, float) for value in (*one[:2], *one[3:]))
        )
        if not whole or one[2] not in FIELDS:
            raise ValueError(f"the change {one!r} is not epoch, batches done, field, old value, new value.")
        epoch, batch, field, old, new = one
        made.append((int(epoch), int(batch), field, old, new))
    return tuple(made)
