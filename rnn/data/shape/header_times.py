"""Column names that are moments: years, dates, months, quarters, and the numbered ones (V1, V2, …) of benchmark files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..times import names
from ..times.column import find_time
from ..times.families import family

_YEAR = re.compile(r"[XYF]?((?:1[5-9]|20|21)\d{2})(?:\.0)?(?: ?\[YR\1\])?")  # World Bank: "1960 [YR1960]"
_NUMBERED = re.compile(
    r"(V|T|t|d|D|h|x|X|F|lag|step|day|week|hour|month|time|col|value|p|q|period|obs)[ _.]?(\d{1,6})|()(\d{1,6})"
)


@dataclass(frozen=True)
class HeaderTimes:
    """The columns that are moments, in time order, and their moments: (C,) datetime64, or numbers counted from 0."""

    columns: tuple[str, ...]
    moments: NDArray[Any]
    kind: str  # "year", "date" or "numbered"


def header_times(columns: Sequence[str], choices: dict[str, Any], delimiter: str) -> HeaderTimes | None:
    """The largest group of `columns` that are moments of one kind and differ; None where there are fewer than three."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for name in columns:
        if year := _YEAR.fullmatch(name):
            groups["year", ""].append((name, year.group(1)))
        elif kind := family(name):
            groups["date", kind].append((name, name))
        elif number := _NUMBERED.fullmatch(name):
            groups["numbered", number.group(1) or ""].append((name, number.group(2) or number.group(4)))
    if not groups:
        return None
    (kind, _), found = max(groups.items(), key=lambda group: len(group[1]))
    across = np.array([name for name, _ in found], dtype=object)
    moments = _moments(kind, [text for _, text in found], choices, delimiter) if len(found) >= 3 else None
    if moments is None or pd.isna(moments).any() or len(np.unique(moments)) < len(moments):
        return None
    order = np.argsort(moments, kind="stable")
    return HeaderTimes(tuple(across[order]), moments[order], kind)


def _moments(kind: str, texts: list[str], choices: dict[str, Any], delimiter: str) -> NDArray[Any] | None:
    if kind == "year":
        return np.array([int(text) - 1970 for text in texts]).astype("datetime64[Y]").astype("datetime64[s]")
    if kind == "numbered":
        numbers = np.array([int(text) for text in texts], dtype=np.float64)
        return numbers - numbers.min() if (np.diff(numbers) == 1).all() else None
    cells = pd.DataFrame({"time": pd.Series(texts, dtype="str"), "value": np.zeros(len(texts))})
    wanted = {name: value for name, value in choices.items() if name == "day_first"}
    found = find_time(cells, wanted, delimiter)
    return None if found is None or found.moments.dtype.kind != "M" else found.moments


def month_columns(columns: Sequence[str]) -> dict[str, int] | None:
    """Column → its month, counted from 0, where twelve columns are the months or four are the quarters of a year."""
    months = {name: month for name in columns if (month := month_of(name)) is not None}
    if sorted(months.values()) == list(range(12)):
        return months
    quarters = {name: 3 * (int(name.strip()[-1]) - 1) for name in columns if re.fullmatch(r" *[Qq][1-4] *", name)}
    if len(quarters) == 4:
        return quarters
    numbered = {name: int(n.group(1)) - 1 for name in columns if (n := re.fullmatch(r"[Mm]?(0?[1-9]|1[0-2])", name))}
    return numbered if sorted(numbered.values()) == list(range(12)) else None


def month_of(text: str) -> int | None:
    """The month, counted from 0, that a word such as "Jan", "JANUARY" or "févr." stands for."""
    word = text.strip().rstrip(".")
    return names.month(word) - 1 if word.isalpha() and names.month(word) else None
