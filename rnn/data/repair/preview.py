"""A repair before it is done: the column as it is, and as it would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .apply import applied, repaired
from .record import Repair, RepairReceipt
from .sheet import Sheet


@dataclass(frozen=True, eq=False)
class Preview:
    """One column before and after: times and values each, in time order. What the repair does is in `receipt`.

    times_before: (N,), values_before: (N,), times_after: (M,), values_after: (M,), NaN where a value is missing.
    same_unit: whether both belong on one scale.
    """

    column: str
    times_before: NDArray[Any]
    values_before: NDArray[np.float64]
    times_after: NDArray[Any]
    values_after: NDArray[np.float64]
    receipt: RepairReceipt
    same_unit: bool


def preview(
    frame: pd.DataFrame,
    times: NDArray[Any] | None,
    repair: Repair,
    *,
    earlier: Sequence[Repair] = (),
    column: str | None = None,
) -> Preview:
    """What `repair` would do after the `earlier` ones. column: which to show; None: the repair's own, or the first.

    Rows stay in their order before a sort, so that its picture shows what it does. Raises BadFile as `repaired` does.
    """
    before, _ = repaired(frame, times, earlier)
    after, receipt = applied(before, repair)
    shown = repair.column if repair.column in before.names else (column if column in before.names else before.names[0])
    at = before.names.index(shown)
    if repair.kind != "sort":
        before, after = before.ordered(), after.ordered()
    first = _moments(before) if repair.kind != "sort" else np.arange(len(before))
    then = _moments(after) if repair.kind != "sort" else np.arange(len(after))
    same = repair.kind not in ("log", "boxcox")
    return Preview(shown, first, before.values[:, at], then, after.values[:, at], receipt, same)


def _moments(sheet: Sheet) -> NDArray[Any]:
    """The times, or the file's row numbers where there are none."""
    return sheet.rows if sheet.times is None else sheet.times
