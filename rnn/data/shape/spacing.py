"""The spacing of the times of many series in one file: the frequency that they share, and where they repeat or leave gaps."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from ..findings import Finding, counted, finding, row_list
from ..times.frequency import infer_frequency
from .ids import Ids

_MOST = 200  # series that are looked at, the longest of the file


def spacing_of_series(frame: pd.DataFrame, time: str, ids: Ids) -> tuple[str | None, list[Finding]]:
    """The frequency that most of the series have, None where most are irregular or the time is no date; what is uneven."""
    times = frame[time].to_numpy()
    if times.dtype.kind != "M" or ids.codes is None:
        return None, []
    found: Counter[str | None] = Counter()
    gappy: dict[str, int] = {}
    for place in np.argsort(-ids.counts, kind="stable")[:_MOST].tolist():
        own = times[ids.rows_of(place)]
        frequency, absent = infer_frequency(np.sort(own[~np.isnat(own)]))
        found[frequency] += 1
        if absent:
            gappy[ids[place]] = absent
    findings = _repeated(frame, time, times, ids)
    if gappy:
        worst = max(gappy, key=gappy.__getitem__)
        steps = counted(sum(gappy.values()), "time step")
        of = f"the {_MOST} longest of {len(ids):,}" if len(ids) > _MOST else f"{len(ids):,}"
        message = (
            f"{len(gappy):,} of {of} series lack {steps} between their first and last rows, {worst!r} most of all "
            f"({gappy[worst]:,}); a series passes over them."
        )
        findings.append(finding("gaps", message, count=sum(gappy.values()), column=time))
    return found.most_common(1)[0][0], findings


def _repeated(frame: pd.DataFrame, time: str, times: np.ndarray, ids: Ids) -> list[Finding]:
    """Rows with the time of an earlier row of the same series."""
    assert ids.codes is not None
    order = np.lexsort((times, ids.codes))
    codes, clock = ids.codes[order], times[order]
    same = np.flatnonzero((codes[1:] == codes[:-1]) & (codes[1:] >= 0) & (clock[1:] == clock[:-1])) + 1
    if not len(same):
        return []
    rows = np.sort(frame.index.to_numpy()[order[same]])
    repeated = counted(len(rows), "row")
    message = (
        f"{repeated} with the time of an earlier row of the same series ({row_list(rows)}); a series keeps them all."
    )
    return [finding("repeated-times", message, rows, column=time)]
