"""The Race page: lanes from presets and links, starting, watching, and the words at the end."""

from __future__ import annotations

import dataclasses
import re

import pytest

from pages.race.lanes import changes_of, text_of
from pages.race.names import names_of
from pages.race.presets import PRESETS
from pages.race.result import result_in_words
from rnn.core.config import PRESETS as CONFIGS
from rnn.core.config import Config
from rnn.core.optimisers import OPTIMISERS
from rnn.forecast.race import Judged
from rnn.runs.race_attempt import RaceAttempt
from rnn.runs.records import Run
from rnn.runs.runner import Runner
from rnn.runs.store import Store
from rnn.ui.relevance import settled
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import READING, WORKER, sunspots

PAGE = "race/page.py"
QUICK = Config(hidden=4, window=12, epochs=3, patience=None, seeds=1)


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Lanes are trained in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def texts(app):
    kinds = ("markdown", "caption", "info", "warning", "error", "html")
    return [
        str(getattr(one, "value", None) or one.proto.body).replace("\\", "") for kind in kinds for one in app.get(kind)
    ]


def said(app, words):
    return any(words in one for one in texts(app))


def button(app, key):
    return next(one for one in app.button if one.key == key)


def lane_names(app):
    return [one.value.strip("*").replace("\\", "") for one in app.markdown if re.fullmatch(r"\*\*[^*]+\*\*", one.value)]


def select(app, key):
    return next(
        one for kind in ("selectbox", "multiselect", "segmented_control") for one in app.get(kind) if one.key == key
    )


def a_race(store, *configs, session="elsewhere"):
    key = store.add_series(sunspots(), reading=READING)
    return store.add_race(configs, key, session=session, names=[f"lane {k}" for k in range(len(configs))])


def train(store, race_id):
    run = store.claim_next(WORKER)
    assert isinstance(run, Run)
    RaceAttempt(store, run, WORKER, store.series, race_id=race_id).work()


def test_the_page_opens_with_a_race_of_the_optimisers(open_app):
    app = open_app(PAGE)
    assert not app.exception
    assert lane_names(app) == ["sgd, rate 0.1", "momentum, rate 0.03", "rmsprop, rate 0.003", "adam, rate 0.003"]
    assert not button(app, "race_start").disabled
    assert said(app, "weights ·") and said(app, "Together about") and said(app, "Base of all lanes: elman")
    app.run()
    assert not app.exception


@pytest.mark.parametrize("vary", PRESETS)
def test_every_preset_can_be_started_on_the_plain_network(open_app, vary):
    app = open_app(PAGE, vary=vary, **{"from": "plain"})
    assert not app.exception and not app.error
    assert not button(app, "race_start").disabled
    assert len(set(lane_names(app))) == len(lane_names(app)) == len(PRESETS[vary].lanes(Config()))
    assert said(app, PRESETS[vary].note)


def test_a_preset_is_at_most_six_lanes_that_all_differ():
    for preset in PRESETS.values():
        for base in (Config(), CONFIGS["article-corrected"]):
            configs = [Config(**settled({**dataclasses.asdict(base), **changes})) for changes in preset.lanes(base)]
            assert 2 <= len(configs) <= 6 and len(set(configs)) == len(configs), preset.label
    assert {lane["optimiser"] for lane in PRESETS["optimisers"].lanes(Config())} == set(OPTIMISERS)


def test_the_address_carries_what_is_set_up(open_app):
    app = open_app(PAGE, lane=["cell:gru;hidden:8", "base", "truncate:0;lr:0.5"], **{"from": "plain"})
    assert not app.exception
    assert lane_names(app)[0].startswith("gru") and len(lane_names(app)) == 3
    assert app.query_params["lane"] == ["cell:gru;hidden:8", "base", "truncate:0;lr:0.5"]
    select(app, "race_vary_pick").set_value("cells").run()
    assert lane_names(app) == ["elman", "gru", "lstm"]
    assert link_value(app, "vary") == "cells" and "lane" not in app.query_params


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"vary": "nonsense"}, "The link varies 'nonsense', which is no preset"),
        ({"from": "moon"}, "The link starts from 'moon'; allowed: train, plain."),
        ({"lane": ["hidden:many"]}, "hidden='many' is not allowed"),
        ({"lane": ["hidden:0"]}, "hidden=0 is not allowed; allowed: a whole number from 1 to 4096"),
        ({"lane": ["colour:red"]}, "'colour:red' is not a setting"),
        ({"lane": ["validation:5"]}, "validation is the same in all lanes"),
        ({"lane": ["quantiles:2"]}, "quantiles=(2.0,) is not allowed"),
        ({"lane": ["base"] * 8}, "The link has 8 lanes; a race has at most 6"),
        ({"race": "gone"}, "There is no race gone"),
    ],
)
def test_nonsense_in_the_address_gets_a_sentence_and_the_default(open_app, query, sentence):
    app = open_app(PAGE, **query)
    assert not app.exception
    assert said(app, sentence)
    assert lane_names(app) and not button(app, "race_start").disabled


