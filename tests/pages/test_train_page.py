"""The Train page: settings in links, pre-flight, and the buttons' states."""

from __future__ import annotations

import time

import pytest

from rnn.core.config import PRESETS
from rnn.core.fields import FIELDS
from rnn.runs.runner import runner
from rnn.ui.config_form import meant
from rnn.ui.controls import CONTROLS, offered
from tests.pages.conftest import link_value


def button(app, key):
    return next(one for one in app.button if one.key == key)


def enabled(app):
    actions = ("train", "pause", "resume", "step", "stop", "reset")
    return {one.key for one in app.button if one.key in actions and not one.disabled}


def wait_for(app, state, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = runner().store.run(link_value(app, "run"))
        if run.state in state:
            app.run()
            return run
        time.sleep(0.05)
    raise AssertionError(f"the run is {run.state} after {seconds} s")


def test_opens_on_the_main_job_and_again_on_the_second_run(open_app):
    app = open_app()
    assert not app.exception
    assert enabled(app) == {"train", "step"}
    app.run()
    assert not app.exception
    assert enabled(app) == {"train", "step"}


def test_every_field_with_a_choice_has_its_control(open_app):
    app = open_app()
    drawn = {one.key for kind in ("select_slider", "selectbox", "toggle", "number_input") for one in app.get(kind)}
    assert {field for field in FIELDS if offered(field)} <= drawn
    assert set(CONTROLS) == set(FIELDS)


def test_a_link_sets_the_form_and_values_between_the_stops_are_kept(open_app):
    app = open_app(hidden="37", lr="0.0042", clip="none", bias="false", truncate="7")
    values = {field: app.session_state[field] for field in ("hidden", "lr", "clip", "bias", "truncate")}
    assert values == {"hidden": 37, "lr": 0.0042, "clip": "none", "bias": False, "truncate": 7}
    assert not app.warning


@pytest.mark.parametrize("off", ["0", "", "none"])
def test_a_link_can_turn_an_optional_field_off(open_app, off):
    app = open_app(patience=off)
    assert meant("patience", app.session_state["patience"]) is None
    assert not app.warning


def test_a_wrong_value_in_a_link_is_said_and_the_default_taken(open_app):
    app = open_app(hidden="many")
    assert app.session_state["hidden"] == PRESETS["default"].hidden
    assert any("hidden" in one.value and "many" in one.value for one in app.warning)


def test_impossible_settings_say_what_to_change_and_train_is_off(open_app):
    app = open_app(window="400")
    assert any("window=400" in one.value and "at most" in one.value for one in app.error)
    assert "train" not in enabled(app)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_preset_fills_the_form(open_app, preset):
    app = open_app()
    app.selectbox(key="preset").select(preset).run()
    shown = {field: meant(field, app.session_state[field]) for field in FIELDS if offered(field)}
    assert shown == {field: getattr(PRESETS[preset], field) for field in shown}
    assert not app.exception


def test_train_to_the_end_then_more_epochs(open_app):
    app = open_app(epochs="5", hidden="8")
    button(app, "train").click().run()
    assert wait_for(app, ("done",)).epoch == 5
    assert enabled(app) == {"train", "step", "reset"}
    app.select_slider(key="epochs").set_value(10).run()
    assert "resume" in enabled(app)
    button(app, "resume").click().run()
    assert wait_for(app, ("done",)).epoch == 10


def test_step_trains_one_epoch_and_pauses(open_app):
    app = open_app(hidden="8")
    button(app, "step").click().run()
    assert wait_for(app, ("paused",)).epoch == 1
    assert enabled(app) == {"train", "resume", "step", "stop", "reset"}
    button(app, "stop").click().run()
    assert wait_for(app, ("stopped",)).epoch == 1
    button(app, "reset").click().run()
    assert "run" not in app.query_params


def test_a_changed_architecture_asks_for_a_new_run(open_app):
    app = open_app(epochs="2", hidden="8")
    button(app, "train").click().run()
    wait_for(app, ("done",))
    app.select_slider(key="hidden").set_value(16).run()
    assert any("Hidden units" in one.value and "new run" in one.value for one in app.caption)


def test_a_divergence_is_explained_and_a_remedy_starts_a_run_that_does_not_diverge(open_app):
    app = open_app(optimiser="sgd", lr="1", clip="none", hidden="16", epochs="20", activation="relu")
    button(app, "train").click().run()
    first = wait_for(app, ("diverged",))
    assert any(first.parameter in one.value and str(first.step) in one.value for one in app.error)
    remedy = next(one for one in app.button if "clipped" in one.label)
    remedy.click().run()
    assert link_value(app, "run") != first.id
    assert app.session_state["clip"] == "norm"


def test_a_run_in_a_link_brings_its_settings_and_series(open_app):
    app = open_app(data="nile", hidden="8", epochs="3", window="5")
    button(app, "train").click().run()
    run = wait_for(app, ("done",))
    other = open_app(run=run.id)
    assert not other.exception
    assert other.session_state["hidden"] == 8
    assert other.session_state["window"] == 5
    assert other.session_state["data"] == "nile"


def test_an_unknown_run_or_series_in_a_link_is_no_crash(open_app):
    app = open_app(run="nosuchrun", data="file-0000")
    assert not app.exception
    assert any("not here" in one.value for one in app.warning)
