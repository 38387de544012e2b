"""A chart as a file: picture, drawing and page, taken with the keyboard alone, and opened where there is no internet."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page

from rnn.ui.chart_message import message
from rnn.ui.figures import loss_figure
from rnn.ui.plotly_asset import ASSET_FOLDER, PLOTLY_NAME, SCRIPT_NAME
from tests.ui.test_live_chart import serving, show

pytestmark = pytest.mark.browser

KINDS = ("PNG", "SVG", "HTML")  # in the order of the menu


@pytest.fixture(scope="module")
def shown(browser: Browser) -> Iterator[Page]:
    with serving() as address:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
        page = context.new_page()
        show(page, f"{address}/?from=40&running=0")
        yield page
        context.close()


def taken(page: Page, kind: str, key: str = "prediction") -> Download:
    """The file, by the keyboard alone: Tab's focus, Enter, arrows, Enter."""
    chart = page.locator(f".st-key-{key} .unroll-chart")
    chart.get_by_role("button", name="Download this chart", include_hidden=True).focus()
    page.keyboard.press("Enter")
    items = chart.locator("[role=menuitem]")
    assert items.first.evaluate("item => item === document.activeElement")
    for _ in range(KINDS.index(kind)):
        page.keyboard.press("ArrowDown")
    with page.expect_download(timeout=30_000) as waiting:
        page.keyboard.press("Enter")
    assert items.count() == 0
    return waiting.value


def test_a_picture(shown: Page):
    download = taken(shown, "PNG")
    content = Path(download.path()).read_bytes()
    assert download.suggested_filename == "prediction.png"
    assert content.startswith(b"\x89PNG")
    width = int.from_bytes(content[16:20])
    assert width == 2 * shown.evaluate("document.querySelector('.st-key-prediction .js-plotly-plot')._fullLayout.width")


def test_a_drawing(shown: Page):
    text = Path(taken(shown, "SVG").path()).read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "demand, in MW" in text


def test_escape_closes_the_menu_and_the_focus_is_back(shown: Page):
    chart = shown.locator(".st-key-loss .unroll-chart")
    button = chart.get_by_role("button", name="Download this chart", include_hidden=True)
    button.focus()
    shown.keyboard.press("Enter")
    assert chart.locator("[role=menu]").count() == 1
    shown.keyboard.press("Escape")
    assert chart.locator("[role=menu]").count() == 0
    assert button.evaluate("button => button === document.activeElement")


def test_a_page_of_its_own(shown: Page, browser: Browser, tmp_path: Path):
    download = taken(shown, "HTML")
    path = tmp_path / "chart.html"
    download.save_as(path)
    context = browser.new_context(offline=True)
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.locator("#chart .main-svg").first.wait_for()
    names = page.evaluate("document.getElementById('chart').data.map(trace => [trace.name, trace.y.length])")
    there = shown.evaluate(
        "document.querySelector('.st-key-prediction .js-plotly-plot').data.map(trace => [trace.name, trace.y.length])"
    )
    assert names == there
    assert "Prediction chart" in page.locator("p").inner_text()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()


def test_names_are_text_in_the_page(shown: Page, browser: Browser, tmp_path: Path):
    hostile = '</script></title><img src=x onerror="window.broken = 1">'
    figure = loss_figure([1, 2], [0.5, 0.4], None, log=False, unit=hostile)
    content = message(figure, key="hostile", identity="a", alt=f"A chart of {hostile}.", height=200, file=hostile)
    shown.evaluate(
        """async ([root, content]) => {
            const { draw } = await import(root.script);
            const place = document.body.appendChild(document.createElement("div"));
            place.className = "st-key-hostile";
            const component = { data: new Uint8Array(content), parentElement: place, setStateValue() {} };
            draw(component, root.plotly);
        }""",
        [{"script": f"/{ASSET_FOLDER}/{SCRIPT_NAME}", "plotly": f"/{ASSET_FOLDER}/{PLOTLY_NAME}"}, list(content)],
    )
    shown.wait_for_function("window.__unrollMounts.hostile === 1")
    download = taken(shown, "HTML", "hostile")
    assert download.suggested_filename == "script-title-img-src-x-onerror-window-broken-1.html"
    path = tmp_path / "hostile.html"
    download.save_as(path)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.locator("#chart .main-svg").first.wait_for()
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.title() == hostile
    assert page.locator("p").inner_text() == f"A chart of {hostile}."
    context.close()
