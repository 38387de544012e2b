"""What is read of a damaged store, held against an undamaged reading of it by SQLite itself."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.attempt import Attempt
from rnn.runs.ledger import worker_name
from rnn.runs.salvage import Receipt, salvage, set_aside
from rnn.runs.schema import epochs, metadata
from rnn.runs.store import Store
from tests.runs.old_stores import NAMES, put

Rows = dict[str, dict[tuple[object, ...], tuple[object, ...]]]  # table → key → row
PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with eight trained runs on three series, each of another size; its log is part of the file already."""
    path = tmp_path_factory.mktemp("sound") / "unroll.sqlite"
    rng = np.random.default_rng(7)
    with Store(f"sqlite:///{path}") as store:
        for k in range(3):
            file = store.add_file(f"file {k}.csv", rng.bytes(9_000 * k + 50))
            series = Series(np.arange(120.0), rng.random((120, 1)), ("y",), ("y",), f"series {k}")
            store.add_series(series, file_hash=file, reading={"data": f"made {k}", "repairs": []})
            for n in range(3 if k else 2):
                config = Config(
                    hidden=8 * (n + 1), window=8, batch=32, epochs=6, patience=None, cell=("elman", "lstm")[n % 2]
                )
                run_id = store.add_run(config, store.add_series(series), session="a", name=f"run {k}.{n}")
                store.annotate(run_id, f"a note of {k}.{n}")
                store.tag(run_id, [f"tag {n}"])
                run = store.claim_next(worker := worker_name("test"))
                assert run is not None
                Attempt(store, run, worker, store.series).work()
        # Enough epochs for a table of several levels.
        with store.write() as connection:
            names = [column.name for column in epochs.columns][2:]
            rows = [{"run_id": run_id, "epoch": e, **dict.fromkeys(names, e / 7)} for e in range(7, 4_000)]
            connection.execute(insert(epochs), rows)
    return path


def rows_of(path: Path) -> Rows:
    """All rows, as SQLite reads them."""
    found: Rows = {}
    with closing(sqlite3.connect(path)) as connection:
        for table in metadata.sorted_tables:
            keys = [column.name for column in table.primary_key]
            names = [column.name for column in table.columns]
            cursor = connection.execute(f'SELECT {", ".join(names)} FROM "{table.name}"')
            found[table.name] = {tuple(row[names.index(key)] for key in keys): row for row in cursor}
    return found


def pages_of_rows(path: Path) -> dict[str, dict[tuple[object, ...], list[int]]]:
    """Table → key of a row → the pages that it stands on, the first one first, as SQLite's own `dbstat` tells them."""
    found: dict[str, dict[tuple[object, ...], list[int]]] = {}
    with closing(sqlite3.connect(path)) as connection:
        try:
            connection.execute("SELECT 1 FROM dbstat LIMIT 1").fetchall()
        except sqlite3.OperationalError:
            pytest.skip("This SQLite does not tell which pages a table has (dbstat).")
        for table in metadata.sorted_tables:
            query = "SELECT path, pageno, pagetype, ncell FROM dbstat WHERE name = ? ORDER BY path"
            pages = connection.execute(query, (table.name,)).fetchall()
            further: dict[str, list[int]] = {}
            for place, number, kind, _ in pages:
                if kind == "overflow":
                    further.setdefault(place.partition("+")[0], []).append(number)
            names = ", ".join(column.name for column in table.primary_key)
            keys = iter(connection.execute(f'SELECT {names} FROM "{table.name}" ORDER BY rowid').fetchall())
            of_table = found[table.name] = {}
            for place, number, _, cells in (page for page in pages if page[2] == "leaf"):
                for cell in range(cells):
                    of_table[next(keys)] = [number, *further.get(f"{place}{cell:03x}", ())]
            assert next(keys, None) is None
    return found


def copy_of(sound: Path, folder: Path) -> Path:
    return Path(shutil.copy(sound, folder / "unroll.sqlite"))


