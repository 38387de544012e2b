"""The Train page: settings in links, pre-flight, and the buttons' states."""

from __future__ import annotations

import time

import pytest

from pages.train.preflight_note import time_in_words
from rnn.core.config import PRESETS, Config
from rnn.core.fields import FIELDS
from rnn.core.pace import Pace
from rnn.runs.runner import runner
from rnn.runs.store import Store
from rnn.ui.controls import CONTROLS, meant, shown
from rnn.ui.relevance import RULES, differing, settled
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import sunspots, trained


def button(app, key):
    return next(one for one in app.button if one.key == key)


def enabled(app):
    actions = ("train", "pause", "resume", "step", "stop", "reset")
    return {one.key for one in app.button if one.key in actions and not one.disabled}


def errors(app):
    """The sentences as they are read, without the strokes that keep their signs from meaning anything in Markdown."""
    return [one.value.replace("\\", "") for one in app.error]


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


def drawn(app):
    """The fields whose controls the form shows."""
    kinds = ("select_slider", "selectbox", "toggle", "number_input", "text_input")
    return {one.key for kind in kinds for one in app.get(kind)} & set(FIELDS)


def test_every_field_has_its_control_and_a_new_user_sees_those_that_mean_something():
    assert set(CONTROLS) == set(FIELDS)


# Settings → fields that they add to what the form shows at first, and fields that they take away.
SHOWN = {
    "at first": ({}, set(), set()),
    "gru": ({"cell": "gru"}, set(), {"activation"}),
    "lstm": ({"cell": "lstm"}, {"forget_bias"}, {"activation"}),
    "lstm without bias": ({"cell": "lstm", "bias": "false"}, set(), {"activation"}),
    "two layers": ({"layers": "2"}, {"dropout"}, set()),
    "momentum": ({"optimiser": "momentum"}, {"momentum", "nesterov"}, set()),
    "huber": ({"loss": "huber"}, {"huber_delta"}, set()),
    "quantile": ({"loss": "quantile"}, {"quantiles"}, set()),
    "no clipping": ({"clip": "none"}, set(), {"clip_at"}),
    "no scaling": ({"scaling": "none"}, set(), {"scaler_rows"}),
}


@pytest.mark.parametrize("case", SHOWN)
def test_the_form_shows_what_means_something(open_app, case):
    settings, more, less = SHOWN[case]
    app = open_app(**settings)
    assert drawn(app) == (set(FIELDS) - set(RULES) | {"activation", "clip_at", "scaler_rows"} | more) - less
    assert not app.exception and "train" in enabled(app)


def test_the_articles_rule_is_offered_where_its_settings_are(open_app):
    app = open_app()
    app.selectbox(key="preset").select("article").run()
    assert "gradient" in drawn(app)
    app.selectbox(key="gradient").select("bptt").run()
    assert "gradient" in drawn(app), "one more choice away from the article's"
    app.toggle(key="bias").set_value(True).run()
    assert "gradient" not in drawn(app)


def test_a_setting_that_means_nothing_waits_and_counts_as_its_default(open_app):
    app = open_app(layers="3", dropout="0.3", activation="tanh")
    app.select_slider(key="layers").set_value(1).run()
    assert "dropout" not in drawn(app) and "train" in enabled(app)
    app.selectbox(key="cell").select("gru").run()
    button(app, "step").click().run()
    run = wait_for(app, ("paused",))
    default = PRESETS["default"]
    assert (run.config.dropout, run.config.activation) == (0.0, default.activation)
    app.select_slider(key="layers").set_value(2).run()
    app.selectbox(key="cell").select("elman").run()
    assert (app.session_state["dropout"], app.session_state["activation"]) == (0.3, "tanh")


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"truncate": "30", "window": "20"}, "truncate", "truncate=30"),
        ({"window": "20", "patch": "3"}, "window", "window=21"),
        ({"residual": "seasonal", "season": "0"}, "residual", "season=12"),
        ({"cell": "lstm", "difference": "seasonal", "season": "0"}, "difference", "season=12"),
    ],
)
def test_what_does_not_go_together_is_said_beneath_the_field(open_app, settings, field, words):
    app = open_app(**settings)
    beneath = [one.value for one in app.sidebar.markdown if one.value.startswith(":red[")]
    assert len(beneath) == 1 and words in beneath[0].replace("\\", "")
    keys = [one.key if getattr(one, "key", None) else getattr(one, "value", None) for one in app.sidebar]
    assert keys.index(beneath[0]) == keys.index(field) + 1
    assert "train" not in enabled(app)


