"""The faults mended: any of them by hand, and each alone, all but one, or one more each time, in a table and a chart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.learn.code import draw_folded
from pages.learn.mended import trained
from pages.learn.mended.faults import FAULTS, ONE, VIEWS, Mended, ordered, variants
from rnn.core import article, article_gradient, article_mended
from rnn.core.metrics import rmse
from rnn.ui.figures.mended import alt_mended, mended_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

# A legend of many runs takes a line for each of them on a phone.
FEW, LOW, HIGH = 4, 340, 480
# What each does alone, as the runs show it.
SAID = {
    "chain_rule": "Alone it follows the gradient of units at their stop, with a slope of −2,450 where it should be 0. Cut to "
    "±10 that pushes them further in: they stay at 1, and the answer is the same for every window.",
    "slope": "Alone it changes not one digit: as published the slope never reaches a weight.",
    "last_step": "Alone it ends V’s slide more gently, as the clip no longer bites once the error is below 10. U and W still "
    "move by products.",
    "sums": "Alone it makes dU and dW shorter; they still know nothing of the error.",
    "truncate": "Alone it adds the same products more often. With all else mended 5 steps do nearly as well as 50.",
    "clip": "Alone it makes things worse: dU and dW, which lead nowhere, take up the whole length of 10, and V hardly moves.",
    "start": "Alone it lets the products pull what a unit adds up to zero: all units end near ½, and every window gets nearly "
    "the same answer.",
    "steps": "Alone it lets V learn faster, while U and W take their steps by sums that know nothing of the error.",
}


def draw() -> None:
    st.markdown(
        "The published training goes wrong in eight places. Here the same network learns the same windows for as many epochs "
        "with any of them mended. *What to see*: mending one alone hardly helps, because the others still stand in the way; "
        "with all of them mended, leaving one out shows which ones it takes."
    )
    st.fragment(_draw_own)()
    st.markdown("##### Side by side")
    view = st.segmented_control(
        "Mended are", VIEWS, default=ONE, required=True, key="mended_view", persist_state="session"
    )
    _draw_view(view)
    st.caption(
        "RMSE on the 50 validation windows after 25 epochs. From the sixth epoch on rounding decides what unmended runs do, "
        f"so their last digits differ from machine to machine. Always the mean: {mean_rmse():.3f}. The linear rule 2 cos(1) · "
        "last − the one before: 0. The ninth fault is in the last column: the article’s error comes from a prediction "
        "step that is another network."
    )
    with st.expander("What each mend does, and why it does not help alone"):
        for name, (fault, mended) in FAULTS.items():
            st.markdown(f"**{fault} → {mended}.** {article_mended.MENDS[name]} {SAID[name]}")
    draw_folded(
        article_mended.record_direction, article_mended.summed_direction, article_mended.errors_from, article_gradient.slope
    )  # fmt: skip


def _draw_own() -> None:
    chosen = st.pills(
        "Mend these", list(FAULTS), selection_mode="multi", key="mended_own", persist_state="session",
        format_func=lambda name: FAULTS[name][1],
    )  # fmt: skip
    mended = ordered(set(chosen))
    if trained.known(mended) is None and not st.button(
        "Train with these mended", icon=":material/play_arrow:", type="primary", key="mend_train"
    ):
        st.caption("It takes some seconds.")
        return
    found = _make({mended: "training"})[mended]
    _draw_chart(
        {mended: "your choice"} | ({(): "as published"} if trained.known(()) and mended else {}), "mended_own_chart"
    )
    st.markdown(
        f"After {found[-1].epoch} epochs the validation RMSE is **{number_in_words(found[-1].val_rmse)}**"
        f" (always the mean: {mean_rmse():.3f}); by the article’s prediction step it would read "
        f"{number_in_words(found[-1].val_rmse_prediction_step)}."
    )


def _draw_view(view: str) -> None:
    rows = variants(view)
    missing = [mended for mended in rows if trained.known(mended) is None]
    if missing and st.button(
        f"Train the {len(missing)} runs that are missing", icon=":material/play_arrow:", key="mend_all",
        help="About three seconds a run on an idle machine; each is kept once it is there.",
    ):  # fmt: skip
        _make(rows)
        st.rerun()
    there = {mended: label for mended, label in rows.items() if trained.known(mended) is not None}
    if not there:
        return
    _draw_chart(there, "mended_chart")
    table = pd.DataFrame([
        {
            "Mended": label,
            "RMSE after 25 epochs": _words(found[-1].val_rmse),
            "Beside always the mean": f"{found[-1].val_rmse / mean_rmse():,.0%}" if np.isfinite(found[-1].val_rmse) else "–",
            "By its prediction step": _words(found[-1].val_rmse_prediction_step),
        }
        for mended, label in there.items()
        if (found := trained.make(mended))
    ])  # fmt: skip
    st.table(table, border="horizontal", hide_index=True, alt="Validation errors of the runs with faults mended.")


def _make(rows: dict[Mended, str]) -> dict[Mended, trained.Course]:
    bar, found = st.progress(0.0), {}
    for number, (mended, label) in enumerate(rows.items()):
        found[mended] = trained.make(
            mended,
            lambda share, n=number, said=label: bar.progress((n + share) / len(rows), f"{said} …"),  # type: ignore[misc]
        )
    bar.empty()
    return found


def _draw_chart(rows: dict[Mended, str], key: str) -> None:
    curves = {label: np.array([one.val_rmse for one in trained.make(mended)]) for mended, label in rows.items()}
    live_chart(
        mended_figure(curves, mean_rmse()),
        key=key,
        identity=key,
        alt=alt_mended(curves, mean_rmse()),
        height=LOW if len(curves) <= FEW else HIGH,
    )


def _words(value: float) -> str:
    return number_in_words(value) if np.isfinite(value) else "overflowed"


def mean_rmse() -> float:
    """Validation RMSE of always predicting the training values' mean."""
    y = article.windows(article.article_series().values[:, 0])[1]
    known, later = y[: article.TRAIN_RECORDS], y[article.TRAIN_RECORDS :]
    return rmse(later, np.full_like(later, known.mean()))
