"""The form of sliders that is a Config: one widget a field, kept in the address of the page and so in every link.

A widget's key is its field's name. A value that differs from the default stands in the URL, so that it lives through
page switches, reloads and a mail to a colleague.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from rnn.core.config import PRESETS, Config
from rnn.core.fields import FIELDS
from rnn.ui.controls import BASIC, CONTROLS, GROUPS, fields_of, offered, parse_link_value, stops_with
from rnn.ui.wording import escaped

# What a run in progress takes up; anything else asks for a new run.
LIVE = ("lr", "epochs")
DEFAULT = PRESETS["default"]
_READY = "config_form_ready"
_REFUSED = "config_form_refused"
PRESET_LABELS = {
    "default": "Default",
    "article-corrected": "Article, done right",
    "article": "Article, as published",
}
PRESET_NOTES = {
    "article-corrected": "The article's window, hidden size and 25 epochs, with true gradients. Changed: tanh in place of "
    "sigmoid, one input weight shared by all steps, biases, an orthogonal start, Adam at 0.003 in shuffled batches of 4. "
    "Meant for the sample “The article's sine”.",
    "article": "The article's own update rule, which is not a gradient, with its weights from 0 to 1 and its reported "
    "losses (a sum, before the epoch). Meant for the sample “The article's sine”; it stalls, as printed.",
}


def prepare(base: Config = DEFAULT) -> None:
    """Once a session, before anything is drawn: start from the link's values, and from `base` where it has none."""
    if st.session_state.get(_READY):
        return
    st.session_state[_READY] = True
    values, refused = dataclasses.asdict(base), []
    for field in FIELDS:
        if field in st.query_params:
            try:
                values[field] = parse_link_value(field, st.query_params[field])
            except ValueError as error:
                refused.append(str(error))
    st.session_state[_REFUSED] = refused
    set_values(values)


def set_values(values: Mapping[str, Any]) -> None:
    """Put these values into the form (and so into the URL). For callbacks, or before the form is drawn."""
    for field, value in values.items():
        if offered(field):
            st.session_state[field] = _shown(field, value)


def choose_preset() -> None:
    """Callback of the preset picker: put the preset's values into the form."""
    name = st.session_state.get("preset")
    if name:
        set_values(dataclasses.asdict(PRESETS[name]))


def config_from_form() -> Config:
    """The Config that the form stands at. Raises ValueError saying what does not go together."""
    return Config(
        **{
            field: meant(field, st.session_state[field])
            for field in FIELDS
            if field in st.session_state and offered(field)
        }
    )


def meant(field: str, shown: Any) -> Any:
    """The field's value for what its widget shows: an optional field's 0 is its None."""
    return None if FIELDS[field].optional and not shown else shown


def _shown(field: str, value: Any) -> Any:
    # An empty number would leave no trace in the address, and a reload would bring the default back.
    return 0 if FIELDS[field].optional and value is None else value


def draw_form(on_live_change: Callable[[str], None]) -> None:
    """All controls: presets, the basic ones, and the rest folded away.

    on_live_change(field): called when the user changes lr or epochs, which a run in progress takes up.
    """
    for sentence in st.session_state.get(_REFUSED, ()):
        st.warning(f"From the link: {escaped(sentence, 300)} The default is used.", icon=":material/link_off:")
    current = next((name for name in PRESETS if _is_at(PRESETS[name])), None)
    st.session_state["preset"] = current
    st.selectbox(
        "Preset",
        list(PRESETS),
        format_func=lambda name: PRESET_LABELS.get(name, name),
        key="preset",
        index=None,
        placeholder="Your own settings",
        on_change=choose_preset,
        help="A set of values to start from. Changing any slider afterwards makes it your own.",
    )
    if current in PRESET_NOTES:
        st.caption(PRESET_NOTES[current])
    for group in GROUPS:
        if group == BASIC:
            _draw_group(group, on_live_change)
        else:
            with st.expander(group + _changed_mark(group)):
                _draw_group(group, on_live_change)


def _is_at(preset: Config) -> bool:
    return all(
        meant(field, st.session_state.get(field)) == getattr(preset, field) for field in CONTROLS if offered(field)
    )


def _changed_mark(group: str) -> str:
    changed = sum(meant(field, st.session_state.get(field)) != getattr(DEFAULT, field) for field in fields_of(group))
    return f" · {changed} changed" if changed else ""


def _draw_group(group: str, on_live_change: Callable[[str], None]) -> None:
    for field in fields_of(group):
        _draw_control(field, {"on_change": on_live_change, "args": (field,)} if field in LIVE else {})


def _draw_control(field: str, reaction: dict[str, Any]) -> None:
    spec, control, default = FIELDS[field], CONTROLS[field], getattr(DEFAULT, field)
    common: dict[str, Any] = {"label": spec.label, "key": field, "help": spec.help, "bind": "query-params", **reaction}
    if control.kind == "slider":
        stops = stops_with(field, st.session_state.get(field, default))
        st.select_slider(options=stops, value=default, format_func=_plain, **common)
    elif control.kind == "choice":
        st.selectbox(options=list(spec.choices), index=spec.choices.index(default), **common)
    elif control.kind == "switch":
        st.toggle(value=default, **common)
    elif control.kind == "share":
        st.number_input(value=float(default), min_value=0.01, step=0.05, format="%g", **common)
    else:
        low = 0 if spec.optional else int(spec.low or 0)
        st.number_input(value=_shown(field, default), min_value=low, max_value=int(spec.high or 0), step=1, **common)


def _plain(value: float) -> str:
    """0.003, not 3e-03; 1,024 kept as 1024."""
    return f"{value:.10f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
