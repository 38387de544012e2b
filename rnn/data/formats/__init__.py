"""Kinds of file: bytes in, columns as they stand in the file out. One module a kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..findings import BadFile, finding
from . import delimited, json_records, parquet, sound, symbols, workbooks
from .archives import unpacked
from .kinds import kind_of_bytes
from .raw import Raw, without_words

__all__ = ["READING", "Raw", "read_raw"]

# The choices that say how a file is read; each kind of file takes some of them.
READING = ("encoding", "delimiter", "quote", "decimal", "header_row", "sheet", "member", "record", "rate")


def read_raw(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """The columns of the table in `data`, whatever kind of file it is and whatever archive it lies in.

    wanted: the choices that fix something. Raises BadFile, a sentence, for all that cannot be read.
    """
    packed = unpacked(data, wanted.get("member"), _is_table)
    raw = _read(packed.data, wanted)
    if raw.format != "csv" and wanted.get("missing_words"):
        raw = without_words(raw, wanted["missing_words"])
    used = dict(raw.used) | ({"member": packed.member} if packed.member is not None else {})
    unused = [name for name in READING if name in wanted and wanted[name] is not None and name not in used]
    findings = (*packed.findings, *raw.findings)
    if unused:
        message = f"Not used, since it says nothing about a file of the kind {raw.format!r}: {', '.join(unused)}."
        findings += (finding("unused-choice", message, count=len(unused)),)
    return dataclasses.replace(raw, findings=findings, used=used)


def _read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    kind = kind_of_bytes(data)
    if kind in ("parquet", "arrow"):
        return parquet.read(data, kind, wanted)
    readers = {
        "workbook": workbooks.read,
        "json": json_records.read,
        "sound": sound.read,
        "symbols": symbols.read,
        "text": delimited.read,
    }
    return readers[kind](data, wanted)


def _is_table(head: bytes) -> bool:
    """Whether a file that begins so is one of those that are read; a text has to have a column of numbers."""
    try:
        kind = kind_of_bytes(head)
        if kind != "text":
            return True
        lines = head[: head.rfind(b"\n") + 1] or head
        frame = delimited.read(lines, {}).frame
    except BadFile:
        return False
    return any(frame[name].dtype.kind in "iuf" and frame[name].notna().any() for name in frame)
