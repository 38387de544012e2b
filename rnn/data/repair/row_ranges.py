"""Sets of file rows as a short list of ranges: [[12, 18], [40, 40]] is what a repair's record holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ranges_of(rows: ArrayLike) -> list[list[int]]:
    """The rows as ranges from first to last, both included, in rising order."""
    known = np.sort(np.asarray(rows, dtype=np.int64))
    if not len(known):
        return []
    breaks = np.flatnonzero(np.diff(known) > 1)  # a row that is named twice is a difference of 0
    firsts, lasts = known[np.concatenate(([0], breaks + 1))], known[np.concatenate((breaks, [len(known) - 1]))]
    return [[int(first), int(last)] for first, last in zip(firsts, lasts, strict=True)]


def rows_within(rows: NDArray[Any], ranges: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Mask of the rows that lie in one of the ranges; a row that no file holds (0) lies in none."""
    if not ranges:
        return np.zeros(len(rows), dtype=bool)
    first, last = np.array(sorted([first, last] for first, last in ranges), dtype=np.int64).T
    last = np.maximum.accumulate(last)
    place = np.searchsorted(first, rows, side="right") - 1
    return (place >= 0) & (rows <= last[np.maximum(place, 0)]) & (rows > 0)


def in_words(ranges: Iterable[Sequence[int]]) -> str:
    """ "12–18, 40": as a person types and reads them."""
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges)


def from_words(text: str) -> list[list[int]]:
    """ "12-18, 40" → [[12, 18], [40, 40]]. Raises ValueError naming the piece that is no row or range of rows."""
    ranges = []
    for piece in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        ends = [end.strip() for end in piece.replace("–", "-").split("-")]
        if len(ends) > 2 or not all(end.isdecimal() and len(end) < 16 for end in ends):
            raise ValueError(f"rows={piece!r} must be row numbers such as 7 or 12-18, separated by commas.")
        ranges.append([int(ends[0]), int(ends[-1])])
    return checked_ranges(ranges)


def checked_ranges(value: Any) -> list[list[int]]:
    """Raises ValueError for anything but a list of [first, last] with 1 ≤ first ≤ last."""
    allowed = "a list of [first, last] row numbers with 1 ≤ first ≤ last"
    if not isinstance(value, list | tuple):
        raise ValueError(f"rows={value!r} must be {allowed}.")
    for one in value:
        whole = isinstance(one, list | tuple) and len(one) == 2 and all(type(end) is int for end in one)
        if not whole or not 1 <= one[0] <= one[1] < 2**62:
            raise ValueError(f"rows={one!r} must be in {allowed}.")
    return [[int(first), int(last)] for first, last in value]
