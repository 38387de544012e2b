"""`python -m rnn store`: a sentence and exit code 2 for a store in trouble, a receipt for one that was saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnn.__main__ import main
from rnn.core.config import Config
from rnn.runs.store import Store
from tests.pages.stored_runs import sunspots


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    return tmp_path / "unroll.sqlite"


@pytest.fixture
def run_id(path: Path) -> str:
    with Store() as store:
        return store.add_run(Config(hidden=4), store.add_series(sunspots()), session="a", name="kept")


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(100))


def test_a_sound_store_is_counted(path: Path, run_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "check"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["store"], told["sound"], told["runs"]) == (str(path), True, 1) and told["bytes"] >= 4096


def test_checking_makes_no_store(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "check"]) == 2
    assert capsys.readouterr().err == f"unroll: There is no store at {path} yet; the first run makes one.\n"
    assert not path.exists()


def test_a_page_in_the_middle_is_found_by_the_check(
    path: Path, run_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store() as store, store.write() as connection:
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        connection.exec_driver_sql(f"INSERT INTO epochs (run_id, epoch) {numbers} SELECT '{run_id}', i FROM n")
    with Store() as store, store.read() as connection:
        leaves = "SELECT pageno FROM dbstat WHERE name = 'epochs' AND pagetype = 'leaf' ORDER BY path"
        try:
            pages = list(connection.exec_driver_sql(leaves).scalars())
        except Exception:
            pytest.skip("This SQLite does not tell which pages a table has (dbstat).")
    with path.open("r+b") as file:
        file.seek((pages[len(pages) // 2] - 1) * 4096)
        file.write(b"\x07" * 4096)
    Store().close()  # opening looks at the ends alone
    assert main(["store", "check"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"unroll: The store {path} is damaged (") and error.count("\n") == 1


def test_a_damaged_store_is_saved(path: Path, run_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "salvage"]) == 2
    assert "is sound: there is nothing to be saved" in capsys.readouterr().err
    damage(path)
    assert main(["store", "salvage"]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert receipt["saved"] == [run_id] and receipt["sentence"].startswith("Saved 1 of 1 runs.")
    aside = Path(receipt["file"])
    assert aside.parent == path.parent and aside.read_bytes()[:100] == bytes(100)
    assert main(["store", "salvage", str(aside)]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == [run_id]
    assert main(["store", "check"]) == 0


def test_a_file_that_is_not_there(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "salvage", "nowhere.sqlite"]) == 2
    assert capsys.readouterr().err.startswith("unroll: There is no file ")