def test_text_of_a_lane_reads_back():
    changes = {
        "cell": "lstm",
        "lr": 0.0125,
        "truncate": None,
        "nesterov": True,
        "quantiles": (0.1, 0.5, 0.9),
        "hidden": 7,
    }
    assert changes_of(text_of(changes)) == changes
    assert changes_of(text_of({})) == {}


def test_lanes_are_added_duplicated_removed_and_changed(open_app):
    app = open_app(PAGE, vary="cells", **{"from": "plain"})
    button(app, "race_copy_1").click().run()
    assert lane_names(app) == ["elman", "gru (1)", "gru (2)", "lstm"]
    select(app, "race_2_fields").set_value(["cell", "hidden"]).run()
    assert not app.exception
    app.get("select_slider")[0].set_value(64).run()
    assert lane_names(app)[2] == "gru, hidden 64" and app.query_params["lane"][2] == "cell:gru;hidden:64"
    button(app, "race_remove_0").click().run()
    assert lane_names(app)[:2] == ["gru, hidden 32", "gru, hidden 64"]
    for _ in range(3):
        button(app, "race_add").click().run()
    assert len(lane_names(app)) == 6 and button(app, "race_add").disabled and button(app, "race_copy_0").disabled


def test_a_lane_that_does_not_go_together_says_why_beside_it(open_app):
    app = open_app(PAGE, lane=["truncate:500", "window:9000", "base"], **{"from": "plain"})
    assert said(app, "truncate <= window must hold, but got (truncate=500, window=24)")
    assert said(app, "The series has 309 records; window=9000")
    assert button(app, "race_start").disabled and said(app, "A lane cannot be trained")


def test_a_race_starts_is_found_by_its_address_and_says_who_won(open_app):
    app = open_app(PAGE, lane=["hidden:4;epochs:3", "hidden:8;epochs:3"], **{"from": "plain"})
    button(app, "race_start").click().run()
    assert not app.exception
    race_id = link_value(app, "race")
    assert app.query_params["lane"] == ["hidden:4;epochs:3", "hidden:8;epochs:3"], "for where the race is not"
    assert link_value(app, "from") == "plain"
    with Store() as store:
        runs = store.race(race_id)
        assert [(run.state, run.config.hidden, run.name) for run in runs] == [
            ("queued", 4, "hidden 4 · sunspots"),
            ("queued", 8, "hidden 8 · sunspots"),
        ]
        assert said(app, "Place **1** in the queue")
        train(store, race_id)
    app.run()
    assert not app.exception
    assert said(app, "has the lowest validation RMSE") and said(app, "the naive forecast")
    rows = next(one for one in texts(app) if "race-rows" in one)
    assert rows.count("<tr>") == 3 and rows.count(">done<") == 2 and "<strong>1</strong>" in rows
    shown = charts(app)
    assert {"race_chart", "race_forecasts"} <= set(shown)
    assert re.search(r"hidden 4: from [\d.]+ to [\d.]+ at 3", shown["race_chart"]["alt"])
    assert "hidden 8 predicts" in shown["race_forecasts"]["alt"]
    again = open_app(PAGE, race=race_id)
    assert said(again, "has the lowest validation RMSE")


def test_orders_go_to_all_lanes_or_to_one(open_app):
    app = open_app()
    with Store() as store:
        race_id = a_race(store, QUICK, QUICK.replace(cell="gru"))
        app = open_app(PAGE, race=race_id)
        assert button(app, "race_resume").disabled and not button(app, "race_pause").disabled
        button(app, "race_pause").click().run()
        assert [run.state for run in store.race(race_id)] == ["paused", "paused"]
        assert said(app, "Some lanes are halted")
        select(app, "race_lane").set_value(store.race(race_id)[1].id).run()
        button(app, "race_lane_resume").click().run()
        assert [run.state for run in store.race(race_id)] == ["paused", "queued"]
        button(app, "race_resume").click().run()
        button(app, "race_stop").click().run()
        assert [run.state for run in store.race(race_id)] == ["stopped", "stopped"]
        button(app, "race_new").click().run()
        assert not app.exception and "race" not in app.query_params and lane_names(app)


