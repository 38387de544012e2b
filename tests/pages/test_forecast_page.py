"""The Forecast page: what comes next, how sure it is, and the file with the numbers."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest

import rnn
from pages.forecast.numbers import csv_of, file_name
from pages.forecast.request import default_steps, most_steps
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.residuals import validation_residuals
from rnn.runs.runner import Runner, runner
from rnn.runs.store import Store
from tests.pages.conftest import link_value
from tests.pages.stored_runs import at_work, made_up, sunspots, trained

PAGE = "forecast/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Runs are trained in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def texts(app):
    kinds = ("markdown", "caption", "info", "warning", "error")
    return [one.value for kind in kinds for one in app.get(kind)]


def numbers(app):
    return app.dataframe[0].value


def forecast_of(app):
    """The numbers of the forecast, or None where there are none."""
    return next((one.value for one in app.dataframe if "mean" in one.value), None)


def shop(inputs: bool) -> Series:
    rng, x = np.random.default_rng(0), np.arange(200)
    values = np.column_stack([10 + np.sin(x / 6), 100 + 5 * np.cos(x / 9), rng.normal(size=200)])
    names = ("sales", "visits", "weather")
    times = np.datetime64("2024-01-01") + x
    if inputs:
        return Series(times, values, names, ("sales",), "shop", "D")
    return Series(times, values[:, :2].copy(), names[:2], names[:2], "shop", "D")


KINDS = {
    "gates": {"cell": "gru", "layers": 2, "dropout": 0.2},
    "levels and growth": {"loss": "quantile", "log": True, "difference": "first", "horizon": 3},
    "seasons": {"residual": "seasonal", "difference": "seasonal", "season": 12, "scaling": "window", "patch": 2},
    "ensemble": {"cell": "lstm", "seeds": 3, "skip": "linear", "residual": "last"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_says_what_comes_next(open_app, kind):
    with Store() as store:
        run = trained(store, shop(inputs=False), epochs=2, hidden=4, window=8, **KINDS[kind])
        expected = rnn.forecast(store.fit(run.id), 30, (80,))
    app = open_app(PAGE, run=run.id)
    app.slider(key="forecast_steps").set_value(30).run()
    assert not app.exception
    shown = numbers(app)
    np.testing.assert_array_equal(shown["mean"], expected["sales.mean"])
    np.testing.assert_array_equal(shown["hi80"], expected["sales.hi80"])
    assert np.isfinite(shown["mean"]).all()


def test_without_a_trained_run_there_is_a_sentence_and_a_way_to_train(open_app):
    app = open_app(PAGE)
    assert not app.exception
    assert any("none has been trained" in one for one in texts(app))
    assert app.get("page_link")


def test_without_a_current_run_one_is_chosen(open_app):
    with Store() as store:
        run = trained(store, sunspots(), "the one", epochs=2, hidden=4)
    app = open_app(PAGE)
    assert len(app.dataframe) == 0
    assert app.selectbox(key="forecast_run").value is None
    app.selectbox(key="forecast_run").set_value(run.id).run()
    assert link_value(app, "run") == run.id
    assert len(numbers(app)) == 24


def test_the_numbers_are_those_of_rnn_forecast(open_app):
    with Store() as store:
        run = trained(store, sunspots(), epochs=3, hidden=4, season=11)
        expected = rnn.forecast(rnn.fit(Config(epochs=3, hidden=4, season=11), sunspots()), 11, (80, 95))
        residuals = validation_residuals(store.fit(run.id), 11)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    shown = numbers(app)
    assert list(shown.columns) == ["time", "mean", "lo80", "hi80", "lo95", "hi95"]
    pd.testing.assert_frame_equal(shown, expected, check_dtype=False)
    assert len(residuals[0]) == 57
    rests = next(one for one in texts(app) if "measured on" in one)
    assert "**57** forecasts" in rests and "optimistic" in rests and "epoch" in rests
    assert any("From step 2 on the network is fed its own predictions" in one for one in texts(app))


def test_steps_and_levels_change_the_numbers(open_app):
    with Store() as store:
        run = trained(store, sunspots(), epochs=2, hidden=4)
    app = open_app(PAGE, run=run.id)
    app.slider(key="forecast_steps").set_value(57).run()
    assert len(numbers(app)) == 57
    # 57 validation records: at step 57 one residual is left, and a 95 % interval needs nineteen.
    assert numbers(app)["lo95"].notna().sum() == 57 - 18
    assert any("From step 40 on there are too few of them for a 95 % interval." in one for one in texts(app))
    app.pills(key="forecast_levels").set_value([50]).run()
    assert list(numbers(app).columns) == ["time", "mean", "lo50", "hi50"]
    app.pills(key="forecast_levels").set_value([]).run()
    assert list(numbers(app).columns) == ["time", "mean"]
    assert not app.exception


def test_columns_that_are_only_fed_in_bind_the_forecast_to_the_horizon(open_app):
    with Store() as store:
        run = trained(store, shop(inputs=True), epochs=2, hidden=4, horizon=7)
    app = open_app(PAGE, run=run.id)
    assert app.slider(key="forecast_steps").max == 7
    assert any("No further than the horizon of 7" in one for one in texts(app))
    assert len(numbers(app)) == 7


@pytest.mark.parametrize("ahead", [0, 5])
def test_columns_known_ahead_reach_as_far_as_they_are_known(open_app, ahead):
    """Further on their future is written in, and the forecast then is that of `rnn.forecast` with such a future."""
    data = shop(inputs=True)
    future = np.ones((ahead, 2)) if ahead else None
    with Store() as store:
        series = dataclasses.replace(data, known=("visits", "weather"), future=future)
        run = trained(store, series, epochs=1, hidden=4, window=8, horizon=2)
        fit = store.fit(run.id)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    assert app.slider(key="forecast_steps").value == 2
    if ahead:
        app.slider(key="forecast_steps").set_value(5).run()
        assert any(
            "visits, weather are known for **5** steps after the last record, to 2024" in one for one in texts(app)
        )
        np.testing.assert_array_equal(forecast_of(app)["mean"], rnn.forecast(fit, 5)["mean"])
        app.slider(key="forecast_steps").set_value(7).run()
    steps = 7 if ahead else 2
    assert not app.exception and not app.error
    assert any("visits (2), weather (2)" in one.value for one in app.info)
    assert forecast_of(app) is None
    editor = next(one for one in app.dataframe if "Step" in one.value)
    assert len(editor.value) == steps
    next(one for one in app.button if one.key == "fill_future").click().run()
    assert not app.exception and not app.info
    last = np.ones(2) if ahead else data.values[-1, 1:]
    expected = rnn.forecast(fit, steps, future=np.tile(last, (steps, 1)))
    np.testing.assert_array_equal(forecast_of(app)["mean"], expected["mean"])
    # Fewer steps and more again: what was written in is still there.
    app.slider(key="forecast_steps").set_value(1).run()
    app.slider(key="forecast_steps").set_value(steps).run()
    np.testing.assert_array_equal(forecast_of(app)["mean"], expected["mean"])


def test_a_cell_that_is_written_in_moves_the_forecast(open_app):
    data = shop(inputs=True)
    with Store() as store:
        series = dataclasses.replace(data, known=("visits", "weather"), future=np.ones((5, 2)))
        run = trained(store, series, epochs=1, hidden=4, window=8)
        fit = store.fit(run.id)
    app = open_app(run=run.id)
    app.session_state["future_given"] = {f"{run.id}:shop": {(1, "visits"): 140.0}}
    app.session_state["forecast_steps"] = 5
    app.switch_page(PAGE).run()
    asked = np.ones((5, 2))
    asked[1, 0] = 140
    np.testing.assert_array_equal(forecast_of(app)["mean"], rnn.forecast(fit, 5, future=asked)["mean"])


def test_the_calendar_needs_no_writing(open_app):
    lines = [f"{np.datetime64('2024-01-01') + k},{10 + (k % 7 > 4) * 5}" for k in range(120)]
    table = rnn.read_csv(("day,sales\n" + "\n".join(lines)).encode())
    series = table.series("sales", inputs=["calendar: weekday"], known=["calendar: weekday"])
    with Store() as store:
        run = trained(store, series, epochs=2, hidden=4, window=8)
        fit = store.fit(run.id)
    app = open_app(PAGE, run=run.id)
    app.slider(key="forecast_steps").set_value(30).run()
    assert not app.exception and not app.info
    assert any("the calendar" in one.lower() and "as far as you like" in one for one in texts(app))
    np.testing.assert_array_equal(forecast_of(app)["mean"], rnn.forecast(fit, 30)["mean"])


def test_one_step_and_no_more_needs_no_slider(open_app):
    with Store() as store:
        run = trained(store, shop(inputs=True), epochs=2, hidden=4)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    assert not app.slider
    assert len(numbers(app)) == 1


def test_each_target_has_its_forecast(open_app):
    with Store() as store:
        run = trained(store, shop(inputs=False), epochs=5, hidden=8)
        expected = rnn.forecast(store.fit(run.id), 24)
    app = open_app(PAGE, run=run.id)
    np.testing.assert_array_equal(numbers(app)["mean"], expected["sales.mean"])
    app.selectbox(key="forecast_target").set_value("visits").run()
    np.testing.assert_array_equal(numbers(app)["mean"], expected["visits.mean"])
    np.testing.assert_array_equal(numbers(app)["hi95"], expected["visits.hi95"])


def test_no_better_than_the_last_value_is_a_warning(open_app):
    walk = Series.from_values(np.random.default_rng(1).normal(size=300).cumsum(), name="walk")
    with Store() as store:
        bad = trained(store, walk, epochs=1, hidden=2)
        good = trained(store, shop(inputs=False), epochs=30, hidden=16)
    app = open_app(PAGE, run=bad.id)
    assert any("better than repeating the last value" in one.value for one in app.warning)
    app = open_app(PAGE, run=good.id)
    assert not app.warning
    assert any("better than" in one.lower() and "no better" not in one.lower() for one in texts(app))


def test_a_run_in_progress_rests_on_the_best_weights_until_refreshed(open_app):
    with Store() as store:
        run, further = at_work(store, sunspots(), 2, hidden=4, epochs=50)
        app = open_app(PAGE, run=run.id)
        assert any("still in progress" in one and f"epoch {run.best_epoch}" in one for one in texts(app))
        before = numbers(app)["mean"].to_numpy()
        later = further(8)
        assert later.best_epoch > run.best_epoch
        app.run()
        np.testing.assert_array_equal(numbers(app)["mean"], before)
        next(one for one in app.button if one.key == "refresh_forecast").click().run()
        assert any(f"epoch {later.best_epoch}" in one for one in texts(app))
        assert (numbers(app)["mean"].to_numpy() != before).all()


def test_a_run_without_a_finished_epoch_says_so(open_app):
    with Store() as store:
        waiting = made_up(store, "waiting", [], state=None)
        lost = made_up(store, "lost", [], state="failed")
    assert any("first epoch is not finished" in one for one in texts(open_app(PAGE, run=waiting.id)))
    app = open_app(PAGE, run=lost.id)
    assert any("learned nothing" in one for one in texts(app))
    assert not app.exception


def test_a_forecast_that_cannot_be_made_is_a_sentence(open_app):
    near_the_end = Series(
        np.datetime64("2262-01-01", "ns") + np.arange(100) * np.timedelta64(1, "D"),
        np.sin(np.arange(100) / 5)[:, None], ("y",), ("y",), "late", "D",
    )  # fmt: skip
    with Store() as store:
        run = trained(store, near_the_end, epochs=2, hidden=4, window=5)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    assert any("fewer steps" in one.value for one in app.error)


def test_runs_of_one_name_and_age_are_told_apart(open_app):
    with Store() as store:
        runs = [trained(store, sunspots(), "same", epochs=2, hidden=hidden) for hidden in (3, 5)]
    app = open_app(PAGE, run=runs[0].id)
    labels = app.selectbox(key="forecast_run").options
    assert len(set(labels)) == len(labels) == 2
    app.selectbox(key="forecast_run").select(next(label for label in labels if label.endswith(runs[1].id[-6:]))).run()
    assert app.session_state["run"] == runs[1].id


def test_another_run_brings_its_settings_to_train(open_app):
    with Store() as store:
        one = trained(store, sunspots(), "one", epochs=2, hidden=4)
        two = trained(store, sunspots(), "two", epochs=2, hidden=12)
    app = open_app(PAGE, run=one.id)
    app.selectbox(key="forecast_run").set_value(two.id).run()
    app.slider(key="forecast_steps").set_value(5).run()
    app.switch_page("train/page.py").run()
    assert app.session_state["run"] == two.id
    assert app.select_slider(key="hidden").value == 12
    assert runner().store.run(two.id).config.hidden == 12


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sunspots", "sunspots-forecast.csv"),
        ("Umsätze 2023 (neu)", "Umsätze-2023-neu-forecast.csv"),
        ("../../etc/passwd", "etc-passwd-forecast.csv"),
        ("***", "series-forecast.csv"),
        ("x" * 500, "x" * 60 + "-forecast.csv"),
    ],
)
def test_file_names(name, expected):
    assert file_name(name) == expected


def test_the_file_has_all_digits_and_reads_back():
    frame = pd.DataFrame(
        {"time": pd.to_datetime(["2024-01-01", "2024-01-02"]), "mean": [1 / 3, 2e-17], "lo80": [np.nan, 1]}
    )
    text = csv_of(frame)
    assert text.splitlines()[0] == "time,mean,lo80"
    assert "\r" not in text
    back = pd.read_csv(io.StringIO(text), parse_dates=["time"])
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_dtype=False)


def test_how_far_the_slider_goes():
    assert most_steps(Config(), inputs_only=False) == 60
    assert most_steps(Config(season=48), inputs_only=False) == 96
    assert most_steps(Config(season=10_000), inputs_only=False) == 1000
    assert most_steps(Config(horizon=200), inputs_only=False) == 200
    assert most_steps(Config(horizon=7, season=365), inputs_only=True) == 7
    assert default_steps(Config(), 60) == 24
    assert default_steps(Config(season=365), 60) == 60
    assert default_steps(Config(horizon=7), 60) == 7
