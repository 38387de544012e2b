"""A whole unit made louder, softer or silent, and noise on all weights."""

from __future__ import annotations

import streamlit as st

from pages.inside.by_hand import standing
from pages.inside.by_hand.edits import Loudness, Noise
from pages.inside.most_heard import most_heard
from pages.inside.view import View

LOUDEST = 2.0


def draw_unit(view: View) -> None:
    """A unit of the layer that the page looks at."""
    layer, hidden = view.part.layer, view.config.hidden
    key = f"by_hand_unit:{view.run.id}:{layer}"
    st.session_state.setdefault(key, most_heard(view.part))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="by_hand_unit"):
        if hidden > 1:
            st.number_input("Unit", 0, hidden - 1, step=1, key=key, width=130, persist_state="session")
        edit = Loudness(layer, int(st.session_state[key]))
        slider = f"by_hand_loudness:{view.run.id}:{view.part.member}:{edit}"
        factor = standing.weights(view).get(edit, 1.0)
        st.session_state[slider] = factor
        st.slider(
            f"How loudly unit {edit.unit} is heard", 0.0, LOUDEST, step=0.05, format="%.2f ×", key=slider, width="stretch",
            on_change=lambda: standing.put_weight(view, edit, float(st.session_state[slider])),
        )  # fmt: skip
        off = factor == 0
        turn, icon = ("on", ":material/toggle_off:") if off else ("off", ":material/toggle_on:")
        st.button(
            f"Switch unit {edit.unit} {turn}", icon=icon, key="by_hand_switch",
            on_click=standing.put_weight, args=(view, edit, 1.0 if off else 0.0),
        )  # fmt: skip
    readers = "the outputs" if view.part.is_top else "the layer above"
    st.caption(
        f"Everything that reads the unit’s state, which is all units at the next step and {readers}, hears it so many times as "
        "loudly: its outgoing weights are multiplied."
    )


def draw_noise(view: View) -> None:
    edits = standing.weights(view)
    noise = next((edit for edit in edits if isinstance(edit, Noise)), Noise(1))
    slider = f"by_hand_noise:{view.run.id}:{view.part.member}"
    st.session_state[slider] = 100 * edits.get(noise, 0.0)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="by_hand_noise"):
        st.slider(
            "Noise on every weight", 0.0, 100.0, step=1.0, format="%d %%", key=slider, width="stretch",
            on_change=lambda: standing.put_weight(view, noise, float(st.session_state[slider]) / 100),
        )  # fmt: skip
        st.button(
            "Draw again", icon=":material/casino:", key="by_hand_draw_again", disabled=noise not in edits,
on_click=standing.put_weight, args=(view, Noise(noise.draw + 1), edits.get(noise, 0.0)),
        )  # fmt: skip
    st.caption(
        "Normal noise, as wide as so many per cent of the standard deviation of the parameter that it falls on. How much of it "
        "the forecast bears says how exactly the weights have to be what they are."
    )