def spoil(path: Path, pages: set[int], rng: random.Random) -> None:
    """Overwrite whole pages, some with noise and some with nothing."""
    with path.open("r+b") as file:
        for number in sorted(pages):
            file.seek((number - 1) * PAGE)
            file.write(rng.randbytes(PAGE) if rng.random() < 0.7 else bytes(PAGE))


def saved_from(path: Path, folder: Path) -> tuple[Receipt, Rows]:
    """What comes into a new store, which has to be sound in itself; the damaged file has to stay as it is."""
    before = path.read_bytes()
    with Store(f"sqlite:///{folder / 'new.sqlite'}") as store:
        receipt = salvage(path, store)
    assert path.read_bytes() == before
    with closing(sqlite3.connect(folder / "new.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return receipt, rows_of(folder / "new.sqlite")


def test_of_a_sound_store_everything_comes(sound: Path, tmp_path: Path) -> None:
    receipt, rows = saved_from(sound, tmp_path)
    assert rows == rows_of(sound)
    assert len(receipt.saved) == 8 and not receipt.lost and not receipt.missing
    assert receipt.sentence.startswith("Saved 8 of 8 runs. The damaged file is kept as ")


@pytest.mark.parametrize("seed", range(30))
def test_what_stands_on_sound_pages_comes_as_it_was(sound: Path, tmp_path: Path, seed: int) -> None:
    rng, truth, pages = random.Random(seed), rows_of(sound), pages_of_rows(sound)
    path = copy_of(sound, tmp_path)
    count = path.stat().st_size // PAGE
    # The first page, every root and every node may be among them.
    spoiled = set(rng.sample(range(1, count + 1), rng.choice([1, 2, 5, count // 10, count // 3])))
    spoil(path, spoiled, rng)
    receipt, rows = saved_from(path, tmp_path)

    def is_sound(table: str, key: tuple[object, ...]) -> bool:
        return not spoiled & set(pages[table][key])

    series = {key[0] for key in truth["series"] if is_sound("series", key)}
    series_of = {
        key[0]: row[list(metadata.tables["runs"].columns.keys()).index("series_hash")]
        for key, row in truth["runs"].items()
    }
    whole = {key[0] for key in truth["runs"] if is_sound("runs", key) and series_of[key[0]] in series}
    assert whole <= set(receipt.saved)
    for table, found in rows.items():
        for key, row in found.items():
            # Of a record that goes over several pages no one can tell whether the last of them is what it was.
            last = pages[table].get(key, [0])[-1:] if len(pages[table].get(key, ())) > 1 else []
            if table != "about" and not (table in CANNOT_TELL and spoiled & set(last)):
                assert row == truth[table][key] or (table == "series" and row[1] is None), (table, key)
    for table in ("epochs", "snapshots", "kept_arrays", "flow", "files", "series"):
        for key in truth[table]:
            if is_sound(table, key) and (table in ("files", "series") or key[0] in receipt.saved):
                assert key in rows[table], (table, key)


CANNOT_TELL = ("snapshots", "kept_arrays", "flow")


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_store_of_an_older_version_comes_as_its_migration_would_have_made_it(
    name: str, tmp_path: Path
) -> None:
    put(name, f"sqlite:///{tmp_path / 'sound.sqlite'}")
    path = Path(shutil.copy(tmp_path / "sound.sqlite", tmp_path / "unroll.sqlite"))
    with path.open("r+b") as file:
        file.write(bytes(100))  # the catalogue, behind the header, stays
    receipt, _ = saved_from(path, tmp_path)
    with (
        Store(f"sqlite:///{tmp_path / 'sound.sqlite'}") as migrated,
        Store(f"sqlite:///{tmp_path / 'new.sqlite'}") as store,
    ):
        assert set(receipt.saved) == {run.id for run in migrated.runs()} and not receipt.lost
        listed = [{row.id: (row.cell, row.leaks, row.best_rmse) for row in one.shelf()} for one in (migrated, store)]
        assert listed[0] == listed[1] and all(row[0] for row in listed[0].values())
        for run in migrated.runs():
            mine = store.run(run.id)
            assert mine is not None and (mine.config, mine.best_rmse) == (run.config, run.best_rmse)
            assert (mine.state, run.state) == ("interrupted", "running") or mine.state == run.state
            assert store.epochs(run.id) == migrated.epochs(run.id)
            one, other = migrated.checkpoint(run.id), store.checkpoint(run.id)
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                assert one.meta == other.meta and one.arrays.keys() == other.arrays.keys()
                assert all(np.array_equal(one.arrays[key], other.arrays[key]) for key in one.arrays)


def test_nothing_is_overwritten_by_a_file_that_is_set_aside(sound: Path, tmp_path: Path) -> None:
    moment = 1_795_668_120.0
    for content in (b"one", b"two", b"three"):
        for end in ("", "-wal"):
            (tmp_path / f"unroll.sqlite{end}").write_bytes(content + end.encode())
        aside = set_aside(tmp_path / "unroll.sqlite", moment)
        assert aside.read_bytes() == content and (tmp_path / f"{aside.name}-wal").read_bytes() == content + b"-wal"
    assert len(list(tmp_path.iterdir())) == 6


def test_the_log_is_read_up_to_its_last_whole_transaction(sound: Path, tmp_path: Path) -> None:
    """A log that was cut in the middle, as SQLite itself reads it: from a copy, since it changes what it opens."""
    with Store(f"sqlite:///{copy_of(sound, tmp_path)}") as store:
        with store.read() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_autocheckpoint = 0")
        run_id = store.runs()[0].id
        for number in range(6):
            store.annotate(run_id, f"note {number} " + "x" * 3000)
        store.tag(run_id, ["late"])
        files = {end: (tmp_path / f"unroll.sqlite{end}").read_bytes() for end in ("", "-wal")}
    assert len(files["-wal"]) > 8 * PAGE
    for cut in random.Random(5).sample(range(len(files["-wal"])), 8):
        places = tmp_path / f"{cut}-ours", tmp_path / f"{cut}-sqlite"
        for place in places:
            place.mkdir()
            (place / "unroll.sqlite").write_bytes(files[""])
            (place / "unroll.sqlite-wal").write_bytes(files["-wal"][:cut])
        truth = rows_of(places[1] / "unroll.sqlite")
        receipt, rows = saved_from(places[0] / "unroll.sqlite", places[0])
        assert rows == truth and len(receipt.saved) == 8
        assert (places[0] / "unroll.sqlite-wal").read_bytes() == files["-wal"][:cut]


def test_epochs_that_are_lost_are_written_anew_from_the_checkpoint(sound: Path, tmp_path: Path) -> None:
    truth, pages = rows_of(sound), pages_of_rows(sound)
    first = [key for key in truth["epochs"] if key[1] <= 6]
    path = copy_of(sound, tmp_path)
    spoil(path, {pages["epochs"][first[0]][0]}, random.Random(1))
    receipt, rows = saved_from(path, tmp_path)
    assert len(receipt.saved) == 8 and {key: rows["epochs"][key] for key in first} == {
        key: truth["epochs"][key] for key in first
    }


def test_a_run_without_its_series_is_counted_and_stays_behind(sound: Path, tmp_path: Path) -> None:
    truth, pages = rows_of(sound), pages_of_rows(sound)
    path = copy_of(sound, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE series SET meta = replace(meta, 'series 0', 'series X')")  # not what its hash says
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert pages and truth
    receipt, rows = saved_from(path, tmp_path)
    assert len(receipt.lost) == 2 and len(receipt.saved) == 6
    assert f"Saved 6 of 8 runs; 2 could not be read (ids {', '.join(receipt.lost)})." in receipt.sentence
    assert {key[0] for key in rows["epochs"]} == set(receipt.saved)


def test_a_second_time_nothing_comes_twice(sound: Path, tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'new.sqlite'}") as store:
        first, second = salvage(sound, store), salvage(sound, store)
        assert len(store.runs()) == 8
    assert (len(first.saved), len(second.saved), second.known) == (8, 0, first.saved)
    assert second.sentence.startswith("8 runs were in the store already.")
