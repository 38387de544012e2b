"""Time zones: what a zone's name in a cell means, moments in UTC, and local times told apart where clocks were put back."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Datetimes = NDArray[np.datetime64]

_MINUTE = 60_000_000  # microseconds
# Abbreviations in hours ahead of UTC. CST, BST and IST have several meanings: the ones of the United States, Britain and India.
_ABBREVIATIONS = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2,
    "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "ist": 5.5, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9, "awst": 8,
    "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "sast": 2,
}  # fmt: skip


@dataclass(frozen=True)
class ToUtc:
    """Local times in UTC: values (N,); repeated and absent: masks of the times that the clock showed twice, or never."""

    values: Datetimes
    repeated: NDArray[np.bool_]
    absent: NDArray[np.bool_]


@lru_cache(maxsize=512)
def offset(name: str) -> int | ZoneInfo | None:
    """What a zone written in a cell means: minutes ahead of UTC, or a zone of the IANA database, or None."""
    text = name.strip().strip("[]")
    numeric = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", text, re.IGNORECASE)
    if numeric:
        minutes = int(numeric[2]) * 60 + int(numeric[3] or 0)
        return None if minutes > 15 * 60 else (-minutes if numeric[1] == "-" else minutes)
    if text.lower() in _ABBREVIATIONS:
        return int(_ABBREVIATIONS[text.lower()] * 60)
    return zone(text) if "/" in text else None


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo | None:
    """The zone of that name in the IANA database ("Europe/Berlin"), or None."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # unknown, malformed, or a folder of the database
        return None


def utc_of_named(values: Datetimes, codes: NDArray[np.int64], written: Sequence[str]) -> Datetimes:
    """The moments in UTC. codes: (N,) for every cell the position of its zone in `written`, or −1 (then taken as UTC)."""
    result: Datetimes = values.astype("datetime64[us]")
    for code, name in enumerate(written):
        here = codes == code
        meant = offset(name)
        if isinstance(meant, ZoneInfo):
            result[here] = utc_of_local(result[here], meant).values
        elif meant is None:
            result[here] = np.datetime64("NaT")
        else:
            result[here] -= np.timedelta64(meant * _MINUTE, "us")
    return result


def utc_of_local(values: Datetimes, where: ZoneInfo) -> ToUtc:
    """Local times of a zone in UTC. An hour that the clock showed twice is told apart by the order of the rows.

    values: (N,) in file order. Where the clock falls back within such an hour, the rows after that are the second showing;
    where it does not (the file is sorted), the first of two equal times is the first. A time that the clock skipped keeps the
    offset from before the change.
    """
    local = values.astype("datetime64[us]")
    known = ~np.isnat(local)
    newest_first = _falls(local[known])
    order = np.arange(len(local))[:: -1 if newest_first else 1]
    stamps = pd.DatetimeIndex(local)
    first = stamps.tz_localize(where, ambiguous=np.ones(len(local), bool), nonexistent="NaT")
    second = stamps.tz_localize(where, ambiguous=np.zeros(len(local), bool), nonexistent="NaT")
    early, late = (
        index.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]") for index in (first, second)
    )
    repeated = known & (early != late) & ~np.isnat(early)
    absent = known & np.isnat(early)
    result = early
    showings = order[repeated[order]]
    showings = showings[np.argsort(local[showings].astype("datetime64[D]"), kind="stable")]
    if len(showings):
        result[showings] = np.where(_second_showing(local[showings]), late[showings], early[showings])
    if absent.any():
        before = (stamps[absent] - pd.Timedelta(3, "h")).tz_localize(where, ambiguous=np.ones(int(absent.sum()), bool))
        shifted = before.tz_convert("UTC").tz_localize(None).to_numpy() + np.timedelta64(3, "h")
        result[absent] = shifted.astype("datetime64[us]")
    return ToUtc(result, repeated, absent)


def _falls(values: Datetimes) -> bool:
    """Whether the rows mostly go backwards in time."""
    return bool((values[1:] < values[:-1]).sum() > (values[1:] > values[:-1]).sum())


def _second_showing(local: Datetimes) -> NDArray[np.bool_]:
    """Of the times that the clock showed twice, day by day, each in the order of the rows: which are of the second showing."""
    second = np.zeros(len(local), dtype=bool)
    days = local.astype("datetime64[D]")
    edges = np.concatenate(([0], np.flatnonzero(days[1:] != days[:-1]) + 1, [len(days)]))
    for start, end in itertools.pairwise(edges):
        hour = local[start:end]
        back = np.flatnonzero(hour[1:] < hour[:-1])
        seen = pd.Series(hour).groupby(hour).cumcount().to_numpy() > 0
        second[start:end] = np.arange(len(hour)) > back[0] if len(back) == 1 else seen
    return second
