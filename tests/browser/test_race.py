"""A race in a real browser: all lanes advance together, a reload finds it, and the keyboard is enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SLOW, Server, wait_until
from tests.browser.test_reload_and_tabs import done_with, query

pytestmark = pytest.mark.browser

# Three cells, with epochs short enough to be many and a race too long for any test to see its end.
LANES = [
    f"cell:{cell};epochs:20000;patience:0;hidden:{hidden}" for cell, hidden in (("elman", 8), ("gru", 8), ("lstm", 32))
]


def rows(page: Page) -> list[list[str]]:
    """The cells of the lanes' rows, as they are read."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.race-rows tbody tr')]"
        ".map(row => [...row.children].map(cell => cell.innerText.trim()))"
    )


def epochs(page: Page) -> list[int]:
    return [int(row[2].split("/")[0].replace(",", "")) for row in rows(page)]


def points(page: Page) -> list[int]:
    """Points drawn of each lane."""
    return page.evaluate(
        "() => (document.querySelector('.st-key-race_chart .js-plotly-plot')?.data ?? [])"
        ".filter(trace => trace.name !== 'naive forecast').map(trace => trace.x.length)"
    )


def open_race(server: Server, open_page: Callable[..., Page]) -> Page:
    lanes = "&".join(f"lane={lane.replace(':', '%3A').replace(';', '%3B')}" for lane in LANES)
    page = open_page(f"{server.url}/race?data=nile&from=plain&{lanes}")
    expect(page.get_by_role("button", name="Start the race")).to_be_enabled(timeout=SLOW * 1000)
    return page


def press(page: Page, name: str) -> None:
    """By keyboard alone: focus and Enter."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=SLOW * 1000)
    button.focus()
    page.keyboard.press("Enter")


def test_all_lanes_advance_together_and_a_reload_in_mid_race_finds_it(
    quiet_server: Server,
    open_page: Callable[..., Page],
) -> None:
    page = open_race(quiet_server, open_page)
    press(page, "Start the race")
    wait_until(lambda: len(rows(page)) == 3 and min(epochs(page)) > 2, SLOW, "three epochs of every lane")
    assert [row[1] for row in rows(page)] == ["training"] * 3
    before = epochs(page)
    wait_until(
        lambda: all(now > then for now, then in zip(epochs(page), before, strict=True)), SLOW, "every lane going on"
    )
    wait_until(lambda: len(points(page)) == 3 and min(points(page)) > 2, SLOW, "three curves")
    mounts = page.evaluate("() => window.__unrollMounts?.race_chart")
    wait_until(lambda: min(epochs(page)) > max(before), SLOW, "more epochs")
    assert page.evaluate("() => window.__unrollMounts?.race_chart") == mounts, "the chart was built anew"
    race = query(page)["race"]
    page.reload()
    wait_until(lambda: len(rows(page)) == 3 and min(epochs(page)) > max(before), SLOW, "the race after a reload")
    assert query(page)["race"] == race
    second = page.context.new_page()
    second.goto(page.evaluate("() => location.href"))
    wait_until(lambda: len(rows(second)) == 3, SLOW, "the race in a second tab")
    done_with(page)


def test_a_race_is_paused_resumed_and_stopped_by_keyboard(
    quiet_server: Server,
    open_page: Callable[..., Page],
) -> None:
    page = open_race(quiet_server, open_page)
    press(page, "Start the race")
    wait_until(lambda: len(rows(page)) == 3 and min(epochs(page)) > 0, SLOW, "an epoch of every lane")
    press(page, "Pause all")
    wait_until(lambda: [row[1] for row in rows(page)] == ["paused"] * 3, SLOW, "three paused lanes")
    halted = epochs(page)
    press(page, "Resume all")
    wait_until(lambda: all(now > then for now, then in zip(epochs(page), halted, strict=True)), SLOW, "going on")
    press(page, "Stop all")
    wait_until(lambda: [row[1] for row in rows(page)] == ["stopped"] * 3, SLOW, "three stopped lanes")
    expect(page.locator(".st-key-race_result")).to_contain_text("has the lowest validation RMSE", timeout=SLOW * 1000)
    done_with(page)
