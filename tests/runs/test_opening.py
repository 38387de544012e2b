"""Opening a store: a sound one quickly, and each thing that can be wrong with one in a sentence."""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs import opening
from rnn.runs.stand_in import TemporaryStore, store_or_stand_in
from rnn.runs.store import Store, StoreError

ROOT = Path(__file__).resolve().parents[2]
PAGE = 4096


@pytest.fixture
def path(data_dir: Path, series: Series) -> Path:
    """A store with a run in it, as one file; not open."""
    with Store() as store:
        store.add_run(Config(hidden=4), store.add_series(series), session="a", name="kept")
    return data_dir / "unroll.sqlite"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """No long wait for other programs."""
    monkeypatch.setattr("rnn.runs.opening.OPENING_SECONDS", 0.3)
    monkeypatch.setattr("rnn.runs.database.OPENING_SECONDS", 0.3)
    return 0.3


def trouble(url: str | None = None) -> StoreError:
    """Opening must fail, in a sentence that names the file and not the machinery."""
    with pytest.raises(StoreError) as caught:
        Store(url).close()
    sentence = str(caught.value)
    assert sentence.endswith(".") and "sqlalche" not in sentence and "\n" not in sentence and "  " not in sentence
    return caught.value


def overwrite(path: Path, place: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


def test_a_sound_store_opens_with_what_is_in_it(path: Path) -> None:
    with Store() as store:
        assert [run.name for run in store.runs()] == ["kept"]


def test_an_empty_file_becomes_a_store(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "unroll.sqlite").touch()
    with Store() as store:
        assert store.runs() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("date,sales\n2024-01-01,3\n" * 400, encoding="utf-8"),
        lambda path: overwrite(path, 0, bytes(100)),
        lambda path: overwrite(path, 0, random.Random(1).randbytes(PAGE)),
        lambda path: os.truncate(path, path.stat().st_size // 2),
        lambda path: os.truncate(path, 3 * PAGE + 100),
        lambda path: os.truncate(path, 50),
        lambda path: overwrite(path, PAGE, random.Random(2).randbytes(path.stat().st_size - PAGE)),
    ],
    ids=["another file", "no header", "first page", "half", "three pages", "stub", "all but the first page"],
)  # fmt: skip
def test_a_damaged_file_is_named_with_the_way_to_save_what_is_left(path: Path, damage) -> None:
    damage(path)
    content = path.read_bytes()
    found = trouble()
    assert str(found).startswith(f"The store {path} is damaged (") and "python -m rnn store salvage" in str(found)
    assert found.kind == "damaged" and found.path == path and found.salvageable
    assert path.read_bytes() == content, "nothing is written to a damaged file"


def test_damage_at_either_end_of_any_table_is_seen(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, rootpage FROM sqlite_master WHERE type = 'table' AND name IN ('runs', 'epochs', 'series', 'kept')"
        roots = connection.execute(query).fetchall()
    whole = path.read_bytes()
    for name, root in roots:
        path.write_bytes(whole)
        overwrite(path, (root - 1) * PAGE, random.Random(root).randbytes(PAGE))
        assert trouble().kind == "damaged", name


def test_a_folder_in_its_place(data_dir: Path) -> None:
    (data_dir / "unroll.sqlite").mkdir(parents=True)
    found = trouble()
    assert str(found).startswith(f"The store {data_dir / 'unroll.sqlite'} is a folder and should be a file.")
    assert not found.salvageable


def test_a_database_of_another_program_is_left_alone(data_dir: Path) -> None:
    data_dir.mkdir()
    path = data_dir / "unroll.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    found = trouble()
    assert "belongs to another program: it has a table 'bookmarks' and none of Unroll's" in str(found)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_file_where_its_folder_should_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "occupied").write_text("")
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path / "occupied" / "data"))
    assert "cannot be made" in str(trouble())


def test_a_locked_file_is_waited_for_briefly(path: Path, short: float) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        found = trouble()
        assert 0.2 < time.monotonic() - began < 5
        assert found.kind == "locked" and "another program has held it for more than 0.3 s" in str(found)
        holder.execute("ROLLBACK")
        Store().close()


def test_afterwards_writes_wait_as_long_as_ever(path: Path) -> None:
    with Store() as store, store.read() as one, store.read() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[1])
