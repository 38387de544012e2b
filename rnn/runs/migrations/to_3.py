"""Schema 3: what the list shows of a run's config stands beside the run, so that it reads the JSON of none.

In schema 2 it stood in the small curves, `sketches`, and of a run without one the whole config had to be read. For some commits
stores were made with these columns in `runs` already that still said 2: what is there is left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Column, Connection, Integer, String, inspect, text

from rnn.runs.migrations.statements import add_column, drop_columns_of_cache


def to_3(connection: Connection) -> None:
    """`runs` gains cell, leaks and has_test, read from the configs, and `sketches` loses them."""
    columns = [
        Column("cell", String(20), nullable=False, server_default=""),
        Column("leaks", Integer, nullable=False, server_default="0"),
        Column("has_test", Integer, nullable=False, server_default="0"),
    ]
    known = _columns(connection, "runs")
    for column in columns:
        if column.name not in known:
            add_column(connection, "runs", column)
    write_facts(connection, connection.execute(text("SELECT id FROM runs")).scalars().all())
    if inspect(connection).has_table("sketches"):  # the first stores have none
        gone = _columns(connection, "sketches") & {column.name for column in columns}
        drop_columns_of_cache(connection, "sketches", *sorted(gone))


def write_facts(connection: Connection, run_ids: Iterable[str]) -> None:
    """Fill these columns of some runs from their configs."""
    change = text("UPDATE runs SET cell = :cell, leaks = :leaks, has_test = :has_test WHERE id = :id")
    for run_id in run_ids:
        config = connection.execute(text("SELECT config FROM runs WHERE id = :id"), {"id": run_id}).scalar_one()
        connection.execute(change, {"id": run_id, **_facts_of(json.loads(config))})


def _columns(connection: Connection, table: str) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(table)}


def _facts_of(config: dict[str, object]) -> dict[str, object]:
    """What an older config does not say was not there to be chosen: no test part, and a scaler of the training part."""
    leaks = config.get("scaler_rows") == "all" and config.get("scaling") != "none"
    return {"cell": config["cell"], "leaks": int(leaks), "has_test": int(bool(config.get("test")))}
