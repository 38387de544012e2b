"""Every page of the route table, wide and narrow, light and dark: whole, named, quiet, and asking nobody else for anything.

UNROLL_SCREENSHOTS=folder keeps a picture of each.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, SLOW, Server, end_all_runs, wait_until
from tests.browser.test_main_job import button, state
from tests.browser.test_reload_and_tabs import train

pytestmark = pytest.mark.browser

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
SHORT_RUN = "hidden=16&epochs=12&patience=0"
# Charts that a page opens with, where it is not one: a race and a lesson are set up before there is anything to draw.
LEAST_CHARTS = {"": 2, "race": 0, "teach": 0}

# Pairs of texts in the row of buttons that lie over each other by more than a hair.
OVERLAPS = """() => {
    const shown = [...document.querySelectorAll('.st-key-heading :is(button, h1, h2, h3)')]
        .map(node => ({text: node.innerText.trim(), box: node.getBoundingClientRect()}))
        .filter(one => one.text && one.box.width && one.box.height);
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    return shown.flatMap((one, k) =>
        shown.slice(k + 1).filter(other => over(one.box, other.box)).map(other => [one.text, other.text]));
}"""
# Buttons of that row whose words do not fit into them, or that lie outside the page.
# How far below the upper edge of the page's own content its first visible element begins.
FIRST = """() => {
    const content = document.querySelector('[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock]');
    const seen = [...content.children].find(element => element.offsetHeight > 0);
    return seen.offsetTop - content.offsetTop;
}"""
CUT = """() => [...document.querySelectorAll('.st-key-actions button')].filter(node => {
    const box = node.getBoundingClientRect();
    return node.scrollWidth > node.clientWidth + 1 || box.left < 0 || box.right > innerWidth;
}).map(node => node.innerText)"""
# The page and the areas that scroll in it: which of them are wider than what shows of them, and by what.
WIDE = """() => ['html', '[data-testid=stMain]', '[data-testid=stMainBlockContainer]', '[data-testid=stSidebarContent]']
    .flatMap(selector => [...document.querySelectorAll(selector)])
    .filter(area => area.getBoundingClientRect().right > 0 && area.clientWidth > 100) // a folded side bar does not show
    .filter(area => area.scrollWidth > area.clientWidth + 1)
    .flatMap(area => [...area.querySelectorAll('*')]
        .filter(node => node.getBoundingClientRect().right > area.getBoundingClientRect().right + 1).slice(0, 5)
        .map(node => `${node.tagName}.${node.className} ${node.innerText?.slice(0, 40) ?? ''}`))"""


def url_paths() -> list[str]:
    """The addresses of the route table, read from its source: "" for the first page."""
    table = ast.parse((ROOT / "pages" / "main.py").read_text(encoding="utf-8"))
    paths = []
    for call in ast.walk(table):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "Page":
            words = {word.arg: word.value for word in call.keywords}
            path = words.get("url_path")
            paths.append(str(path.value) if isinstance(path, ast.Constant) else "")
    return paths


@pytest.fixture(scope="module")
def trained(server: Server, browser: object) -> Iterator[str]:
    """The query of a link to a finished run, so that every page has something to show."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(f"{server.url}/?{SHORT_RUN}")
    train(page, epochs=1)
    wait_until(lambda: "Done" in state(page), SLOW, "the end of the run")
    query = page.evaluate("() => location.search.slice(1)")
    context.close()
    yield query
    end_all_runs(server)


def watched(page: Page) -> tuple[list[str], list[str]]:
    """Lists that fill with the addresses the page asks for, and with what goes wrong in it."""
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(_words(message)) if message.type == "error" else None)
    return asked, wrong


def _words(message: object) -> str:
    return f"{message.text} ({message.location.get('url', '')})"  # type: ignore[attr-defined]


def _is_probe(words: str, path: str) -> bool:
    """On a deep link Streamlit looks for its server under the page's own address first, where it is not."""
    return bool(path) and "404" in words and f"/{path}/_stcore/" in words