import rnn
from rnn.runs.store import Store, StoreError  # before the right to read them goes
os.setgid(65534); os.setuid(65534)
try:
    Store().close()
except StoreError as error:
    print(error.kind, error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="Another user can only be become by root.")
@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o644), (0o755, 0o666), (0o777, 0o444), (0o777, 0o000)])
def test_without_the_right_to_write(path: Path, folder: int, file: int, tmp_path: Path) -> None:
    open_to_all = Path(shutil.copytree(path.parent, f"/tmp/unroll-rights-{os.getpid()}"))
    try:
        (open_to_all / "unroll.sqlite").chmod(file)
        open_to_all.chmod(folder)
        environment = {**os.environ, "UNROLL_DATA_DIR": str(open_to_all)}
        command = [sys.executable, "-c", AS_NOBODY, str(ROOT)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/")
        assert done.stdout.startswith(f"read-only The store {open_to_all / 'unroll.sqlite'} cannot be written: "), done
    finally:
        shutil.rmtree(open_to_all)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("No disk can be mounted here.")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNROLL_DATA_DIR", str(small_disk))
    filling = small_disk / "filling"
    for before in ("no store yet", "a store"):
        with filling.open("wb", buffering=0) as file, pytest.raises(OSError):
            while True:
                file.write(bytes(PAGE))
        found = trouble()
        assert found.kind == "full" and "the disk is full. Free some space" in str(found), before
        with store_or_stand_in() as store:
            assert isinstance(store, TemporaryStore) and store.trouble.kind == "full"
        filling.unlink()
        for old in small_disk.iterdir():
            old.unlink()
        shutil.copy(path, small_disk / "unroll.sqlite")
    Store().close()


def test_a_newer_store(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE about SET value = '99' WHERE key = 'schema_version'")
        connection.commit()
    found = trouble()
    assert found.kind == "newer" and "newer Unroll" in str(found) and not found.salvageable


def test_postgres_that_refuses(postgres_server: str) -> None:
    url = make_url(postgres_server)
    nobody = url.set(username="nobody_of_that_name", password="s3cret")
    assert "has no user 'nobody_of_that_name'" in str(trouble(nobody.render_as_string(hide_password=False)))
    nowhere = url.set(database="no_such_database")
    found = trouble(nowhere.render_as_string(hide_password=False))
    assert "the server has no database 'no_such_database'. Make it (`createdb no_such_database`)" in str(found)


def test_postgres_that_does_not_answer(short: float) -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = trouble(f"postgresql://u:s3cret@127.0.0.1:{port}/runs")
    assert "s3cret" not in str(found) and f"nothing answers at 127.0.0.1:{port}" in str(found) and found.kind == "gone"
    found = trouble("postgresql://u:s3cret@no-such-host.invalid/runs")
    assert "no host of that name is found" in str(found) and "s3cret" not in str(found)
    with socket.socket() as deaf:  # takes connections and says nothing
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        began = time.monotonic()
        found = trouble(f"postgresql://u:s3cret@127.0.0.1:{deaf.getsockname()[1]}/runs")
        assert found.kind == "gone" and time.monotonic() - began < 15


def test_in_its_place_one_can_train(path: Path) -> None:
    overwrite(path, 0, bytes(100))
    with store_or_stand_in() as store:
        assert isinstance(store, TemporaryStore) and store.trouble.salvageable
        folder = store.folder
        assert folder.is_dir() and not folder.is_relative_to(path.parent)
        assert store.runs() == []
    assert not folder.exists()


def test_from_code_there_is_the_sentence(path: Path) -> None:
    overwrite(path, 0, bytes(100))
    with pytest.raises(StoreError, match="is damaged"):
        rnn.list_runs()


def test_opening_a_sound_store_reads_little_of_it(path: Path) -> None:
    """Counted in SQLite's own steps: a scan of the epochs, of which there are many, would take one or more for each."""
    with Store() as store, store.write() as connection:
        run_id = store.runs()[0].id
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
        connection.exec_driver_sql(f"INSERT INTO epochs (run_id, epoch) {numbers} SELECT '{run_id}', i FROM n")
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 100
        return 0

    with Store() as store, store.read() as connection:
        connection.connection.dbapi_connection.set_progress_handler(count, 100)
        assert opening.is_ready(connection)
    assert steps < 20_000
