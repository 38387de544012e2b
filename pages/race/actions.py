"""Start, Pause, Resume, Step, Stop for all lanes, always in the same places; and what can be done with a single one."""

from __future__ import annotations

import streamlit as st

from pages.race import current
from pages.race.current import Race
from pages.race.setup import Setup
from pages.train.actions import HALTED
from rnn.runs.fair_queue import new_id
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import escaped

_LANE, _PICKED = "race_lane", "race_lane_picked"


def draw_for_setup(setup: Setup) -> None:
    st.button(
        "Start the race", icon=":material/sports_score:", type="primary", key="race_start", disabled=bool(setup.problem),
        on_click=current.start, args=(setup, new_id()), help=setup.problem or "Train all lanes at once on this series.",
    )  # fmt: skip


def draw(race: Race) -> None:
    active = race.active
    halted = any(run.state in HALTED for run in race.runs)
    buttons = (
        ("Pause all", "pause", "pause", not active, "Halt every lane after the batch in progress; nothing is lost."),
        ("Resume all", "resume", "resume", not halted, "Each lane goes on exactly where it halted."),
        ("Step all", "step", "skip_next", active or not halted, "Each halted lane trains one epoch, then pauses."),
        ("Stop all", "stop", "stop", not (active or halted), "End the race; each lane keeps its best weights so far."),
    )
    with st.container(horizontal=True, gap="small", key="race_actions"):
        for label, kind, icon, disabled, help in buttons:
            st.button(
                label, icon=f":material/{icon}:", key=f"race_{kind}", disabled=disabled, help=help,
                on_click=current.command_all, args=(race, kind),
            )  # fmt: skip
        st.button(
            "New race", icon=":material/restart_alt:", key="race_new", on_click=current.show, args=(None,),
            help="Set up another one. This race goes on; its lanes stand under Runs, and its address brings it back.",
        )  # fmt: skip


def draw_lane(race: Race, best: int | None) -> None:
    """One lane: halt it, or look closer. best: the one shown until another is picked."""
    places = range(len(race.runs))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="race_one"):
        ids = [run.id for run in race.runs]
        if st.session_state.get(_PICKED) not in ids:
            st.session_state[_LANE] = ids[best or 0]
        names = dict(zip(ids, race.names, strict=True))
        st.selectbox(
            "One lane", ids, format_func=lambda run_id: names.get(run_id, ""), key=_LANE, width=260,
            persist_state="session", on_change=_pick,
        )  # fmt: skip
        place = next((place for place in places if ids[place] == st.session_state[_LANE]), 0)
        run, name = race.runs[place], escaped(race.names[place])
        for label, kind, icon, can in (
            ("Pause", "pause", "pause", run.active),
            ("Resume", "resume", "resume", run.state in HALTED),
            ("Stop", "stop", "stop", run.active or run.state == "paused"),
        ):
            st.button(
                label, icon=f":material/{icon}:", key=f"race_lane_{kind}", disabled=not can, on_click=_command,
                args=(run, kind), help=f"{label} {name} alone.",
            )  # fmt: skip
        _draw_doors(run, name)


def _draw_doors(run: Run, name: str) -> None:
    for label, icon, page in (
        ("Open on Train", "model_training", "train/page.py"),
        ("See inside", "biotech", "inside/page.py"),
    ):
        if st.button(
            label, icon=f":material/{icon}:", key=f"race_open_{page[:5]}",
            help=f"{name}, with its series and its settings.",
        ):  # fmt: skip
            session.open_run(run)
            st.switch_page(page)


def _command(run: Run, kind: str) -> None:
    current.command(run, kind)
    session.runner().nudge()


def _pick() -> None:
    st.session_state[_PICKED] = st.session_state[_LANE]
