"""A server on a store that cannot be opened: the pages work on a temporary one, and the buttons lead back."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest

from rnn.runs import changeover
from rnn.runs.runner import Runner, runner
from rnn.runs.stand_in import TemporaryStore
from rnn.runs.store import Store
from tests.pages.stored_runs import sunspots, trained

PAGES = ("train", "data", "forecast", "race", "runs", "inside", "learn")


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Runs are trained in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)
    changeover.forget()
    yield
    changeover.forget()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def damaged(folder):
    """A store of two runs whose first bytes are lost."""
    with Store(f"sqlite:///{folder / 'unroll.sqlite'}") as store:
        ids = [trained(store, sunspots(), name, hidden=4, epochs=2).id for name in ("one", "two")]
    with (folder / "unroll.sqlite").open("r+b") as file:
        file.write(bytes(100))
    return ids


def plain(elements):
    return " ".join(one.value for one in elements).replace("\\", "")


def button(app, key):
    return next(one for one in app.button if one.key == key)


def press(app, key):
    """Press it, and wait until what it began is over."""
    button(app, key).click().run()
    deadline = time.monotonic() + 30
    while (step := changeover.last_step()) is not None and not step.over:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    app.run()
    assert not app.exception


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_says_what_is_wrong(open_app, folder, page):
    folder.mkdir()
    damaged(folder)
    app = open_app(None if page == "train" else f"{page}/page.py")
    assert not app.exception
    said = plain(app.warning)
    assert f"The store {folder / 'unroll.sqlite'} is damaged (file is not a database)." in said
    assert "temporary store" in said and "only until the server ends" in said and "Take away" in said
    assert {"store_reopen", "store_save"} <= {one.key for one in app.button}


def test_what_can_be_read_is_saved_by_a_button_and_the_temporary_runs_come_along(open_app, folder):
    folder.mkdir()
    old = damaged(folder)
    app = open_app("runs/page.py")
    temporary = runner().store
    assert isinstance(temporary, TemporaryStore) and temporary.runs() == []
    new = trained(temporary, sunspots(), "meanwhile", hidden=4, epochs=2)
    press(app, "store_save")
    assert "Saved 2 of 2 runs" in plain(app.success) and "came along" in plain(app.success) and not app.warning
    assert {run.id for run in runner().store.runs()} == {*old, new.id}
    assert runner().store.epochs(new.id) and not temporary.folder.exists()
    (aside,) = folder.glob("unroll.damaged-*.sqlite")
    assert aside.read_bytes()[:100] == bytes(100)
    assert sorted(app.dataframe[0].value["name"]) == ["meanwhile", "one", "two"]
    button(app, "store_close").click().run()
    assert not app.success


def test_while_nothing_has_changed_another_try_says_so_again(open_app, folder):
    folder.mkdir()
    damaged(folder)
    app = open_app()
    before = runner().store
    press(app, "store_reopen")
    assert "is damaged" in plain(app.error) and runner().store is before and before.folder.is_dir()


def test_a_store_that_is_well_again_is_gone_over_to(open_app, folder):
    folder.mkdir()
    place = folder / "unroll.sqlite"
    place.mkdir()
    app = open_app()
    assert "is a folder and should be a file" in plain(app.warning)
    assert "store_save" not in {one.key for one in app.button}
    temporary = runner().store
    run = trained(temporary, sunspots(), "meanwhile", hidden=4, epochs=2)
    place.rmdir()
    press(app, "store_reopen")
    assert not app.warning and "can be used again. The run of the temporary store came along." in plain(app.success)
    with Store(f"sqlite:///{place}") as store:
        assert store.fit(run.id).metrics == trained_metrics(run, store)
    assert not temporary.folder.exists()


def trained_metrics(run, store):
    """Of the same training done anew."""
    import rnn

    return rnn.fit(run.config, store.series(run.series_hash)).metrics


def test_a_store_that_is_damaged_in_mid_session_is_a_sentence_with_ways_out(open_app, folder):
    app = open_app("runs/page.py")
    store = runner().store
    trained(store, sunspots(), "before", hidden=4, epochs=2)
    store.close()
    with closing(sqlite3.connect(folder / "unroll.sqlite")) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs'").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (folder / "unroll.sqlite").open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    store.close()
    app.run()
    assert not app.exception
    assert "it is damaged" in plain(app.error)
    press(app, "store_trouble_leave")
    assert isinstance(runner().store, TemporaryStore) and not app.error
    assert "You work in a temporary store".replace("temporary store", "**temporary store**") in plain(app.warning)
    press(app, "store_save")
    assert "Saved 0 of 1 runs; 1 could not be read" in plain(app.success)
