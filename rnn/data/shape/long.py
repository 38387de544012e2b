"""Long files: a row a moment of one of many series, which one or two columns tell apart (id, time, value).

Recognised by content: the times repeat, or start again, and within what these columns divide they (nearly) never do.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..times.families import family
from ..times.moments import tidy
from ..times.numbers import from_numbers
from .ids import codes_of

_ENOUGH = 3  # rows that a series has on average
_UNIQUE = 0.99  # share of the rows whose time is their series' own
_REPEATED = 0.1  # share of the rows whose time another row has too
_MOST_COLUMNS = 12  # candidates that are tried, alone and in pairs

_NAMED_ID = re.compile(
    r"(?:.*[ _.-])?(?:id|ids|uid|series|store|shop|item|product|sku|article|sensor|station|site|device|unit|engine|machine|"
    r"customer|user|patient|subject|region|country|state|city|county|dept|department|branch|location|zone|symbol|ticker|"
    r"code|name|key|group|family|class|plant|meter|household|building)(?:[ _.-]?(?:id|nbr|no|nr|code|name|number))?",
    re.IGNORECASE,
)
_NAMED_STEP = re.compile(
    r"t|time|timestep|time[ _]?(?:step|idx|index)|step|cycle|cycles|time[ _]in[ _]cycles|period|tick|index|idx|ds|seq|sequence",
    re.IGNORECASE,
)
_NAMED_MOMENT = re.compile(
    r"(?:.*[ _.-])?(?:year|yr|month|mnth|mon|day|dom|doy|hour|hr|minute|min|second|sec|weekday|dow|week|quarter|qtr)"
    r"(?:[ _.-]?of[ _.-]?\w+)?",
    re.IGNORECASE,
)
_NAMED_VALUE = re.compile(r"(?:y|target|values?|sales|count|cnt|amount|qty|quantity|price|volume|demand|load|ot)", re.I)
# what months, days, hours and weekdays count: whole numbers like these divide a day or a year, not a file
_CALENDAR = ((1, 12), (0, 11), (0, 23), (1, 24), (1, 7), (0, 6), (1, 4), (1, 31), (1, 52), (1, 53), (0, 59), (1, 366))


def find_id_columns(frame: pd.DataFrame, times: NDArray[Any], time: str) -> tuple[str, ...]:
    """The column or the two columns that tell the series of a long file apart, leftmost first; () where the file is none.

    times: (N,) datetime64 or numbers, the moments of the column `time`.
    """
    if _runs_once(times):  # as most files do: told without sorting a million moments
        return ()
    clock, moments = pd.factorize(times, sort=True)
    known = clock >= 0
    if len(frame) < 2 * _ENOUGH or known.sum() < 2 * _ENOUGH:
        return ()
    rising = clock[known]
    repeats = 1 - len(moments) / len(rising) >= _REPEATED
    if not repeats and not (rising[1:] < rising[:-1]).any():
        return ()
    candidates = _candidates(frame, time)
    for group in (*((one,) for one in candidates), *itertools.combinations(candidates, 2)):
        columns = tuple(name for name in frame.columns if name in group)
        if not _leaves_a_value(frame, time, columns):
            continue
        strict = any(not _is_label(frame[name], name) for name in columns)
        if _divides(codes_of([frame[name] for name in columns])[0], clock, repeats, strict):
            return columns
    return ()


def _runs_once(times: NDArray[Any]) -> bool:
    """Whether the times never fall, and hardly ever repeat."""
    known = times[~pd.isna(times)]
    if len(known) < 2 or (known[1:] < known[:-1]).any():
        return False
    return float((known[1:] == known[:-1]).sum()) < _REPEATED * len(known) - 1


def find_times(frame: pd.DataFrame, names: Sequence[str], ids: Sequence[str]) -> tuple[str, NDArray[Any]] | None:
    """The column of whole numbers that counts years or steps within each series, where no column does over the whole file.

    names: the columns that it may be. ids: the columns that tell the series apart, () where they are not known either.
    """
    for name in names:
        if name in ids or not _is_whole(frame[name]):
            continue
        numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        levels, at = np.unique(numbers, return_inverse=True)
        found = from_numbers(levels, name) if len(levels) > 2 else None
        moments = None if found is None else found.values
        step = moments is None and _NAMED_STEP.fullmatch(name) is not None
        if moments is None and not step:
            continue
        times = numbers if moments is None else tidy(moments)[at]
        columns = tuple(ids) or find_id_columns(frame, times, name)
        if not columns or (step and not ids and not all(_is_label(frame[one], one) for one in columns)):
            continue
        codes, _ = codes_of([frame[one] for one in columns])
        if _counts_within(codes, numbers, _UNIQUE, even=step):
            return name, times
    return None


def _candidates(frame: pd.DataFrame, time: str) -> list[str]:
    """What may name series: texts first, then whole numbers that are called so, then other ones, each from the left."""
    texts: list[str] = []
    labels: list[str] = []
    numbers: list[str] = []
    for name in (name for name in frame.columns if name != time):
        column = frame[name]
        text = not pd.api.types.is_numeric_dtype(column)
        if _NAMED_MOMENT.fullmatch(name) or (not text and (_NAMED_VALUE.fullmatch(name) or not _is_whole(column))):
            continue
        if text and _holds_dates(column):
            continue
        known = int(column.notna().sum())
        levels = column.nunique()
        if not 2 <= levels <= known / _ENOUGH:
            continue
        if text:
            texts.append(name)
        elif _is_label(column, name):
            labels.append(name)
        elif not _is_calendar(column):
            numbers.append(name)
    return [*texts, *labels, *numbers][:_MOST_COLUMNS]


def _is_label(column: pd.Series, name: str) -> bool:
    return not pd.api.types.is_numeric_dtype(column) or _NAMED_ID.fullmatch(name) is not None


def _is_whole(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column):
        return False
    if column.dtype.kind in "iu":
        return True
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    some = values[:1000][np.isfinite(values[:1000])]
    if not len(some) or (some != np.rint(some)).any():
        return False
    known = values[np.isfinite(values)]
    return bool((known == np.rint(known)).all() and np.abs(known).max() < 2**53)


def _is_calendar(column: pd.Series) -> bool:
    return (int(column.min()), int(column.max())) in _CALENDAR


def _holds_dates(column: pd.Series) -> bool:
    some = column.dropna().iloc[:50]
    return len(some) > 0 and sum(family(str(cell)) is not None for cell in some) > len(some) / 2


def _leaves_a_value(frame: pd.DataFrame, time: str, ids: tuple[str, ...]) -> bool:
    rest = frame.columns.difference([time, *ids], sort=False)
    return any(pd.api.types.is_numeric_dtype(frame[name]) and frame[name].notna().any() for name in rest)


def _divides(codes: NDArray[np.int64], clock: NDArray[np.int64], repeats: bool, strict: bool) -> bool:
    """Whether the rows of each code have times of their own, and as many as a series of their span would have.

    strict: for whole numbers that nothing calls a name; a measurement would leave most times of its "series" out.
    """
    there = (codes >= 0) & (clock >= 0)
    codes, clock = codes[there], clock[there]
    groups = int(codes.max()) + 1 if len(codes) else 0
    if groups < 2 or len(codes) < _ENOUGH * groups:
        return False
    pairs = codes * (int(clock.max()) + 1) + clock
    if len(pd.unique(pairs)) < _UNIQUE * len(pairs):
        return False
    blocks = int((codes[1:] != codes[:-1]).sum()) + 1
    within = (codes[1:] == codes[:-1]) & (clock[1:] < clock[:-1])
    restarts = blocks == groups and not within.any()
    if not repeats:
        return restarts
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(groups))
    low, high = np.minimum.reduceat(clock[order], starts), np.maximum.reduceat(clock[order], starts)
    covered = np.median(np.bincount(codes, minlength=groups) / (high - low + 1))
    return bool(covered >= (0.8 if strict else 0.3)) or (restarts and not strict)


def _counts_within(codes: NDArray[np.int64], numbers: NDArray[np.float64], enough: float, even: bool) -> bool:
    """Whether `numbers` rise (or fall) from row to row of each series; even: by the same amount in all of them."""
    order = np.argsort(codes, kind="stable")
    steps = np.diff(numbers[order])[codes[order][1:] == codes[order][:-1]]
    if not len(steps) or not np.isfinite(steps).all():
        return False
    if even:
        return bool(steps[0] > 0 and (steps == steps[0]).mean() >= 0.9 and (steps > 0).all())
    return max((steps > 0).mean(), (steps < 0).mean()) >= enough
