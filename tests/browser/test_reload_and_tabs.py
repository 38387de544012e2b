"""A run outlives what happens around it: reloads, tabs, page switches, killed workers and an ended server."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, epochs_done, start_server, wait_until
from tests.browser.test_main_job import button, losses_shown, state, traces

pytestmark = pytest.mark.browser

# Epochs of some tens of milliseconds, and far more of them than any test waits for.
LONG_RUN = "data=nile&hidden=64&batch=4&epochs=20000&patience=0"
RANGE = "() => document.querySelector('.st-key-prediction_chart .js-plotly-plot')._fullLayout.xaxis.range.map(String)"


def done_with(page: Page) -> None:
    """Nothing has gone wrong in the page's own scripts."""
    assert page.problems == []  # type: ignore[attr-defined]


def train(page: Page, epochs: int = 3) -> None:
    """Press Train, and wait until so many epochs are done."""
    expect(button(page, "Train")).to_be_enabled(timeout=SLOW * 1000)
    button(page, "Train").click()
    wait_for_epochs(page, epochs)


def wait_for_epochs(page: Page, epochs: int) -> None:
    page.get_by_test_id("stProgress").wait_for(timeout=SLOW * 1000)
    wait_until(lambda: epochs_done(page) >= epochs, SLOW, f"epoch {epochs}")


def wait_for_state(page: Page, word: str) -> None:
    page.get_by_test_id("stProgress").wait_for(timeout=SLOW * 1000)
    wait_until(lambda: word in state(page), SLOW, f"the state {word!r}")


def query(page: Page) -> dict[str, list[str]]:
    """The parameters in the page's address, asked of the page itself: page.url knows only what was last heard of it."""
    return parse_qs(page.evaluate("() => location.search.slice(1)"), keep_blank_values=True)


def slider(page: Page, name: str):
    return page.get_by_test_id("stSidebar").get_by_role("slider", name=name)


def press(page: Page, name: str, key: str) -> None:
    slider(page, name).press(key)


def shown_form(page: Page) -> dict[str, str | None]:
    """What the sliders say, as a user reads it."""
    names = ("Window", "Hidden units", "Learning rate", "Epochs")
    return {name: slider(page, name).get_attribute("aria-valuetext") for name in names}


def mounts(page: Page) -> dict[str, int]:
    return page.evaluate("() => ({...window.__unrollMounts})")


def epochs_drawn(page: Page) -> list[int]:
    """The epochs in the loss chart; a long run's are thinned, its first and last one always there."""
    return page.evaluate(
        "() => Array.from(document.querySelector('.st-key-loss_chart .js-plotly-plot')?.data[0]?.x ?? [])"
    )


def updates(page: Page) -> int:
    return page.evaluate("() => window.__unrollUpdates?.prediction_chart ?? 0")


