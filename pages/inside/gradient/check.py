"""The gradient check, by a button: backpropagation against differences, parameter by parameter."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.inside.subject import Subject
from rnn.core.config import Config
from rnn.core.gradient_check import TOLERANCE, GradientCheck, check_gradients
from rnn.core.network import Network, beside
from rnn.core.planted_faults import FAULTS, with_fault
from rnn.ui.wording import escaped

# Each entry takes four forward passes: a copy of at most this size is checked within seconds.
MOST = {"hidden": 8, "layers": 3, "patch": 4, "horizon": 4}
MOST_STEPS, MOST_COLUMNS = 12, 4
_CHECKED = "gradient_checked"


@dataclass(frozen=True)
class Copy:
    """What is checked: settings, and how many columns of each kind there are."""

    config: Config
    inputs: int
    targets: int
    static: int
    known: int


def draw(subject: Subject) -> None:
    """A fragment."""
    series = subject.series
    inputs, static = len(series.names) - len(series.static), len(series.static)
    copy = checked_copy(subject.config, inputs, len(series.targets), static, len(series.known))
    st.markdown("##### Is the gradient right?")
    st.markdown(
        "For every weight and every input, the gradient of backpropagation through time is compared with what the loss "
        "really does when it is moved a little up and down (central differences, in 64 bits). The differences come from a "
        "second, plain implementation that shares no code with the one that trains; weights, windows and the state before "
        "them are drawn at random."
    )
    if subject.problem:
        st.warning(f"{subject.problem} The default settings are checked instead.", icon=":material/info:")
    what = (copy.config.to_json(), copy.inputs, copy.targets, copy.static, copy.known)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="gradient_check_choice"):
        if st.button("Check the gradient", icon=":material/rule:", key="check_gradient"):
            st.session_state[_CHECKED] = what
        fault = _choose_fault(copy.config)
    if remarks := _remarks(subject, copy):
        st.caption(f":material/info: {' '.join(remarks)}")
    if st.session_state.get(_CHECKED) == what:
        _draw_result(_check(*what, fault), fault)


def checked_copy(config: Config, inputs: int, targets: int, static: int = 0, known: int = 0) -> Copy:
    """The settings and columns that are checked: those given, made smaller where they are large."""
    smaller = {field: min(getattr(config, field), most) for field, most in MOST.items()}
    steps = min(config.steps, MOST_STEPS)
    changes = {"window": steps * smaller["patch"], "truncate": config.truncate and min(config.truncate, steps)}
    # What stands around the network (ensemble, differencing, season) is left out: it has no part in its gradient.
    bare = {"gradient": "bptt", "seeds": 1, "difference": "none", "residual": "none", "season": None}
    if smaller["layers"] == 1:
        bare["dropout"] = 0.0
    copy = config.replace(**smaller, **changes, **bare)
    columns = [min(count, MOST_COLUMNS) for count in (inputs, targets, static, known)]
    return Copy(copy, *columns)


def _choose_fault(config: Config) -> str | None:
    """A key of FAULTS, or None: the gradient as it is."""
    offered = [key for key, fault in FAULTS.items() if fault.applies(config)]
    return st.selectbox(
        "Plant a fault", offered, index=None, key="planted_fault", width=360, placeholder="None: check what trains",
        format_func=lambda key: FAULTS[key].label,
        help="A mistake as people make it, put into a copy of the gradient, to see the check find it. Training is untouched.",
    )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner="Checking every weight …")
def _check(
    config_json: str, inputs: int, targets: int, static: int, known: int, fault: str | None
) -> list[GradientCheck]:
    config = Config.from_json(config_json).replace(dtype="float64", dropout=0.0)
    planted = None
    if fault is not None:
        planted = with_fault(Network(config, inputs, targets, beside(config, static, known)), FAULTS[fault])
    return check_gradients(
        config, inputs, targets, n_static=static, n_known=known, loss_and_gradients=planted
    )  # fmt: skip


def _remarks(subject: Subject, copy: Copy) -> list[str]:
    asked, config, series = subject.config, copy.config, subject.series
    counts = (
        (config.hidden, asked.hidden, "hidden units"),
        (config.layers, asked.layers, "layers"),
        (config.steps, asked.steps, "steps of the window"),
        (config.patch, asked.patch, "records a step"),
        (config.horizon, asked.horizon, "steps ahead"),
        (copy.inputs, len(series.names) - len(series.static), "inputs"),
        (copy.static, len(series.static), "static inputs"),
        (copy.known, len(series.known), "inputs known ahead"),
        (copy.targets, len(series.targets), "targets"),
    )
    smaller = ", ".join(f"{kept:,} {word} for {full:,}" for kept, full, word in counts if kept != full)
    remarks = [f"A smaller copy is checked, by the same code: {smaller}."] if smaller else []
    if config.truncate is not None:
        remarks.append(
            f"The error is truncated after {config.truncate} steps, so the differences hold the state before them fixed."
        )
    if asked.dropout > 0:
        remarks.append("Dropout is off, as it draws anew each time.")
    if asked.gradient == "published":
        remarks.append(
            "This run is trained by the article’s own rule, which is not a gradient; checked is the true gradient of the "
            "same network."
        )
    return remarks


def _draw_result(checks: list[GradientCheck], fault: str | None) -> None:
    wrong = [check for check in checks if not check.agrees]
    if fault is not None:
        st.markdown(f":material/bug_report: **Planted: {FAULTS[fault].label}.** {escaped(FAULTS[fault].meaning, 400)}")
    compared, entries = sum(check.compared for check in checks), sum(check.entries for check in checks)
    which = f"all {entries:,} entries" if compared == entries else f"{compared:,} of {entries:,} entries"
    if wrong:
        st.error(_what_is_wrong(wrong, len(checks)), icon=":material/error:")
    else:
        worst = max(check.relative_error for check in checks)
        st.success(
            f"The gradient is right: {which} {'agree' if compared == entries else 'were compared and agree'} with their "
            f"differences; the largest relative error is {_small(worst)}.",
            icon=":material/check_circle:",
        )
    table = pd.DataFrame(
        {
            "Parameter": [_name(check.parameter) for check in checks],
            "Entries": [check.entries for check in checks],
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


def _what_is_wrong(wrong: list[GradientCheck], count: int) -> str:
    worst = max(wrong, key=lambda check: check.relative_error)
    names = ", ".join(f"`{check.parameter}`" for check in wrong)
    which = f" ({len(wrong)} of {count})" if len(wrong) > 2 else ""
    entry = ", ".join(map(str, worst.worst_index))
    return (
        f"The gradient is wrong in {names}{which}. Most of all in `{worst.parameter}`, entry {entry}: backpropagation says "
        f"{worst.analytic:.9g}, the differences say {worst.numeric:.9g}."
    )


def _name(parameter: str) -> str:
    return "`x`, the inputs" if parameter == "x" else f"`{parameter}`"


def _small(value: float) -> str:
    """2.7e-9"""
    return f"{value:.2g}".replace("e-0", "e-")
