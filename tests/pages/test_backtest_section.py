"""The sections Backtest and Ranking: asked for on the page, computed as a worker would, and shown with these very numbers."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from pages.forecast.backtest import plan_link
from pages.forecast.backtest.coverage import in_words, table_of
from pages.forecast.backtest.errors import calendar_ways
from pages.forecast.backtest.mean import LABEL
from pages.forecast.ranking.table import by_series, wins
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest
from rnn.forecast.backtest.with_theta import NAME, with_mean
from rnn.forecast.methods import METHODS
from rnn.forecast.significance import compared
from rnn.runs.runner import Runner, runner
from rnn.runs.store import Store
from rnn.runs.study_attempt import StudyAttempt
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import WORKER, trained

PAGE = "forecast/page.py"
SMALL = {"epochs": 3, "hidden": 4, "window": 8, "horizon": 4, "season": 7}


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Runs and studies are worked at in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)
    monkeypatch.setattr(Runner, "nudge", lambda runner: None)


def shop(length: int = 120, seed: int = 0, name: str = "shop", size: float = 1.0) -> Series:
    x = np.arange(length)
    sales = size * (20 + 5 * np.sin(2 * np.pi * x / 7) + np.random.default_rng(seed).normal(size=length))
    return Series(np.datetime64("2024-01-01") + x, sales[:, None], ("sales",), ("sales",), name, "D")


def texts(app):
    kinds = ("markdown", "caption", "info", "warning", "error", "success")
    return [one.value.replace("\\", "") for kind in kinds for one in app.get(kind)]


def said(app) -> str:
    return " ".join(texts(app))


def few_folds(app, folds=2, seeds=2):
    app.slider(key="plan_folds").set_value(folds).run()
    app.slider(key="plan_seeds").set_value(seeds).run()
    return app


def compute(app):
    """Press the button, and do what the worker does."""
    next(one for one in app.button if one.key == "run_backtest").click().run()
    store = runner().store
    study = store.claim_next(WORKER)
    assert study is not None and study.kind == "backtest"
    StudyAttempt(store, study, WORKER, store.series).work()
    done = store.study(study.id)
    assert done.state == "done", done.error
    app.run()
    assert not app.exception
    return Backtest.from_bytes(done.result)


def table_with(app, column):
    return next(one.value for one in app.dataframe if column in one.value)


@pytest.fixture
def worked(open_app):
    """The page with a backtest of two folds computed, and what came of it."""
    with Store() as store:
        run = trained(store, shop(), "my run", **SMALL)
    app = few_folds(open_app(PAGE, run=run.id, section="Backtest"))
    return app, compute(app)


def test_the_folds_have_their_dates_before_anything_runs(open_app):
    with Store() as store:
        run = trained(store, shop(), **SMALL)
    app = open_app(PAGE, run=run.id, section="Backtest")
    assert not app.exception
    dates = table_with(app, "Predicts from")
    assert dates["Fold"].tolist() == [1, 2, 3, 4, 5]
    # 120 days from 1 January 2024, the last five times four of them forecast.
    assert dates["Predicts from"].tolist()[0] == "2024-04-10" and dates["until"].tolist()[-1] == "2024-04-29"
    assert dates["to"].tolist()[0] == "2024-04-09"
    assert "5 folds" not in said(app) and "20 trainings and 8 other methods in each fold: about" in said(app)
    app.segmented_control(key="plan_kind").set_value("sliding").run()
    assert table_with(app, "Predicts from")["Learns from"].tolist()[:2] == ["2024-01-01", "2024-01-05"]
    app.segmented_control(key="plan_retrain").set_value(False).run()
    assert "4 trainings" in said(app)


def test_a_plan_that_does_not_fit_is_a_sentence(open_app):
    with Store() as store:
        run = trained(store, shop(40), **SMALL)
    app = open_app(PAGE, run=run.id, section="Backtest")
    app.slider(key="plan_folds").set_value(20).run()
    assert not app.exception
    assert any("The series has 40 records, and 20 folds" in one.value for one in app.warning)
    assert not [one for one in app.button if one.key == "run_backtest"]


def test_the_forecasts_on_the_chart_are_those_of_the_backtest(worked):
    app, found = worked
    own = found.frame[found.frame["method"] == "network"]
    drawn = charts(app)["backtest_tracks"]
    names = [trace["name"] for trace in drawn["data"] if trace.get("name")]
    assert "my run (this run)" in names and METHODS["ridge"].label in names
    error = (own["actual"] - own["predicted"]).abs().mean()
    assert f"my run (this run) is off by {error:.4g} on average" in drawn["alt"]


def test_errors_by_fold_and_by_weekday_are_plain_means(worked):
    app, found = worked
    wrong = found.frame.assign(error=(found.frame["actual"] - found.frame["predicted"]).abs())
    shown = table_with(app, "my run (this run)")
    for fold in (1, 2):
        rows = wrong[(wrong["method"] == "network") & (wrong["fold"] == fold)]
        assert shown.loc[fold, "my run (this run)"] == pytest.approx(rows["error"].mean())
    app.segmented_control(key="backtest_way").set_value("weekday").run()
    assert not app.exception
    shown = table_with(app, "my run (this run)")
    rows = wrong[(wrong["method"] == "naive") & (wrong["time"].dt.day_name() == "Monday")]
    assert shown.loc["Mon", METHODS["naive"].label] == pytest.approx(rows["error"].mean())
    assert "hour" not in app.segmented_control(key="backtest_way").options


def test_the_ranking_is_that_of_plain_means_with_the_best_first(worked):
    app, found = worked
    app.segmented_control(key="section").set_value("Ranking").run()
    assert not app.exception
    shown, found = table_with(app, "mase"), with_mean(found, "network")  # seventeen weeks are few
    wrong = (found.frame["actual"] - found.frame["predicted"]).abs()
    by_hand = wrong.groupby(found.frame["method"]).mean()
    assert shown["mae"].is_monotonic_increasing and len(shown) == 2 + len(METHODS)
    labels = {"network": "my run (this run)", NAME: LABEL, **{key: method.label for key, method in METHODS.items()}}
    for row in shown.itertuples():
        key = next(key for key, label in labels.items() if label == row.Method)
        assert row.mae == pytest.approx(by_hand[key])
        assert row.ours == ("◆" if key == "network" else "")
    assert shown["beside"].iloc[0] == "The best."
    told = compared(found.frame, fan=found.fan).set_index("method").loc["network"]
    if not told["noise"] and told["difference"] > 0:
        assert "is not better than" in said(app)
    assert METHODS["ridge"].label in said(app).lower() or "Ridge regression" in said(app)
    seeds = [trace for trace in charts(app)["ranking_chart"]["data"] if trace["name"] == "the same from another seed"]
    assert len(seeds[0]["y"]) == 2


def test_the_ranking_offers_the_backtest_where_there_is_none(open_app):
    with Store() as store:
        run = trained(store, shop(), **SMALL)
    app = open_app(PAGE, run=run.id, section="Ranking")
    assert not app.exception
    assert "5 folds of 4 steps" in said(app)
    assert [one.key for one in app.button if one.key == "run_backtest"]


def test_other_runs_are_ranked_beside_this_one(open_app):
    with Store() as store:
        other = trained(store, shop(), "=cmd|' /C calc'!A0", **SMALL | {"hidden": 3})
        run = trained(store, shop(), "my run", **SMALL)
    app = few_folds(open_app(PAGE, run=run.id, section="Backtest"), seeds=1)
    app.multiselect(key="plan_others").set_value([other.id]).run()
    compute(app)
    app.segmented_control(key="section").set_value("Ranking").run()
    assert not app.exception
    names = table_with(app, "mase")["Method"].tolist()
    assert "my run (this run)" in names and "=cmd|' /C calc'!A0 (network 2)" in names
    from pages.forecast.ranking.table import as_file
    from rnn.export.spreadsheet import spreadsheet_bytes

    frame = pd.DataFrame(
        {
            "label": names,
            "method": names,
            "n": 1,
            "sentence": "",
            **dict.fromkeys(("mae", "rmse", "smape", "mase", "seconds", "difference", "p"), 1.0),
        }
    )
    back = pd.read_csv(io.BytesIO(spreadsheet_bytes(as_file(frame))))
    assert "'=cmd|' /C calc'!A0 (network 2)" in back["name"].tolist(), "a spreadsheet must not run it"


def test_many_series_in_total_and_one_by_one(open_app):
    parts = [shop(120, 0, "small"), shop(100, 1, "large", 1000.0), shop(45, 2, "short")]
    with Store() as store:
        whole = Series.joined(parts, [part.name for part in parts], "shops")
        run = trained(store, whole, "across", reading={}, **SMALL)
    app = few_folds(open_app(PAGE, run=run.id, section="Backtest"), seeds=1)
    app.selectbox(key="shown_series").set_value("large").run()
    # Its own end: 100 days from 1 January 2024.
    assert table_with(app, "Predicts from")["until"].tolist()[-1] == "2024-04-09"
    found = compute(app)
    app.segmented_control(key="section").set_value("Ranking").run()
    assert not app.exception
    shown = table_with(app, "mase")
    scaled = (found.frame["actual"] - found.frame["predicted"]).abs() / found.frame["scale"]
    assert shown["mase"].iloc[0] == pytest.approx(scaled.groupby(found.frame["method"]).mean().min())
    assert shown["mase"].is_monotonic_increasing
    series = table_with(app, "ratio")
    assert set(series["id"]) == set(found.frame["id"]) and series["ratio"].is_monotonic_decreasing
    counts = table_with(app, "wins")
    assert counts["wins"].sum() == len(series)
    app.segmented_control(key="ranking_scope").set_value("This series").run()
    own = found.frame[(found.frame["id"] == "large") & (found.frame["method"] == "naive")]
    row = table_with(app, "mase").set_index("Method").loc[METHODS["naive"].label]
    assert row["mae"] == pytest.approx((own["actual"] - own["predicted"]).abs().mean())


def test_the_plan_stands_in_the_link_and_comes_back_from_it(open_app):
    with Store() as store:
        other = trained(store, shop(), "other", **SMALL | {"hidden": 3})
        run = trained(store, shop(), **SMALL)
    app = open_app(PAGE, run=run.id, section="Backtest")
    assert "plan" not in app.query_params, "the usual plan needs no words"
    few_folds(app, 2, 1)
    app.multiselect(key="plan_others").set_value([other.id]).run()
    app.segmented_control(key="plan_kind").set_value("sliding").run()
    assert link_value(app, "plan") == f"2.4.sliding.each.1.0.{other.id}"
    again = open_app(PAGE, run=run.id, section="Backtest", plan=link_value(app, "plan"))
    assert not again.exception
    assert again.multiselect(key="plan_others").value == [other.id]
    pd.testing.assert_frame_equal(table_with(again, "Predicts from"), table_with(app, "Predicts from"))
    # Seen from the other run, a run is not beside itself.
    there = open_app(PAGE, run=other.id, section="Backtest", plan=link_value(app, "plan"))
    assert not there.exception
    assert there.multiselect(key="plan_others").value == []


@pytest.mark.parametrize("text", [
    "", "2", "0.4.sliding.each.1.0", "2.4.sideways.each.1.0", "99.4.sliding.each.1.0", "2.4.sliding.each.1.0.a.b.c.d.e",
    "2.99999.sliding.each.1.0", "２.4.sliding.each.1.0", "2.4.sliding.each.1.0.<b>",
])  # fmt: skip
def test_a_damaged_link_is_the_usual_plan(text):
    assert plan_link.read(text) is None


def test_a_link_reads_back():
    values = {
        "folds": 2,
        "steps": 12,
        "kind": "sliding",
        "retrain": False,
        "seeds": 3,
        "spacing": 0,
        "others": ["aB3", "c"],
    }
    assert plan_link.read(plan_link.write(values)) == values


def test_calendar_parts_are_only_those_with_a_meaning():
    def ways(start, count, unit, step=1):
        return calendar_ways(pd.Series(np.datetime64(start, unit) + step * np.arange(count)).astype("datetime64[ns]"))

    assert ways("2024-01-01T00", 100, "h") == ["hour", "weekday"]  # all of them in January
    assert ways("2024-01-01T00", 1000, "h") == ["hour", "weekday", "month"]
    assert ways("2024-01-01", 60, "D") == ["weekday", "month"]
    assert ways("2024-01-01", 30, "D", 7) == ["month"]
    assert ways("2024-01", 24, "M") == ["month"]
    assert ways("2000", 24, "Y") == []
    assert calendar_ways(pd.Series(np.arange(24))) == []


def test_coverage_is_counted_where_there_is_an_interval():
    frame = pd.DataFrame({
        "method": ["a"] * 4 + ["b"] * 2, "actual": [1.0, 2, 3, 4, 1, 1], "lo80": [0, 0, 4, np.nan, np.nan, np.nan],
        "hi80": [1, 1, 5, np.nan, np.nan, np.nan],
    })  # fmt: skip
    assert table_of(frame).values.tolist() == [["a", 0.8, pytest.approx(1 / 3), 3]]
    row = pd.DataFrame({"nominal": [0.8] * 3, "measured": [0.6, 0.97, 0.78], "n": [400] * 3}).itertuples()
    assert [in_words(one).split(":")[0] for one in row] == [
        "too narrow",
        "wider than needed",
        "as it should, within chance",
    ]


def test_wins_and_worst_series_by_hand():
    rows = [
        (method, id_, actual, 0.0, 1.0)
        for id_, errors in {"x": {"net": 1, "ridge": 2, "naive": 3}, "y": {"net": 6, "ridge": 3, "naive": 4}}.items()
        for method, actual in errors.items()
    ]
    frame = pd.DataFrame(rows, columns=["method", "id", "actual", "predicted", "scale"]).assign(
        fold=1, step=1, target="t"
    )
    table = by_series(frame, ["net"])
    assert table[["id", "best", "other", "ratio"]].values.tolist() == [
        ["y", "ridge", "ridge", 2.0],
        ["x", "net", "ridge", 0.5],
    ]
    assert wins(table, ["net", "ridge", "naive"]).values.tolist() == [["net", 1], ["ridge", 1], ["naive", 0]]
