"""A server whose store is damaged, or locked in mid-session: sentences, training all the same, and the way back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import Server, health, start_server
from tests.browser.test_main_job import button
from tests.browser.test_pages_look_right import wait_until_settled
from tests.pages.stored_runs import sunspots, trained

pytestmark = pytest.mark.browser

SLOW = 60_000  # milliseconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a store of two runs."""
    with Store(f"sqlite:///{tmp_path / 'unroll.sqlite'}") as store:
        for name in ("of old", "also of old"):
            trained(store, sunspots(), name, hidden=4, epochs=3)
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[int], Server]]:
    started = []

    def start_one(status: int) -> Server:
        started.append(start_server(folder, status=status))
        return started[-1]

    yield start_one
    for server in started:
        server.end()


def test_on_a_damaged_store_one_trains_and_gets_the_old_runs_back(
    folder: Path, start: Callable[[int], Server], open_page: Callable[..., Page]
) -> None:
    path = folder / "unroll.sqlite"
    with path.open("r+b") as file:
        file.write(bytes(100))
    server = start(503)
    assert f"The store {path} is damaged" in health(server.url)[1]
    page = open_page(f"{server.url}/?data=nile&hidden=4&epochs=3&patience=0&seeds=1")
    notice = page.locator(".st-key-store_notice")
    expect(notice).to_contain_text(f"The store {path} is damaged (file is not a database).", timeout=SLOW)
    expect(notice).to_contain_text("kept only until the server ends")
    expect(button(page, "Train")).to_be_enabled(timeout=SLOW)
    button(page, "Train").click()
    expect(page.get_by_test_id("stProgress").first).to_contain_text("Done", timeout=SLOW)
    button(page, "Set the file aside and save what can be read").click(timeout=SLOW)
    outcome = page.locator(".st-key-store_outcome")
    expect(outcome).to_contain_text("Saved 2 of 2 runs.", timeout=SLOW)
    expect(outcome).to_contain_text("The run of the temporary store came along.")
    expect(notice).to_have_count(0)
    expect(page.get_by_test_id("stProgress").first).to_contain_text("Done")
    assert health(server.url)[0] == 200
    with Store(f"sqlite:///{path}") as store:
        assert {"of old", "also of old"} < {run.name for run in store.runs()} and len(store.runs()) == 3
    (aside,) = folder.glob("unroll.damaged-*.sqlite")
    assert aside.read_bytes()[:100] == bytes(100)
    page.get_by_role("link", name="Runs").first.click()
    expect(page.locator("[data-testid='stDataFrame']")).to_be_visible(timeout=SLOW)
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_store_that_is_locked_in_mid_session_is_a_sentence_and_the_page_comes_back(
    folder: Path, start: Callable[[int], Server], open_page: Callable[..., Page]
) -> None:
    server = start(200)
    page = open_page(f"{server.url}/runs")
    table = page.locator("[data-testid='stDataFrame']").first
    expect(table).to_be_visible(timeout=SLOW)
    wait_until_settled(page, 0)
    name = page.get_by_label("Name", exact=True)
    with closing(sqlite3.connect(folder / "unroll.sqlite", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        name.fill("another name")
        name.press("Enter")
        trouble = page.locator(".st-key-store_trouble")
        expect(trouble).to_contain_text("The store cannot be written: another program holds it locked", timeout=SLOW)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(trouble).to_have_count(0, timeout=SLOW)
    expect(table).to_be_visible()
    wait_until_settled(page, 0)
    expect(name).to_have_count(1)
    name.fill("another name")
    name.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    with Store(f"sqlite:///{folder / 'unroll.sqlite'}") as store:
        page.wait_for_timeout(3000)
        assert "another name" in {run.name for run in store.runs()}
    assert page.problems == []  # type: ignore[attr-defined]
