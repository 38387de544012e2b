"""Lessons in a real browser: a guess first, hidden controls that are not there, the reveal, and a teacher's link."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, wait_until

pytestmark = pytest.mark.browser

SECONDS = 60_000


def button(page: Page, name: str):
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name, exact=True)


def curves(page: Page) -> list[str]:
    return page.evaluate(
        "() => (document.querySelector('.st-key-lesson_curves .js-plotly-plot')?.data ?? []).map(trace => trace.name)"
    )


def test_a_lesson_by_keyboard_from_the_guess_to_the_mending(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/lesson?lesson=weights", viewport={"width": 390, "height": 844})
    train = button(page, "That is my guess: train")
    expect(train).to_be_disabled(timeout=SECONDS)
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.get_by_text("You guessed")).to_have_count(0)
    assert curves(page) == []
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(train).to_be_enabled(timeout=SECONDS)
    train.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You guessed")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("it was “No better than repeating the last value”")).to_be_visible()
    # Only what the lesson leaves open is there: initial weights, activation and the learning rate.
    expect(page.get_by_role("slider")).to_have_count(1)
    expect(page.get_by_role("combobox")).to_have_count(2)
    for hidden in ("Hidden units", "Epochs", "Window", "Optimiser"):
        expect(page.get_by_label(hidden, exact=True)).to_have_count(0)
    mend = button(page, "Mend it")
    mend.focus()
    page.keyboard.press("Enter")
    wait_until(
        lambda: {"Broken, validation", "Mended, validation"} <= set(curves(page)),
        SECONDS / 1000,
        "both curves on one chart",
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []  # type: ignore[attr-defined]


def test_a_teachers_text_is_text_and_nothing_else(server: Server, open_page: Callable[..., Page]) -> None:
    evil = "<img src=x onerror=alert(1)> **bold** ![p](http://e.vil/p.png) [l](https://e.vil) https://e.vil www.e.vil a@e.vil"
    # The last three would become links by themselves.
    asked: list[str] = []
    page = open_page("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(
        f"{server.url}/lesson?text={quote(evil)}&question={quote(evil)}&a={quote(evil)}&b=two&right=b&epochs=1&lr=-1"
    )
    expect(page.get_by_text("<img src=x onerror=alert(1)> **bold**").first).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("lr=-1 is not allowed")).to_be_visible()
    content = page.get_by_test_id("stMainBlockContainer")
    expect(content.locator("img")).to_have_count(0)
    expect(content.locator("a[href*='e.vil']")).to_have_count(0)
    assert not [url for url in asked if not url.startswith((server.url, "data:", "blob:", "ws:"))]


def test_a_link_that_was_made_is_tried(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/teach?draft=lesson%3Dlearning-rate")
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Learning rate too high", timeout=SECONDS)
    title.fill("My own")
    title.press("Enter")
    link = page.get_by_test_id("stCode")
    expect(link).to_contain_text("title=My+own", timeout=SECONDS)
    address = link.inner_text().replace("\n", "").strip()
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_text("My own").first).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("Learning rate 0.3")).to_be_visible()
    other = open_page(address)
    expect(other.get_by_text("My own").first).to_be_visible(timeout=SECONDS)
    expect(other.get_by_text("Learning rate 0.3")).to_be_visible()
    expect(other.get_by_text("From the link")).to_have_count(0)
