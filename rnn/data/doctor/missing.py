"""Values that are not there: missing, or something that is not a number."""

from __future__ import annotations

import numpy as np

from ..findings import Finding, counted
from ..repair.fill import runs
from ..repair.record import Repair
from .diagnosis import Diagnosis, Remedy, around, where
from .probe import Probe


def missing(probe: Probe) -> list[Diagnosis]:
    hole = np.isnan(probe.y)
    count = int(hole.sum())
    if not count:
        return []
    starts, stops = runs(hole)
    longest = int(np.argmax(stops - starts))
    length = int(stops[longest] - starts[longest])
    of = f"{counted(count, 'value')} of {probe.name!r} missing{where(probe.rows[hole])}"
    message = f"{of}, {count / len(hole):.1%} of the rows; the longest run is {length:,}."
    spot = (int(starts[longest]), int(stops[longest]))
    picture = around(probe.x, probe.y, hole, spot, 25)
    return [Diagnosis("missing", probe.name, count, probe.rows[hole], message, picture, _remedies(probe, length))]


def _remedies(probe: Probe, longest: int) -> tuple[Remedy, ...]:
    def fill(how: str, **more: int) -> Repair:
        return Repair("fill", probe.name, {"how": how, **more})

    line = Remedy(
        "Interpolate", "A straight line in time; good for short holes in what changes smoothly.", fill("interpolate")
    )
    hold = Remedy("Hold the last value", "The only way that never looks ahead.", fill("forward"))
    zero = Remedy("Fill with zero", "Where nothing was written because nothing happened.", fill("zero"))
    drop = Remedy(
        "Leave the rows out", "Counted on screen; the steps across them become longer.", Repair("drop", probe.name)
    )
    if not probe.seasons:
        return line, hold, drop, zero
    season = probe.seasons[0]
    why = f"From the same phase of the cycles of {season} rows before and after."
    cycle = Remedy("Fill by the season", why, fill("seasonal", season=season))
    return (cycle, line, hold, drop) if longest > max(2, season // 4) else (line, cycle, hold, drop)


def not_numbers(probe: Probe, finding: Finding) -> list[Diagnosis]:
    """The cells that reading the file could not take as numbers; it names the first few rows."""
    rows = np.array(finding.rows, dtype=np.int64)
    marked = np.isin(probe.rows, rows)
    spot = int(np.argmax(marked))
    picture = around(probe.x, probe.y, marked, (spot, spot + 1), 25) if marked.any() else None
    return [Diagnosis("not-numbers", probe.name, finding.count, rows, finding.message, picture, _remedies(probe, 1))]
