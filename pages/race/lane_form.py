"""The settings of one lane: which fields it changes, and to what."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from pages.race import lanes
from pages.race.lanes import NOT_RACED
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui.controls import CONTROLS, meant, shown, stops_with
from rnn.ui.wording import escaped

_FIELDS = [field for field in CONTROLS if field not in NOT_RACED]


def draw(base: Config, number: int, entry: Any) -> None:
    """Behind a button, so that the lanes stay a compact list. entry: the lane with its name (`pages.race.setup.Entry`)."""
    lane = entry.lane
    key = f"race_{number}"  # what its widgets hold is put there anew each time, so the place is enough
    with st.popover(
        "Change", icon=":material/tune:", key=f"{key}_change", help=f"The settings of {escaped(entry.name)}."
    ):
        picked = f"{key}_fields"
        st.session_state[picked] = list(lane.changes)
        st.multiselect(
            "This lane changes", _FIELDS, format_func=lambda field: FIELDS[field].label, key=picked,
            on_change=lambda: _pick(base, number, lane.changes, st.session_state[picked]),
            help="Every other setting is that of the base.",
        )  # fmt: skip
        for field, value in lane.changes.items():
            _draw_control(base, number, lane.changes, field, value, f"{key}_{field}")


def _pick(base: Config, number: int, changes: dict[str, Any], fields: list[str]) -> None:
    standing = dataclasses.asdict(base)
    lanes.put(base, number, {field: changes.get(field, standing[field]) for field in fields})


def _draw_control(base: Config, number: int, changes: dict[str, Any], field: str, value: Any, key: str) -> None:
    spec, control = FIELDS[field], CONTROLS[field]
    st.session_state[key] = shown(field, value)

    def take() -> None:
        lanes.put(base, number, {**changes, field: meant(field, st.session_state[key])})

    common: dict[str, Any] = {"label": spec.label, "key": key, "help": spec.help, "on_change": take}
    if control.kind == "slider":
        st.select_slider(options=stops_with(field, value), format_func=_plain, **common)
    elif control.kind == "choice":
        st.selectbox(options=list(spec.choices), **common)
    elif control.kind == "switch":
        st.toggle(**common)
    elif control.kind == "levels":
        st.text_input(max_chars=400, **common)
    else:
        low = 0 if spec.optional else int(spec.low or 0)
        st.number_input(min_value=low, max_value=int(spec.high or 0), step=1, **common)


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
