"""Which records train, which validate, which are kept for the last test, and what the scaler has seen of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.data import parts as series_parts
from pages.data.parts import Parts
from rnn.core.config import Config
from rnn.core.leakage import FalseGain, classic, false_gain
from rnn.ui import config_form
from rnn.ui.figures.split import Part
from rnn.ui.figures.style import moment
from rnn.ui.wording import escaped, number_in_words

FIELDS = ("validation", "test", "gap")


def draw(parts: Parts) -> None:
    st.caption(
        "The series is cut in the order of time. Drag the lines in the chart above, or say it here: as a share (0.2), as a "
        "number of records (48), or by the first record of a part."
    )
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        for field in FIELDS:
            with st.container(width=170):
                config_form.draw_field(field)
        if parts.split is not None:
            _draw_beginning(parts, "validation")
            _draw_beginning(parts, "test")
    problem = parts.problem or series_parts.refused()
    if problem:
        st.error(escaped(problem, 600), icon=":material/error:")
    if parts.split is not None:
        _draw_sum(parts)
        _draw_lamp(parts)


def _draw_beginning(parts: Parts, name: str) -> None:
    """Where a part begins, as a date or as the number of the record."""
    times, record = parts.series.times, parts.begins[name]
    if name == "test" and record >= len(times):
        return
    key = f"begins:{name}"
    label = f"{name.capitalize()} begins"
    if times.dtype.kind == "M":
        days = times.astype("datetime64[D]")
        st.session_state[key] = days[record].item()
        st.date_input(
            label, key=key, min_value=days[0].item(), max_value=days[-1].item(), width=170,
            on_change=_begin_on_day, args=(parts, name),
        )  # fmt: skip
    else:
        st.session_state[key] = record + 1
        st.number_input(
            f"{label} at record", 1, len(times), key=key, width=170, on_change=_begin_at_record, args=(parts, name)
        )


def _begin_on_day(parts: Parts, name: str) -> None:
    day = st.session_state[f"begins:{name}"]
    if day is not None:
        days = parts.series.times.astype("datetime64[D]")
        series_parts.begin_at(parts, name, int(np.searchsorted(days, np.datetime64(day))))


def _begin_at_record(parts: Parts, name: str) -> None:
    series_parts.begin_at(parts, name, int(st.session_state[f"begins:{name}"]) - 1)


def _draw_sum(parts: Parts) -> None:
    drawn = parts.drawn
    words = " + ".join(f"**{part.records:,}** {part.name}" for part in drawn)
    st.markdown(f"**{len(parts.series):,}** records = {words}.")
    st.caption(" · ".join(_span(part) for part in drawn))


def _span(part: Part) -> str:
    return f"{part.name}: {escaped(moment(part.first))} to {escaped(moment(part.last))}"


def _draw_lamp(parts: Parts) -> None:
    """Green while the scaler has seen training records alone; red where it has seen what the network is judged on."""
    split, times = parts.split, parts.series.times
    assert split is not None
    seen = f"{split.scaler_rows:,} records, up to {escaped(moment(times[split.scaler_rows - 1]))}"
    scaled = parts.config is not None and parts.config.scaling != "none"
    with st.container(border=True, key="leakage"):
        if not scaled:
            st.markdown(":gray[:material/lightbulb: **No scaler**]: the values go into the network as they are.")
        elif split.leak:
            st.markdown(
                f":red[:material/emergency_home: **Leak**]: the scaler was fitted on all {seen}. It knows the level and the "
                "spread of the records that the network is judged on, which nobody knows in advance."
            )
        else:
            st.markdown(
                f":green[:material/lightbulb: **No leak**]: the scaler is fitted on the first {seen}: training alone."
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.toggle(
                "Fit it on all records (to see what a leak does)", value=split.leak, key="leak_switch",
                on_change=_switch_leak, disabled=not scaled,
            )  # fmt: skip
            measure = st.button("Measure the false gain", icon=":material/balance:", disabled=not scaled)
            show = st.button(
                "… where it shows best", disabled=not scaled,
                help="With a bounded network (tanh) on plain levels, which cannot follow a trend beyond what its scaler knows.",
            )  # fmt: skip
        if parts.config is not None and (measure or show):
            _measure(parts, classic(parts.config) if show else parts.config)
        _draw_gain(parts)


def _switch_leak() -> None:
    config_form.set_values({"scaler_rows": "all" if st.session_state["leak_switch"] else "train"})


def _measure(parts: Parts, config: Config) -> None:
    with st.spinner("Training the same small network with and without the leak, from five seeds …"):
        try:
            found: FalseGain | str | None = false_gain(config, parts.series)
        except ValueError as error:
            found = str(error)
    st.session_state["false_gain"] = (repr(parts.config), id(parts.series), found)


def _draw_gain(parts: Parts) -> None:
    """The last measurement, as long as it speaks of this series and these settings."""
    *about, found = st.session_state.get("false_gain", (None, None, None))
    if found is None or about != [repr(parts.config), id(parts.series)]:
        return
    if isinstance(found, str):
        st.error(escaped(found, 600), icon=":material/error:")
        return
    st.markdown(f"**{escaped(found.sentence, 600)}**")
    with st.container(horizontal=True, gap="large"):
        st.metric("Validation RMSE, scaler on training alone", number_in_words(found.honest_val_rmse), width="content")
        st.metric("The same network with the leak", number_in_words(found.leaky_val_rmse), width="content")
    used = found.config
    st.caption(
        f"Measured just now on the last {found.records:,} records with a small network: {used.cell}"
        f"{', ' + used.activation if used.cell == 'elman' else ''}, hidden {used.hidden}, window {used.window}, "
        f"scaling {used.scaling}, at most {used.epochs} epochs."
    )
