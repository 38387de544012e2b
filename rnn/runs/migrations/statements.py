"""Statements that change a table, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, text
from sqlalchemy.schema import CreateColumn


def add_column(connection: Connection, table: str, column: Column[Any]) -> None:
    """Add a column; one that may not be NULL needs a server_default, which the rows that are there get."""
    Table(table, MetaData(), column)  # a column is written down as one of a table
    connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {CreateColumn(column).compile(connection)}"))
