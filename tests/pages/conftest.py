"""The whole app through its route table, without a browser, on a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from rnn.runs.runner import stop_runner

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """open_app(page="data/page.py", hidden="64", …): the app on that page, with these query parameters, run once."""
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    stop_runner()
    st.cache_resource.clear()
    st.cache_data.clear()

    def _open(page: str | None = None, *, deep_link: bool = False, **query: str | list[str]) -> AppTest:
        """deep_link: the page is the first that the session opens; else Train is, and the page comes after it."""
        app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        if deep_link and page is not None:
            app._page_hash = calc_hash(page.split("/")[0])  # before a first run `switch_page` does not know the routes
            return app.run()
        app.run()
        if page is not None:
            app.switch_page(page).run()
        return app

    yield _open
    stop_runner()
    st.cache_resource.clear()


def link_value(app: AppTest, name: str) -> str:
    """The value of a query parameter of the app's address, which AppTest gives as text or as a list."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]
