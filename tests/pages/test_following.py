"""Settings that follow the series: the form holds the rule's until the user changes one; links and other pages keep them."""

from __future__ import annotations

import pytest

import rnn
from rnn.core.config import PRESETS, Config
from rnn.core.fields import FIELDS
from rnn.data.samples import SAMPLES, sample_series
from rnn.runs.runner import runner
from rnn.runs.store import Store
from rnn.ui.chosen_series import Choice
from rnn.ui.controls import meant, shown
from rnn.ui.following import recommendation_of
from rnn.ui.preset_picker import FOR_SERIES
from rnn.ui.relevance import settled
from tests.pages.conftest import link_value
from tests.pages.stored_runs import trained
from tests.pages.test_data_page import GERMAN, upload
from tests.pages.test_train_page import button, wait_for


def config_of(app) -> Config:
    return Config(**settled({field: meant(field, app.session_state[field]) for field in FIELDS}))


def rule(key: str) -> Config:
    found = recommendation_of(Choice(key, (SAMPLES[key].target,)))
    assert found is not None
    return Config(**settled({field: getattr(found.config, field) for field in FIELDS}))


def pick(app, key: str):
    app.selectbox(key="series_pick").select(key).run()
    assert not app.exception


def address(app) -> dict[str, str]:
    """The address as a browser has it: AppTest does not write down what a widget holds."""
    config = config_of(app)
    written = {name: link_value(app, name) for name in app.query_params}
    default = PRESETS["default"]
    changed = {field: value for field, value in vars(config).items() if value != getattr(default, field)}
    written |= {field: str(shown(field, value)).lower() for field, value in changed.items()}
    return {name: value for name, value in written.items() if name not in FIELDS or name in changed}


def again(open_app, app, **more: str):
    """The page opened anew at the same address."""
    found = address(app)
    opened = open_app(**{**found, **more})
    assert not opened.exception and not opened.warning
    return opened


def test_nothing_is_called_changed_that_nobody_has_changed(open_app):
    app = open_app(data="nile")
    assert not [one.label for one in app.sidebar.expander if "changed" in one.label]
    app.session_state["seeds"] = app.session_state["seeds"] + 1
    app.run()
    assert [one.label for one in app.sidebar.expander if "changed" in one.label] == ["Chance and precision · 1 changed"]


@pytest.mark.parametrize("key", [key for key in SAMPLES if key != "nyc-taxi"])
def test_a_link_with_a_series_alone_opens_with_its_settings(open_app, key):
    app = open_app(data=key)
    assert config_of(app) == rule(key) and app.selectbox(key="preset").value == FOR_SERIES
    assert "base" not in app.query_params and not button(app, "train").disabled
    changed = {field for field, value in vars(rule(key)).items() if value != getattr(PRESETS["default"], field)}
    assert changed == {field for field in FIELDS if field in app.query_params}, "written down from the first moment on"
    assert config_of(again(open_app, app)) == rule(key)


def test_untouched_settings_go_along_with_the_series(open_app):
    app = open_app()
    assert config_of(app) == rule("sunspots")
    for key in ("air-passengers", "article-sine", "nile"):
        pick(app, key)
        assert config_of(app) == rule(key) and app.selectbox(key="preset").value == FOR_SERIES


def test_own_settings_stay_and_are_said(open_app):
    app = open_app()
    app.select_slider(key="hidden").set_value(48).run()
    own = config_of(app)
    assert app.selectbox(key="preset").value is None
    assert any("Other than recommended for this series: Hidden units." in one.value for one in app.caption)
    pick(app, "nile")
    assert config_of(app) == own
    button(app, "take_recommended").click().run()
    assert config_of(app) == rule("nile") and app.selectbox(key="preset").value == FOR_SERIES
    pick(app, "elnino")
    assert config_of(app) == rule("elnino"), "followed again"


def test_what_is_moved_back_follows_again(open_app):
    app = open_app()
    hidden = app.session_state["hidden"]
    app.select_slider(key="hidden").set_value(48).run()
    app.select_slider(key="hidden").set_value(hidden).run()
    pick(app, "nile")
    assert config_of(app) == rule("nile")


def test_every_value_has_its_reason(open_app):
    app = open_app(data="air-passengers")
    found = recommendation_of(Choice("air-passengers", (SAMPLES["air-passengers"].target,)))
    said = "\n".join(one.value for one in app.sidebar.markdown).replace("\\", "")
    assert len(found.reasons) >= 6
    for one in found.reasons:
        assert getattr(found.config, one.field) == one.value
        assert one.reason in said
    assert any("Season 12, window" in one.value for one in app.sidebar.caption)


