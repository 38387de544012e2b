"""What the page takes from its address (`learn`, `step`, `question`), typed and range-checked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rnn.ui.wording import escaped


def take_name(name: str, offered: Sequence[str], default: str | None) -> str | None:
    """The address's value of `name` where it is on offer; for anything else a sentence and the default."""
    asked = st.query_params.get(name)
    if asked is None or asked in offered:
        return asked or default
    _refuse(name, asked, f"one of {', '.join(offered)}", default)
    return default


def take_number(name: str, low: int, high: int, default: int) -> int:
    """The address's value of `name` where it is a whole number from low to high; for anything else a sentence and the
    default."""
    asked = st.query_params.get(name)
    if asked is None:
        return default
    # Not int() alone: it takes "+3", "1_0" and digits of other scripts as well.
    if asked.isascii() and asked.isdigit() and len(asked) <= 6 and low <= int(asked) <= high:
        return int(asked)
    _refuse(name, asked, f"a whole number from {low} to {high}", str(default))
    return default


def _refuse(name: str, asked: str, allowed: str, default: str | None) -> None:
    shown = f" {default} is shown instead." if default is not None else " None is opened."
    st.warning(
        f"The address asks for {name}={escaped(repr(asked), 60)}, but {name} must be {allowed}.{shown}",
        icon=":material/link_off:",
    )
