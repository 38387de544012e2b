"""Is this a value that a config field may have? Every refusal names field, value and what is allowed."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from rnn.core.fields import FIELDS, Field


def check_field(name: str, value: Any) -> Any:
    """The value as the field's own type. Raises ValueError naming field, value and what is allowed."""
    field = FIELDS[name]
    if value is None and field.optional:
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if field.kind == "choice":
        if not isinstance(value, str) or value not in field.choices:
            raise ValueError(f"{name}={value!r} is not allowed; allowed: {', '.join(field.choices)}.")
        return value
    if field.kind == "bool":
        return _check_bool(name, value)
    if field.kind == "count-or-share":
        return _check_count_or_share(name, field, value)
    if field.kind == "levels":
        return _check_levels(name, value)
    return _check_number(name, field, value)


def _check_bool(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name}={value!r} is not allowed; allowed: true, false.")
    return bool(value)


def _check_number(name: str, field: Field, value: Any) -> int | float:
    assert field.low is not None and field.high is not None
    whole = field.kind == "int"
    bounds = f"{field.low:.0f} to {field.high:.0f}" if whole else f"{field.low:g} to {field.high:g}"
    allowed = f"{'a whole number' if whole else 'a number'} from {bounds}" + (" or none" if field.optional else "")
    if not _is_number(value) or not field.low <= value <= field.high or (whole and value != int(value)):
        raise ValueError(f"{name}={value!r} is not allowed; allowed: {allowed}.")
    return int(value) if whole else float(value)


def _check_count_or_share(name: str, field: Field, value: Any) -> int | float:
    none = field.low == 0
    allowed = f"a share above 0 and below 1, or a whole number of records from {0 if none else 1} to {MOST_RECORDS}"
    if (
        not _is_number(value)
        or not 0 <= value <= MOST_RECORDS
        or (value == 0 and not none)
        or (value > 1 and value != int(value))
    ):
        raise ValueError(f"{name}={value!r} is not allowed; allowed: {allowed}.")
    return float(value) if 0 < value < 1 else int(value)


def _check_levels(name: str, value: Any) -> tuple[float, ...]:
    levels = tuple(value) if isinstance(value, list | tuple | np.ndarray) else (value,)
    if (
        not 1 <= len(levels) <= MOST_LEVELS
        or not all(_is_number(level) and 0 < level < 1 for level in levels)
        or any(low >= high for low, high in itertools.pairwise(levels))
    ):
        raise ValueError(
            f"{name}={value!r} is not allowed; allowed: 1 to {MOST_LEVELS} increasing levels between 0 and 1, such as "
            "0.1, 0.5, 0.9."
        )
    return tuple(float(level) for level in levels)


MOST_LEVELS = 99
# More than any series that fits into memory.
MOST_RECORDS = 10**12


def _is_number(value: Any) -> bool:
    """A real number, of Python's or NumPy's; not a bool, a complex number, a text or an array. NaN fails every bound."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
