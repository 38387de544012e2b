"""The examination: every diagnosis of the chosen columns, in the order in which they are best repaired."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.core.series import LARGEST

from ..findings import Finding
from ..repair.sheet import Sheet
from .constant import constant_stretches
from .diagnosis import Diagnosis
from .missing import missing, not_numbers
from .outliers import outliers
from .probe import Probe, likely_seasons
from .sentinels import sentinels
from .shifts import level_shifts
from .spread import growing_spread
from .time_order import gaps, repeated, unsorted
from .units import mixed_units

_TINY = 1e-140
_FEW = 0.5  # share of the rows that may be set aside; beyond it, they are the series


def diagnose(
    frame: pd.DataFrame,
    times: NDArray[Any] | None,
    columns: Sequence[str],
    *,
    frequency: str | None,
    season: int | None = None,
    findings: Iterable[Finding] = (),
) -> tuple[Diagnosis, ...]:
    """What is wrong, or worth a look, in these columns of `frame`.

    frame: columns of numbers, its index the file's row numbers (0 for rows that a repair made). times: (N,) datetime64
    (NaT: unreadable) or numbers, or None. frequency: a pandas alias where the spacing is regular. season: rows in a cycle
    where it is known; else the one that the values repeat and those of the calendar are tried. findings: what reading the
    file noticed, for the cells that are no numbers. Nothing is changed; a million rows take about a second a column.
    """
    sheet = Sheet.of(frame[list(columns)], times)
    if len(sheet) < 2 or not columns:
        return ()
    found: list[Diagnosis] = []
    if sheet.times is not None:
        found += unsorted(sheet.rows, sheet.times)
    sheet = sheet.ordered()
    x = np.arange(len(sheet)) if sheet.times is None else sheet.times
    probes = [_probe(sheet, k, x, frequency, season) for k in range(len(sheet.names))]
    if sheet.times is not None:
        found += repeated(probes[0], sheet.values)
        found += gaps(probes[0], frequency)
    odd = {one.column: one for one in findings if one.kind == "not-numbers"}
    for probe in probes:
        if probe.name in odd:
            found += not_numbers(probe, odd[probe.name])
        found += _of_column(probe)
    return tuple(found)


def _probe(sheet: Sheet, k: int, x: NDArray[Any], frequency: str | None, season: int | None) -> Probe:
    y = np.ascontiguousarray(sheet.values[:, k])
    y = np.where(np.abs(y) < _TINY, 0.0, y)  # whose squares are nothing
    huge = np.abs(y) > LARGEST  # which no series may hold: `prepare` refuses them with a sentence of its own
    return Probe(sheet.names[k], sheet.rows, x, y, likely_seasons(np.where(huge, np.nan, y), frequency, season), huge)


def _of_column(probe: Probe) -> list[Diagnosis]:
    """Each look is spared the values that an earlier one named: −999 is no outlier besides, and no level shift."""
    found = missing(probe)
    for look in (sentinels, mixed_units, outliers, constant_stretches):
        seen = look(probe)
        found += seen
        named = np.concatenate([one.rows for one in seen]) if seen else np.empty(0, dtype=np.int64)
        if 0 < len(named) <= _FEW * len(probe.rows):
            probe = probe.without(np.isin(probe.rows, named[named > 0], kind="table"))
    return [*found, *level_shifts(probe), *growing_spread(probe)]
