"""Our own code of a step, folded, read from the functions that run: it cannot grow old."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]


def draw_folded(*functions: Callable[..., Any]) -> None:
    """A folded box with the source of these functions, each under the file and line where it stands."""
    with st.expander("The code that does it", icon=":material/code:"):
        for function in functions:
            st.caption(f"`{place_of(function)}`")
            st.code(source_of(function), wrap_lines=True)


def source_of(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(inspect.unwrap(function))).rstrip()


def place_of(function: Callable[..., Any]) -> str:
    """rnn/core/article.py, line 12"""
    bare = inspect.unwrap(function)
    path = Path(inspect.getsourcefile(bare) or "").resolve()
    return f"{path.relative_to(ROOT).as_posix()}, line {inspect.getsourcelines(bare)[1]}"
