"""From a trained run to the files that leave the page: a backtest in a worker, a chart as picture and drawing, the report."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SLOW, Server, end_all_runs, wait_until
from tests.browser.test_main_job import button, state
from tests.browser.test_pages_look_right import wait_until_settled
from tests.browser.test_reload_and_tabs import train
from tests.export.opened_report import Opened

pytestmark = pytest.mark.browser

MINUTES = 4 * 60 * 1000


@pytest.fixture(scope="module")
def backtested(server: Server, browser: Browser) -> str:
    """The query of a link to a run whose backtest of one fold is done."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{server.url}/?hidden=8&epochs=6&patience=0&seeds=1")
    train(page, epochs=1)
    wait_until(lambda: "Done" in state(page), SLOW, "the end of the run")
    run = page.evaluate("() => new URLSearchParams(location.search).get('run')")
    page.goto(f"{server.url}/forecast?run={run}&section=Backtest")
    folds = page.get_by_role("slider", name="Folds")
    folds.wait_for(timeout=SLOW * 1000)
    folds.press("Home")
    expect(page.get_by_text("trainings and 8 other methods in each fold")).to_be_visible()
    page.wait_for_timeout(1000)  # the table of the new plan
    button(page, "Run the backtest").click()
    page.get_by_text("Whether the intervals held").wait_for(timeout=MINUTES)
    query = page.evaluate("() => location.search.slice(1)")
    page.context.close()
    end_all_runs(server)
    return query.replace("&section=Backtest", "")


def test_the_ranking_follows_from_the_backtest(
    server: Server, backtested: str, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(f"{server.url}/forecast?{backtested}&section=Backtest", accept_downloads=True)
    page.get_by_text("Whether the intervals held").wait_for(timeout=SLOW * 1000)
    page.get_by_role("radio", name="Ranking").or_(page.get_by_role("button", name="Ranking")).first.click()
    page.get_by_text("Every method on the same values").wait_for(timeout=SLOW * 1000)
    wait_until_settled(page)
    with page.expect_download() as waiting:
        button(page, "Download CSV").click()
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("name,method,n,mae,rmse,smape,mase,coverage80,coverage95")
    assert {"network", "ridge", "theta", "ets", "naive", "drift"} <= {
        cell for line in lines for cell in line.split(",")
    }
    assert page.problems == []


def test_a_chart_is_taken_away_as_picture_and_as_drawing(
    server: Server, backtested: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/forecast?{backtested}", accept_downloads=True)
    wait_until_settled(page)
    chart = page.locator(".st-key-forecast_chart .unroll-chart")
    for kind in ("PNG", "SVG"):
        chart.hover()
        chart.get_by_role("button", name="Download this chart", include_hidden=True).click()
        with page.expect_download() as waiting:
            chart.locator("[role=menuitem]").filter(has_text=kind).click()
        content = Path(waiting.value.path()).read_bytes()
        if kind == "PNG":
            assert content.startswith(b"\x89PNG") and len(content) > 10_000
        else:
            assert ElementTree.fromstring(content).tag.endswith("svg") and b"SUNACTIVITY" in content
    assert page.problems == []


def test_the_report_opens_without_internet_in_both_schemes(
    server: Server, backtested: str, open_page: Callable[..., Page], browser: Browser, tmp_path: Path
) -> None:
    page = open_page(f"{server.url}/forecast?{backtested}&section=Backtest", accept_downloads=True)
    page.get_by_text("Whether the intervals held").wait_for(timeout=SLOW * 1000)
    page.get_by_role("radio", name="Forecast").or_(page.get_by_role("button", name="Forecast")).first.click()
    report = page.get_by_role("button", name="Report (HTML)")
    report.wait_for(timeout=SLOW * 1000)
    wait_until_settled(page)
    with page.expect_download(timeout=SLOW * 1000) as waiting:
        report.click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name == "sunspots-report.html"
    opened = Opened(path.read_text(encoding="utf-8"))
    assert opened.loads == [] and "Whether" not in opened.text
    for heading in ("Verdict", "Forecast", "Intervals", "Backtest", "Ranking", "Residuals", "Data", "Settings"):
        assert heading in opened.text
    check_offline(browser, path, len(opened.charts))


def check_offline(browser: Browser, path: Path, charts: int) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    # The page's own rules forbid what wait_for_function does.
    drawn = "document.querySelectorAll('.chart .main-svg:first-child').length"
    wait_until(lambda: page.evaluate(drawn) >= charts, SLOW, f"{charts} charts")
    ink = "getComputedStyle(document.querySelector('.chart .xtick text')).fill"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: page.evaluate(ink) != light, SLOW, "dark colours")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits), "nothing is wider than a phone"
    page.emulate_media(media="print")
    wait_until(lambda: page.evaluate(ink) == "rgb(0, 0, 0)", SLOW, "black ink")
    page.emulate_media(media="screen")
    wait_until(lambda: page.evaluate(fits), SLOW, "the width after printing")
    assert wrong == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()
