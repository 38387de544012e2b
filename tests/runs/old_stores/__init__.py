"""Stores of older versions, put where a test wants them."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event, insert, make_url, select

HERE = Path(__file__).parent
NAMES = sorted(path.name.removesuffix(".sqlite.gz") for path in HERE.glob("*.sqlite.gz"))


def facts_of(name: str) -> dict[str, Any]:
    """What is in the store, as `make.py` wrote it down."""
    return json.loads((HERE / f"{name}.json").read_text())


def put(name: str, url: str) -> None:
    """Put the store at an address where there is nothing yet. To PostgreSQL its tables and rows are copied one by one, with the
    types that SQLAlchemy would have made of the same tables there."""
    content = gzip.decompress((HERE / f"{name}.sqlite.gz").read_bytes())
    if url.startswith("sqlite"):
        Path(make_url(url).database or "").write_bytes(content)
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "old.sqlite").write_bytes(content)
        source, target = create_engine(f"sqlite:///{folder}/old.sqlite"), create_engine(url)
        tables = MetaData()
        event.listen(tables, "column_reflect", lambda _inspector, _table, column: _make_generic(column))
        with source.connect() as read, target.begin() as write:
            tables.reflect(read)
            tables.create_all(write)
            for table in tables.sorted_tables:
                if rows := [dict(row._mapping) for row in read.execute(select(table))]:
                    write.execute(insert(table), rows)
        source.dispose()
        target.dispose()


def _make_generic(column: dict[str, Any]) -> None:
    column["type"] = column["type"].as_generic()
