"""A second file with what the known columns will hold: its columns matched by name, its rows by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .cells import to_numbers
from .findings import BadFile, counted, row_list, shown
from .formats import read_raw
from .remarks import trimmed
from .shape.ids import spelt
from .shape.understanding import understand
from .source import CsvSource, load

Array = NDArray[np.float64]
_MOST_NAMED = 10


@dataclass(frozen=True, eq=False)
class FutureFile:
    """values: (S, F), NaN where the file says nothing. columns: those of the F columns that it has. notes: sentences on what
    was not read, and on what it does not say."""

    name: str
    values: Array
    columns: tuple[str, ...]
    notes: tuple[str, ...]


def read_future(
    source: CsvSource,
    columns: Sequence[str],
    times: NDArray[Any],
    *,
    only: str = "",
    name: str | None = None,
    day_first: bool | None = None,
) -> FutureFile:
    """What a file says of `columns` (F) at `times` (S), the steps after the last record, rising.

    Any file that `read_csv` takes, one row of data included. A column "weather=rain" is read from a column "weather" of words
    as well. Where the file or the series has no dates, its rows are the steps in their order. only: of a file of many series
    the rows that hold this name. day_first: how to read dates such as 01/02/2024 that do not tell.

    Raises BadFile, a sentence, where none of the columns is there, a cell is no number, a time cannot be read, comes twice or
    lies between two steps, and where no row is for any of the steps.
    """
    origin = load(source, name)
    raw = read_raw(origin.data, {})
    frame, _, _ = trimmed(raw.frame, raw.layout)
    dates = {} if day_first is None else {"day_first": day_first}
    understood = understand(frame, {"shape": "plain", "id": None, **dates}, raw.layout.delimiter)
    frame, time = understood.frame, understood.time.name if understood.time else None
    found = [one for one in columns if _source_of(one, frame) is not None]
    if not found:
        raise BadFile(
            f"The file has none of the columns {_listed(columns)}; its columns are {_listed([*map(str, frame.columns)])}. "
            "Name them as in the file that the network learned from."
        )
    frame, notes = _of_one_series(frame, only, found, time)
    dated = time is not None and frame[time].dtype.kind == "M" and times.dtype.kind == "M"
    rows, steps, said = _by_time(frame, str(time), times) if dated else _in_order(frame, len(times))
    odd = {str(one.column): one.message for one in raw.findings if one.kind == "not-numbers"}
    values = np.full((len(times), len(columns)), np.nan)
    for place, column in enumerate(columns):
        if column in found:
            values[steps, place] = _numbers(frame, column, raw.layout.decimal, odd)[rows]
    notes += [*said, *_absent(columns, found), *_empty(values, columns, found), *_strange(frame.iloc[rows], found)]
    return FutureFile(origin.name, values, tuple(found), tuple(notes))


def _source_of(column: str, frame: pd.DataFrame) -> str | None:
    """The column of the file that says it: its own, or the words of which it is one level."""
    if column in frame.columns:
        return column
    words, _, level = column.partition("=")
    return words if level and words in frame.columns else None


def _of_one_series(
    frame: pd.DataFrame, only: str, found: Sequence[str], time: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of one series, where a further column names the series."""
    used = {*found, *(_source_of(one, frame) for one in found), time}
    for name in frame.columns if only else ():
        if name in used:
            continue
        own = np.array([spelt(cell) == only for cell in frame[name].tolist()])
        if own.any() and not own.all():
            return frame[own], [f"Of {counted(len(frame), 'row')} those of {only!r} were read ({int(own.sum()):,})."]
    return frame, []


