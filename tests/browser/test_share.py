"""Two servers with data folders of their own: an address made on one is opened on the other, as a colleague would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, start_server, wait_until
from tests.browser.test_reload_and_tabs import button, done_with, query, shown_form, train, wait_for_state

CSV = "day;sales;price\n" + "".join(
    f"2023-{1 + k // 28:02d}-{1 + k % 28:02d};{20 + (k * k) % 17};{k % 5}\n" for k in range(160)
)
SMALL = "base=default&epochs=6&hidden=4&window=12"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another machine: a second server, with nothing in its store."""
    running = start_server(tmp_path_factory.mktemp("elsewhere"))
    yield running
    running.end()


def shared_address(page: Page, needs: str) -> str:
    """The address that Share gives, which says what whoever opens it needs."""
    page.locator(".st-key-share button").first.click()
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text(f"Whoever opens it needs {needs}", timeout=SLOW * 1000)
    code = page.get_by_test_id("stPopoverBody").locator("code")
    expect(code).to_contain_text("http", timeout=SLOW * 1000)
    address = code.inner_text().replace("\n", "")
    page.keyboard.press("Escape")
    return address


def rows(server: Server, page: Page) -> list[tuple[float, ...]]:
    """Every number of every epoch of the run that the page shows, but the seconds."""
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        return [tuple(vars(one).values())[:-1] for one in store.epochs(query(page)["run"][0])]


def give(page: Page, path: Path) -> None:
    page.get_by_test_id("stMainBlockContainer").locator("input[type=file]").set_input_files(path)


def test_a_run_of_a_sample_comes_to_the_same_numbers_elsewhere(
    server: Server, elsewhere: Server, open_page: Callable[..., Page]
) -> None:
    first = open_page(f"{server.url}/?data=nile&{SMALL}&seed=3&quantiles=0.1,0.5&loss=quantile&gap=1")
    train(first, epochs=6)
    wait_for_state(first, "Done")
    address = shared_address(first, "nothing more")
    assert address.startswith(f"{server.url}/?data=nile&")
    second = open_page(address.replace(server.url, elsewhere.url))
    expect(second.get_by_text("is not in this store; its series and settings came with the link")).to_be_visible(
        timeout=SLOW * 1000
    )
    assert shown_form(second) == shown_form(first)
    train(second, epochs=6)
    expect(second.get_by_text("Same numbers as the run that was shared: all 6 epochs")).to_be_visible(
        timeout=SLOW * 1000
    )
    assert rows(elsewhere, second) == rows(server, first)
    second.reload()
    expect(second.get_by_text("Same numbers as the run that was shared")).to_be_visible(timeout=SLOW * 1000)
    done_with(first)
    done_with(second)


def test_a_file_is_asked_for_checked_and_taken(
    server: Server, elsewhere: Server, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    right, wrong = tmp_path / "sales 2023.csv", tmp_path / "other.csv"
    right.write_text(CSV)
    wrong.write_text(CSV[: len(CSV) // 2])
    first = open_page(f"{server.url}/?{SMALL}")
    expect(button(first, "Train")).to_be_enabled(timeout=SLOW * 1000)
    first.get_by_test_id("stSidebar").locator("input[type=file]").set_input_files(right)
    wait_until(lambda: query(first).get("file") == ["sales 2023.csv"], SLOW, "the file in the address")
    train(first, epochs=6)
    wait_for_state(first, "Done")
    address = shared_address(first, "the file sales 2023.csv")
    second = open_page(address.replace(server.url, elsewhere.url))
    main = second.get_by_test_id("stMainBlockContainer")
    expect(main).to_contain_text("This link is about sales 2023.csv", timeout=SLOW * 1000)
    expect(main).to_contain_text("160 rows")
    give(second, wrong)
    expect(main).to_contain_text(
        re.compile("This is another file than the link’s.* rows, not 160"), timeout=SLOW * 1000
    )
    expect(button(second, "Use it anyway")).to_be_visible()
    give(second, right)
    expect(main).to_contain_text(
        "is not in this store; its series and settings came with the link", timeout=SLOW * 1000
    )
    assert shown_form(second) == shown_form(first)
    train(second, epochs=6)
    expect(second.get_by_text("Same numbers as the run that was shared")).to_be_visible(timeout=SLOW * 1000)
    assert rows(elsewhere, second) == rows(server, first)
    done_with(second)


def test_the_forecast_of_a_run_is_made_anew_on_its_page(
    server: Server, elsewhere: Server, open_page: Callable[..., Page]
) -> None:
    first = open_page(f"{server.url}/?data=nile&{SMALL}")
    train(first, epochs=6)
    wait_for_state(first, "Done")
    first.get_by_role("link", name="Forecast", exact=True).click()
    expect(first.locator(".st-key-forecast_request")).to_be_visible(timeout=SLOW * 1000)
    first.get_by_role("button", name="50 %").click()
    wait_until(lambda: query(first).get("levels") == ["50,80,95"], SLOW, "the levels in the address")
    address = shared_address(first, "nothing more")
    second = open_page(address.replace(server.url, elsewhere.url))
    button(second, "Train it anew").click(timeout=SLOW * 1000)
    wait_until(
        lambda: second.locator(".st-key-forecast_request").count() > 0 or _refreshed(second), SLOW, "the forecast"
    )
    assert query(second)["levels"] == ["50,80,95"]
    done_with(second)


def _refreshed(page: Page) -> bool:
    """A forecast waits for the first epoch; a user presses Refresh."""
    again = button(page, "Refresh")
    if again.count():
        again.first.click()
        page.wait_for_timeout(1000)
    return False
