"""One column under examination: in time order, with its likely seasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas.tseries.frequencies import to_offset

_CYCLES = (3600.0, 86_400.0, 7 * 86_400.0, 365.25 * 86_400.0)  # seconds in an hour, a day, a week and a year
_CALENDAR = {"MS": 12, "ME": 12, "QS": 4, "QE": 4, "BMS": 12, "BME": 12, "W": 52}
_SAMPLED = 100_000
_ASKED = 2**17  # values that the search for a cycle reads
_CLEAR = 0.3  # autocorrelation of the changes from which a cycle counts as one


@dataclass(frozen=True, eq=False)
class Probe:
    """rows: (N,) the file's row numbers. x: (N,) times, or 0 … N − 1. y: (N,) float64, NaN where missing; all in time order.
    seasons: likely lengths of a cycle in rows, the surest first. spoilt: (N,) values that another diagnosis has named."""

    name: str
    rows: NDArray[np.int64]
    x: NDArray[Any]
    y: NDArray[np.float64]
    seasons: tuple[int, ...]
    spoilt: NDArray[np.bool_]

    @property
    def sound(self) -> NDArray[np.bool_]:
        """The values that are there and not named by another diagnosis."""
        return ~np.isnan(self.y) & ~self.spoilt

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """(N,) the place of each row on the grid of its times, so that a season keeps its phase across a gap; the row's own
        number where the times have no step of a fixed length."""
        count = np.arange(len(self.y))
        if self.x.dtype.kind != "M" or len(count) < 3:
            return count
        passed = (self.x - self.x[0]).astype(np.float64)
        step = float(np.median(np.diff(passed)))
        places = np.rint(passed / step) if step > 0 else count
        even = step > 0 and bool((np.abs(passed - places * step) < 0.05 * step).all())
        return places.astype(np.int64) if even else count

    def without(self, spoilt: NDArray[np.bool_]) -> Probe:
        return Probe(self.name, self.rows, self.x, self.y, self.seasons, self.spoilt | spoilt)


def sample(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """About 100,000 of them, evenly taken by an odd stride: quantiles of a million are no better."""
    return values[:: (len(values) // _SAMPLED) | 1]


def likely_seasons(y: NDArray[np.float64], frequency: str | None, season: int | None) -> tuple[int, ...]:
    """The season that is said, the one that the changes from row to row repeat, and those of the calendar."""
    found = [season, repeated_cycle(y), *calendar_seasons(frequency)]
    return tuple(dict.fromkeys(one for one in found if one is not None and 2 <= one <= len(y) // 3))


def main_season(values: NDArray[np.float64], at: NDArray[np.intp], seasons: Sequence[int]) -> int:
    """The season whose phases explain most of the values (n,), less what chance explains; 1 where none explains a tenth.

    at: (n,) the rows where the values stand.
    """
    values, at = values[:_ASKED], at[:_ASKED]
    best, share = 1, 0.1
    power = float(((values - values.mean()) ** 2).sum())
    for season in seasons:
        phase = at % season
        count = np.maximum(np.bincount(phase, minlength=season), 1)
        mean = np.bincount(phase, weights=values, minlength=season) / count
        left = float(((values - mean[phase]) ** 2).sum())
        if power > 0 and len(values) > 2 * season:
            explained = 1 - left / power * (len(values) - 1) / (len(values) - season)
            best, share = (season, explained) if explained > share + 0.01 else (best, share)
    return best


def calendar_seasons(frequency: str | None) -> tuple[int, ...]:
    """Rows in an hour, a day, a week and a year, as far as the frequency is finer."""
    if not frequency:
        return ()
    multiple, base = re.fullmatch(r"(\d*)(.*)", frequency).groups()  # type: ignore[union-attr]
    base, times = base.split("-")[0], int(multiple or 1)
    if base == "B":
        return (5, 261)
    if base in _CALENDAR:
        return tuple(length for length in [_CALENDAR[base] // times] if length >= 2)
    seconds = {"D": 86_400.0 * times}.get(base)
    if seconds is None:
        try:
            seconds = to_offset(frequency).nanos / 1e9
        except ValueError:  # years, which have no season of the calendar
            return ()
    return tuple(round(cycle / seconds) for cycle in _CYCLES if round(cycle / seconds) >= 2)


def repeated_cycle(y: NDArray[np.float64]) -> int | None:
    """The lag from 2 on at which the changes of y are most alike, where they clearly are; None else."""
    known = y[~np.isnan(y)][:_ASKED]
    if len(known) < 24:
        return None
    changes = np.diff(known)
    low, high = np.quantile(changes, [0.01, 0.99])
    changes = np.clip(changes, low, high)
    changes = changes - changes.mean()
    size = 1 << (2 * len(changes) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(changes, size)) ** 2
    alike = np.fft.irfft(spectrum, size)[: len(changes) // 3 + 1]
    if alike[0] <= 0 or len(alike) < 4:
        return None
    alike = alike / alike[0]
    inner = alike[2:-1]
    peaks = np.flatnonzero((inner > alike[1:-2]) & (inner >= alike[3:]) & (inner > _CLEAR)) + 2
    return int(peaks[np.argmax(alike[peaks])]) if len(peaks) else None
