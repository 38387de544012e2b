"""The one Chromium of a test run: a second Playwright in one process refuses to start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.browser.find_browser import find_browser

# As root Chromium needs --no-sandbox; the rest keeps it from calling home, which a closed network would only slow down.
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser. Raises FileNotFoundError with what to do where there is none."""
    path = find_browser()
    if path is None:
        raise FileNotFoundError(
            "No browser for the tests: `make test` installs one; or set UNROLL_BROWSER to its path."
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()
