"""Text in rows and columns with a separator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..text.encoding import to_utf8
from ..text.layout import find_layout
from ..text.parsing import parse
from .raw import Raw


def read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """wanted may fix encoding, delimiter, quote, decimal, header_row and missing_words. Raises BadFile for what cannot be told
    apart."""
    text = to_utf8(data, wanted.get("encoding"))
    layout = find_layout(text.data, wanted)
    cells = parse(layout)
    used: dict[str, Any] = {
        "encoding": text.encoding,
        "delimiter": layout.delimiter,
        "quote": layout.dialect.quote,
        "decimal": layout.decimal,
        "header_row": layout.header_row,
    }
    if layout.missing_words:
        used["missing_words"] = list(layout.missing_words)
    findings = (*text.findings, *layout.findings, *cells.findings)
    skipped = (*layout.skipped, *cells.skipped)
    units = {**layout.units, **cells.units}
    return Raw(cells.frame, layout, "csv", text.encoding, findings, used, units=units, skipped=skipped)
