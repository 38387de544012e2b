"""Settings that follow from a look at the series, each with its reason in one sentence.

The rules were chosen by measurement over all bundled samples (`benchmarks/suggestions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnn.core.config import Config
from rnn.core.windows import split_windows

from .correlogram import autocorrelation
from .growth import spread_with_level
from .pattern import alike, without_trend
from .seasons import Season, find_seasons
from .stationarity import stationarity
from .usable import usable

Array64 = NDArray[np.float64]

FIELDS = ("season", "window", "residual", "difference", "log", "horizon")
_MOST_READ = 0.6  # of the series, for one prediction: the rest is left to learn from
_LONGEST = 100  # records of a window of whole seasons; longer ones learn slower and forecast no better
_USUAL, _WIDE = 24, 56  # records of a window that no season sets
STRONG = 0.5  # share of the movement that repeats in a clear season
MANY_SEASONS = 20
_FAR = 48  # records ahead that are learnt at once
_MULTIPLES = 8  # of a season that is not whole


@dataclass(frozen=True)
class Suggestion:
    """field: of rnn.Config. value: one that it takes. reason: one sentence, in plain words."""

    field: str
    value: Any
    reason: str


def suggest(
    values: ArrayLike,
    times: ArrayLike | None = None,
    frequency: str | None = None,
    targets: Sequence[int] | None = None,
    *,
    seasons: Sequence[Season] | None = None,
    reading: str | None = None,
    base: Config | None = None,
) -> tuple[Suggestion, ...]:
    """One suggestion for each of FIELDS, which together make a Config that the series is long enough for; () where it is too
    short for any training.

    values: (N,) or (N, D); times: (N,) or None; frequency: a pandas offset alias or None. targets: the columns to predict, the
    first of which decides (None: all). seasons, reading: of that column, where they are known already (`find_seasons`, and
    `stationarity`'s). base: the other settings.
    """
    array = np.asarray(values, dtype=np.float64)
    columns = (array[:, None] if array.ndim == 1 else array)[:, list(targets) if targets is not None else slice(None)]
    base = base or Config()
    main = np.ascontiguousarray(columns[:, 0])
    found = find_seasons(main, frequency) if seasons is None else tuple(seasons)
    try:
        usable(main)
    except ValueError:
        return ()
    season = _season(main, found)
    reading = reading or _reading(main, found)
    chosen = [season, _window(main, season.value), *_start(main, season.value, reading)]
    return _fitting([*chosen, _log(columns, season.value), _horizon(len(main), season.value, found)], base, len(main))


def _season(main: Array64, found: Sequence[Season]) -> Suggestion:
    """The strongest season as whole records; where it is sharp and not whole, the multiple that nearly is."""
    if not found:
        return Suggestion("season", None, "Nothing repeats at a fixed number of records by more than chance.")
    best = found[0]
    rest = without_trend(main, best.period)
    # Rough cycles lose likeness from one to the next, so that the first is best; only a sharp one gains by a closer fit.
    near = {m: round(m * best.period) for m in range(1, _MULTIPLES + 1) if m == 1 or 3 * m * best.period <= len(main)}
    likeness = {m: max(alike(rest, lag, near=False), 0.0) for m, lag in near.items()}
    times = 1 if best.name else min(m for m, one in likeness.items() if one >= max(likeness.values()) - 0.005)
    records = near[times]
    if times > 1:
        return Suggestion(
            "season",
            records,
            f"The series repeats every {best.period:.4g} records, and {records} are {times} of these nearly whole.",
        )
    called = f", a {best.name}," if best.name else ""
    share = f"and {best.strength:.0%} of the movement about the trend repeats"
    return Suggestion("season", records, f"Records {records:,} apart{called} are alike, {share}.")


def _starts(main: Array64, season: int | None) -> dict[str, float]:
    """The error of each thing that the network's output can be added to, on the part that training sees: nothing, which leaves
    it to find the level, the last value, the value a season before. A constant drift is no error: it is learnt at once."""
    seen = main[: max(len(main) * 4 // 5, 2)]
    errors = {"none": float(seen.std()), "last": float(np.diff(seen).std())}
    if season and len(seen) > 2 * season:
        errors["seasonal"] = float((seen[season:] - seen[:-season]).std())
    return errors


def _reading(main: Array64, found: Sequence[Season]) -> str:
    try:
        return stationarity(main, [one.period for one in found]).reading
    except ValueError:  # too short to tell, or nothing is left beside the season
        return "unclear"


def _start(main: Array64, season: int | None, reading: str) -> tuple[Suggestion, Suggestion]:
    """What the network starts from, as residual and difference: the start that misses least, by differencing where it is the
    season before or where the values wander, for then the inputs come back to one level as well."""
    errors = _starts(main, season)
    # What is hardly better than no start at all would only add its own noise.
    best = min(errors, key=lambda name: errors[name] * (0.9 if name == "none" else 1.0))
    said = {"none": "the mean", "last": "the last value", "seasonal": f"the value {season} records before"}
    first, *others = sorted(errors, key=lambda name: errors[name])
    misses = f"As a forecast {said[first]} misses by {_short(errors[first])}, " + " and ".join(
        f"{said[name]} by {_short(errors[name])}" for name in others
    )
    misses += " (a steady drift set aside)"
    if best == "none":
        why = f"{misses}, so the network had better find the level itself."
        return Suggestion("residual", "none", why), Suggestion(
            "difference", "none", "The values come back to a level of their own, and their changes would be noisier."
        )
    taken = Suggestion("residual", "none", "Differencing, as suggested, starts from an earlier value already.")
    if best == "seasonal":
        why = f"{misses}, so the change from season to season is the easier thing to learn."
        return taken, Suggestion("difference", "seasonal", why)
    if reading == "unit root":
        why = f"The values wander and do not come back to a level, but their changes do. {misses}."
        return taken, Suggestion("difference", "first", why)
    why = f"{misses}, so the network need only learn the step from there."
    return Suggestion("residual", "last", why), Suggestion(
        "difference",
        "none",
        "The values do not wander off for good (the tests find no unit root), so they can be learnt as they are.",
    )


def _window(main: Array64, season: int | None) -> Suggestion:
    if season is not None and season <= _LONGEST:
        seasons = 2 if 2 * season <= _LONGEST else 1
        words = "Two seasons" if seasons == 2 else "One whole season"
        seen = (
            ", so that each is seen whole"
            if seasons == 2
            else "; two would be slow to learn from and forecast no better"
        )
        return Suggestion("window", seasons * season, f"{words} of {season:,} records{seen}.")
    last = autocorrelation(main, max(min(_WIDE, len(main) // 4), 1)).last_partial
    why = (
        "No season sets a length" if season is None else f"A season of {season:,} records is too long to read each time"
    )
    noise = f"is within noise after lag {last}" if last else "shows no lag beyond noise"
    return Suggestion("window", min(max(_USUAL, last), _WIDE), f"{why}, and the partial autocorrelation {noise}.")


def _log(columns: Array64, season: int | None) -> Suggestion:
    if columns.min() <= 0:
        return Suggestion(
            "log", False, f"The lowest value is {_short(float(columns.min()))}, and zero and below have no logarithm."
        )
    found = [spread_with_level(column, season) for column in columns.T]
    if all(one is not None and one.proportional for one in found):
        times = f"{2 ** found[0].power:.1f}" if found[0] else ""
        return Suggestion(
            "log",
            True,
            f"Values twice as high move {times} times as much, so that growth in per cent is the steadier thing.",
        )
    return Suggestion("log", False, "How much the values move does not clearly grow with how high they are.")


def _horizon(count: int, season: int | None, found: Sequence[Season]) -> Suggestion:
    """A whole season at once where it was measured to forecast better than step by step, else one record."""
    if season is None:
        return Suggestion(
            "horizon", 1, "Nothing repeats that a longer horizon could learn; forecasts go on step by step."
        )
    if season > _FAR or found[0].strength < STRONG or count < MANY_SEASONS * season:
        return Suggestion(
            "horizon",
            1,
            f"To learn a season at once takes {MANY_SEASONS} clear ones of at most {_FAR} records; step by step is better.",
        )
    return Suggestion(
        "horizon",
        season,
        f"{count // season:,} clear seasons are enough to learn all {season} records of the next one at once.",
    )


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _fitting(chosen: list[Suggestion], base: Config, count: int) -> tuple[Suggestion, ...]:
    """The same, the window shortened and what looks back a season given up until the series is long enough."""
    values = {one.field: one.value for one in chosen}
    values["window"] = min(values["window"], max(count // 3, min(_USUAL, count * 2 // 5), 1))
    if values["difference"] == "seasonal" and values["window"] + values["season"] > _MOST_READ * count:
        values["difference"] = "none"
    if not _is_long_enough(base.replace(**values), count):
        values["horizon"] = 1
    while not _is_long_enough(base.replace(**values), count):
        if values["window"] == 1:
            return ()
        values["window"] //= 2
    return tuple(_changed(one, values[one.field], count) for one in chosen)


def _is_long_enough(config: Config, count: int) -> bool:
    try:
        return split_windows(config, count).train > 0
    except ValueError:
        return False


def _changed(one: Suggestion, value: Any, count: int) -> Suggestion:
    if value == one.value:
        return one
    return Suggestion(
        one.field, value, f"{one.reason.rstrip('.')}; {_said(value)} is what {count:,} records leave room for."
    )


def _said(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
