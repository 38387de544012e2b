"""When a run blew up: what happened, and what to do about it, by a click."""

from __future__ import annotations

import streamlit as st

from pages.train import actions
from pages.train.preflight_note import Setup
from rnn.core.config import Config
from rnn.runs.records import Run


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
            st.button(label, key=f"remedy {label}", on_click=actions.restart, args=(config, setup))


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
