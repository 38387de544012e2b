"""What one browser session is looking at: which series, which run; and the process-wide store and runner.

The address of the page carries all of it (`data`, `target`, `run`, beside the form's own fields), so that a reload, a
second tab or a colleague's click finds the same series, settings and run again.
"""

from __future__ import annotations

import time
import uuid

import streamlit as st

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.records import Run
from rnn.runs.runner import Runner
from rnn.runs.runner import runner as process_runner
from rnn.runs.store import Store
from rnn.ui import chosen_series, config_form, file_request, following, series_choice, shared_run
from rnn.ui.chosen_series import Choice, choice_of_reading, choice_of_stored, reading_of, series_of
from rnn.ui.page_address import put
from rnn.ui.stored_series import STORED

RUN = "run"
FIRST_EPOCH_SECONDS = 0.2
DEFAULT_CONFIG = config_form.DEFAULT


def runner() -> Runner:
    """The runner of this process (with its store): another one after the server has gone over to another store."""
    return process_runner()


def store() -> Store:
    return runner().store


def session_id() -> str:
    """This browser session's own name in the fair queue."""
    return str(st.session_state.setdefault("session_id", uuid.uuid4().hex[:12]))


def current_run() -> Run | None:
    """The run that the page shows, from the session or else from the link; None where there is none (any more)."""
    if RUN not in st.session_state:
        st.session_state[RUN] = st.query_params.get(RUN)
    run_id = st.session_state[RUN]
    run = store().run(run_id) if run_id else None
    if run is not None and st.query_params.get(RUN) != run_id:
        st.query_params[RUN] = run_id
    return run


def prepare(run: Run | None, *, asking: bool = True) -> bool:
    """Once a session, before anything is drawn: settings and series from the link, else from the shown run, else what is
    recommended for the series. Returns whether it was now.

    A link about a file that is not here asks for it in place of the page; on a page that is about no series (not `asking`) it
    waits.
    """
    if not series_choice.ready() and run is None and file_request.awaited():
        if asking:
            file_request.draw()
            st.stop()
        return False
    shared_run.prepare()
    if run is not None and not series_choice.ready() and not series_choice.is_linked():
        _choose_series_of(run)
    series_choice.prepare()
    return config_form.prepare(
        lambda: following.base_of_link(series_choice.current_choice(), run.config if run else None)
    )


def remember_settings() -> None:
    """On a page without the form: keep series and settings in the address, so that a reload brings them back."""
    if config_form.ready() and series_choice.ready():
        current_run()
        choice = series_choice.current_choice()
        series_choice.remember_in_link(choice)
        following.remember_elsewhere(choice, named=bool(st.session_state.get(RUN)))
        shared_run.remember_in_link()


def show_run(run_id: str | None) -> None:
    """Make the page show this run (None: no run)."""
    st.session_state[RUN] = run_id
    put(RUN, run_id)


def keep_series(choice: Choice) -> str:
    """Write the chosen series to the store, with how it was read; returns its hash."""
    stored = choice.data.removeprefix(STORED)
    if choice.data.startswith(STORED) and choice == choice_of_stored(stored):
        return stored
    return store().add_series(series_of(choice), file_hash=choice.file_hash, reading=reading_of(choice))


def start_run(
    config: Config,
    choice: Choice,
    *,
    pause_at: int | None = None,
    after: tuple[str, str] | None = None,
    press: str | None = None,
) -> str:
    """Write the run and its series to the store, hand it to the runner and show it. Returns its id.

    press: the `new_id` that the pressed button was drawn with, so that a double click is one run. after: the study that led to
    the run and the press of the button that asked for it; where another page has started that run already, it is shown.
    """
    run_id = submit_run(config, choice, pause_at=pause_at, after=after, press=press)
    show_run(run_id)
    return run_id


def submit_run(
    config: Config,
    choice: Choice,
    *,
    pause_at: int | None = None,
    after: tuple[str, str] | None = None,
    press: str | None = None,
    name: str = "",
) -> str:
    """The same for a page that keeps its runs to itself: Train goes on showing what it shows. name: what Runs calls it,
    instead of the series and its targets."""
    series, series_hash = series_of(choice), keep_series(choice)
    told = {"session": session_id(), "name": name or f"{series.name} · {', '.join(series.targets)}"}
    if after is not None:
        run_id = store().add_sequel(*after, config, series_hash, **told)
    else:
        run_id = store().add_run(config, series_hash, pause_at=pause_at, press=press, **told)
    if runner().submit(run_id) <= 1:
        _await_first_epoch(run_id)
    return run_id


def _await_first_epoch(run_id: str) -> None:
    """Give a warm worker a moment, so that the answer to the click shows the first epoch already."""
    deadline = time.monotonic() + FIRST_EPOCH_SECONDS
    while time.monotonic() < deadline:
        run = store().run(run_id)
        if run is None or run.epoch or run.state not in ("queued", "running"):
            return
        time.sleep(0.01)


def series_of_run(run: Run) -> Series:
    return stored_series(run.series_hash)


def is_series_of(run: Run, series: Series) -> bool:
    """Whether the run learns from exactly this series."""
    other = series_of_run(run)
    return other is series or (
        (other.targets, other.names, other.static, other.known, other.lengths, other.ids)
        == (series.targets, series.names, series.static, series.known, series.lengths, series.ids)
        and other.values.shape == series.values.shape
        and bool((other.values == series.values).all())
        and _same_future(other, series)
    )


def _same_future(one: Series, other: Series) -> bool:
    if one.future is None or other.future is None:
        return one.future is other.future
    return one.future.shape == other.future.shape and bool((one.future == other.future).all())


def epochs_wanted(run: Run) -> int:
    """The number of epochs that the run goes on to, an order that it has not taken up yet included."""
    asked = run.orders.get("epochs")
    return int(asked) if asked is not None else run.config.epochs


def apply_settings(config: Config) -> None:
    """Put a config into the form. For callbacks."""
    following.stop()
    config_form.set_values(config.to_dict())


@st.cache_resource(max_entries=16, show_spinner=False)
def stored_series(series_hash: str) -> Series:
    return store().series(series_hash)


def open_run(run: Run) -> None:
    """Show a run with its own settings in the form. For callbacks."""
    show_run(run.id)
    apply_settings(run.config)
    _choose_series_of(run)


def _choose_series_of(run: Run) -> None:
    """Put the pickers at the series that the run learned from. For callbacks, or before anything is drawn."""
    series_choice.choose(choice_of_run(run))
    found, problem = chosen_series.series_or_problem(series_choice.current_choice())
    if problem is not None or not is_series_of(
        run, found
    ):  # it was read in a script, in a way that the pickers do not have
        series_choice.choose(choice_of_stored(run.series_hash))


def choice_of_run(run: Run) -> Choice:
    """What the run learned from as the pickers have it: its file or sample as it was read; where that is not here, or is read
    otherwise by now, the series as the store has it."""
    choice = choice_of_reading(store().series_reading(run.series_hash))
    if choice is not None and series_choice.is_there(choice.data):
        found, problem = chosen_series.series_or_problem(choice)
        if problem is None and is_series_of(run, found):
            return choice
    return choice_of_stored(run.series_hash)
