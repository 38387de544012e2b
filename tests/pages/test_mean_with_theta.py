"""The switch for the mean with Theta on the Forecast page, and its row in Backtest and Ranking."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rnn
from pages.forecast import report
from pages.forecast.backtest.mean import LABEL, WORDS
from pages.forecast.reporting import command
from pages.forecast.theta import ALONE
from rnn.core.series import Series
from rnn.forecast.auto import Auto
from rnn.forecast.with_theta import forecast_with_theta
from rnn.runs.runner import Runner
from rnn.runs.store import Store
from tests.pages.stored_runs import trained
from tests.pages.test_backtest_section import SMALL, compute, few_folds, said, shop, table_with

PAGE = "forecast/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(Runner, "start", lambda runner: runner)
    monkeypatch.setattr(Runner, "nudge", lambda runner: None)


def switch_of(app):
    return next((one for one in app.toggle if one.key.startswith("forecast_theta_")), None)


def shown(app) -> np.ndarray:
    return app.dataframe[0].value["mean"].to_numpy()


def test_the_numbers_and_the_words_follow_the_switch(open_app):
    with Store() as store:
        run = trained(store, shop(100), **SMALL)
        fit = store.fit(run.id)
    app = open_app(PAGE, run=run.id)
    assert not switch_of(app).value
    np.testing.assert_array_equal(shown(app), rnn.forecast(fit, 4)["mean"])
    assert "mean of the network" not in said(app)
    switch_of(app).set_value(True).run()
    assert not app.exception
    expected = forecast_with_theta(fit, 4, (80, 95))
    np.testing.assert_array_equal(shown(app), expected["mean"])
    np.testing.assert_array_equal(app.dataframe[0].value["hi80"], expected["hi80"])
    assert "The forecast is the **mean of the network's and Theta's**." in said(app)
    assert "as wide as the errors of that mean on the validation part were: measured on **20** forecasts" in said(app)
    assert ALONE in said(app)
    switch_of(app).set_value(False).run()
    np.testing.assert_array_equal(shown(app), rnn.forecast(fit, 4)["mean"])


@pytest.mark.parametrize(("rows", "season"), [(140, 7), (100, None), (100, 1)])
def test_without_a_season_or_with_many_there_is_no_switch(open_app, rows, season):
    with Store() as store:
        run = trained(store, shop(rows), **{**SMALL, "season": season})
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    assert switch_of(app) is None


def test_of_many_series_the_one_shown(open_app):
    parts = [shop(90, seed, name=f"shop {seed}") for seed in range(3)]
    with Store() as store:
        run = trained(store, Series.joined(parts, ["a", "b", "c"]), **SMALL)
        fit = store.fit(run.id)
    app = open_app(PAGE, run=run.id)
    switch_of(app).set_value(True).run()
    assert not app.exception
    expected = forecast_with_theta(fit, 4, (80, 95), id="a")
    np.testing.assert_array_equal(shown(app), expected["mean"])
    np.testing.assert_array_equal(app.dataframe[0].value["lo80"], expected["lo80"])


def test_on_at_first_where_auto_found_it_best(open_app, monkeypatch):
    with Store() as store:
        one, two = (trained(store, shop(100), name, **SMALL) for name in ("one", "two"))
    best = Auto(one.config, "network-theta", False, pd.DataFrame(), "")
    monkeypatch.setattr("pages.forecast.theta.of_run", lambda run: best if run.id == one.id else None)
    app = open_app(PAGE, run=one.id)
    assert switch_of(app).value
    app.selectbox(key="forecast_run").set_value(two.id).run()
    assert not switch_of(app).value


def test_the_report_says_so_and_its_script_prints_the_mean(open_app, monkeypatch):
    subjects = []
    made = report.subject_of
    monkeypatch.setattr(report, "subject_of", lambda *given: subjects.append(made(*given)) or subjects[-1])
    with Store() as store:
        run = trained(store, shop(100), **SMALL)
    app = open_app(PAGE, run=run.id)
    assert not subjects[-1].theta
    switch_of(app).set_value(True).run()
    html = report.html_of(subjects[-1])
    assert "The forecast is the mean of the network" in html
    assert "those of the network alone" in html
    reading = {"data": "shop.csv", "targets": ["sales"]}
    assert command.command_of(subjects[-1], reading, "shop.csv") is None
    assert "print(forecast_with_theta(fit, steps=4" in command.script_of(subjects[-1], reading, "shop.csv")


@pytest.mark.parametrize(("rows", "there"), [(100, True), (180, False)])
def test_a_row_in_backtest_and_ranking_where_seasons_are_few(open_app, rows, there):
    with Store() as store:
        run = trained(store, shop(rows), **SMALL)
    app = few_folds(open_app(PAGE, run=run.id, section="Backtest"), seeds=1)
    tried = compute(app).frame.set_index(["method", "fold", "step"]).sort_index()
    assert (WORDS in said(app)) == there
    app.segmented_control(key="section").set_value("Ranking").run()
    assert not app.exception
    table = table_with(app, "mase").set_index("Method")
    assert (LABEL in table.index) == there
    if there:
        mean = (tried.loc["network", "predicted"] + tried.loc["theta", "predicted"]) / 2
        assert table.loc[LABEL, "mae"] == pytest.approx((mean - tried.loc["network", "actual"]).abs().mean())
