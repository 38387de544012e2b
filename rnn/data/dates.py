"""Cells and columns that are dates: which family a cell belongs to, and a whole column of one as datetime64."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Datetimes = NDArray[np.datetime64]

_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?P<fraction>[.,]\d{1,9})?)?(?P<half> ?[AaPp][Mm])?)"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))"
_TAIL = rf"(?:(?:[T_]|,? +){_CLOCK})?"
_MONTH = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.?"
_WEEKDAY = r"(?:(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}),? )?"
_YEAR = r"(?P<year>\d{4}|\d{2})"

_ZONED = r":\d{2}(?:\.\d+)? ?(?:Z|[+-]\d{2}(?::?\d{2})?)$"

# Every family's cells match its pattern as a whole; a column belongs to the family that nearly all its cells match.
FAMILIES: dict[str, re.Pattern[str]] = {
    "iso": re.compile(rf"\d{{4}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}{_TAIL}{_ZONE}?"),
    "day-month": re.compile(rf"\d{{1,2}}(?P<mark>[./-])\d{{1,2}}(?P=mark){_YEAR}{_TAIL}"),
    "day-name": re.compile(rf"{_WEEKDAY}\d{{1,2}}(?P<mark>[ ./-]?){_MONTH}(?P<mark2>,? ?|[./-]){_YEAR}{_TAIL}", re.I),
    "name-day": re.compile(rf"{_WEEKDAY}{_MONTH} \d{{1,2}}(?P<mark>,? ){_YEAR}{_TAIL}", re.I),
    "name-year": re.compile(rf"{_MONTH}(?P<mark>[ ./-]){_YEAR}", re.I),
    "year-name": re.compile(rf"(?P<year>\d{{4}})(?P<mark>[ ./-]){_MONTH}", re.I),
    "year-month": re.compile(r"\d{4}(?:[-/]|M)\d{1,2}"),
    "month-year": re.compile(r"\d{1,2}(?P<mark>[-/])\d{4}"),
    "quarter": re.compile(r"\d{4}[ -]?Q[1-4]|Q[1-4][ /-]?\d{4}", re.I),
    "week": re.compile(r"\d{4}-?W\d{1,2}", re.I),
    "clock": re.compile(_CLOCK),
}


@dataclass(frozen=True)
class Parsed:
    """A column of dates: values (N,) datetime64, NaT where a cell could not be read; zoned: it named time zones (now UTC)."""

    values: Datetimes
    zoned: bool = False

    @property
    def unread(self) -> int:
        return int(np.isnat(self.values).sum())


@lru_cache(maxsize=4096)
def family(cell: str) -> str | None:
    """The name of the family of dates that `cell` belongs to, or None."""
    text = cell.strip()
    if len(text) < 4 or len(text) > 40 or not any(c.isdigit() for c in text):
        return None
    return next((name for name, pattern in FAMILIES.items() if pattern.fullmatch(text)), None)


def parse(cells: pd.Series, kind: str, day_first: bool | None = None) -> Parsed:
    """The dates in `cells` (text, all of one family; missing → NaT). day_first matters to the family "day-month" alone."""
    text = cells.str.strip()
    if kind == "iso":
        return _parse_iso(text)
    if kind == "quarter":
        text = text.str.upper().str.replace(r"^Q([1-4])[ /-]?(\d{4})$", r"\2Q\1", regex=True)
        text = text.str.replace(r"[ -]", "", regex=True)
        for quarter, month in enumerate(("01", "04", "07", "10"), 1):
            text = text.str.replace(f"Q{quarter}", f"-{month}", regex=False)
        return Parsed(_plain(pd.to_datetime(text, format="%Y-%m", errors="coerce")))
    if kind == "week":
        text = text.str.upper().str.replace(r"^(\d{4})-?W(\d{1,2})$", r"\1-W\2-1", regex=True)
        return Parsed(_plain(pd.to_datetime(text, format="%G-W%V-%u", errors="coerce")))
    if kind == "year-month":
        text = text.str.replace(r"[/M]", "-", regex=True)
        return Parsed(_plain(pd.to_datetime(text, format="%Y-%m", errors="coerce")))
    return Parsed(_by_formats(text, kind, bool(day_first)))


def parse_clock(cells: pd.Series) -> NDArray[np.timedelta64]:
    """Times of day as the time since midnight, NaT where a cell is none."""
    moments = _by_formats(cells.str.strip(), "clock", False)
    since_midnight: NDArray[np.timedelta64] = moments - moments.astype("datetime64[D]")
    return since_midnight


def tidy(values: Datetimes) -> Datetimes:
    """datetime64[s] where every moment is a whole second, else [ns] where the range allows, else [us]."""
    seconds: Datetimes = values.astype("datetime64[s]")
    known = ~np.isnat(values)
    if (seconds[known] == values[known]).all():
        return seconds
    years = seconds[known].astype("datetime64[Y]").astype(int) + 1970
    return values.astype("datetime64[ns]" if years.min() > 1678 and years.max() < 2262 else "datetime64[us]")


def _parse_iso(text: pd.Series) -> Parsed:
    zoned = bool(text.iloc[:: max(1, len(text) // 1000)].str.contains(_ZONED, regex=True).any())
    try:
        moments = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=zoned)
    except ValueError:  # some times name a zone and some do not
        zoned = True
        moments = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    if getattr(moments.dt, "tz", None) is not None:
        zoned = True
    values = _plain(moments).astype("datetime64[us]")
    left = np.isnat(values) & text.notna().to_numpy(dtype=bool)
    if left.any():
        other = _respelt(text[left])
        again = pd.to_datetime(other, format="ISO8601", errors="coerce", utc=True)
        values[left] = _plain(again).astype("datetime64[us]")
        zoned = zoned or bool(other.str.contains(_ZONED, regex=True).any())
        left &= np.isnat(values)
        values[left] = _by_formats(text[left], "iso", False)
    return Parsed(values, zoned)


def _respelt(text: pd.Series) -> pd.Series:
    """Year-first dates with points or slashes, a zone called UTC or GMT and a comma before fractions, as ISO has them."""
    text = text.str.replace(r"^(\d{4})[/.](\d{1,2})[/.]", r"\1-\2-", regex=True)
    return text.str.replace(r" ?(?:UTC|GMT)$", "Z", regex=True).str.replace(r"(:\d{2}),(\d)", r"\1.\2", regex=True)


def _plain(moments: pd.Series) -> Datetimes:
    if getattr(moments.dt, "tz", None) is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    return moments.to_numpy()


def _by_formats(text: pd.Series, kind: str, day_first: bool) -> Datetimes:
    """Parse with the formats that the cells show, beginning with those of the first cells, until none helps any more."""
    values = np.full(len(text), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    if "name" in kind:
        text = text.str.replace(r"(?i)\b(sep)t\b", r"\1", regex=True).str.replace(r"([A-Za-z])\. ", r"\1 ", regex=True)
    left = text.notna().to_numpy(dtype=bool, copy=True)
    tried: set[str] = set()
    while left.any():
        some = text[left].iloc[:50]
        formats = {form for cell in some if (form := _format(cell, kind, day_first)) and form not in tried}
        if not formats:
            break
        for form in sorted(formats):
            tried.add(form)
            moments = pd.to_datetime(text[left], format=form, errors="coerce").to_numpy().astype("datetime64[us]")
            values[left] = moments
            left &= np.isnat(values)
    return values


def _format(cell: str, kind: str, day_first: bool) -> str | None:
    """The strptime format of one cell of a family, e.g. "%d.%m.%Y %H:%M"."""
    match = FAMILIES[kind].fullmatch(cell)
    if not match:
        return None
    part = match.groupdict()
    mark, year = part.get("mark") or "", "%Y" if len(part.get("year") or "0000") == 4 else "%y"
    month = "%b" if len(part.get("month") or "") == 3 else "%B"
    weekday = _weekday(part.get("weekday"), cell)
    date = {
        "iso": f"%Y{mark}%m{mark}%d",
        "day-month": f"%d{mark}%m{mark}{year}" if day_first else f"%m{mark}%d{mark}{year}",
        "day-name": f"{weekday}%d{mark}{month}{part.get('mark2') or ''}{year}",
        "name-day": f"{weekday}{month} %d{mark}{year}",
        "name-year": f"{month}{mark}{year}",
        "year-name": f"%Y{mark}{month}",
        "month-year": f"%m{mark}%Y",
        "clock": "",
    }[kind]
    clock = part.get("clock")
    if not clock:
        return date
    between = cell[: cell.index(clock)]
    joint = re.search(r"[T_, ]*$", between)
    return date + (joint.group() if joint and kind != "clock" else "") + _clock_format(clock, part)


def _weekday(name: str | None, cell: str) -> str:
    if not name:
        return ""
    after = cell[len(name) :]
    return ("%a" if len(name) == 3 else "%A") + after[: len(after) - len(after.lstrip(", "))]


def _clock_format(clock: str, part: dict[str, str | None]) -> str:
    seconds = ":%S" if clock.count(":") == 2 else ""
    fraction = f"{(part['fraction'] or '.')[0]}%f" if part.get("fraction") else ""
    half = part.get("half")
    if not half:
        return f"%H:%M{seconds}{fraction}"
    return f"%I:%M{seconds}{fraction}{' ' if half.startswith(' ') else ''}%p"
