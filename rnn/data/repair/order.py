"""Rows in the order of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..findings import counted, row_list
from .option import Done, Kind
from .sheet import Sheet, named_rows


def _sort(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    if sheet.in_order:
        why = "there is no time to sort by" if sheet.times is None else "the rows are in time order already"
        return sheet, Done(f"Nothing to sort: {why}.", sheet.rows[:0])
    late = named_rows(sheet.rows[1:][sheet.times[1:] < sheet.times[:-1]])
    order = np.argsort(sheet.times, kind="stable")
    moved = int((order != np.arange(len(order))).sum())
    message = f"Sorted by time: {counted(moved, 'row')} moved ({row_list(late)} earlier than the row above)."
    return sheet.take(order), Done(message, late)


SORT = Kind(
    "sort",
    "Sort by time",
    "Puts the rows in the order of their times; rows of the same time stay in file order. A series needs this order, so it "
    "is done at the end anyway; as a repair of its own it can come before others.",
    "none",
    (),
    _sort,
)