def test_quantiles_are_a_text_that_is_checked(open_app):
    app = open_app(loss="quantile", quantiles="0.05,0.5,0.95")
    assert app.text_input(key="quantiles").value == "0.05,0.5,0.95"
    assert not app.warning and "train" in enabled(app)
    app = open_app(loss="quantile", quantiles="0.9,0.1")
    for wrong in (app.text_input(key="quantiles").value, "0.5, 0.1", "0.1, high", "", "0.1, 1.5"):
        app.text_input(key="quantiles").set_value(wrong).run()
        assert not app.exception and "train" not in enabled(app)
        assert any("quantiles" in said and "0.1, 0.5, 0.9" in said for said in errors(app)), wrong
    app.text_input(key="quantiles").set_value("0.25; 0.75").run()
    button(app, "step").click().run()
    assert wait_for(app, ("paused",)).config.quantiles == (0.25, 0.75)


def test_a_schedule_is_shown_as_the_rates_of_the_run(open_app):
    app = open_app(base="default")
    assert not any("Over the run" in one.value for one in app.caption)
    app = open_app(schedule="cosine", warmup="0.1", lr="0.01")
    assert [one.value for one in app.caption if "Over the run" in one.value] == [
        "Over the run: 0.0001 → 0.01 → about 0"
    ]


@pytest.mark.parametrize("field", FIELDS)
def test_what_a_widget_shows_means_its_value(field):
    for value in {getattr(preset, field) for preset in PRESETS.values()}:
        assert meant(field, shown(field, value)) == value


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
    assert any("window=400" in said and "at most" in said for said in errors(app))
    assert "train" not in enabled(app)


def test_a_logarithm_that_cannot_be_taken_is_said_before_training(open_app):
    app = open_app(log="true")
    assert any("SUNACTIVITY" in one.value and "log" in one.value for one in app.error)
    assert "train" not in enabled(app)
    assert "train" in enabled(open_app(log="true", data="nile", window="10"))


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_preset_fills_the_form(open_app, preset):
    app = open_app()
    app.selectbox(key="preset").select(preset).run()
    found = settled({field: meant(field, app.session_state[field]) for field in FIELDS})
    assert found == {field: getattr(PRESETS[preset], field) for field in FIELDS}
    assert app.selectbox(key="preset").value == preset
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


# Settings → words of the loss axis, and of what is drawn as the prediction.
WORDS = {
    "mae": ({"loss": "mae", "scaling": "none"}, "mean absolute error, the series' own units", ""),
    "huber": ({"loss": "huber", "huber_delta": "0.5"}, "mean Huber loss (delta 0.5), scaled units", ""),
    "quantile": (
        {"loss": "quantile", "quantiles": "0.1,0.4,0.9", "scaling": "window"},
        "mean pinball loss (10, 40, 90 %), each window's units",
        "Of the learned levels 10, 40, 90 % the 40 % level is drawn.",
    ),
    "ensemble": ({"seeds": "2", "cell": "gru"}, "mean squared error, scaled units", "the median of 2 networks"),
}


@pytest.mark.parametrize("case", WORDS)
def test_losses_and_predictions_say_what_they_are(open_app, case):
    settings, unit, drawn_words = WORDS[case]
    app = open_app(epochs="2", hidden="4", data="nile", window="10", **settings)
    button(app, "train").click().run()
    assert wait_for(app, ("done",)).epoch == 2
    assert not app.exception
    assert unit in charts(app)["loss_chart"]["alt"]
    captions = " ".join(one.value for one in app.caption)
    assert drawn_words in captions and ("drawn" in captions or not drawn_words or "median" in drawn_words)


