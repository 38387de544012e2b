"""How often intervals hold what comes: calibrated on earlier data, measured on later data that they have not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.forecast.held_out import HeldOut, has, held_out
from rnn.forecast.intervals import calibrate, kind_of
from rnn.forecast.measure import Measure

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

# The step that stands for all of them.
ALL = 0
# In words, where the intervals were measured.
PLACES = {
    "validation": "the later half of the validation part, with intervals from the earlier half",
    "test": "the test part, with intervals from the validation part",
}
LEAST_POINTS = 10


def measured_coverage(
    fit: Fit, steps: int, levels: Sequence[float] = (80, 95), *, intervals: str | None = None
) -> pd.DataFrame:
    """The share of actual values that lay within the intervals, by level and step ahead.

    Calibrated on the errors known by the middle of the validation part and measured on the forecasts made after it; where
    there is a test part, also calibrated on all of the validation part, as `forecast` does it, and measured on the test part.

    Returns a frame with one row for each place, target, level and step, and one for all steps together (step 0, `ALL`): where
    ("validation" | "test"), target, level (per cent), step, nominal and measured (shares; measured is NaN where there was
    nothing to measure), n (values measured), independent (how many independent values they are worth: forecasts from
    neighbouring origins have records in common, and are right or wrong together), margin (how far measured may lie from
    nominal by chance, two standard errors), width (mean width, original units; of many series in one the mean over them),
    open (values without an interval, because too few errors were known for the level), score (the mean interval score,
    Gneiting and Raftery 2007: width, and what actual values lay outside times 2 / (1 − level); lower is better).
    """
    import pandas as pd  # here, so that a worker process, which measures nothing, starts without it

    kind, measure = kind_of(fit.config, intervals), Measure.of(fit)
    validation = held_out(fit, steps)
    pairs = {"validation": (validation.earlier(), validation.later())}
    if has(fit, "test"):
        pairs["test"] = (validation, held_out(fit, steps, "test"))
    rows: list[dict[str, object]] = []
    for where, (known, new) in pairs.items():
        found = calibrate(known, measure, fit.config, levels, kind).around(new.predicted, new.unit)
        for k, target in enumerate(fit.model.targets):
            for level, (lo, hi) in found.items():
                same = {"where": where, "target": target, "level": level}
                rows += [{**same, **one} for one in _rows(known, new, lo[:, :, k], hi[:, :, k], k, level)]
    return pd.DataFrame(rows)


def _rows(known: HeldOut, new: HeldOut, lo: Array, hi: Array, target: int, level: float) -> list[dict[str, object]]:
    """For all steps together, then step by step."""
    actual, nominal = new.actual[:, :, target], level / 100
    told = np.isfinite(actual)
    drawn = told & ~np.isnan(lo)
    with np.errstate(invalid="ignore", over="ignore"):
        inside = drawn & (lo <= actual) & (actual <= hi)
        width = np.where(drawn, hi - lo, 0.0)
        outside = np.where(drawn, np.maximum(lo - actual, 0) + np.maximum(actual - hi, 0), 0.0)
        score = width + outside * 2 / (1 - nominal)
    rows = []
    for step in range(actual.shape[1] + 1):
        at = slice(None) if step == ALL else slice(step - 1, step)
        n = int(drawn[:, at].sum())
        count, calibrated = (_independent(held, at, target) for held in (new, known))
        rows.append({
            "step": step,
            "nominal": nominal,
            "measured": inside[:, at].sum() / n if n else math.nan,
            "n": n,
            "independent": min(count, n),
            "margin": _margin(nominal, count, calibrated) if n else math.nan,
            "width": width[:, at].sum() / n if n else math.nan,
            "open": int((told & ~drawn)[:, at].sum()),
            "score": score[:, at].sum() / n if n else math.nan,
        })  # fmt: skip
    return rows


def _independent(held: HeldOut, steps: slice, target: int) -> int:
    """How many independent values the share of those held is worth, summed over the series.

    n forecasts h steps ahead from neighbouring origins have records in common: for a random walk, where that counts most,
    they are worth about 2 n / (h + 1), and the share over all steps up to h about 5 n / (h + 4) (`benchmarks/intervals.py
    worth`).
    """
    told = held.told[:, steps, target]
    if not told.any():
        return 0
    longest = int(np.flatnonzero(held.told[:, : steps.stop, target].any(axis=0))[-1]) + 1
    share = 5 / (longest + 4) if steps.start is None else 2 / (longest + 1)
    count = 0.0
    for number in np.unique(held.numbers):
        first = held.first[(held.numbers == number) & told.any(axis=1)]
        if len(first):
            count += min(len(first), max(1.0, share * (int(first[-1]) - int(first[0]) + 1)))
    return round(count)


def _margin(nominal: float, measured: int, calibrated: int) -> float:
    """Two standard errors of a coverage that is right: of a share of so many values, and of where the calibration put its
    intervals, whose coverage has a Beta law (Vovk 2012) with about the same variance."""
    spread = nominal * (1 - nominal)
    return 2 * math.sqrt(spread / max(1, measured) + spread / (max(1, calibrated) + 2))


def coverage_sentence(frame: pd.DataFrame, level: float, target: str | None = None) -> str:
    """What `measured_coverage` found about one level, for the reader; on the test part where there is one."""
    own = frame[(frame["level"] == level) & (frame["step"] == ALL)]
    if target is not None:
        own = own[own["target"] == target]
    if own.empty:
        raise ValueError(
            f"level={level:g} was not measured; measured: {', '.join(f'{one:g}' for one in set(frame['level']))}."
        )
    row = own.iloc[-1]
    name, place = f"{level:g} % intervals", PLACES[str(row["where"])]
    if row["n"] < LEAST_POINTS:
        found = "no values" if row["n"] == 0 else "one value" if row["n"] == 1 else f"{row['n']} values"
        return (
            f"Whether the {name} hold cannot be said: of {place}, {found} can be measured with; keep back a "
            "longer validation or test part."
        )
    share = f"Of {row['n']:,} later values {row['measured']:.0%} lay within the {name}, measured on {place}"
    off = row["measured"] - row["nominal"]
    chance = (
        f"{row['margin'] * 100:.0f} points either way would be chance, since they come to about {row['independent']:,} "
    )
    chance += "independent forecasts" if row["independent"] != 1 else "independent forecast"
    if row["width"] == 0:
        return f"{share}. They have no width: the network made no error to measure them by, and any later one lies outside."
    if abs(off) <= row["margin"]:
        return f"{share}: as often as they say ({chance})."
    if off < 0:
        return (
            f"{share}, fewer than they say ({chance}): they are too narrow, since later data differ from earlier ones."
        )
    return f"{share}, more than they say ({chance}): they are wider than they need be."
