"""The Runs page as a shelf: filters, notes and tags, several runs compared, all of it in the address."""

from __future__ import annotations

import numpy as np
import pytest

from pages.runs import selection
from pages.runs.compare.differences import against, rows_of, told_against
from pages.runs.compare.group import without_beginning
from pages.runs.compare.parallel import axes_of
from rnn.core.series import Series
from rnn.runs.runner import Runner, runner
from rnn.runs.store import Store
from tests.pages.conftest import link_value
from tests.pages.stored_runs import made_up, sunspots, trained
from tests.pages.test_runs_page import PAGE, button, name_field, table, texts

LONG = "<b>*n*</b> " + "n" * 190


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Runs are trained in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def select(app, *rows):
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    app.run()


def differences(app):
    return app.dataframe[1].value.set_index("")


def test_filters_look_through_all_runs_and_stand_in_the_address(open_app):
    with Store() as store:
        made_up(store, "Alpha one", [30.0], cell="gru")
        tagged = made_up(store, "beta", [30.0], cell="lstm")
        store.tag(tagged.id, ["for ALPHA"])
        made_up(store, "alpha failed", [30.0], state="failed", cell="gru")
        made_up(store, "gamma", [30.0], cell="gru")
    app = open_app(PAGE)
    app.text_input(key="find").set_value("alpha").run()
    assert list(table(app)["name"]) == ["alpha failed", "beta", "Alpha one"]
    app.multiselect(key="cells").set_value(["gru"]).run()
    app.multiselect(key="states").set_value(["Done"]).run()
    assert not app.exception
    assert list(table(app)["name"]) == ["Alpha one"]
    assert [link_value(app, name) for name in ("find", "cells", "states")] == ["alpha", "gru", "Done"]
    app.text_input(key="find").set_value("nothing like it").run()
    assert any("No run fits" in one for one in texts(app))
    button(app, "clear_filters").click().run()
    assert len(table(app)) == 4 and "find" not in app.query_params


def test_a_link_brings_filters_and_selection_and_what_is_not_there_is_said(open_app):
    with Store() as store:
        runs = [made_up(store, name, [30.0], cell=cell) for name, cell in (("a", "gru"), ("b", "gru"), ("c", "lstm"))]
    asked = f"{runs[0].id},{runs[2].id},nobody,%<b>"
    app = open_app(PAGE, deep_link=True, runs=asked, cells="gru,quantum", states="Dreaming")
    assert not app.exception
    assert list(table(app)["name"]) == ["b", "a"]
    said = " ".join(texts(app))
    assert "runs that are not here: nobody, %" in said and "quantum" in said and "Dreaming" in said
    assert any("2 runs compared" in one.value for one in app.subheader), "one of them is not among those listed"


def test_an_address_of_runs_is_read_with_care():
    assert selection.parse("a,b, a,,c") == (["a", "b", "c"], [])
    assert selection.parse("../x,ok") == (["ok"], ["../x"])
    many = [f"r{k}" for k in range(70)]
    assert selection.parse(",".join(many)) == (many[:60], many[60:])


def test_tags_and_a_note_are_kept(open_app):
    with Store() as store:
        run = made_up(store, LONG, [30.0])
    app = open_app(PAGE)
    next(one for one in app.multiselect if one.label == "Tags").set_value(["paper"]).run()
    next(one for one in app.text_area if one.label == "Note").set_value("a *note*").run()
    assert not app.exception
    assert (runner().store.tags_of(run.id), runner().store.note(run.id)) == (["paper"], "a *note*")
    assert list(table(app)["tags"].iloc[0]) == ["paper"]


def test_columns_can_be_chosen(open_app):
    with Store() as store:
        made_up(store, "a", [30.0])
    app = open_app(PAGE)
    app.multiselect(key="runs_columns").set_value(["name", "note", "id"]).run()
    assert not app.exception
    assert list(app.dataframe[0].proto.column_order) == ["name", "note", "id"]


def test_several_runs_are_compared_by_what_differs(open_app):
    with Store() as store:
        made_up(store, LONG, [30.0, 20.0], hidden=8)
        made_up(store, LONG, [40.0, 35.0], hidden=16, lr=0.01)
        made_up(store, "third", [40.0], hidden=8)
    app = open_app(PAGE)
    assert len(app.dataframe) == 1 and name_field(app).value == "third"
    select(app, 1, 2)
    assert not app.exception
    shown = differences(app)
    assert list(shown.loc["Hidden units"]) == ["16", "8"] and list(shown.loc["Best validation RMSE"]) == [
        "35.00",
        "20.00",
    ]
    assert not {"Cell", "Seed", "Series", "NumPy", "Epochs trained"} & set(shown.index), "these are the same"
    assert link_value(app, "runs").count(",") == 1
    button(app, "delete_runs").click().run()
    assert list(table(app)["name"]) == ["third"] and len(runner().store.discarded()) == 2
    button(app, "undo_delete").click().run()
    assert len(table(app)) == 3


