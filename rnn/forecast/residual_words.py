"""What a diagnosis of residuals means, in plain words, and what to do about it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from rnn.core.config import Config
from rnn.core.fields import FIELDS

if TYPE_CHECKING:
    from rnn.forecast.diagnosis import ResidualDiagnosis

# Fewer residuals than these tell nothing that chance could not.
LEAST_RESIDUALS = 20
# What differs by less than this share of the values' size differs by the rounding of numbers alone.
ROUNDING = 1e-9
# A p below this is said not to be chance.
CHANCE = 0.05
# A mean residual of less than this share of the usual error does no harm, however sure it is.
SMALL_BIAS = 0.1
# An autocorrelation below this leaves at most a hundredth of the variance to be learned.
SMALL_MEMORY = 0.1
# How much larger errors must become for it to be said, and how strongly they must follow the level.
GROWTH, RANK = 1.5, 0.3
# Residuals further out than so many robust deviations stand apart: of a million normal ones not one.
APART = 5.0


def sentences_on(found: ResidualDiagnosis, config: Config) -> tuple[str, ...]:
    """The gravest first; one sentence where nothing can be said."""
    n, lost = len(found.residuals), int((~np.isfinite(found.residuals)).sum())
    if lost:
        return (
            f"{lost:,} of {n:,} predictions are no finite numbers, so nothing can be said about the others; train again with "
            "a smaller lr.",
        )
    if not len(found.acf):
        return (_nothing_to_see(found),)
    said = (
        _bias(found, config),
        _memory(found, config),
        _over_time(found),
        _with_level(found, config),
        _apart(found, config),
    )
    return tuple(itertools.chain.from_iterable(said))


def _nothing_to_see(found: ResidualDiagnosis) -> str:
    n, residuals = len(found.residuals), found.residuals
    if n < LEAST_RESIDUALS:
        return (
            f"There {'is' if n == 1 else 'are'} only {n} {'residual' if n == 1 else 'residuals'}, too few to tell a pattern "
            f"from chance; keep back {LEAST_RESIDUALS} records or more."
        )
    if np.abs(residuals).max() <= ROUNDING * np.abs(found.actual).max():
        return (
            f"All {n:,} residuals are zero: the series does here exactly what the network says, and intervals measured on "
            "these have no width."
        )
    return (
        f"All {n:,} residuals are the same, {residuals[0]:.4g}: the network is off by a constant; "
        f"{_setting('difference', 'first')} learns it."
    )


def _bias(found: ResidualDiagnosis, config: Config) -> Iterator[str]:
    usual = float(np.abs(found.residuals).mean())
    if not abs(found.bias) > 2 * found.bias_error or abs(found.bias) < SMALL_BIAS * usual:
        yield (
            f"On average the forecasts are neither too high nor too low: the mean residual is {found.bias:.3g}, with "
            f"± {2 * found.bias_error:.3g} for chance."
        )
        return
    side = "low" if found.bias > 0 else "high"
    remedy = f"{_setting('residual', 'last')} lets it follow a level that moves"
    if config.difference != "none" or config.residual != "none":
        remedy = "the series behaves otherwise here than in the training part; train with more recent records"
    if config.log and found.bias > 0:
        remedy = "a forecast of logarithms aims at the median, which lies below the mean of what is skewed"
    yield (
        f"The forecasts are too {side}, by {abs(found.bias):.3g} on average (± {2 * found.bias_error:.2g} for chance; the "
        f"usual error is {usual:.3g}): {remedy}."
    )


def _memory(found: ResidualDiagnosis, config: Config) -> Iterator[str]:
    strongest = _strongest(found, config.season)
    strength = float(found.acf[strongest])
    if found.ljung_box is None:
        yield (
            f"Forecasts {found.ahead + 1:,} steps ahead share records with their neighbours, so their residuals hang together "
            f"up to lag {found.ahead:,} even if nothing is left to learn; look at one step ahead for that."
        )
        return
    tested = f"Ljung–Box over {found.ljung_box.lags} lags: p {_p(found.ljung_box.p)}"
    if found.ljung_box.p >= CHANCE:
        yield f"The residuals have no memory that chance could not make ({tested}): nothing simple is left to learn from them."
        return
    if abs(strength) < SMALL_MEMORY:
        yield (
            f"The residuals have a memory, too weak to gain much from ({tested}; the strongest autocorrelation, at lag "
            f"{strongest}, is {strength:.2f})."
        )
        return
    yield (
        f"The residuals have a memory ({tested}): at lag {strongest} their autocorrelation is {strength:.2f}, so something is "
        f"left to learn. {_remedy(strongest, strength, config)}"
    )


def _strongest(found: ResidualDiagnosis, season: int | None) -> int:
    """The lag of the largest autocorrelation, or the season where its own is about as large: what swings with the season is
    as like itself at half of it, turned round, and at lag 1."""
    largest = int(np.argmax(np.abs(found.acf[1:]))) + 1
    if season and 1 < season < len(found.acf) and found.acf[season] > max(found.bound, 0.7 * abs(found.acf[largest])):
        return season
    return largest


def _remedy(lag: int, strength: float, config: Config) -> str:
    if config.season and lag % config.season == 0:
        if config.window < config.season:
            return f"That is the season: take a window of {config.season} or more."
        if config.residual in ("seasonal", "seasons"):
            return (
                f"That is the season: one more of it in the window, {config.window + config.season}, may take it out."
            )
        return f"That is the season: {_setting('residual', 'seasonal')} may take it out."
    if lag > config.window:
        return f"The window of {config.window} does not reach back so far: take one of {lag} or more."
    if lag == 1 and strength > 0:
        return "It runs behind what happens: train longer or with more hidden units."
    if lag == 1:
        return "It overshoots, each error calling for the opposite one: weight decay, or a longer window, calms it."
    return "Train longer or with more hidden units; a column that explains it, known ahead, would do more."


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"


def _over_time(found: ResidualDiagnosis) -> Iterator[str]:
    """Whether errors become larger: halves that differ by more than chance and by more than a little."""
    size = np.abs(found.residuals)
    halves = size[: len(size) // 2], size[len(size) // 2 :]
    early, late = (float(half.mean()) for half in halves)
    chance = 2.6 * math.sqrt(sum(float(half.var(ddof=1)) / len(half) for half in halves))
    if abs(late - early) <= chance or min(early, late) <= 0:
        return
    if late > GROWTH * early:
        yield (
            f"The errors grow: in the later half they are {late / early:.1f} times those of the earlier half, so expect the "
            "future ones, and the intervals that they need, to be larger than measured here."
        )
    elif early > GROWTH * late:
        yield f"The errors shrink: in the later half they are {late / early:.0%} of those of the earlier half."


def _with_level(found: ResidualDiagnosis, config: Config) -> Iterator[str]:
    """Whether errors follow the size of what is predicted (Spearman's rank correlation)."""
    if config.log or not (found.actual > 0).all() or np.ptp(found.predicted) == 0:
        return
    from scipy.stats import spearmanr

    rank = spearmanr(np.abs(found.residuals), found.predicted)
    if rank.statistic > RANK and rank.pvalue < CHANCE / 5:
        yield (
            "The errors are larger where the values are (rank correlation "
            f"{rank.statistic:.2f}): with the logarithm it learns in per cent, and its intervals grow with the level."
        )


def _apart(found: ResidualDiagnosis, config: Config) -> Iterator[str]:
    centred = np.abs(found.residuals - np.median(found.residuals))
    deviation = 1.4826 * float(np.median(centred))
    if deviation <= 0:
        return
    far = np.flatnonzero(centred > APART * deviation)
    if not len(far):
        return
    worst = int(np.argmax(centred))
    one = len(far) == 1
    where = "that record" if one else "these records"
    steady = f"; {_setting('loss', 'mae')} is not drawn by them" if config.loss == "mse" else ""
    yield (
        f"{len(far):,} {'residual stands' if one else 'residuals stand'} far apart from the others, the largest at "
        f"{_time(found.times[worst])} ({found.residuals[worst]:.4g}): look at {where}{steady}."
    )


def _setting(field: str, value: str) -> str:
    """By the name that it has on the page."""
    return f"“{FIELDS[field].label}: {value}”"


def _time(time: object) -> str:
    if isinstance(time, np.datetime64):
        text = str(time.astype("datetime64[s]")).replace("T", " ")
        return text.removesuffix(" 00:00:00")
    return str(time)
