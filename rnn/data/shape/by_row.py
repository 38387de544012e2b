"""Files with a row a series and the time across the header: Country, Code, 1960, 1961, …; or V1, V2, V3, …"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from ..findings import Finding, counted, finding, row_list
from ..times.families import family
from .header_times import HeaderTimes, header_times
from .unrolled import Unrolled, fresh

SHAPE = "wide"
_FEWEST_STEPS = 8  # numbered columns; fewer may be a row's features


def unroll_rows(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> Unrolled | None:
    """The file as a long one, one record a row: the columns that are no moments, the time, the value; None for others.

    Empty cells before a series' first and after its last value are not records.
    """
    across = header_times(
        [name for name, kind in frame.dtypes.items() if pd.api.types.is_numeric_dtype(kind)], choices, delimiter
    )
    if across is None:
        return None
    labels = [name for name in frame.columns if name not in across.columns]
    ids = _ids(frame, labels, across, choices)
    if ids is None:
        return None
    cells = np.column_stack([frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in across.columns])
    return _records(frame, cells, labels, ids, across)


def _ids(
    frame: pd.DataFrame, labels: list[str], across: HeaderTimes, choices: dict[str, Any]
) -> tuple[str, ...] | None:
    """The columns that name each row, the leftmost that do; None where the file is no file of series in rows."""
    forced = choices.get("shape") == SHAPE
    if chosen := choices.get("id"):
        if set(chosen) & set(across.columns):
            return None
        return tuple(chosen)
    texts = [name for name in labels if not _is_numbers(frame[name])]
    if not texts or any(_holds_dates(frame[name]) for name in texts):
        return None
    if not forced and across.kind == "numbered" and (len(across.columns) < _FEWEST_STEPS or len(labels) > 6):
        return None
    for ids in itertools.chain.from_iterable(itertools.combinations(texts[:6], size) for size in (1, 2, 3)):
        if frame[list(ids)].notna().any(axis=1).all() and not frame.duplicated(list(ids)).any():
            return ids
    return tuple(texts[:3]) if forced else None


def _records(
    frame: pd.DataFrame, cells: np.ndarray, labels: list[str], ids: tuple[str, ...], across: HeaderTimes
) -> Unrolled:
    there = ~np.isnan(cells)
    begun = np.maximum.accumulate(there, axis=1)
    ended = np.maximum.accumulate(there[:, ::-1], axis=1)[:, ::-1]
    rows, steps = np.nonzero(begun & ended)
    time = fresh("step" if across.kind == "numbered" else "time", labels)
    value = fresh("value", [*labels, time])
    data: dict[str, Any] = {name: _repeated(frame[name], rows) for name in labels}
    data |= {time: across.moments[steps], value: cells[rows, steps]}
    index = pd.Index(frame.index.to_numpy()[rows], name=frame.index.name)
    found = _said(frame, there, len(rows), ids, time)
    return Unrolled(pd.DataFrame(data, index=index), SHAPE, time, ids, value, tuple(found))


def _repeated(column: pd.Series, rows: np.ndarray) -> Any:
    """The cells of a column for every record; texts as categories, so that a million records share a thousand names."""
    if _is_numbers(column):
        return column.to_numpy()[rows]
    return pd.Categorical(column).take(rows)


def _said(frame: pd.DataFrame, there: np.ndarray, records: int, ids: tuple[str, ...], time: str) -> list[Finding]:
    series, columns = there.shape
    message = (
        f"A row a series, with the time across the header: {counted(series, 'row')} of up to {columns:,} values were unrolled "
        f"into {counted(records, 'value')}, told apart by {' and '.join(map(repr, ids))}; choose shape='plain' to keep each "
        f"{time} a column."
    )
    found = [finding("unrolled", message, count=records)]
    empty = ~there.any(axis=1)
    if empty.any():
        lost = frame.index[empty]
        message = f"{counted(len(lost), 'row')} without any value ({row_list(lost)}) hold no series."
        found.append(finding("empty-series", message, lost))
    blank = there.size - records - int(empty.sum()) * columns
    if blank:
        cells = counted(blank, "empty cell")
        message = f"{cells} before the first or after the last value of a series are not counted as its values."
        found.append(finding("outside-series", message, count=blank))
    return found


def _is_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column)


def _holds_dates(column: pd.Series) -> bool:
    some = column.dropna().iloc[:50]
    return len(some) > 0 and sum(family(str(cell)) is not None for cell in some) > len(some) / 2
