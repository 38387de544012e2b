"""The direction of the published update beside the true gradient, measured over the epochs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.learn.code import draw_folded
from pages.learn.course import RECORDS_COMPARED, comparisons
from rnn.core import article_gradient
from rnn.core.article_gradient import Comparison
from rnn.ui.figures.mended import alt_cosines, cosines_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words


def draw() -> None:
    st.markdown("##### Where its update points")
    st.markdown(
        "The true gradient of the article’s own network, by backpropagation through time over the whole window, beside what "
        "the article takes for it before its clip. The cosine is 1 where both point the same way, 0 where they have nothing "
        "to do with each other."
    )
    found = comparisons()
    cosines = {f"d{name}": np.array([one.cosines[name] for one in found]) for name in "UWV"}
    left, right = st.columns(2, gap="large")
    with left:
        live_chart(
            cosines_figure(cosines), key="cosines", identity="cosines", alt=alt_cosines(cosines), height=300
        )  # fmt: skip
        st.caption(
            f"Before the clip, with the weights as they stand before the first epoch (0) and after each: means over "
            f"{RECORDS_COMPARED} training records."
        )
    with right:
        epoch = st.slider("After epoch", 0, len(found) - 1, 0, key="cosine_epoch")
        _draw_numbers(found, epoch)
    draw_folded(article_gradient.true_gradient, article_gradient.published_direction, article_gradient.cosine)


def _draw_numbers(found: list[Comparison], epoch: int) -> None:
    one = found[epoch]
    st.table(
        {
            "": [f"d{name}" for name in "UWV"],
            "Cosine": [f"{one.cosines[name]:.2f}".replace("-", "−") for name in "UWV"],
            "Length, published": [number_in_words(one.published[name]) for name in "UWV"],
            "Length, true": [number_in_words(one.true[name]) for name in "UWV"],
        },
        border="horizontal", hide_index=True, alt=f"Directions and lengths after epoch {epoch}.",
    )  # fmt: skip
    start = found[0].true
    st.markdown(
        f"At the start the true gradient of U is {number_in_words(start['U'])} long, that of W {number_in_words(start['W'])}: "
        "the units stand at their stop, and nothing that U and W could do would change the output. What the article adds to "
        f"them instead is {number_in_words(found[0].published['W'])} long. Only V knows where down is."
    )
