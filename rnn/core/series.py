"""The series that a network learns from, as plain arrays. Reading files into one is `rnn.data`'s work."""

from __future__ import annotations

import itertools
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
    known: which columns are known ahead of time (a holiday, a price that we set); neither targets nor static.
    future: (M, len(known)) float64, what the known columns hold in the M steps after the last record, or None.
    lengths: for many series in one, how many records each has, one after the other in `values`; () is one series. Times
    never fall within a part, and no window reads across a seam. ids: the parts' names, as many as lengths.
    Raises ValueError naming the row and the column of the first value that cannot be used.
    """

    times: NDArray[Any]
    values: NDArray[np.float64]
    names: tuple[str, ...]
    targets: tuple[str, ...]
    name: str = "series"
    frequency: str | None = field(default=None)
    static: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    future: NDArray[np.float64] | None = None
    lengths: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", np.asarray(self.times))
        object.__setattr__(self, "values", np.ascontiguousarray(self.values, dtype=np.float64))
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "targets", tuple(self.targets))
        object.__setattr__(self, "static", tuple(self.static))
        object.__setattr__(self, "known", tuple(self.known))
        if self.future is not None:
            object.__setattr__(self, "future", np.ascontiguousarray(self.future, dtype=np.float64))
        object.__setattr__(self, "lengths", tuple(int(length) for length in self.lengths))
        object.__setattr__(self, "ids", tuple(self.ids))
        _check(self)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def target_columns(self) -> list[int]:
        """Column numbers of the targets in `values`, in the order of `targets` (K of them)."""
        return [self.names.index(target) for target in self.targets]

    @property
    def parts(self) -> list[slice]:
        """The records of each series in `values`: one slice for a single series."""
        ends = np.cumsum(self.lengths).tolist() or [len(self)]
        return [slice(first, end) for first, end in itertools.pairwise([0, *ends])]

    def part(self, id_: str) -> Series:
        """One of many series by itself, named by its id. Raises ValueError for an id that there is not."""
        if id_ not in self.ids:
            raise ValueError(f"id={id_!r} is not one of the {len(self.ids)} series.")
        return self._cut(self.parts[self.ids.index(id_)], id_)

    def apart(self) -> list[Series]:
        """Every one of many series by itself, in their order."""
        return [self._cut(rows, id_) for rows, id_ in zip(self.parts, self.ids, strict=True)]

    def _cut(self, rows: slice, name: str) -> Series:
        columns = (self.names, self.targets, name, self.frequency, self.static, self.known)
        return Series(self.times[rows], self.values[rows], *columns)

    @classmethod
    def joined(cls, parts: Sequence[Series], ids: Sequence[str], name: str = "series") -> Series:
        """Many series with the same columns, roles and frequency as one, each keeping its own records.

        Known futures are left out: they belong to one series. Raises ValueError where the parts differ in columns or roles.
        """
        first, roles = parts[0], [(one.names, one.targets, one.static, one.known) for one in parts]
        for one, own, id_ in zip(parts, roles, ids, strict=True):
            if own != roles[0]:
                raise ValueError(
                    f"Series {id_!r} has other columns or roles than {ids[0]!r}: {one.names} and {first.names}."
                )
        frequencies = {one.frequency for one in parts}
        return cls(
            np.concatenate([one.times for one in parts]), np.concatenate([one.values for one in parts]), first.names,
            first.targets, name, frequencies.pop() if len(frequencies) == 1 else None, first.static, first.known,
            lengths=tuple(len(one) for one in parts), ids=tuple(ids),
        )  # fmt: skip

    @classmethod
    def from_values(
        cls,
        values: ArrayLike,
        names: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        name: str = "series",
        static: Sequence[str] = (),
        known: Sequence[str] = (),
    ) -> Series:
        """A series without dates: values (N,) or (N, D), numbered 0 … N − 1; every column that is neither static nor known
        ahead is a target unless said."""
        array = np.asarray(values, dtype=np.float64)
        if array.ndim == 1:
            array = array[:, None]
        columns = tuple(names) if names else tuple(f"value{k}" if k else "value" for k in range(array.shape[1]))
        chosen = tuple(targets) if targets else tuple(column for column in columns if column not in (*static, *known))
        return cls(np.arange(len(array)), array, columns, chosen, name, static=tuple(static), known=tuple(known))

    def to_arrays(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """The series as arrays of plain numbers and JSON-able values, to be stored; `from_arrays` gives it back exactly.

        Raises ValueError for times that are neither dates nor numbers.
        """
        times = self.times
        if times.dtype.kind not in "Mmiuf":
            raise ValueError(
                f"The times of series {self.name!r} must be dates or numbers to be stored, got {times.dtype}."
            )
        meta: dict[str, Any] = {
            "name": self.name,
            "names": list(self.names),
            "targets": list(self.targets),
            "frequency": self.frequency,
            "times": times.dtype.newbyteorder("<").str,
        }
        if self.static:  # a series without them is stored as it was before there were any, under the same hash
            meta["static"] = list(self.static)
        if self.known:
            meta["known"] = list(self.known)
        if self.lengths:
            meta |= {"lengths": list(self.lengths), "ids": list(self.ids)}
        if times.dtype.kind in "Mm":
            times = times.astype(times.dtype.newbyteorder("=")).view(np.int64)
        arrays = {"times": np.ascontiguousarray(times), "values": self.values}
        if self.future is not None:
            arrays["future"] = self.future
        return arrays, meta

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Series:
        """The series that `to_arrays` took apart; what was stored before there were static columns has none."""
        kind = np.dtype(meta["times"])
        times = arrays["times"].view(kind) if kind.kind in "Mm" else arrays["times"].astype(kind, copy=False)
        names, targets, static, known, ids = (
            tuple(meta.get(key, ())) for key in ("names", "targets", "static", "known", "ids")
        )
        lengths = tuple(meta.get("lengths", ()))
        return cls(
            times, arrays["values"], names, targets, meta["name"], meta["frequency"], static, known,
            arrays.get("future"), lengths, ids,
        )  # fmt: skip


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
    _check_known(series)
    _check_parts(series)
    falls = series.times[1:] < series.times[:-1]
    falls[[part.stop - 1 for part in series.parts[:-1]]] = False  # a new part may begin earlier
    if falls.any():
        row = int(np.argmax(falls)) + 1
        raise ValueError(f"times must not fall: row {row + 1} ({series.times[row]}) is before the row above it.")


def _check_static(series: Series) -> None:
    for column in series.static:
        if column not in series.names:
            raise ValueError(f"static={column!r} is not a column; the columns are {', '.join(series.names)}.")
        if column in series.targets:
            raise ValueError(f"Column {column!r} cannot be static and a target; take it out of one of the two.")
    if len(set(series.static)) != len(series.static):
        raise ValueError(f"Each static column can be named once, got {series.static}.")


def _check_known(series: Series) -> None:
    for column in series.known:
        if column not in series.names:
            raise ValueError(f"known={column!r} is not a column; the columns are {', '.join(series.names)}.")
        if column in series.targets or column in series.static:
            role = "a target" if column in series.targets else "static"
            raise ValueError(f"Column {column!r} cannot be known ahead and {role}; take it out of one of the two.")
    if len(set(series.known)) != len(series.known):
        raise ValueError(f"Each known column can be named once, got {series.known}.")
    if series.future is None:
        return
    if series.future.ndim != 2 or series.future.shape[1] != len(series.known):
        raise ValueError(
            f"future must have the shape (M, {len(series.known)}), one column for each known one, got {series.future.shape}."
        )
    if not np.isfinite(series.future).all():
        step, place = (int(k) for k in np.argwhere(~np.isfinite(series.future))[0])
        raise ValueError(
            f"Step {step + 1} of the future of {series.known[place]!r} is missing; fill it or end the future before it."
        )


def _check_parts(series: Series) -> None:
    if len(series.ids) != len(series.lengths) or len(set(series.ids)) != len(series.ids):
        raise ValueError(
            f"ids must name each of the {len(series.lengths)} series once, got {len(series.ids)}: {series.ids[:5]}."
        )
    if series.lengths and (min(series.lengths) < 1 or sum(series.lengths) != len(series)):
        raise ValueError(
            f"lengths must be at least 1 each and add up to the {len(series)} records, got a sum of {sum(series.lengths)}."
        )
    if series.lengths and series.future is not None:
        raise ValueError("future belongs to a single series; forecast the parts one by one.")
