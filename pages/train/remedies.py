"""What a run suffers from, and what to do about it, by a click: over- and under-fitting, and blowing up."""

from __future__ import annotations

import streamlit as st

from pages.train import actions
from pages.train.preflight_note import Setup
from rnn.core.config import Config
from rnn.forecast import Verdict
from rnn.forecast.fitting import GOOD, OVER, UNDER, in_words
from rnn.runs.fair_queue import new_id
from rnn.runs.records import Run

FITTING_ICONS = {OVER: ":material/call_split:", UNDER: ":material/trending_down:", GOOD: ":material/check:"}


def draw_fitting(setup: Setup, run: Run | None, verdict: Verdict | None) -> None:
    """One line, and the remedy when the run has ended."""
    fitting = verdict.fitting if verdict and run and run.state != "diverged" else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="fitting"):
        if fitting is None or not fitting.sentence or run is None:
            st.caption("&nbsp;")
            return
        icon = FITTING_ICONS.get(fitting.kind, ":material/query_stats:")
        st.caption(f"{icon} {fitting.sentence}", width="content")
        if fitting.remedy and not run.active:
            st.button(
                f"Train with {in_words(fitting.remedy)}", key="remedy fitting", icon=":material/replay:", type="tertiary",
                on_click=actions.restart, args=(run.config.replace(**fitting.remedy), setup, new_id()),
                help="Puts these settings into the form and starts a new run with them. This one stays in the store.",
            )  # fmt: skip


def draw(setup: Setup, run: Run) -> None:
    if run.state != "diverged":
        return
    st.error(
        f"**The run blew up.** {run.message} The last epoch with finite losses was {run.last_finite_epoch}.",
        icon=":material/crisis_alert:",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Try again with")
        for label, config in remedies(run.config).items():
            st.button(label, key=f"remedy {label}", on_click=actions.restart, args=(config, setup, new_id()))


def remedies(config: Config) -> dict[str, Config]:
    """What usually helps against this divergence: label → the settings with that one change."""
    found = {f"learning rate {config.lr / 3:.2g}": config.replace(lr=max(config.lr / 3, 1e-8))}
    if config.gradient == "published":
        return found
    if config.clip != "norm" or config.clip_at > 1:
        found["gradients clipped at 1"] = config.replace(clip="norm", clip_at=1.0)
    if config.scaling == "none":
        found["scaled data"] = config.replace(scaling="standard")
    return found
