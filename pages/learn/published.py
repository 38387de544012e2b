"""The left half: what the article printed, what its algorithm gives here, and why it stalls."""

from __future__ import annotations

import streamlit as st

from pages.learn.reproduction import Reproduction, equal_digits, equals_printed, reproduce
from rnn.core.article import PRINTED_RMSE
from rnn.ui.figures import alt_article, article_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 320


def draw() -> None:
    st.markdown("##### As published")
    found = reproduce()
    _draw_chart(found)
    _draw_errors(found)
    _draw_table(found)
    _say_why(found)


def _draw_chart(found: Reproduction) -> None:
    ours = [[row[name] for row in found.rows] for name in ("epoch", "loss", "val_loss")]
    printed = [[row[name] for row in found.printed_rows] for name in ("epoch", "printed_loss", "printed_val_loss")]
    words = alt_article(*ours, *printed[:2])
    live_chart(article_figure(*ours, *printed), key="article_chart", identity="article", alt=words, height=HEIGHT)


def _draw_errors(found: Reproduction) -> None:
    with st.container(horizontal=True, gap="medium", key="article_errors"):
        st.metric(
            "RMSE, its prediction step", f"{found.rmses['prediction_step_val_rmse']:.4f}", width=190,
            help=f"On the 50 validation windows. The article printed {PRINTED_RMSE:.4f}. Its prediction step is not the "
            "network that it trained: it feeds the whole window in at every step.",
        )  # fmt: skip
        st.metric(
            "RMSE, as it was trained", f"{found.rmses['forward_val_rmse']:.4f}", width=190,
            help="The same weights and windows, through the forward pass that the training used.",
        )  # fmt: skip
        st.metric(
            "RMSE, always the mean", f"{found.mean_rmse:.4f}", width=190,
            help="What predicting the mean of the training values would give.",
        )  # fmt: skip
    st.caption(f"Validation windows, after 25 epochs. The article printed {PRINTED_RMSE:.4f} for its prediction step.")


def _draw_table(found: Reproduction) -> None:
    lines = [
        "| Epoch | Loss, printed | Loss, here | Validation, printed | Validation, here | Equal in every printed digit? |",
        "| ---: | ---: | ---: | ---: | ---: | :--- |",
    ]
    for row in found.printed_rows:
        numbers = [row["printed_loss"], row["loss"], row["printed_val_loss"], row["val_loss"]]
        cells = " | ".join(f"{value:.8f}" for value in numbers)
        lines.append(f"| {row['epoch']:.0f} | {cells} | {_verdict(row)} |")
    with st.container(key="article_table"):
        st.markdown("\n".join(lines))
    st.caption(
        "The article names no seed; NumPy’s older generator started at 42 gives its table. From epoch 6 on rounding noise "
        "decides, which differs from machine to machine: the plateau is the same, its digits are not."
    )


def _verdict(row: dict[str, float]) -> str:
    if equals_printed(row["loss"], row["printed_loss"]) and equals_printed(row["val_loss"], row["printed_val_loss"]):
        return "yes"
    digits = min(equal_digits(row["loss"], row["printed_loss"]), equal_digits(row["val_loss"], row["printed_val_loss"]))
    return f"no, in the first {digits}" if digits > 1 else "no, in the first" if digits else "no"


def _say_why(found: Reproduction) -> None:
    sums, low, high = found.readout_sums, *found.first_answers
    spread = "exactly the same" if low == high else f"the same to within {high - low:.0e}"
    slide = " → ".join(f"{value:.2f}" for value in sums)
    st.markdown(
        "###### Why it stalls\n"
        "- **No chain rule reaches a weight.** The error is carried back through V, Wᵀ and the slope of the sigmoid, and "
        "then dropped. What U and W are moved by are sums of the forward products, which do not contain the error: they "
        "are the same whether the prediction was too high or too low.\n"
        f"- **The clip sets the pace.** Only V is pushed downhill. Each of its 100 entries may fall by 10 × 0.0001 a "
        f"record, which over 100 records makes 10 an epoch for their sum ΣV: {slide}. The losses above trace "
        "this slide and nothing else; once V is near zero they stay where they are.\n"
        f"- **The start saturates.** With all weights between 0 and 1 a unit adds up about 50 before the sigmoid, so "
        f"every unit stands at 1 whatever it reads. Before training the answer to each of the 150 windows is ΣV = "
        f"{high:.2f}, {spread}."
    )
