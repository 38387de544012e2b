"""What the errors of a network tell about it: whether they are centred, alike over time, and free of anything left to learn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.forecast.held_out import Origins, held_out, origins_of
from rnn.forecast.measure import Measure
from rnn.forecast.residual_words import LEAST_RESIDUALS, ROUNDING, sentences_on

Array = NDArray[np.float64]

# More windows than these tell no more, and take time: the latest of them are looked at.
MOST_RESIDUALS = 5000
MOST_LAGS, USUAL_LAGS = 400, 10
MOST_BINS = 40


@dataclass(frozen=True)
class LjungBox:
    """The test of Ljung and Box (1978) on the first `lags` autocorrelations together. p: how often residuals without any
    memory would show as much."""

    lags: int
    statistic: float
    p: float


@dataclass(frozen=True, eq=False)
class ResidualDiagnosis:
    """The residuals (actual − predicted) of one target, so many steps ahead, in the order of time; original units.

    part: "validation" or "test". ahead: steps between the last record read and the one predicted, less one. times, actual,
    predicted, residuals: (n,). left_out: earlier residuals that are not among them. counts (b,), edges (b + 1,): histogram,
    empty where no residual is finite. acf: (lags + 1,), the autocorrelation from lag 0 = 1 on, of logarithms where those are
    learned (relative errors); empty where the residuals are too few or all the same. bound: the ± that a single one of them
    keeps within 19 times out of 20 where there is no memory (1.96 / √n). ljung_box: None where acf is empty, and for ahead > 0,
    where neighbouring residuals share records and must be correlated. bias: mean residual; bias_error: its standard error,
    autocorrelation included; both NaN where there is none. sentences: what that means and what to do, the gravest first.
    """

    part: str
    target: str
    ahead: int
    times: NDArray[Any]
    actual: Array
    predicted: Array
    residuals: Array
    left_out: int
    counts: NDArray[np.intp]
    edges: Array
    acf: Array
    bound: float
    ljung_box: LjungBox | None
    bias: float
    bias_error: float
    sentences: tuple[str, ...]


def diagnose_residuals(fit: Fit, target: int = 0, ahead: int = 0, part: str = "validation") -> ResidualDiagnosis:
    """The residuals of `fit.model` in a part that it was not trained on, forecast `ahead` + 1 steps ahead (0: one step).

    Of many series in one, ask `fit.of(id)`. Raises ValueError where there is no such part, for many series, and for an
    `ahead` that is longer than the part.
    """
    series = fit.series
    if series.lengths:
        raise ValueError("These are many series; choose one of them with fit.of(id).")
    origins = _origins(fit, part, ahead)
    latest = origins.at(slice(max(0, len(origins.starts) - MOST_RESIDUALS), None))
    held = held_out(fit, ahead + 1, part, origins=latest)
    told = held.told[:, ahead, target]
    actual, predicted = held.actual[told, ahead, target], held.point[told, ahead, target]
    measure = Measure.of(fit, local=False)
    with np.errstate(invalid="ignore", over="ignore"):
        residuals = actual - predicted
        learned = measure.scale(actual) - measure.scale(predicted)
    counts, edges = _histogram(residuals)
    lags = _lags(len(residuals), fit.config.season)
    acf = _autocorrelation(learned, measure.scale(actual), lags)
    tested = _ljung_box(learned, lags) if len(acf) and not ahead else None
    bias, error = _bias(residuals, actual, ahead)
    found = ResidualDiagnosis(
        part, fit.model.targets[target], ahead, series.times[held.records[told, ahead]], actual, predicted, residuals,
        len(origins.starts) - len(latest.starts), counts, edges, acf, 1.96 / math.sqrt(max(1, len(residuals))), tested, bias,
        error, (),
    )  # fmt: skip
    return replace(found, sentences=sentences_on(found, fit.config))


def _origins(fit: Fit, part: str, ahead: int) -> Origins:
    """Those of the part's records that can be predicted so far ahead."""
    found = origins_of(fit, part)
    kept = found.at(np.flatnonzero(found.starts + fit.config.reach + ahead < found.ends))
    if ahead < 0 or not len(kept.starts):
        longest = int((found.ends - found.starts).max()) - fit.config.reach
        raise ValueError(f"ahead={ahead} is not allowed; allowed: 0 to {longest - 1}, as long as the {part} part is.")
    return kept


def _lags(n: int, season: int | None) -> int:
    """Ten, or two seasons, and a fifth of the residuals at most (Hyndman and Athanasopoulos 2021, 5.4)."""
    wanted = USUAL_LAGS if season is None or season < 2 else max(USUAL_LAGS, 2 * season)
    return max(1, min(wanted, n // 5, MOST_LAGS))


def _histogram(residuals: Array) -> tuple[NDArray[np.intp], Array]:
    """Bins by the rule of Freedman and Diaconis (1981) or of Sturges (1926), whichever has more, and MOST_BINS at most."""
    finite = residuals[np.isfinite(residuals)]
    if not len(finite):
        return np.empty(0, np.intp), np.empty(0)
    bins = min(MOST_BINS, len(np.histogram_bin_edges(finite, "auto")) - 1) if finite.min() < finite.max() else 1
    counts, edges = np.histogram(finite, max(1, bins))
    return counts, edges


def _varies(residuals: Array, values: Array) -> bool:
    """Whether there are enough finite residuals that differ by more than rounding."""
    if len(residuals) < LEAST_RESIDUALS or not np.isfinite(residuals).all():
        return False
    return bool(np.ptp(residuals) > ROUNDING * np.abs(values).max())


def _autocorrelation(residuals: Array, values: Array, lags: int) -> Array:
    """(lags + 1,), each of them divided by the sum of all squares, so that they are those that the test is made of."""
    if not _varies(residuals, values):
        return np.empty(0)
    centred = (residuals - residuals.mean()) / np.ptp(residuals)
    products = [centred[lag:] @ centred[: len(centred) - lag] for lag in range(lags + 1)]
    return np.array(products) / products[0]


def _ljung_box(residuals: Array, lags: int) -> LjungBox:
    from statsmodels.stats.diagnostic import acorr_ljungbox  # here: it takes as long to load as a page does to draw

    # Nothing was fitted to these residuals, so that no degree of freedom is taken off.
    row = acorr_ljungbox(residuals / np.ptp(residuals), lags=[lags]).iloc[0]
    return LjungBox(lags, float(row["lb_stat"]), float(row["lb_pvalue"]))


def _bias(residuals: Array, actual: Array, ahead: int) -> tuple[float, float]:
    """The mean residual and its standard error after Newey and West (1987): residuals that hang together tell less of
    their mean than as many independent ones."""
    n = len(residuals)
    if not n or not np.isfinite(residuals).all():
        return math.nan, math.nan
    lags = min(n - 1, max(ahead, int(4 * (n / 100) ** (2 / 9))))
    acf = _autocorrelation(residuals, actual, lags)
    if not len(acf):
        return float(residuals.mean()), math.nan
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    inflated = max(0.0, 1 + 2 * float(weights @ acf[1:]))
    return float(residuals.mean()), float(residuals.std(ddof=1) * math.sqrt(inflated / n))