def workers_of(server: Server) -> list[int]:
    """The process numbers of the server's workers that are alive."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (folder / "stat").read_text(), (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended while we looked
        parent = int(status.rsplit(")", 1)[1].split()[1])
        if parent == server.process.pid and b"rnn.runs.worker" in command:
            found.append(int(folder.name))
    return found


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc to find the worker")


def test_a_reload_in_mid_training_keeps_form_history_and_run(
    quiet_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}&window=12&lr=0.002")
    train(page, epochs=5)
    wait_until(lambda: losses_shown(page) >= 5, SLOW, "five points in the chart")
    form, before, link = shown_form(page), epochs_done(page), query(page)
    assert form["Window"] == "12"
    assert form["Learning rate"] == "0.002"
    page.reload()
    wait_for_epochs(page, before)
    assert shown_form(page) == form
    assert query(page) == link
    assert "run" in link
    wait_until(lambda: losses_shown(page) and epochs_drawn(page)[-1] >= before, SLOW, "the whole loss curve")
    epochs = epochs_drawn(page)
    assert epochs[0] == 1
    assert epochs == sorted(set(epochs))
    assert "Training" in state(page)
    done_with(page)


def test_a_second_tab_shows_the_same_run_and_acts_on_it(quiet_server: Server, open_page: Callable[..., Page]) -> None:
    first = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    train(first)
    second = first.context.new_page()
    second.goto(first.evaluate("() => location.href"))
    wait_for_epochs(second, 3)
    assert query(second)["run"] == query(first)["run"]
    assert shown_form(second) == shown_form(first)
    button(second, "Pause").click()
    wait_for_state(second, "Paused")
    wait_for_state(first, "Paused")
    wait_until(lambda: epochs_done(first) == epochs_done(second), SLOW, "both tabs at the same epoch")
    expect(button(first, "Resume")).to_be_enabled()
    halted = epochs_done(first)
    button(first, "Resume").click()
    wait_for_epochs(first, halted + 2)
    # A tab at rest is told of nothing until it is used: it then finds the run as it is.
    second.reload()
    wait_for_epochs(second, halted + 2)


def test_a_page_switch_keeps_sliders_series_and_run(quiet_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    expect(button(page, "Train")).to_be_enabled(timeout=SLOW * 1000)
    press(page, "Window", "ArrowLeft")
    wait_until(lambda: query(page).get("window") == ["23"], SLOW, "the window in the address")
    train(page)
    form, before, run = shown_form(page), epochs_done(page), query(page)["run"]
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page.get_by_role("heading", name="What was understood of")).to_contain_text("nile", timeout=SLOW * 1000)
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.locator(".st-key-heading")).to_contain_text("nile", timeout=SLOW * 1000)
    wait_for_epochs(page, before + 1)
    assert shown_form(page) == form
    link = query(page)
    assert link["run"] == run
    assert link["data"] == ["nile"]
    assert link["hidden"] == ["64"]
    assert link["window"] == ["23"]
    page.reload()
    wait_for_epochs(page, before + 1)
    assert shown_form(page) == form
    done_with(page)


def test_a_closed_tab_does_not_lose_the_run(quiet_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    train(page)
    link, run, before = page.evaluate("() => location.href"), query(page)["run"][0], epochs_done(page)
    page.close()
    with Store(f"sqlite:///{quiet_server.folder / 'unroll.sqlite'}") as store:
        wait_until(lambda: store.run(run).epoch > before + 5, SLOW, "training without a tab")
    again = open_page(link)
    wait_for_epochs(again, before + 5)
    wait_until(lambda: losses_shown(again) and epochs_drawn(again)[-1] > before + 5, SLOW, "the unwatched epochs")
    assert epochs_drawn(again)[0] == 1


@needs_proc
def test_a_killed_worker_interrupts_the_run_and_resume_finishes_it(
    quiet_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    train(page)
    killed = workers_of(quiet_server)
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_for_state(page, "Interrupted")
    expect(page.get_by_test_id("stMainBlockContainer")).to_contain_text("SIGKILL")
    run = query(page)["run"]
    halted = epochs_done(page)
    button(page, "Resume").click()
    wait_for_epochs(page, halted + 2)
    # Epochs can be lowered in mid-run: the run is then done, by its own count.
    press(page, "Epochs", "Home")
    wait_for_state(page, "Done")
    assert query(page)["run"] == run
    epochs = epochs_drawn(page)
    assert epochs[0] == 1
    assert epochs == sorted(set(epochs)), "an epoch stands twice in the chart, or out of order"
    done_with(page)


@needs_proc
def test_an_ended_server_leaves_nothing_behind_and_its_run_goes_on_after_a_restart(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    server = start_server(tmp_path)
    try:
        page = open_page(f"{server.url}/?{LONG_RUN}")
        train(page, epochs=5)
        workers = workers_of(server)
        assert workers
        run = query(page)["run"]
        server.end(signal.SIGTERM)
        wait_until(lambda: not any(map(lives, workers)), 20, "the end of all workers")
        server = start_server(tmp_path, port=urlsplit(server.url).port)
        page.reload()
        wait_for_state(page, "Interrupted")
        assert query(page)["run"] == run
        halted = epochs_done(page)
        assert halted >= 5
        wait_until(lambda: losses_shown(page) >= 5, SLOW, "the losses from before the restart")
        button(page, "Resume").click()
        wait_for_epochs(page, halted + 2)
    finally:
        server.end()


def test_a_deep_link_as_the_very_first_request_shows_its_page(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    server = start_server(tmp_path)
    try:
        page = open_page(f"{server.url}/data")
        expect(page.get_by_role("heading", name="What was understood of")).to_be_visible(timeout=SLOW * 1000)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert "not found" not in page.locator("body").inner_text().lower()
        done_with(page)
    finally:
        server.end()


def test_a_new_rate_is_marked_and_a_new_architecture_asks_for_a_new_run(
    quiet_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    train(page)
    run = query(page)["run"]
    # The page is drawn once more when the run has left the queue; a key that falls into that moment may not be heard.
    wait_until(lambda: "Training" in state(page), SLOW, "the state")
    page.wait_for_timeout(1500)
    press(page, "Learning rate", "ArrowLeft")
    wait_until(lambda: query(page).get("lr") == ["0.002"], SLOW, "the new rate in the address")
    chart = page.locator(".st-key-loss_chart")
    expect(chart.locator(".annotation-text")).to_have_text("lr 0.002", timeout=SLOW * 1000)
    words = chart.locator("[role=img][aria-label]")
    expect(words).to_have_attribute("aria-label", re.compile("Changed in mid-run: lr 0.002 at epoch"))
    note = page.get_by_text("Changed since this run began")
    expect(note).to_have_count(0)
    before = epochs_done(page)
    press(page, "Hidden units", "ArrowRight")
    expect(note).to_contain_text("Hidden units", timeout=SLOW * 1000)
    expect(note).to_contain_text("Train to start a new run")
    wait_for_epochs(page, before + 2)
    assert query(page)["run"] == run
    press(page, "Hidden units", "ArrowLeft")
    expect(note).to_have_count(0, timeout=SLOW * 1000)
    assert mounts(page) == {"loss_chart": 1, "prediction_chart": 1}, "the note has moved the charts"


def test_a_zoom_survives_and_no_chart_is_mounted_again(quiet_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{quiet_server.url}/?{LONG_RUN}")
    wait_until(lambda: traces(page, "prediction_chart") != {}, SLOW, "the chart")
    at_first = mounts(page)
    assert at_first == {"loss_chart": 1, "prediction_chart": 1}
    train(page)
    whole = page.evaluate(RANGE)
    drag_middle_third(page, "prediction_chart")
    wait_until(lambda: page.evaluate(RANGE) != whole, SLOW, "the zoom")
    zoomed = page.evaluate(RANGE)
    for _ in range(2):
        drawn = updates(page)
        wait_until(lambda drawn=drawn: updates(page) >= drawn + 3, SLOW, "three more updates")
        assert page.evaluate(RANGE) == zoomed
    button(page, "Pause").click()
    wait_for_state(page, "Paused")
    assert page.evaluate(RANGE) == zoomed
    button(page, "Resume").click()
    wait_for_state(page, "Training")
    button(page, "Stop").click()
    wait_for_state(page, "Stopped")
    assert page.evaluate(RANGE) == zoomed
    assert mounts(page) == at_first


def drag_middle_third(page: Page, key: str) -> None:
    """Zoom, as a user does: by dragging over the middle third of the plot."""
    area = page.locator(f".st-key-{key} .nsewdrag")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2 / 3, y, steps=8)
    page.mouse.up()
