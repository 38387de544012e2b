"""What was understood of a file, as one JSON-able dict: `python -m rnn inspect FILE` prints it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from .doctor import diagnose
from .reader import read_csv
from .source import CsvSource
from .table import Table

_SHOWN_IDS = 20


def inspect(source: CsvSource, **choices: Any) -> dict[str, Any]:
    """Read `source` as `read_csv` does and describe it. Plain strings, numbers, lists and None only, no NaN.

    Keys: name, encoding, delimiter, decimal, header_row, time, frequency, rows, columns (name and kind), numeric, guess,
    first_time and last_time (ISO text, or a number for a time column of numbers), findings, diagnoses (what the data doctor
    says of the guessed target), choices, skipped (reason and count of the other rows of the file), units (column → unit),
    shape, id_columns, ids (their count and the first 20 with rows, first and last time), usable, roles (what is offered for
    each), format.
    """
    return describe(read_csv(source, **choices))


def describe(table: Table) -> dict[str, Any]:
    """The dict of `inspect` for a table already read."""
    first, last = _ends(table)
    return {
        "name": table.name,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "decimal": table.decimal,
        "header_row": table.header_row,
        "time": table.time,
        "frequency": table.frequency,
        "rows": table.rows,
        "columns": [{"name": name, "kind": kind} for name, kind in table.kinds.items()],
        "numeric": list(table.numeric),
        "guess": table.guess,
        "first_time": first,
        "last_time": last,
        "findings": [{**asdict(one), "rows": list(one.rows)} for one in table.findings],
        "diagnoses": _diagnoses(table),
        "choices": dict(table.choices),
        "skipped": [{"reason": reason, "count": count} for reason, count in table.skipped],
        "units": dict(table.units),
        "shape": table.shape,
        "id_columns": list(table.id_columns),
        "ids": {"count": len(table.ids), "first": [_series(table, k) for k in range(min(_SHOWN_IDS, len(table.ids)))]},
        "usable": list(table.usable),
        "roles": {name: list(names) for name, names in asdict(table.offers).items() if name != "usable"},
        "format": table.format,
    }


def _series(table: Table, place: int) -> dict[str, Any]:
    ids = table.ids
    first, last = _plain(ids.first[place]), _plain(ids.last[place])
    return {"id": ids[place], "rows": int(ids.counts[place]), "first": first, "last": last}


def _plain(moment: Any) -> str | float | None:
    """A time as JSON has it."""
    if isinstance(moment, np.datetime64):
        return None if np.isnat(moment) else str(moment)
    return float(moment) if np.isfinite(moment) else None


def _diagnoses(table: Table) -> list[dict[str, Any]]:
    times = table.frame[table.time].to_numpy() if table.time else None
    column = table.guess
    found = diagnose(table.frame[[column]], times, [column], frequency=table.frequency, findings=table.findings)
    return [
        {name: value for name, value in one.to_dict().items() if name != "remedies"} | {"severity": one.severity}
        for one in found
    ]


def _ends(table: Table) -> tuple[str | float | None, str | float | None]:
    if table.time is None:
        return None, None
    times = table.frame[table.time].to_numpy()
    if times.dtype.kind == "M":
        known = times[~np.isnat(times)]
        return (str(known.min()), str(known.max())) if len(known) else (None, None)
    known = times[np.isfinite(times)]
    return (float(known.min()), float(known.max())) if len(known) else (None, None)
