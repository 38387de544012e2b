"""What is worth saying of a table once its cells are read, and what makes it unusable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .findings import BadFile, Finding, counted, finding, row_list, shown
from .text.layout import Layout

_SPOKEN_OF = 50  # columns whose missing cells are reported one by one

_SENTINELS = {
    float(sign + digits)
    for sign in ("", "-")
    for digits in ("99", "999", "9999", "99999", "999999", "99.9", "999.9", "999.99")
} | {
    -9.0,
    -32768.0,
    32767.0,
    1e20,
    1e30,
    -1e30,
}  # numbers that stand for "no value" in the files of stations and statistics
_INDEX_NAMES = ("column 1", "Unnamed: 0", "index", "rownames")
_TREATMENTS = {
    "interpolate": "a series fills them on a straight line between the neighbours",
    "drop": "a series leaves their rows out",
    "error": "a series cannot be made from it",
}


def trimmed(frame: pd.DataFrame, layout: Layout) -> tuple[pd.DataFrame, list[Finding], int]:
    """The frame without blank rows and without nameless columns that hold nothing (what trailing separators leave).

    Also how many blank rows there were: those at the end of the file are counted, but not worth a finding.
    """
    findings = []
    blank = _blank_rows(frame)
    if blank.any():
        rows = frame.index[blank]
        frame = frame[~blank]
        if _between(rows, frame.index):
            message = f"{counted(len(rows), 'blank row')} left out ({row_list(rows)})."
            findings.append(finding("blank-rows", message, rows))
    nameless = [name for k, name in enumerate(frame.columns, 1) if name == f"column {k}"]
    hollow = [name for name in nameless if len(frame) and frame[name].isna().all()]
    if hollow and len(hollow) < frame.shape[1]:
        frame = frame.drop(columns=hollow)
        if layout.header_row is not None:
            message = f"{counted(len(hollow), 'column')} without a name or a value left out ({', '.join(hollow[:5])})."
            findings.append(finding("empty-columns", message, count=len(hollow), column=hollow[0]))
    return frame, findings, int(blank.sum())


def tallied(*counts: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    """(reason, rows), each reason once and none with zero rows."""
    total: dict[str, int] = {}
    for reason, count in counts:
        total[reason] = total.get(reason, 0) + count
    return tuple((reason, count) for reason, count in total.items() if count)


def _blank_rows(frame: pd.DataFrame) -> np.ndarray:
    """Rows without any cell. A file of one column may leave a value out inside the series, so only its end can be blank."""
    if not frame.shape[1]:
        return np.zeros(len(frame), dtype=bool)
    blank = frame.iloc[:, 0].isna().to_numpy(dtype=bool, copy=True)
    for name in frame.columns[1:]:
        if not blank.any():
            return blank
        blank &= frame[name].isna().to_numpy(dtype=bool)
    if frame.shape[1] == 1 and not blank.all():
        blank[: len(blank) - int(np.argmin(blank[::-1]))] = False
    return blank


def _between(rows: pd.Index, others: pd.Index) -> bool:
    return bool(len(others)) and rows[0] < others[-1]


def require_usable(frame: pd.DataFrame, kinds: dict[str, str], layout: Layout) -> None:
    """Raises BadFile where there is no row, only one, or no column of numbers."""
    if len(frame) == 0:
        raise BadFile(
            f"The file has a header ({_some(layout.names)}) and no rows below it; choose one with rows of numbers."
        )
    if len(frame) == 1:
        raise BadFile("The file has one row of data; a series needs at least two, and training many more.")
    if any(kind in ("number", "counter") for kind in kinds.values()):
        return
    texts = [name for name, kind in kinds.items() if kind == "text"]
    if not texts:
        raise BadFile(f"No column holds numbers besides the time; the columns are {_some(frame.columns)}.")
    column = frame[texts[-1]].dropna()
    raise BadFile(
        f"No column holds numbers; row {column.index[0]} of column {texts[-1]!r}, for example, holds {shown(column.iloc[0])}. "
        "Check the delimiter and the decimal mark, or choose another file."
    )


def _some(names: object) -> str:
    listed = [str(name) for name in names]  # type: ignore[attr-defined]
    return ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")


def remarks(frame: pd.DataFrame, kinds: dict[str, str], time: str | None, missing: str) -> list[Finding]:
    """Row index columns, missing and infinite numbers, and numbers that may stand for a missing value."""
    findings = _row_index(frame, kinds)
    placed = frame.loc[frame[time].notna()] if time is not None else frame  # rows without a time have their own finding
    for name in [name for name, kind in kinds.items() if kind == "number"][:_SPOKEN_OF]:
        values = placed[name].to_numpy()
        findings += _sentinel(placed[name])
        if values.dtype.kind != "f":
            continue
        for kind, lacking in (("missing", np.isnan(values)), ("infinite", np.isinf(values))):
            if lacking.any():
                rows = placed.index[lacking]
                verb = "missing" if kind == "missing" else "infinite and count as missing"
                message = (
                    f"{counted(len(rows), 'value')} of {name!r} {verb} ({row_list(rows)}); {_TREATMENTS[missing]}."
                )
                findings.append(finding(kind, message, rows, column=name))
    return findings


def _sentinel(column: pd.Series) -> list[Finding]:
    """A number such as -999 far outside all others, which often stands for a missing value. It is only pointed out."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = values[np.isfinite(values)]
    for mark in {known.min(), known.max()} & _SENTINELS if len(known) else ():
        others = known[known != mark]
        if len(others) < 3:
            continue
        low, high = others.min(), others.max()
        if max(low - mark, mark - high) > (high - low) / 2 + abs(mark) / 10:
            rows = column.index[values == mark]
            message = (
                f"{counted(len(rows), 'cell')} of {column.name!r} hold {mark:g}, far from all others ({low:g} to {high:g}; "
                f"{row_list(rows)}); if that means a missing value, choose missing_words=['{mark:g}']."
            )
            return [finding("sentinel", message, rows, column=str(column.name))]
    return []


def _row_index(frame: pd.DataFrame, kinds: dict[str, str]) -> list[Finding]:
    """The nameless first column that counts 0, 1, 2, … as pandas and R write it."""
    first = frame.columns[0]
    numeric = [name for name, kind in kinds.items() if kind in ("number", "counter")]
    if kinds[first] != "counter" or first not in _INDEX_NAMES or len(numeric) < 2:
        return []
    values = frame[first].to_numpy()
    if values[0] not in (0, 1) or values[1] != values[0] + 1:
        return []
    counting = f"{values[0]:g}, {values[1]:g}, {values[2]:g}, …"
    message = f"{first!r} counts {counting}: taken as a row index and not offered as a target."
    return [finding("row-index", message, count=len(frame), column=first)]
