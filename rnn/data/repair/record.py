"""A repair as it is asked for, and as it was done: both JSON-able, for the run's record and for download."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .kinds import REPAIRS

MOST_REPAIRS = 200


@dataclass(frozen=True)
class Repair:
    """One repair: its kind (a key of REPAIRS), the column that it treats (None: all, or whole rows) and its options.

    Options that are not said take their defaults, so a repair written down says all of itself. Raises ValueError naming
    the field, the value and what is allowed.
    """

    kind: str
    column: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in REPAIRS:
            raise ValueError(f"kind={self.kind!r} is not a repair; the repairs are {', '.join(REPAIRS)}.")
        known = REPAIRS[self.kind]
        if self.column is not None and not isinstance(self.column, str):
            raise ValueError(f"column={self.column!r} must be the name of a column or None.")
        if self.column is None and known.column == "one":
            raise ValueError(f"column=None must be said: {self.kind!r} treats one column.")
        if self.column is not None and known.column == "none":
            raise ValueError(f"column={self.column!r} must be None: {self.kind!r} treats whole rows.")
        if not isinstance(self.options, Mapping):
            raise ValueError(f"options={self.options!r} must be a dict.")
        names = [option.name for option in known.options]
        for name in self.options:
            if name not in names:
                allowed = f"its options are {', '.join(names)}" if names else "it has none"
                raise ValueError(f"{name!r} is not an option of {self.kind!r}; {allowed}.")
        checked = {option.name: option.checked(self.options.get(option.name)) for option in known.options}
        object.__setattr__(self, "options", MappingProxyType(checked))

    def __hash__(self) -> int:
        return hash(json.dumps(self.to_dict(), sort_keys=True))

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "column": self.column, "options": dict(self.options)}

    @classmethod
    def from_dict(cls, record: Any) -> Repair:
        """The repair that `to_dict` wrote; what an older record lacks takes its default."""
        if not isinstance(record, Mapping) or "kind" not in record:
            raise ValueError(f"A repair must be a dict with the key 'kind', got {record!r}.")
        for name in record:
            if name not in ("kind", "column", "options"):
                raise ValueError(f"{name!r} is not a field of a repair; they are kind, column and options.")
        return cls(record["kind"], record.get("column"), record.get("options") or {})


@dataclass(frozen=True)
class RepairReceipt:
    """What one repair did: rows_in + added == rows_out + left_out + merged.

    sentence: for the user. cells: values changed, filled or made. rows: the first file rows concerned. default: whether it
    is what a series cannot do without (order, no missing values) and was done without being asked for.
    """

    repair: Repair
    sentence: str
    rows_in: int
    rows_out: int
    cells: int = 0
    rows: tuple[int, ...] = ()
    left_out: int = 0
    merged: int = 0
    added: int = 0
    default: bool = False

    def __post_init__(self) -> None:
        if self.rows_in + self.added != self.rows_out + self.left_out + self.merged:
            raise ValueError(
                f"The rows of {self.repair.kind!r} do not add up: {self.rows_in} in + {self.added} added, but "
                f"{self.rows_out} out + {self.left_out} left out + {self.merged} merged."
            )

    def to_dict(self) -> dict[str, Any]:
        return {
            "repair": self.repair.to_dict(),
            "done": self.sentence,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "left_out": self.left_out,
            "merged": self.merged,
            "added": self.added,
            "cells_changed": self.cells,
            "first_rows": list(self.rows),
            "by_default": self.default,
        }


def repairs_json(repairs: Iterable[Repair]) -> str:
    """The list as JSON text, as a run's record and the page's address hold it."""
    return json.dumps([repair.to_dict() for repair in repairs], separators=(",", ":"))


def repairs_from_json(text: str) -> tuple[Repair, ...]:
    """The list that `repairs_json` wrote. Raises ValueError that says what is wrong with it."""
    try:
        records = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"The repairs are not JSON: {error}.") from error
    if not isinstance(records, list):
        raise ValueError(f"The repairs must be a list, got {type(records).__name__}.")
    if len(records) > MOST_REPAIRS:
        raise ValueError(f"There are {len(records)} repairs; at most {MOST_REPAIRS} are allowed.")
    return tuple(Repair.from_dict(record) for record in records)
