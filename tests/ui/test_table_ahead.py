"""The scripts of Streamlit's table, loaded before the first table is drawn."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from rnn.ui import table_ahead

SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"


def _page() -> None:
    from rnn.ui import table_ahead

    table_ahead.draw()


def test_the_script_is_the_one_that_streamlit_itself_loads_for_a_table():
    name = table_ahead.script_name()
    assert name is not None
    # Its own entry script names the file in the line that makes the element.
    assert any(f"import(`./{name}`)" in path.read_text(encoding="utf-8") for path in SCRIPTS.glob("index.*.js"))


def test_a_streamlit_without_that_script_draws_nothing(monkeypatch, tmp_path):
    drawn = AppTest.from_function(_page).run()
    assert not drawn.exception and len(drawn.main.children) == 1
    table_ahead.script_name.cache_clear()
    monkeypatch.setattr(table_ahead, "_SCRIPTS", tmp_path)
    try:
        drawn = AppTest.from_function(_page).run()
        assert not drawn.exception and len(drawn.main.children) == 0
    finally:
        table_ahead.script_name.cache_clear()
