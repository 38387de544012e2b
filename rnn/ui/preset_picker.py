"""The choice of a preset: what the rule gives for the series, those that come with Unroll, and those that were saved here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from rnn.core.config import PRESETS, Config
from rnn.runs.runner import runner as process_runner
from rnn.ui.config_form import set_values, values_of_form
from rnn.ui.relevance import settled

FOR_SERIES = "for-this-series"
OWN = "own:"  # before the name of a saved one
PRESET_LABELS = {
    FOR_SERIES: "For this series",
    "default": "Default",
    "article-corrected": "Article, done right",
    "article": "Article, as published",
}
PRESET_NOTES = {
    "article-corrected": "The article's window, hidden size and 25 epochs, with true gradients. Changed: tanh in place of "
    "sigmoid, one input weight shared by all steps, biases, an orthogonal start, Adam in shuffled batches of 4 at a rate that "
    "rises to 0.005 and falls to zero. "
    "Meant for the sample “The article's sine”.",
    "article": "The article's own update rule, which is not a gradient, with its weights from 0 to 1 and its reported "
    "losses (a sum, before the epoch). Meant for the sample “The article's sine”; it stalls, as printed.",
}
_KEY, _PICKED = "preset", "preset_picked"


def draw(recommended: Config | None) -> None:
    """recommended: what the rule gives for the series; None where it gives nothing."""
    offered = _offered(recommended)
    current = st.session_state[_KEY] = _current(offered)
    st.selectbox(
        "Preset",
        list(offered),
        format_func=label_of,
        key=_KEY,
        index=None,
        placeholder="Your own settings",
        on_change=_choose,
        args=(offered,),
        help="A set of values to start from. “For this series” follows from a look at it, and is taken anew when another "
        "series is chosen. Those marked “saved” were saved here. Changing any slider afterwards makes it your own.",
    )
    if current in PRESET_NOTES:
        st.caption(PRESET_NOTES[current])


def label_of(preset: str) -> str:
    """As the list names it."""
    if preset.startswith(OWN):
        return f"{preset.removeprefix(OWN)} · saved"
    return PRESET_LABELS.get(preset, preset)


def check_name(name: str) -> None:
    """Raises ValueError for a name by which the list calls one that comes with Unroll; the store refuses all others."""
    if name.strip().casefold() in {label.casefold() for label in PRESET_LABELS.values()}:
        raise ValueError(f"The name {name.strip()!r} belongs to a preset that comes with Unroll; take another one.")


def show(name: str) -> None:
    """Of presets that are alike in all settings the list shows this saved one. For callbacks."""
    st.session_state[_PICKED] = OWN + name


def _offered(recommended: Config | None) -> dict[str, Config]:
    saved = process_runner().store.presets()
    own = {OWN + name: config for name, config in saved.items()}
    return {**({FOR_SERIES: recommended} if recommended else {}), **PRESETS, **own}


def _current(offered: Mapping[str, Config]) -> str | None:
    """The preset that the form stands at: of several alike the one picked last, else the first."""
    values = settled(values_of_form())
    alike = [name for name, preset in offered.items() if values == _settings(preset)]
    picked = st.session_state.get(_PICKED)
    return picked if picked in alike else next(iter(alike), None)


def _choose(offered: Mapping[str, Config]) -> None:
    """Callback: put the preset's values into the form."""
    name = st.session_state.get(_KEY)
    if name in offered:  # and not a label that another session has just taken off the list
        st.session_state[_PICKED] = name
        set_values(dataclasses.asdict(offered[name]))


def _settings(config: Config) -> dict[str, Any]:
    return settled(dataclasses.asdict(config))
