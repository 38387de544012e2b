"""Tables as CSV that a spreadsheet can open without running anything that stands in a cell.

A spreadsheet takes a cell that begins with = + - or @ for a formula, and a formula can send the sheet elsewhere or start a
program ("CSV injection", OWASP). Names and cells come from users' files, so each such text gets an apostrophe in front, which
makes it text again. Numbers and dates stay as they are.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

import pandas as pd

# What begins a formula: the ASCII signs, what East Asian input methods write for them, and the bar of old link commands
_FORMULA = "=+-@|%＝＋－＠﹢﹣﹦﹫−"
_CUTS = "\t\r\n"  # a spreadsheet may begin a new cell here
# Blanks of all kinds, control signs, signs without width, and quotes: what stands before it and is passed over
_BEFORE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\"'`´‘’“”„«»＇＂]*"
)
_NUMBER = re.compile(r"[+\-]?\d+(?:[.,]\d+)?(?:[eE][+\-]?\d+)?", re.ASCII)


def to_spreadsheet_csv(frame: pd.DataFrame, *, index: bool = False, **options: Any) -> str:
    """`frame` as CSV, with texts and names that a spreadsheet might run made harmless by a leading apostrophe.

    index: whether the row labels are written, too. options: further ones of pandas' to_csv, such as sep and decimal.
    """
    safe = frame.copy(deep=False)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if not _is_plain(column.dtype):
            safe.isetitem(place, _cells(column))
    safe.columns = [_written(name) for name in frame.columns]
    if index:
        safe.index = frame.index if _is_plain(frame.index.dtype) else frame.index.map(_written)
        safe.index.name = _written(frame.index.name)
    return safe.to_csv(index=index, **{"lineterminator": "\n", **options})


def spreadsheet_bytes(frame: pd.DataFrame, *, index: bool = False, **options: Any) -> bytes:
    """The same as UTF-8 with a byte order mark, by which Excel knows that it is UTF-8."""
    return codecs.BOM_UTF8 + to_spreadsheet_csv(frame, index=index, **options).encode("utf-8")


def harmless(value: Any) -> Any:
    """A text with an apostrophe in front where a spreadsheet might run it; anything else as it is.

    A text that is a plain number (-3.5) or has the apostrophe already is left alone.
    """
    if not isinstance(value, str) or value.startswith("'") or _NUMBER.fullmatch(value):
        return value
    before = _BEFORE.match(value)
    first = value[before.end() :][:1] if before else ""
    return f"'{value}" if value.startswith(tuple(_CUTS)) or (first and first in _FORMULA) else value


def _written(value: Any) -> Any:
    """Harmless, and with line feeds for line ends: pandas does not put a bare carriage return in quotes, and what follows it
    would stand at the start of a cell."""
    safe = harmless(value)
    return re.sub(r"\r\n?", "\n", safe) if isinstance(safe, str) else safe


def _is_plain(kind: Any) -> bool:
    """Numbers, yes and no, dates: what no text can hide in."""
    return (
        pd.api.types.is_numeric_dtype(kind)
        or pd.api.types.is_datetime64_any_dtype(kind)
        or getattr(kind, "kind", "") == "m"
    )


def _cells(column: pd.Series) -> pd.Series:
    return pd.Series([_written(cell) for cell in column.astype("object")], index=column.index, dtype="object")
