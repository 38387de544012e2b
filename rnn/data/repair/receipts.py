"""What was done to the data, for download: as JSON for a program, as text for a person."""

from __future__ import annotations

import json
from typing import Any

from ..findings import Receipt


def sum_line(receipt: Receipt) -> str:
    """ "120 rows in the file + 3 made = 118 used + 4 left out (2 missing, 2 chosen) + 1 merged into another row." """
    made = f" + {receipt.added:,} made" if receipt.added else ""
    reasons = f" ({', '.join(f'{count:,} {reason}' for reason, count in receipt.reasons)})" if receipt.reasons else ""
    merged = f" + {receipt.merged:,} merged into another row" if receipt.merged else ""
    return f"{receipt.rows:,} rows in the file{made} = {receipt.used:,} used + {receipt.left_out:,} left out{reasons}{merged}"


def receipts_json(receipt: Receipt, *, name: str = "series") -> str:
    """The account of every row and of each repair, in order, as indented JSON."""
    record: dict[str, Any] = {
        "series": name,
        "rows_in_file": receipt.rows,
        "made": receipt.added,
        "used": receipt.used,
        "left_out": receipt.left_out,
        "merged": receipt.merged,
        "reasons": [{"reason": reason, "rows": count} for reason, count in receipt.reasons],
        "filled_by_default": receipt.filled,
        "repairs": [one.to_dict() for one in receipt.repairs],
        "findings": [
            {"kind": one.kind, "column": one.column, "count": one.count, "rows": list(one.rows), "message": one.message}
            for one in receipt.findings
        ],
    }
    return json.dumps(record, indent=2, ensure_ascii=False)


def receipts_text(receipt: Receipt, *, name: str = "series") -> str:
    """The same for a person: the sum, then one numbered line a repair."""
    lines = [f"What was done to {name}", "", f"{sum_line(receipt)}.", ""]
    for number, one in enumerate(receipt.repairs, 1):
        by = " (by default)" if one.default else ""
        options = {key: value for key, value in one.repair.options.items() if value not in (None, [])}
        settings = "; ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in options.items())
        lines.append(f"{number}. {one.repair.kind}{f' ({settings})' if settings else ''}{by}: {one.sentence}")
        lines.append(f"   rows {one.rows_in:,} → {one.rows_out:,}, {one.cells:,} values changed")
    if not receipt.repairs:
        lines.append("Nothing was repaired.")
    return "\n".join(lines) + "\n"
