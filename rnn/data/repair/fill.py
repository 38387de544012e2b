"""Missing values filled in: on a straight line, from the season, from the last value, or with zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..findings import BadFile, counted, row_list
from .option import Done, Kind, Option
from .sheet import Sheet, named_rows

Array = NDArray[np.float64]


def interpolated(values: Array, hole: NDArray[np.bool_], at: Array) -> Array:
    """On a straight line between the neighbours; nothing before the first and after the last known value."""
    known = np.flatnonzero(~hole)
    result = values.copy()
    if len(known):
        inside = hole.copy()
        inside[: known[0]] = inside[known[-1] :] = False
        result[inside] = np.interp(at[inside], at[known], values[known])
    return result


def forward(values: Array, hole: NDArray[np.bool_]) -> Array:
    """The last known value before; nothing before the first."""
    place = np.maximum.accumulate(np.where(hole, -1, np.arange(len(values))))
    return np.where(place >= 0, values[place], np.nan)


def seasonal(values: Array, hole: NDArray[np.bool_], season: int) -> Array:
    """On a straight line between the known values of the same phase, one or more seasons before and after; at the ends
    the nearest season's."""
    result = values.copy()
    for phase in np.unique(np.flatnonzero(hole) % season):
        own, missing = values[phase::season], hole[phase::season]
        if not missing.all():
            at = np.arange(len(own), dtype=np.float64)
            result[phase::season] = np.where(missing, np.interp(at, at[~missing], own[~missing]), own)
    return result


def season_mean(values: Array, hole: NDArray[np.bool_], season: int) -> Array:
    """The mean of all known values of the same phase."""
    phase = np.arange(len(values)) % season
    count = np.bincount(phase[~hole], minlength=season)
    total = np.bincount(phase[~hole], weights=values[~hole], minlength=season)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.where(hole, mean[phase], values)


_HOW: Mapping[str, Callable[[Array, NDArray[np.bool_], Array, int], Array]] = {
    "interpolate": lambda values, hole, at, season: interpolated(values, hole, at),
    "seasonal": lambda values, hole, at, season: seasonal(values, hole, season),
    "season-mean": lambda values, hole, at, season: season_mean(values, hole, season),
    "forward": lambda values, hole, at, season: forward(values, hole),
    "zero": lambda values, hole, at, season: np.where(hole, 0.0, values),
}
WORDS = {
    "interpolate": "on a straight line between the neighbours",
    "seasonal": "from the same phase of the seasons before and after",
    "season-mean": "with the mean of their phase of the season",
    "forward": "with the last value before",
    "zero": "with zero",
}


def runs(hole: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First place and place after the last of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], hole.astype(np.int8), [0]))))
    return edges[::2], edges[1::2]


def _fill(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    how, season, longest = options["how"], options["season"], options["longest"]
    if how in ("seasonal", "season-mean") and season is None:
        raise BadFile(f"Filling in by {how!r} needs the season: the number of rows in a cycle, such as 12 for months.")
    sheet = sheet.ordered()
    values, filled = sheet.values.copy(), np.zeros(sheet.values.shape, dtype=bool)
    at = sheet.positions
    for column in columns:
        before = sheet.values[:, column]
        hole = np.isnan(before)
        after = _HOW[how](before, hole, at, season or 1)
        if longest is not None:
            starts, stops = runs(hole)
            for start, stop in zip(starts, stops, strict=True):
                if stop - start > longest:
                    after[start:stop] = np.nan
        values[:, column], filled[:, column] = after, hole & ~np.isnan(after)
    count, rows = int(filled.sum()), named_rows(sheet.rows[filled.any(axis=1)])
    still = int(np.isnan(values[:, columns]).sum())
    named = " and ".join(repr(sheet.names[k]) for k in columns[:3]) + (" and others" if len(columns) > 3 else "")
    where = f" ({row_list(rows)})" if len(rows) else ""
    message = f"{counted(count, 'missing value')} of {named} filled {WORDS[how]}{where}."
    if still:
        message += f" {still:,} stay missing: {_why(how, longest)}."
    return sheet.with_values(values), Done(message, rows, count)


def _why(how: str, longest: int | None) -> str:
    alone = {
        "interpolate": "they have no neighbour on one side",
        "forward": "they have no value before",
        "seasonal": "their phase of the season has no value",
        "season-mean": "their phase of the season has no value",
    }.get(how, "")
    long = f"they stand in runs of more than {longest:,}" if longest is not None else ""
    return " or ".join(filter(None, (long, alone)))


FILL = Kind(
    "fill",
    "Fill missing values",
    "Interpolation draws a straight line in time; seasonal takes the same phase of the seasons before and after, and suits "
    "long holes in a series with a cycle; forward holds the last value and is the only one that never looks ahead; zero is "
    "for amounts that were not written down because there was nothing. What stays missing is treated at the end as "
    "the reading says: by default interpolated, with the ends left out.",
    "any",
    (
        Option("how", "choice", "interpolate", "Where the values come from.", tuple(_HOW)),
        Option(
            "season", "count", None, "Rows in a cycle, for the two seasonal ways: 24 for hours of a day, 12 for months."
        ),
        Option("longest", "count", None, "Runs of more missing values than this stay missing; empty: all are filled."),
    ),
    _fill,
)
