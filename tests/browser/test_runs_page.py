"""Runs as a shelf, in a real browser: found, compared, named, pinned, deleted and brought back; the address carries it all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from rnn.core.config import Config
from rnn.data import load_sample
from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, wait_until
from tests.browser.test_main_job import button
from tests.browser.test_pages_look_right import wait_until_settled
from tests.browser.test_reload_and_tabs import query

pytestmark = pytest.mark.browser

QUICK = Config(hidden=4, window=12, epochs=6, patience=None, seed=1)
READING = {"data": "nile", "targets": ["volume"], "inputs": [], "choices": {}}


@pytest.fixture(scope="module")
def shelf(server: Server) -> Iterator[Store]:
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        yield store


@pytest.fixture
def two_runs(shelf: Store) -> Iterator[tuple[str, str]]:
    """Trained by the server's worker."""
    series = load_sample("nile").series(target="volume")
    key = shelf.add_series(series, reading=READING)
    ids = [shelf.add_run(QUICK.replace(cell=cell), key, session="b", name=f"shelf {cell}") for cell in ("gru", "elman")]
    wait_until(lambda: all((run := shelf.run(one)) and run.state == "done" for one in ids), SLOW, "the two runs")
    yield ids[0], ids[1]
    for one in ids:
        shelf.delete(one)


def tick(page: Page, row: int) -> None:
    """The mark at the beginning of a row of the table, counted from 0 below its heading."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 36 * (row + 1) + 18)


def names_shown(page: Page) -> list[str]:
    return page.get_by_role("textbox", name="Name", exact=True).evaluate_all("all => all.map(one => one.value)")


def find(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Find runs")
    field.fill(text)
    field.press("Enter")
    wait_until(
        lambda: query(page).get("find", [""]) == [text] if text else "find" not in query(page), SLOW, "the filter"
    )
    wait_until_settled(page, 0)


def test_runs_are_found_and_compared_and_the_address_says_which(
    server: Server, two_runs: tuple[str, str], open_page: Callable[..., Page]
) -> None:
    gru, elman = two_runs
    page = open_page(f"{server.url}/runs")
    wait_until_settled(page, 0)
    find(page, "shelf")
    for row in (0, 1):
        if query(page).get("runs", [""])[0].count(",") == 0:
            tick(page, row)
            wait_until_settled(page, 0)
    wait_until(lambda: set(query(page).get("runs", [""])[0].split(",")) == {gru, elman}, SLOW, "both in the address")
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_visible(timeout=SLOW * 1000)
    wait_until_settled(page, 3)
    names = "() => [...document.querySelector('.st-key-compare_losses .js-plotly-plot').data].map(one => one.name)"
    assert set(page.evaluate(names)) == {"gru", "elman"}  # “shelf” begins both
    assert "Cell" in page.locator(".st-key-compare_parallel").inner_text()
    expect(page.get_by_text("Differences only")).to_be_visible()
    page.get_by_role("slider", name="Smoothing").press("ArrowRight")
    title = page.locator(".st-key-compare_losses .ytitle")
    expect(title).to_contain_text("smoothed over 2 epochs", timeout=SLOW * 1000)
    wait_until_settled(page, 3)
    page.reload()
    wait_until_settled(page, 3)
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_visible(timeout=SLOW * 1000)
    assert query(page)["find"] == ["shelf"] and set(query(page)["runs"][0].split(",")) == {gru, elman}
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_run_is_named_marked_pinned_deleted_and_brought_back(
    server: Server, shelf: Store, two_runs: tuple[str, str], open_page: Callable[..., Page]
) -> None:
    gru, elman = two_runs
    page = open_page(f"{server.url}/runs?runs={gru}&find=shelf")
    wait_until_settled(page, 0)
    other = open_page(f"{server.url}/runs?runs={gru}&find=shelf")
    wait_until(lambda: names_shown(other) == ["shelf gru"], SLOW, "the run in a second tab")
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("shelf, the one to beat")
    name.press("Enter")
    wait_until(lambda: shelf.run(gru).name == "shelf, the one to beat", SLOW, "the name")
    wait_until_settled(page, 0)
    wait_until(lambda: names_shown(other) == ["shelf, the one to beat"], SLOW, "its name, without a click there")
    find(other, "beat")
    wait_until(lambda: names_shown(other) == ["shelf, the one to beat"], SLOW, "the same run under the filter")
    assert query(other)["runs"] == [gru]
    other.context.close()
    tags = page.get_by_role("combobox", name="Tags")
    tags.fill("paper")
    tags.press("Enter")
    wait_until(lambda: shelf.tags_of(gru) == ["paper"], SLOW, "the tag")
    wait_until_settled(page, 0)
    note = page.get_by_role("textbox", name="Note")
    note.fill("see *p. 12*")
    note.press("Control+Enter")
    wait_until(lambda: shelf.note(gru) == "see *p. 12*", SLOW, "the note")
    wait_until_settled(page, 0)
    button(page, "Pin as baseline").click()
    expect(button(page, "Unpin")).to_be_visible(timeout=SLOW * 1000)
    assert shelf.pinned() == gru
    wait_until_settled(page, 0)
    button(page, "Delete").click()
    expect(page.get_by_text("Deleted shelf, the one to beat")).to_be_visible(timeout=SLOW * 1000)
    assert shelf.pinned() is None and [one.id for one in shelf.discarded()] == [gru]
    wait_until_settled(page, 0)
    button(page, "Undo").click()
    # One after the other: while the page is drawn anew the field of the run before is still there.
    wait_until(lambda: names_shown(page) == ["shelf, the one to beat"], SLOW, "the run that came back")
    assert (shelf.pinned(), shelf.tags_of(gru), shelf.note(gru)) == (gru, ["paper"], "see *p. 12*")
    page.goto(f"{server.url}/runs?runs={elman}")
    expect(page.get_by_text("against the baseline")).to_be_visible(timeout=SLOW * 1000)
    shelf.pin(None)
    assert page.problems == []  # type: ignore[attr-defined]
