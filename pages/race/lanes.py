"""The lanes that a race is to have, in the session and in the page's address; typed and range-checked wherever they come from.

In the address `vary` names a preset; lanes of one's own, and those of a race, stand there as `lane=cell:gru;hidden:64`, one for
each. `from=plain` says that they start from the plain network, not from the settings of Train.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import streamlit as st

from pages.race.presets import DEFAULT, OWN, PRESETS, Changes
from rnn.core.config import Config
from rnn.core.field_check import check_field
from rnn.core.fields import FIELDS
from rnn.runs.races import MOST_LANES
from rnn.runs.runner import runner as process_runner
from rnn.ui import config_form
from rnn.ui.controls import parse_link_value, shown
from rnn.ui.page_address import put_list
from rnn.ui.relevance import settled

# In the address; in the session with "race_" before them.
VARY, LANE, FROM = "vary", "lane", "from"
TRAIN, PLAIN = "train", "plain"
VARIED, START, REFUSED = "race_vary", "race_from", "race_refused"
_LANES = "race_lanes"
# A race shares one series and one question: these make lanes that nothing can compare, or that a race has no use for.
NOT_RACED = ("refit", "validation", "test", "gap")


@dataclasses.dataclass(frozen=True)
class Lane:
    """One lane as it is being set up. changes: field → value, where it leaves the base."""

    changes: Changes

    def config(self, base: Config) -> Config:
        """Raises ValueError with the sentence of Config where the changes do not go together with the base."""
        return Config(**settled({**dataclasses.asdict(base), **self.changes}))


def prepare() -> None:
    """Once a session: what the address asks for, as far as it can be had. The lanes of a race that is here are its own."""
    if VARIED in st.session_state:
        return
    refused: list[str] = []
    asked, start = st.query_params.get(VARY), st.query_params.get(FROM, TRAIN)
    texts = st.query_params.get_all(LANE)
    if process_runner().store.race(st.query_params.get("race", "")):
        asked, start, texts = None, TRAIN, []
    found = _read(texts, refused) if texts else []
    if asked is not None and asked not in PRESETS and asked != OWN:
        known = ", ".join(PRESETS)
        refused.append(f"The link varies {asked[:40]!r}, which is no preset; there are {known}.")
    if start not in (TRAIN, PLAIN):
        refused.append(f"The link starts from {start[:40]!r}; allowed: {TRAIN}, {PLAIN}.")
        start = TRAIN
    st.session_state[VARIED] = OWN if found else asked if asked in PRESETS else DEFAULT
    st.session_state[START] = start
    st.session_state[REFUSED] = refused
    st.session_state[_LANES] = [Lane(changes) for changes in found] or None


def base() -> tuple[Config, str]:
    """The settings that all lanes start from, and a sentence where those of Train do not go together."""
    if st.session_state[START] == PLAIN:
        parts = {field: st.session_state[field] for field in ("validation", "test", "gap")}
        return _fit_for_racing(config_form.DEFAULT.replace(**parts)), ""
    try:
        return _fit_for_racing(config_form.config_from_form()), ""
    except ValueError as error:
        return config_form.DEFAULT, f"The settings on Train do not go together: {error} The defaults are used."


def _fit_for_racing(config: Config) -> Config:
    return config.replace(refit=False)


def lanes(start: Config) -> list[Lane]:
    """The lanes as they stand: those of the preset, or one's own."""
    if st.session_state[VARIED] == OWN and st.session_state.get(_LANES) is not None:
        return list(st.session_state[_LANES])
    preset = PRESETS.get(st.session_state[VARIED], PRESETS[DEFAULT])
    return [Lane(changes) for changes in preset.lanes(start)[:MOST_LANES]]


def own(start: Config) -> list[Lane]:
    """The lanes, from now on one's own to change. For callbacks."""
    standing = lanes(start)
    if st.session_state[VARIED] != OWN:
        st.session_state[_LANES] = standing
        st.session_state[VARIED] = OWN
    return st.session_state[_LANES]


def put(start: Config, number: int, changes: Changes) -> None:
    """Callback: lane `number` changes these fields from now on."""
    mine = own(start)
    mine[number] = Lane(changes)


def add(start: Config, like: int | None = None) -> None:
    """Callback: one more lane, like another one or like the base."""
    mine = own(start)
    if len(mine) < MOST_LANES:
        place = len(mine) if like is None else like + 1
        mine.insert(place, Lane({} if like is None else dict(mine[like].changes)))


def remove(start: Config, number: int) -> None:
    """Callback."""
    mine = own(start)
    if len(mine) > 1:
        del mine[number]


def vary(preset: str, start: Config) -> None:
    """Callback: the lanes of this preset; of one's own those that stand there."""
    if preset == OWN:
        own(start)
    else:
        st.session_state[VARIED] = preset


def start_from(where: str) -> None:
    """Callback: lanes start from Train's settings, or from the plain network."""
    st.session_state[START] = where


def remember_in_link(standing: Sequence[Lane]) -> None:
    """Write what is being set up to the address, where it is not the default."""
    varied, start = st.session_state[VARIED], st.session_state[START]
    put_list(VARY, [varied] if varied not in (DEFAULT, OWN) else [])
    put_list(FROM, [start] if start != TRAIN else [])
    put_list(LANE, [text_of(lane.changes) for lane in standing] if varied == OWN else [])


def remember_race(configs: Sequence[Config]) -> None:
    """While a race is shown: its lanes, as they leave the plain network, for a machine that does not have the race."""
    put_list(VARY, [])
    put_list(FROM, [PLAIN])
    put_list(LANE, [text_of(_own_of(config)) for config in configs])


def _own_of(config: Config) -> Changes:
    values = settled(dataclasses.asdict(config))
    default = config_form.DEFAULT
    return {
        field: value for field, value in values.items() if field not in NOT_RACED and value != getattr(default, field)
    }


def text_of(changes: Changes) -> str:
    """cell:gru;hidden:64"""
    return ";".join(f"{field}:{str(shown(field, value)).lower()}" for field, value in changes.items()) or "base"


def changes_of(text: str) -> Changes:
    """What `text_of` wrote. Raises ValueError naming what is wrong."""
    changes: Changes = {}
    for part in filter(None, text.split(";")) if text != "base" else ():
        field, colon, value = part.partition(":")
        if field not in FIELDS or not colon:
            raise ValueError(f"{part[:40]!r} is not a setting, such as cell:gru.")
        if field in NOT_RACED:
            raise ValueError(f"{field} is the same in all lanes; set it on Train or Data.")
        changes[field] = check_field(field, parse_link_value(field, value))
    return changes


def _read(texts: Sequence[str], refused: list[str]) -> list[Changes]:
    found = []
    for number, text in enumerate(texts, start=1):
        if number > MOST_LANES:
            refused.append(f"The link has {len(texts)} lanes; a race has at most {MOST_LANES}, and takes the first.")
            break
        try:
            found.append(changes_of(text))
        except ValueError as error:
            refused.append(f"Lane {number} of the link is left out: {error}")
    return found
