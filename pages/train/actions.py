"""Train, Pause, Resume, Step, Stop, Reset: always in the same places, each only when it can do something."""

from __future__ import annotations

import streamlit as st

from pages.train import auto, verdict_line
from pages.train.preflight_note import Setup
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.runs.fair_queue import new_id
from rnn.runs.records import Run
from rnn.ui import session, share, store_notice
from rnn.ui.config_form import LIVE
from rnn.ui.relevance import differing

HALTED = ("paused", "interrupted", "stopped", "failed")


def draw(setup: Setup, run: Run | None) -> None:
    # One container around it all: a note that comes or goes must not move the charts to another place, which ends them.
    with st.container():
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="heading"
        ):
            verdict_line.draw_title(setup, run)
            _draw_buttons(setup, run)
        _say_what_changed(setup, run)


def _draw_buttons(setup: Setup, run: Run | None) -> None:
    active = run is not None and run.active
    more_epochs = run is not None and run.state == "done" and session.epochs_wanted(run) > run.epoch
    resumable = run is not None and (run.state in HALTED or more_epochs)
    ready = setup.problem is None
    with st.container(horizontal=True, gap="small", vertical_alignment="center", width="content", key="actions"):
        st.button(
            "Train", icon=":material/play_arrow:", type="primary", disabled=active or not ready, on_click=_train,
            args=(setup, new_id()), key="train", help=setup.problem or "Start a new run with these settings.",
        )  # fmt: skip
        auto.draw_button(setup, run)
        st.button(
            "Pause", icon=":material/pause:", disabled=not active, on_click=_command, args=("pause",), key="pause",
            help="Halt after the batch in progress; nothing is lost.",
        )  # fmt: skip
        st.button(
            "Resume", icon=":material/resume:", disabled=not resumable, on_click=_command, args=("resume",), key="resume",
            help="Go on exactly where the run halted. After its last epoch: raise Epochs first.",
        )  # fmt: skip
        st.button(
            "Step", icon=":material/skip_next:", disabled=active or not (ready or resumable), on_click=_step,
            args=(setup, resumable, new_id()), key="step", help="Train one epoch, then pause.",
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", disabled=not (active or (run is not None and run.state == "paused")),
            on_click=_command, args=("stop",), key="stop", help="End the run; the best weights so far are kept.",
        )  # fmt: skip
        st.button(
            "Reset", icon=":material/restart_alt:", disabled=run is None, on_click=_reset, key="reset",
            help="Clear the page for a new run. This one is stopped and stays in the store.",
        )  # fmt: skip
        _draw_share(setup, run)


def _draw_share(setup: Setup, run: Run | None) -> None:
    """Of the run, where the page stands at its settings and its series; else of what the page stands at."""
    if setup.config is None:
        return
    own = run is not None and not differing(setup.config, run.config) and session.is_series_of(run, setup.series)
    share.draw(share.Shared("", setup.choice, setup.config, run if own else None))


def change_running(field: str) -> None:
    """Callback of the lr and epochs sliders: a run in progress takes the new value up."""
    with store_notice.or_a_sentence():
        run = session.current_run()
        if run is not None and run.state in ("queued", "running", "paused", "interrupted", "stopped", "done"):
            session.store().command(run.id, field, st.session_state[field])
            if run.active:
                st.toast(f"{FIELDS[field].label} {st.session_state[field]:g} from the next batch on.")


def restart(config: Config, setup: Setup, press: str) -> None:
    """Callback of a remedy: its settings in the form, and a new run with them."""
    session.apply_settings(config)
    with store_notice.or_a_sentence():
        session.start_run(config, setup.choice, press=press)


def _train(setup: Setup, press: str) -> None:
    if setup.config is not None:
        with store_notice.or_a_sentence():
            session.start_run(setup.config, setup.choice, press=press)


def _step(setup: Setup, resumable: bool, press: str) -> None:
    if resumable:
        _command("step")
    elif setup.config is not None:
        with store_notice.or_a_sentence():
            session.start_run(setup.config, setup.choice, pause_at=1, press=press)


def _command(kind: str) -> None:
    with store_notice.or_a_sentence():
        run = session.current_run()
        if run is not None:
            session.store().command(run.id, kind)
            session.runner().nudge()


def _reset() -> None:
    _command("stop")
    session.show_run(None)


def _say_what_changed(setup: Setup, run: Run | None) -> None:
    """Settings that differ from the shown run's: they are for the next run."""
    if run is None or setup.config is None:
        return
    changed = [FIELDS[field].label for field in differing(setup.config, run.config) if field not in LIVE]
    if not session.is_series_of(run, setup.series):
        changed.insert(0, "Series")
    if changed:
        st.caption(
            f":material/info: Changed since this run began: {', '.join(changed)}. "
            f"{'Stop or Reset, then press' if run.active else 'Press'} Train to start a new run with them."
        )
