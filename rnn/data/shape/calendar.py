"""What the calendar says of every moment: month, weekday, hour. Known as far into the future as one likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import BadFile
from ..times.moments import Datetimes

PREFIX = "calendar: "
ONE_HOT = " one-hot"


@dataclass(frozen=True)
class Cycle:
    """read: moments → (N,) places on the cycle, counted from 0. steps: how many it has. words: what they are called.

    finest: the longest step between moments (days) at which it still says something.
    """

    read: Callable[[pd.DatetimeIndex], NDArray[np.float64]]
    steps: int
    words: tuple[str, ...]
    finest: float


def _places(numbers: object) -> NDArray[np.float64]:
    return np.asarray(numbers, dtype=np.float64)


CYCLES = MappingProxyType({
    "month": Cycle(lambda t: _places(t.month) - 1, 12,
                   ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 100.0),
    "day of year": Cycle(lambda t: _places(t.day_of_year) - 1, 366, (), 8.0),
    "day of month": Cycle(lambda t: _places(t.day) - 1, 31, tuple(str(day) for day in range(1, 32)), 1.5),
    "weekday": Cycle(lambda t: _places(t.day_of_week), 7, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1.5),
    "hour": Cycle(lambda t: _places(t.hour), 24, tuple(str(hour) for hour in range(24)), 0.3),
    "minute": Cycle(lambda t: _places(t.minute), 60, (), 0.02),
})  # fmt: skip


def is_calendar(name: str) -> bool:
    """Whether a name stands for a calendar column and not for one of the file."""
    return name.startswith(PREFIX) and name.removeprefix(PREFIX).removesuffix(ONE_HOT) in CYCLES


def calendar_names(times: Datetimes | None) -> tuple[str, ...]:
    """The calendar columns that say something of moments so far apart, such as "calendar: month"."""
    if times is None or times.dtype.kind != "M":
        return ()
    known = times[~np.isnat(times)]
    # Most files are in order, and comparing neighbours is far quicker than np.unique, which hashes every moment.
    steps = np.diff(known if (known[1:] >= known[:-1]).all() else np.sort(known))
    steps = steps[steps > np.timedelta64(0)]
    if len(steps) < 2:
        return ()
    step = float(np.median(steps.astype("timedelta64[s]").astype(np.float64))) / 86_400
    return tuple(f"{PREFIX}{name}" for name, cycle in CYCLES.items() if step <= cycle.finest)


def calendar_columns(name: str, times: Datetimes) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The columns that a calendar name stands for, and their values (N, L): a sine and a cosine, so that December lies
    beside January; or, for "calendar: weekday one-hot", a column for each day. NaN where the moment is NaT.

    times: (N,) datetime64. Raises BadFile for a series without dates or a cycle that there is not.
    """
    cycle = CYCLES.get(name.removeprefix(PREFIX).removesuffix(ONE_HOT))
    if cycle is None:
        raise BadFile(f"{name!r} is not a calendar column; there are {', '.join(PREFIX + one for one in CYCLES)}.")
    if times.dtype.kind != "M":
        raise BadFile(f"{name!r} needs a time column with dates; choose the time column, or leave it out.")
    places = cycle.read(pd.DatetimeIndex(times))
    if name.endswith(ONE_HOT):
        if not cycle.words:
            raise BadFile(f"{name!r} would be {cycle.steps} columns; choose {name.removesuffix(ONE_HOT)!r} instead.")
        values = (places[:, None] == np.arange(cycle.steps)).astype(np.float64)
        values[np.isnan(places)] = np.nan
        return tuple(f"{name.removesuffix(ONE_HOT)}={word}" for word in cycle.words), values
    angle = 2 * np.pi * places / cycle.steps
    return (f"{name} (sin)", f"{name} (cos)"), np.column_stack([np.sin(angle), np.cos(angle)])


def calendar_of(column: str) -> str | None:
    """The calendar name that a column of `calendar_columns` belongs to, such as "calendar: weekday" for "calendar: weekday
    (sin)"; None for any other column."""
    whole = column.removesuffix(" (sin)").removesuffix(" (cos)")
    if whole != column and is_calendar(whole):
        return whole
    one_hot, _, word = column.partition("=")
    cycle = CYCLES.get(one_hot.removeprefix(PREFIX)) if one_hot.startswith(PREFIX) else None
    return one_hot + ONE_HOT if cycle is not None and word in cycle.words else None


def moments_ahead(last: np.datetime64, frequency: str, steps: int) -> Datetimes:
    """The `steps` moments of a frequency (pandas offset alias) after `last`."""
    following = pd.date_range(pd.Timestamp(last), periods=steps + 1, freq=frequency)
    after = following[following > pd.Timestamp(last)][:steps]
    if len(after) < steps:  # `last` does not lie on the frequency, so the first moment is after it already
        after = pd.date_range(pd.Timestamp(last), periods=steps + 2, freq=frequency)
        after = after[after > pd.Timestamp(last)][:steps]
    return np.asarray(after.to_numpy())
