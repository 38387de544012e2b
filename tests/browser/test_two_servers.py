"""Two servers with data folders of their own on one PostgreSQL database: each sees, steers and takes over the other's runs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.records import Run
from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, epochs_done, start_server, wait_until
from tests.browser.test_main_job import button, losses_shown, state, upload
from tests.browser.test_reload_and_tabs import (
    LONG_RUN,
    done_with,
    needs_proc,
    press,
    query,
    train,
    wait_for_epochs,
    wait_for_state,
    workers_of,
)
from tests.postgres import new_database

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def database(postgres_server: str) -> Iterator[str]:
    with new_database(postgres_server) as address:
        yield address


@pytest.fixture(scope="module")
def servers(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """A and B, which know nothing of each other but the database."""
    started = [start_server(tmp_path_factory.mktemp(name), database=database) for name in ("a", "b")]
    yield started[0], started[1]
    for server in started:
        server.end()


@pytest.fixture
def store(database: str, servers: tuple[Server, Server]) -> Iterator[Store]:
    """The database itself, with nothing at work before or after a test."""
    with Store(database) as store:
        yield store
        for run in store.runs():
            if run.active:
                store.command(run.id, "stop")
        wait_until(lambda: not any(run.active for run in store.runs()), SLOW, "the end of all runs")


@pytest.fixture
def open_page(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Two servers, their workers and a browser want more of a machine than there may be: pages are given more time."""

    def _open(url: str, **options: object) -> Page:
        page = open_page(url, **options)
        page.set_default_timeout(2 * SLOW * 1000)
        return page

    return _open


def shown_run(page: Page, store: Store) -> Run:
    run = store.run(query(page)["run"][0])
    assert run is not None
    return run


def worker_of(store: Store, run_id: str) -> int:
    """The process number of the worker that has a run at work; 0 while none has."""
    with store.read() as connection:
        name = connection.exec_driver_sql("SELECT worker FROM runs WHERE id = %(id)s", {"id": run_id}).scalar()
    return int(name.rsplit(":", 2)[1]) if name else 0


@needs_proc
def test_a_run_is_live_on_the_other_server_and_steered_from_there(
    servers: tuple[Server, Server], store: Store, open_page: Callable[..., Page]
) -> None:
    a, b = servers
    listing = open_page(f"{b.url}/runs")
    expect(listing.get_by_text("No run yet")).to_be_visible(timeout=SLOW * 1000)
    first = open_page(f"{a.url}/?{LONG_RUN}")
    train(first)
    run = shown_run(first, store)
    assert worker_of(store, run.id) in workers_of(a)
    # The list on B, which was drawn when there was nothing to come, has it without a reload.
    expect(listing.get_by_test_id("stDataFrame")).to_be_visible(timeout=SLOW * 1000)
    done_with(listing)

    second = open_page(f"{b.url}/?run={run.id}")
    wait_for_epochs(second, 3)
    seen = losses_shown(second)
    wait_until(lambda: losses_shown(second) > max(seen, 5), SLOW, "losses streaming on B")
    assert "Training" in state(second)

    press(second, "Learning rate", "ArrowLeft")
    wait_until(lambda: shown_run(first, store).config.lr == 0.002, SLOW, "A's worker taking B's learning rate")
    expect(first.locator(".st-key-loss_chart .annotation-text")).to_have_text("lr 0.002", timeout=SLOW * 1000)
    assert worker_of(store, run.id) in workers_of(a)

    button(second, "Pause").click()
    wait_for_state(second, "Paused")
    wait_for_state(first, "Paused")
    halted = shown_run(first, store).epoch
    expect(button(second, "Step")).to_be_enabled(timeout=SLOW * 1000)
    button(second, "Step").click()
    wait_until(lambda: shown_run(first, store).epoch == halted + 1, SLOW, "one more epoch")
    wait_for_state(second, "Paused")
    expect(button(second, "Resume")).to_be_enabled(timeout=SLOW * 1000)
    button(second, "Resume").click()
    # A's page had come to rest; it takes the run up again with B's click.
    wait_for_epochs(first, halted + 3)
    wait_for_state(first, "Training")
    button(second, "Stop").click()
    wait_for_state(second, "Stopped")
    wait_for_state(first, "Stopped")
    epochs = [epoch.epoch for epoch in store.epochs(run.id)]
    assert epochs == list(range(1, len(epochs) + 1))
    done_with(first)
    done_with(second)


