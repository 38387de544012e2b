"""The table of settings that users have saved under a name. Older versions leave it alone."""

from __future__ import annotations

from sqlalchemy import Column, Double, Table

from rnn.runs.schema import metadata
from rnn.runs.text_types import CleanString, CleanText

# key: the name as it is compared, without regard to capitals. config: JSON.
presets = Table(
    "presets",
    metadata,
    Column("key", CleanString(240), primary_key=True),
    Column("name", CleanString(60), nullable=False),
    Column("config", CleanText, nullable=False),
    Column("created", Double, nullable=False),
)
