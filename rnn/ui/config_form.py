"""The form of sliders that is a Config: one widget a field, kept in the address of the page and so in every link.

A widget's key is its field's name. A value that differs from the default stands in the URL, so that it lives through
page switches, reloads and a mail to a colleague. A field that means nothing beside the others (`rnn.ui.relevance`) is
not drawn; its value waits in the session until it does.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui import learning_rate
from rnn.ui.controls import BASIC, CONTROLS, GROUPS, fields_of, meant, parse_link_value, shown, stops_with
from rnn.ui.relevance import DEFAULT, matters, settled
from rnn.ui.wording import escaped

# What a run in progress takes up; anything else asks for a new run.
LIVE = ("lr", "epochs")
_READY = "config_form_ready"
_REFUSED = "config_form_refused"
MOST_LETTERS = 400
# A field as the sentences of Config name it: `window`, window=24 or `truncate <= window`.
_NAMED = re.compile(r"\b([a-z_]+)(?=`|=| <=)")


def prepare(base: Callable[[], Config] = lambda: DEFAULT) -> bool:
    """Once a session, before anything is drawn: start from the link's values, and from what `base` gives where it has none; a
    ValueError of `base` is said, and the default taken. Returns whether it was now."""
    if ready():
        return False
    st.session_state[_READY] = True
    refused = []
    try:
        start = base()
    except ValueError as error:
        start = DEFAULT
        refused.append(str(error))
    values = dataclasses.asdict(start)
    for field in FIELDS:
        if field in st.query_params:
            try:
                values[field] = parse_link_value(field, st.query_params[field])
            except ValueError as error:
                refused.append(str(error))
    st.session_state[_REFUSED] = refused
    set_values(values)
    return True


def write_to_link() -> None:
    """Once a session, before the form is drawn: its controls write to the address what is changed, not what they start from."""
    for field, value in settled(values_of_form()).items():
        if value != getattr(DEFAULT, field) and field not in st.query_params:
            st.query_params[field] = str(shown(field, value)).lower()


def ready() -> bool:
    """Whether this session has settings yet."""
    return bool(st.session_state.get(_READY))


def set_values(values: Mapping[str, Any]) -> None:
    """Put these values into the form (and so into the URL). For callbacks, or before the form is drawn."""
    for field, value in values.items():
        st.session_state[field] = shown(field, value)


def values_of_form() -> dict[str, Any]:
    """What the form stands at, field by field, whether it goes together or not."""
    return {field: meant(field, st.session_state[field]) for field in FIELDS}


def config_from_form() -> Config:
    """The Config that the form stands at; what it does not show counts as the default. Raises ValueError saying what does
    not go together."""
    return Config(**settled(values_of_form()))


def draw_form(
    on_live_change: Callable[[str], None],
    recommended: Config | None = None,
    draw_starts: Callable[[], None] = lambda: None,
) -> None:
    """All controls that mean something: the basic ones, and the rest folded away. Where the settings do not go together, the
    sentence about it stands beneath the field concerned.

    draw_starts: draws what to start from, above the controls; recommended: the settings beside which one counts as changed.
    on_live_change(field): called when the user changes lr or epochs, which a run in progress takes up.
    """
    for sentence in st.session_state.get(_REFUSED, ()):
        st.warning(f"From the link: {escaped(sentence, 300)} The default is used.", icon=":material/link_off:")
    draw_starts()
    values = values_of_form()
    problem = problem_of(values)
    for group in GROUPS:
        if group == BASIC:
            _draw_group(group, values, problem, on_live_change)
        else:
            with st.expander(group + _changed_mark(group, values, recommended or DEFAULT), key=f"group {group}"):
                _draw_group(group, values, problem, on_live_change)


@dataclasses.dataclass(frozen=True)
class Problem:
    """Why the settings do not go together, and the field that the sentence names first."""

    field: str
    sentence: str


def problem_of(values: Mapping[str, Any]) -> Problem | None:
    """None where the values of all fields go together."""
    try:
        Config(**settled(values))
    except ValueError as error:
        named = _NAMED.findall(str(error))
        return Problem(next((name for name in named if name in FIELDS), ""), str(error))
    return None


def _changed_mark(group: str, values: Mapping[str, Any], beside: Config) -> str:
    """How many of a closed group's settings are the user's own: not what is recommended, which nobody has changed."""
    changed = sum(values[field] != getattr(beside, field) for field in fields_of(group) if matters(field, values))
    return f" · {changed} changed" if changed else ""


def _draw_group(
    group: str, values: Mapping[str, Any], problem: Problem | None, on_live_change: Callable[[str], None]
) -> None:
    for field in fields_of(group):
        if not matters(field, values):
            continue
        _draw_control(field, {"on_change": on_live_change, "args": (field,)} if field in LIVE else {})
        if problem is not None and problem.field == field:
            st.markdown(f":red[:material/error: {escaped(problem.sentence.replace('`', ''), 300)}]")
        if field == "warmup":
            learning_rate.draw(values["lr"], values["schedule"], values["warmup"])


def _draw_control(field: str, reaction: dict[str, Any]) -> None:
    default = getattr(DEFAULT, field)
    bound = {"key": field, "help": FIELDS[field].help, "bind": "query-params", **reaction}
    _draw_widget(field, default, st.session_state.get(field, default), bound)


def _draw_widget(field: str, value: Any, standing: Any, common: dict[str, Any]) -> None:
    """value: what the widget begins with; standing: what it holds now. common: what every kind of widget takes."""
    spec, control = FIELDS[field], CONTROLS[field]
    common = {"label": spec.label, **common}
    if control.kind == "slider":
        st.select_slider(options=stops_with(field, standing), value=value, format_func=_plain, **common)
    elif control.kind == "choice":
        st.selectbox(options=list(spec.choices), index=spec.choices.index(value), **common)
    elif control.kind == "switch":
        st.toggle(value=value, **common)
    elif control.kind == "share":
        st.number_input(value=float(value), min_value=0.0 if spec.low == 0 else 0.01, step=0.05, format="%g", **common)
    elif control.kind == "levels":
        st.text_input(value=shown(field, value), max_chars=MOST_LETTERS, **common)
    else:
        low = 0 if spec.optional else int(spec.low or 0)
        st.number_input(value=shown(field, value), min_value=low, max_value=int(spec.high or 0), step=1, **common)


def draw_field(field: str) -> None:
    """One control by itself, on a page that is about this setting alone."""
    _draw_control(field, {})


def draw_apart(field: str, key: str, value: Any) -> Any:
    """A control like the form's that has nothing to do with it: under a key of its own, beginning with `value`. Returns what it
    stands at, as a Config takes it."""
    held = shown(field, value)
    standing = st.session_state.setdefault(key, held)
    _draw_widget(field, value, standing, {"key": key, "help": FIELDS[field].help, "persist_state": "session"})
    return meant(field, st.session_state[key])


def _plain(value: float) -> str:
    """0.003, not 3e-03; 1,024 kept as 1024."""
    return f"{value:.10f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
