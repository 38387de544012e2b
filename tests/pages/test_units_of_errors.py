"""What errors are counted in, said wherever one stands: a series' own units, or of many in one each one's usual step; and the
marks of a test part and of a leak."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import rnn
from pages.forecast.all_series import csv_of_all, futures_of
from pages.forecast.request import Request
from pages.inside.sections import SECTIONS
from rnn.core.panel import split_series
from rnn.data.repair import Repair, repairs_from_json, repairs_json
from rnn.runs.runner import Runner, runner
from rnn.runs.store import Store
from rnn.ui import one_of_many
from rnn.ui.chosen_series import FILE, Choice, choice_of_reading, reading_of, series_of
from rnn.ui.error_unit import LEAK
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_many_series import many

SMALL = {"epochs": 2, "window": 8, "hidden": 4, "patience": None}


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def words(app) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error")
    return "\n".join(one.value for kind in kinds for one in app.get(kind))


def usual_step(values: np.ndarray, rows: int) -> float:
    return float(np.sqrt(np.mean(np.square(np.diff(values[:rows, 0])))))


def expected_errors(run, part: str) -> tuple[float, dict[str, float]]:
    """The error over all series in usual steps, and of each in its own units: window by window."""
    series, scaled, own = many(), [], {}
    split = split_series(run.config, series)
    fit = runner().store.fit(run.id)
    for id_ in split.trained:
        one, its, model = series.part(id_), split.of(id_), fit.model.of(id_)
        first = {"val": its.first_validation_window, "test": its.first_test_window}[part]
        count = {"val": its.validation, "test": its.test}[part]
        wrong = [
            model.predict(one.values[None, k : k + its.window])[0, 0, 0] - one.values[k + its.window, 0]
            for k in range(first, first + count)
        ]
        own[id_] = float(np.sqrt(np.mean(np.square(wrong))))
        scaled += list(np.array(wrong) / usual_step(one.values, its.seen_rows))
    return float(np.sqrt(np.mean(np.square(scaled)))), own


def test_train_counts_many_series_in_usual_steps_and_the_one_shown_in_its_own_units(open_app):
    app = open_app()
    run = trained(runner().store, many(), **SMALL, test=5)
    app = open_app(run=run.id)
    assert not app.exception
    (val, own), (test, own_test) = expected_errors(run, "val"), expected_errors(run, "test")
    said = words(app)
    verdict = next(one for one in app.markdown if "Validation RMSE" in one.value)
    assert f"Validation RMSE {val:.3f} usual steps · test RMSE {test:.3f} usual steps" in verdict.value
    assert "M5" in verdict.help and LEAK not in said
    for id_, shown in (("b*ar", r"b\*ar"), ("foo", "foo")):
        app.selectbox(key=one_of_many.KEY).select(id_).run()
        alone = next(one.value for one in app.caption if "by itself" in one.value)
        alone = alone[alone.index(f"{shown} by itself: validation RMSE ") :]
        assert alone.endswith("in its own units.")
        numbers = [float(word.rstrip(",").replace(",", "")) for word in alone.split() if word[0].isdigit()]
        assert numbers == pytest.approx([own[id_], own_test[id_]], rel=1e-3)
    next(one for one in app.get("button_group") if "RMSE" in str(one.options)).set_value("RMSE").run()
    assert "usual steps of each series" in charts(app)["loss_chart"]["alt"]


def test_a_single_series_stays_in_its_own_units(open_app):
    app = open_app()
    run = trained(runner().store, sunspots(), **SMALL)
    app = open_app(run=run.id)
    said = words(app)
    assert "Validation RMSE" in said and "usual step" not in said and "by itself" not in said
    app.switch_page("runs/page.py").run()
    (row,) = app.dataframe[0].value.to_dict("records")
    assert row["unit"] == "own units" and np.isnan(row["test"])


def test_runs_say_the_unit_the_test_error_and_the_leak(open_app):
    app = open_app()
    store = runner().store
    run = trained(store, many(), "many", **SMALL, test=5, gap=2, scaler_rows="all")
    trained(store, sunspots(), "honest", **SMALL)
    app = open_app("runs/page.py", run=run.id)
    assert not app.exception
    rows = {row["name"]: row for row in app.dataframe[0].value.to_dict("records")}
    assert (
        rows["many"]["unit"] == "usual steps" and LEAK in rows["many"]["state"] and LEAK not in rows["honest"]["state"]
    )
    assert rows["many"]["test"] == pytest.approx(expected_errors(run, "test")[0], rel=1e-4)
    said = words(app)
    assert LEAK in said and "usual steps" in said and "test RMSE" in said and "gap of 2" in said
    assert "usual steps of each series" in charts(app)["runs_curve"]["alt"]
    app.switch_page("train/page.py").run()
    assert LEAK in next(one.value for one in app.markdown if "Validation RMSE" in one.value)


def test_a_leak_is_marked_before_training(open_app):
    assert LEAK in words(open_app(scaler_rows="all"))
    assert LEAK not in words(open_app(scaler_rows="all", scaling="none", residual="none"))


def test_the_intervals_name_what_they_rest_on(open_app):
    app = open_app()
    run = trained(runner().store, many(), **SMALL, test=5)
    app = open_app("forecast/page.py", run=run.id)
    said = words(app)
    assert "**all 3 series**" in said and "pooled" in said and r"the units of b\*ar" in said
    assert "On the test part" in said and "usual steps, over all series" in said
    single = trained(runner().store, sunspots(), **SMALL)
    said = words(open_app("forecast/page.py", run=single.id))
    assert "this network's own errors" in said and "pooled" not in said


def test_one_file_holds_the_forecasts_of_all_series(open_app):
    app = open_app()
    run = trained(runner().store, many(), **SMALL)
    app = open_app("forecast/page.py", run=run.id)
    buttons = {one.proto.label: one for one in app.get("download_button")}
    assert not buttons["Download all 3 series (CSV)"].proto.disabled
    frame = pd.read_csv(io.BytesIO(csv_of_all(run, Request(3, (80,), 0), None)), parse_dates=["time"])
    expected = rnn.forecast(runner().store.fit(run.id), 3, (80,))
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)
    assert frame["id"].unique().tolist() == ["b*ar", "foo"]


def shops() -> bytes:
    """Two shops with a price that is known for two and for five days more."""
    rows = []
    for shop, ahead, size in (("north", 2, 1), ("south", 5, 100)):
        for k in range(60 + ahead):
            sales = "" if k >= 60 else f"{size * (5 + np.sin(k / 3)):.4f}"
            rows.append(f"{shop},{np.datetime64('2024-01-01') + k},{sales},{k % 3},{'wet' if k % 4 else 'dry'}")
    return ("shop,day,sales,price,weather\n" + "\n".join(rows) + "\n").encode()


def stored_choice(store: Store, **roles) -> Choice:
    return Choice(FILE + store.add_file("shops.csv", shops()), ("sales",), ids=("all",), **roles)


def test_each_series_has_its_own_future_from_the_file(open_app):
    app = open_app()
    store = runner().store
    choice = stored_choice(store, inputs=("price", "calendar: weekday"), known=("price", "calendar: weekday"))
    series = series_of(choice)
    key = store.add_series(series, file_hash=choice.file_hash, reading=reading_of(choice))
    run = trained(store, series, **SMALL, reading=reading_of(choice))
    assert run.series_hash == key
    app = open_app("forecast/page.py", run=run.id)
    assert not app.exception
    assert "price is known for **2** steps" in words(app)
    for steps, ids in ((2, ["north", "south"]), (4, ["south"])):
        futures, lacking = futures_of(run, series, steps)
        assert [id_ for id_ in futures if id_ not in lacking] == ids
    app.selectbox(key=one_of_many.KEY).select("south").run()
    assert "price is known for **5** steps" in words(app) and not app.exception
    frame = pd.read_csv(io.BytesIO(csv_of_all(run, Request(2, (), 0), futures_of(run, series, 2)[0])))
    assert frame["id"].tolist() == ["north"] * 2 + ["south"] * 2
    app = open_app("inside/page.py", run=run.id)
    assert not app.exception and "usual steps over all series" in words(app)


@pytest.mark.parametrize(
    "roles", [{}, {"inputs": ("weather",)}, {"inputs": ("price",), "static": ("price",)},
              {"inputs": ("price", "calendar: weekday"), "known": ("calendar: weekday",)}],
)  # fmt: skip
@pytest.mark.parametrize("kind", [{"loss": "quantile"}, {"seeds": 2, "cell": "gru"}])
def test_every_page_shows_such_a_run(open_app, roles, kind):
    app = open_app()
    store = runner().store
    choice = stored_choice(store, **roles)
    run = trained(store, series_of(choice), **SMALL, **kind, reading=reading_of(choice))
    for page in (None, "runs/page.py", "forecast/page.py"):
        app = open_app(page, run=run.id)
        assert not app.exception, page
    for look in (*(name for name in SECTIONS if name != "Gradient"), "Gradient"):
        app = open_app("inside/page.py", run=run.id, look=look)
        assert not app.exception, look
    next(one for one in app.button if one.key == "check_gradient").click().run()
    assert not app.exception and "The gradient is right" in "\n".join(one.value for one in app.success)


def test_open_brings_back_all_that_was_chosen(open_app):
    app = open_app()
    store = runner().store
    repairs = repairs_json((Repair("clip", "sales", {"low": 5, "high": 550}),))
    choice = stored_choice(
        store, inputs=("price", "weather"), known=("price",), repairs=repairs, reading='{"missing": "drop"}'
    )
    assert series_of(choice).values[:, 0].min() == 5
    run = trained(store, series_of(choice), **SMALL, reading=reading_of(choice))
    app = open_app("runs/page.py")
    next(one for one in app.button if one.key == f"open-{run.id}").click().run()
    app.switch_page("train/page.py").run()
    assert not app.exception
    found = choice_of_reading(store.series_reading(run.series_hash))
    assert found is not None and vars(found) | {"repairs": ""} == vars(choice) | {"repairs": ""}
    assert repairs_from_json(found.repairs) == repairs_from_json(repairs)
    assert (link_value(app, "id"), link_value(app, "known")) == ("all", "price")
    assert app.session_state["reading"] == choice.reading and "clip" in link_value(app, "repairs")
    assert "Changed since this run began" not in words(app)


def test_a_run_of_many_is_saved_loaded_and_resumed(tmp_path):
    config = rnn.Config(**{**SMALL, "epochs": 4})
    whole = rnn.fit(config, many())
    half = rnn.fit(config.replace(epochs=2), many())
    rnn.save(half, tmp_path / "half")
    resumed = rnn.fit(config, many(), resume=rnn.load(tmp_path / "half"))
    assert [one.val_rmse for one in resumed.history] == [one.val_rmse for one in whole.history]
    assert resumed.series.ids == many().ids
