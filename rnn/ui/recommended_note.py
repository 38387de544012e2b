"""What is said of the recommended settings beside the form: what was recognised, the reason of each value, and what differs."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui import following
from rnn.ui.config_form import set_values, values_of_form
from rnn.ui.following import Recommendation
from rnn.ui.wording import escaped

MOST_NAMED = 3
# What a difference or a residual is taken from.
_STARTS = {
    "first": "the last value",
    "last": "the last value",
    "seasonal": "the value a season before",
    "seasons": "the mean over the last seasons",
}


def draw(found: Recommendation | None) -> None:
    """Beneath the choice of a preset."""
    if found is None:
        st.caption("The series is too short, or cannot be read, for settings to be recommended.")
        return
    own = following.own_fields(found)
    with st.container(gap=None, key="recommended_note"):
        if own:
            _draw_own(found, own)
            return
        st.caption(f":material/auto_awesome: {recognised(found.config)}")
        with st.popover("Why these", icon=":material/help:", type="tertiary"):
            _draw_reasons(found)


def _draw_own(found: Recommendation, own: list[str]) -> None:
    labels = [FIELDS[field].label for field in own[:MOST_NAMED]]
    more = f" and {len(own) - MOST_NAMED} more" if len(own) > MOST_NAMED else ""
    st.caption(f":material/tune: Other than recommended for this series: {', '.join(labels)}{more}.")
    with st.popover("What is recommended", icon=":material/auto_awesome:", type="tertiary"):
        st.button(
            "Take the recommended settings", key="take_recommended", icon=":material/undo:", on_click=set_values,
            args=(dataclasses.asdict(found.config),), help="Everything in the form then follows the series again.",
        )  # fmt: skip
        _draw_differences(found, own)


def _draw_reasons(found: Recommendation) -> None:
    for one in found.reasons:
        st.markdown(f"**{FIELDS[one.field].label}: {value_in_words(one.value)}**  \n:small[{escaped(one.reason, 400)}]")


def _draw_differences(found: Recommendation, own: list[str]) -> None:
    reasons = {one.field: one.reason for one in found.reasons}
    values = values_of_form()
    for field in own:
        asked, set_ = value_in_words(getattr(found.config, field)), value_in_words(values[field])
        why = f"  \n:small[{escaped(reasons[field], 400)}]" if field in reasons else ""
        st.markdown(f"**{FIELDS[field].label}: {asked}**, set to {escaped(set_)}{why}")


def recognised(config: Config) -> str:
    """The settings in short: Season 24, window of 7 seasons, 24 records at once, added to the value a season before."""
    season, window = config.season, config.window
    parts = [f"Season {season:,}" if season else "No season"]
    if season and window % season == 0:
        count = window // season
        parts.append("window of one season" if count == 1 else f"window of {count} seasons")
    else:
        parts.append(f"window {window:,}")
    if config.horizon > 1:
        parts.append(f"{config.horizon:,} records at once")
    start = config.difference if config.difference != "none" else config.residual
    if start != "none":
        parts.append(f"starting from {_STARTS[start]}")
    if config.log:
        parts.append("in logarithms")
    return ", ".join(parts) + "."


def value_in_words(value: Any) -> str:
    """A setting as it is read: on, none, 1,000."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
