"""Text in rows and columns with a separator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..encoding import to_utf8
from ..layout import find_layout
from ..parsing import parse
from .raw import Raw


def read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """wanted may fix encoding, delimiter, decimal and header_row. Raises BadFile for what cannot be told apart."""
    text = to_utf8(data, wanted.get("encoding"))
    layout = find_layout(text.data, wanted)
    frame, odd_cells = parse(text.data, layout)
    used = {
        "encoding": text.encoding,
        "delimiter": layout.delimiter,
        "decimal": layout.decimal,
        "header_row": layout.header_row,
    }
    return Raw(frame, layout, "csv", text.encoding, (*text.findings, *layout.findings, *odd_cells), used)
