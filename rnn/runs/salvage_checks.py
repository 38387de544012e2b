"""Whether a row read from a damaged store is what its table holds: types first, then what only the content can tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import Double, Integer, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from rnn.core.config import Config
from rnn.runs import packing
from rnn.runs.records import STATES
from rnn.runs.sqlite_records import Value

MOST = 1e15  # a weight is smaller; of random bits read as a number about one in three is not


def typed(table: Table, values: Mapping[str, Value]) -> dict[str, Any] | None:
    """The row as its table has it, or None where a value is of another kind. What an older store has no column for is left to
    the default; what the table does not know is left out."""
    row: dict[str, Any] = {}
    for column in table.columns:
        value = values.get(column.name)
        if value is None:
            if not column.nullable and (column.name in values or not (column.default or column.server_default)):
                return None
            if column.name in values:
                row[column.name] = None
            continue
        # SQLite keeps a whole number as such, whatever the column says.
        value = float(value) if isinstance(column.type, Double) and isinstance(value, int) else value
        if not isinstance(value, _kind(column.type)):
            return None
        row[column.name] = value
    return row


def _kind(column: TypeEngine[Any]) -> type:
    for sort, kind in ((Double, float), (Integer, int), (LargeBinary, bytes)):
        if isinstance(column, sort):
            return kind
    return str


def is_sound(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether the content is what it says it is, as far as that can be told."""
    check = _CHECKS.get(table.name)
    try:
        return check is None or check(row)
    except Exception:  # whatever the readers of a damaged content stumble over
        return False


def _file(row: Mapping[str, Any]) -> bool:
    return packing.file_hash(packing.unpack_file(row["content"])) == row["hash"]


def _series(row: Mapping[str, Any]) -> bool:
    meta, reading = json.loads(row["meta"]), json.loads(row["reading"])
    # Older versions left the repairs out of the hash.
    hashes = {packing.series_hash(meta, row["arrays"], repairs) for repairs in (reading.get("repairs", ()), ())}
    return row["hash"] in hashes and len(packing.unpack_series(meta, row["arrays"])) > 0


def _run(row: Mapping[str, Any]) -> bool:
    return row["state"] in STATES and isinstance(Config.from_json(row["config"]), Config)


def _snapshot(row: Mapping[str, Any]) -> bool:
    arrays, meta = packing.unpack_arrays(row["arrays"]), json.loads(row["meta"])
    if row["kind"] != "checkpoint":
        return {"train", "validation"} <= set(arrays)
    return isinstance(meta["history"], list) and _are_weights(
        {name: array for name, array in arrays.items() if name.startswith("best/")}
    )


def _kept_part(row: Mapping[str, Any]) -> bool:
    arrays = packing.unpack_arrays(row["arrays"])
    return row["part"] == "optimiser" or _are_weights(arrays)


def _are_weights(arrays: Mapping[str, np.ndarray[Any, Any]]) -> bool:
    return bool(arrays) and all(bool((np.abs(array) < MOST).all()) for array in arrays.values())


_CHECKS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "files": _file,
    "series": _series,
    "runs": _run,
    "snapshots": _snapshot,
    "kept": lambda row: isinstance(json.loads(row["meta"]), dict),
    "kept_arrays": _kept_part,
    "flow": lambda row: {"norms", "steps"} <= set(packing.unpack_arrays(row["arrays"])),
    "studies": lambda row: isinstance(json.loads(row["request"]), dict),
}
