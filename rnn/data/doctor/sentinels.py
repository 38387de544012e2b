"""Numbers that stand for "no value": −999, 9999, 0 far below everything else."""

from __future__ import annotations

import numpy as np

from ..findings import counted
from ..repair.record import Repair
from .diagnosis import Diagnosis, Remedy, around, where
from .probe import Probe

_KNOWN = (
    0.0,
    *(sign * (10.0**n - 1) for n in range(2, 7) for sign in (1, -1)),
    -32768.0,
    32767.0,
    65535.0,
    1e20,
    -1e20,
)
_FAR = 1.0  # as far from the nearest other value as the others span, and …
_FAR_UNKNOWN = 5.0  # … five times as far where the number is not one of the usual ones
_LEAST = 20


def sentinels(probe: Probe) -> list[Diagnosis]:
    """The lowest and the highest value, where it is written again and again and lies far from all others.

    A usual number (−999, 9999, 0 …) needs two cells and a distance of the others' span; any other number three cells and
    five spans. Negative ones among values that never are need no distance. The cells stay as they are: 999 counts as
    missing only by choice.
    """
    values = probe.y[probe.sound]
    if len(values) < _LEAST:
        return []
    found = [extreme for extreme in (values.min(), values.max()) if _stands_for_nothing(values, float(extreme))]
    results = []
    for value in dict.fromkeys(float(one) for one in found):
        marked = probe.y == value
        rows, first = probe.rows[marked], int(np.argmax(marked))
        message = (
            f"{counted(len(rows), 'value')} of {probe.name!r} are {value:g}, far from all others{where(rows)}: a sign for "
            "“no value”?"
        )
        remedy = Remedy(
            f"Count {value:g} as missing",
            "The cells are then filled like any other missing value.",
            Repair("sentinel", probe.name, {"values": [value]}),
        )
        picture = around(probe.x, probe.y, marked, (first, first + 1))
        results.append(Diagnosis("sentinel", probe.name, len(rows), rows, message, picture, (remedy,)))
    return results


def _stands_for_nothing(values: np.ndarray, extreme: float) -> bool:
    same = values == extreme
    count, others = int(same.sum()), values[~same]
    if count < 2 or len(others) < max(_LEAST // 2, count // 4) or others.min() == others.max():
        return False
    low, high = np.quantile(others, [0.01, 0.99])
    distance = float(np.abs(others - extreme).min())
    usual = extreme in _KNOWN
    if usual and extreme <= -99 and others.min() >= 0:
        return True
    span = max(float(high - low), 1e-12)
    return distance > (_FAR if usual else _FAR_UNKNOWN) * span and (usual or count >= 3)
