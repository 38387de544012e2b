"""The tables of what users have put to runs, and of what the list of runs is drawn from. Older versions leave them alone."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, LargeBinary, Table

from rnn.runs.schema import metadata
from rnn.runs.text_types import CleanString, CleanText


def _of_run() -> Column[str]:
    """The column that ties a row to its run, and lets it go with the run."""
    return Column("run_id", CleanString(32), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


notes = Table("notes", metadata, _of_run(), Column("note", CleanText, nullable=False))

tags = Table(
    "tags", metadata, _of_run(), Column("tag", CleanString(60), primary_key=True), Index("tags_by_name", "tag")
)

# At most one row: the run that every other one is compared with.
pins = Table("pins", metadata, _of_run())

# Runs that were deleted and can be brought back; `discarded` says until when.
trash = Table("trash", metadata, _of_run(), Column("discarded", Double, nullable=False))

# What a run was started with.
versions = Table(
    "versions",
    metadata,
    _of_run(),
    Column("unroll", CleanString(40), nullable=False),
    Column("numpy", CleanString(40), nullable=False),
    Column("python", CleanString(40), nullable=False),
)

# A run's curve, small, as it stood after `epoch` epochs; a list of 10,000 runs cannot read all their epochs. Made anew from
# them whenever it is wanted and `epoch` or `best_epoch` is not the run's any more.
sketches = Table(
    "sketches",
    metadata,
    _of_run(),
    Column("epoch", Integer, nullable=False),
    Column("best_epoch", Integer),
    Column("seconds", Double, nullable=False),
    Column("curve", LargeBinary, nullable=False),  # validation RMSE, up to CURVE_POINTS float32, little-endian
)
