"""The Inside page: without a run, with one, and with a gradient that is wrong."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pages.inside.gradient_check import checked_copy
from rnn.core.config import PRESETS, Config
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.runs.runner import runner
from rnn.runs.store import Store
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import at_work, made_up, sunspots, trained


def train(app):
    """Press Train and wait for the run's end; returns its Fit."""
    app.button(key="train").click().run()
    run_id, deadline = link_value(app, "run"), time.monotonic() + 60
    while runner().store.run(run_id).state != "done":
        assert time.monotonic() < deadline, runner().store.run(run_id)
        time.sleep(0.05)
    return runner().store.fit(run_id)


def texts(app, *kinds):
    return " ".join(one.value for kind in kinds for one in getattr(app, kind))


def test_without_a_run_it_says_so_links_to_train_and_still_checks_the_gradient(open_app):
    app = open_app("inside/page.py")
    assert not app.exception
    assert "train one" in texts(app, "info")
    assert not charts(app) and not app.table
    app.button(key="check_gradient").click().run()
    assert not app.exception
    table = app.table[0].value
    assert list(table["Parameter"]) == [
        f"`{name}`" for name in ("layer0.W_h", "layer0.W_x", "layer0.b", "readout.W", "readout.b")
    ]
    assert list(table["Entries"]) == [64, 8, 8, 8, 1]
    assert (table["Largest relative error"] <= 1e-6).all()
    assert set(table["Verdict"]) == {":green[right]"}
    assert "8 hidden units for 32, 12 steps of the window for 24" in texts(app, "caption")


def test_a_wrong_gradient_is_called_wrong(open_app, monkeypatch):
    right = Network.loss_and_gradients

    def one_entry_off(self, params, x, y):
        loss, gradients = right(self, params, x, y)
        gradients["layer0.b"][3] *= 1.001
        return loss, gradients

    monkeypatch.setattr(Network, "loss_and_gradients", one_entry_off)
    app = open_app("inside/page.py")
    app.button(key="check_gradient").click().run()
    verdicts = dict(zip(app.table[0].value["Parameter"], app.table[0].value["Verdict"], strict=True))
    assert [name for name, verdict in verdicts.items() if "wrong" in verdict] == ["`layer0.b`"]
    assert "layer0.b" in texts(app, "error")


def test_the_form_is_what_is_checked_and_impossible_settings_are_said(open_app):
    app = open_app(hidden="6", window="5", activation="relu")
    app.switch_page("inside/page.py").run()
    app.button(key="check_gradient").click().run()
    assert list(app.table[0].value["Entries"]) == [36, 6, 6, 6, 1]
    assert "smaller copy" not in texts(app, "caption")
    app = open_app(window="5", truncate="9")
    app.switch_page("inside/page.py").run()
    assert "truncate=9" in texts(app, "warning")


def test_a_trained_run_is_shown_from_its_best_weights(open_app):
    app = open_app(epochs="3", hidden="8", window="10")
    fit = train(app)
    app.switch_page("inside/page.py").run()
    assert not app.exception
    assert f"of epoch {fit.metrics['best_epoch']:.0f}, the best" in texts(app, "caption")
    drawn = charts(app)
    assert set(drawn) == {"hidden_chart", "weights_layer0.W_x", "weights_layer0.W_h", "weights_readout.W"}
    first = len(fit.series) - 60  # 60 of the 299 windows validate, and the first of them predicts this row
    window, after = fit.series.values[first - 10 : first], fit.series.values[first, 0]
    predicted = fit.model.predict(window[None])[0, 0, 0]
    assert f": {predicted:.4g}, actual {after:.4g}" in drawn["hidden_chart"]["alt"]
    W_h = fit.model.params["layer0.W_h"]
    assert f"{float(W_h.ravel()[np.abs(W_h).argmax()]):.4g}" in drawn["weights_layer0.W_h"]["alt"]
    radius = np.abs(np.linalg.eigvals(W_h.astype(float))).max()
    assert f"Spectral radius of W\\_h: {radius:.3f}" in texts(app, "markdown")


