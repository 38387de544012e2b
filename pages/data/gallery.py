"""The samples as small pictures to choose from, each with its origin and licence."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.data import SAMPLES, load_sample
from rnn.ui import series_choice
from rnn.ui.sparkline import draw_sparkline

# On a phone the cards are one row to be swiped, so that what was understood of the file is not screens away.
_STYLE = """<style>
@media (max-width: 640px) { .st-key-gallery { flex-wrap: nowrap !important; overflow-x: auto; padding-bottom: 0.5rem; } }
</style>"""


def draw() -> None:
    st.html(_STYLE)
    st.markdown("##### Or start from a sample")
    current = st.session_state["data"]
    with st.container(horizontal=True, gap="small", key="gallery"):
        for key, sample in SAMPLES.items():
            with st.container(border=True, width=132, height="stretch", key=f"sample-{key}"):
                draw_sparkline(
                    _values(key), width=100, height=40, label=f"{sample.title}, {len(_values(key)):,} records"
                )
                st.button(
                    sample.title, key=f"choose-{key}", on_click=series_choice.pick, args=(key,), width="stretch",
                    type="primary" if key == current else "secondary",
                    help=f"{sample.description} Source: {sample.source}. Licence: {sample.licence}.",
                )  # fmt: skip


@st.cache_data(show_spinner=False)
def _values(key: str) -> NDArray[np.float64]:
    return load_sample(key).series(target=SAMPLES[key].target).values[:, 0]
