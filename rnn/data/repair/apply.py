"""Repairs applied, one after another, always from the raw rows: leaving one out of the list undoes it exactly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..findings import SHOWN, BadFile
from .kinds import REPAIRS
from .option import Done
from .record import Repair, RepairReceipt
from .sheet import Sheet
from .transform import undo_boxcox, undo_log

_SORTING = ("duplicates", "fill", "grid", "shift")  # they look at neighbours in time, and sort for it
_UNDO = {"log": undo_log, "boxcox": undo_boxcox}


def repaired(
    frame: pd.DataFrame, times: NDArray[Any] | None, repairs: Iterable[Repair]
) -> tuple[Sheet, tuple[RepairReceipt, ...]]:
    """The columns of `frame` (index: the file's row numbers) after the repairs, in their order, and a receipt of each.

    times: (N,) datetime64 or numbers, or None; rows without a time are left out first. Nothing is changed in place.
    Raises BadFile where a repair cannot be done, naming it.
    """
    sheet, receipts = Sheet.of(frame, times), []
    for number, repair in enumerate(repairs, 1):
        try:
            sheet, receipt = applied(sheet, repair)
        except BadFile as error:
            raise BadFile(f"Repair {number} ({REPAIRS[repair.kind].title.lower()}) cannot be done: {error}") from error
        receipts.append(receipt)
    return sheet, tuple(receipts)


def applied(sheet: Sheet, repair: Repair) -> tuple[Sheet, RepairReceipt]:
    """The sheet after one repair. A column that is not among the sheet's is no error: it is not used just now."""
    columns = list(range(len(sheet.names)))
    if repair.column is not None:
        columns = [k for k in columns if sheet.names[k] == repair.column]
    if repair.column is not None and not columns:
        after, done = sheet, Done(f"Column {repair.column!r} is not used, so nothing to do.", np.empty(0))
    else:
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # what grows beyond all bounds is refused when a series is made
            after, done = REPAIRS[repair.kind].run(sheet, columns, repair.options)
    sentence = done.sentence
    if repair.kind in _SORTING and not sheet.in_order and after.in_order:
        sentence += " The rows were put in time order for it."
    left_out = len(sheet) + done.added - done.merged - len(after)
    rows = tuple(int(row) for row in done.rows[:SHOWN])
    receipt = RepairReceipt(
        repair, sentence, len(sheet), len(after), done.cells, rows, left_out, done.merged, done.added
    )
    return after, receipt


def inverse(repairs: Iterable[Repair], column: str, values: ArrayLike) -> NDArray[np.float64]:
    """Values of a repaired column in the unit of the file again, such as forecasts: logarithms and Box–Cox transforms
    undone, last first. Repairs of certain rows (a unit, a level) concern the past and are left alone."""
    result = np.asarray(values, dtype=np.float64)
    for repair in reversed(tuple(repairs)):
        if repair.kind in _UNDO and repair.column == column:
            result = _UNDO[repair.kind](result, repair.options)
    return result
