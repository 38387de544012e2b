"""Runs of many series in one on the pages: one of them is shown, the one that is picked."""

from __future__ import annotations

import numpy as np

from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.runs.runner import runner
from rnn.ui import one_of_many
from tests.pages.charts import charts
from tests.pages.stored_runs import trained


def months(first: str, rows: int, size: float) -> Series:
    times = np.datetime64(first, "M") + np.arange(rows)
    values = size * (3 + np.sin(np.arange(rows) / 2))
    return Series(times.astype("datetime64[D]"), values[:, None], ("sales",), ("sales",), frequency="MS")


def many() -> Series:
    return Series.joined(
        [months("2015-01", 80, 1), months("2010-01", 60, 1000), months("2020-01", 6, 1)],
        ["b*ar", "foo", "short"],
        "shops",
    )


def test_train_shows_the_one_that_is_picked(open_app):
    app = open_app()
    run = trained(runner().store, many(), epochs=2, window=8, hidden=4, test=5, patience=None)
    app = open_app(run=run.id)
    assert not app.exception
    picker = app.selectbox(key=one_of_many.KEY)
    assert picker.options == ["b*ar", "foo"]
    before = charts(app)["prediction_chart"]["alt"]
    assert "2015" in before and "2010" not in before
    picker.select("foo").run()
    assert not app.exception
    after = charts(app)["prediction_chart"]["alt"]
    assert "2010" in after and "2015" not in after
    split = split_series(run.config, many())
    assert f"{split.of('foo').train} predictions on the training part" in after


def test_inside_looks_into_the_one_that_is_shown(open_app):
    app = open_app()
    run = trained(runner().store, many(), epochs=2, window=8, hidden=4, patience=None)
    app = open_app("inside/page.py", run=run.id, look="States")
    assert not app.exception
    assert "b\\*ar" in " ".join(one.value for one in app.markdown)
    assert "sales lies between 2.0" in charts(app)["hidden_chart"]["alt"]


def test_forecast_is_of_the_one_that_is_picked(open_app):
    app = open_app()
    run = trained(runner().store, many(), epochs=2, window=8, hidden=4, patience=None)
    app = open_app("forecast/page.py", run=run.id)
    assert not app.exception
    means = {}
    for id_ in ("b*ar", "foo"):
        app.selectbox(key=one_of_many.KEY).select(id_).run()
        assert not app.exception
        frame = app.dataframe[0].value
        means[id_] = float(frame.iloc[0]["mean" if "mean" in frame else frame.columns[1]])
    # One series lies between 2 and 4, the other a thousand times as high.
    assert 1 < means["b*ar"] < 6 and 1000 < means["foo"] < 6000
