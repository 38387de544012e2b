"""The choices of `read_csv`: which there are, and what each may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .prepare import MISSING
from .shape import SHAPES
from .text.dialect import PAIRS, QUOTES
from .times.numbers import UNITS
from .times.zones import zone

CHOICES = (
    *("encoding", "delimiter", "quote", "decimal", "header_row", "missing_words"),
    *("time", "day_first", "time_unit", "timezone", "missing"),
    *("sheet", "member", "record", "rate"),
    *("shape", "id", "variable", "categories"),
)

_FASTEST = 1_000_000_000  # samples a second
_DELIMITER_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}


def checked(choices: Mapping[str, Any]) -> dict[str, Any]:
    """The choices that fix something, in one spelling; those that are "auto" are left out.

    Raises ValueError naming the choice, the value and what is allowed.
    """
    result = {}
    for name, value in choices.items():
        if name not in CHOICES:
            raise ValueError(f"{name!r} is not a choice of read_csv; the choices are {', '.join(CHOICES)}.")
        if isinstance(value, str) and value.strip().lower() == "auto":
            continue
        if value is None and name not in ("header_row", "time", "id"):
            continue
        result[name] = _CHECKS[name](value)
    return result


def choices_of_json(text: str) -> dict[str, Any]:
    """The choices that JSON text holds, checked; for text that anyone may have written. Raises ValueError as `checked` does."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The choices of how to read the file are not JSON.") from None
    if not isinstance(found, dict):
        raise ValueError('The choices of how to read the file must be names with values, such as {"decimal": ","}.')
    return checked(found)


def _encoding(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"encoding={value!r} must be a name such as utf-8, utf-16 or cp1252.")
    return value.strip()


def _delimiter(value: Any) -> str:
    mark = _DELIMITER_WORDS.get(value, value) if isinstance(value, str) else value
    if isinstance(mark, str) and mark in PAIRS:
        return mark
    if not isinstance(mark, str) or len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in "\"'.+-\r\n\0":
        raise ValueError(f"delimiter={value!r} must be one character: comma, semicolon, tab, pipe or space.")
    return mark


def _quote(value: Any) -> str:
    if value == "none":
        return ""
    if not isinstance(value, str) or value not in ("", *QUOTES):
        raise ValueError(f"quote={value!r} must be \", ', ` or 'none' (quotation marks are ordinary letters).")
    return value


def _missing_words(value: Any) -> list[str]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, (str, int, float)) for word in words):
        raise ValueError(f"missing_words={value!r} must be a list of words such as ['-999', 'no data'].")
    return sorted({str(word).strip() for word in words} - {""})


def _decimal(value: Any) -> str:
    if value not in (".", ","):
        raise ValueError(f"decimal={value!r} must be '.' or ','.")
    return str(value)


def _header_row(value: Any) -> int | None:
    if value is None or value == "none":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(
            f"header_row={value!r} must be a line number counted from 1, or 'none' where there is no header."
        )
    return value


def _time(value: Any) -> str | None:
    if value is None or value == "none":
        return None
    if not isinstance(value, str):
        raise ValueError(f"time={value!r} must be the name of a column, or 'none'.")
    return value


def _day_first(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"day_first={value!r} must be True (31.12.2020) or False (12/31/2020).")
    return value


def _time_unit(value: Any) -> str:
    if value not in UNITS:
        raise ValueError(
            f"time_unit={value!r} must be one of {', '.join(UNITS)}: what the numbers of the time column count."
        )
    return str(value)


def _timezone(value: Any) -> str:
    if not isinstance(value, str) or zone(value) is None:
        raise ValueError(f"timezone={value!r} must be the name of a zone, such as Europe/Berlin or America/New_York.")
    return value


def _missing(value: Any) -> str:
    if value not in MISSING:
        raise ValueError(f"missing={value!r} must be one of {', '.join(MISSING)}.")
    return str(value)


def _shape(value: Any) -> str:
    if value not in SHAPES:
        raise ValueError(f"shape={value!r} must be one of {', '.join(SHAPES)}.")
    return str(value)


def _id(value: Any) -> list[str] | None:
    return None if value is None or value == "none" else (_columns("id", value) or None)


def _variable(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"variable={value!r} must be the name of the column that says what each row measures.")
    return value


def _categories(value: Any) -> list[str]:
    return _columns("categories", value)


def _columns(choice: str, value: Any) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{choice}={value!r} must be the name of a column or a list of names.")
    return list(dict.fromkeys(names))


def _sheet(value: Any) -> str:
    return _named("sheet", value, "a sheet of the workbook")


def _member(value: Any) -> str:
    return _named("member", value, "a file in the archive")


def _record(value: Any) -> str:
    return _named("record", value, "a sequence in the file")


def _named(choice: str, value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{choice}={value!r} must be the name of {what}.")
    return value


def _rate(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _FASTEST:
        raise ValueError(f"rate={value!r} must be a whole number of samples a second, 1 to {_FASTEST:,}.")
    return value


_CHECKS = {
    "encoding": _encoding,
    "delimiter": _delimiter,
    "quote": _quote,
    "decimal": _decimal,
    "header_row": _header_row,
    "missing_words": _missing_words,
    "time": _time,
    "day_first": _day_first,
    "time_unit": _time_unit,
    "timezone": _timezone,
    "missing": _missing,
    "shape": _shape,
    "id": _id,
    "variable": _variable,
    "categories": _categories,
    "sheet": _sheet,
    "member": _member,
    "record": _record,
    "rate": _rate,
}
