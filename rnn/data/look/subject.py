"""What a rule for settings has to know of a series, or of many in one: arrays and counts, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .seasons import Season, find_seasons
from .usable import usable

Array64 = NDArray[np.float64]

MOST_LOOKED_AT = 20_000  # records, the newest: enough to tell a season by, and told in half a second
TYPICAL = 9  # series of many in which a season is looked for


@dataclass(frozen=True, eq=False)
class Subject:
    """columns: (N, K), the targets over all records. lengths: of each series, one number for a single one. channels: the
    columns that the network reads. frequency: a pandas offset alias or None. found: the seasons of the first target where
    they are known already.
    """

    columns: Array64
    lengths: tuple[int, ...]
    channels: int
    frequency: str | None = None
    found: tuple[Season, ...] | None = None

    @cached_property
    def count(self) -> int:
        """Records of the typical series, the middle one by length."""
        return sorted(self.lengths)[len(self.lengths) // 2]

    @cached_property
    def typical(self) -> list[Array64]:
        """The first target of the series that decide: the one, or a few of about the middle length."""
        order = np.argsort(self.lengths, kind="stable")
        middle, half = len(order) // 2, TYPICAL // 2
        ends = np.cumsum((0, *self.lengths))
        return [
            self.columns[ends[n] : ends[n + 1], 0][-MOST_LOOKED_AT:]
            for n in order[max(0, middle - half) : middle + half + 1]
        ]

    @cached_property
    def usable(self) -> list[Array64]:
        """Those of them that something can be said about: long enough, finite and not constant."""
        return [one for one in self.typical if _is_usable(one)]

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """The strongest first. Of many series those of the one whose strongest season most of them share."""
        if self.found is not None:
            return self.found
        each = [found for one in self.usable if (found := find_seasons(one, self.frequency))]
        if 2 * len(each) <= len(self.usable):
            return ()
        periods = [found[0].records for found in each]
        return each[periods.index(max(periods, key=periods.count))]


def _is_usable(values: Array64) -> bool:
    try:
        usable(values)
    except ValueError:
        return False
    return True


def subject_of(
    values: Array64,
    targets: Sequence[int],
    lengths: Sequence[int],
    frequency: str | None,
    found: Sequence[Season] | None,
) -> Subject:
    """values: (N, D); targets: the column numbers to predict; lengths: () for a single series."""
    columns = np.ascontiguousarray(values[:, list(targets)])
    return Subject(
        columns, tuple(lengths) or (len(values),), values.shape[1], frequency, None if found is None else tuple(found)
    )
