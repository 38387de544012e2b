"""The section "Residuals": what the predictions missed on records that the network had not seen, and what that tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.forecast import measured, request
from rnn.core.fit import Fit
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.forecast.diagnosis import LjungBox, ResidualDiagnosis
from rnn.runs.records import Run
from rnn.ui.figures.correlogram import alt_correlogram, correlogram_figure
from rnn.ui.figures.residuals import (
    agreement_figure,
    alt_agreement,
    alt_histogram,
    alt_residuals,
    histogram_figure,
    residuals_figure,
)
from rnn.ui.figures.style import shortened
from rnn.ui.live_chart import live_chart
from rnn.ui.thinning import thin
from rnn.ui.wording import escaped, number_in_words

HEIGHT = 330
MOST_POINTS = 1500
MOST_DOTS = 1500
_STEP, _TARGET, _PART = "residual_step", "residual_target", "residual_part"


@dataclass(frozen=True)
class Asked:
    """target: its number. ahead: steps after the first. part: "validation" or "test"."""

    target: int
    ahead: int
    part: str


def draw(run: Run, fit: Fit, whole: Series) -> None:
    """fit: of the series shown. whole: all that the run learned from."""
    if unmeasured := measured.why_not(fit):
        st.info(unmeasured, icon=":material/info:")
        return
    asked = _choose(fit)
    try:
        found = measured.diagnosis_of(run, whole, fit.series.name, asked.target, asked.ahead, asked.part)
    except ValueError as error:
        st.info(escaped(str(error), 400), icon=":material/info:")
        return
    st.caption(_what_is_shown(found))
    # Names of columns and their cells stand in these sentences.
    st.markdown("\n".join(f"- {escaped(sentence, 500)}" for sentence in found.sentences))
    identity = f"{run.id}:{fit.series.name}:{asked.target}:{asked.ahead}:{asked.part}"
    over_time, how_often = st.columns(2, gap="medium")
    with over_time:
        _draw_over_time(identity, found)
    with how_often:
        _draw_histogram(identity, found)
    memory, agreement = st.columns(2, gap="medium")
    with memory:
        _draw_memory(identity, found, fit.config.season)
    with agreement:
        _draw_agreement(identity, found)


def _choose(fit: Fit) -> Asked:
    model, parts = fit.model, measured.parts_of(fit)
    target, part, ahead = model.targets[0], parts[0], 1
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="residual_choice"):
        if len(parts) > 1:
            st.session_state.setdefault(_PART, parts[0])
            part = st.segmented_control(
                "Measured on", parts, key=_PART, required=True, format_func=str.capitalize, persist_state="session"
            )
        most = furthest(fit, part)
        if most > 1:
            st.session_state[_STEP] = min(st.session_state.get(_STEP, 1), most)
            ahead = st.slider("Steps ahead", 1, most, key=_STEP, width=320, persist_state="session")
        if len(model.targets) > 1:
            target = st.selectbox("Target", model.targets, key=_TARGET, width=220)
    return Asked(model.targets.index(target), ahead - 1, part)


def furthest(fit: Fit, part: str) -> int:
    """How many steps ahead there is anything to look at: as far as the network can forecast, and the part is long enough."""
    model, split = fit.model, split_series(fit.config, fit.series)
    assert isinstance(split, Split)
    records = split.validation_records if part == "validation" else split.test_records
    others = {*model.names} - {*model.targets, *model.framing.static, *model.known}
    return min(request.most_steps(fit.config, inputs_only=bool(others)), records.stop - records.start)


def _what_is_shown(found: ResidualDiagnosis) -> str:
    steps = "one step" if not found.ahead else f"{found.ahead + 1:,} steps"
    earlier = f" (the last of {len(found.residuals) + found.left_out:,})" if found.left_out else ""
    return (
        f"A residual is the actual value less the predicted one: above zero the forecast was too low. Here are "
        f"**{len(found.residuals):,}**{earlier} from the {found.part} part, which the network was not trained on, predicted "
        f"{steps} ahead, in units of {escaped(found.target)}."
    )


def _draw_over_time(identity: str, found: ResidualDiagnosis) -> None:
    st.markdown("**Over time**")
    times, residuals = thin(found.times, found.residuals, MOST_POINTS)
    unit = f"residual, {shortened(found.target)}"
    label = "" if np.issubdtype(found.times.dtype, np.datetime64) else "record"
    _draw(
        residuals_figure(times, residuals, unit=unit, time_label=label), "residual_times", identity,
        alt_residuals(found.times, found.residuals, unit=unit),
    )  # fmt: skip
    st.caption(
        "Good residuals scatter about zero, as wide at the end as at the beginning. The dashed line is their mean: "
        f"{number_in_words(found.bias)}"
        + (f", ± {number_in_words(2 * found.bias_error)} for chance." if np.isfinite(found.bias_error) else ".")
    )


def _draw_histogram(identity: str, found: ResidualDiagnosis) -> None:
    st.markdown("**How often how much**")
    finite = found.residuals[np.isfinite(found.residuals)]
    mean, deviation = (float(finite.mean()), float(finite.std())) if len(finite) else (0.0, 0.0)
    labels = {"mean": mean, "deviation": deviation, "unit": f"residual, {shortened(found.target)}"}
    _draw(
        histogram_figure(found.edges, found.counts, **labels), "residual_histogram", identity,
        alt_histogram(found.edges, found.counts, **labels),
    )  # fmt: skip
    text = (
        f"The line is the bell curve (normal distribution) of the same mean and standard deviation, "
        f"{number_in_words(deviation)}."
    )
    if deviation > 0:
        within = float((np.abs(finite - mean) <= 2 * deviation).mean())
        text += f" Within two deviations of the mean lie {within:.0%}; of a bell curve 95 %."
    st.caption(
        f"{text} The intervals of this page do not need a bell curve: they are measured on the residuals themselves."
    )


def _draw_memory(identity: str, found: ResidualDiagnosis, season: int | None) -> None:
    st.markdown("**Do they hang together?**")
    if not len(found.acf):
        st.caption(
            "There are too few residuals, or they are all the same, so how they hang together cannot be measured."
        )
        return
    labels = {"title": "autocorrelation", "periods": (season,) if season else ()}
    _draw(
        correlogram_figure(found.acf[1:], found.bound, **labels), "residual_acf", identity,
        alt_correlogram(found.acf[1:], found.bound, **labels),
    )  # fmt: skip
    st.caption(
        "How alike residuals are that lie so many records apart (autocorrelation; 1 is the same, 0 nothing in common). Of "
        f"residuals without any memory 19 bars in 20 stay within the grey band, ± {found.bound:.2f}. {tested_in_words(found)}"
    )


def tested_in_words(found: ResidualDiagnosis) -> str:
    """The test on all bars together, and what its number means."""
    test: LjungBox | None = found.ljung_box
    if test is None:
        return (
            f"There is no test here: forecasts {found.ahead + 1:,} steps ahead share records with their neighbours, and must "
            "hang together."
        )
    chance = "less than once in 1,000" if test.p < 0.001 else f"{test.p * 100:.2g} times in 100"
    said = (
        "too rare for chance, so something is left to learn" if test.p < 0.05 else "so chance alone may have made them"
    )
    return (
        f"All {test.lags} bars together (Ljung–Box test, statistic {test.statistic:.4g}, p {_p(test.p)}): residuals without "
        f"memory would look like this or worse {chance}: {said}."
    )


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"


def _draw_agreement(identity: str, found: ResidualDiagnosis) -> None:
    st.markdown("**Predicted beside actual**")
    kept = np.unique(np.linspace(0, len(found.actual) - 1, min(len(found.actual), MOST_DOTS)).astype(int))
    actual, predicted, target = found.actual[kept], found.predicted[kept], shortened(found.target)
    _draw(
        agreement_figure(actual, predicted, target=target), "residual_agreement", identity,
        alt_agreement(found.actual, found.predicted, target=found.target),
    )  # fmt: skip
    some = f" {len(kept):,} of {len(found.actual):,} are drawn." if len(kept) < len(found.actual) else ""
    st.caption(
        "On the dashed line a prediction is exactly right; above it was too high. A cloud that lies flatter than the line "
        f"means that high values are told too low and low ones too high.{some}"
    )


def _draw(figure: go.Figure, key: str, identity: str, words: str) -> None:
    live_chart(figure, key=key, identity=identity, alt=words, height=HEIGHT)
