"""How an older store is brought up to date: once, as a whole or not at all, and with a copy beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Double, Integer, create_engine, inspect, text

from rnn.runs import migrations
from rnn.runs.migrations.statements import add_column
from rnn.runs.schema import SCHEMA_VERSION
from rnn.runs.store import Store, StoreError
from tests.runs.old_stores import facts_of, put
from tests.runs.worker_by_hand import FOLDER, the

OLD = "last_of_schema_1"


def look(url: str, query: str) -> list[tuple[object, ...]]:
    """Rows of a database, as they are without Unroll."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


def version_in(url: str) -> str:
    return str(look(url, "SELECT value FROM about WHERE key = 'schema_version'")[0][0])


@pytest.fixture
def open_slowly(bare_url: str) -> Iterator[Callable[[float], subprocess.Popen[str]]]:
    """open_slowly(seconds): a process that opens the store and stops for so long in mid-migration."""
    started: list[subprocess.Popen[str]] = []

    def start(seconds: float) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.runs.slow_migration", f"{seconds:g}"]
        environment = {**os.environ, "UNROLL_DATABASE_URL": bare_url}
        started.append(subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_every_schema_has_its_step() -> None:
    assert len(migrations.STEPS) == SCHEMA_VERSION - 1


def test_of_two_that_open_at_once_one_migrates_and_the_other_waits(
    bare_url: str, open_slowly: Callable[[float], subprocess.Popen[str]]
) -> None:
    put(OLD, bare_url)
    processes = [open_slowly(1.0) for _ in range(3)]
    said = [process.communicate(timeout=60)[0].splitlines() for process in processes]
    opened = f"open with {len(facts_of(OLD)['runs'])} runs"
    assert sorted(said) == [["migrating", "migrated", opened], [opened], [opened]]
    assert version_in(bare_url) == str(SCHEMA_VERSION)


def test_a_process_killed_in_mid_migration_leaves_the_old_store(
    bare_url: str, open_slowly: Callable[[float], subprocess.Popen[str]]
) -> None:
    put(OLD, bare_url)
    process = open_slowly(600)
    assert process.stdout is not None and [process.stdout.readline() for _ in range(2)] == ["migrating\n", "migrated\n"]
    process.kill()
    process.wait()
    assert version_in(bare_url) == "1"
    assert look(bare_url, "SELECT count(*) FROM sketches WHERE tested = 1 AND test_rmse = 1.25") == [(1,)]
    with Store(bare_url) as store:
        assert the(store, facts_of(OLD)["runs"]["finished"]["id"]).test_rmse == 1.25
    assert version_in(bare_url) == str(SCHEMA_VERSION)


def test_a_step_that_fails_leaves_the_old_store(bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(OLD, bare_url)
    *before, today = migrations.STEPS

    def fail(connection: Connection) -> None:
        today(connection)
        raise ArithmeticError("half way")

    monkeypatch.setattr(migrations, "STEPS", [*before, fail])
    with pytest.raises(ArithmeticError):
        Store(bare_url)
    assert version_in(bare_url) == "1" and look(bare_url, "SELECT count(*) FROM sketches") != [(0,)]


def test_a_copy_is_kept_beside_a_file_with_runs(tmp_path: Path) -> None:
    path, copy = tmp_path / "unroll.sqlite", tmp_path / "unroll.before-schema-3.sqlite"
    put(OLD, f"sqlite:///{path}")
    with Store(f"sqlite:///{path}") as store:
        made = copy.stat().st_mtime_ns
        store.rename(facts_of(OLD)["runs"]["finished"]["id"], "renamed")
    assert version_in(f"sqlite:///{copy}") == "1"
    names = look(f"sqlite:///{copy}", "SELECT name FROM runs ORDER BY created")
    assert [name for (name,) in names] == list(facts_of(OLD)["runs"])
    Store(f"sqlite:///{path}").close()
    assert copy.stat().st_mtime_ns == made, "a store that is up to date is not copied"
    assert {file.name for file in tmp_path.iterdir() if "before" in file.name or "part" in file.name} == {copy.name}


def test_without_runs_there_is_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "unroll.sqlite"
    put(OLD, f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM runs"))
    engine.dispose()
    Store(f"sqlite:///{path}").close()
    assert [file.name for file in tmp_path.glob("*.sqlite")] == ["unroll.sqlite"]


def test_where_no_copy_can_be_written_the_store_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "unroll.sqlite"
    put(OLD, f"sqlite:///{path}")
    (tmp_path / "unroll.before-schema-3.sqlite").mkdir()
    with pytest.raises(
        StoreError, match=r"a copy of it is kept as unroll\.before-schema-3\.sqlite.* Make room for 1 MB"
    ):
        Store(f"sqlite:///{path}")
    assert version_in(f"sqlite:///{path}") == "1" and not list(tmp_path.glob("*.part"))
    (tmp_path / "unroll.before-schema-3.sqlite").rmdir()
    Store(f"sqlite:///{path}").close()


def test_a_newer_store_is_refused_before_anything_changes(bare_url: str) -> None:
    engine = create_engine(bare_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE about (key VARCHAR(40) PRIMARY KEY, value TEXT NOT NULL)"))
        connection.execute(text("INSERT INTO about VALUES ('schema_version', '99')"))
    with pytest.raises(StoreError, match="written by a newer Unroll"):
        Store(bare_url)
    assert inspect(engine).get_table_names() == ["about"]
    engine.dispose()


def test_a_column_is_added_to_rows_that_are_there(bare_url: str) -> None:
    """As a new field of Epoch would be: what older runs did not measure is no number, or what the step says."""
    engine = create_engine(bare_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE epochs (epoch INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO epochs VALUES (1)"))
        add_column(connection, "epochs", Column("val_mae", Double))
        add_column(connection, "epochs", Column("repeats", Integer, nullable=False, server_default="1"))
        assert connection.execute(text("SELECT * FROM epochs")).all() == [(1, None, 1)]
    engine.dispose()
