"""The section Attention: its numbers against central differences of the forecast itself."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.series import Series
from rnn.core.unit_courses import spread_out
from rnn.core.windows import split_windows
from rnn.runs.store import Store
from tests.pages.charts import charts
from tests.pages.stored_runs import trained
from tests.pages.test_inside_states import named, texts


def shop() -> Series:
    rng = np.random.default_rng(3)
    k = np.arange(160)
    values = np.column_stack(
        [20 + 3 * np.sin(k / 3) + rng.normal(0, 0.3, 160), 500 + 90 * rng.normal(size=160), 10 + 0 * k, 5.0 + k % 7]
    )
    names = ("sales", "*price*", "size", "visits")
    return Series(k, values, names, ("sales", "visits"), "shop", static=("size",), known=("*price*",))


def opened(open_app, series, **config):
    with Store() as store:
        run = trained(store, series, **{"hidden": 6, "window": 8, "epochs": 2, "dtype": "float64"} | config)
        fit = store.fit(run.id)
    app = open_app("inside/page.py", run=run.id, look="Attention")
    assert not app.exception
    return app, fit, split_windows(fit.config, len(fit.series)).first_validation_window


def slope(fit, first, column, row, ahead, target):
    """What 1 more of one value adds to the forecast, by moving it."""
    reach, horizon = fit.config.reach, fit.config.horizon
    known = [fit.series.names.index(name) for name in fit.series.known]
    ends = []
    for sign in (1, -1):
        values = fit.series.values[first : first + reach + horizon].copy()
        values[row, column] += sign * 1e-4
        after = values[None, reach:, known] if known else None
        ends.append(fit.model.predict(values[None, :reach], after)[0, ahead, target])
    return (ends[0] - ends[1]) / 2e-4


def spread_of(fit, column):
    return fit.series.values[: split_windows(fit.config, len(fit.series)).seen_rows, column].std()


def test_the_cells_are_the_slopes_of_the_forecast(open_app):
    app, fit, first = opened(open_app, shop(), horizon=2, skip="linear", residual="last")
    named(app, "selectbox", "Forecast of").set_value(1).run()
    named(app, "number_input", "Steps ahead").set_value(2).run()
    named(app, "button_group", "If a value were").set_value("1 more").run()
    assert not app.exception
    text = charts(app)["attention_chart"]["data"][0]["text"]
    assert charts(app)["attention_chart"]["data"][0]["y"] == ["sales", "*price*", "visits"]
    for row, column in enumerate((0, 1, 3)):
        for place in range(10):
            if place >= 8 and column != 1:
                assert text[row][place] == ""  # beyond the window only what is known ahead is read
            else:
                assert float(text[row][place]) == pytest.approx(
                    slope(fit, first, column, place, 1, 1), rel=2e-3, abs=1e-7
                )
    assert "the forecast of visits 2 steps ahead" in charts(app)["attention_chart"]["alt"]
    table = app.table[0].value
    assert list(table.columns) == ["When", "Value", "1 more", "Usual spread more"]
    number = max(abs(slope(fit, first, column, place, 1, 1)) * spread_of(fit, column)
                 for column in (0, 1, 3) for place in range(8))  # fmt: skip
    said = float(table["Usual spread more"].iloc[0].split(" by ")[1].split(" ")[0])
    assert said == pytest.approx(number, rel=2e-3)
    assert "By path: through the recurrent layers" in texts(app, "markdown")
    assert "through the linear skip" in texts(app, "markdown")


def test_times_the_usual_spread_columns_compare_and_usually_is_the_mean_of_many_windows(open_app):
    app, fit, first = opened(open_app, shop())
    spread = fit.series.values[: split_windows(fit.config, 160).seen_rows].std(axis=0)
    text = charts(app)["attention_chart"]["data"][0]["text"]
    assert float(text[1][5]) == pytest.approx(slope(fit, first, 1, 5, 0, 0) * spread[1], rel=2e-3)
    named(app, "button_group", "Windows asked").set_value("Usually").run()
    assert not app.exception
    text = charts(app)["attention_chart"]["data"][0]["text"]
    split = split_windows(fit.config, 160)
    starts = np.concatenate([split.train_starts, split.validation_starts])
    assert f"mean over 128 of {len(starts)} windows" in texts(app, "caption")
    every = [slope(fit, start, 1, 7, 0, 0) * spread[1] for start in starts[spread_out(len(starts), 128)]]
    assert float(text[1][7]) == pytest.approx(np.mean(every), rel=2e-3)
    assert "1 more, in 8 of 10 windows" in app.table[0].value.columns


def test_a_path_by_itself(open_app):
    app, fit, _ = opened(open_app, Series.from_values(np.sin(np.arange(120) / 4)), residual="last")
    named(app, "selectbox", "Path").set_value("framing").run()
    named(app, "button_group", "If a value were").set_value("1 more").run()
    (bars, _) = charts(app)["attention_chart"]["data"]
    assert bars["type"] == "bar"
    assert bars["y"]["$"][0] == "f4"
    last = str(split_windows(fit.config, 120).first_validation_window + fit.config.window - 1)
    assert f"Strongest: value at {last} raises it by 1;" in charts(app)["attention_chart"]["alt"]


@pytest.mark.parametrize("config", [
    {"cell": "lstm", "layers": 2, "patch": 2, "seeds": 3}, {"loss": "quantile", "difference": "first", "log": True},
    {"scaling": "window", "skip": "mean", "window": 2},
])  # fmt: skip
def test_it_works_for(open_app, config):
    app, _, _ = opened(open_app, shop(), **config)
    assert "attention_chart" in charts(app) and len(app.table[0].value)
    named(app, "button_group", "Windows asked").set_value("Usually").run()
    assert not app.exception
