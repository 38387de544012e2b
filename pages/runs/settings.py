"""The settings of a run, by default only those that differ from the default."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.relevance import differing, matters


def draw(run: Run) -> None:
    only = st.toggle("Only what differs", value=True, key="only_differences", persist_state="session")
    rows = rows_of(run.config, session.DEFAULT_CONFIG, only=only)
    if not rows:
        st.caption("All settings are the default ones.")
        return
    st.table({heading: [row[k] for row in rows] for k, heading in enumerate(("Setting", "This run", "Default"))})


def rows_of(config: Config, default: Config, *, only: bool) -> list[tuple[str, str, str]]:
    """(label, value, default) of each setting that means something in one of them; of those that differ where `only` says
    so."""
    both = [{name: getattr(one, name) for name in FIELDS} for one in (config, default)]
    names = differing(config, default) if only else [n for n in FIELDS if any(matters(n, values) for values in both)]
    return [(FIELDS[name].label, *(in_words(values[name]) for values in both)) for name in names]


def in_words(value: Any) -> str:
    """A setting as the form shows it: off for none, yes and no, 0.003 and not 3e-03."""
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(in_words, value))
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")
