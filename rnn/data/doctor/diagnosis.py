"""What the doctor says of a table: one diagnosis a finding, with its rows, a small picture and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..findings import SHOWN, row_list
from ..repair.record import Repair

SEVERITIES = ("problem", "look", "note")
PICTURE_POINTS = 160
_SEVERITY = {
    "unsorted": "note",
    "repeated-times": "look",
    "irregular": "note",
    "gaps": "look",
    "missing": "look",
    "not-numbers": "problem",
    "sentinel": "problem",
    "mixed-units": "problem",
    "constant": "look",
    "outliers": "look",
    "level-shift": "look",
    "growing-spread": "note",
}
KINDS = tuple(_SEVERITY)


@dataclass(frozen=True, eq=False)
class Picture:
    """A small piece of the data around the spot: x (n,) times or row numbers, y (n,) values, NaN where one is missing,
    marked (n,) the spots themselves. At most PICTURE_POINTS points."""

    x: NDArray[Any]
    y: NDArray[np.float64]
    marked: NDArray[np.bool_]


@dataclass(frozen=True)
class Remedy:
    """Something to be done about a diagnosis: a repair of the data, or settings for the training (fields of Config)."""

    label: str
    why: str
    repair: Repair | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """One thing found in the data.

    kind: one of KINDS. column: its name, or None where whole rows are concerned. count: how many rows, cells or steps.
    rows: (n,) all file rows concerned, in time order. message: a sentence. remedies: the best first; doing nothing is
    always allowed.
    """

    kind: str
    column: str | None
    count: int
    rows: NDArray[np.int64]
    message: str
    picture: Picture | None
    remedies: tuple[Remedy, ...] = ()

    @property
    def severity(self) -> str:
        """One of SEVERITIES: "problem" is wrong in all likelihood, "look" deserves a look, "note" is good to know."""
        return _SEVERITY[self.kind]

    @property
    def first_rows(self) -> tuple[int, ...]:
        return tuple(int(row) for row in self.rows[:SHOWN])

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "column": self.column,
            "count": self.count,
            "first_rows": list(self.first_rows),
            "message": self.message,
            "remedies": [
                {"label": one.label, "repair": one.repair.to_dict() if one.repair else None, "settings": dict(one.settings)}
                for one in self.remedies
            ],
        }  # fmt: skip


def where(rows: NDArray[Any]) -> str:
    """ " (rows 3, 4 and 9)", or nothing where none of the rows stands in the file."""
    known = rows[rows > 0]
    return f" ({row_list(known)})" if len(known) else ""


def around(
    x: NDArray[Any], y: NDArray[Any], marked: NDArray[np.bool_], spot: tuple[int, int], margin: int = 40
) -> Picture:
    """The picture of the places from spot[0] to before spot[1] with a margin on both sides, thinned where it is long."""
    start, stop = max(0, spot[0] - margin), min(len(y), spot[1] + margin)
    at = np.arange(start, stop)
    if len(at) > PICTURE_POINTS:
        near = [k for k in range(spot[0] - 2, spot[0] + 3) if start <= k < stop]
        at = np.union1d(np.linspace(start, stop - 1, PICTURE_POINTS - 10).astype(np.intp), near)
    return Picture(x[at], np.asarray(y[at], dtype=np.float64), marked[at])
