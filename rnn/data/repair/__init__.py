"""Repairs of a table: each opt-in, previewed, told in a receipt, and undone by leaving it out."""

from .aggregates import likely_aggregate
from .apply import applied, inverse, repaired
from .kinds import REPAIRS
from .option import AGGREGATES, Kind, Option
from .preview import Preview, preview
from .receipts import receipts_json, receipts_text, sum_line
from .record import Repair, RepairReceipt, repairs_from_json, repairs_json
from .row_ranges import from_words, in_words, ranges_of
from .sheet import Sheet
from .transform import fitted_power

__all__ = [
    "AGGREGATES", "REPAIRS", "Kind", "Option", "Preview", "Repair", "RepairReceipt", "Sheet", "applied", "fitted_power",
    "from_words", "in_words", "inverse", "likely_aggregate", "preview", "ranges_of", "receipts_json", "receipts_text",
    "repaired", "repairs_from_json", "repairs_json", "sum_line",
]  # fmt: skip
