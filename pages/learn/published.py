"""As published beside done right: the printed table made again, the direction that it takes, and why it stalls."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.learn import corrected, direction, reproduction
from pages.learn.reproduction import PRINTED_DECIMALS, Reproduction, equal_digits, equals_printed
from rnn.core.article import PRINTED_RMSE
from rnn.ui.figures import alt_article, article_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 320


def draw() -> None:
    left, right = st.columns(2, gap="large")
    as_published, reasons = left.container(), st.container()
    with as_published:
        st.markdown("##### As published")
    with right:
        corrected.draw()
    # Last, because the first visitor waits for the runs: everything else can be read meanwhile.
    with as_published:
        found = reproduction.reproduce()
        draw_run(found)
    with reasons:
        draw_reasons(found)
        direction.draw()


def draw_run(found: Reproduction) -> None:
    _draw_chart(found)
    _draw_errors(found)
    _draw_table(found)


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
    rows = found.printed_rows
    table = pd.DataFrame(
        {
            "Epoch": [int(row["epoch"]) for row in rows],
            "Loss, printed": [row["printed_loss"] for row in rows],
            "Loss, here": [row["loss"] for row in rows],
            "Validation, printed": [row["printed_val_loss"] for row in rows],
            "Validation, here": [row["val_loss"] for row in rows],
            "Equal in every digit?": [_verdict(row) for row in rows],
        }
    )
    st.table(
        table.style.format(precision=PRINTED_DECIMALS), border="horizontal", hide_index=True,
        alt="Losses by epoch as the article printed them and as they come out here.",
    )  # fmt: skip
    st.caption(
        "The article names no seed; NumPy’s older generator started at 42 gives its table. From epoch 6 on rounding noise "
        "decides, which differs from machine to machine: the plateau is the same, its digits are not."
    )


def _verdict(row: dict[str, float]) -> str:
    pairs = [(row["loss"], row["printed_loss"]), (row["val_loss"], row["printed_val_loss"])]
    if all(equals_printed(ours, printed) for ours, printed in pairs):
        return ":green[yes]"
    digits = min(equal_digits(ours, printed) for ours, printed in pairs)
    # No-break spaces: the column must not wrap on a phone.
    return f"no,\u00a0the\u00a0first\u00a0{digits}" if digits > 1 else "no,\u00a0the\u00a0first" if digits else "no"


def draw_reasons(found: Reproduction) -> None:
    low, high = found.first_answers
    spread = "exactly the same" if low == high else f"the same to within {high - low:.0e}"
    st.markdown("##### Why it stalls")
    no_chain_rule, clip, start = st.columns(3, gap="large")
    no_chain_rule.markdown(
        "**No chain rule reaches a weight.** The error is carried back through V, Wᵀ and the slope of the sigmoid, and "
        "then dropped. What moves U and W are sums of the forward products, which do not contain the error: they are the "
        "same whether the prediction was too high or too low. The mean of W just slides, epoch by epoch: "
        f"{_slide(found.recurrent_means)}."
    )
    clip.markdown(
        "**The clip sets the pace.** Only V is pushed downhill. Each of its 100 entries may fall by 10 × 0.0001 a record, "
        f"which over 100 records makes 10 an epoch for their sum ΣV: {_slide(found.readout_sums)}. The losses trace this "
        "slide; once V is near zero they stay where they are."
    )
    start.markdown(
        "**The start saturates.** With all weights between 0 and 1 a unit adds up about 50 before the sigmoid, so every "
        f"unit stands at 1 whatever it reads. Before training the answer to each of the 150 windows is ΣV = {high:.2f}, "
        f"{spread}."
    )


def _slide(values: list[float]) -> str:
    return " → ".join(f"{value:.2f}".replace("-", "−") for value in values)
