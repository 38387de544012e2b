"""The Inside page in a real browser: the run played and stepped by keys, dragged back, reloaded, and trained on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, end_all_runs, wait_until
from tests.browser.test_data_page import drag
from tests.browser.test_main_job import button, state
from tests.browser.test_pages_look_right import wait_until_settled
from tests.browser.test_reload_and_tabs import query
from tests.pages.stored_runs import sunspots, trained

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run_id(server: Server) -> str:
    """A finished run of 30 epochs, all of them kept."""
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        return trained(store, sunspots(), "inside", hidden=16, window=12, epochs=30, patience=None).id


@pytest.fixture
def inside(server: Server, open_page: Callable[..., Page], run_id: str) -> Iterator[Callable[..., Page]]:
    """inside(query, width=…): the page of the run, settled; at the end its scripts must have had no problem."""
    pages = []

    def _open(more: str = "", **options: object) -> Page:
        page = open_page(f"{server.url}/inside?run={run_id}{more}", **options)
        pages.append(page)
        handle(page).wait_for(timeout=3 * SLOW * 1000)  # the first page of a server loads everything
        wait_until_settled(page)
        return page

    yield _open
    end_all_runs(server)
    for page in pages:
        assert page.problems == []  # type: ignore[attr-defined]


def handle(page: Page):
    return page.locator("[data-handle=epoch]")


def epoch(page: Page) -> int:
    return round(float(handle(page).get_attribute("aria-valuenow") or "nan"))


def wait_for_epoch(page: Page, number: int) -> None:
    wait_until(lambda: epoch(page) == number, SLOW, f"epoch {number}")


def test_by_keys_alone_the_run_is_stepped_played_and_paused_without_a_remount(inside: Callable[..., Page]) -> None:
    page = inside("&epoch=0")
    assert epoch(page) == 0
    page.keyboard.press("l")
    wait_for_epoch(page, 1)
    page.keyboard.press("j")
    wait_for_epoch(page, 0)
    page.keyboard.press("k")
    wait_until(lambda: epoch(page) >= 4, SLOW, "the run played")
    page.keyboard.press("k")
    expect(page.locator(".st-key-epoch_play button").first).to_be_visible(timeout=SLOW * 1000)
    wait_until_settled(page)
    stands = epoch(page)
    assert 4 <= stands < 30
    page.wait_for_timeout(1500)
    assert epoch(page) == stands, "paused, it stays"
    assert query(page)["epoch"] == [str(stands)]
    page.keyboard.press("Shift+L")
    wait_for_epoch(page, 30)
    handle(page).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    wait_until(lambda: query(page).get("epoch") == ["28"], SLOW, "the handle moved by keys")
    mounts = page.evaluate("window.__unrollMounts")
    assert mounts == {"inside_scrubber": 1, "inside_fit": 1}
    assert page.evaluate("window.__unrollUpdates.inside_fit") > 5


def test_dragged_back_and_reloaded_it_stands_where_it_stood(inside: Callable[..., Page]) -> None:
    page = inside("&look=States&epoch=30")
    drag(page, "epoch", -500)
    wait_until_settled(page)
    stands = epoch(page)
    assert 5 < stands < 25
    wait_until(lambda: query(page).get("epoch") == [str(stands)], SLOW, "the epoch in the address")
    page.get_by_role("button", name="Later").click()
    wait_until(lambda: query(page).get("window_number") == ["2"], SLOW, "the window in the address")
    wait_until_settled(page)
    words = page.locator(".st-key-hidden_chart .unroll-chart").get_attribute("aria-label")
    page.reload()
    handle(page).wait_for(timeout=SLOW * 1000)
    wait_until_settled(page)
    assert epoch(page) == stands
    assert query(page)["window_number"] == ["2"] and query(page)["look"] == ["States"]
    assert page.locator(".st-key-hidden_chart .unroll-chart").get_attribute("aria-label") == words


def test_a_branch_is_opened_on_train_and_resumes_there(
    inside: Callable[..., Page], server: Server, run_id: str
) -> None:
    page = inside("&epoch=7")
    page.get_by_role("button", name="Train on from here").click()
    page.get_by_role("button", name="Make the new run").click()
    wait_until(lambda: query(page).get("run", [run_id]) != [run_id], SLOW, "Train opened")
    expect(button(page, "Resume")).to_be_enabled(timeout=SLOW * 1000)
    assert "Paused" in state(page)
    new = query(page)["run"][0]
    button(page, "Resume").click()
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        wait_until(lambda: store.run(new).state == "done", SLOW, "the branch trained")
        branched, old = store.epochs(new), store.epochs(run_id)
        assert [(one.epoch, one.val_loss) for one in branched] == [(one.epoch, one.val_loss) for one in old]


@pytest.mark.parametrize("section", ["Fit", "Weights"])
def test_on_a_phone_nothing_is_wider_than_the_screen(inside: Callable[..., Page], section: str) -> None:
    page = inside(f"&look={section}", viewport={"width": 390, "height": 844})
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
