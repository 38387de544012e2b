"""A time spread over several columns: year, month and day; year and quarter or week; a date and a clock or an hour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import names
from .families import family
from .moments import Datetimes, assemble, parse_clock

# What a column is called that holds a part: small whole numbers need the name, for they could be anything.
_CALLED = {
    "year": r"years?|yr|yyyy|jahr|an|annee|ano|anno|jaar|calendar ?year|iso ?year",
    "month": r"months?|mon|mo|mm|mth|mnth|monat|mois|mes|mese|maand|month ?(?:no|nr|number|name)",
    "day": r"days?|dd|tag|jour|dia|giorno|dag|mday|dom|day ?of ?(?:the ?)?month",
    "hour": r"hours?|hr|hh|h|stunde|std|heure|hora|ora|uur|hour ?of ?(?:the ?)?day",
    "minute": r"minutes?|min|mi|minuto|minuut",
    "second": r"seconds?|sec|ss|sekunde|seconde|segundo|secondo",
    "quarter": r"quarters?|qtr|q|quartal|trimestre|kwartaal",
    "week": r"weeks?|wk|kw|woche|semaine|semana|settimana|iso ?week|week ?(?:no|nr|number)|kalenderwoche",
    "ordinal": r"doy|yday|day ?of ?(?:the ?)?year|julian ?day",
}
_NAMES = {part: re.compile(rf"(?:{words})") for part, words in _CALLED.items()}
_RANGES = {
    "year": (1500, 2200), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59), "second": (0, 60),
    "quarter": (1, 4), "week": (1, 53), "ordinal": (1, 366),
}  # fmt: skip
_CLOCK_NAME = re.compile(r"time|hhmm|hour|hour ?minute|zeit|uhrzeit|hora|heure|ora|tijd", re.IGNORECASE)
_ENOUGH = 0.9  # share of the rows in which the parts must make a moment


@dataclass(frozen=True)
class Joined:
    """Moments (N,) from several columns: their names, the time being called by the first; remark: a rule used."""

    values: Datetimes
    columns: tuple[str, ...]
    remark: str = ""


def join_parts(frame: pd.DataFrame) -> Joined | None:
    """The moments of columns called year and month (and day, hour, …), quarter, week or day of the year, or None.

    A year alone is none of this. A column counts where its name and nearly all its cells fit the part.
    """
    held = _held(frame)
    if "year" not in held:
        return None
    lower = next((part for part in ("month", "ordinal", "week", "quarter") if part in held), None)
    if lower is None:
        return None
    wanted = ["year", lower]
    if lower == "month" and "day" in held:
        wanted.append("day")
    if wanted[-1] in ("day", "ordinal"):
        for part in ("hour", "minute", "second"):
            if part not in held:
                break
            wanted.append(part)
    numbers = {part: held[part][1] for part in wanted}
    remark = _count_hours_from_zero(numbers)
    values = _assembled(numbers)
    if np.isnat(values).mean() > 1 - _ENOUGH:
        return None
    return Joined(values, tuple(held[part][0] for part in wanted), remark)


def join_clock(frame: pd.DataFrame, date: str, days: Datetimes) -> Joined | None:
    """The days of the column `date` with the times of day that another column holds, or None where there is none.

    Looked for: clocks ("13:45"), first beside the date; else a column called hour (with minute and second); else hhmm numbers.
    """
    at = int(frame.columns.get_loc(date))  # type: ignore[arg-type]
    others = [*frame.columns[at + 1 : at + 2], *frame.columns[:at][::-1], *frame.columns[at + 2 :]]
    texts = {name for name, kind in frame.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)}
    for name in (name for name in others if name in texts):
        column = frame[name]
        if is_clock(column):
            return Joined(days.astype("datetime64[us]") + parse_clock(column), (date, name))  # type: ignore[operator]
    held = _held(frame)
    if "hour" in held and held["hour"][0] != date:
        wanted = ["hour", *(part for part in ("minute", "second") if part in held)]
        numbers = {part: held[part][1] for part in wanted}
        remark = _count_hours_from_zero(numbers)
        return Joined(days + _since_midnight(numbers), (date, *(held[part][0] for part in wanted)), remark)
    for name in (name for name in others if _CLOCK_NAME.fullmatch(name.strip())):
        minutes = _hhmm(frame[name])
        if minutes is not None:
            return Joined(days.astype("datetime64[us]") + minutes, (date, name), "The clock is written as hhmm.")
    return None


def is_clock(column: pd.Series) -> bool:
    """Whether nearly all the first cells of a column of text, and a few of the rest, are times of day."""
    known = column.dropna()
    some = pd.concat([known.iloc[:100], known.iloc[100 :: max(1, len(known) // 100)]]).tolist()
    return bool(some) and sum(family(cell) == "clock" for cell in some) >= _ENOUGH * len(some)


def _held(frame: pd.DataFrame) -> dict[str, tuple[str, NDArray[np.float64]]]:
    """part → (column, its numbers) for the columns whose names and cells fit."""
    held: dict[str, tuple[str, NDArray[np.float64]]] = {}
    for name in frame.columns:
        called = " ".join(names.plain(word) for word in re.split(r"[\s_.-]+", str(name)) if names.plain(word))
        part = next((part for part, pattern in _NAMES.items() if pattern.fullmatch(called)), None)
        if part is None or part in held:
            continue
        numbers = _numbers(frame[name], part)
        low, high = _RANGES[part]
        fits = (numbers >= low) & (numbers <= high) & (numbers == np.rint(numbers))
        if len(numbers) and fits.mean() >= _ENOUGH:
            held[part] = (name, np.where(fits, numbers, np.nan))
    return held


def _numbers(column: pd.Series, part: str) -> NDArray[np.float64]:
    """The cells as numbers of a part: months by name too, quarters as Q1, weeks as W05."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    codes, words = pd.factorize(column)
    if len(words) > 400:
        return np.full(len(column), np.nan)
    table = [_number(str(word), part) for word in words]
    return np.array([*table, np.nan], dtype=np.float64)[codes]


