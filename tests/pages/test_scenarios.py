"""The section "Scenario" of the Forecast page: what the known columns would change, beside the base."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import rnn
from rnn.core.series import Series
from rnn.runs.runner import Runner
from rnn.runs.store import Store
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_forecast_page import texts

PAGE = "forecast/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def shop(future: int = 6) -> Series:
    """Sales that fall by three for each unit of the price, which is known ahead."""
    rng, x = np.random.default_rng(0), np.arange(160)
    price, promo = 5 + np.sin(x / 9), (x % 10 == 0) * 1.0
    values = np.column_stack([50 - 3 * price + 2 * promo + 0.01 * rng.normal(size=160), price, promo])
    ahead = np.column_stack([np.full(future, 5.0), np.zeros(future)]) if future else None
    times = np.datetime64("2024-01-01") + x
    return Series(times, values, ("sales", "price", "promo"), ("sales",), "shop", "D", (), ("price", "promo"), ahead)


def run_of(series: Series, **config):
    with Store() as store:
        run = trained(store, series, epochs=3, hidden=4, window=8, **config)
        return run, store.fit(run.id)


def opened(open_app, run):
    app = open_app(section="Scenario", run=run.id)
    app.session_state["forecast_steps"] = 5
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def press(app, key):
    next(one for one in app.button if one.key == key).click().run()
    assert not app.exception


def table_of(app):
    """The differences, or None."""
    return next((one.value for one in app.dataframe if "From the base" in one.value), None)


def test_a_changed_price_is_forecast_beside_the_base(open_app):
    run, fit = run_of(shop())
    app = opened(open_app, run)
    assert table_of(app) is None
    press(app, "new_scenario")
    assert any("No cell differs" in one for one in texts(app)) and any("stays as it is" in one for one in texts(app))
    subject = f"{run.id}:shop#1"
    app.session_state["future_given"] = {**app.session_state["future_given"], subject: {(1, "price"): 7.0}}
    app.session_state["future_tables"] = 99
    app.run()
    assert not app.exception
    asked = shop().future[:5].copy()
    base = rnn.forecast(fit, 5, future=asked)["mean"]
    asked[1, 0] = 7.0
    expected = rnn.forecast(fit, 5, future=asked)["mean"]
    assert (expected != base).any()
    shown = table_of(app)
    assert shown["Scenario"].tolist() == ["Base", "Scenario 1"]
    assert shown["Mean sales"].tolist() == pytest.approx([base.mean(), expected.mean()])
    assert shown["From the base"][1] == pytest.approx((expected - base).mean())
    assert shown["Sum of the differences"][1] == pytest.approx((expected - base).sum())
    assert any("**1** cell differs" in one for one in texts(app))
    assert any("price goes to 7.000, and the record holds 4.000 to 6.000" in one for one in texts(app))


def test_several_scenarios_are_kept_named_copied_and_removed(open_app):
    run, _ = run_of(shop())
    app = opened(open_app, run)
    press(app, "new_scenario")
    app.text_input(key=f"scenario_name:{run.id}:shop#1").set_value("  dear ").run()
    press(app, "copy_scenario")
    assert table_of(app)["Scenario"].tolist() == ["Base", "dear", "dear 2"]
    app.switch_page("train/page.py").run()
    app.switch_page(PAGE).run()
    assert table_of(app)["Scenario"].tolist() == ["Base", "dear", "dear 2"]
    press(app, "remove_scenario")
    press(app, "remove_scenario")
    assert table_of(app) is None and any("A scenario is the base" in one for one in texts(app))


def test_a_scenario_from_a_file(open_app):
    run, fit = run_of(shop())
    app = opened(open_app, run)
    text = "\n".join(["day;price", *(f"{9 + k:02}.06.2024;4,{k}" for k in range(5))])
    app.file_uploader[0].upload("cheap.csv", text.encode()).run()
    assert not app.exception and not app.error
    asked = shop().future[:5].copy()
    base = rnn.forecast(fit, 5, future=asked)["mean"]
    asked[:, 0] = 4 + np.arange(5) / 10
    expected = rnn.forecast(fit, 5, future=asked)["mean"]
    shown = table_of(app)
    assert shown["Scenario"].tolist() == ["Base", "cheap"]
    assert shown["From the base"][1] == pytest.approx((expected - base).mean())
    assert any("It says what is 'price' to step 5." in one.replace("\\", "") for one in texts(app))


def test_a_file_that_cannot_be_used_is_a_sentence_and_no_scenario(open_app):
    run, _ = run_of(shop())
    app = opened(open_app, run)
    app.file_uploader[0].upload("bad.csv", b"day,price\n2024-06-09,4\n2024-06-10,much\n").run()
    assert not app.exception
    assert any("Row 3, column 'price': 'much' is no number" in one.value.replace("\\", "") for one in app.error)
    assert table_of(app) is None


def test_what_is_not_known_yet_can_come_from_a_file(open_app):
    run, fit = run_of(shop(future=0))
    app = opened(open_app, run)
    assert any("Write in what is still empty" in one.value for one in app.info)
    lines = [f"2024-06-{9 + k:02},5,{k % 2}" for k in range(5)]
    app.file_uploader[0].upload("plan.csv", "\n".join(["day,price,promo", *lines]).encode()).run()
    assert not app.exception and not app.error and not app.info
    press(app, "new_scenario")
    asked = np.column_stack([np.full(5, 5.0), np.arange(5) % 2])
    assert table_of(app)["Mean sales"][0] == pytest.approx(rnn.forecast(fit, 5, future=asked)["mean"].mean())


def test_without_known_columns_it_says_how_to_get_them(open_app):
    with Store() as store:
        run = trained(store, sunspots(), epochs=2, hidden=4)
    app = opened(open_app, run)
    assert any("trained without such a column" in one for one in texts(app))
    assert any("data" in one.proto.page for one in app.get("page_link"))


def test_a_scenario_with_an_empty_cell_is_not_drawn(open_app):
    run, _ = run_of(shop())
    app = opened(open_app, run)
    press(app, "new_scenario")
    subject = f"{run.id}:shop#1"
    app.session_state["future_given"] = {**app.session_state["future_given"], subject: {(0, "price"): np.nan}}
    app.session_state["future_tables"] = 99
    app.run()
    assert any("Scenario 1 has empty cells" in one.value for one in app.info)
    assert table_of(app) is None


def test_the_file_holds_what_was_assumed_and_the_difference(open_app):
    from pages.forecast.outlook import Outlook
    from pages.forecast.scenario.comparison import csv_of

    series = shop()
    fit = rnn.fit(rnn.Config(epochs=2, hidden=4, window=8), series)
    assumed = {"Base": series.future, "=dear": np.add(series.future, [1, 0])}
    found = {name: Outlook(rnn.forecast(fit, 4, (80,), future=known), 9) for name, known in assumed.items()}
    content = csv_of(fit, found, assumed)
    back = pd.read_csv(io.BytesIO(content))
    assert list(back) == ["scenario", "time", "price", "promo", "mean", "lo80", "hi80", "from base"]
    assert back["scenario"].tolist() == ["Base"] * 4 + ["'=dear"] * 4
    assert back["price"].tolist() == [5.0] * 4 + [6.0] * 4
    off = found["=dear"].frame["mean"] - found["Base"].frame["mean"]
    np.testing.assert_allclose(back["from base"], [0, 0, 0, 0, *off])
