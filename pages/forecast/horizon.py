"""Error by steps ahead: the network's two ways of looking far, beside the baselines on the same points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.forecast import measured
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.by_horizon import MODES
from rnn.runs.records import Run
from rnn.ui.figures.horizon import ErrorCurve, alt_horizon, horizon_figure
from rnn.ui.figures.style import shortened
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

HEIGHT = 320
MEASURES = {"mae": "Mean absolute error", "rmse": "Root mean squared error"}


def draw(run: Run, fit: Fit, whole: Series, asked: Request) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="horizon_head"
    ):
        st.markdown("##### How far off, by steps ahead", width="content")
        with st.container(horizontal=True, width="content"):
            measure, part = _choose(fit)
    target = fit.model.targets[asked.target]
    frame = measured.errors_of(run, whole, fit.series.name, asked.steps, asked.target, part)
    curves = curves_of(frame, measure)
    unit = f"{MEASURES[measure].lower()}, {shortened(target)}"
    live_chart(
        horizon_figure(curves, unit=unit), key="horizon_chart", identity=f"{run.id}:{fit.series.name}:{target}:{part}",
        alt=alt_horizon(curves, unit=unit), height=HEIGHT,
    )  # fmt: skip
    st.caption(in_words(frame, measure, part, fit.config.horizon))


def _choose(fit: Fit) -> tuple[str, str]:
    measure = st.segmented_control(
        "Error", list(MEASURES), default="mae", key="horizon_measure", required=True, label_visibility="collapsed",
        format_func=str.upper, persist_state="session",
        help="MAE: mean absolute error. RMSE: root mean squared error, in which large errors weigh more.",
    )  # fmt: skip
    parts = measured.parts_of(fit)
    part = parts[0]
    if len(parts) > 1:
        part = st.segmented_control(
            "Measured on", parts, default=parts[0], key="horizon_part", required=True, label_visibility="collapsed",
            format_func=str.capitalize, persist_state="session",
        )  # fmt: skip
    return measure, part


def curves_of(frame: pd.DataFrame, measure: str) -> list[ErrorCurve]:
    """One for each way of forecasting, in the order of the frame."""
    return [
        ErrorCurve(
            str(mode), str(mode) if mode in MODES else str(own["label"].iloc[0]), own["step"], own[measure], own["n"]
        )
        for mode, own in frame.groupby("mode", sort=False)
    ]


def in_words(frame: pd.DataFrame, measure: str, part: str, horizon: int) -> str:
    """How far the network's error grows, and from which step on a naive forecast is as good."""
    known = frame[frame["n"] > 0]
    if known.empty:
        return f"The {part} part is too short to measure any of these steps on."
    by_mode = {str(mode): own.set_index("step") for mode, own in known.groupby("mode", sort=False)}
    own = by_mode.get("direct", by_mode.get("free-running"))
    assert own is not None
    last, errors = int(own.index[-1]), own[measure]
    text = [f"On the {part} part, in the series' own units: {number_in_words(errors.iloc[0])} one step ahead"]
    if last > 1:
        text[0] += f", {number_in_words(errors.iloc[-1])} at step {last:,}"
    counts = " and ".join(f"{count:,}" for count in dict.fromkeys((own["n"].iloc[0], own["n"].iloc[-1])))
    text[0] += f" (over {counts} forecasts)."
    text += _against([by_mode[name] for name in ("naive", "seasonal") if name in by_mode], own, measure)
    if "direct" in by_mode and "free-running" in by_mode and last > 1:
        text.append(_direct_or_free(by_mode, measure))
    if int(frame["step"].max()) > last:
        text.append(f"Beyond step {last:,} the {part} part ends, and nothing can be measured.")
    elif last > horizon > 1:
        text.append(f"Beyond step {horizon:,} direct forecasts go on from their own predictions, too.")
    return " ".join(text)


def _against(baselines: Sequence[pd.DataFrame], own: pd.DataFrame, measure: str) -> list[str]:
    """Where the better of the naive forecasts is at least as good."""
    if not baselines:
        return []
    best = pd.concat([one[measure] for one in baselines], axis=1).min(axis=1).reindex(own.index)
    lost = own.index[(own[measure] >= best).to_numpy()]
    if not len(lost):
        return ["It is nearer than the naive forecasts at every step."]
    if len(lost) == len(own):
        return ["**A naive forecast is at least as near at every step.**"]
    first = int(lost[0])
    if len(lost) == len(own) - int(np.searchsorted(own.index, first)):
        return [f"**From step {first:,} on a naive forecast is at least as near.**"]
    named = ", ".join(f"{step:,}" for step in lost[:5]) + (f" and {len(lost) - 5:,} more" if len(lost) > 5 else "")
    return [f"**At {'step' if len(lost) == 1 else 'steps'} {named} a naive forecast is at least as near.**"]


def _direct_or_free(by_mode: dict[str, pd.DataFrame], measure: str) -> str:
    direct, free = by_mode["direct"][measure].mean(), by_mode["free-running"][measure].mean()
    if not np.isfinite(free):
        return "Free-running grows beyond all numbers; the forecast is direct."
    share = free / direct - 1 if direct else 0.0
    if abs(share) < 0.01:
        return "Free-running errs as much as direct over these steps."
    than = (
        f"{share + 1:.1f} times as much as"
        if share >= 1
        else f"{abs(share):.0%} {'more' if share > 0 else 'less'} than"
    )
    return f"Free-running errs {than} direct over these steps; the forecast is direct."
