"""The ways to write a date: which family a cell belongs to. A family is a pattern whose named parts make up a moment."""

from __future__ import annotations

import re
from functools import lru_cache

from . import names, zones

_WORD = r"[^\d\s./,:;+_'\[(-]"
_MONTH = rf"(?P<name>{_WORD}{{3,12}})\.?"
_WEEKDAY = rf"(?:(?P<weekday_name>{_WORD}{{2,13}})\.?,? +)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_YEAR4 = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})"
_TH = r"(?:st|nd|rd|th|er|º|°)?"
_MARK, _SAME = r"(?P<mark>[-/.])", r"(?P=mark)"

_SECOND = r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_HALF = r"(?: ?(?P<noon>[ap])\.?m\.?)?"
_CLOCK = rf"(?P<hour>\d{{1,2}})[:h](?P<minute>\d{{2}}){_SECOND}{_HALF}(?: Uhr)?"
_ZONE = r"(?: ?(?P<zone>(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,5}|\[?[a-z]+/[a-z_/+-]+\]?)(?:\[[^\]]+\]| ?\([^)]*\))?)?"
_TAIL = rf"(?:(?:[T_]|,? +){_CLOCK}{_ZONE})?"
_TAIL_OR_HOUR = rf"(?:(?:[T_]|,? +)(?:{_CLOCK}|(?P<hour2>\d{{2}})){_ZONE})?"
_BRIEF = (
    rf"(?P<hour>\d{{2}})(?::?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}})(?:[.,](?P<fraction>\d{{1,9}}))?)?)?{_HALF}"
)

_W = r"(?:W|KW|CW|S|week|wk|semaine|semana|settimana|sem)[-. ]*"
_Q = r"(?:Q|T|K|qtr|quarter|quartal|trimestre|trim|kwartaal)\.?"
_H = r"(?:H|S|HJ|halbjahr|semester|semestre)\.?"
_NTH = r"(?:st|nd|er|e|º|°|\.)? ?"
_GAP = r"[-/ .,_']*"

_SPELT: dict[str, str] = {
    "iso": rf"{_WEEKDAY}{_YEAR4}{_MARK}(?P<month>\d{{1,2}}){_SAME}{_DAY}{_TAIL_OR_HOUR}",
    "iso-basic": rf"{_YEAR4}(?P<month>\d{{2}})(?P<day>\d{{2}})[T _-]{_BRIEF}{_ZONE}",
    "ordinal": rf"{_YEAR4}-(?P<ordinal>\d{{3}}){_TAIL}",
    "day-month": rf"{_WEEKDAY}(?P<first>\d{{1,2}}){_MARK}(?P<second_>\d{{1,2}}){_SAME}{_YEAR}{_TAIL}",
    "day-name": rf"{_WEEKDAY}{_DAY}{_TH}(?: de |[ ./-]*){_MONTH}(?: del? |{_GAP}){_YEAR}(?:(?:[T_:]|,? +){_CLOCK}{_ZONE})?",
    "name-day": rf"{_WEEKDAY}{_MONTH}[ -]+{_DAY}{_TH}[, -]+{_YEAR}{_TAIL}",
    "ctime": rf"{_WEEKDAY}{_MONTH} +{_DAY} +{_CLOCK}{_ZONE} +{_YEAR4}",
    "year-name-day": rf"{_YEAR4}[ ./-]*{_MONTH}[ ./-]*{_DAY}{_TAIL}",
    "name-year": rf"{_MONTH}(?: de |{_GAP}){_YEAR}",
    "year-name": rf"{_YEAR4}{_GAP}{_MONTH}",
    "half-year": rf"{_YEAR4}{_GAP}{_H}(?P<semester>[12])",
    "half-year, year last": rf"{_H} ?(?P<semester>[12]){_GAP}{_YEAR4}",
    "nth half-year": rf"(?P<semester>[12]){_NTH}{_H}{_GAP}{_YEAR}",
    "quarter": rf"{_YEAR4}{_GAP}{_Q} ?(?P<quarter>[1-4])",
    "quarter, year last": rf"{_Q} ?(?P<quarter>[1-4]){_GAP}{_YEAR}",
    "nth quarter": rf"(?P<quarter>[1-4]){_NTH}{_Q}{_GAP}{_YEAR}",
    "year, nth quarter": rf"{_YEAR4}{_GAP}(?P<quarter>[1-4]){_NTH}{_Q}",
    "week": rf"{_YEAR4}{_GAP}{_W}(?P<week>\d{{1,2}})(?:-?(?P<weekday>[1-7]))?",
    "week, year last": rf"{_W}(?P<week>\d{{1,2}}){_GAP}{_YEAR4}",
    "year-month": rf"{_YEAR4}(?:[-/]|-?M)(?P<month>\d{{1,2}})",
    "month-year": rf"(?P<month>\d{{1,2}})[-/.]{_YEAR4}",
    "clock": rf"{_CLOCK}{_ZONE}",
}

# Every family's cells match its pattern as a whole; a column belongs to the family that nearly all its cells match.
FAMILIES: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE | re.ASCII) for kind, pattern in _SPELT.items()
}


def match(kind: str, text: str) -> re.Match[str] | None:
    """The text taken apart as a date of that family, or None: its words must name a month, a weekday or a zone."""
    found = FAMILIES[kind].fullmatch(text)
    if found is None:
        return None
    part = found.groupdict()
    if part.get("name") and not names.month(part["name"]):
        return None
    if part.get("zone") and zones.offset(part["zone"]) is None:
        return None
    return None if part.get("weekday_name") and not names.is_weekday(part["weekday_name"]) else found


@lru_cache(maxsize=4096)
def family(cell: str) -> str | None:
    """The name of the family of dates that `cell` belongs to, or None."""
    text = cell.strip()
    if len(text) < 4 or len(text) > 70 or not any(c.isdigit() for c in text):
        return None
    return next((kind for kind in FAMILIES if match(kind, text)), None)
