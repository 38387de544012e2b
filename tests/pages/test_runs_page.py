"""The Runs page: the list, the selected run, and what can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pages.runs import listing
from pages.runs.settings import in_words, rows_of
from pages.runs.table import state_word
from pages.runs.wording import age_in_words
from pages.train.progress import STATE_WORDS
from rnn.core.config import Config
from rnn.runs.records import STATES
from rnn.runs.runner import Runner, runner
from rnn.runs.store import Store
from rnn.ui.wording import escaped, number_in_words
from tests.pages.conftest import link_value
from tests.pages.stored_runs import made_up, sunspots, trained

PAGE = "runs/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Runs are trained in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def table(app):
    return app.dataframe[0].value


def texts(app):
    return [one.value for kind in ("markdown", "caption", "info", "warning", "error") for one in app.get(kind)]


def select(app, row):
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()


def button(app, key):
    return next(one for one in app.button if one.key.startswith(key))


def name_field(app):
    return next(one for one in app.text_input if one.label == "Name")


def test_without_a_run_there_is_a_sentence_and_a_way_to_train(open_app):
    app = open_app(PAGE)
    assert not app.exception
    assert any("No run yet" in one for one in texts(app))
    assert len(app.dataframe) == 0
    assert [one.label for one in app.get("page_link")] == ["Train a network"]


def test_runs_stand_newest_first_with_their_numbers(open_app):
    with Store() as store:
        made_up(store, "older", [30.0, 21.5, 22.0], epochs=3)
        made_up(store, "newer", [40.0], state="failed", message="The disk is full.", epochs=9)
    app = open_app(PAGE)
    assert not app.exception
    shown = table(app)
    assert list(shown["name"]) == ["newer", "older"]
    assert list(shown["rmse"]) == [40.0, 21.5]
    assert list(shown["epochs"]) == [1, 3]
    assert list(shown["seconds"]) == [0.5, 1.5]
    assert [list(one) for one in shown["state"]] == [["Failed"], ["Done"]]
    assert set(shown["series"]) == {"sunspots · SUNACTIVITY"}
    assert any("The disk is full" in one for one in texts(app)), "what happened to the selected run"


def test_the_selected_run_is_shown_and_another_after_a_selection(open_app):
    with Store() as store:
        for name in ("first", "second", "third"):
            made_up(store, name, [30.0])
    app = open_app(PAGE)
    assert name_field(app).value == "third"
    select(app, 2)
    assert name_field(app).value == "first"


def test_a_selection_stays_with_its_run_when_another_run_joins_the_list(open_app):
    with Store() as store:
        for name in ("first", "second"):
            made_up(store, name, [30.0])
    app = open_app(PAGE)
    select(app, 1)
    made_up(runner().store, "third", [30.0])
    app.run()
    assert list(table(app)["name"]) == ["third", "second", "first"]
    assert name_field(app).value == "first"


def test_open_shows_the_run_on_train_with_its_settings(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=5, window=7, epochs=2)
    app = open_app(PAGE, hidden="64")
    button(app, "open-").click().run()
    assert not app.exception
    assert link_value(app, "run") == run.id
    assert app.select_slider(key="hidden").value == 5
    assert app.select_slider(key="window").value == 7
    assert not any("Changed since" in one for one in texts(app))


def test_rename_in_place_and_an_empty_name_is_refused(open_app):
    with Store() as store:
        run = made_up(store, "before", [30.0])
    app = open_app(PAGE)
    name_field(app).set_value("Größe *1*").run()
    assert runner().store.run(run.id).name == "Größe *1*"
    assert list(table(app)["name"]) == ["Größe *1*"]
    name_field(app).set_value("  ").run()
    assert runner().store.run(run.id).name == "Größe *1*"
    assert name_field(app).value == "Größe *1*"
    assert any("needs a name" in one for one in texts(app))


def test_delete_takes_only_the_selected_run_and_undo_brings_it_back(open_app):
    with Store() as store:
        kept = made_up(store, "kept", [30.0])
        gone = made_up(store, "gone", [30.0])
    app = open_app(PAGE, run=gone.id)
    button(app, "delete-").click().run()
    assert not app.exception
    assert [run.id for run in runner().store.runs()] == [kept.id]
    assert list(table(app)["name"]) == ["kept"]
    assert "run" not in app.query_params
    assert any("Deleted **gone**" in one for one in texts(app))
    button(app, "undo_delete").click().run()
    assert not app.exception
    assert list(table(app)["name"]) == ["gone", "kept"] and name_field(app).value == "gone"
    assert not any("Deleted **" in one for one in texts(app))


def test_deleted_runs_are_listed_and_emptied_by_hand(open_app):
    with Store() as store:
        one, two = made_up(store, "one", [30.0]), made_up(store, "two", [30.0])
        for run in (one, two):
            store.discard(run.id)
    app = open_app(PAGE)
    assert any("No run yet" in text for text in texts(app)) and any("The store takes" in text for text in texts(app))
    button(app, f"restore-{one.id}").click().run()
    assert list(table(app)["name"]) == ["one"]
    assert any("cannot be undone" in text for text in texts(app))
    button(app, "empty_confirm").click().run()
    assert not app.exception
    assert runner().store.run(two.id) is None and runner().store.run(one.id) is not None


def test_deleting_a_run_at_work_says_that_it_pauses(open_app):
    with Store() as store:
        made_up(store, "busy", [30.0], state=None)
    app = open_app(PAGE)
    assert "deleting pauses it" in button(app, "delete-").help


def test_whose_runs(open_app):
    app = open_app(PAGE)
    app.session_state["session_id"] = "here"
    made_up(runner().store, "mine", [30.0], session="here")
    made_up(runner().store, "theirs", [30.0])
    app.run()
    assert dict(zip(table(app)["name"], table(app)["by"], strict=True)) == {"mine": "you", "theirs": "others"}
    app.segmented_control(key="whose_runs").set_value("Yours").run()
    assert list(table(app)["name"]) == ["mine"]


def test_many_runs_are_shown_in_parts(open_app, monkeypatch):
    monkeypatch.setattr(listing, "FIRST", 3)
    with Store() as store:
        for k in range(5):
            made_up(store, f"run {k}", [30.0])
    app = open_app(PAGE)
    assert len(table(app)) == 3
    assert any("newest 3 of 5" in one for one in texts(app))
    button(app, "more_runs").click().run()
    assert len(table(app)) == 5
    assert not [one for one in app.button if one.key == "more_runs"]


def test_names_are_never_markup(open_app):
    name = "**bold** [link](http://x) :red[r] $x$ `c` <b>b</b> 很长 " + "unbroken" * 10
    with Store() as store:
        made_up(store, name, [30.0])
    app = open_app(PAGE)
    assert not app.exception
    assert list(table(app)["name"]) == [name]
    button(app, "delete-").click().run()
    asked = next(one for one in texts(app) if "Deleted **" in one)
    assert "\\*\\*bold\\*\\* \\[link\\]\\(http\\:" in asked and "http\\://" not in asked
    assert ":red[" not in asked
    assert "unbroken" * 10 not in asked


def test_settings_show_only_what_differs_or_all(open_app):
    with Store() as store:
        made_up(store, "run", [30.0], hidden=7)
    app = open_app(PAGE)
    assert settings_of(app)["Setting"].tolist() == ["Hidden units"]
    assert settings_of(app)["This run"].tolist() == ["7"]
    app.toggle(key="only_differences").set_value(False).run()
    assert {"Learning rate", "Hidden units", "Seed"} <= set(settings_of(app)["Setting"])


def settings_of(app):
    return next(one.value for one in app.table if "Setting" in one.value)


def test_the_record_of_a_run_says_where_it_comes_from_and_how_well_it_did(open_app):
    with Store() as store:
        run = trained(store, sunspots(), "run", hidden=3, window=6, epochs=3, test=0.1, seed=11)
        versions = store.versions_of(run.id)
        best = next(epoch for epoch in store.epochs(run.id) if epoch.epoch == run.best_epoch)
        fit = store.fit(run.id)
    app = open_app(PAGE)
    assert not app.exception
    record = next(one.value for one in app.table if "Record" in one.value)
    said = dict(zip(record["Record"], record[" "], strict=True))
    assert run.series_hash.startswith(said["Data hash"]) and len(said["Data hash"]) == 16
    assert (said["Seed"], said["Repairs"], said["Id"]) == ("11", "none", run.id)
    of_all = f"Unroll {versions['unroll']}, NumPy {versions['numpy']}, Python {versions['python']}"
    assert said["Versions"] == escaped(of_all)
    assert said["Best epoch"] == f"{run.best_epoch} of 3"
    errors = next(one.value for one in app.table if f"At epoch {run.best_epoch}" in one.value)
    assert errors["RMSE, own units"].tolist() == [
        number_in_words(error) for error in (best.train_rmse, best.val_rmse, fit.metrics["test_rmse"])
    ]


def test_rows_of_settings():
    config = Config(patience=None, lr=0.0002, bias=False, input_weights="per_step")
    assert rows_of(config, Config(), only=True) == [
        ("Input weights", "per step", "shared"),
        ("Bias", "no", "yes"),
        ("Learning rate", "0.0002", "0.003"),
        ("Patience", "off", "20"),
    ]
    assert in_words(10_000) == "10,000"
    assert in_words((0.1, 0.5)) == "0.1, 0.5"
    assert in_words(1e-8) == "0.00000001"


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_word(state):
    assert state_word(state) in STATE_WORDS[state]
    assert state_word(state).isascii() and "[" not in state_word(state)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "just now"),
        (44, "just now"),
        (50, "1 min ago"),
        (3600, "60 min ago"),
        (7200, "2 h ago"),
        (3 * 86400, "3 days ago"),
    ],
)
def test_age_in_words(seconds, words):
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert age_in_words(now - timedelta(seconds=seconds), now) == words


def test_escaped_is_one_line_of_bounded_length():
    assert escaped("a\n\nb   c") == "a b c"
    assert len(escaped("x" * 1000)) == 80
