"""Settings saved under a name in a real browser, and found in another session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rnn.runs.store import Store
from tests.browser.conftest import SLOW, Server, wait_until
from tests.browser.test_pages_look_right import wait_until_settled
from tests.browser.test_reload_and_tabs import query

pytestmark = pytest.mark.browser

NAME = "Weekly sales, long"


def test_settings_are_saved_under_a_name_and_found_elsewhere(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/?base=default&hidden=77&lr=0.004")
    wait_until_settled(page)
    page.get_by_role("button", name="Save").first.click()
    saving = page.get_by_test_id("stPopoverBody")
    field = saving.get_by_role("textbox").first
    field.fill(NAME)
    field.press("Enter")
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        wait_until_settled(page)
        saving.get_by_test_id("stButton").get_by_role("button").first.click()
        wait_until(lambda: NAME in store.presets(), SLOW, "the preset in the store")
        assert (store.presets()[NAME].hidden, store.presets()[NAME].lr) == (77, 0.004)
        other = open_page(server.url)
        wait_until_settled(other)
        assert query(other).get("hidden") != ["77"]
        other.get_by_test_id("stSelectbox").filter(has_text="Preset").locator("input").click()
        other.get_by_role("option", name=NAME).click()
        wait_until(lambda: query(other).get("hidden") == ["77"], SLOW, "its settings in the other session")
        expect(other.get_by_role("slider", name="Learning rate")).to_be_visible()
        assert store.delete_preset(NAME)
    assert page.problems == other.problems == []  # type: ignore[attr-defined]
