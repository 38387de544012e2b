"""The right half: the same task with true gradients, what was changed and why, and the run of it by a click."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rnn.core.config import PRESETS
from rnn.core.fields import FIELDS
from rnn.ui import series_choice, session

PUBLISHED, CORRECTED = PRESETS["article"], PRESETS["article-corrected"]

REASONS = {
    "activation": "tanh is centred on zero and four times as steep there, so errors travel further back.",
    "input_weights": "A value should mean the same wherever in the window it stands; 50 times fewer input weights.",
    "bias": "Lets each unit and the output find their own level.",
    "gradient": "The derivative of the loss, by the chain rule, checked against differences (see Inside).",
    "truncate": "The error travels back over the whole window; 50 steps cost little.",
    "optimiser": "Adam gives each weight a step of its own size.",
    "lr": "Suits Adam; with a true gradient the steps may be large.",
    "schedule": "Large steps at first, ever smaller ones towards the end: they settle instead of wandering about.",
    "warmup": "Adam has seen little in its first steps, so these are short.",
    "batch": "Windows in random order, four to a step: less noise than one at a time, still many steps an epoch.",
    "clip": "Shortens a gradient that is too long and keeps its direction, where cutting each entry bends it.",
    "clip_at": "A bound on the length of the whole gradient, no longer on each entry.",
    "init": "Weights of both signs, sized so that the units start in their steep part and not at the stop.",
    "dtype": "Enough digits, and faster. The article’s run needs 64 bits to match the printed digits.",
}
CHANGE = "As published → done right"
KEPT = ("hidden", "window", "epochs", "validation", "scaling", "seed")


def draw() -> None:
    st.markdown("##### Done right")
    st.markdown(
        "Same series, same windows, as many hidden units and epochs. The validation RMSE falls below **0.001** within "
        "these 25 epochs, which take about a second, whatever the seed."
    )
    if st.button(
        "Train it live", icon=":material/play_arrow:", type="primary", on_click=_set_up, key="train_corrected"
    ):
        st.switch_page("train/page.py")
    st.caption("Opens Train with the article’s sine and the preset *Article, done right*; press Train there.")
    _draw_changes()
    kept = ", ".join(f"{FIELDS[field].label.lower()} {words(getattr(CORRECTED, field))}" for field in KEPT)
    st.caption(f"Kept: the series, {kept}.")
    st.markdown(
        "An honest yardstick: sin(k + 1) = 2 cos(1) · sin(k) − sin(k − 1) exactly, so a linear formula of the last two "
        "values makes no error at all. The sine shows that the network learns; your own series shows what it is good for."
    )


def _draw_changes() -> None:
    changed = changes()
    columns: dict[str, list[str]] = {
        "Setting": [FIELDS[field].label for field in changed],
        # In one column: on a phone the reasons need the room.
        CHANGE: [f"{words(old)} → **{words(new)}**" for old, new in changed.values()],
        "Why": [REASONS[field] for field in changed],
    }
    st.table(
        columns, border="horizontal", hide_header=False, hide_index=True,
        alt="What was changed between the article’s settings and the corrected ones, and why.",
    )  # fmt: skip


def changes() -> dict[str, tuple[Any, Any]]:
    """Field → its value as published and done right, where the two presets differ."""
    old, new = PUBLISHED.to_dict(), CORRECTED.to_dict()
    return {field: (old[field], new[field]) for field in FIELDS if old[field] != new[field]}


def words(value: Any) -> str:
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value).replace("_", " ")


def _set_up() -> None:
    series_choice.pick("article-sine")
    session.apply_settings(CORRECTED)
