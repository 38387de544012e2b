"""The seasons that the calendar gives to a spacing: days and weeks of hours, years of months."""

from __future__ import annotations

import pandas as pd
from pandas.tseries.frequencies import to_offset

YEAR = 365.25  # days
_SECONDS = {
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86_400.0,
    "week": 604_800.0,
    "month": YEAR / 12 * 86_400.0,
    "year": YEAR * 86_400.0,
}
# Offsets of the calendar, which no number of seconds describes: base alias → seasons of one step, in records.
_CALENDAR = {
    "B": {"week": 5.0, "month": YEAR / 12 * 5 / 7, "year": YEAR * 5 / 7},
    "SMS": {"year": 24.0}, "SME": {"year": 24.0},
    "MS": {"year": 12.0}, "ME": {"year": 12.0}, "BMS": {"year": 12.0}, "BME": {"year": 12.0},
    "QS": {"year": 4.0}, "QE": {"year": 4.0}, "BQS": {"year": 4.0}, "BQE": {"year": 4.0},
    "YS": {}, "YE": {}, "BYS": {}, "BYE": {},
}  # fmt: skip
_SHORTEST = 3.5  # records; two or three make no season of a clock, and four quarters do of a year


def natural_periods(frequency: str | None) -> dict[str, float]:
    """Name of the season → records in it, from the shortest to the longest; {} for None, "YS" and what is not regular.

    frequency: a pandas offset alias. "h" gives day 24, week 168, month 730.5 and year 8766;
    "D" week 7, month 30.44 and year 365.25; "W-SUN" month 4.35 and year 52.18.
    """
    if not frequency:
        return {}
    try:
        offset = to_offset(frequency)
    except ValueError:
        return {}
    if offset is None:
        return {}
    steps, base = int(offset.n), offset.freqstr.lstrip("0123456789").split("-")[0]
    if base in _CALENDAR:
        found = {name: records / steps for name, records in _CALENDAR[base].items()}
    elif base == "W":
        found = {"month": YEAR / 84 / steps, "year": YEAR / 7 / steps}
    else:
        found = _of_clock(offset)
    return {name: records for name, records in found.items() if records >= _SHORTEST}


def _of_clock(offset: pd.DateOffset) -> dict[str, float]:
    try:
        step = pd.Timedelta(offset).total_seconds()
    except ValueError:
        return {}
    return {name: seconds / step for name, seconds in _SECONDS.items()} if step > 0 else {}


def nearest_natural(period: float, frequency: str | None, tolerance: float) -> tuple[str, float] | None:
    """The natural season within `tolerance` (a share) of this period, the nearest one; None where there is none."""
    near = [
        (abs(records / period - 1), name, records)
        for name, records in natural_periods(frequency).items()
        if abs(records / period - 1) <= tolerance
    ]
    return min(near)[1:] if near else None