def test_runs_that_look_differently_far_ahead_are_no_even_match(open_app):
    with Store() as store:
        for horizon in (11, 1, 1):
            made_up(store, f"{horizon} ahead", [30.0], hidden=8, horizon=horizon)
    app = open_app(PAGE)
    select(app, 0, 2)
    assert not app.exception
    assert any("look 1 or 11 steps ahead" in one for one in texts(app))
    select(app, 0, 1)
    assert not any("steps ahead, and" in one for one in texts(app))


def test_more_than_six_runs(open_app):
    with Store() as store:
        for k in range(8):
            made_up(store, f"run {k}", [30.0 + k], hidden=k + 2)
    app = open_app(PAGE)
    select(app, *range(8))
    assert not app.exception
    assert any("first 6 of 8 are drawn" in one for one in texts(app))
    assert len(differences(app).columns) == 8


def test_the_pinned_run_stands_beside_every_selection(open_app):
    with Store() as store:
        base = made_up(store, "base", [30.0], hidden=8)
        made_up(store, "other", [20.0], hidden=16)
    app = open_app(PAGE)
    select(app, 1)
    button(app, "pin-").click().run()
    assert runner().store.pinned() == base.id and len(app.dataframe) == 1
    select(app, 0)
    assert not app.exception
    shown = differences(app)
    assert list(shown.columns) == ["base (baseline)", "other"] and list(shown.loc["Hidden units"]) == ["8", "16"]
    select(app, 1)
    button(app, "unpin-").click().run()
    assert runner().store.pinned() is None


def test_predictions_of_one_series_lie_over_each_other(open_app):
    with Store() as store:
        for hidden in (3, 4):
            trained(store, sunspots(), f"hidden {hidden}", hidden=hidden, window=6, epochs=2)
    app = open_app(PAGE)
    select(app, 0, 1)
    app.select_slider(key="compare_smoothing").set_value(5).run()
    assert not app.exception
    assert any("each run’s newest predictions" in one for one in texts(app))


def test_differences_in_data_repairs_and_versions(open_app):
    reading = {"data": "sunspots", "targets": ["SUNACTIVITY"], "inputs": [], "choices": {}}
    repaired = reading | {"repairs": [{"kind": "fill", "column": "SUNACTIVITY", "options": {}}]}
    with Store() as store:
        runs = [
            trained(store, sunspots(), "a", reading=how, hidden=3, window=6, epochs=1) for how in (reading, repaired)
        ]
    open_app(PAGE)
    found = dict(rows_of(runs))
    assert found["Data hash"] == [run.series_hash[:12] for run in runs]
    assert found["Repairs"][0] == "none" and "SUNACTIVITY" in found["Repairs"][1]
    assert against(["a", "b", "a"]) == ["a", "b", "same"]


def test_errors_are_told_against_the_baselines_on_the_same_series_alone(open_app):
    with Store() as store:
        base, better, same = (made_up(store, name, [rmse]) for name, rmse in (("a", 20.0), ("b", 15.0), ("c", 20.0)))
        other = trained(store, Series.from_values(np.arange(90.0)), "d", hidden=3, window=6, epochs=1)
    open_app(PAGE)
    runs = [base, better, same, other]
    row = dict(rows_of(runs))["Best validation RMSE"]
    told = told_against("Best validation RMSE", row, runs)
    assert told[:3] == ["20.00", "15.00 (−25.0 %)", "same"] and told[3] == row[3]
    assert told_against("Cell", ["elman", "gru"], runs[:2]) == ["elman", "gru"]
    wide = made_up_again(base)
    assert [one.label for one in axes_of([base, wide])] == ["Hidden units", "Best RMSE"]
    assert "Best RMSE" not in [one.label for one in axes_of([base, other])], "errors in other units have no axis"


def made_up_again(run):
    return made_up(runner().store, "wide", [18.0], hidden=run.config.hidden + 1)


def test_names_beside_each_other_lose_the_words_that_they_all_begin_with():
    assert without_beginning(["sun · a gru", "sun · a lstm 2"]) == ["gru", "lstm 2"]
    assert without_beginning(["sun spots", "sun"]) == ["sun spots", "sun"]
    assert without_beginning(["alone here"]) == ["alone here"]
