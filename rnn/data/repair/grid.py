"""A regular grid of times: steps that are absent are made, rows of one step become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.tseries.frequencies import to_offset
from pandas.tseries.offsets import Day, Tick

from ..findings import BadFile, counted, row_list
from ..times.frequency import infer_frequency
from .aggregates import likely_aggregate
from .fill import forward, interpolated
from .groups import merged
from .option import Done, Kind, Option
from .sheet import Sheet, named_rows

MOST_ROWS = 5_000_000
_PER_ROW = 1000  # a grid may hold so many steps a row of the file; finer is a slip of the hand
_FILLED = {
    "leave": "left missing",
    "interpolate": "on a straight line between the neighbours",
    "forward": "with the last value before",
    "zero": "with zero",
    "divide": "amounts divided equally among the steps that they span, other values held",
}


def _grid(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    frequency, fill = options["frequency"], options["fill"]
    if sheet.times is None or sheet.times.dtype.kind != "M":
        raise BadFile("A regular grid needs a time column of dates; this file has none.")
    if not len(sheet):
        return sheet, Done("There are no rows to put on a grid.", sheet.rows)
    sheet = sheet.ordered()
    _refuse_endless(sheet.times, len(sheet), frequency)
    labels, counts = _bins(sheet.times, frequency)
    how = aggregates(sheet, options["how"])
    made = merged(sheet, np.concatenate(([0], np.cumsum(counts[counts > 0])[:-1])), how)
    moved = int((labels[counts > 0] != made.times).sum())
    gone = len(sheet) - len(made)
    result, filled = _spread(made, labels, counts > 0, fill)
    if fill == "divide":
        late = "E" in (infer_frequency(sheet.times)[0] or "")  # month ends close the days before them
        amounts = [k for k, one in enumerate(how) if one == "sum"]
        result = result.with_values(_divided(result.values, counts > 0, amounts, late))
    added = len(result) - len(made)
    touched = int((counts > 1).sum()) * len(how)
    several = np.repeat(counts[counts > 0] > 1, counts[counts > 0])
    message = _sentence(sheet.names, frequency, how, added, gone, moved, fill, named_rows(sheet.rows[several]))
    return result, Done(message, named_rows(sheet.rows[several]), touched + filled, merged=gone, added=added)


def aggregates(sheet: Sheet, how: str | Mapping[str, str]) -> list[str]:
    """The aggregate of each column: as said, or the likely one where it says "auto" or nothing."""
    said = [how if isinstance(how, str) else how.get(name, "auto") for name in sheet.names]
    return [
        likely_aggregate(name, values)[0] if one == "auto" else one
        for name, values, one in zip(sheet.names, sheet.values.T, said, strict=True)
    ]


def _refuse_endless(times: NDArray[Any], rows: int, frequency: str) -> None:
    start = pd.Timestamp(times[0])
    step = (start + 10 * to_offset(frequency) - start) / 10
    steps = (pd.Timestamp(times[-1]) - start) / step
    if steps > min(MOST_ROWS, _PER_ROW * rows + 1000):
        raise BadFile(
            f"A grid of {frequency!r} from {start} to {pd.Timestamp(times[-1])} would have about {steps:,.0f} rows for the "
            f"{rows:,} of the file; choose a coarser one."
        )


def _bins(times: NDArray[Any], frequency: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """(M,) the moments of the grid, and how many of the sorted times fall into the step of each."""
    offset = to_offset(frequency)
    index = pd.DatetimeIndex(times)
    fixed = {"origin": _origin(index, offset)} if isinstance(offset, Tick | Day) else {}
    count = pd.Series(np.ones(len(index), dtype=np.int8), index=index).resample(offset, **fixed).count()
    return count.index.to_numpy(), count.to_numpy(dtype=np.int64)


def _origin(index: pd.DatetimeIndex, offset: Any) -> str:
    """Midnight, unless most times lie on a grid that begins at the first of them (each hour at five past)."""
    step = pd.Timedelta(days=offset.n) if isinstance(offset, Day) else pd.Timedelta(offset)

    def share(origin: pd.Timestamp) -> float:
        return float((((index - origin) % step) == pd.Timedelta(0)).mean())

    return "start" if share(index[0]) > max(0.5, share(index[0].normalize())) else "start_day"


def _spread(made: Sheet, labels: NDArray[Any], present: NDArray[np.bool_], fill: str) -> tuple[Sheet, int]:
    """The merged rows at their moments of the grid, the absent ones made and filled; how many cells were filled."""
    values = np.full((len(labels), made.values.shape[1]), np.nan)
    values[present] = made.values
    rows, weights = np.zeros(len(labels), dtype=np.int64), np.zeros(len(labels), dtype=np.int64)
    rows[present], weights[present] = made.rows, made.weights
    at = (labels - labels[0]).astype(np.float64)
    for column in range(values.shape[1]):
        hole = np.isnan(values[:, column])
        if fill == "interpolate":
            new = interpolated(values[:, column], hole, at)
        elif fill in ("forward", "divide"):
            new = forward(values[:, column], hole)
        else:
            new = np.zeros(len(labels)) if fill == "zero" else values[:, column]
        values[:, column] = np.where(present, values[:, column], new)
    filled = int((~np.isnan(values[~present])).sum())
    return Sheet(made.names, values, labels, rows, weights, made.left), filled


def _divided(
    values: NDArray[np.float64], present: NDArray[np.bool_], amounts: list[int], late: bool
) -> NDArray[np.float64]:
    """The amounts of the rows of the file spread over the made steps after them, or before them where they are `late`.

    values: (M, D). The outermost amount spans steps beyond the grid; it is divided by the number of its neighbour's.
    """
    if late:
        return _divided(values[::-1], present[::-1], amounts, False)[::-1]
    starts = np.flatnonzero(present)
    if len(starts) < 2:
        return values
    spans = np.diff(starts)
    spans = np.append(spans, spans[-1])
    own = np.maximum(np.cumsum(present) - 1, 0)
    result = values.copy()
    for column in amounts:
        share = values[starts, column] / spans
        result[starts[0] :, column] = share[own[starts[0] :]]
    return result


def _sentence(
    names: tuple[str, ...], frequency: str, how: list[str], added: int, gone: int, moved: int, fill: str, rows: Any
) -> str:
    parts = []
    if gone:
        each = ", ".join(f"{one} of {name!r}" for name, one in zip(names[:6], how[:6], strict=True))
        parts.append(f"{counted(gone, 'row')} went into another row of the same step ({row_list(rows)}; {each})")
    if moved:
        parts.append(f"{counted(moved, 'row')} moved to the time of the grid")
    if added:
        parts.append(f"{counted(added, 'absent step')} made, {_FILLED[fill]}")
        totals = [name for name, one in zip(names, how, strict=True) if one == "sum"]
        if totals and fill in ("interpolate", "forward"):
            parts.append(f"amounts such as {totals[0]!r} are not divided among the made steps")
    return f"Put on a grid of {frequency!r}: {'; '.join(parts) or 'every row has its step already'}."


GRID = Kind(
    "grid",
    "Regular grid",
    "One row a step of a frequency. Finer or equal: absent steps are made and filled as chosen. Coarser: the rows of a step "
    "become one, by the aggregate that suits each column: amounts a step add up (sum), levels do not (mean), a standing "
    "such as a price or a meter keeps its last value. From longer steps to shorter ones, amounts can be divided.",
    "none",
    (
        Option(
            "frequency", "frequency", None, "A pandas frequency: h, 30min, D, B, W-SUN, MS, ME, QS, YS …", needed=True
        ),
        Option("how", "aggregate", "auto", "How several rows of a step become one."),
        Option("fill", "choice", "leave", "What the made rows hold.", tuple(_FILLED)),
    ),
    _grid,
)