def test_a_preset_is_chosen_and_left(open_app):
    app = open_app(data="nile")
    app.selectbox(key="preset").select("article").run()
    assert config_of(app) == PRESETS["article"]
    pick(app, "sunspots")
    assert config_of(app) == PRESETS["article"]
    app.selectbox(key="preset").select(FOR_SERIES).run()
    assert config_of(app) == rule("sunspots")


def test_plain_defaults_live_through_a_reload(open_app):
    """Nothing of them stands in the address, where a series alone means its recommendation."""
    app = open_app(data="air-passengers")
    app.selectbox(key="preset").select("default").run()
    assert link_value(app, "base") == "default"
    app = again(open_app, app)
    assert config_of(app) == Config() != rule("air-passengers")
    app.selectbox(key="preset").select(FOR_SERIES).run()
    assert "base" not in app.query_params


def test_a_setting_put_back_to_its_default_beside_a_run_lives_through_a_reload(open_app):
    app = open_app()
    with Store() as store:
        run = trained(store, sample_series("nile"), hidden=4, window=8, epochs=2)
    app = open_app(run=run.id)
    assert config_of(app) == run.config and "base" not in app.query_params
    app.select_slider(key="window").set_value(Config().window).run()
    assert link_value(app, "base") == "default"
    app = again(open_app, app)
    assert (app.session_state["window"], app.session_state["hidden"]) == (Config().window, 4)


@pytest.mark.parametrize("page", ["data/page.py", "forecast/page.py", "runs/page.py"])
def test_own_settings_live_through_a_reload_on_another_page(open_app, page):
    app = open_app(data="nile", hidden="7", validation="0.3")
    own = config_of(app)
    for name in list(app.query_params):
        del app.query_params[name]  # as a browser does when the page with their controls is left
    app.switch_page(page).run()
    assert not app.exception
    other = open_app(**{name: link_value(app, name) for name in app.query_params})
    assert config_of(other) == own and not other.warning and "settings" not in other.query_params
    assert other.session_state["data"] == "nile"
    followed = open_app(data="nile")
    followed.switch_page(page).run()
    assert "settings" not in followed.query_params


def test_settings_in_a_link_that_are_none_are_a_sentence(open_app):
    for text in ("{", '{"hidden": "many"}', '{"nosuch": 1}', "[1]"):
        app = open_app(settings=text)
        assert not app.exception and len(app.warning) == 1 and config_of(app) == Config()


def test_a_link_gives_the_run_that_was_started(open_app):
    app = open_app(data="air-passengers")
    button(app, "step").click().run()
    run = wait_for(app, ("paused",))
    assert run.config == rule("air-passengers")
    found = {name: value for name, value in address(app).items() if name != "run"}
    other = open_app(**found)
    assert config_of(other) == run.config
    assert config_of(open_app(run=run.id)) == run.config


def test_a_run_that_is_opened_keeps_its_settings_even_where_they_look_followed(open_app):
    app = open_app()
    with Store() as store:
        run = trained(store, sample_series("nile"), **vars(rule("sunspots").replace(epochs=2)))
    rows = runner().store.runs(5)
    assert rows[0].id == run.id
    app = open_app(data="sunspots")
    app.query_params["run"] = run.id
    app = open_app(run=run.id)
    assert config_of(app) == run.config


def test_an_upload_brings_its_settings_to_every_page(open_app):
    app = open_app()
    upload(app, "sales.csv", GERMAN.encode("cp1252"))
    data = app.session_state["data"]
    first = config_of(app)
    assert data.startswith("file-") and app.selectbox(key="preset").value == FOR_SERIES
    app.switch_page("data/page.py").run()
    app.switch_page("train/page.py").run()
    assert config_of(app) == first and app.selectbox(key="preset").value == FOR_SERIES


def test_a_series_too_short_for_any_training_is_a_sentence(open_app):
    app = open_app()
    upload(app, "short.csv", b"value\n1\n2\n")
    assert not app.exception
    assert any("too short" in one.value for one in app.sidebar.caption) or app.error


def test_the_rule_is_asked_once_for_a_series(open_app, monkeypatch):
    from rnn.ui import following

    asked = []
    rule_itself = following.suggest
    monkeypatch.setattr(following, "suggest", lambda *args, **more: asked.append(1) or rule_itself(*args, **more))
    app = open_app()
    for _ in range(3):
        app.run()
    app.switch_page("data/page.py").run()
    assert len(asked) == 1


def test_the_default_sample_trains_well_as_it_opens(open_app):
    """Train, pressed without touching anything, on the series that the app opens with."""
    config = rule("sunspots")
    assert config.epochs <= 1000
    fit = rnn.fit(config, sample_series("sunspots"))
    series, split = sample_series("sunspots"), None
    from rnn.core.panel import split_series
    from rnn.forecast.yardstick import yardstick

    split = split_series(config, series)
    best = min(epoch.val_rmse for epoch in fit.history)
    assert best < 0.9 * yardstick(series, split, config.season).rmse["naive"]
