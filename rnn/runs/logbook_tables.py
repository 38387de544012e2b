"""The tables of what has been told to tracking servers such as MLflow. Older versions leave them alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Integer, Table

from rnn.runs.schema import metadata
from rnn.runs.text_types import CleanString, CleanText

# A place that runs are told to, by a hash of its address: since when, by whom, and what is wrong with it just now.
logbooks = Table(
    "logbooks",
    metadata,
    Column("book", CleanString(64), primary_key=True),
    Column("since", Double, nullable=False),
    Column("holder", CleanString(200), nullable=False, default=""),
    Column("beat", Double, nullable=False, default=0.0),
    Column("problem", CleanText, nullable=False, default=""),
)

# How far a run has been told there: its id at that place, and what it stood at.
logged = Table(
    "logged",
    metadata,
    Column("run_id", CleanString(32), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("book", CleanString(64), primary_key=True),
    Column("there", CleanString(200), nullable=False),
    Column("version", BigInteger, nullable=False, default=-1),  # of the run; -1: the beginning is told, and no more
    Column("epoch", Integer, nullable=False, default=0),
    Column("seconds", Double, nullable=False, default=0.0),  # at work, until the end of that epoch
    Column("changes", Integer, nullable=False, default=0),
    Column("taken", CleanText, nullable=False, default=""),  # what the files that were sent were made of
)
