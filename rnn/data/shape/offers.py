"""What the columns of a table are offered for: targets, inputs, static columns, columns known ahead, categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .calendar import calendar_names
from .categories import is_category

if TYPE_CHECKING:
    from ..table import Table


@dataclass(frozen=True)
class Offers:
    """Names for pickers, in file order. usable: columns of numbers and categories. fixed: those with one value in each series.

    targets: numbers that vary. inputs: `usable`, then the calendar's. static: the fixed ones first. known: those that vary,
    then the calendar's, such as "calendar: month". categories: those that become a column a level.
    """

    usable: tuple[str, ...]
    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    static: tuple[str, ...]
    known: tuple[str, ...]
    categories: tuple[str, ...]
    fixed: tuple[str, ...]


def offers_of(table: Table) -> Offers:
    parts = [one.column for one in table.findings if one.kind == "joined-time"]
    categories = tuple(
        name for name, kind in table.kinds.items()
        if name not in (*table.id_columns, *parts)
        and (name in table.chosen_categories or (kind == "text" and is_category(table.frame[name])))
    )  # fmt: skip
    can_be, one_value = {*table.numeric, *categories}, frozenset(table.fixed)  # sets: there may be thousands of columns
    usable = tuple(name for name in table.kinds if name in can_be)
    fixed = tuple(name for name in usable if name in one_value)
    varying = tuple(name for name in usable if name not in one_value)
    calendar = calendar_names(table.frame[table.time].to_numpy() if table.time else None)
    return Offers(
        usable=usable,
        targets=tuple(name for name in table.numeric if name not in one_value) or table.numeric,
        inputs=(*usable, *calendar),
        static=(*fixed, *varying),
        known=(*varying, *calendar),
        categories=categories,
        fixed=fixed,
    )


def fixed_columns(table: Table) -> tuple[str, ...]:
    """The columns that hold one value (or none) in each series of the table, such as the region of a shop."""
    codes = table.ids.codes if table.ids.codes is not None else np.zeros(len(table.frame), dtype=np.int64)
    there = codes >= 0
    series = codes[there]
    result = []
    for name in table.frame.columns.difference([table.time, *table.id_columns], sort=False):
        levels = _levels(table.frame[name])[there]
        known = levels >= 0
        first = np.full(len(table.ids) or 1, -1, dtype=np.int64)
        first[series[known][::-1]] = levels[known][::-1]
        if (levels[known] == first[series[known]]).all():
            result.append(str(name))
    return tuple(result)


def _levels(column: pd.Series) -> np.ndarray:
    """A number for each different value, −1 where it is missing."""
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isnan(values), -1, values.view(np.int64) & np.iinfo(np.int64).max)
    return np.asarray(pd.factorize(column)[0], dtype=np.int64)
