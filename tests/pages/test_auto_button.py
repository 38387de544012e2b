"""The Auto button: one press, one trial, one run with the settings that it chose."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rnn.core.config import Config
from rnn.runs import process
from rnn.runs.runner import runner
from tests.pages import slow_auto
from tests.pages.conftest import link_value
from tests.pages.slow_auto import CHOSEN

Open = Callable[..., AppTest]
SENTENCE = "Judged from 3 origins, the rule's settings are best, 0.50 times the error of naive."
WARNING = "Judged from 3 origins, no network beats *naive*."


@pytest.fixture
def open_slow(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(process, "MODULE", slow_auto.__name__)
    return open_app


def finish(naive_wins: bool = False) -> None:
    """Let the trial come to its choice."""
    path = Path(os.environ["UNROLL_DATA_DIR"]) / "finish"
    told = {"naive_wins": naive_wins, "sentence": WARNING if naive_wins else SENTENCE}
    path.with_suffix(".part").write_text(json.dumps(told))
    path.with_suffix(".part").replace(path)


def button(app: AppTest, key: str):
    return next(one for one in app.button if one.key == key)


def press(app: AppTest) -> AppTest:
    button(app, "auto_button").click().run()
    assert not app.exception
    return app


def bar(app: AppTest) -> str:
    return " ".join(one.proto.text for one in app.get("progress"))


def words(app: AppTest) -> str:
    said = [one.value for kind in (app.caption, app.warning, app.info, app.error) for one in kind]
    return " | ".join(said).replace("\\", "")


def until(app: AppTest, condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, (bar(app), words(app))
        time.sleep(0.05)
        app.run()
        assert not app.exception


def at_work(app: AppTest) -> AppTest:
    until(app, lambda: "1 of 3" in bar(app).replace("*", ""))
    return app


def study_of(app: AppTest):
    return runner().store.study(link_value(app, "auto").split(".")[0])


def runs() -> list[Config]:
    return [run.config for run in runner().store.runs()]


def tables(app: AppTest) -> list[list[str]]:
    """The first column of each table that Auto has drawn."""
    return [list(one.value["label"]) for one in app.dataframe if "label" in one.value]


def test_a_press_tries_shows_how_far_it_is_takes_the_best_and_trains(open_slow: Open) -> None:
    app = at_work(press(open_slow()))
    assert (
        "Auto" in bar(app)
        and "Fold 1 of 3: naive" in bar(app).replace("\\", "")
        and button(app, "auto_button").disabled
    )
    assert runs() == [] and app.session_state["hidden"] != CHOSEN.hidden
    finish()
    until(app, lambda: runs())
    until(app, lambda: tables(app) and not button(app, "auto_button").disabled)
    assert runs() == [CHOSEN] and app.session_state["hidden"] == CHOSEN.hidden
    assert SENTENCE in words(app) and not app.warning
    assert tables(app) == [["network, by the rule", "last value (naive)"]]
    assert "auto" not in app.query_params and link_value(app, "run") == runner().store.runs()[0].id
    for _ in range(3):
        app.run()
    assert runs() == [CHOSEN], "once"


def test_a_reload_and_a_second_tab_await_the_same_press(open_slow: Open) -> None:
    app = at_work(press(open_slow()))
    tabs = [app, *(at_work(open_slow(auto=link_value(app, "auto"))) for _ in range(2))]
    finish()
    for tab in tabs:
        until(tab, lambda tab=tab: tables(tab))
    assert runs() == [CHOSEN] and len({link_value(tab, "run") for tab in tabs}) == 1


def test_the_table_stays_with_its_run_and_goes_with_another(open_slow: Open) -> None:
    app = press(open_slow())
    finish()
    until(app, lambda: tables(app) and not button(app, "auto_button").disabled)
    reopened = open_slow(run=link_value(app, "run"))
    assert tables(reopened) and SENTENCE in words(reopened)
    button(app, "train").click().run()
    assert not tables(app) and SENTENCE not in words(app) and len(runs()) == 2
    button(app, "reset").click().run()
    assert not tables(app) and not app.get("auto") and len(runs()) == 2


def test_another_press_on_the_same_series_trains_again_without_another_trial(open_slow: Open) -> None:
    app = press(open_slow())
    finish()
    until(app, lambda: tables(app) and not button(app, "auto_button").disabled)
    (Path(os.environ["UNROLL_DATA_DIR"]) / "finish").unlink()
    press(app)
    assert runs() == [CHOSEN, CHOSEN] and tables(app)


def test_a_naive_forecast_that_wins_is_said_plainly_and_the_run_starts_all_the_same(open_slow: Open) -> None:
    app = press(open_slow())
    finish(naive_wins=True)
    until(app, lambda: tables(app))
    assert any(WARNING in one.value.replace("\\", "") for one in app.warning) and runs() == [CHOSEN]


def test_the_users_horizon_and_division_of_the_series_hold(open_slow: Open) -> None:
    app = at_work(press(open_slow(horizon="6", test="20")))
    assert study_of(app).request["horizon"] == 6 and study_of(app).request["fixed"] == {"test": 20}
    finish()
    until(app, lambda: runs())
    until(app, lambda: tables(app) and not button(app, "auto_button").disabled)
    press(app)
    assert runs() == [CHOSEN.replace(horizon=6, test=20)] * 2, "they hold for another press"


def test_without_the_users_word_the_rule_says_the_horizon(open_slow: Open) -> None:
    app = at_work(press(open_slow(data="sunspots")))
    assert app.session_state["horizon"] > 1, "the form holds what the rule says"
    assert (study_of(app).request["horizon"], study_of(app).request["fixed"]) == (None, {})


def test_its_settings_do_not_go_along_to_another_series(open_slow: Open) -> None:
    app = press(open_slow())
    finish()
    until(app, lambda: tables(app) and not button(app, "auto_button").disabled)
    assert app.session_state["hidden"] == CHOSEN.hidden
    app.selectbox(key="series_pick").select("nile").run()
    assert app.session_state["hidden"] != CHOSEN.hidden and not app.exception
    app.select_slider(key="hidden").set_value(64).run()
    app.selectbox(key="series_pick").select("sunspots").run()
    assert app.session_state["hidden"] == 64, "what the user has set does"


def test_stop_ends_it_and_it_can_be_tried_again(open_slow: Open) -> None:
    app = at_work(press(open_slow()))
    study_id = study_of(app).id
    button(app, f"stop {study_id}").click().run()
    assert "was stopped" in words(app) and not button(app, "auto_button").disabled
    button(app, f"again {study_id}").click().run()
    at_work(app)
    finish()
    until(app, lambda: runs())
    assert runs() == [CHOSEN]


@pytest.mark.parametrize("instead", ["train", "another series"])
def test_what_the_user_does_instead_ends_the_trial(open_slow: Open, instead: str) -> None:
    app = at_work(press(open_slow()))
    study_id = study_of(app).id
    if instead == "train":
        button(app, "train").click().run()
        app.run()
    else:
        app.selectbox(key="series_pick").select("nile").run()
    finish()
    assert runner().store.study(study_id).state == "stopped" and "auto" not in app.query_params
    time.sleep(0.5)
    app.run()
    assert not app.exception and len(runs()) == (1 if instead == "train" else 0) and not tables(app)


@pytest.mark.parametrize("link", ["nonsense", "0" * 32 + ".x", ".", "*.*"])
def test_a_link_to_a_trial_that_is_not_there_is_left_out(open_slow: Open, link: str) -> None:
    app = open_slow(auto=link)
    assert not app.exception and not button(app, "auto_button").disabled
    app.run()
    assert runs() == []


def test_the_real_trial_through_a_real_worker(open_app: Open) -> None:
    app = press(open_app(data="nile"))
    until(app, lambda: tables(app) and not button(app, "auto_button").disabled, 120)
    (run,) = runner().store.runs()
    (labels,) = tables(app)
    assert len(labels) >= 3 and run.state in ("done", "early-stop") and "Judged from" in words(app)
