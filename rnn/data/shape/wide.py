"""Wide files: a column a series. Said of a file only where its names or its numbers leave no doubt, else by choice."""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import Finding, counted, finding

FEWEST = 3
_MOST = 0.8  # share of the columns that must be called alike
_ALIKE = 100  # times by which the usual sizes of alike columns may differ
_CELLS = 1_000_000  # cells that are made an array at a time
_NUMBERED = re.compile(r"(.*?)[ _.-]?\d+")
_VALUE = re.compile(r"y|target|values?|ot", re.IGNORECASE)
_CURRENCIES = re.compile(
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|MYR|NOK|NZD|PHP|PLN|RON|RUB|SEK|SGD|THB|TRY|USD|ZAR"
)


def series_columns(frame: pd.DataFrame, kinds: dict[str, str], forced: bool) -> tuple[str, ...]:
    """The columns that are a series each, () where the file is not plainly a wide one.

    forced: the user says that it is, so that every column of numbers counts.
    """
    columns = tuple(name for name, kind in kinds.items() if kind == "number")
    if forced or len(columns) < FEWEST:
        return columns if forced else ()
    if any(_VALUE.fullmatch(name) for name in columns) or "text" in kinds.values() or "time" not in kinds.values():
        return ()
    named = _numbered(columns) if not _places(columns) else True
    return columns if named and _alike(frame, columns) else ()


def wide_finding(columns: Sequence[str]) -> Finding:
    message = (
        f"{counted(len(columns), 'series')} in one file, a column each ({', '.join(columns[:3])}, …); pick one, or train one "
        "network across several."
    ).replace("seriess", "series")
    return finding("many-series", message, count=len(columns))


def _numbered(columns: Sequence[str]) -> bool:
    """MT_001, MT_002, …; or 0, 1, 2, …"""
    starts = Counter(match.group(1) for name in columns if (match := _NUMBERED.fullmatch(name)))
    return bool(starts) and starts.most_common(1)[0][1] >= _MOST * len(columns)


def _places(columns: Sequence[str]) -> bool:
    """Countries, cities or currencies."""
    known = sum(_plain(name) in _named_places() or _CURRENCIES.fullmatch(name) is not None for name in columns)
    return known >= _MOST * len(columns)


def _plain(name: str) -> str:
    return re.sub(r"[_ ]+", " ", name).strip().casefold()


@cache
def _named_places() -> frozenset[str]:
    """Names of countries and of the cities that time zones are called after, from the time-zone database."""
    words = {_plain(zone.rsplit("/", 1)[-1]) for zone in zoneinfo.available_timezones() if "/" in zone}
    for line in _country_table().splitlines():
        if line and not line.startswith("#"):
            code, name = line.split("\t")[:2]
            words |= {_plain(name), _plain(name.split(" (")[0]), code.casefold()}
    return frozenset(word for word in words if len(word) > 1) | {"united kingdom", "uk", "usa", "united states"}


def _country_table() -> str:
    for folder in zoneinfo.TZPATH:
        if (path := Path(folder) / "iso3166.tab").is_file():
            return path.read_text(encoding="utf-8")
    try:
        return (resources.files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""


def _alike(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether the columns hold numbers of a size: their usual magnitudes lie within a factor of each other."""
    sizes = []
    for values in _blocks(frame, columns):
        known = np.abs(values[np.isfinite(values) & (values != 0)])
        if len(known):
            sizes.append(float(np.median(known)))
    return len(sizes) >= FEWEST and float(np.quantile(sizes, 0.9)) <= _ALIKE * float(np.quantile(sizes, 0.1))


def _blocks(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[NDArray[np.float64]]:
    """The numbers of each column. Picking one column of a frame costs more than the numbers in it, so many are at a time."""
    many = max(1, _CELLS // max(1, len(frame)))
    for at in range(0, len(columns), many):
        yield from frame[list(columns[at : at + many])].to_numpy(dtype=np.float64, na_value=np.nan).T
