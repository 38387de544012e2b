"""Columns whose times belong to a zone: converted to UTC, and what is said of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ..findings import Finding, counted, finding, row_list
from . import zones
from .moments import Datetimes, Parsed


def in_utc(column: pd.Series, parsed: Parsed, timezone: str | None) -> tuple[Datetimes, list[Finding]]:
    """The moments of `parsed` in UTC where cells name zones, else as they are; what was done.

    timezone: the IANA name of the zone for cells that name none (None: UTC, as long as others name one).
    """
    if not parsed.zones or parsed.zone_codes is None:
        return parsed.values, []
    values = zones.utc_of_named(parsed.values, parsed.zone_codes, parsed.zones)
    listed = ", ".join(parsed.zones[:4]) + (f" and {len(parsed.zones) - 4} more" if len(parsed.zones) > 4 else "")
    message = f"The times in {column.name!r} name time zones ({listed}); they were converted to UTC."
    found = [finding("timezone", message, count=int((parsed.zone_codes >= 0).sum()), column=str(column.name))]
    bare = (parsed.zone_codes < 0) & ~np.isnat(parsed.values)
    if not bare.any():
        return values, found
    where = zones.zone(timezone or "UTC")
    assert where is not None, timezone  # checked with the choices
    values[bare] = zones.utc_of_local(parsed.values[bare], where).values
    rows = column.index[bare]
    remedy = "" if timezone else " Choose timezone if they are local."
    message = (
        f"{counted(len(rows), 'time')} of {column.name!r} without a zone among times that name one ({row_list(rows)}); read as "
        f"{timezone or 'UTC'}.{remedy}"
    )
    return values, [*found, finding("timezone-missing", message, rows, column=str(column.name))]


def localised(rows: np.ndarray, name: str, values: Datetimes, where: ZoneInfo) -> tuple[Datetimes, list[Finding]]:
    """Local times of a zone in UTC. Whole days stay as they are: a date is the same date whatever the zone.

    rows: (N,) the file's row numbers. values: (N,) datetime64 in file order.
    """
    known = values[~np.isnat(values)]
    if (known == known.astype("datetime64[D]")).all():
        message = f"The dates in {name!r} have no time of day; timezone={where.key} changes nothing."
        return values, [finding("timezone", message, count=len(values), column=name)]
    utc = zones.utc_of_local(values, where)
    twice = rows[utc.repeated]
    both = f"; {counted(len(twice), 'row')} from hours that the clock showed twice, told apart by their order"
    message = f"The times in {name!r} were read as local time of {where.key} and converted to UTC{both if len(twice) else ''}."
    found = [finding("timezone", message, twice, len(known), name)]
    if utc.absent.any():
        never = rows[utc.absent]
        message = (
            f"{counted(len(never), 'time')} of {name!r} that the clocks of {where.key} skipped ({row_list(never)}); read as if "
            "the clock had not been put forward. Is it the right zone?"
        )
        found.append(finding("skipped-times", message, never, column=name))
    return utc.values, found
