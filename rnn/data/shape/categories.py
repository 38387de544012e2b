"""Columns of words (weather, weekday, kind of shop) as numbers: a column for each level, 1 where it holds and 0 elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import BadFile, Finding, counted, finding, row_list
from ..times.families import family
from .ids import spelt

MOST_LEVELS = 50
OTHER = "other"
_REPEATS = 3  # times that a level occurs on average, below which the column holds names or sentences


@dataclass(frozen=True)
class OneHot:
    """values: (N, L) float64, zeros and ones. names: the L columns, "weather=rain". findings: what was done to get there."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    findings: tuple[Finding, ...]


def is_category(column: pd.Series) -> bool:
    """Whether a column of text is offered as a category: its levels come again and again, and are no dates."""
    known = column.dropna()
    levels = known.nunique()
    if not 1 <= levels <= len(known) / _REPEATS:
        return False
    some = known.iloc[:50]
    return sum(family(str(cell)) is not None for cell in some) <= len(some) / 2


def one_hot(column: pd.Series) -> OneHot:
    """The column's levels side by side. A missing cell is 0 in all of them; levels beyond the 49 most frequent are "other".

    Raises BadFile for a column that holds a different text in nearly every row.
    """
    name = str(column.name)
    codes, levels = pd.factorize(column, sort=True)
    known = int((codes >= 0).sum())
    if not len(levels):
        raise BadFile(f"Column {name!r} is empty and cannot be a category; choose another column.")
    if len(levels) > max(MOST_LEVELS, known / _REPEATS):
        raise BadFile(
            f"Column {name!r} holds {len(levels):,} different values in {known:,} rows, so it names them and is no category; "
            "choose another column."
        )
    names = [f"{name}={spelt(level)}" for level in levels.tolist()]
    findings: list[Finding] = []
    if len(levels) > MOST_LEVELS:
        codes, names, said = _rarest_joined(codes, names, name)
        findings.append(said)
    values = np.zeros((len(codes), len(names)))
    there = codes >= 0
    values[np.flatnonzero(there), codes[there]] = 1.0
    if not there.all():
        rows = column.index[~there]
        message = (
            f"{counted(len(rows), 'cell')} of {name!r} missing ({row_list(rows)}): all of its columns are 0 there."
        )
        findings.append(finding("missing-category", message, rows, column=name))
    return OneHot(tuple(names), values, tuple(findings))


def _rarest_joined(
    codes: NDArray[np.int64], names: Sequence[str], name: str
) -> tuple[NDArray[np.int64], list[str], Finding]:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    kept = np.sort(np.argsort(-counts, kind="stable")[: MOST_LEVELS - 1])
    renumbered = np.full(len(names) + 1, len(kept))
    renumbered[kept] = np.arange(len(kept))
    renumbered[-1] = -1  # where a cell is missing
    other = f"{name}={OTHER}"
    while other in names:
        other += " levels"
    rows = int(counts.sum() - counts[kept].sum())
    message = (
        f"{name!r} has {len(names):,} levels; the {len(kept)} most frequent stand alone, the others ({counted(rows, 'row')}) "
        f"are {other!r}."
    )
    return (
        renumbered[codes],
        [*(names[k] for k in kept), other],
        finding("many-levels", message, count=rows, column=name),
    )
