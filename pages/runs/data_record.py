"""What a run learned from, for its record: the file, how it was read, the columns, the repairs; to look at and to take away."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from rnn import __version__
from rnn.data.repair import REPAIRS
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import escaped

_ROLES = {"targets": "Predicted", "inputs": "Fed in", "known": "Known ahead", "static": "Static", "ids": "Series"}


def draw(run: Run) -> None:
    record = record_of(run)
    with st.expander(_title(record["reading"])):
        for line in _lines(record):
            st.markdown(line)
        st.download_button(
            "Record of the data (JSON)", json.dumps(record, indent=2, ensure_ascii=False), f"{run.id}-data.json",
            "application/json", icon=":material/data_object:", key=f"data-record-{run.id}",
        )  # fmt: skip


def record_of(run: Run) -> dict[str, Any]:
    """All that says what the run learned from, as JSON has it: series and file by the hash of their content."""
    store = session.store()
    return {
        "run": run.id,
        "unroll": __version__,
        "series_hash": run.series_hash,
        "file_hash": store.series_file(run.series_hash),
        "reading": store.series_reading(run.series_hash),
    }


def _title(reading: dict[str, Any]) -> str:
    count = len(reading.get("repairs", ()))
    return "Data" if not count else f"Data · {count} repair{'' if count == 1 else 's'}"


def _lines(record: dict[str, Any]) -> list[str]:
    reading = record["reading"]
    if not reading:
        return ["The series was made in a script; the store knows its numbers and no file."]
    lines = [f"From {escaped(reading['data'][:24], 40)}" if "data" in reading else "Its file is not in this store."]
    for role, label in _ROLES.items():
        names = reading.get(role, ())
        if names:
            shown = ", ".join(escaped(str(name), 60) for name in names[:12])
            lines.append(f"{label}: {shown}{f' and {len(names) - 12:,} more' if len(names) > 12 else ''}")
    if reading.get("choices"):
        lines.append(f"Read with {escaped(json.dumps(reading['choices'], ensure_ascii=False), 300)}")
    for number, repair in enumerate(reading.get("repairs", ()), 1):
        of = f" of {escaped(repair['column'], 60)}" if repair.get("column") else ""
        options = {name: value for name, value in repair.get("options", {}).items() if value is not None}
        said = f": {escaped(json.dumps(options, ensure_ascii=False), 200)}" if options else ""
        lines.append(f"{number}. {REPAIRS[repair['kind']].title}{of}{said}")
    return lines