def _number(word: str, part: str) -> float:
    digits = re.fullmatch(r"(?:[QTKWM]|KW)?[ .-]?(\d{1,4})\.?(?:[QT]|st|nd|rd|th)?", word.strip(), re.IGNORECASE)
    if digits:
        return float(digits[1])
    return float(names.month(word) or "nan") if part == "month" else float("nan")


def _count_hours_from_zero(numbers: dict[str, NDArray[np.float64]]) -> str:
    """Hours 1 to 24 name the hour that ends then, as power markets do: they become 0 to 23."""
    hours = numbers.get("hour")
    if hours is None or not (hours == 24).any() or (hours == 0).any():
        return ""
    numbers["hour"] = hours - 1
    return "The hours run from 1 to 24: hour 1 is the one that begins at 00:00."


def _assembled(numbers: Mapping[str, NDArray[np.float64]]) -> Datetimes:
    there = np.logical_and.reduce([np.isfinite(values) for values in numbers.values()])
    whole = {part: np.where(there, values, 0).astype(np.int64) for part, values in numbers.items()}
    return assemble(whole, there)


def _since_midnight(numbers: Mapping[str, NDArray[np.float64]]) -> NDArray[np.timedelta64]:
    first = next(iter(numbers.values()))
    moments = _assembled({"year": np.full(len(first), 1970.0), **numbers})
    since: NDArray[np.timedelta64] = moments - np.datetime64(0, "us")
    return since


def _hhmm(column: pd.Series) -> NDArray[np.timedelta64] | None:
    if not pd.api.types.is_numeric_dtype(column):
        return None
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    if not len(known) or known.min() < 0 or known.max() > 2400 or known.max() < 100 or (known != np.rint(known)).any():
        return None
    if (known % 100 > 59).any():
        return None
    return _since_midnight({"hour": np.floor(numbers / 100), "minute": numbers % 100})
