"""Does the series stay where it is? Two tests that suppose opposite things, and what they say together."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .pattern import pattern_of
from .usable import ROUNDING, usable, without_line

Array64 = NDArray[np.float64]

LEAST = 20  # records, below which neither test has a say
LONGEST = 5000  # records; the tests fit a regression for each of some thirty lags
LEVEL = 0.05
FEWEST = 3  # whole seasons that a pattern is taken from
READINGS = MappingProxyType(
    {
        "stationary": "Stationary: the values keep coming back to one level, so they can be learnt as they are.",
        "trend-stationary": "Stationary about a trend: the values keep coming back to a straight line that goes up or down.",
        "unit root": "A unit root: the values wander and do not come back, so changes are easier to learn than levels.",
        "unclear": "Unclear: neither test can reject what it supposes, which is usual where records are few.",
        "shifting": "Between the two: the values come back, but to a level that shifts or bends with time.",
    }
)
_NULLS = {
    "ADF": "supposes that the series wanders (a unit root)",
    "KPSS": "supposes that the series stays",
}


@dataclass(frozen=True)
class Verdict:
    """One test. name: "ADF" or "KPSS". about: "level" or "trend", what the series would come back to. statistic, p_value: KPSS
    gives p between 0.01 and 0.10 only, and `edge` then says "below" or "above". rejected: whether p is under 0.05."""

    name: str
    about: str
    statistic: float
    p_value: float
    edge: str = ""

    @property
    def rejected(self) -> bool:
        return self.p_value < LEVEL

    @property
    def sentence(self) -> str:
        p = f"p {self.edge} {self.p_value:g}" if self.edge else _p(self.p_value)
        where = "around a level" if self.about == "level" else "along a straight trend"
        outcome = "rejected" if self.rejected else "not rejected"
        supposed = f"{_NULLS[self.name]}{', against staying' if self.name == 'ADF' else ''} {where}"
        return f"{self.name} {supposed}: {outcome} ({p})."


@dataclass(frozen=True)
class Stationarity:
    """reading: a key of READINGS. verdicts: ADF and KPSS about a level, then about a trend. note: "" or what was tested, where
    it was not all of the series as it is."""

    reading: str
    verdicts: tuple[Verdict, ...]
    note: str = ""

    @property
    def sentence(self) -> str:
        return READINGS[self.reading]


def stationarity(values: ArrayLike, periods: Sequence[float] = ()) -> Stationarity:
    """The augmented Dickey–Fuller test (Said and Dickey 1984; lags by AIC up to 12 (N / 100)^¼) and the KPSS test (Kwiatkowski
    et al. 1992; bandwidth by Hobijn et al. 1998), both of statsmodels, about a level and about a straight trend.

    values: (N,), the last 5,000 of them where there are more. periods: seasons to take out first: a season is neither a level
    nor a walk, and longer than the lags of both tests. Read together: stationary where about a level ADF rejects and KPSS does
    not; else trend-stationary where the same holds about a trend; a unit root where about a trend ADF does not reject and KPSS
    does; shifting where there both reject; else unclear. Raises ValueError for fewer than 20 records and for a constant series.
    """
    whole = usable(values, LEAST)
    array = whole[-LONGEST:]
    note = "" if len(array) == len(whole) else f"Tested on the last {len(array):,} of {len(whole):,} records."
    out = [period for period in sorted(periods) if FEWEST * period <= len(array)]
    for period in out:
        array = array - pattern_of(array, period)
    if out:
        said = f"{'season' if len(out) == 1 else 'seasons'} of {' and '.join(f'{round(period):,}' for period in out)} records"
        note = f"{note} The {said} {'is' if len(out) == 1 else 'are'} taken out first.".strip()
    try:
        usable(array, LEAST)
    except ValueError as error:
        raise ValueError(f"{note} {error}".strip()) from error
    array = array / float(np.abs(array).max())
    if float(np.abs(without_line(array)).max()) <= ROUNDING:
        return Stationarity("trend-stationary", (), f"{note} The values lie on one straight line.".strip())
    array = (array - array.mean()) / array.std()
    verdicts = tuple(test(array, about) for about in ("level", "trend") for test in (_adf, _kpss))
    return Stationarity(_read(verdicts), verdicts, note)


def _read(verdicts: tuple[Verdict, ...]) -> str:
    adf, kpss, adf_trend, kpss_trend = (verdict.rejected for verdict in verdicts)
    if adf and not kpss:
        return "stationary"
    if adf_trend and not kpss_trend:
        return "trend-stationary"
    if adf_trend:
        return "shifting"
    return "unit root" if kpss_trend else "unclear"


def _adf(array: Array64, about: str) -> Verdict:
    from statsmodels.tsa.stattools import adfuller

    most = min(math.ceil(12 * (len(array) / 100) ** 0.25), len(array) // 2 - 3)
    regression = "c" if about == "level" else "ct"
    with warnings.catch_warnings():
        # Of coming return types, and of logarithms of a residual that is zero where a line fits exactly.
        warnings.simplefilter("ignore")
        statistic, p = adfuller(array, maxlag=most, regression=regression, autolag="AIC")[:2]
    return Verdict("ADF", about, float(statistic), float(p))


def _kpss(array: Array64, about: str) -> Verdict:
    from statsmodels.tools.sm_exceptions import InterpolationWarning
    from statsmodels.tsa.stattools import kpss

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        statistic, p = kpss(array, regression="c" if about == "level" else "ct", nlags="auto")[:2]
    beyond = any(issubclass(one.category, InterpolationWarning) for one in caught)
    edge = ("below" if p < LEVEL else "above") if beyond else ""
    return Verdict("KPSS", about, float(statistic), float(p), edge)


def _p(p: float) -> str:
    return f"p = {p:.2g}" if p >= 0.001 else "p below 0.001"