@needs_proc
def test_what_waits_is_taken_by_whichever_server_has_a_worker_free(
    servers: tuple[Server, Server], store: Store, open_page: Callable[..., Page]
) -> None:
    a, b = servers
    page = open_page(f"{a.url}/?{LONG_RUN}")
    train(page)
    template = shown_run(page, store)
    # All workers of both are given a long run; the next one that B's page asks for waits.
    most = len(os.sched_getaffinity(0)) - 1 or 1
    others = [store.add_run(template.config, template.series_hash, session="other") for _ in range(2 * most - 1)]
    wait_until(lambda: all(worker_of(store, run) for run in others), SLOW, "work for every worker")
    waiting = open_page(f"{b.url}/?{LONG_RUN}")
    expect(button(waiting, "Train")).to_be_enabled(timeout=SLOW * 1000)
    button(waiting, "Train").click()
    wait_for_state(waiting, "Waiting")
    mine = shown_run(waiting, store)
    on_a = next(run for run in (template.id, *others) if worker_of(store, run) in workers_of(a))
    store.command(on_a, "stop")
    wait_for_epochs(waiting, 2)
    assert worker_of(store, mine.id) in workers_of(a), "the worker that was free is A's"
    done_with(waiting)


def test_a_file_uploaded_on_one_server_is_there_on_the_other(
    servers: tuple[Server, Server], store: Store, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    a, b = servers
    own = tmp_path / "umsätze.csv"
    own.write_text("day,sold\n" + "".join(f"2024-{1 + d // 28:02}-{1 + d % 28:02},{100 + d % 7}\n" for d in range(120)))
    page = open_page(f"{a.url}/?hidden=4&epochs=3")
    expect(button(page, "Train")).to_be_enabled(timeout=SLOW * 1000)
    upload(page, own)
    expect(page.get_by_role("heading", name="umsätze · sold")).to_be_visible(timeout=SLOW * 1000)
    link = page.evaluate("() => location.search")
    assert "data=file-" in link
    other = open_page(f"{b.url}/{link}")
    expect(other.get_by_role("heading", name="umsätze · sold")).to_be_visible(timeout=SLOW * 1000)
    expect(button(other, "Train")).to_be_enabled(timeout=SLOW * 1000)
    button(other, "Train").click()
    wait_for_state(other, "Done")
    assert len(store.series(shown_run(other, store).series_hash)) == 120
    done_with(other)


@needs_proc
def test_a_killed_server_s_run_reads_interrupted_on_the_other_which_ends_it(
    servers: tuple[Server, Server], database: str, store: Store, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    _, b = servers
    killed = start_server(tmp_path, database=database)
    try:
        page = open_page(f"{killed.url}/?{LONG_RUN}")
        train(page)
        run = shown_run(page, store)
        wait_until(lambda: shown_run(page, store).epoch >= 5, SLOW, "five epochs")
        processes = [killed.process.pid, *workers_of(killed)]
        assert worker_of(store, run.id) in processes, "another server's worker has the run"
        other = open_page(f"{b.url}/?run={run.id}")
        wait_for_epochs(other, 5)
        for number in processes:
            os.kill(number, signal.SIGKILL)
        began = time.monotonic()
        wait_for_state(other, "Interrupted")
        assert time.monotonic() - began < 30
        expect(other.get_by_test_id("stMainBlockContainer")).to_contain_text("no sign of life")
        shown = epochs_done(other)
        saved = store.checkpoint(run.id)
        assert saved is not None and saved.epoch <= shown
        button(other, "Resume").click()
        wait_for_epochs(other, shown + 2)
        assert worker_of(store, run.id) in workers_of(b)
        # The page is drawn once more when the run has left the queue; a key that falls into that moment may not be heard.
        other.wait_for_timeout(1500)
        press(other, "Epochs", "Home")
        wait_for_state(other, "Done")
        epochs = [epoch.epoch for epoch in store.epochs(run.id)]
        assert epochs == list(range(1, len(epochs) + 1)) and len(epochs) >= shown
        done_with(other)
    finally:
        killed.end(signal.SIGKILL)