def test_lanes_that_fell_out_are_named_and_the_rest_is_judged(open_app):
    app = open_app()
    with Store() as store:
        wild = QUICK.replace(optimiser="sgd", lr=100.0, clip="none", epochs=30)
        race_id = a_race(store, wild, QUICK, QUICK.replace(window=400))
        train(store, race_id)
        assert [run.state for run in store.race(race_id)] == ["diverged", "done", "failed"]
        app = open_app(PAGE, race=race_id)
        assert not app.exception
        assert said(app, "Did not get through:") and said(app, "The series has 309 records; window=400")
        store.delete(store.race(race_id)[0].id)
        app.run()
        assert not app.exception
        assert next(one for one in texts(app) if "race-rows" in one).count("<tr>") == 3


def test_lanes_of_other_windows_are_validated_on_the_same_records(open_app):
    app = open_app(PAGE, lane=["window:12;epochs:1", "window:60;epochs:1"], **{"from": "plain"})
    button(app, "race_start").click().run()
    race_id = link_value(app, "race")
    with Store() as store:
        assert len({run.config.validation for run in store.race(race_id)}) == 1
        train(store, race_id)
    app.run()
    assert said(app, "Compared on the same 50 validation forecasts")


def test_names_tell_lanes_apart():
    base = Config()
    assert names_of([base.replace(cell=cell) for cell in ("gru", "lstm")]) == ["gru", "lstm"]
    assert names_of([base.replace(truncate=1), base]) == ["truncate 1", "truncate off"]
    assert names_of([base, base]) == ["as the base (1)", "as the base (2)"]
    assert names_of([base.replace(clip="none"), base.replace(clip_at=0.5)]) == ["clip none", "clip norm, at 0.5"]


def test_what_most_lanes_have_is_left_out_of_their_names():
    base = Config()
    lanes = [base.replace(lr=0.01), base.replace(lr=0.01), base.replace(cell="gru", hidden=8), base, base]
    assert names_of([*lanes[:3], base.replace(cell="lstm"), base]) == [
        "rate 0.01 (1)", "rate 0.01 (2)", "gru, hidden 8", "lstm",
        "elman, hidden 32, rate 0.003",  # as most are: it has nothing of its own to say, so it says it all
    ]  # fmt: skip
    # Two settings are always both named.
    assert names_of(lanes[2:]) == ["gru, hidden 8", "elman, hidden 32 (1)", "elman, hidden 32 (2)"]
    assert names_of([base.replace(hidden=8), base.replace(lr=0.01), base])[0] == "hidden 8, rate 0.003"


def test_a_worker_that_ends_is_said_once_for_all_of_its_lanes(open_app):
    app = open_app(PAGE, lane=["epochs:2", "epochs:3", "epochs:4"], **{"from": "plain"})
    button(app, "race_start").click().run()
    with Store() as store:
        race_id = link_value(app, "race")
        store.claim_next(WORKER)
        store.claim_lanes(race_id, WORKER, 6)
        messages = ("Its worker ended.", "Its worker ended.", "No memory.")
        for run, message in zip(store.race(race_id), messages, strict=True):
            store.fail(run.id, WORKER, message)
    app.run()
    assert [one.value.replace("\\", "") for one in app.warning] == [
        "epochs 2; epochs 3: Its worker ended.", "epochs 4: No memory.",
    ]  # fmt: skip


def words(rmse, level, *, seeds=False, fallen=(), beats=True, shared=True):
    order = tuple(sorted(range(len(rmse)), key=lambda lane: rmse[lane]))
    judged = Judged(order, tuple(rmse), tuple(level), 3.0, beats, 40, 1, shared)
    return " ".join(result_in_words(judged, [f"l{k}" for k in range(len(rmse))], fallen, "", seeds))


def test_the_verdict_says_who_won_by_how_much_and_whether_that_is_noise():
    text = words([1.0, 1.01, 2.0], [True, True, False])
    assert text.startswith("**l0** has the lowest validation RMSE, 1.000. More than chance behind: l2 (+100.0%). ")
    assert "Within noise of it: l1 (+1.0%)" in text and "better than the naive forecast (3.000)" in text
    assert "not better, by more than chance, than the naive forecast" in words([1.0], [True], beats=False)
    assert "Did not get through: l9." in words([1.0], [True], fallen=["l9"])
    assert "only the 40 validation forecasts that all lanes have in common" in words([1.0], [True], shared=False)
    assert "the worst has 50.0% more error than the best" in words([1.0, 1.5], [True, False], seeds=True)
    assert words([float("inf")], [False]) == "Every lane diverged, so none of them has won."
