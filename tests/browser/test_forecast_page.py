"""The Forecast page in a browser: its sections by address, the past from another origin, a scenario by hand and by file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, wait_until
from tests.browser.test_pages_look_right import WIDE, assert_charts_are_named, wait_until_settled
from tests.browser.test_reload_and_tabs import query
from tests.pages.stored_runs import trained
from tests.pages.test_scenarios import shop

pytestmark = pytest.mark.browser


@pytest.fixture
def run_id(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished run with columns known ahead, in the store of the server."""
    monkeypatch.setenv("UNROLL_DATA_DIR", str(server.folder))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    with Store() as store:
        return trained(store, shop(30), "shop run", epochs=20, hidden=8, window=14, horizon=7).id


@pytest.fixture
def opened(server: Server, run_id: str, open_page: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def _open(**options: object) -> Page:
        pages.append(open_page(f"{server.url}/forecast?run={run_id}", **options))
        wait_until_settled(pages[-1], charts=2)
        return pages[-1]

    yield _open
    for page in pages:
        assert page.problems == []  # type: ignore[attr-defined]


def section(page: Page, name: str) -> None:
    page.locator(".st-key-section").get_by_text(name, exact=True).click()


def chart(page: Page, words: str) -> Locator:
    return page.locator(f".unroll-chart[aria-label*='{words}']")


def write_into_the_table(page: Page, text: str) -> None:
    """Into a cell of the second row, of the first column that can be changed. The table is drawn on a canvas that may still be
    laid out anew under the pointer; what then hit nothing is done again."""
    grid = page.get_by_test_id("stDataFrame").nth(1)
    differs = page.get_by_text("1 cell differs from the base.")
    for _ in range(6):
        wait_until_settled(page)
        grid.scroll_into_view_if_needed()
        box = grid.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 0.62 * box["width"], box["y"] + 36 * 2.5)
        page.wait_for_timeout(300)
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        try:
            expect(differs).to_be_visible(timeout=10_000)
        except AssertionError:
            page.keyboard.press("Escape")
        else:
            return
    raise AssertionError("no cell of the table takes what is typed")


def test_each_section_is_whole_and_stays_on_a_reload(opened: Callable[..., Page]) -> None:
    for width in (1440, 390):
        page = opened(viewport={"width": width, "height": 900})
        assert_charts_are_named(page, f"forecast {width}")
        assert page.evaluate(WIDE) == []
        section(page, "Residuals")
        expect(chart(page, "residuals over time")).to_be_visible(timeout=SLOW * 1000)
        wait_until_settled(page, charts=4)
        assert query(page)["section"] == ["Residuals"]
        assert_charts_are_named(page, f"residuals {width}")
        assert page.evaluate(WIDE) == []
        page.reload()
        wait_until_settled(page, charts=4)
        expect(chart(page, "autocorrelation")).to_be_visible()
        section(page, "Scenario")
        expect(page.get_by_role("button", name="New scenario")).to_be_visible(timeout=SLOW * 1000)
        wait_until_settled(page)
        assert page.evaluate(WIDE) == []


def test_the_past_from_an_earlier_origin(opened: Callable[..., Page]) -> None:
    page = opened()
    shown = chart(page, "Direct, 7 predictions")
    before = shown.get_attribute("aria-label") or ""
    assert "2024-06-02" in before  # a week before the end
    page.get_by_role("slider", name=re.compile("Forecast of the past")).press("ArrowLeft")
    wait_until(lambda: "2024-06-01" in (shown.get_attribute("aria-label") or ""), SLOW, "the earlier forecast")


def test_a_scenario_by_hand_and_one_from_a_file(opened: Callable[..., Page], tmp_path: Path) -> None:
    page = opened()
    section(page, "Scenario")
    expect(page.get_by_role("button", name="New scenario")).to_be_visible(timeout=SLOW * 1000)
    wait_until_settled(page)  # a button of a run that is not over yet takes no click
    page.get_by_role("button", name="New scenario").click()
    page.get_by_label("Name").wait_for()
    wait_until_settled(page)
    expect(page.get_by_text("No cell differs from the base yet")).to_be_visible()
    write_into_the_table(page, "6")
    expect(chart(page, "Scenario 1: on average")).to_be_visible(timeout=SLOW * 1000)

    page.get_by_role("button", name="From a file").click()
    for name, text in (("bad", "day,price\n2024-06-09,much\n"), ("cheap", "day,price\n2024-06-09,4.5\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    chooser = page.get_by_test_id("stFileUploader").locator("input[type=file]").last
    chooser.set_input_files(tmp_path / "bad.csv")
    expect(page.get_by_text("Row 2, column 'price': 'much' is no number")).to_be_visible(timeout=SLOW * 1000)
    chooser.set_input_files(tmp_path / "cheap.csv")
    expect(chart(page, "cheap: on average")).to_be_visible(timeout=SLOW * 1000)
    assert page.locator(".st-key-scenario_open").get_by_text("cheap").count() == 1
