"""The settings of the lesson: those that break, those that mend, and those that the learner may move."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.teach import draft
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui import config_form
from rnn.ui.relevance import DEFAULT, settled
from rnn.ui.wording import escaped

COLUMNS = 2


def draw_broken() -> Config | None:
    """The settings other than the default; None where they do not go together, which is said beneath the one concerned."""
    return _draw(draft.SET, "Settings that are not the default", DEFAULT)


def draw_mended(broken: Config | None) -> Config | None:
    """What is otherwise in the mended settings; None where there are none, or they do not go together."""
    mended = _draw(draft.MEND, "What mends it (may be empty)", broken or DEFAULT)
    return None if mended == broken else mended


def draw_together(mended: Config | None) -> bool:
    return st.toggle(
        "Train broken and mended at once", key=draft.TOGETHER, disabled=mended is None, persist_state="session",
        help="For a question about the one beside the other. Otherwise the mended settings wait for “Mend it”.",
    ) and mended is not None  # fmt: skip


def draw_open() -> tuple[str, ...]:
    """The settings that the learner may move afterwards."""
    st.multiselect(
        "The learner may move (all other controls are hidden)", list(FIELDS), format_func=_label, key=draft.SHOW,
        persist_state="session",
    )  # fmt: skip
    return tuple(st.session_state[draft.SHOW])


def _draw(name: str, label: str, base: Config) -> Config | None:
    st.multiselect(label, list(FIELDS), format_func=_label, key=name, persist_state="session")
    changed = {}
    drawn = st.session_state[name]
    problem = config_form.problem_of(dataclasses.asdict(base) | _standing(name, drawn, base))
    for first in range(0, len(drawn), COLUMNS):
        for column, field in zip(st.columns(COLUMNS), drawn[first : first + COLUMNS], strict=False):
            with column:
                changed[field] = config_form.draw_apart(field, f"{name}:{field}", getattr(base, field))
                if problem is not None and problem.field == field:
                    _say(problem.sentence)
    if problem is not None:
        if problem.field not in drawn:
            _say(problem.sentence)
        return None
    return Config(**settled(dataclasses.asdict(base) | changed))


def _standing(name: str, fields: list[str], base: Config) -> dict[str, object]:
    """What the controls stand at before they are drawn."""
    found = {}
    for field in fields:
        held = st.session_state.get(f"{name}:{field}")
        found[field] = getattr(base, field) if held is None else config_form.meant(field, held)
    return found


def _label(field: str) -> str:
    return FIELDS[field].label


def _say(sentence: str) -> None:
    st.markdown(f":red[:material/error: {escaped(sentence.replace('`', ''), 300)}]")
