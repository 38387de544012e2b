"""The part of the page that redraws while lanes go on: their rows, the chart, the predictions, the verdict."""

from __future__ import annotations

import time

import streamlit as st

from pages.race import chart, current, forecasts, result, standings
from pages.race.current import Race
from pages.race.seen import seen
from pages.train.watch import POLL_SECONDS, SENDING_SECONDS
from rnn.ui import session, store_notice
from rnn.ui.wording import escaped


def poll_seconds(race: Race) -> float | None:
    """How often to look at the race; None: not again."""
    return POLL_SECONDS if race.active else None


def draw(drawn: Race, poll: float | None) -> None:
    """A fragment. drawn: the race as the rest of the page has drawn it; when a lane's state has moved on, the page follows."""
    race = current.read(drawn.id)
    if race is None or race.states != drawn.states:
        st.container(gap="small")  # as in pages.train.watch: a page that was asked for meanwhile goes first
        st.rerun()
    lanes = seen(race)
    with st.container(gap="small"):
        with st.container(gap="xsmall"):
            result.draw(race, lanes)
            _draw_waiting(race)
        standings.draw(race, lanes)
    left, right = st.columns([7, 6], gap="medium")
    with left:
        chart.draw(race, lanes)
    with right:
        forecasts.draw(race, lanes)
    if poll is not None:
        time.sleep(SENDING_SECONDS)


def _draw_waiting(race: Race) -> None:
    if race.active and all(run.state == "queued" for run in race.runs if run.active):
        waiting = next(run for run in race.runs if run.active)
        place = session.store().queue_place(waiting.id)
        st.caption(f":material/hourglass_top: Place **{place}** in the queue; all lanes start together.")
    for message, names in _messages(race).items():
        st.warning(f"{'; '.join(escaped(name) for name in names)}: {escaped(message, 400)}", icon=":material/info:")
    store_notice.draw_problems()


def _messages(race: Race) -> dict[str, list[str]]:
    """What befell lanes, and which: a worker that ends has ended for all of its lanes, which is said once."""
    found: dict[str, list[str]] = {}
    for run, name in zip(race.runs, race.names, strict=True):
        if run.message and run.state in ("interrupted", "failed", "diverged"):
            found.setdefault(run.message, []).append(name)
    return found
