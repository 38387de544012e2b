"""The state machine, cell by cell: as its table says, and on a real store."""

from __future__ import annotations

import pytest

from rnn.core.config import Config
from rnn.core.events import Finished
from rnn.core.series import Series
from rnn.runs import states
from rnn.runs.entries import Ending, Entry
from rnn.runs.records import FINISHED, STATES, Run
from rnn.runs.store import Store

CONFIG = Config(hidden=4, window=8, epochs=5)

# What each command leaves behind, worked out by hand from how the product should behave: the state, and the orders for the
# worker. The run has 2 of 5 epochs behind it, except "done", which has all 5.
EXPECTED = {
    "queued": {
        "pause": ("paused", {}), "resume": ("queued", {}), "step": ("queued", {"step": 3}), "stop": ("stopped", {}),
        "lr": ("queued", {"lr": 0.5}), "epochs": ("queued", {"epochs": 9}),
    },
    "running": {
        "pause": ("running", {"pause": None}), "resume": ("running", {}), "step": ("running", {"step": 3}),
        "stop": ("running", {"stop": None}), "lr": ("running", {"lr": 0.5}), "epochs": ("running", {"epochs": 9}),
    },
    "paused": {
        "pause": ("paused", {}), "resume": ("queued", {}), "step": ("queued", {"step": 3}), "stop": ("stopped", {}),
        "lr": ("paused", {"lr": 0.5}), "epochs": ("paused", {"epochs": 9}),
    },
    "interrupted": {
        "pause": ("interrupted", {}), "resume": ("queued", {}), "step": ("queued", {"step": 3}), "stop": ("stopped", {}),
        "lr": ("interrupted", {"lr": 0.5}), "epochs": ("interrupted", {"epochs": 9}),
    },
    "stopped": {
        "pause": ("stopped", {}), "resume": ("queued", {}), "step": ("queued", {"step": 3}), "stop": ("stopped", {}),
        "lr": ("stopped", {"lr": 0.5}), "epochs": ("stopped", {"epochs": 9}),
    },
    "failed": {
        "pause": ("failed", {}), "resume": ("queued", {}), "step": ("queued", {"step": 3}), "stop": ("failed", {}),
        "lr": ("failed", {"lr": 0.5}), "epochs": ("failed", {"epochs": 9}),
    },
    "done": {
        "pause": ("done", {}), "resume": ("done", {}), "step": ("done", {}), "stop": ("done", {}),
        "lr": ("done", {"lr": 0.5}), "epochs": ("done", {"epochs": 9}),
    },
    "early-stop": dict.fromkeys(states.COMMANDS, ("early-stop", {})),
    "diverged": dict.fromkeys(states.COMMANDS, ("diverged", {})),
}  # fmt: skip
VALUES = {"lr": 0.5, "epochs": 9}
CELLS = [(state, command) for state in EXPECTED for command in states.COMMANDS]


def bring_to(store: Store, series: Series, state: str) -> str:
    """A run in this state, by the ways in which runs come there."""
    run_id = store.add_run(CONFIG, store.add_series(series), session="a")
    store.claim_next("worker")
    epoch = 5 if state == "done" else 2
    progress = {"epoch": epoch, "batch": 0, "batches": 3, "best_epoch": 1, "seconds_per_epoch": 0.1}
    if state in ("queued", "paused"):
        store.record(run_id, "worker", Entry(**progress, ending=Ending("paused")))
    elif state == "failed":
        store.record(run_id, "worker", Entry(**progress))
        store.fail(run_id, "worker", "no luck")
    elif state != "running":
        finished = Finished(state, 1) if state in FINISHED else None
        store.record(run_id, "worker", Entry(**progress, ending=Ending(state, finished=finished)))
    else:
        store.record(run_id, "worker", Entry(**progress))
    if state == "queued":
        store.command(run_id, "resume")
    found = store.run(run_id)
    assert found is not None and (found.state, dict(found.orders), found.epoch) == (state, {}, epoch)
    return run_id


def test_every_state_and_command_has_its_cell() -> None:
    assert set(EXPECTED) == set(STATES) == set(states.EFFECTS)
    assert {command for cells in EXPECTED.values() for command in cells} == set(states.COMMANDS)


def test_the_table_in_the_docstring_is_the_table_that_is_used() -> None:
    lines = [line for line in (states.__doc__ or "").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert tuple(cells[0][1:]) == states.COMMANDS
    assert {row[0]: tuple(row[1:]) for row in cells[1:]} == states.EFFECTS


@pytest.mark.parametrize(("state", "command"), CELLS)
def test_each_cell(store: Store, series: Series, state: str, command: str) -> None:
    run_id = bring_to(store, series, state)
    after = store.command(run_id, command, VALUES.get(command))
    assert (after.state, dict(after.orders)) == EXPECTED[state][command]
    assert after == store.run(run_id)
    # Given again, it changes nothing more: a double click is one click. What moved the run on meets its new state.
    again = store.command(run_id, command, VALUES.get(command))
    assert (again.state, dict(again.orders)) == (after.state, dict(after.orders))
    _check_consistent(again)


def _check_consistent(run: Run) -> None:
    assert (run.finished is not None) == (run.state in FINISHED)
    assert (run.reason != "") == (run.state in FINISHED)


def test_resume_takes_back_a_pause_and_a_step_but_not_a_stop(store: Store, series: Series) -> None:
    run_id = bring_to(store, series, "running")
    for command in ("pause", "step", "stop"):
        store.command(run_id, command)
    assert dict(store.command(run_id, "resume").orders) == {"stop": None}


def test_pausing_a_run_that_was_to_make_one_step_forgets_the_step(store: Store, series: Series) -> None:
    run_id = bring_to(store, series, "paused")
    store.command(run_id, "step")
    after = store.command(run_id, "pause")
    assert (after.state, dict(after.orders)) == ("paused", {})


@pytest.mark.parametrize(("command", "orders"), [("resume", {"epochs": 9}), ("step", {"epochs": 9, "step": 6})])
def test_a_run_that_is_done_goes_on_once_it_is_given_more_epochs(
    store: Store, series: Series, command: str, orders: dict[str, float]
) -> None:
    run_id = bring_to(store, series, "done")
    store.command(run_id, "epochs", 9)
    after = store.command(run_id, command)
    assert (after.state, after.reason, after.finished, dict(after.orders)) == ("queued", "", None, orders)


def test_a_run_can_be_added_to_pause_at_the_end_of_its_first_epoch(store: Store, series: Series) -> None:
    run = store.run(store.add_run(CONFIG, store.add_series(series), session="a", pause_at=1))
    assert run is not None and dict(run.orders) == {"step": 1}


def test_a_wrong_command_or_value_is_refused_and_changes_nothing(store: Store, series: Series) -> None:
    run_id = bring_to(store, series, "running")
    before = store.run(run_id)
    for command, value, sentence in (
        ("explode", None, "'explode' is not a command; the commands are pause, resume"),
        ("lr", -1.0, "lr=-1.0 is not allowed; allowed: a number from"),
        ("lr", None, "lr=None is not allowed"),
        ("epochs", 2.5, "epochs=2.5 is not allowed"),
    ):
        with pytest.raises(ValueError, match=sentence):
            store.command(run_id, command, value)
    assert store.run(run_id) == before
