"""The epoch scrubber: the course of the run with a handle at the epoch shown, and the buttons that move it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.inside import branching, epoch_choice
from pages.inside.epoch_choice import beside
from rnn.core.events import Epoch
from rnn.runs.records import Run
from rnn.ui.figures.scrubber import alt_scrubber, scrubber_figure
from rnn.ui.kept import kept as kept_picture
from rnn.ui.live_chart import Handle, live_chart
from rnn.ui.thinning import thin

KEY = "inside_scrubber"
HEIGHT = 92
MOST_POINTS = 300
PLAY, BACK, FORWARD, FIRST, NEWEST, BEST = "K", "J", "L", "Shift+J", "Shift+L", "B"


def draw(run: Run, kept: list[int], at: int, history: list[Epoch]) -> DeltaGenerator:
    """kept: the epochs that can be looked at; at: the one that is. Returns a place beside the buttons."""
    if len(kept) > 1:
        _draw_course(run, kept, at, history)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inside_steps"):
        _draw_buttons(run, kept, at)
        branching.draw(run, at)
        return st.container(width="content")


def _draw_course(run: Run, kept: list[int], at: int, history: list[Epoch]) -> None:
    epochs, losses = _thinned(history)
    best = run.best_epoch
    first, last = kept[0], max(kept[-1], run.epoch)

    def picture() -> object:
        return scrubber_figure(epochs, losses[:, 0], losses[:, 1], first=first, last=last, best=best)

    live_chart(
        kept_picture(KEY, (run.id, len(history), first, last, best), picture),
        key=KEY, identity=run.id, height=HEIGHT, bare=True,
        alt=alt_scrubber(epochs, losses[:, 0], losses[:, 1], at=at, kept=len(kept), best=best),
        handles=[
            Handle(
                "epoch", "Epoch shown", at=float(at), low=float(kept[0]), high=float(kept[-1]), step=1.0,
                stops=tuple(map(float, kept)), live=True,
            )
        ],
        on_move=lambda _, epoch: epoch_choice.go_to(run, epoch_choice.nearest(kept, round(epoch))),
    )  # fmt: skip


def _thinned(history: list[Epoch]) -> tuple[np.ndarray, np.ndarray]:
    epochs = np.array([one.epoch for one in history])
    losses = np.array([(one.train_loss, one.val_loss) for one in history], dtype=np.float64).reshape(-1, 2)
    return thin(epochs, losses, MOST_POINTS)


def _draw_buttons(run: Run, kept: list[int], at: int) -> None:
    playing, alone = epoch_choice.place_of(run).playing, len(kept) < 2
    first, newest, best = kept[0], kept[-1], run.best_epoch or 0

    def button(label: str, icon: str, key: str, shortcut: str, to: int | None, help: str, *, off: bool) -> None:
        st.button(
            label, icon=f":material/{icon}:", key=f"epoch_{key}", shortcut=shortcut, disabled=alone or off, help=help,
            on_click=epoch_choice.go_to, args=(run, to),
        )  # fmt: skip

    # While the run trains the usual epoch is the newest, afterwards the best.
    button(
        "First", "first_page", "first", FIRST, first, "To the first epoch kept. 0 is before training.", off=at == first
    )
    button("Back", "chevron_left", "back", BACK, beside(kept, at, -1), "To the epoch kept before.", off=at == first)
    # Two buttons and not one that toggles: a click that Streamlit hands over twice, as it does now and then while a fragment
    # runs by itself, must not undo itself.
    keys = (
        f"Keys: {PLAY} plays and pauses, {BACK} and {FORWARD} step back and forward, {FIRST} goes to the first, {NEWEST} to "
        f"the newest, {BEST} to the best epoch; the handle on the curve takes arrow keys."
    )
    if playing:
        st.button(
            "Pause", icon=":material/pause:", key="epoch_pause", shortcut=PLAY, on_click=epoch_choice.pause, args=(run,),
            help=f"Stay at this epoch. {keys}",
        )  # fmt: skip
    else:
        st.button(
            "Play", icon=":material/play_arrow:", key="epoch_play", shortcut=PLAY, disabled=alone,
            on_click=epoch_choice.play, args=(run, kept),
            help=f"Show one kept epoch after the other, as an animation. {keys}",
        )  # fmt: skip
    button(
        "Forward",
        "chevron_right",
        "forward",
        FORWARD,
        beside(kept, at, 1),
        "To the epoch kept after.",
        off=at == newest,
    )
    button(
        "Newest", "last_page", "newest", NEWEST, None if run.active else newest,
        "To the newest epoch" + (", and on with the run as it trains." if run.active else "."),
        off=at == newest and not (run.active and epoch_choice.place_of(run).epoch is not None),
    )  # fmt: skip
    button(
        "Best", "star", "best", BEST, best if run.active else None, "To the epoch of the lowest validation loss.",
        off=best not in kept or at == best,
    )  # fmt: skip
