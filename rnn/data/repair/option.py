"""What a kind of repair is: its words, the options that it takes, and the function that does it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .row_ranges import checked_ranges
from .sheet import Sheet

AGGREGATES = ("mean", "sum", "last", "first", "min", "max")


@dataclass(frozen=True)
class Option:
    """One setting of a repair.

    kind: "choice" (one of `allowed`) | "number" | "count" (whole, from 1) | "numbers" (a list) | "rows" (ranges of file
    rows) | "moment" (a date as text, or a number) | "frequency" (a pandas alias) | "aggregate" (one for all columns, or a
    dict from column to aggregate). A default of None may stay None unless `needed`.
    """

    name: str
    kind: str
    default: Any
    help: str
    allowed: tuple[str, ...] = ()
    needed: bool = False

    def checked(self, value: Any) -> Any:
        """The value in one spelling. Raises ValueError naming the option, the value and what is allowed."""
        if value is None:
            if self.needed:
                raise ValueError(f"{self.name}=None must be said: {self.help}")
            return self.default
        if self.kind == "rows":
            return checked_ranges(value)
        problem, result = _CHECKS[self.kind](value, self.allowed)
        if problem:
            raise ValueError(f"{self.name}={value!r} must be {problem}.")
        return result


@dataclass(frozen=True)
class Done:
    """What a repair did, before it is written into a receipt.

    sentence: for the user. rows: the file rows concerned. cells: how many values changed or were made.
    merged: rows that went into another one. added: rows that were made.
    """

    sentence: str
    rows: NDArray[Any]
    cells: int = 0
    merged: int = 0
    added: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of repair. column: "none" (it treats whole rows) | "any" (one column, or None for all) | "one".

    title, help: for the form. run: (sheet, the column numbers to treat, options) → the repaired sheet and what was done;
    it changes nothing in place and raises BadFile where the repair cannot be done.
    """

    name: str
    title: str
    help: str
    column: str
    options: tuple[Option, ...]
    run: Callable[[Sheet, list[int], Mapping[str, Any]], tuple[Sheet, Done]]


def _choice(value: Any, allowed: tuple[str, ...]) -> tuple[str, Any]:
    return ("" if value in allowed else f"one of {', '.join(allowed)}"), value


def _number(value: Any, _: tuple[str, ...]) -> tuple[str, Any]:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return ("", float(value)) if fine else ("a finite number", None)


def _count(value: Any, _: tuple[str, ...]) -> tuple[str, Any]:
    fine = isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**62
    return ("", value) if fine else ("a whole number from 1 on", None)


def _numbers(value: Any, allowed: tuple[str, ...]) -> tuple[str, Any]:
    fine = isinstance(value, list | tuple) and len(value) > 0 and not any(_number(one, allowed)[0] for one in value)
    return ("", [float(one) for one in value]) if fine else ("a list of finite numbers", None)


def _moment(value: Any, allowed: tuple[str, ...]) -> tuple[str, Any]:
    if not isinstance(value, str):
        problem, number = _number(value, allowed)
        return ("a date such as 2024-03-31, or a number" if problem else ""), number
    try:
        np.datetime64(value)
    except ValueError:
        return "a date such as 2024-03-31 or 2024-03-31T12:00", None
    return "", value


def _frequency(value: Any, _: tuple[str, ...]) -> tuple[str, Any]:
    allowed = "a pandas frequency such as h, D, W-SUN, MS, ME or YS, going forwards"
    if not isinstance(value, str) or len(value) > 20:
        return allowed, None
    try:
        offset = pd.tseries.frequencies.to_offset(value)
        start = pd.Timestamp(2000, 1, 3)
        forwards = start + offset > start
    except (ValueError, OverflowError):
        return allowed, None
    return ("" if forwards else allowed), value


def _aggregate(value: Any, _: tuple[str, ...]) -> tuple[str, Any]:
    each = value.values() if isinstance(value, dict) else [value]
    fine = all(one in (*AGGREGATES, "auto") for one in each)
    return ("" if fine else f"auto, one of {', '.join(AGGREGATES)}, or a dict from column to one of them"), value


_CHECKS: Mapping[str, Callable[[Any, tuple[str, ...]], tuple[str, Any]]] = {
    "choice": _choice,
    "number": _number,
    "count": _count,
    "numbers": _numbers,
    "moment": _moment,
    "frequency": _frequency,
    "aggregate": _aggregate,
}
