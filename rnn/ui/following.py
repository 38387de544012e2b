"""Settings that follow the series: until the user changes one, the form holds what the rule recommends for the series chosen.

Untouched means: equal to what the rule last gave. So there is no flag that could be wrong after a link, a reload or a visit to
another page: settings that stand where the rule put them go along to the next series, and any others are the user's own.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.data import BadFile
from rnn.data.look import Suggestion, recommended, suggest
from rnn.ui import chosen_series
from rnn.ui.chosen_series import Choice
from rnn.ui.config_form import set_values, values_of_form
from rnn.ui.page_address import put
from rnn.ui.relevance import DEFAULT, settled

_FOLLOWED = "followed"  # where the session keeps the settings that the rule last gave
# In the address: what it does not say is the default, not the run's or the recommendation's.
_BASE, _DEFAULT_BASE = "base", "default"
# In the address of the pages that have no form: the settings that are not the default, as JSON.
_ELSEWHERE = "settings"
_OF_THE_SPLIT = ("validation", "test", "gap")  # which the Data page has controls for, and so names by themselves


@dataclass(frozen=True, eq=False)
class Recommendation:
    """config: the settings that the rule gives for a series. reasons: why, one for each field that it decides."""

    config: Config
    reasons: tuple[Suggestion, ...]


@st.cache_resource(max_entries=64, show_spinner="Looking at the series …")
def recommendation_of(choice: Choice) -> Recommendation | None:
    """For all sessions, computed once a choice; None where there is no such series, or it is too short for any training."""
    try:
        series = chosen_series.series_of(choice)
    except BadFile:
        return None
    columns = series.target_columns
    reasons = suggest(series.values, series.times, series.frequency, columns, lengths=series.lengths)
    if reasons:
        return Recommendation(Config(**{one.field: one.value for one in reasons}), reasons)
    try:
        return Recommendation(recommended(series), ())
    except ValueError:
        return None


def base_of_link(choice: Choice, run_config: Config | None) -> Config:
    """What the settings are that a link does not name field by field: those that it brings from a page without a form, or of
    its run; without either the recommended, unless it names some. Raises ValueError for settings that are none."""
    if _ELSEWHERE in st.query_params:
        return Config.from_json(st.query_params[_ELSEWHERE])
    if st.query_params.get(_BASE) == _DEFAULT_BASE:
        return DEFAULT
    if run_config is not None:
        return run_config
    if any(field in st.query_params for field in FIELDS):
        return DEFAULT
    found = recommendation_of(choice)
    return found.config if found else DEFAULT


def follow(choice: Choice) -> Recommendation | None:
    """Before the form is drawn: the recommendation for the series, put into the form where its settings are untouched."""
    found = recommendation_of(choice)
    config = found.config if found else DEFAULT
    standing = settled(values_of_form())
    if standing != _settings(config):
        last = st.session_state.get(_FOLLOWED)
        if last is None or standing != _settings(last):
            st.session_state[_FOLLOWED] = None
            return found
        set_values(dataclasses.asdict(config))
    st.session_state[_FOLLOWED] = config
    return found


def give_way(config: Config) -> None:
    """These settings were given for another series: where the form stands at them, `follow` puts the recommended ones in."""
    st.session_state[_FOLLOWED] = config


def stop() -> None:
    """What is put into the form next is nobody's recommendation, even where it looks like the last one. For callbacks."""
    st.session_state[_FOLLOWED] = None


def follows(found: Recommendation | None) -> bool:
    """Whether the form stands at the recommendation."""
    return found is not None and settled(values_of_form()) == _settings(found.config)


def own_fields(found: Recommendation) -> list[str]:
    """The fields in which the form differs from it."""
    standing, recommended = settled(values_of_form()), _settings(found.config)
    return [field for field in FIELDS if standing[field] != recommended[field]]


def remember_in_link(found: Recommendation | None, run_config: Config | None) -> None:
    """On the form's own page, whose controls write each setting that is not the default: say that all others are the default,
    where they would be read as something else."""
    put(_ELSEWHERE, None)
    standing = settled(values_of_form())
    named = {field: value for field, value in standing.items() if value != getattr(DEFAULT, field)}
    # Read where the run is, and where it is not.
    elsewhere = found.config if found and not named else DEFAULT
    bases = [base for base in (run_config, elsewhere) if base is not None]
    put(_BASE, _DEFAULT_BASE if any({**_settings(base), **named} != standing for base in bases) else None)


def remember_elsewhere(choice: Choice, *, named: bool) -> None:
    """On any other page: the settings, where the address names a run or they are not the recommended. What the form wrote field
    by field goes: nothing here keeps it up, and another run would be read with settings of the one before.

    named: whether the address names a run. It may be opened where that run is not.
    """
    put(_BASE, None)
    for field in FIELDS:
        if field not in _OF_THE_SPLIT:
            put(field, None)
    standing = settled(values_of_form())
    changed = {field: value for field, value in standing.items() if value != getattr(DEFAULT, field)}
    if not named and not any(field in changed for field in _OF_THE_SPLIT):
        found = recommendation_of(choice)
        if standing == _settings(found.config if found else DEFAULT):
            put(_ELSEWHERE, None)
            return
    put(_ELSEWHERE, json.dumps(changed, separators=(",", ":")))


def _settings(config: Config) -> Mapping[str, Any]:
    return settled(dataclasses.asdict(config))
