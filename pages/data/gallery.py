"""The samples as small pictures to choose from, each with its origin and licence."""

from __future__ import annotations

import streamlit as st

from rnn.data import SAMPLES, load_sample
from rnn.ui import series_choice
from rnn.ui.figures import sparkline_svg


def draw() -> None:
    st.markdown("##### Or start from a sample")
    current = st.session_state["data"]
    with st.container(horizontal=True, gap="small", key="gallery"):
        for key, sample in SAMPLES.items():
            with st.container(border=True, width=216, key=f"sample-{key}"):
                st.html(_picture(key))
                st.button(
                    sample.title, key=f"choose-{key}", on_click=series_choice.pick, args=(key,), width="stretch",
                    type="primary" if key == current else "secondary",
                    help=f"{sample.description} Source: {sample.source}. Licence: {sample.licence}.",
                )  # fmt: skip


@st.cache_data(show_spinner=False)
def _picture(key: str) -> str:
    sample = SAMPLES[key]
    series = load_sample(key).series(target=sample.target)
    picture = sparkline_svg(series.values[:, 0], width=180, height=56)
    return (
        f'<div style="color: var(--st-primary-color)" role="img" aria-label="{sample.title}: {len(series)} records">'
        f"{picture}</div>"
    )
