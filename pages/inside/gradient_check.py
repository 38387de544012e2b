"""The gradient check, by a button: backpropagation against differences, parameter by parameter."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from pages.inside.subject import Subject
from rnn.core.config import Config
from rnn.core.gradient_check import TOLERANCE, GradientCheck, check_gradients
from rnn.core.network import Network

# Each entry takes four forward passes: a copy of at most this size is checked within a second.
MOST = {"hidden": 8, "window": 12, "horizon": 4}
MOST_COLUMNS = 4
_CHECKED = "gradient_checked"


def draw(subject: Subject) -> None:
    """A fragment."""
    config, inputs, targets = checked_copy(subject.config, len(subject.series.names), len(subject.series.targets))
    st.markdown("##### Is the gradient right?")
    st.markdown(
        "For every weight, the gradient of backpropagation through time is compared with what the loss really does when "
        "that weight is moved a little up and down (central differences, in 64 bits). The differences come from a second, "
        "plain implementation that shares no code with the one that trains; weights and windows are drawn at random."
    )
    if subject.problem:
        st.warning(f"{subject.problem} The default settings are checked instead.", icon=":material/info:")
    what = (config.to_json(), inputs, targets)
    if st.button("Check the gradient", icon=":material/rule:", key="check_gradient"):
        st.session_state[_CHECKED] = what
    if remarks := _remarks(subject, config, inputs, targets):
        st.caption(f":material/info: {' '.join(remarks)}")
    if st.session_state.get(_CHECKED) == what:
        _draw_result(_check(*what), config, inputs, targets)


def checked_copy(config: Config, inputs: int, targets: int) -> tuple[Config, int, int]:
    """The settings, inputs and targets that are checked: those given, made smaller where they are large."""
    smaller = {field: min(getattr(config, field), most) for field, most in MOST.items()}
    truncate = config.truncate and min(config.truncate, smaller["window"])
    copy = config.replace(gradient="bptt", truncate=truncate, **smaller)
    return copy, min(inputs, MOST_COLUMNS), min(targets, MOST_COLUMNS)


@st.cache_data(max_entries=32, show_spinner="Checking every weight …")
def _check(config_json: str, inputs: int, targets: int) -> list[GradientCheck]:
    return check_gradients(Config.from_json(config_json), inputs, targets)


def _remarks(subject: Subject, config: Config, inputs: int, targets: int) -> list[str]:
    asked, series = subject.config, subject.series
    sizes = [
        (f"{getattr(config, field)} {word}", getattr(asked, field))
        for field, word in (("hidden", "hidden units"), ("window", "steps of the window"), ("horizon", "steps ahead"))
        if getattr(config, field) != getattr(asked, field)
    ]
    sizes += [
        (f"{kept} {word}", count)
        for kept, count, word in ((inputs, len(series.names), "inputs"), (targets, len(series.targets), "targets"))
        if kept != count
    ]
    remarks = []
    if sizes:
        smaller = ", ".join(f"{copy} for {full:,}" for copy, full in sizes)
        remarks.append(f"A smaller copy is checked, by the same code: {smaller}.")
    if config.truncate is not None:
        remarks.append(
            f"The error is truncated after {config.truncate} steps, so the differences hold the state before them fixed."
        )
    if asked.gradient == "published":
        remarks.append(
            "This run is trained by the article’s own rule, which is not a gradient; checked is the true gradient of the "
            "same network."
        )
    return remarks


def _draw_result(checks: list[GradientCheck], config: Config, inputs: int, targets: int) -> None:
    shapes = Network(config, inputs, targets).shapes
    wrong = [check.parameter for check in checks if not check.agrees]
    entries = sum(math.prod(shapes[check.parameter]) for check in checks)
    if wrong:
        st.error(f"The gradient is wrong in {', '.join(wrong)}.", icon=":material/error:")
    else:
        worst = max(check.relative_error for check in checks)
        st.success(
            f"The gradient is right: all {entries:,} entries agree with their differences; the largest relative error is "
            f"{_small(worst)}.",
            icon=":material/check_circle:",
        )
    table = pd.DataFrame(
        {
            "Parameter": [f"`{check.parameter}`" for check in checks],
            "Entries": [math.prod(shapes[check.parameter]) for check in checks],
            "Largest relative error": [check.relative_error for check in checks],
            "Backpropagation": [check.analytic for check in checks],
            "Differences": [check.numeric for check in checks],
            "At entry": [", ".join(map(str, check.worst_index)) for check in checks],
            "Verdict": [":green[right]" if check.agrees else ":red[**wrong**]" for check in checks],
        }
    )
    formats = {"Largest relative error": _small, "Backpropagation": "{:.9f}", "Differences": "{:.9f}"}
    st.table(
        table.style.format(formats), border="horizontal", hide_index=True,
        alt="For each parameter the largest relative difference between backpropagation and central differences.",
    )  # fmt: skip
    st.caption(
        f"Right means a relative error of at most {_small(TOLERANCE)} at the entry that agrees least, for which both numbers "
        "are given."
    )


def _small(value: float) -> str:
    """2.7e-9"""
    return f"{value:.2g}".replace("e-0", "e-")
