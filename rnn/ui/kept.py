"""What was made in the last run of the script and still holds: a figure of a chart that has nothing new to show."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

Made = TypeVar("Made")


def kept(name: str, stamp: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gave when this session last asked for `name` with an equal `stamp`; else what it gives now."""
    last = st.session_state.get(f"kept:{name}")
    if last is not None and last[0] == stamp:
        return last[1]
    made = make()
    st.session_state[f"kept:{name}"] = (stamp, made)
    return made