def wait_until_settled(page: Page, charts: int = 1) -> None:
    """The script has run, at least so many charts are drawn, and for a second nothing more has begun."""
    page.wait_for_function(
        """least => {
            const app = document.querySelector('[data-testid=stApp]');
            const charts = [...document.querySelectorAll('.unroll-chart')];
            const still = app?.dataset.testScriptState === 'notRunning' && charts.length >= least
                && !document.querySelector('[data-testid=stSkeleton]')
                && charts.every(chart => !chart.hasAttribute('aria-busy') && chart.querySelector('.main-svg'));
            const looks = [charts.length, app?.innerText.length].join();
            if (!still || looks !== window.lookedLike) {
                window.lookedLike = looks;
                window.stillSince = performance.now();
            }
            return still && performance.now() - window.stillSince > 1000;
        }""",
        arg=charts,
        timeout=SLOW * 1000,
    )


def keep_picture(page: Page, name: str) -> None:
    """A picture of the whole page, which Streamlit scrolls in an area of its own: for it the window is made as tall."""
    folder, window = os.environ.get("UNROLL_SCREENSHOTS"), page.viewport_size
    if not folder or window is None:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    height = page.get_by_test_id("stMain").evaluate("area => area.scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": max(height, window["height"])})
    page.screenshot(path=Path(folder) / f"{name}.png")
    page.set_viewport_size(window)


@pytest.mark.parametrize("path", url_paths())
def test_a_page_is_whole_at_every_width_and_in_both_schemes(
    path: str, server: Server, trained: str, open_page: Callable[..., Page]
) -> None:
    for width in WIDTHS:
        page = open_page("about:blank", viewport={"width": width, "height": 900}, color_scheme=SCHEMES[0])
        asked, wrong = watched(page)
        page.goto(f"{server.url}/{path}?{trained}")
        for scheme in SCHEMES:
            check_looks(page, path, width, scheme)
        assert [words for words in wrong if not _is_probe(words, path)] == []
        hosts = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob", "about")}
        assert hosts == {"127.0.0.1"}
        page.context.close()


def check_looks(page: Page, path: str, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    wait_until(lambda: scheme_of(page) == scheme, SLOW, f"the {scheme} colours")
    wait_until_settled(page, charts=LEAST_CHARTS.get(path, 1))
    where = f"{path or 'train'}-{width}-{scheme}"
    keep_picture(page, where)
    assert page.get_by_test_id("stException").count() == 0, where
    assert "not found" not in page.get_by_test_id("stMainBlockContainer").inner_text().lower(), where
    assert page.evaluate(WIDE) == [], f"{where} is wider than the window"
    assert page.evaluate(OVERLAPS) == [], where
    assert page.evaluate(CUT) == [], where
    assert page.evaluate(FIRST) == 0, f"there is a gap at the head of {where}"
    assert_charts_are_named(page, where)


def scheme_of(page: Page) -> str | None:
    return page.evaluate(
        "() => { const app = document.querySelector('[data-testid=stApp]'); return app && getComputedStyle(app).colorScheme }"
    )


def assert_charts_are_named(page: Page, where: str) -> None:
    charts = page.locator(".unroll-chart").all()
    for chart in charts:
        assert chart.get_attribute("role") == "img", where
        assert len((chart.get_attribute("aria-label") or "").split()) >= 4, where
        assert chart.get_attribute("aria-busy") is None, where


def test_the_train_page_has_its_two_charts_and_all_buttons(
    server: Server, trained: str, open_page: Callable[..., Page]
) -> None:
    for width in WIDTHS:
        page = open_page(f"{server.url}/?{trained}", viewport={"width": width, "height": 900})
        wait_until_settled(page, charts=2)
        assert page.locator(".unroll-chart").count() == 2
        for name in ("Train", "Pause", "Resume", "Step", "Stop", "Reset"):
            expect(button(page, name)).to_be_visible()
