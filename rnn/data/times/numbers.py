"""Numbers that are dates: years, compact dates such as 20200131, Unix time, and the serial days of spreadsheets."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .moments import Datetimes, assemble

UNITS = ("s", "ms", "us", "ns", "excel", "excel1904", "matlab", "julian")

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_SPOKEN = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
# Unix time between 1973 and 2096, by unit
_UNIX = (("s", 1e8, 4e9), ("ms", 1e11, 4e12), ("us", 1e14, 4e15), ("ns", 1e17, 4e18))
_YEARS = (1500, 2150)
_DAY = 86_400_000_000  # microseconds
# The day 0 of each count, in days from 1 January 1970. Excel's is right from 1 March 1900 on; see `_days`.
_DAY_ZERO = {"excel": -25_569, "excel1904": -24_107, "matlab": -719_529, "julian": -2_440_587.5}
_COUNTS = {
    "excel": "days as Excel counts them (1 is 1 January 1900)",
    "excel1904": "days as Excel on the Macintosh counted them (0 is 1 January 1904)",
    "matlab": "days as MATLAB counts them (1 is 1 January of the year 0)",
    "julian": "Julian days (counted from noon of 1 January 4713 BC)",
}
_EXCEL = (20_000, 60_000)  # 1954 to 2064
_TELLING_NAME = re.compile(
    r"time|date|datum|fecha|stamp|unix|epoch|serial|zeit|tijd|^ts?$|^day$|^tag$|^dt$|giorno|jour", re.IGNORECASE
)
# digits of a compact date → the parts that they are, last first, each of two digits but the year
_COMPACT = {
    6: ("month",),
    8: ("day", "month"),
    10: ("hour", "day", "month"),
    12: ("minute", "hour", "day", "month"),
    14: ("second", "minute", "hour", "day", "month"),
}


@dataclass(frozen=True)
class NumericTime:
    """A column of numbers as moments: values (N,), NaT where there is none; unit: one of UNITS, or None for a plain date."""

    values: Datetimes
    unit: str | None = None

    def message(self, name: str, first: float) -> str:
        """A sentence that says what the numbers were taken for."""
        at = np.datetime_as_string(self.values[~np.isnat(self.values)][:1].astype("datetime64[s]"))[0].replace("T", " ")
        example = f"the first, {first:.15g}, is {at}"
        if self.unit in _SPOKEN:
            what, other = f"Unix time in {_SPOKEN[self.unit]} (UTC)", " or ".join(u for u in _SPOKEN if u != self.unit)
        else:
            what, other = _COUNTS[str(self.unit)], "excel1904" if self.unit == "excel" else "excel"
        return f"The numbers in {name!r} were read as {what}; {example}. Choose time_unit={other} if that is wrong."


def from_numbers(
    numbers: NDArray[np.float64], name: str, chosen: bool = False, unit: str | None = None
) -> NumericTime | None:
    """The moments that a column of numbers stands for, or None where it is just numbers.

    numbers: (N,), a tenth may be missing. chosen: the user called it the time, so its order proves nothing and need not.
    unit: one of UNITS where the user says what they count.
    """
    known = np.isfinite(numbers)
    if known.sum() < 2 or known.mean() < 0.9:
        return None
    found = _read(numbers[known], name, chosen, unit)
    if found is None:
        return None
    values = np.full(len(numbers), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    values[known] = found.values
    return NumericTime(values, found.unit)


def _read(numbers: NDArray[np.float64], name: str, chosen: bool, unit: str | None) -> NumericTime | None:
    steps = np.diff(numbers)
    ordered = bool((steps >= 0).all() or (steps <= 0).all()) and bool(steps.any())
    telling = chosen or bool(_TELLING_NAME.search(name))
    if unit is not None:
        return _counted(numbers, unit) if telling or ordered else None
    if numbers.min() < 1 or numbers.max() > _UNIX[-1][2]:
        return None
    whole = bool((numbers == np.rint(numbers)).all())
    if whole:
        dates = _dates(numbers, steps, ordered, chosen, telling)
        if dates is not None:
            return NumericTime(dates)
    if not (ordered or telling):
        return None
    even = _share_of_commonest(steps[steps != 0]) >= 0.5
    for count, low, high in _UNIX:
        if low <= numbers.min() and numbers.max() <= high and (telling or even):
            return _counted(numbers, count)
    if numbers.min() >= _EXCEL[0] and numbers.max() <= _EXCEL[1] and _is_calendar(numbers, steps, ordered, telling):
        return _counted(numbers, "excel")
    return None


def _dates(
    numbers: NDArray[np.float64], steps: NDArray[np.float64], ordered: bool, chosen: bool, telling: bool
) -> Datetimes | None:
    """Whole numbers as years, or as dates with the signs between left out."""
    distinct = bool((steps != 0).all())
    earliest, latest = (1, 9999) if chosen else _YEARS
    even = chosen or (ordered and distinct and _share_of_commonest(steps) >= 0.9)
    if numbers.min() >= earliest and numbers.max() <= latest and even:
        return (numbers.astype(np.int64) - 1970).astype("datetime64[Y]").astype("datetime64[us]")
    digits = len(f"{numbers[0]:.0f}")
    if digits not in _COMPACT or not 10 ** (digits - 1) <= numbers.min() <= numbers.max() < 10**digits:
        return None
    if digits == 6 and not chosen and not (ordered and distinct):
        return None
    rest, parts = numbers.astype(np.int64), {}
    for part in _COMPACT[digits]:
        rest, parts[part] = rest // 100, rest % 100
    first, last = (1800, 2200) if digits < 10 else (1900, 2100)
    if rest.min() < first or rest.max() > last or (digits >= 10 and not (ordered or telling)):
        return None
    values = assemble({**parts, "year": rest}, np.ones(len(numbers), dtype=bool))
    return None if np.isnat(values).any() else values


def _share_of_commonest(steps: NDArray[np.float64]) -> float:
    """The share of the steps that are alike, to a thousandth of the middle one."""
    if not len(steps):
        return 0.0
    size = np.median(np.abs(steps)) * 1e-3
    return float(np.unique(np.rint(steps / size), return_counts=True)[1].max() / len(steps))


def _is_calendar(numbers: NDArray[np.float64], steps: NDArray[np.float64], ordered: bool, telling: bool) -> bool:
    """Whether numbers between 20,000 and 60,000 are days: a name that says so and even steps, or steps that only days have."""
    if not ordered or not steps.all():
        return False
    if telling and _share_of_commonest(steps) >= 0.5:
        return True
    days = np.floor(numbers + 1e-6).astype(np.int64) + int(_DAY_ZERO["excel"])
    if (np.abs(numbers - np.rint(numbers)) > 1e-6).any():
        minutes = np.abs(steps) * 1440
        return any((np.abs(minutes - size) < 0.01 * size).mean() >= 0.9 for size in (5, 10, 15, 20, 30, 60))
    if len(numbers) >= 12 and _on_month_edges(days):
        return True
    weekdays = (days + 3) % 7
    weekends = int(((np.arange(days.min(), days.max() + 1) + 3) % 7 >= 5).sum())
    return weekends >= 6 and bool((weekdays < 5).all()) and set(weekdays.tolist()) == set(range(5))


def _on_month_edges(days: NDArray[np.int64]) -> bool:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    starts, ends = (
        (dates == months.astype("datetime64[D]")).all(),
        (dates + 1 == (months + 1).astype("datetime64[D]")).all(),
    )
    return bool(starts or ends)


def _counted(numbers: NDArray[np.float64], unit: str) -> NumericTime:
    """Numbers of a unit since its zero as moments; NaT beyond the years 1 to 9999."""
    micros = np.rint(numbers / _PER_SECOND[unit] * 1e6) if unit in _PER_SECOND else _days(numbers, unit)
    inside = (micros >= -62_135_596_800e6) & (micros < 253_402_300_800e6)
    values = np.where(inside, micros, 0).astype(np.int64).astype("datetime64[us]")
    values[~inside] = np.datetime64("NaT")
    return NumericTime(values, unit)


def _days(numbers: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Days as microseconds since 1970, fractions as times of day, to the coarsest of minute, second and millisecond that fits.

    Excel counts a 29 February 1900 that never was: 60. The days before it lie one later than the rule says, and 60 is none.
    """
    days = numbers + _DAY_ZERO[unit]
    if unit == "excel":
        days = np.where(numbers < 60, days + 1, days)
        days = np.where((numbers >= 60) & (numbers < 61), np.inf, days)
    finite = np.isfinite(days)
    error = _precision(numbers) * _DAY + 20  # 20 µs: what is left of a day's fraction in a float of this size
    micros = days * _DAY
    for size in (60_000_000, 1_000_000, 1_000):
        near = np.rint(micros[finite] / size) * size
        if (np.abs(near - micros[finite]) <= error).all():
            return np.where(finite, np.rint(micros / size) * size, np.inf)
    return micros


def _precision(numbers: NDArray[np.float64]) -> float:
    """Half a unit of the last decimal that the numbers are written with."""
    some = numbers[:: max(1, len(numbers) // 1000)]
    decimals = next((d for d in range(12) if (np.round(some, d) == some).all()), 12)
    return 0.5 * 10.0**-decimals if decimals else 0.0
