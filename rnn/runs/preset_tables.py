"""The table of settings that users have saved under a name. Older versions leave it alone."""

from __future__ import annotations

from sqlalchemy import Column, Double, String, Table, Text

from rnn.runs.schema import metadata

# key: the name as it is compared, without regard to capitals. config: JSON.
presets = Table(
    "presets",
    metadata,
    Column("key", String(240), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("config", Text, nullable=False),
    Column("created", Double, nullable=False),
)
