"""The spacing of a series of moments as a pandas offset alias, and how many steps of it are absent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from .moments import Datetimes

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY = 86_400_000_000  # microseconds
_REGULAR = 0.9  # share of the steps that must be alike
_GAPPY = 0.5  # … or this share, where every other step is a multiple of it (rows left out, clocks put forward)
_JITTER = 0.01  # of a step, by which steps that are alike may differ


def infer_frequency(times: Datetimes) -> tuple[str | None, int]:
    """The frequency of `times` ((N,) datetime64, sorted, may repeat) and the number of steps absent between first and last.

    The alias is pandas' ("30min", "h", "D", "B", "W-SAT", "MS", "ME", "QS", "YS", …). (None, 0) where the spacing is irregular
    or fewer than three moments differ.
    """
    moments = times.astype("datetime64[us]")
    moments = moments[np.concatenate(([True], moments[1:] != moments[:-1]))] if len(moments) else moments
    if len(moments) < 3:
        return None, 0
    return _by_calendar(moments) or _business_days(moments) or _by_step(moments) or (None, 0)


def _by_calendar(moments: Datetimes) -> tuple[str, int] | None:
    """Months, quarters and years: steps that a number of seconds cannot describe."""
    days = moments.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    if (moments != days).any():
        return None
    starts = bool((days == months.astype("datetime64[D]")).all())
    ends = bool((days + 1 == (months + 1).astype("datetime64[D]")).all())
    if not starts and not ends:
        return None
    found = _common_step(np.diff(months.astype(np.int64)), 0)
    if found is None or (found == 1 and (months[1:] == months[:-1]).any()):
        return None
    step, letter = int(found), "S" if starts else "E"
    absent = _absent(int(months[-1].astype(int) - months[0].astype(int)), step, len(months))
    return _calendar_alias(step, int(months[0].astype(int)) % 12, letter), absent


def _calendar_alias(step: int, month: int, letter: str) -> str:
    """month: of the first moment, January = 0."""
    if step % 12 == 0:
        usual = 0 if letter == "S" else 11
        base = f"Y{letter}" if month == usual else f"Y{letter}-{_MONTHS[month]}"
        return base if step == 12 else f"{step // 12}{base}"
    if step == 3:
        month %= 3
        usual = 0 if letter == "S" else 2
        return f"Q{letter}" if month == usual else f"Q{letter}-{_MONTHS[month if letter == 'S' else 9 + month]}"
    return f"M{letter}" if step == 1 else f"{step}M{letter}"


def _business_days(moments: Datetimes) -> tuple[str, int] | None:
    days = moments.astype("datetime64[D]")
    if (moments != days).any() or not np.is_busday(days).all():
        return None
    steps = np.diff(days.astype(np.int64))
    expected = int(np.busday_count(days[0], days[-1] + 1))
    if np.median(steps) != 1 or steps.max() < 3 or len(days) < _REGULAR * expected:
        return None
    return "B", expected - len(days)


def _by_step(moments: Datetimes) -> tuple[str, int] | None:
    """Steps of a fixed length: weeks, days, hours, minutes, seconds and fractions of them."""
    steps = np.diff(moments.astype(np.int64))
    found = _common_step(steps, _JITTER)
    if found is None:
        return None
    step = _rounded(found)
    absent = _absent(int(moments[-1].astype(np.int64) - moments[0].astype(np.int64)), step, len(moments))
    if step % (7 * _DAY) == 0:
        weekday = _WEEKDAYS[(int(moments[0].astype("datetime64[D]").astype(int)) + 3) % 7]
        weeks = step // (7 * _DAY)
        return f"{weeks if weeks > 1 else ''}W-{weekday}", absent
    if step % _DAY == 0:
        return ("D" if step == _DAY else f"{step // _DAY}D"), absent
    return str(to_offset(pd.Timedelta(step, "us")).freqstr), absent


def _common_step(steps: np.ndarray, jitter: float) -> float | None:
    step = float(np.median(steps))
    alike = np.abs(steps - step) <= jitter * step
    if alike.mean() >= _REGULAR:
        return step
    multiples = np.rint(steps / step)
    even = (multiples >= 1) & (np.abs(steps - multiples * step) <= jitter * step)
    return step if alike.mean() >= _GAPPY and even.all() else None


def _rounded(step: float) -> int:
    """The nearest whole minute, second or millisecond where that lies within the jitter."""
    for unit in (60_000_000, 1_000_000, 1_000):
        near = round(step / unit) * unit
        if near and abs(near - step) <= _JITTER * step:
            return near
    return max(1, round(step))


def _absent(span: int, step: int, present: int) -> int:
    return max(0, round(span / step) + 1 - present)