def test_the_rate_has_its_curve_where_a_schedule_changes_it(open_app):
    app = open_app(epochs="4", hidden="4", data="nile", window="10", schedule="cosine", lr="0.01")
    button(app, "train").click().run()
    wait_for(app, ("done",))
    app.get("button_group")[0].set_value("Rate").run()
    assert not app.exception
    words = charts(app)["loss_chart"]["alt"]
    rates = [epoch.lr for epoch in runner().store.epochs(link_value(app, "run"))]
    assert rates == sorted(rates, reverse=True) and rates[-1] < 0.002
    assert words.startswith(f"Learning rate, {rates[0]:.4g} at epoch 1") and f"{rates[-1]:.4g} at epoch 4" in words
    app = open_app(epochs="1", hidden="4", data="nile", window="10")
    assert list(app.get("button_group")[0].options) == ["Loss", "RMSE"]


OPTIONS = {
    "gru": {"cell": "gru", "layers": "2", "dropout": "0.2", "init": "glorot"},
    "lstm": {"cell": "lstm", "forget_bias": "0.5", "optimiser": "rmsprop", "weight_decay": "0.01"},
    "nesterov": {
        "optimiser": "momentum",
        "momentum": "0.8",
        "nesterov": "true",
        "schedule": "onecycle",
        "warmup": "0.1",
    },
    "season": {"residual": "seasonal", "difference": "first", "season": "11", "patch": "2", "scaling": "minmax"},
    "growth": {"log": "true", "difference": "seasonal", "season": "5", "skip": "linear", "scaling": "window"},
}


@pytest.mark.parametrize("case", OPTIONS)
def test_every_kind_of_network_trains_from_its_link(open_app, case):
    app = open_app(epochs="2", hidden="4", data="nile", window="10", **OPTIONS[case])
    button(app, "train").click().run()
    run = wait_for(app, ("done",))
    found = {field: shown(field, getattr(run.config, field)) for field in OPTIONS[case]}
    assert {field: str(value).lower() for field, value in found.items()} == OPTIONS[case]
    assert not app.exception and not app.error
    assert "predictions on the validation part" in charts(app)["prediction_chart"]["alt"]
    assert any("Changed since" in one.value for one in app.caption) is False


def test_a_run_in_a_link_brings_its_settings_and_series(open_app):
    app = open_app(data="nile", hidden="8", epochs="3", window="5")
    button(app, "train").click().run()
    run = wait_for(app, ("done",))
    other = open_app(run=run.id)
    assert not other.exception
    assert other.session_state["hidden"] == 8
    assert other.session_state["window"] == 5
    assert other.session_state["data"] == "nile"


def test_a_linear_start_that_no_epoch_has_beaten_is_said(open_app):
    with Store() as store:
        run = trained(store, sunspots(), skip="linear", lr=0.3, hidden=4, window=22, epochs=2)
    assert (run.epoch, run.best_epoch) == (2, 0)
    for page in (None, "runs/page.py", "forecast/page.py"):
        app = open_app(page, run=run.id)
        assert not app.exception
        said = " ".join(one.value for kind in ("markdown", "caption", "info") for one in app.get(kind))
        said += " ".join(one.proto.text for one in app.get("progress"))
        assert "ended without a finished epoch" not in said
        assert page == "forecast/page.py" or "best at the start, which no epoch has beaten" in said


def test_settings_differ_only_where_they_mean_something():
    one, other = Config(cell="gru", activation="tanh", huber_delta=2), Config(cell="lstm", momentum=0.5)
    assert differing(one, other) == ["cell"]
    assert differing(Config(loss="huber", huber_delta=2), Config()) == ["loss", "huber_delta"]


def test_an_unknown_run_or_series_in_a_link_is_no_crash(open_app):
    app = open_app(run="nosuchrun", data="file-0000")
    assert not app.exception
    assert any("not here" in one.value for one in app.warning)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 4, "seeds": 3, "refit": True}, "about **20 s** for 4 epochs of 3 networks, the second training"),
        ({"epochs": 4, "refit": False, "patience": 2}, "at most about **20 s** for 4 epochs"),
        ({"epochs": 1_000, "refit": False}, "about **83 min** for 1,000 epochs"),
    ],
)
def test_the_time_said_counts_all_that_is_trained(changes, words):
    pace = Pace(2.0, 3.0) if changes["refit"] else Pace(5.0, 0.0)
    assert time_in_words(Config(patience=None).replace(**changes), pace).startswith(words)
