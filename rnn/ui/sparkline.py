"""A series as a small picture in the colour of the text around it."""

from __future__ import annotations

import base64

import streamlit as st
from numpy.typing import ArrayLike

from rnn.ui.figures import sparkline_svg


def draw_sparkline(values: ArrayLike, *, width: int, height: int, label: str) -> None:
    """Draw it. values: (N,), NaN a gap. width, height: pixels. label: what it shows, for who cannot see it."""
    picture = base64.b64encode(sparkline_svg(values, width, height, colour="black").encode()).decode()
    # st.html strips SVG elements; as a mask over the colour of the text the picture also follows light and dark.
    mask = f"url(data:image/svg+xml;base64,{picture}) no-repeat center / 100% 100%"
    safe = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    st.html(
        f'<div role="img" aria-label="{safe}" style="height: {height}px; max-width: 100%; '
        f'background: currentColor; opacity: 0.7; -webkit-mask: {mask}; mask: {mask}"></div>'
    )
