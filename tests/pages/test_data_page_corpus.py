"""Hostile files and links on the Data page: every tab, every remedy, and Train after it; never an error of the program."""

from __future__ import annotations

import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rnn.runs.packing import file_hash
from rnn.runs.runner import runner
from tests.data.hostile_files import FILES
from tests.pages.conftest import link_value

FINDINGS, *OTHER_TABS = ("Findings and repairs", "Split and scaling", "A closer look", "Rows")
READ = ("missing_but_one.csv", "markdown_names.csv", "one_moment.csv", "tiny.csv", "spoilt.csv", "nested.parquet")
REFUSED = ("one_row.csv", "deep.json")


def well(app: AppTest) -> AppTest:
    assert not app.exception, [one.message for one in app.exception]
    return app


def keys(app: AppTest, start: str) -> list[str]:
    return [one.key for one in app.button if one.key and one.key.startswith(start)]


def look_at_tabs(app: AppTest) -> None:
    for tab in (*OTHER_TABS, FINDINGS):
        app.session_state["data_tab"] = tab
        well(app.run())


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_read(open_app, name: str) -> None:
    app = open_app("data/page.py")
    well(app.file_uploader[0].upload(name, FILES[name]()).run())
    assert app.session_state["data"].startswith("file-")
    look_at_tabs(app)
    place = 0
    while place < len(remedies := keys(app, "look-finding")):
        well(app.button(key=remedies[place]).click().run())
        assert keys(app, "repair_apply") or app.error
        if keys(app, "repair_apply"):
            well(app.button(key="repair_apply").click().run())
        place += 1
    look_at_tabs(app)
    while keys(app, "undo-"):
        well(app.button(key="undo-0").click().run())
    assert "repairs" not in app.query_params
    well(app.switch_page("train/page.py").run())


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_refused(open_app, name: str) -> None:
    app = open_app("data/page.py")
    well(app.file_uploader[0].upload(name, FILES[name]()).run())
    assert len(app.error) == 1
    assert app.session_state["data"] == "sunspots"


READINGS = ("[" * 5000, "null", '{"source": "/etc/passwd"}', '{"time": "gone"}', '{"shape": "x"}')
MENDED = ('{"missing_words": [1, 2.5]}', '{"missing_words": null, "rate": "auto", "id": "none"}')


def stored(name: str) -> str:
    content = FILES[name]()
    runner().store.add_file(name, content)
    return f"file-{file_hash(content)}"


@pytest.mark.parametrize("reading", READINGS)
def test_a_link_that_reads_nonsense(open_app, reading: str) -> None:
    app = well(open_app(data=stored("spoilt.csv"), reading=reading))
    assert "way of reading in the link is left out" in app.warning[0].value
    assert app.session_state["data"].startswith("file-")
    assert app.session_state["reading"] == "{}"
    well(app.switch_page("data/page.py").run())


@pytest.mark.parametrize("reading", MENDED)
def test_a_link_that_reads_in_another_spelling(open_app, reading: str) -> None:
    app = well(open_app(data=stored("spoilt.csv"), reading=reading))
    assert not app.warning
    well(app.switch_page("data/page.py").run())


REPAIRS = ("[broken", "[1]", '[{"kind": []}]')


@pytest.mark.parametrize("repairs", REPAIRS)
def test_a_link_with_repairs_that_cannot_be_done(open_app, repairs: str) -> None:
    app = well(open_app(data=stored("spoilt.csv"), repairs=repairs))
    assert "repairs in the link are left out" in app.warning[0].value
    well(app.switch_page("data/page.py").run())


def test_a_link_with_a_repair_of_a_column_that_is_gone(open_app) -> None:
    repairs = json.dumps([{"kind": "fill", "column": "gone", "options": {}}])
    app = well(open_app("data/page.py", data=stored("spoilt.csv"), repairs=repairs))
    assert any("is not used, so nothing to do" in one.value for one in app.markdown)


def test_a_link_to_columns_and_series_that_are_not_there(open_app) -> None:
    data = stored("long_lonely.csv")
    app = well(
        open_app(data=data, target=["gone", "<b>"], input=["calendar: x"], known="q", static="q", id=["all", "q"])
    )
    assert link_value(app, "id") == "all"
    for page in ("data", "forecast", "inside"):
        well(app.switch_page(f"{page}/page.py").run())
    app = well(open_app(data=data, id="lonely"))
    assert not any("repairs" in one.value for one in app.warning)  # its one row is not the repairs' doing
    assert any("Only 1 row" in one.value for one in well(app.switch_page("data/page.py").run()).error)


@pytest.mark.parametrize("data", ["", "file-../../x", "a" * 3000])
def test_a_link_to_data_that_is_not_there(open_app, data: str) -> None:
    app = well(open_app(data=data))
    assert app.session_state["data"] == "sunspots"
    assert bool(app.warning) == bool(data)


def test_nothing_is_left_behind(open_app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file beside the store, no process beside the workers."""
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    work.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.chdir(work)
    app = open_app("data/page.py")
    before = children()
    for name in ("nested.parquet", "tone.wav", "dates.xlsx", "zip_of_two.zip"):
        well(app.file_uploader[0].upload(name, FILES[name]()).run())
    # A worker kept warm goes under our own name until it has begun, and a process that has ended stays until it is waited for.
    deadline = time.monotonic() + 20
    while children() - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert children() - before == set()
    assert [*work.iterdir(), *temporary.iterdir()] == []
    assert {one.name for one in tmp_path.iterdir()} == {"data", "work", "temporary"}


def children() -> set[str]:
    """What the processes that this one started were started with."""
    found: set[str] = set()
    for task in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for child in task.read_text().split():
            with suppress(OSError):  # it has ended meanwhile
                found.add(Path(f"/proc/{child}/cmdline").read_text().replace("\0", " "))
    return {one for one in found if "rnn.runs.worker" not in one}  # kept warm for the next training
