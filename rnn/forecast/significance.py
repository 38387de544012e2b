"""Which differences in a ranking are more than noise: by the Diebold–Mariano test over origins, and by the fan of seeds.

A backtest predicts many values from few origins, and the errors of one origin go together: all its steps follow the same
record. So a method's absolute errors are averaged over the steps of a fold (and over targets) before anything is compared, and
a fold is one observation; or, where there are more series than folds, a series is one, averaged over its folds. The first asks
whether the difference would be there at other times, the second whether for other series, taken as independent of each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnn.forecast.diebold_mariano import DieboldMariano, diebold_mariano
from rnn.forecast.exact import unrounded
from rnn.forecast.verdict_words import times

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

# Above this p a difference is called noise.
SIGNIFICANT = 0.05
# A difference below this many deviations of what the seeds make of it is their noise.
SEED_DEVIATIONS = 2.0
# With fewer folds than this many overlaps the test rejects too often, and folds that do not overlap are taken alone.
FOLDS_AN_OVERLAP = 10
# A difference of so many times the error reads better as a multiple.
MANY_TIMES = 10
VALUE = ["id", "target", "fold", "step"]


def compared(frame: pd.DataFrame, best: str | None = None, fan: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each method against the best one, over the values that both have predicted, in rising order of error.

    frame: as for `rnn.forecast.scores.scores`, with method, id, target, fold, step, time, actual, predicted and scale. best:
    the method to compare with; None: the one with the smallest error. fan: what other seeds make of the methods that have any,
    see `seed_noise`.

    Columns: method; measure, "mae", or "mase" where several series or targets are put together (rows without a scale are left
    out then); error, its mean; difference, the error less the best's; p, of the Diebold–Mariano test; p_adjusted, by Holm's
    rule (1979) for so many tests, which decides; n, folds or series compared; noise, whether the difference may be chance, that
    is p_adjusted is above 5 %, or there is none, or the difference is no more than two deviations of the seeds; sentence.
    Which one is best was found on the same values, which no p accounts for. A method with a forecast that is no finite
    number comes last, without an error. Raises ValueError for a `best` that has no such forecasts.
    """
    import pandas as pd  # here, as in the rest of the package, so that a worker starts without it

    losses, measure, failed = _losses(frame)
    errors = losses.groupby("method", sort=False)["loss"].mean().sort_values(kind="stable")
    best = _best_of(errors, best)
    spread = {} if fan is None else seed_noise(fan).set_index("method").eval("spread / mae").to_dict()
    by_method = {method: own.set_index(VALUE) for method, own in losses.groupby("method", sort=False)}
    rows = []
    for method, error in errors.items():
        row = {"method": method, "error": error, "difference": 0.0, "n": 0}
        if method != best:
            row |= _against(by_method[method], by_method[best])
            row["seeds"] = _seeds(spread, method, best, error, errors[best])
        rows.append(row)
    rows += [{"method": one, "n": 0} for one in frame["method"].unique() if one not in errors.index]
    found = pd.DataFrame(rows, columns=["method", "error", "difference", "p", "n", "seeds"])
    found.insert(1, "measure", measure)
    found.insert(5, "p_adjusted", _holm(found["p"].to_numpy(float)))
    unit = "series" if _by_series(losses) else "folds"
    told = [_told(row, best, errors, failed, unit) for row in found.itertuples()]
    found["noise"], found["sentence"] = [noise for noise, _ in told], [sentence for _, sentence in told]
    return found.drop(columns="seeds")


def seed_noise(fan: pd.DataFrame) -> pd.DataFrame:
    """What chance in the start of a training makes of the error. fan: method, seed, fold, mae, one row for each training.

    One row for each method: seeds, mae (mean over the seeds, each averaged over its folds), spread (their standard deviation,
    with n − 1; NaN for a single seed), low, high.
    """
    own = fan.groupby(["method", "seed"], sort=False)["mae"].mean()
    return (
        own.groupby("method", sort=False)
        .agg(seeds="size", mae="mean", spread="std", low="min", high="max")
        .reset_index()
    )


def _best_of(errors: pd.Series, best: str | None) -> str | None:
    """The method named, or the first of the errors, which rise; None where there are none."""
    if best is None:
        return str(errors.index[0]) if len(errors) else None
    if best not in errors.index:
        raise ValueError(
            f"best={best!r} has no errors to compare with; the methods that have are {', '.join(errors.index) or 'none'}."
        )
    return best


