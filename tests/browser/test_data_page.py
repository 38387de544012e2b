"""The Data page in a real browser: the split dragged on the chart, repairs done and undone, many series in one file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SLOW, Server, end_all_runs, wait_until
from tests.browser.test_main_job import button, state
from tests.browser.test_pages_look_right import wait_until_settled
from tests.browser.test_reload_and_tabs import query

pytestmark = pytest.mark.browser


@pytest.fixture
def data_page(server: Server, open_page: Callable[..., Page]) -> Iterator[Page]:
    page = open_page(f"{server.url}/data?data=co2&base=default")
    expect(handle(page, "validation")).to_be_visible(timeout=SLOW * 1000)
    yield page
    end_all_runs(server)
    assert page.problems == []  # type: ignore[attr-defined]


def handle(page: Page, name: str) -> Locator:
    return page.locator(f"[data-handle={name}]")


def drag(page: Page, name: str, pixels: int) -> None:
    wait_until_settled(page)  # a chart that is still finding its place would slip from under the pointer
    box = handle(page, name).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels / 2, y, steps=4)
    page.mouse.move(x + pixels, y, steps=4)
    page.mouse.up()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def parts(page: Page) -> dict[str, int]:
    """The sum of the split, "2,284 records = 1,828 training + 456 validation.", as numbers by their name."""
    text = page.get_by_text(re.compile(r"records = .* training")).inner_text()
    return {
        name: int(count.replace(",", "")) for count, name in re.findall(r"([\d,]+) (records|[a-z ]+?)(?=[ .]|$)", text)
    }


def upload(page: Page, path: Path) -> None:
    page.get_by_test_id("stMain").locator("input[type=file]").set_input_files(path)


def select(page: Page, label: str, option: str) -> None:
    box = page.get_by_test_id("stSelectbox").filter(has_text=label).locator("input")
    box.scroll_into_view_if_needed()
    wait_until_settled(page)  # a page that still scrolls closes the list again
    box.click()
    page.get_by_role("option", name=option).click()


def highest(page: Page) -> float:
    """The highest actual value on the chart of predictions."""
    return page.evaluate(
        """() => Math.max(...(document.querySelector('.st-key-prediction_chart .js-plotly-plot')?.data ?? [{y: [0]}])
            .find(trace => trace.name === 'actual')?.y ?? [0])"""
    )


def test_the_split_is_dragged_and_moved_by_keys(data_page: Page) -> None:
    page = data_page
    tab(page, "Split and scaling")
    before = parts(page)
    assert before == {"records": 2284, "training": 1832, "validation": 452}
    drag(page, "validation", -100)
    wait_until(lambda: parts(page)["validation"] > before["validation"], what="a larger validation part")
    dragged = parts(page)
    assert dragged["training"] + dragged["validation"] == 2284
    wait_until(lambda: query(page).get("validation") == [str(dragged["validation"])], what="the address that says so")
    drag(page, "test", -80)
    wait_until(lambda: "test" in parts(page), what="a test part")
    tested = parts(page)
    assert tested["training"] == dragged["training"], "the other line stays where it is"
    assert tested["training"] + tested["validation"] + tested["test"] == 2284
    handle(page, "validation").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wait_until(lambda: parts(page)["training"] == tested["training"] + 3, what="three records more to train on")
    assert page.evaluate("() => window.__unrollMounts['series_chart']") == 1
    tab(page, "Rows")
    kept = f'"test":{tested["test"]}'
    wait_until(lambda: kept in query(page).get("settings", [""])[0], what="an address that keeps it on every tab")
    page.reload()
    tab(page, "Split and scaling")
    wait_until(lambda: parts(page)["training"] == tested["training"] + 3, what="the same split after a reload")


def test_the_lamp_turns_red_and_the_leak_is_measured(data_page: Page) -> None:
    page = data_page
    tab(page, "Split and scaling")
    lamp = page.locator(".st-key-leakage")
    expect(lamp).to_contain_text("No leak")
    lamp.get_by_text("Fit it on all records").click()
    expect(lamp).to_contain_text("was fitted on all")
    wait_until(lambda: '"scaler_rows":"all"' in query(page).get("settings", [""])[0], what="the address that says so")
    lamp.get_by_role("button", name="Measure the false gain").click()
    expect(lamp).to_contain_text("Validation RMSE, scaler on training alone", timeout=60_000)


def test_a_repair_is_looked_at_done_and_undone(data_page: Page, tmp_path: Path) -> None:
    page = data_page
    days = pd.date_range("2023-01-01", periods=300, freq="D")
    values = pd.Series(100 + 10 * np.sin(np.arange(300) / 7 * 2 * np.pi)).round(2)
    values[120] = 9e5
    values[[40, 41]] = np.nan
    path = tmp_path / "Zähler.csv"
    pd.DataFrame({"Tag": days.strftime("%d.%m.%Y"), "Wert": values}).to_csv(
        path, sep=";", index=False, encoding="cp1252"
    )
    upload(page, path)
    expect(page.get_by_text("300 rows in the file = 300 used").first).to_be_visible()
    finding = page.locator("[class*=st-key-doctor-finding]").filter(has_text="900000")
    expect(finding).to_be_visible()
    finding.get_by_role("button", name="Take them out").click()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_text(re.compile("taken out"))).to_be_visible()
    expect(page.locator("[class*=st-key-doctor-finding]").filter(has_text="900000")).to_have_count(0)
    expect(page.get_by_text("3 missing values filled in").first).to_be_visible()
    assert '"mask"' in query(page)["repairs"][0]
    page.reload()
    expect(page.get_by_text(re.compile("taken out"))).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.locator("[class*=st-key-doctor-finding]").filter(has_text="900000")).to_be_visible()
    assert "repairs" not in query(page)


def test_one_network_learns_all_series_of_a_long_file(data_page: Page, tmp_path: Path) -> None:
    page = data_page
    days = pd.date_range("2023-01-01", periods=120, freq="D")
    frames = [
        pd.DataFrame(
            {"shop": f"S{k}", "day": days, "sales": (1 + k) * (50 + 10 * np.sin(np.arange(120) / 7 * 2 * np.pi))}
        )
        for k in range(4)
    ]
    path = tmp_path / "shops.csv"
    pd.concat(frames).round({"sales": 2}).to_csv(path, index=False)
    upload(page, path)
    expect(page.get_by_text("480 rows in the file = 120 used, 360 left out").first).to_be_visible()
    select(page, "Series in this file", "All 4 in one network")
    expect(page.get_by_text("480 rows in the file = 480 used").first).to_be_visible()
    page.get_by_role("link", name="Train on this series").click()
    expect(button(page, "Train")).to_be_enabled()
    expect(page.get_by_text("4 series in one network")).to_be_attached()
    button(page, "Train").click()
    wait_until(
        lambda: "Done" in state(page) or "Stopped" in state(page) or "early" in state(page).lower(), SLOW, "the end"
    )
    shown = page.locator(".st-key-shown_series input")
    shown.scroll_into_view_if_needed()
    wait_until_settled(page)
    shown.click()
    page.get_by_role("option", name="S2").click()
    wait_until(lambda: 130 < highest(page) < 190, what="the third shop's sales on the chart")
