"""Which of the methods are drawn: ours and the ridge regression, until others are picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

MOST_DRAWN = 5
BESIDE = "ridge"  # what a network must always stand beside


def draw_methods(own: pd.DataFrame, labels: Mapping[str, str], networks: Sequence[str]) -> list[str]:
    """The methods to draw, networks first."""
    offered = methods_of(own, networks)
    usual = [name for name in (*networks, BESIDE) if name in offered][:MOST_DRAWN]
    key = "backtest_methods"
    st.session_state[key] = [one for one in st.session_state.get(key, usual) if one in offered]
    chosen = st.multiselect(
        "Drawn", offered, format_func=lambda name: labels[name], key=key, max_selections=MOST_DRAWN, persist_state="session",
        placeholder="Pick a method", label_visibility="collapsed",
    )  # fmt: skip
    return [name for name in offered if name in chosen]


def methods_of(own: pd.DataFrame, networks: Sequence[str]) -> list[str]:
    """Those that have a forecast, networks first, then in the order of the rows."""
    known = own.loc[own["predicted"].notna(), "method"].unique().tolist()
    return [*(name for name in networks if name in known), *(name for name in known if name not in networks)]
