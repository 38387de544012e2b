"""The spacing of a series of moments as a pandas offset alias, and how many steps of it are absent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.tseries.frequencies import to_offset

from .moments import Datetimes

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY = 86_400_000_000  # microseconds
_UNITS = (_DAY, *(minutes * 60_000_000 for minutes in (60, 30, 15, 10, 5, 1)), 1_000_000, 1_000)
_REGULAR = 0.9  # share of the steps that must be alike
_GAPPY = 0.5  # … or this share, where every other step is a multiple of it (rows left out, clocks put forward)
_FULL = 0.6  # share of the business days that must be there
_JITTER = 0.01  # of a step, by which steps that are alike may differ
_LOOSE = 0.1  # … where all moments lie near an even grid all the same (a clock that is a little early or late)


def infer_frequency(times: Datetimes) -> tuple[str | None, int]:
    """The frequency of `times` ((N,) datetime64, sorted, may repeat) and the number of steps absent between first and last.

    The alias is pandas' ("30min", "h", "D", "B", "W-SAT", "MS", "ME", "BME", "QS", "YS", …). (None, 0) where the spacing is
    irregular or fewer than three moments differ.
    """
    moments = times.astype("datetime64[us]")
    moments = moments[np.concatenate(([True], moments[1:] != moments[:-1]))] if len(moments) else moments
    if len(moments) < 3:
        return None, 0
    return _by_calendar(moments) or _business_days(moments) or _by_step(moments) or (None, 0)


def _days(moments: Datetimes) -> Datetimes | None:
    """The moments as days, where all have the same time of day."""
    days = moments.astype("datetime64[D]")
    clock = moments - days
    return days if (clock == clock[0]).all() else None


def _by_calendar(moments: Datetimes) -> tuple[str, int] | None:
    """Months, quarters and years: steps that a number of seconds cannot describe."""
    days = _days(moments)
    if days is None:
        return None
    months = days.astype("datetime64[M]")
    if (months[1:] == months[:-1]).any():
        return None
    edge = _edge(days, months)
    if edge is None:
        return None
    found = _common_step(np.diff(months.astype(np.int64)), 0)
    if found is None:
        return None
    step = int(found)
    absent = _absent(int(months[-1].astype(int) - months[0].astype(int)), step, len(months))
    business, letter = edge[:-1], edge[-1]
    return business + _calendar_alias(step, int(months[0].astype(int)) % 12, letter, business), absent


def _edge(days: Datetimes, months: Datetimes) -> str | None:
    """Which day of their months the days are: the first ("S"), the last ("E"), the first or last business day ("BS", "BE")."""
    first, last = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]") - 1
    edges = {
        "S": first,
        "E": last,
        "BS": np.busday_offset(first, 0, "forward"),
        "BE": np.busday_offset(last, 0, "backward"),
    }
    return next((name for name, edge in edges.items() if (days == edge).all()), None)


def _calendar_alias(step: int, month: int, letter: str, business: str) -> str:
    """The alias without a leading "B". month: of the first moment, January = 0."""
    if step % 12 == 0:
        usual = 0 if letter == "S" else 11
        base = f"Y{letter}" if month == usual else f"Y{letter}-{_MONTHS[month]}"
        return base if step == 12 or business else f"{step // 12}{base}"
    if step == 3:
        month %= 3
        usual = 0 if letter == "S" else 2
        return f"Q{letter}" if month == usual else f"Q{letter}-{_MONTHS[month if letter == 'S' else 9 + month]}"
    return f"M{letter}" if step == 1 else f"{step}M{letter}"


def _business_days(moments: Datetimes) -> tuple[str, int] | None:
    days = _days(moments)
    if days is None or not np.is_busday(days).all():
        return None
    steps = np.diff(days.astype(np.int64))
    expected = int(np.busday_count(days[0], days[-1] + 1))
    if np.median(steps) != 1 or steps.max() < 3 or len(days) < _FULL * expected:
        return None
    return "B", expected - len(days)


def _by_step(moments: Datetimes) -> tuple[str, int] | None:
    """Steps of a fixed length: weeks, days, hours, minutes, seconds and fractions of them."""
    counts = moments.astype(np.int64)
    steps = np.diff(counts)
    exact = _common_step(steps, _JITTER)
    step = _rounded(exact) if exact is not None else _shaken_step(counts, steps)
    if step is None:
        return None
    absent = _absent(int(counts[-1] - counts[0]), step, len(moments))
    if step % (7 * _DAY) == 0:
        weekday = _WEEKDAYS[(int(moments[0].astype("datetime64[D]").astype(int)) + 3) % 7]
        weeks = step // (7 * _DAY)
        return f"{weeks if weeks > 1 else ''}W-{weekday}", absent
    if step % _DAY == 0:
        return ("D" if step == _DAY else f"{step // _DAY}D"), absent
    return str(to_offset(pd.Timedelta(step, "us")).freqstr), absent


def _common_step(steps: NDArray[np.int64], jitter: float) -> float | None:
    """The middle step where most are like it, or where every other is a multiple of it; else the same of the shortest step."""
    step = float(np.median(steps))
    alike = np.abs(steps - step) <= jitter * step
    if alike.mean() >= _REGULAR:
        return step
    for base in (step, float(steps.min())):
        multiples = np.rint(steps / base)
        even = (multiples >= 1) & (np.abs(steps - multiples * base) <= jitter * base)
        if (multiples == 1).mean() >= (_GAPPY if base == step else _GAPPY / 2) and even.all():
            return base
    return None


def _shaken_step(counts: NDArray[np.int64], steps: NDArray[np.int64]) -> int | None:
    """The step of moments that are early or late by up to a tenth of it, as long as the error does not add up."""
    near = _common_step(steps, 2 * _LOOSE)
    if near is None:
        return None
    candidates = [round(near / unit) * unit for unit in _UNITS]
    likely = [step for step in candidates if step and abs(step - near) <= _LOOSE * near / 2]
    return next((step for step in likely if _near_grid(counts, step)), None)


def _near_grid(counts: NDArray[np.int64], step: int) -> bool:
    """Whether nearly all moments lie within a tenth of a step of an even grid."""
    offsets = (counts - counts[0]) / step
    strays = offsets - np.rint(offsets)
    strays -= np.median(strays)
    return bool((np.abs(strays) <= _LOOSE).mean() >= 0.95)


def _rounded(step: float) -> int:
    """The nearest whole minute, second or millisecond where that lies within the jitter."""
    for unit in (60_000_000, 1_000_000, 1_000):
        near = round(step / unit) * unit
        if near and abs(near - step) <= _JITTER * step:
            return near
    return max(1, round(step))


def _absent(span: int, step: int, present: int) -> int:
    return max(0, round(span / step) + 1 - present)
