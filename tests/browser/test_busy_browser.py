"""What the user does is done, and done once: in a browser that is busy, and by an impatient hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, wait_until
from tests.browser.test_main_job import button
from tests.browser.test_reload_and_tabs import LONG_RUN, query, slider, train, wait_for_epochs, wait_for_state

pytestmark = pytest.mark.browser

# Longer than a page waits between two looks at a run, so that its timer is overdue when the browser has time again.
BUSY = "milliseconds => setTimeout(() => { const end = performance.now() + milliseconds; while (performance.now() < end); }, 0)"


def told(server: Server, run: str, field: str) -> int:
    """How often the run was told to change this field; a standing order included."""
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        return sum(change.field == field for change in store.changes(run)) + (field in store.orders(run))


def runs_of(server: Server) -> int:
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        return len(store.runs())


def test_a_slider_moved_in_a_busy_moment_reaches_the_run(quiet_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    train(page)
    run = query(page)["run"][0]
    slider(page, "Learning rate").focus()
    for number, key in enumerate(["ArrowLeft", "ArrowRight"] * 5, start=1):
        page.keyboard.press(key)
        page.evaluate(BUSY, 1000)
        wait_until(partial(_told, quiet_server, run, number), 10, f"change {number} of the learning rate")


def _told(server: Server, run: str, times: int) -> bool:
    return told(server, run, "lr") >= times


def test_a_button_pressed_in_a_busy_moment_counts_once(quiet_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{quiet_server.url}/?data=nile&epochs=2&patience=0")
    expect(button(page, "Train")).to_be_enabled(timeout=SLOW * 1000)
    button(page, "Train").click()
    wait_for_state(page, "Done")
    for _ in range(3):
        before, shown = runs_of(quiet_server), query(page)["run"]
        page.wait_for_timeout(500)  # the page at rest has set its own timer
        box = button(page, "Train").bounding_box()
        assert box is not None
        page.evaluate(BUSY, 2500)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        wait_until(lambda: query(page)["run"] != shown, SLOW, "the new run")  # noqa: B023
        wait_for_state(page, "Done")
        page.wait_for_timeout(1000)
        assert runs_of(quiet_server) == before + 1, "one press was taken for two"


@pytest.mark.parametrize("milliseconds", [20, 100, 180])
def test_a_double_click_starts_one_run(quiet_server: Server, open_page: Callable[..., Page], milliseconds: int) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    expect(button(page, "Train")).to_be_enabled(timeout=SLOW * 1000)
    before, box = runs_of(quiet_server), button(page, "Train").bounding_box()
    assert box is not None
    for _ in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(milliseconds)
    wait_for_epochs(page, 3)
    assert runs_of(quiet_server) == before + 1
    with Store(f"sqlite:///{quiet_server.folder / 'unroll.sqlite'}") as store:
        assert [run.id for run in store.runs() if run.active] == query(page)["run"]
