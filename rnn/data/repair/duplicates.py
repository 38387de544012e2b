"""Rows of the same time: made into one, or all but one left out, or kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..findings import counted, row_list
from .groups import merged
from .option import Done, Kind, Option
from .sheet import Sheet, named_rows

REASON = "same time as another row"
_VERBS = {"average": "averaged", "sum": "added up"}


def _duplicates(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    how = options["how"]
    sheet = sheet.ordered()
    same = np.zeros(len(sheet), dtype=bool)
    if sheet.times is not None:
        same[1:] = sheet.times[1:] == sheet.times[:-1]
    again = named_rows(sheet.rows[same])
    count = int(same.sum())
    if not count:
        return sheet, Done("No two rows have the same time.", again)
    said = f"{counted(count, 'row')} with the time of an earlier row"
    if how == "keep":
        return sheet, Done(f"{said} ({row_list(again)}) kept as they are, in file order.", again)
    if how in _VERBS:
        starts = np.flatnonzero(~same)
        made = merged(sheet, starts, ["mean" if how == "average" else "sum"] * len(sheet.names))
        touched = int((np.diff(np.append(starts, len(sheet))) > 1).sum()) * len(sheet.names)
        message = f"{said} ({row_list(again)}) {_VERBS[how]} with it."
        return made, Done(message, again, touched, merged=count)
    out = same if how == "first" else np.append(same[1:], False)
    gone = named_rows(sheet.rows[out])
    message = f"{said}: the {how} of each time kept, {counted(count, 'other')} left out ({row_list(gone)})."
    return sheet.keep(~out, REASON), Done(message, gone)


DUPLICATES = Kind(
    "duplicates",
    "Duplicate times",
    "Several rows of one time become one: their average, their sum (where each is a part of the whole), or the first or the "
    "last of them with the others left out. Or all are kept, one after another.",
    "none",
    (
        Option(
            "how",
            "choice",
            "average",
            "What becomes of rows that have the same time.",
            ("average", "sum", "first", "last", "keep"),
        ),
    ),
    _duplicates,
)
