"""How several values of a column become one, guessed from its name and its values, with the reason in words."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_TOTALS = re.compile(
    r"(?:^|[^a-z])(?:n|no|num|counts?|sales?|sold|qty|quantity|units|total|sum|revenue|turnover|demand|orders?|visits?|visitors"
    r"|clicks|views|downloads|passengers|trips|rides|rain|rainfall|precip\w*|snowfall|kwh|mwh|births|deaths|cases|calls|supplied)"
    r"(?:$|[^a-z])"
)
_STANDING = re.compile(
    r"(?:^|[^a-z])(?:close|last|balance|stock|inventory|level|meter|cumulative|cum|odometer|reading)(?:$|[^a-z])"
)
_HIGHEST = re.compile(r"(?:^|[^a-z])(?:max|maximum|high|peak)(?:$|[^a-z])")
_LOWEST = re.compile(r"(?:^|[^a-z])(?:min|minimum|low)(?:$|[^a-z])")


def likely_aggregate(name: str, values: NDArray[np.float64]) -> tuple[str, str]:
    """The aggregate ("mean", "sum", "last", "min" or "max") that suits a column, and the reason.

    values: (N,) in time order, NaN where missing. A wrong one is quietly misleading (the mean of sales is no month's sales),
    so the reason is shown and the choice is the user's.
    """
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    known = values[np.isfinite(values)]
    for pattern, how, why in (
        (_HIGHEST, "max", "its name speaks of the highest value"),
        (_LOWEST, "min", "its name speaks of the lowest value"),
    ):
        if pattern.search(plain):
            return how, why
    if len(known) > 9 and (np.diff(known) >= 0).all() and known[-1] > known[0] and known[0] >= 0:
        return "last", "it only rises, as a meter does"
    if _STANDING.search(plain):
        return "last", "its name speaks of a standing, which has no sum"
    if _TOTALS.search(plain) and not (len(known) and known.min() < 0):
        return "sum", "its name speaks of an amount a step, and amounts add up"
    return "mean", "it reads like a level, and levels do not add up"
