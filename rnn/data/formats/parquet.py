"""Files that keep a table column by column: Parquet, and Arrow as Feather and other programs write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..findings import BadFile, Finding, finding
from .isolated import read_apart
from .raw import MOST_CELLS, Cells, Raw, binary_layout, decimal_of, flags, frame_of


def read(data: bytes, kind: str, wanted: Mapping[str, Any]) -> Raw:
    """kind: "parquet" or "arrow". wanted may fix decimal (of numbers kept as text).

    Dates and moments become ISO text (with their zone, in UTC), decimals and durations (in seconds) numbers, categories their
    words, yes and no 1 and 0; columns of lists, records and raw bytes are left out.
    """
    what = "The Parquet file" if kind == "parquet" else "The Arrow file"
    reading = read_apart("columnar", data, what, {"format": kind, "most_cells": MOST_CELLS})
    nested = reading.note["nested"]
    if not reading.columns:
        told = f"only nested columns ({', '.join(nested[:5])})" if nested else "no columns"
        raise BadFile(f"{what} holds {told}; choose one with columns of numbers.")
    cells = {name: column for name, column in reading.columns.items() if isinstance(column, Cells)}
    decimal, guessed = decimal_of(list(cells.values()), wanted.get("decimal"))
    rows = len(next(iter(reading.columns.values())))
    frame, odd_cells = frame_of(cells, decimal, 1)
    whole = {name: np.asarray(column) for name, column in reading.columns.items() if name not in cells}
    index = pd.RangeIndex(1, rows + 1, name="row")
    columns = {name: frame[name] if name in cells else whole[name] for name in reading.columns}
    findings = (*_left_out(nested), *guessed, *odd_cells, *flags(reading.flags))
    layout = binary_layout(list(columns), decimal)
    return Raw(pd.DataFrame(columns, index=index), layout, kind, kind, findings, {"decimal": decimal})


def _left_out(nested: list[str]) -> list[Finding]:
    if not nested:
        return []
    listed = ", ".join(repr(name) for name in nested[:5]) + (f" and {len(nested) - 5} more" if len(nested) > 5 else "")
    message = f"Columns of lists, records or raw bytes left out: {listed}."
    return [finding("nested-columns", message, count=len(nested), column=nested[0])]
