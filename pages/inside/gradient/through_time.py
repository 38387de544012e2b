"""Through time: how large the error is at each step back from the prediction, epoch by epoch, while the run trains."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside import epoch_choice
from pages.inside.gradient.flow_rows import flow_rows
from pages.inside.gradient.words import in_words
from pages.inside.view import View
from rnn.core.through_time import describe_flow
from rnn.runs.records import FlowRow
from rnn.ui.figures.through_time import alt_flow, flow_figure
from rnn.ui.live_chart import Pick, live_chart

KEY = "gradient_through_time"
HEIGHT = 420
# More cells would be finer than the screen, and slow to send while the run trains.
MOST_EPOCHS, MOST_STEPS = 160, 100


def draw(view: View) -> None:
    st.markdown("##### The error on its way back through time")
    if view.config.gradient == "published":
        st.info(
            "The article’s own rule sends no error back from step to step: it gives the prediction’s error to every step anew, "
            "and reads its recurrent weights in forward order. There is nothing to follow here; *Learn* sets that rule beside "
            "the true gradient.",
            icon=":material/info:",
        )
        return
    rows = flow_rows(view.run)
    if not rows:
        st.info(_why_none(view), icon=":material/info:")
        return
    _say(view, rows)
    _draw_chart(view, rows)
    _explain(view, rows)


def _say(view: View, rows: list[FlowRow]) -> None:
    row, config = nearest(rows, view.epoch), view.config
    flow = describe_flow(row.norms[view.part.layer], config.truncate, row.steps)
    place = f" in layer {view.part.layer + 1}" if config.layers > 1 else ""
    at = f"Epoch {row.epoch:,}"
    if row.epoch != view.epoch:
        at = f"Epoch {view.epoch:,} was not measured. Epoch {row.epoch:,}, the nearest that was"
    st.markdown(f"{at}: {in_words(flow, place)}")


def _why_none(view: View) -> str:
    if view.run.active:
        return "How the error travels comes with the first epochs."
    if view.run.epoch == 0:
        return "The run ended before an epoch was done, so there is nothing to show of how its error travelled."
    return "How the error travelled was not written down while this run trained: an older version trained it."


def nearest(rows: list[FlowRow], epoch: int) -> FlowRow:
    """Of the epochs that were measured the one closest to this one."""
    return min(rows, key=lambda row: abs(row.epoch - epoch))


def _draw_chart(view: View, rows: list[FlowRow]) -> None:
    epochs, back, norms = _thinned(rows, view.part.layer)
    config = view.config
    clip_epochs, clipped = [], None
    if config.clip != "none":
        history = view.fit.history[:: -(-len(view.fit.history) // 500) or 1]
        clip_epochs, clipped = [one.epoch for one in history], [one.clipped for one in history]
    parts = {
        "cut": config.truncate if (config.truncate or config.steps) < config.steps else None,
        "chosen": view.epoch or None, "clip_epochs": clip_epochs, "clipped": clipped,
    }  # fmt: skip
    live_chart(
        flow_figure(epochs, back, norms, **parts), key=KEY, identity=view.identity, height=HEIGHT,
        alt=alt_flow(epochs, back, norms, **parts), on_pick=lambda pick: _pick(view, pick),
    )  # fmt: skip


def _thinned(rows: list[FlowRow], layer: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Epochs (N,), steps back (T',) from 0 on, norms (T', N)."""
    some = [rows[k] for k in np.linspace(0, len(rows) - 1, min(len(rows), MOST_EPOCHS)).round().astype(int)]
    steps = some[-1].steps
    places = np.linspace(0, len(steps) - 1, min(len(steps), MOST_STEPS)).round().astype(int)[::-1]
    norms = np.array([row.norms[layer, places] for row in some], np.float64).T
    return np.array([row.epoch for row in some]), (steps[-1] - steps[places]).astype(np.intp), norms


def _pick(view: View, pick: Pick) -> None:
    epoch_choice.go_to(view.run, round(float(pick.x)))


def _explain(view: View, rows: list[FlowRow]) -> None:
    config, drawn = view.config, min(len(rows[-1].steps), MOST_STEPS)
    text = [
        "Each column is an epoch, each row a step of the window, the last one on top: the darker, the larger the error ∂L/∂h "
        "that arrives there, on a scale in which each shade is a factor. It is the root mean square over the same training "
        "windows at every epoch; where nothing is drawn, nothing arrives. A click on a column chooses its epoch."
    ]
    if config.clip != "none":
        text.append("Beneath: the share of batches whose gradient was clipped.")
    if drawn < config.steps:
        text.append(f"Drawn are {drawn} of {config.steps:,} steps, evenly taken.")
    if len(rows) < rows[-1].epoch:
        text.append(f"{len(rows):,} of {rows[-1].epoch:,} epochs were measured, to cost the run no time that is felt.")
    if config.seeds > 1:
        text.append("Of the ensemble the first network is measured, whichever is chosen above.")
    if config.skip == "mean":
        text.append("It is the network as it learns, beside the linear forecast.")
    st.caption(" ".join(text))