def _losses(frame: pd.DataFrame) -> tuple[pd.DataFrame, str, list[str]]:
    """The absolute errors, what they are measured in, and the methods that have none for some value."""
    wrong = (frame["actual"] - unrounded(frame)).abs()
    failed = frame.loc[~np.isfinite(wrong), "method"].unique().tolist()
    kept = ~frame["method"].isin(failed)
    several = frame["id"].nunique() > 1 or frame["target"].nunique() > 1
    if several:
        scale = frame["scale"]
        wrong, kept = wrong / scale.where(scale > 0), kept & (scale > 0)
    losses = frame[["method", *VALUE, "time"]].assign(loss=wrong)[kept]
    return losses, "mase" if several else "mae", failed


def _by_series(losses: pd.DataFrame) -> bool:
    return bool(losses["id"].nunique() > losses["fold"].nunique())


def _against(own: pd.DataFrame, other: pd.DataFrame) -> dict[str, float]:
    """The difference and its test, over the values that both have predicted."""
    both = own.join(other["loss"].rename("loss_other"), how="inner").reset_index()
    if not len(both):
        return {"difference": np.nan, "p": np.nan, "n": 0}
    pair = ["loss", "loss_other"]
    folds = both.groupby(["id", "fold"])[pair].mean()
    overlap = 1
    if _by_series(both):
        observed = folds.groupby("id").mean()
    else:
        # Folds in the order of time, whatever their numbers.
        observed = folds.groupby("fold").mean().loc[both.groupby("fold")["time"].min().sort_values().index]
        overlap = _overlap(both)
    if len(observed) < FOLDS_AN_OVERLAP * overlap:
        observed, overlap = observed[::-1][::overlap][::-1], 1
    test: DieboldMariano = diebold_mariano(observed["loss"], observed["loss_other"], overlap)
    return {"difference": both["loss"].mean() - both["loss_other"].mean(), "p": test.p, "n": test.n}


def _overlap(both: pd.DataFrame) -> int:
    """How many folds in a row may predict the same time, at most: 1 where they lie one after the other."""
    ends = both.groupby(["id", "fold"])["time"].agg(["min", "max"]).sort_values(["id", "min"])
    most = 1
    for _, own in ends.groupby("id"):
        starts = own["min"].to_numpy()
        begun = np.searchsorted(starts, own["max"].to_numpy(), side="right")
        most = max(most, int((begun - np.arange(len(own))).max()))
    return most


def _seeds(spread: dict[str, float], method: str, best: str, error: float, least: float) -> float:
    """The deviation of the difference from seed to seed; what has no seeds (a baseline) has none of it."""
    own = [spread.get(one, np.nan) * size for one, size in ((method, error), (best, least))]
    return float(np.sqrt(np.nansum(np.square(own))))


def _holm(p: Array) -> Array:
    """Holm's step-down p values of those that there are."""
    found, places = np.full(len(p), np.nan), np.flatnonzero(np.isfinite(p))
    order = places[np.argsort(p[places], kind="stable")]
    found[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return found


def _told(row: Any, best: str | None, errors: pd.Series, failed: list[str], unit: str) -> tuple[bool, str]:
    """Whether the difference may be noise, and the sentence for it."""
    if row.method in failed:
        return False, "Some of its forecasts are no finite numbers, so it has no error."
    if row.method not in errors.index:
        return True, "Its errors have no scale: the records before the forecasts are constant in every series."
    if row.method == best:
        smallest = row.error <= errors.min()
        return False, f"{'The smallest error; the' if smallest else 'The'} others are compared with it."
    least = errors[best]
    if not row.n:
        return True, f"It has no forecast of the values that {best} has."
    if row.p == 1 and row.difference == 0:
        return True, "The same errors."
    counted = f"{row.n} {unit}" if row.n > 1 or unit == "series" else "1 fold"
    larger = "more" if row.difference > 0 else "less"
    size = _size(row.difference / least, larger) if least > 0 else f"{larger} error than none"
    if not np.isfinite(row.p):
        return (
            True,
            f"Not to be told from chance: {size}, and {counted} {'is' if row.n == 1 else 'are'} no basis for a test.",
        )
    if not row.p_adjusted <= SIGNIFICANT:
        return True, f"Within noise: {size}, p = {row.p_adjusted:.2f} over {counted}."
    if abs(row.difference) <= SEED_DEVIATIONS * row.seeds:
        return True, f"Within the noise of the seeds: {size}, and another seed may change as much."
    judged = "Worse" if row.difference > 0 else "Better"
    p = f"p = {row.p_adjusted:.3f}" if row.p_adjusted >= 0.001 else "p below 0.001"
    return False, f"{judged}, not by chance: {size}, {p} over {counted}."


def _size(share: float, larger: str) -> str:
    """share: the difference as a share of the best's error."""
    return f"{abs(share):.1%} {larger} error" if share < MANY_TIMES else f"{times(1 + share)} the error"
