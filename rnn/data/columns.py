"""What the columns of a table are for: time, numbers, counters, text; and which of them is the likely target."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

KINDS = ("time", "number", "counter", "text", "empty")

_WANTED = re.compile(r"^(?:y|target|values?|ot)$", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:id|idx|index|no|nr|row|year|yr|month|mnth|day|hour|hr|minute|weekday|quarter|week|.*[ _]id)$", re.IGNORECASE
)
_MOST_WEIGHED = 500


def kind_of(column: pd.Series, is_time: bool) -> str:
    """One of KINDS. A counter rises by the same amount from every row to the next: a row index, not a measurement."""
    if is_time:
        return "time"
    if not pd.api.types.is_numeric_dtype(column):
        return "text" if column.notna().any() else "empty"
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isnan(values).all():
        return "empty"
    return "counter" if _counts(values) else "number"


def _counts(values: np.ndarray) -> bool:
    if len(values) < 3 or not np.isfinite(values).all():
        return False
    if np.abs(values).max() > 2**53 or values[0] != np.rint(values[0]):
        return False
    step = values[1] - values[0]
    return bool(step != 0 and step == np.rint(step) and (np.diff(values) == step).all())


def best_guess(frame: pd.DataFrame, kinds: dict[str, str]) -> str | None:
    """The likely target among the columns of numbers: the first that varies, is mostly there and is no label of the rows. Of
    very many columns the first hundreds are weighed, and those that are called as a target is."""
    numeric = [name for name, kind in kinds.items() if kind in ("number", "counter")]
    best: tuple[float, int, str] | None = None
    # Those whose name says it come first; of the others none is better than the first without a point against it.
    for k, name in sorted(enumerate(numeric), key=lambda one: not _WANTED.match(one[1])):
        if best is not None and best[:2] < (-1.0 if _WANTED.match(name) else 0.0, k):
            continue
        rank = (_penalty(frame[name], name, kinds[name]), k, name)
        best = rank if best is None else min(best, rank)
    return best[2] if best else None


def _penalty(column: pd.Series, name: str, kind: str) -> float:
    """Points against a column as the target; 0 for an ordinary one, less where its name says that it is the one."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = values[np.isfinite(values)]
    if len(known) == 0 or known.min() == known.max():
        return 20.0
    points = 0.0
    if kind == "counter":
        points += 10
    if _LABEL.match(name) and (known == np.rint(known)).all():
        points += 5
    if len(known) < len(values) / 2:
        points += 4
    middle = np.median(known)
    if (known == middle).mean() > 0.5:
        points += 2  # mostly one value, as rain is mostly 0
    if (known[:1000] == np.rint(known[:1000])).all() and len(np.unique(known[:100_000])) <= 2:
        points += 2  # a flag
    if (known[:1000] == np.rint(known[:1000])).all() and known.min() >= 0 and known.max() <= 31:
        points += 0.5  # a month or a day, perhaps
    return points - (1 if _WANTED.match(name) else 0)