def test_a_run_at_work_is_shown_as_far_as_it_is_and_read_again_by_a_click(open_app):
    with Store() as store:
        run, train_on = at_work(store, sunspots(), 1, hidden=4, window=6, epochs=50)
        app = open_app("inside/page.py", run=run.id)
        assert "of epoch 1, the best so far" in texts(app, "caption")
        later = train_on(2)
        app.button(key="inside_refresh").click().run()
        assert later.best_epoch == 3
        assert "of epoch 3, the best so far" in texts(app, "caption")


def test_a_run_without_weights_yet_is_said(open_app):
    with Store() as store:
        run = made_up(store, "fresh", [], state=None)
    app = open_app("inside/page.py", run=run.id)
    assert not app.exception
    assert "has not stored any weights yet" in texts(app, "info")
    assert not charts(app)


def test_names_are_shown_as_plain_text(open_app):
    series = Series.from_values(np.sin(np.arange(60)), names=["*price* [USD]"], name="$a_b$ <i>")
    with Store() as store:
        run = trained(store, series, hidden=3, window=5, epochs=1)
    app = open_app("inside/page.py", run=run.id)
    assert not app.exception
    assert any("\\$a\\_b\\$ \\<i\\> · \\*price\\* \\[USD\\]" in one.value for one in app.markdown)


def test_another_window_and_another_order_redraw(open_app):
    app = open_app(epochs="2", hidden="8", window="10")
    train(app)
    app.switch_page("inside/page.py").run()
    before = charts(app)["hidden_chart"]
    app.slider[0].set_value(7).run()
    moved = charts(app)["hidden_chart"]
    assert moved["alt"] != before["alt"] and moved["identity"] != before["identity"]
    units = next(trace["y"] for trace in moved["data"] if trace["type"] == "heatmap")
    assert sorted(units, key=int) == [str(k) for k in range(8)]
    app.get("button_group")[1].set_value("Number").run()
    (by_number,) = (trace["y"] for trace in charts(app)["hidden_chart"]["data"] if trace["type"] == "heatmap")
    assert by_number == [str(k) for k in range(8)]
    app.get("button_group")[0].set_value("Training").run()
    assert not app.exception
    assert "training" in [trace.get("name", "") for trace in charts(app)["hidden_chart"]["data"]][2]


def test_several_targets_and_inputs_each_can_be_shown(open_app):
    app = open_app(
        data="seattle-weather",
        target=["temp_max", "temp_min"],
        input=["wind"],
        epochs="1",
        hidden="4",
        window="5",
        horizon="2",
    )
    train(app)
    app.switch_page("inside/page.py").run()
    assert "Predicted" in charts(app)["hidden_chart"]["alt"]
    column = next(one for one in app.selectbox if one.label == "Column shown")
    assert list(column.options) == ["temp_max", "temp_min", "wind"]
    column.select("wind").run()
    assert not app.exception
    assert "Predicted" not in charts(app)["hidden_chart"]["alt"]
    (outputs,) = (trace["x"] for trace in charts(app)["weights_readout.W"]["data"])
    assert outputs == ["temp_max +1", "temp_min +1", "temp_max +2", "temp_min +2"]


@pytest.mark.parametrize(
    ("config", "given", "expected"),
    [
        (PRESETS["article"], (1, 1), (8, 12, 1, 5, "bptt")),
        (Config(hidden=300, window=90, horizon=48, truncate=60), (9, 6), (8, 12, 4, 12, "bptt")),
        (Config(hidden=3, window=4), (2, 1), (3, 4, 1, None, "bptt")),
    ],
)
def test_a_large_network_is_checked_by_a_small_copy(config, given, expected):
    copy, inputs, targets = checked_copy(config, *given)
    assert (copy.hidden, copy.window, copy.horizon, copy.truncate, copy.gradient) == expected
    assert (inputs, targets) == tuple(min(count, 4) for count in given)
    assert (copy.input_weights, copy.bias, copy.activation) == (config.input_weights, config.bias, config.activation)
