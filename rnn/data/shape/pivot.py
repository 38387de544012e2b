"""Files with a row a reading: time, variable, value. The variables become columns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import BadFile, Finding, counted, finding, row_list, shown
from .ids import codes_of, spelt
from .unrolled import fresh

MOST_VARIABLES = 500


@dataclass(frozen=True)
class Pivoted:
    """One record a row; the index holds the first row of the file that belongs to it."""

    frame: pd.DataFrame
    moments: NDArray[Any]
    findings: tuple[Finding, ...]


def pivot(frame: pd.DataFrame, time: str, moments: NDArray[Any], ids: Sequence[str], variable: str) -> Pivoted:
    """The columns of numbers spread over the values of the column `variable`, one record a time of each series.

    A column is called after its variable, "value: variable" where several columns hold numbers. Where a variable is given
    twice for a time, the second reading begins a further record. Columns of text keep the first cell of a record. Raises
    BadFile where there are too many variables, or nothing to spread.
    """
    codes, levels = codes_of([frame[variable]])
    if len(levels) > MOST_VARIABLES:
        raise BadFile(
            f"Column {variable!r} holds {len(levels):,} different variables, and {MOST_VARIABLES} columns are the most; choose "
            "another column as variable, or none."
        )
    unnamed = codes < 0
    lost = frame.index[unnamed]
    frame, codes, moments = frame[~unnamed], codes[~unnamed], moments[~unnamed]
    values = [
        name for name in frame.columns
        if name not in (time, variable, *ids) and pd.api.types.is_numeric_dtype(frame[name])
    ]  # fmt: skip
    if not values or not len(frame):
        raise BadFile(f"No column of numbers is left to spread over {variable!r}; choose another column as variable.")
    keys = [pd.Series(moments), *(frame[name].reset_index(drop=True) for name in ids)]
    nth = pd.DataFrame({"time": moments, "of": codes_of(keys)[0], "variable": codes}).groupby(["time", "of", "variable"],
                                                                                        dropna=False).cumcount()  # fmt: skip
    record, _ = codes_of([*keys, nth])
    first = np.full(int(record.max()) + 1, len(record))
    np.minimum.at(first, record, np.arange(len(record)))
    kept = frame.iloc[first]
    data = {name: kept[name].array for name in kept.columns if name not in (variable, *values)}
    for value in values:
        numbers = frame[value].to_numpy(dtype=np.float64, na_value=np.nan)
        for k, (level,) in enumerate(levels):
            label = spelt(level) if len(values) == 1 else f"{value}: {spelt(level)}"
            column = np.full(len(first), np.nan)
            column[record[codes == k]] = numbers[codes == k]
            data[fresh(label, data)] = column
    found = _said(len(codes), len(levels), len(first), variable, lost)
    return Pivoted(pd.DataFrame(data, index=kept.index), moments[first], tuple(found))


def _said(rows: int, variables: int, records: int, variable: str, lost: pd.Index) -> list[Finding]:
    message = (
        f"{counted(rows, 'row')} with one reading each were put side by side into {counted(records, 'record')} of "
        f"{counted(variables, 'variable')}, told apart by {variable!r}."
    )
    found = [finding("pivoted", message, count=rows)]
    if len(lost):
        message = f"{counted(len(lost), 'row')} without {shown(variable)} ({row_list(lost)}) left out."
        found.append(finding("no-variable", message, lost))
    return found
