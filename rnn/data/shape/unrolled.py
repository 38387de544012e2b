"""What the unrolling of a file gives: a table of one record a row, made of cells that stood side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ..findings import Finding


@dataclass(frozen=True)
class Unrolled:
    """frame: one record a row; its index holds the file's rows, each as often as it has records. time: its column of moments.

    ids: the columns that tell the series apart, () for one series. value: the column that the cells went to.
    """

    frame: pd.DataFrame
    shape: str
    time: str
    ids: tuple[str, ...]
    value: str
    findings: tuple[Finding, ...]


def fresh(name: str, taken: Iterable[str]) -> str:
    """The name, with a number behind it where a column bears it already."""
    names, result, n = set(taken), name, 1
    while result in names:
        n += 1
        result = f"{name} ({n})"
    return result
