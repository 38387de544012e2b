"""The Auto button in a real browser: press, watch, reload, and the best settings train by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, epochs_done, wait_until
from tests.browser.test_main_job import button

pytestmark = pytest.mark.browser

CHART = "() => !!document.querySelector('.st-key-loss_chart .js-plotly-plot')"
MARK = "() => { document.querySelector('.st-key-loss_chart .js-plotly-plot').dataset.seen = 'yes'; }"
MARKED = "() => document.querySelector('.st-key-loss_chart .js-plotly-plot')?.dataset.seen === 'yes'"


def auto_bar(page: Page):
    return page.get_by_test_id("stProgress").filter(has_text="Auto")


def test_auto_tries_takes_the_best_and_trains(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(server.url)
    expect(button(page, "Auto")).to_be_enabled(timeout=45_000)
    wait_until(lambda: page.evaluate(CHART), 45, "a chart")
    page.evaluate(MARK)
    button(page, "Auto").click()
    expect(auto_bar(page)).to_be_visible(timeout=60_000)
    expect(button(page, "Auto")).to_be_disabled()
    assert page.evaluate(MARKED), "the progress has moved the chart to another place"
    wait_until(lambda: "auto=" in page.url, 5, "the trial in the address")
    wait_until(lambda: re.search(r"\d+ of \d+", auto_bar(page).inner_text()) is not None, 90, "progress")

    page.reload()
    expect(auto_bar(page)).to_be_visible(timeout=60_000)
    wait_until(lambda: page.evaluate(CHART), 45, "a chart")
    page.evaluate(MARK)

    tried = page.get_by_test_id("stExpander").filter(has_text="What Auto tried")
    expect(tried).to_be_visible(timeout=150_000)
    expect(tried.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_test_id("stMainBlockContainer")).to_contain_text("Judged from")
    wait_until(lambda: epochs_done(page) > 0, 60, "the training")
    assert "auto=" not in page.url and "run=" in page.url
    run = re.search(r"run=(\w+)", page.url)
    page.wait_for_timeout(1500)
    assert run and f"run={run[1]}" in page.url, "a second run was started"
    assert page.evaluate(MARKED), "the end of the trial has moved the chart to another place"
    assert page.problems == []  # type: ignore[attr-defined]
