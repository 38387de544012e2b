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


_FIRST = 100  # rows that are looked at before all of them


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
        if (kind == "text" or name in table.chosen_categories) and name not in (*table.id_columns, *parts)
        and (name in table.chosen_categories or is_category(table.frame[name]))
    )  # fmt: skip
    # Sets: a file may have thousands of columns.
    offered, still = {*table.numeric, *categories}, set(table.fixed)
    usable = tuple(name for name in table.kinds if name in offered)
    fixed = tuple(name for name in usable if name in still)
    varying = tuple(name for name in usable if name not in still)
    calendar = calendar_names(table.frame[table.time].to_numpy() if table.time else None)
    return Offers(
        usable=usable,
        targets=tuple(name for name in table.numeric if name not in still) or table.numeric,
        inputs=(*usable, *calendar),
        static=(*fixed, *varying),
        known=(*varying, *calendar),
        categories=categories,
        fixed=fixed,
    )


def fixed_columns(table: Table) -> tuple[str, ...]:
    """The columns that hold one value (or none) in each series of the table, such as the region of a shop."""
    codes = table.ids.codes if table.ids.codes is not None else np.zeros(len(table.frame), dtype=np.int64)
    names = table.frame.columns.difference([table.time, *table.id_columns], sort=False)
    return tuple(str(name) for name in names if _is_fixed(table.frame[name], codes, len(table.ids) or 1))


def _is_fixed(column: pd.Series, codes: np.ndarray, series: int) -> bool:
    """Whether each series (code) holds one value at most; the first rows tell it of nearly every measurement."""
    if len(column) > _FIRST and not _is_fixed(column.iloc[:_FIRST], codes[:_FIRST], series):
        return False
    levels = _levels(column)
    known = (codes >= 0) & (levels >= 0)
    levels, of = levels[known], codes[known]
    first = np.full(series, -1, dtype=np.int64)
    first[of[::-1]] = levels[::-1]
    return bool((levels == first[of]).all())


def _levels(column: pd.Series) -> np.ndarray:
    """A number for each different value, −1 where it is missing."""
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isnan(values), -1, values.view(np.int64) & np.iinfo(np.int64).max)
    return np.asarray(pd.factorize(column)[0], dtype=np.int64)
