"""Presets of one's own on Train: saved, found in the list, overwritten when said so, renamed, deleted, brought back."""

from __future__ import annotations

import pytest

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.runs.runner import runner
from rnn.ui.preset_picker import OWN, PRESET_LABELS, label_of
from tests.pages.test_following import address, config_of
from tests.pages.test_train_page import button


def save(app, name: str):
    app.text_input(key="preset_name").set_value(name).run()
    button(app, "preset_save").click().run()
    assert not app.exception
    return app


def said(app) -> str:
    return " ".join(one.value for one in (*app.error, *app.warning, *app.caption)).replace("\\", "")


def test_a_preset_is_saved_and_taken_up_on_another_series(open_app):
    app = open_app(data="nile", hidden="7", loss="quantile", quantiles="0.1, 0.5", seed="5")
    own = config_of(app)
    save(app, "Weekly  sales")
    assert runner().store.presets() == {"Weekly sales": own} and "is saved" in said(app)
    assert app.selectbox(key="preset").value == OWN + "Weekly sales"
    other = open_app(data="air-passengers")
    assert config_of(other) != own
    assert "Weekly sales · saved" in other.selectbox(key="preset").options
    other.selectbox(key="preset").select(OWN + "Weekly sales").run()
    assert config_of(other) == own and other.session_state["data"] == "air-passengers"


def test_a_link_made_with_a_preset_of_ones_own_does_not_need_it(open_app):
    app = save(open_app(data="nile", hidden="7"), "mine")
    link = address(app)
    assert "mine" not in " ".join(link.values())
    runner().store.delete_preset("mine")
    assert config_of(open_app(**link)) == config_of(app)


def test_another_preset_of_that_name_is_overwritten_only_when_said_so(open_app):
    app = save(open_app(hidden="7"), "mine")
    first = config_of(app)
    app.select_slider(key="hidden").set_value(48).run()
    save(app, "MINE")
    assert "There is a preset “MINE” already" in said(app) and runner().store.presets() == {"mine": first}
    button(app, "preset_cancel").click().run()
    assert runner().store.presets() == {"mine": first} and "already" not in said(app)
    button(app, "preset_save").click().run()
    button(app, "preset_overwrite").click().run()
    assert runner().store.presets() == {"MINE": config_of(app)} and config_of(app).hidden == 48


def test_the_same_settings_again_ask_nothing(open_app):
    app = save(open_app(hidden="7"), "mine")
    save(app, "Mine")
    assert runner().store.presets() == {"Mine": config_of(app)} and "already" not in said(app)


@pytest.mark.parametrize("name", ["", "Default", "article", "for this SERIES", *PRESET_LABELS.values()])
def test_a_name_that_cannot_be_is_a_sentence(open_app, name):
    app = save(open_app(hidden="7"), name)
    assert runner().store.presets() == {} and ("needs a name" in said(app) or "comes with Unroll" in said(app))


def test_a_preset_is_renamed_deleted_and_brought_back(open_app):
    app = save(open_app(hidden="7"), "one")
    own = config_of(app)
    app.text_input(key="preset_rename").set_value("two *stars*").run()
    button(app, "preset_rename_button").click().run()
    assert runner().store.presets() == {"two *stars*": own}
    assert app.selectbox(key="preset").value == OWN + "two *stars*"
    button(app, "preset_delete").click().run()
    assert not app.exception and runner().store.presets() == {}
    assert app.selectbox(key="preset").value is None and config_of(app) == own, "the settings stay"
    button(app, "preset_undo").click().run()
    assert runner().store.presets() == {"two *stars*": own}


def test_settings_that_do_not_go_together_are_not_saved(open_app):
    app = save(open_app(window="20", patch="3"), "mine")
    assert runner().store.presets() == {} and "`window` must be a multiple of `patch`" in said(app)


def test_of_presets_that_are_alike_the_one_picked_is_shown(open_app):
    app = open_app(data="nile", base="default")
    assert app.selectbox(key="preset").value == "default" and config_of(app) == Config()
    save(app, "plain")
    assert app.selectbox(key="preset").value == OWN + "plain"
    app.selectbox(key="preset").select("default").run()
    assert app.selectbox(key="preset").value == "default"


def test_labels_tell_ones_own_from_those_that_come_with_it():
    assert label_of("article") == "Article, as published" and label_of(OWN + "article 2") == "article 2 · saved"
    assert all(not label.endswith("· saved") for label in PRESET_LABELS.values()) and "preset" not in FIELDS
