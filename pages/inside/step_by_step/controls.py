"""Where the walk stands, in the session, and the buttons and keys that move it."""

from __future__ import annotations

import time

import streamlit as st

from pages.inside.step_by_step.walk import BACKWARD, FORWARD, TURN, Walk
from pages.inside.view import View

PACE = 1.0  # seconds a step while it plays
AWAY = 10 * PACE  # not drawn for so long, the walk has been left
# J, K and L belong to the epochs.
START, BACK, PLAY, ON, TO_TURN, END = "S", "P", "G", "N", "T", "E"
_PLAYING, _MOVED = "step_by_step_playing", "step_by_step_moved"


def position_key(view: View) -> str:
    """Of the slider, which is also where the position is kept."""
    return f"step_by_step_at:{view.run.id}"


def position(view: View, walk: Walk) -> int:
    """Where the walk stands; another layer's may end sooner."""
    return min(int(st.session_state.get(position_key(view), 0)), walk.update)


def playing() -> bool:
    """Whether it moves by itself. One that was left while it played stands still when the user comes back."""
    return bool(st.session_state.get(_PLAYING)) and time.monotonic() - st.session_state.get(_MOVED, 0.0) < AWAY


def move(view: View, to: int) -> None:
    st.session_state[position_key(view)] = to
    st.session_state[_MOVED] = time.monotonic()


def stop() -> None:
    st.session_state[_PLAYING] = False


def advance(view: View, walk: Walk) -> None:
    """While it plays, one step further whenever one is due; at the end it stops by itself."""
    if not playing() or time.monotonic() - st.session_state.get(_MOVED, 0.0) < 0.8 * PACE:
        return
    here = position(view, walk)
    if here < walk.update:
        move(view, here + 1)
    if here + 1 >= walk.update:
        stop()


def _toggle(view: View, walk: Walk) -> None:
    start = not playing()
    st.session_state[_PLAYING] = start
    if start:
        move(view, 0 if position(view, walk) >= walk.update else position(view, walk))


def _step(view: View, to: int) -> None:
    stop()
    move(view, to)


def draw(view: View, walk: Walk) -> None:
    """The buttons, each with its key, and a slider over the whole way."""
    here = position(view, walk)
    at_start, at_end = here == 0, here == walk.update
    # Named unlike the buttons of the epochs above: Back, Play and Forward are theirs.
    moves = (
        ("Start", ":material/first_page:", 0, START, at_start),
        ("Step back", ":material/chevron_left:", here - 1, BACK, at_start),
        ("Step on", ":material/chevron_right:", here + 1, ON, at_end),
        ("To the turn", ":material/u_turn_left:", walk.turn, TO_TURN, here == walk.turn),
        ("End", ":material/last_page:", walk.update, END, at_end),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="step_by_step_buttons"):
        for name, icon, to, key, off in moves:
            if name == "Step on":
                _draw_play(view, walk)
            st.button(
                name, icon=icon, key=f"step_by_step_{name}", shortcut=key, on_click=_step, args=(view, to), disabled=off
            )
    st.session_state[position_key(view)] = here
    st.slider(
        f"{_where(walk, here)} · click {here + 1:,} of {len(walk):,}", 0, walk.update, key=position_key(view), on_change=stop,
        help=f"Keys: {BACK} a step back, {ON} a step on, {PLAY} play and pause, {START} to the start, {TO_TURN} to the turn, "
        f"{END} to the end.",
        format=" ", persist_state="session",
    )  # fmt: skip


def _draw_play(view: View, walk: Walk) -> None:
    on = playing()
    st.button(
        "Pause steps" if on else "Play steps", icon=":material/pause:" if on else ":material/play_arrow:",
        key="step_by_step_play", shortcut=PLAY, on_click=_toggle, args=(view, walk), type="primary",
    )  # fmt: skip


def _where(walk: Walk, here: int) -> str:
    place = walk.at(here)
    words = {
        FORWARD: f"Forward, step {place.step + 1:,} of {walk.steps:,}", TURN: "The turn: output and loss",
        BACKWARD: f"Backward, step {place.step + 1:,} of {walk.steps:,}",
    }  # fmt: skip
    return words.get(place.phase, "The update")
