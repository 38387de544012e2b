"""Statements that change a table, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, text
from sqlalchemy.schema import CreateColumn


def add_column(connection: Connection, table: str, column: Column[Any]) -> None:
    """Add a column; one that may not be NULL needs a server_default, which the rows that are there get."""
    Table(table, MetaData(), column)  # a column is written down as one of a table
    connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {CreateColumn(column).compile(connection)}"))


def drop_columns_of_cache(connection: Connection, table: str, *names: str) -> None:
    """Drop columns of a table whose rows are made anew wherever they are missed: where SQLite is of before 3.35, which drops no
    columns, the whole table goes."""
    if connection.dialect.name == "sqlite" and sqlite3.sqlite_version_info < (3, 35):
        connection.execute(text(f"DROP TABLE {table}"))
        return
    for name in names:
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {name}"))
