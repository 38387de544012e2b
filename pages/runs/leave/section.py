"""Taking a run away: each file that it can become, with what it is for; made when its button is pressed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from rnn.export.takeaway import file_stem
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.takeaway import OFFERS, Offer, made, reason_against, torch_offer
from rnn.ui.wording import escaped


def draw(run: Run) -> None:
    """The folded list of all that can be had of the run."""
    with st.expander("Take away", icon=":material/download:", key=f"take-away-{run.id}"):
        for name in OFFERS:
            offer = torch_offer(run) if name == "torch" else OFFERS[name]
            _draw_offer(run, name, offer, reason_against(run, name))


def _draw_offer(run: Run, name: str, offer: Offer, reason: str) -> None:
    left, right = st.columns([2, 5], vertical_alignment="center", gap="small")
    with left:
        st.download_button(
            offer.label, partial(made, session.store(), run.id, name), f"{file_stem(run)}{offer.ending}", offer.mime,
            icon=offer.icon, key=f"take-{name}-{run.id}", on_click="ignore", width="stretch", disabled=bool(reason),
            type="primary" if name == "everything" else "secondary",
        )  # fmt: skip
    right.caption(escaped(reason, 300) if reason else offer.about)
