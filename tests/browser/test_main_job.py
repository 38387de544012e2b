"""The main job in a real browser: upload, Train, watch, change, pause, resume, reload, stop."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server, epochs_done, wait_until

pytestmark = pytest.mark.browser

SUNSPOTS = ROOT / "rnn" / "data" / "samples" / "sunspots_yearly.csv"


def button(page: Page, name: str):
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name, exact=True)


def state(page: Page) -> str:
    return page.get_by_test_id("stProgress").first.inner_text().split("·")[0].strip()


def traces(page: Page, key: str) -> dict[str, int]:
    """Trace name → number of points of the live chart, as Plotly holds them."""
    return page.evaluate(
        """key => {
            const chart = document.querySelector(`.st-key-${key} .js-plotly-plot`);
            return Object.fromEntries((chart?.data ?? []).map(trace => [trace.name, trace.y?.length ?? 0]));
        }""",
        key,
    )


def losses_shown(page: Page) -> int:
    return traces(page, "loss_chart").get("training", 0)


def upload(page: Page, path: Path) -> None:
    page.get_by_test_id("stSidebar").locator("input[type=file]").set_input_files(path)


@pytest.fixture
def train_page(server: Server, open_page: Callable[..., Page]) -> Page:
    # A slow, long run: it must still be at work when the test changes, pauses and reloads it.
    page = open_page(f"{server.url}/?hidden=128&batch=1&epochs=2000&patience=0")
    expect(button(page, "Train")).to_be_enabled()
    return page


def test_the_main_job(train_page: Page, tmp_path: Path) -> None:
    page = train_page
    own = tmp_path / "my sunspots.csv"
    own.write_bytes(SUNSPOTS.read_bytes())
    upload(page, own)
    expect(page.get_by_role("heading", name="my sunspots · SUNACTIVITY")).to_be_visible()
    assert "data=file-" in page.url

    button(page, "Train").click()
    seen: list[int] = []

    def thirty_arrived() -> bool:
        shown = losses_shown(page)
        if shown > (seen[-1] if seen else 0):
            seen.append(shown)
        return seen and seen[-1] >= 30

    wait_until(thirty_arrived, 60, "thirty losses")
    assert len(seen) >= 3, f"the losses came all at once: {seen}"
    predictions = traces(page, "prediction_chart")
    assert predictions["actual"] == 309
    assert sum(count for name, count in predictions.items() if "train" in name) == 228
    assert sum(count for name, count in predictions.items() if "valid" in name) == 57

    slider = page.get_by_test_id("stSidebar").get_by_role("slider", name="Learning rate")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    wait_until(lambda: "lr=0.002" in page.url, 10, "the new learning rate in the address")
    wait_until(lambda: "lr 0.002" in page.locator(".st-key-loss_chart").inner_text(), 20, "the mark on the loss curve")

    button(page, "Pause").click()
    wait_until(lambda: "Paused" in state(page), 10, "the pause")
    halted = epochs_done(page)
    page.wait_for_timeout(1000)
    assert epochs_done(page) == halted
    button(page, "Step").click()
    wait_until(lambda: "Paused" in state(page) and epochs_done(page) == halted + 1, 15, "one more epoch")
    button(page, "Resume").click()
    wait_until(lambda: epochs_done(page) > halted + 2, 20, "going on")

    run = re.search(r"run=(\w+)", page.url)
    assert run
    before = epochs_done(page)
    page.reload()
    wait_until(lambda: epochs_done(page) >= before, 20, "finding the run again")
    assert run[1] in page.url
    expect(page.get_by_role("heading", name="my sunspots · SUNACTIVITY")).to_be_visible()
    wait_until(lambda: losses_shown(page) >= before, 15, "the whole loss curve after the reload")

    button(page, "Stop").click()
    wait_until(lambda: "Stopped" in state(page), 10, "the stop")
    expect(button(page, "Train")).to_be_enabled()
    button(page, "Reset").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Press Train")
    assert "run=" not in page.url
    assert page.problems == []  # type: ignore[attr-defined]
