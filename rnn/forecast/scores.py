"""The error measures of a ranking, by utilsforecast, each in the variant that its name has in the literature.

A is what came, F the forecast, both in original units:

mae: mean |A − F|.
rmse: root of the mean (A − F)².
smape: mean of 200 · |A − F| / (|A| + |F|), in per cent from 0 to 200: the M4 competition's (Makridakis, Spiliotis and
    Assimakopoulos 2020). Where both are zero the forecast is exact and counts 0; where one of them is, 200.
mase: mean of |A − F| / scale (Hyndman and Koehler 2006), scale being the mean absolute seasonal difference of the records that
    the forecast was made from. Below 1 is less than a seasonal naive forecast erred in sample.
coverage80, …: the share, from 0 to 1, of values that lie in the 80 % interval, its ends included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rnn.forecast.exact import unrounded

if TYPE_CHECKING:
    import pandas as pd

# What a score may be broken down by; the calendar's numbers are pandas' own (Monday is 0, January is 1).
BY = ("fold", "step", "weekday", "month", "hour", "id", "target")
CALENDAR = {"weekday": "day_of_week", "month": "month", "hour": "hour"}


def scores(frame: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """One row for each method, or for each method and group of `by`, in the methods' order in `frame` and rising groups.

    frame: one row for each method and value predicted, with method, actual, predicted, scale (of mase; may be missing), lo80,
    hi80, … for each level, and the columns of `by`, the calendar's from `time`. Columns of the result: method, those of
    `by`, n (rows), mae, rmse, smape, mase, coverage80, …. Series and targets of different size are best told apart with `by`:
    mae and rmse of them all are those of the largest; smape and mase have no unit.

    An error that is but rounding counts as none (`rnn.forecast.exact`).
    Zero denominators: rows whose scale is zero (a constant history) or missing have no mase and are left out of its mean,
    alike for every method; where no row has one it is NaN. coverage is that of the rows with an interval, NaN without any.
    A method with a forecast that is no finite number has no scores at all in that group: leaving it out would reward it.
    Raises ValueError for an unknown group, and for calendar groups of times that are no dates.
    """
    import pandas as pd  # here, as in the rest of the package, so that a worker starts without it

    by = list(by)
    _check(frame, by)
    keys = pd.DataFrame({"method": frame["method"], **{name: _group(frame, name) for name in by}})
    groups = keys.groupby(["method", *by], sort=False, observed=True, dropna=False).ngroup().to_numpy()
    first = np.unique(groups, return_index=True)[1]
    found = keys.iloc[first].reset_index(drop=True)
    found["n"] = np.bincount(groups)
    values = pd.DataFrame(
        {"group": groups, "A": frame["actual"].to_numpy(float), "F": unrounded(frame).to_numpy(float)}
    )
    for name, column in _errors(values, frame).items():
        found[name] = column
    lacking = (~np.isfinite(values[["A", "F"]])).any(axis=1).groupby(groups).any().to_numpy()
    found.loc[lacking, [name for name in found.columns if name not in ("method", *by, "n")]] = np.nan
    order = {method: number for number, method in enumerate(frame["method"].unique())}
    found = found.sort_values(["method", *by], key=lambda one: one.map(order) if one.name == "method" else one)
    return found.reset_index(drop=True)


def levels_of(frame: pd.DataFrame) -> list[str]:
    """The levels, as their columns spell them, whose lower and upper ends are there."""
    return [
        name.removeprefix("lo") for name in frame.columns
        if name.startswith("lo") and name[2:3].isdigit() and f"hi{name[2:]}" in frame.columns
    ]  # fmt: skip


def _errors(values: pd.DataFrame, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Measure → one number for each group, in the order of their numbers; NaN for a group without such rows."""
    from utilsforecast import losses  # here: it takes a quarter of a second to import

    count = int(values["group"].max()) + 1
    request = {"models": ["F"], "id_col": "group", "target_col": "A", "cutoff_col": "none"}

    def measured(measure: object, rows: pd.DataFrame, **more: object) -> np.ndarray:
        errors = measure(rows, **request, **more).set_index("group")["F"]
        return errors.astype(float).reindex(range(count)).to_numpy()

    found = {
        "mae": measured(losses.mae, values),
        "rmse": measured(losses.rmse, values),
        "smape": 200 * measured(losses.smape, values),  # utilsforecast's is |A − F| / (|A| + |F|), from 0 to 1
    }
    scale = frame["scale"].to_numpy(float) if "scale" in frame else np.full(len(frame), np.nan)
    scaled = scale > 0
    # The mean absolute error in units of the scale: here each row has its own, which utilsforecast's mase has not.
    shares = values[scaled].assign(A=lambda rows: rows["A"] / scale[scaled], F=lambda rows: rows["F"] / scale[scaled])
    found["mase"] = measured(losses.mae, shares)
    for level in levels_of(frame):
        lo, hi = (frame[f"{end}{level}"].to_numpy(float) for end in ("lo", "hi"))
        inside = values.assign(**{f"F-lo-{level}": lo, f"F-hi-{level}": hi})[~(np.isnan(lo) | np.isnan(hi))]
        found[f"coverage{level}"] = measured(losses.coverage, inside, level=level)
    return found


def _group(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in CALENDAR:
        return frame[name]
    return getattr(frame["time"].dt, CALENDAR[name])


def _check(frame: pd.DataFrame, by: Sequence[str]) -> None:
    strange = [name for name in by if name not in BY]
    if strange:
        raise ValueError(f"by={strange[0]!r} is not allowed; allowed: {', '.join(BY)}.")
    dated = [name for name in by if name in CALENDAR]
    if dated and frame["time"].dtype.kind != "M":
        raise ValueError(f"by={dated[0]!r} needs dates, and the times are {frame['time'].dtype}; take by='step'.")
    needed = ["method", "actual", "predicted", *(name for name in by if name not in CALENDAR)]
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise ValueError(f"The frame has no column {absent[0]!r}; scores need {', '.join(needed)}.")
    if not len(frame):
        raise ValueError("The frame has no rows, so there is nothing to score.")
