"""The rows under repair: plain arrays, and for every row where it comes from, so that each file row stays accounted for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NO_TIME = "no-time"


@dataclass(frozen=True, eq=False)
class Sheet:
    """N rows of D columns on their way from the file to a series.

    values: (N, D) float64, NaN where a value is missing. times: (N,) datetime64 or numbers, or None.
    rows: (N,) the file's row numbers, 0 for a row that a repair made; a row made of several has the first of them.
    weights: (N,) how many of the file's rows went into each. left: (reason, file rows) for those that were left out.
    Hence, at any time, file rows == sum of weights + all that is left out.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    times: NDArray[Any] | None
    rows: NDArray[np.int64]
    weights: NDArray[np.int64]
    left: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, frame: pd.DataFrame, times: NDArray[Any] | None) -> Sheet:
        """The columns of `frame` (its index the file's row numbers); rows without a readable time are left out, infinite
        values count as missing."""
        columns = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in frame.columns]
        values = np.column_stack(columns) if columns else np.empty((len(frame), 0))
        values[~np.isfinite(values)] = np.nan
        rows = frame.index.to_numpy().astype(np.int64)
        sheet = cls(tuple(frame.columns), values, times, rows, np.ones(len(rows), dtype=np.int64))
        if times is None:
            return sheet
        return sheet.keep(~np.isnat(times) if times.dtype.kind == "M" else np.isfinite(times), NO_TIME)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.values, columns=list(self.names), index=pd.Index(self.rows, name="row"))

    def keep(self, mask: NDArray[np.bool_], reason: str) -> Sheet:
        """The rows of the mask; the others are left out for this reason."""
        if mask.all():
            return self
        out = int(self.weights[~mask].sum())
        return dataclasses.replace(self.take(mask), left=(*self.left, (reason, out)) if out else self.left)

    def take(self, at: NDArray[Any]) -> Sheet:
        """The rows at these places, or of this mask, with nothing said of the others."""
        times = None if self.times is None else self.times[at]
        return dataclasses.replace(
            self, values=self.values[at], times=times, rows=self.rows[at], weights=self.weights[at]
        )

    def with_values(self, values: NDArray[np.float64]) -> Sheet:
        return dataclasses.replace(self, values=values)

    @property
    def in_order(self) -> bool:
        return self.times is None or not bool((self.times[1:] < self.times[:-1]).any())

    def ordered(self) -> Sheet:
        """In time order; rows of the same time stay in file order."""
        return self if self.in_order else self.take(np.argsort(self.times, kind="stable"))

    @property
    def positions(self) -> NDArray[np.float64]:
        """(N,) where the rows stand on a straight line: in time where the times all rise, else one after another."""
        if self.times is None or not bool((self.times[1:] > self.times[:-1]).all()):
            return np.arange(len(self), dtype=np.float64)
        return (self.times - self.times[:1]).astype(np.float64)


def named_rows(rows: NDArray[Any]) -> NDArray[Any]:
    """Those of the rows that stand in the file: rows that a repair made have no number to name."""
    return rows[rows > 0]
