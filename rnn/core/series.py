"""The series that a network learns from, as plain arrays. Reading files into one is `rnn.data`'s work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]


LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class Series:
    """N records of D columns in time order; some columns are targets, all of them are inputs.

    times: (N,) datetime64, or numbers where the series has no dates; strictly increasing or repeated, never falling.
    values: (N, D) float64, original units, all finite and none beyond ±1e100.
    names: the D column names. targets: which of them to predict, in this order (K names).
    frequency: a pandas offset alias ("D", "MS", "h", …) where the spacing is regular and known, else None.
    static: which columns say something about the series and not about a moment (a region, a size); they stand beside the
    sequence and cannot be targets.
    Raises ValueError naming the row and the column of the first value that cannot be used.
    """

    times: NDArray[Any]
    values: NDArray[np.float64]
    names: tuple[str, ...]
    targets: tuple[str, ...]
    name: str = "series"
    frequency: str | None = field(default=None)
    static: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", np.asarray(self.times))
        object.__setattr__(self, "values", np.ascontiguousarray(self.values, dtype=np.float64))
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "targets", tuple(self.targets))
        object.__setattr__(self, "static", tuple(self.static))
        _check(self)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def target_columns(self) -> list[int]:
        """Column numbers of the targets in `values`, in the order of `targets` (K of them)."""
        return [self.names.index(target) for target in self.targets]

    @classmethod
    def from_values(
        cls,
        values: ArrayLike,
        names: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        name: str = "series",
        static: Sequence[str] = (),
    ) -> Series:
        """A series without dates: values (N,) or (N, D), numbered 0 … N − 1; every column that is not static is a target
        unless said."""
        array = np.asarray(values, dtype=np.float64)
        if array.ndim == 1:
            array = array[:, None]
        columns = tuple(names) if names else tuple(f"value{k}" if k else "value" for k in range(array.shape[1]))
        chosen = tuple(targets) if targets else tuple(column for column in columns if column not in static)
        return cls(np.arange(len(array)), array, columns, chosen, name, static=tuple(static))

    def to_arrays(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """The series as arrays of plain numbers and JSON-able values, to be stored; `from_arrays` gives it back exactly.

        Raises ValueError for times that are neither dates nor numbers.
        """
        times = self.times
        if times.dtype.kind not in "Mmiuf":
            raise ValueError(
                f"The times of series {self.name!r} must be dates or numbers to be stored, got {times.dtype}."
            )
        meta = {
            "name": self.name,
            "names": list(self.names),
            "targets": list(self.targets),
            "frequency": self.frequency,
            "times": times.dtype.newbyteorder("<").str,
        }
        if self.static:  # a series without them is stored as it was before there were any, under the same hash
            meta["static"] = list(self.static)
        if times.dtype.kind in "Mm":
            times = times.astype(times.dtype.newbyteorder("=")).view(np.int64)
        return {"times": np.ascontiguousarray(times), "values": self.values}, meta

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Series:
        """The series that `to_arrays` took apart; what was stored before there were static columns has none."""
        kind = np.dtype(meta["times"])
        times = arrays["times"].view(kind) if kind.kind in "Mm" else arrays["times"].astype(kind, copy=False)
        names, targets, static = (tuple(meta.get(key, ())) for key in ("names", "targets", "static"))
        return cls(times, arrays["values"], names, targets, meta["name"], meta["frequency"], static)


def _check(series: Series) -> None:
    values, names = series.values, series.names
    if values.ndim != 2:
        raise ValueError(f"values must have the shape (N, D), got {values.shape}.")
    if len(values) == 0:
        raise ValueError("The series has no rows; at least one is needed.")
    if series.times.shape != (len(values),):
        raise ValueError(f"times must have one entry a row, got {series.times.shape} for {len(values)} rows.")
    if len(names) != values.shape[1]:
        raise ValueError(f"names must name each of the {values.shape[1]} columns, got {len(names)}: {names}.")
    if len(set(names)) != len(names):
        raise ValueError(f"Column names must differ, got {names}.")
    if not series.targets:
        raise ValueError(f"A series needs at least one target; its columns are {', '.join(names)}.")
    for target in series.targets:
        if target not in names:
            raise ValueError(f"target={target!r} is not a column; the columns are {', '.join(names)}.")
    if len(set(series.targets)) != len(series.targets):
        raise ValueError(f"Each target can be named once, got {series.targets}.")
    _check_static(series)
    finite = np.isfinite(values)
    if not finite.all():
        row, column = (int(k) for k in np.argwhere(~finite)[0])
        raise ValueError(
            f"Row {row + 1} of column {names[column]!r} is {values[row, column]}, and {int((~finite).sum())} value(s) in "
            "all are missing or infinite; fill them or leave the rows out."
        )
    huge = np.abs(values) > LARGEST
    if huge.any():
        row, column = (int(k) for k in np.argwhere(huge)[0])
        raise ValueError(
            f"Row {row + 1} of column {names[column]!r} is {values[row, column]:g}; values beyond {LARGEST:g} cannot be "
            "squared and summed. Use a larger unit."
        )
    if len(values) > 1 and (series.times[1:] < series.times[:-1]).any():
        row = int(np.argmax(series.times[1:] < series.times[:-1])) + 1
        raise ValueError(f"times must not fall: row {row + 1} ({series.times[row]}) is before the row above it.")


def _check_static(series: Series) -> None:
    for column in series.static:
        if column not in series.names:
            raise ValueError(f"static={column!r} is not a column; the columns are {', '.join(series.names)}.")
        if column in series.targets:
            raise ValueError(f"Column {column!r} cannot be static and a target; take it out of one of the two.")
    if len(set(series.static)) != len(series.static):
        raise ValueError(f"Each static column can be named once, got {series.static}.")
