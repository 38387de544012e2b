"""The browser's part of `st.dataframe`, loaded while the browser has nothing else to do.

Streamlit loads it with the first table that is drawn: 1.4 MB of scripts between a click on Runs and its table. They lie in
Streamlit's own folder under a name that changes with each build; where they lie elsewhere, nothing is loaded ahead.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

_SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"
_WAIT = 1500  # milliseconds, in which the first page draws itself


def draw() -> None:
    """In the frame around every page; takes no room."""
    name = script_name()
    if name is not None:
        with st.container(key="table_ahead"):
            st.html(_page_script(name), unsafe_allow_javascript=True)


@cache
def script_name() -> str | None:
    """The file's name, or None where there is not exactly one such file."""
    found = [path.name for path in _SCRIPTS.glob("DataFrame.*.js")]
    return found[0] if len(found) == 1 else None


def _page_script(name: str) -> str:
    # Streamlit's own script tells the address of its folder, whatever base path or proxy stands before it. What fails here
    # fails silently: the table loads it again and says so.
    return f"""<style>:has(> .st-key-table_ahead) {{ display: none; }}</style><script>{{
    const own = document.querySelector('script[type="module"][src*="static/js/"]');
    const load = () => own && import(new URL("{name}", own.src)).catch(() => undefined);
    setTimeout(() => window.requestIdleCallback ? requestIdleCallback(load) : load(), {_WAIT});
    }}</script>"""
