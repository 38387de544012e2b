"""What the Forecast page measures of a run on records it had not seen: the past on the chart, errors, coverage, residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rnn
from pages.forecast import horizon, past
from pages.forecast.residuals import section as residuals
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.by_horizon import errors_by_horizon
from rnn.forecast.coverage import ALL, measured_coverage
from rnn.forecast.diagnosis import LjungBox, diagnose_residuals
from rnn.runs.runner import Runner
from rnn.runs.store import Store
from rnn.ui.wording import number_in_words
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_forecast_page import shop, texts
from tests.ui.test_figures import unpack

PAGE = "forecast/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def stored(series, **config):
    with Store() as store:
        run = trained(store, series, epochs=3, hidden=4, **config)
        return run, store.fit(run.id)


def opened(open_app, run, section="Forecast"):
    app = open_app(section=section, run=run.id)
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def charts(app):
    """Chart key → name of a line → the line as the browser gets it."""
    sent = [unpack(bytes(one.proto.bytes)) for one in app.get("bidi_component")]
    return {one["key"]: {line.get("name"): line for line in one["data"]} for one in sent}


def panel():
    rng = np.random.default_rng(0)
    parts = []
    for k in range(3):
        x = np.arange(120 + 20 * k)
        values = (10 ** (k + 1) * (5 + np.sin(x / 7 * 2 * np.pi) + 0.1 * rng.normal(size=len(x))))[:, None]
        parts.append(Series(np.datetime64("2022-01-01") + x, values, ("sales",), ("sales",), f"shop {k}", "D"))
    return Series.joined(parts, [one.name for one in parts], "shops")


# --- the past on the chart


def test_the_origin_is_the_last_with_all_steps_known_and_each_line_is_what_the_network_would_have_said(open_app):
    run, fit = stored(sunspots(), horizon=6, window=12, test=0.1)
    app = opened(open_app, run)
    origin = app.select_slider[0]
    records, values = len(fit.series), fit.series.values
    assert origin.value == records - 6
    chart = charts(app)["forecast_chart"]
    first = records - 6 - fit.config.reach
    direct = fit.model.predict(values[None, first : records - 6])[0, :, 0]
    np.testing.assert_allclose(chart["direct"]["y"], direct, rtol=1e-5)
    window, free = values[first : records - 6], []
    for _ in range(6):
        free.append(fit.model.predict(window[None])[0, 0, 0])
        window = np.append(window[1:], [[free[-1]]], axis=0)
    np.testing.assert_allclose(chart["free-running"]["y"], free, rtol=1e-5)
    one = chart["one step ahead"]["y"]
    split = split_windows(fit.config, records)
    assert len(one) == records - split.validation_records.start
    last = fit.model.predict(values[None, -1 - fit.config.reach : -1])[0, 0, 0]
    assert one[-1] == pytest.approx(last, rel=1e-5)


def test_another_origin_is_another_forecast_of_the_past(open_app):
    run, fit = stored(sunspots(), horizon=6, window=12)
    app = opened(open_app, run)
    before = np.asarray(charts(app)["forecast_chart"]["direct"]["y"])
    earliest = split_windows(fit.config, len(fit.series)).validation_records.start
    app.select_slider[0].set_value(earliest).run()
    assert not app.exception
    after = charts(app)["forecast_chart"]["direct"]["y"]
    expected = fit.model.predict(fit.series.values[None, earliest - fit.config.reach : earliest])[0, :, 0]
    np.testing.assert_allclose(after, expected, rtol=1e-5)
    assert (np.asarray(after) != before).all()
    error = np.abs(expected - fit.series.values[earliest : earliest + 6, 0]).mean()
    assert any(f"was off by {number_in_words(error)} on average" in one for one in texts(app))


def test_one_step_networks_only_run_freely_and_inputs_forbid_it(open_app):
    run, _ = stored(sunspots(), window=12)
    chart = charts(opened(open_app, run))["forecast_chart"]
    assert "free-running" in chart and "direct" not in chart
    run, _ = stored(shop(inputs=True), horizon=4, window=8)
    chart = charts(opened(open_app, run))["forecast_chart"]
    assert "direct" in chart and "free-running" not in chart


@pytest.mark.parametrize(("records", "steps"), [(300, 24), (5000, 60), (300, 200)])
def test_origins_are_few_held_out_and_hold_the_usual_one(records, steps):
    split = split_windows(rnn.Config(window=12), records)
    offered, usual = past.origins(split, records, steps)
    assert usual in offered and len(offered) <= past.MOST_ORIGINS + 1
    assert offered[0] >= split.validation_records.start and offered[-1] < records
    assert usual == max(split.validation_records.start, records - steps)


def test_of_many_series_the_one_shown_is_measured_in_its_own_units(open_app):
    run, fit = stored(panel(), horizon=3, window=14, season=7)
    app = opened(open_app, run)
    app.selectbox(key="shown_series").set_value("shop 2").run()
    assert not app.exception
    own = fit.of("shop 2")
    frame = errors_by_horizon(own, 3)
    direct = frame[frame["mode"] == "direct"]
    chart = charts(app)["horizon_chart"]
    np.testing.assert_allclose(chart["direct"]["y"], direct["mae"], rtol=1e-5)
    assert any("Measured over all 3 series together" in one for one in texts(app))
    for section in ("Residuals", "Scenario"):
        app = opened(open_app, run, section)
        assert not app.error


# --- errors by steps ahead, and coverage


def test_errors_by_steps_ahead_follow_measure_and_part(open_app):
    run, fit = stored(sunspots(), horizon=4, window=12, test=0.15, season=11)
    app = opened(open_app, run)
    for measure, part in (("mae", "validation"), ("rmse", "test")):
        app.segmented_control(key="horizon_measure").set_value(measure).run()
        app.segmented_control(key="horizon_part").set_value(part).run()
        frame = errors_by_horizon(fit, 4, part=part)
        shown = charts(app)["horizon_chart"]
        for mode, name in (("direct", "direct"), ("naive", "last value (naive)")):
            np.testing.assert_allclose(shown[name]["y"], frame[frame["mode"] == mode][measure], rtol=1e-5)


def frame_of(**errors):
    steps = np.arange(1, 4)
    return pd.concat([
        pd.DataFrame({"step": steps, "mode": mode.replace("_", "-"), "label": mode, "mae": values, "n": [9, 8, 7]})
        for mode, values in errors.items()
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("direct", "naive", "said"),
    [
        ([1, 2, 3], [2, 3, 4], "It is nearer than the naive forecasts at every step."),
        ([1, 2, 3], [1, 1, 1], "**A naive forecast is at least as near at every step.**"),
        ([1, 2, 3], [2, 2, 2], "**From step 2 on a naive forecast is at least as near.**"),
        ([3, 2, 1], [2, 3, 4], "**At step 1 a naive forecast is at least as near.**"),
    ],
)
def test_from_which_step_on_a_naive_forecast_is_as_good(direct, naive, said):
    words = horizon.in_words(frame_of(direct=direct, naive=naive), "mae", "validation", 3)
    assert said in words
    assert "over 9 and 7 forecasts" in words


def test_direct_and_free_running_are_compared():
    def words(free):
        return horizon.in_words(frame_of(direct=[1, 1, 1], free_running=free), "mae", "validation", 3)

    assert "errs 20% more than direct" in words([1, 1.2, 1.4])
    assert "errs 3.0 times as much as direct" in words([3, 3, 3])
    assert "errs as much as direct" in words([1, 1, 1])
    assert "grows beyond all numbers" in words([1, np.inf, np.inf])


def test_coverage_stands_beside_the_nominal_one(open_app):
    run, fit = stored(sunspots(), horizon=4, window=12, test=0.15)
    app = opened(open_app, run)
    frame = measured_coverage(fit, 4, (80, 95))
    own = frame[frame["step"] == ALL]
    table = next(one.value for one in app.dataframe if "Held" in one.value)
    assert table["Held"].tolist() == [f"{share:.1%}" for share in own["measured"]]
    assert table["Values"].tolist() == own["n"].tolist()
    assert set(table["Measured on"]) == {"Later half of validation", "Test part"}
    app.pills(key="forecast_levels").set_value([]).run()
    assert not any("Held" in one.value for one in app.dataframe)


# --- residuals


def test_residuals_follow_part_step_and_target(open_app):
    run, fit = stored(shop(inputs=False), horizon=3, window=8, test=0.2)
    app = opened(open_app, run, "Residuals")
    app.segmented_control(key="residual_part").set_value("test").run()
    app.slider(key="residual_step").set_value(2).run()
    app.selectbox(key="residual_target").set_value("visits").run()
    assert not app.exception
    found = diagnose_residuals(fit, 1, 1, "test")
    shown = charts(app)
    np.testing.assert_allclose(shown["residual_times"]["residual"]["y"], found.residuals, rtol=1e-4)
    np.testing.assert_array_equal(shown["residual_histogram"]["residuals"]["y"], found.counts)
    np.testing.assert_allclose(shown["residual_acf"]["autocorrelation"]["y"], found.acf[1:], rtol=1e-4)
    np.testing.assert_allclose(shown["residual_agreement"]["predictions"]["x"], found.actual, rtol=1e-4)
    assert any("predicted 2 steps ahead, in units of visits" in one for one in texts(app))
    for sentence in found.sentences:
        assert any(sentence in one.replace("\\", "") for one in texts(app))


def test_how_far_ahead_there_are_residuals():
    config = rnn.Config(window=8, horizon=3, epochs=1, hidden=2)
    fit = rnn.fit(config, shop(inputs=True))
    assert residuals.furthest(fit, "validation") == 3  # other inputs: no further than the horizon
    fit = rnn.fit(config, shop(inputs=False))
    split = split_windows(config, 200)
    records = split.validation_records
    assert residuals.furthest(fit, "validation") == min(60, records.stop - records.start)


def test_the_test_of_all_bars_is_said_in_words():
    fit = rnn.fit(rnn.Config(window=8, epochs=1, hidden=2), sunspots())
    found = diagnose_residuals(fit)

    def words(p):
        object.__setattr__(found, "ljung_box", None if p is None else LjungBox(10, 12.5, p))
        return residuals.tested_in_words(found)

    assert (
        "p = 0.25): residuals without memory would look like this or worse 25 times in 100: so chance alone"
        in words(0.25)
    )
    assert "less than once in 1,000: too rare for chance" in words(1e-6)
    assert "must hang together" in words(None)


def test_a_diverged_ensemble_or_a_constant_series_is_no_exception(open_app):
    flat = Series.from_values(np.full(80, 3.0), name="flat")
    run, _ = stored(flat, window=6)
    for section in ("Forecast", "Residuals"):
        app = opened(open_app, run, section)
        assert not app.error


# --- what it rests on, in words


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"log": True, "horizon": 3}, ["of the logarithm", "too low", "never reach below zero"]),
        (
            {"scaling": "window", "loss": "mae"},
            ["aims at the median", "how much the series moved in the window before"],
        ),
        ({"loss": "quantile", "quantiles": (0.1, 0.5, 0.9)}, ["the quantiles that the network has learned"]),
        ({"refit": True}, ["trained once more on all records", "had not seen"]),
    ],
)
def test_what_a_forecast_is_and_rests_on_is_said(open_app, config, said):
    run, fit = stored(shop(inputs=False), window=8, **config)
    assert (fit.final is not None) == bool(config.get("refit"))
    whole = " ".join(texts(opened(open_app, run)))
    for words in said:
        assert words in whole


def test_a_coverage_that_chance_could_put_anywhere_is_no_verdict(open_app):
    run, fit = stored(shop(inputs=False), window=8)
    app = opened(open_app, run)
    app.slider(key="forecast_steps").set_value(30).run()
    frame = measured_coverage(fit, 30, (80, 95))
    row = frame[(frame["step"] == ALL) & (frame["level"] == 80) & (frame["target"] == "sales")].iloc[-1]
    assert row["margin"] >= 0.3
    assert any("80 % intervals hold cannot be told yet" in one for one in texts(app))


def test_a_series_too_short_to_be_trained_on_is_forecast_and_not_measured(open_app):
    parts = [*panel().apart(), Series(np.datetime64("2022-01-01") + np.arange(16), np.arange(16.0)[:, None] + 1,
                                      ("sales",), ("sales",), "new shop", "D")]  # fmt: skip
    run, _ = stored(Series.joined(parts, [one.name for one in parts], "shops"), horizon=3, window=14)
    app = opened(open_app, run)
    app.selectbox(key="shown_series").set_value("new shop").run()
    assert not app.exception and not app.error
    assert any("new shop is too short to keep a part of it back" in one for one in texts(app))
    assert {"history", "forecast"} <= {*charts(app)["forecast_chart"]} and "horizon_chart" not in charts(app)
    app.segmented_control(key="section").set_value("Residuals").run()
    assert not app.exception
    assert any("new shop is too short" in one.value for one in app.info)
