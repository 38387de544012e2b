"""Files with a row a year and a column a month (or a quarter), or the other way round: one series, cell after cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..findings import BadFile, Finding, counted, finding
from .header_times import header_times, month_columns, month_of
from .unrolled import Unrolled, fresh

SHAPE = "year-by-month"


def unroll_year_by_month(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> Unrolled | None:
    """The file as one monthly (quarterly) series, or one a station where a column of text names several; None for others.

    Raises BadFile where choices["shape"] asks for it and the file has no months.
    """
    found = _rows_of_years(frame, choices) or _rows_of_months(frame, choices, delimiter)
    if found is None and choices.get("shape") == SHAPE:
        raise BadFile(
            "The file has no column of years beside twelve columns of months; choose another shape, or name the columns "
            "JAN, FEB, … or 1, 2, …, 12."
        )
    return found


def _rows_of_years(frame: pd.DataFrame, choices: dict[str, Any]) -> Unrolled | None:
    months = month_columns(list(frame.columns))
    if months is None or not all(_is_numbers(frame[name]) for name in months):
        return None
    others = [name for name in frame.columns if name not in months]
    year = next((name for name in others if _is_years(frame[name])), None)
    if year is None:
        return None
    labels = [name for name in others if name != year and not pd.api.types.is_numeric_dtype(frame[name])]
    ids = _stations(frame, year, labels, choices)
    if ids is None:
        return None
    columns = sorted(months, key=months.__getitem__)
    starts = np.repeat(frame[year].to_numpy(dtype=np.int64) - 1970, len(columns)) * 12
    moments = (starts + np.tile([months[name] for name in columns], len(frame))).astype("datetime64[M]")
    left = [name for name in others if name != year and name not in labels]
    of = "quarter" if len(columns) == 4 else "month"
    message = (
        f"A row a year and a column a {of}: {counted(len(frame), 'row')} of {len(columns)} {of}s were unrolled into "
        f"{counted(len(moments), 'value')}; choose shape='plain' to keep each {of} a column."
    )
    return _unrolled(frame, columns, moments, labels, ids, of, [_said(message, len(moments)), *_left_out(left)])


def _rows_of_months(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> Unrolled | None:
    """A row a month and a column a year."""
    names = [name for name in frame.columns if len(frame) == 12 and not _is_numbers(frame[name])]
    at = next((name for name in names if [month_of(str(cell)) for cell in frame[name]] == list(range(12))), None)
    years = header_times([name for name in frame.columns if _is_numbers(frame[name])], choices, delimiter)
    if at is None or years is None or years.kind != "year":
        return None
    columns = list(years.columns)
    starts = np.tile(years.moments.astype("datetime64[Y]").astype(np.int64) * 12, 12)
    moments = (starts + np.repeat(np.arange(12), len(columns))).astype("datetime64[M]")
    message = (
        f"A row a month and a column a year: {len(columns)} years of 12 months were unrolled into "
        f"{counted(len(moments), 'value')}; choose shape='plain' to keep each year a column."
    )
    left = [name for name in frame.columns if name not in (at, *columns)]
    whole = _unrolled(frame, columns, moments, [], (), "month", [_said(message, len(moments)), *_left_out(left)])
    order = np.argsort(moments, kind="stable")
    return Unrolled(whole.frame.iloc[order], whole.shape, whole.time, (), whole.value, whole.findings)


def _unrolled(
    frame: pd.DataFrame, columns: list[str], moments: np.ndarray, labels: list[str], ids: tuple[str, ...], of: str,
    findings: list[Finding],
) -> Unrolled:  # fmt: skip
    time = fresh(of, labels)
    value = fresh("value", [*labels, time])
    cells = np.concatenate(
        [frame[name].to_numpy(dtype=np.float64, na_value=np.nan)[:, None] for name in columns], axis=1
    )
    rows = np.repeat(np.arange(len(frame)), len(columns))
    data: dict[str, Any] = {name: frame[name].array.take(rows) for name in labels}
    data |= {time: moments.astype("datetime64[s]"), value: cells.reshape(-1)}
    index = pd.Index(frame.index.to_numpy()[rows], name=frame.index.name)
    return Unrolled(pd.DataFrame(data, index=index), SHAPE, time, ids, value, tuple(findings))


def _stations(frame: pd.DataFrame, year: str, labels: list[str], choices: dict[str, Any]) -> tuple[str, ...] | None:
    """The labels under which a year stands once; None where it stands more than once whatever names it."""
    chosen = choices.get("id")
    tries = [tuple(chosen)] if chosen and set(chosen) <= set(labels) else [(), *((name,) for name in labels)]
    for ids in tries:
        if not frame.duplicated([year, *ids]).any():
            return ids
    return None


def _is_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column)


def _is_years(column: pd.Series) -> bool:
    if not _is_numbers(column):
        return False
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return bool(len(values) and np.isfinite(values).all() and (values == np.rint(values)).all()) and bool(
        values.min() >= 1500 and values.max() <= 2150
    )


def _said(message: str, count: int) -> Finding:
    return finding("unrolled", message, count=count)


def _left_out(columns: list[str]) -> list[Finding]:
    if not columns:
        return []
    message = (
        f"{counted(len(columns), 'column')} beside the months ({', '.join(columns[:5])}) not used: sums or means of them, "
        "perhaps."
    )
    return [finding("columns-left-out", message, count=len(columns), column=columns[0])]