def _by_time(
    frame: pd.DataFrame, time: str, times: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[np.intp], list[str]]:
    """Which rows are for which steps, and what is said of the others."""
    moments = frame[time].to_numpy().astype("datetime64[us]")
    asked = times.astype("datetime64[us]")
    unread = np.isnat(moments)
    if unread.any():
        raise BadFile(
            f"The time of {row_list(frame.index[unread])} in column {time!r} cannot be read; correct it in the file."
        )
    repeated = frame[time].duplicated(keep=False).to_numpy()
    if repeated.any():
        first = moments[repeated][0]
        raise BadFile(
            f"{row_list(frame.index[moments == first]).capitalize()} are for the same moment, {_moment(first)}; give one row "
            "a step."
        )
    step = np.searchsorted(asked, moments).clip(0, len(asked) - 1)
    exact = asked[step] == moments
    early, late = moments < asked[0], moments > asked[-1]
    astray = ~exact & ~early & ~late
    if astray.any():
        at = int(np.argmax(astray))
        raise BadFile(
            f"Row {frame.index[at]} is for {_moment(moments[at])}, which is no step of the forecast: the steps around it are "
            f"{_moment(asked[step[at] - 1])} and {_moment(asked[step[at]])}; give a row for each of them."
        )
    if not exact.any():
        raise BadFile(
            f"The rows of the file are for {_moment(moments.min())} to {_moment(moments.max())}, and the forecast is for "
            f"{_moment(asked[0])} to {_moment(asked[-1])}; give rows for these steps."
        )
    notes = [
        f"{counted(int(rows.sum()), 'row')} {where} the forecast {'was' if rows.sum() == 1 else 'were'} not read."
        for rows, where in ((early, "before"), (late, "after the last step of"))
        if rows.any()
    ]
    return np.flatnonzero(exact), step[exact], notes


def _in_order(frame: pd.DataFrame, steps: int) -> tuple[NDArray[np.intp], NDArray[np.intp], list[str]]:
    rows = np.arange(min(len(frame), steps))
    notes = ["The rows were taken as the steps 1, 2, 3, … in their order, as there are no dates to go by."]
    if len(frame) > steps:
        notes.append(f"{counted(len(frame) - steps, 'row')} after the last step were not read.")
    return rows, rows, notes


def _numbers(frame: pd.DataFrame, column: str, decimal: str, odd: dict[str, str]) -> Array:
    source = _source_of(column, frame)
    assert source is not None
    cells = frame[source]
    if source != column:
        return _level(cells, column.partition("=")[2])
    if column in odd:
        raise BadFile(odd[column].replace("treated as missing.", "correct it in the file."))
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.to_numpy(np.float64, na_value=np.nan)
        wrong = np.isinf(values)
    else:
        values, wrong = to_numbers(cells.astype("str").where(cells.notna()), decimal)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise BadFile(
            f"Row {frame.index[at]}, column {column!r}: {shown(cells.iloc[at])} is no number; correct it in the file."
        )
    return values


def _level(cells: pd.Series, level: str) -> Array:
    """1 where the word is this level, 0 where it is another one, NaN where there is none."""
    known = cells.notna().to_numpy(dtype=bool)
    same = np.array([spelt(cell) == level for cell in cells.tolist()])
    return np.where(known, same.astype(np.float64), np.nan)


def _strange(frame: pd.DataFrame, found: Sequence[str]) -> list[str]:
    """Words that are no level that the network has seen."""
    notes = []
    sources = {str(_source_of(one, frame)) for one in found if one not in frame.columns}
    for source in sorted(sources):
        levels = {one.partition("=")[2] for one in found if one.startswith(f"{source}=")}
        odd = (
            np.array([spelt(cell) not in levels for cell in frame[source].tolist()]) & frame[source].notna().to_numpy()
        )
        if odd.any():
            word = shown(frame[source][odd].iloc[0])
            notes.append(
                f"{word} in column {source!r} ({row_list(frame.index[odd])}) is no word that the network has seen: none of its "
                "known ones holds there."
            )
    return notes


def _absent(columns: Sequence[str], found: Sequence[str]) -> list[str]:
    absent = [column for column in columns if column not in found]
    return [f"The file has no column {_listed(absent)}, so nothing changes there."] if absent else []


def _empty(values: Array, columns: Sequence[str], found: Sequence[str]) -> list[str]:
    """Up to where the file goes, and what it leaves empty before."""
    said = np.isfinite(values[:, [columns.index(one) for one in found]])
    last = int(np.flatnonzero(said.any(axis=1))[-1]) + 1 if said.any() else 0
    if not last:
        raise BadFile(f"The file holds no number in {_listed(found)} for any step of the forecast; fill them in.")
    notes = [f"It says what {'is' if len(found) == 1 else 'are'} {_listed(found)} to step {last:,}."]
    holes = int((~said[:last]).sum())
    if holes:
        notes.append(
            f"{counted(holes, 'cell')} before that {'is' if holes == 1 else 'are'} empty and stay as they were."
        )
    return notes


def _listed(names: Sequence[str]) -> str:
    some = ", ".join(repr(name) for name in names[:_MOST_NAMED])
    return some + (f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else "")


def _moment(time: np.datetime64) -> str:
    text = str(time.astype("datetime64[s]"))
    return text[:10] if text.endswith("T00:00:00") else text.replace("T", " ")
