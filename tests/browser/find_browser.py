"""Where the browser for the tests is, and how to get one: `python tests/browser/find_browser.py --install`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: UNROLL_BROWSER, else one on the PATH, else Playwright's own build."""
    given = os.environ.get("UNROLL_BROWSER")
    if given:
        return given
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install_browser() -> None:
    """Debian's package where that can be installed, else the build that Playwright brings."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        installed = subprocess.run(["apt-get", "update", "-qq"], check=False).returncode == 0 and (
            subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, env=environment).returncode
            == 0
        )
        if installed:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if find_browser() is None and "--install" in sys.argv[1:]:
        install_browser()
    browser = find_browser()
    if browser is None:
        sys.exit("No browser for the tests: install Chromium, or set UNROLL_BROWSER to the path of one.")
    print(f"Browser for the tests: {browser}")
