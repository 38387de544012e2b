"""The Inside page: without a run, with one, and with a gradient that is wrong."""

from __future__ import annotations

import dataclasses
import re
import time

import numpy as np
import pytest

import rnn
from pages.inside.gradient.check import checked_copy
from pages.inside.weights import blocks as weights
from pages.inside.window import Window
from rnn.core.article import article_series
from rnn.core.config import PRESETS, Config
from rnn.core.inspection import gate_activations, hidden_states
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.windows import split_windows
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


def named(app, kind, label):
    return next(one for one in app.get(kind) if one.label == label)


def look(app, section):
    """Open a section of the page."""
    return named(app, "button_group", "Look at").set_value(section).run()


def test_without_a_run_it_says_so_links_to_train_and_still_checks_the_gradient(open_app):
    app = open_app("inside/page.py", base="default")
    assert not app.exception
    assert "train one" in texts(app, "info")
    assert not charts(app) and not app.table
    app.button(key="check_gradient").click().run()
    assert not app.exception
    table = app.table[0].value
    names = ("layer0.W_h", "layer0.W_x", "layer0.b", "readout.W", "readout.b", "x")
    assert dict(zip(table["Parameter"], table["Entries"], strict=True)) == {
        f"`{name}`" + (", the inputs" if name == "x" else ""): entries
        for name, entries in zip(names, (64, 8, 8, 8, 1, 36), strict=True)
    }
    assert (table["Largest relative error"] <= 1e-6).all()
    assert set(table["Verdict"]) == {":green[right]"}
    assert "8 hidden units for 32, 12 steps of the window for 24" in texts(app, "caption")


def test_a_wrong_gradient_is_called_wrong(open_app, monkeypatch):
    right = Network.loss_and_gradients

    def one_entry_off(self, params, x, y, **more):
        loss, gradients = right(self, params, x, y, **more)
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
    assert list(app.table[0].value["Entries"]) == [36, 6, 6, 6, 1, 15]
    assert "smaller copy" not in texts(app, "caption")
    app = open_app(window="5", truncate="9")
    app.switch_page("inside/page.py").run()
    assert "truncate=9" in texts(app, "warning")


def test_a_trained_run_is_shown_from_its_best_weights(open_app):
    app = open_app(epochs="3", hidden="8", window="10")
    fit = train(app)
    app.switch_page("inside/page.py").run()
    assert not app.exception
    assert f"Epoch {fit.metrics['best_epoch']:.0f} of 3, the best" in texts(app, "caption")
    look(app, "States")
    drawn = charts(app)
    assert {"hidden_chart", "unit_course", "unit_distribution", "alike_0"} <= set(drawn)
    first = len(fit.series) - 60  # 60 of the 299 windows validate, and the first of them predicts this row
    window, after = fit.series.values[first - 10 : first], fit.series.values[first, 0]
    predicted = fit.model.predict(window[None])[0, 0, 0]
    assert f": {predicted:.4g}, actual {after:.4g}" in drawn["hidden_chart"]["alt"]
    look(app, "Weights")
    drawn = charts(app)
    shown = {name for name in drawn if name.startswith("weights_")}
    assert shown == {"weights_layer0.W_x", "weights_layer0.W_h", "weights_readout.W"}
    W_h = fit.model.params["layer0.W_h"]
    assert f"{float(W_h.ravel()[np.abs(W_h).argmax()]):.4g}" in drawn["weights_layer0.W_h"]["alt"]
    radius = np.abs(np.linalg.eigvals(W_h.astype(float))).max()
    assert f"Spectral radius of W\\_h: {radius:.3f}" in texts(app, "markdown")


def test_a_run_at_work_is_followed(open_app):
    with Store() as store:
        run, train_on = at_work(store, sunspots(), 1, hidden=4, window=6, epochs=50)
        app = open_app("inside/page.py", run=run.id)
        assert "Epoch 1 of 1, the best so far" in texts(app, "caption")
        later = train_on(2)
        app.run()
        assert later.best_epoch == 3
        assert "Epoch 3 of 3, the best so far" in texts(app, "caption")


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
    look(app, "States")
    before = charts(app)["hidden_chart"]
    app.slider[0].set_value(7).run()
    moved = charts(app)["hidden_chart"]
    assert moved["alt"] != before["alt"] and moved["identity"] != before["identity"]
    units = next(trace["y"] for trace in moved["data"] if trace["type"] == "heatmap")
    assert sorted(units, key=int) == [str(k) for k in range(8)]
    named(app, "button_group", "Sort units by").set_value("Number").run()
    (by_number,) = (trace["y"] for trace in charts(app)["hidden_chart"]["data"] if trace["type"] == "heatmap")
    assert by_number == [str(k) for k in range(8)]
    named(app, "button_group", "Windows").set_value("Training").run()
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
    look(app, "States")
    assert "Predicted" in charts(app)["hidden_chart"]["alt"]
    column = next(one for one in app.selectbox if one.label == "Column shown")
    assert list(column.options) == ["temp_max", "temp_min", "wind"]
    column.select("wind").run()
    assert not app.exception
    assert "Predicted" not in charts(app)["hidden_chart"]["alt"]
    look(app, "Weights")
    (outputs,) = (trace["x"] for trace in charts(app)["weights_readout.W"]["data"])
    assert outputs == ["temp_max +1", "temp_min +1", "temp_max +2", "temp_min +2"]


def shops() -> Series:
    """Two targets, one further input and one static column, all above zero."""
    x = np.arange(150)
    values = np.column_stack([20 + np.sin(x / 3), 30 + np.cos(x / 5), 5 + x % 7, 10 + x // 50]).astype(float)
    names = ("sales", "visits", "price", "size")
    return Series(x, values, names, ("sales", "visits"), "shops", static=("size",))


def test_weights_are_named_by_what_they_read():
    """As many names as rows of the weights: static columns, then the known ones at each step ahead."""
    series = dataclasses.replace(shops(), known=("price",))
    model = Trainer(Config(hidden=3, window=4, horizon=2, patch=2, skip="linear", epochs=1), series).model
    beside = ["size", "price +1", "price +2"]
    records = ["sales", "visits", "price"]
    assert weights.input_names(model) == [f"{name}, record {k}" for k in (1, 2) for name in records] + beside
    assert weights.skip_names(model) == [f"−{back}, {name}" for back in (4, 3, 2, 1) for name in records] + beside
    assert len(weights.input_names(model)) == len(model.params["layer0.W_x"])
    assert len(weights.skip_names(model)) == len(model.params["skip.W"])


def test_gates_and_layers_of_an_lstm(open_app):
    with Store() as store:
        run = trained(store, sunspots(), cell="lstm", layers=2, dropout=0.2, hidden=6, window=8, epochs=1)
        fit = store.fit(run.id)
    app = open_app("inside/page.py", run=run.id, look="States")
    assert not app.exception
    assert "lstm, 2 layers of 6 hidden units" in texts(app, "caption")
    split = split_windows(fit.config, len(fit.series))
    window = fit.series.values[split.first_validation_window :][:8]
    x = fit.model.framing.scaler.transform(window)[:, None]
    for layer in (1, 0):
        named(app, "button_group", "Layer").set_value(layer).run()
        gates = gate_activations(fit.model.network, fit.model.params, x, layer)
        gates["h"] = hidden_states(fit.model.network, fit.model.params, x, layer)
        assert list(gates) == ["i", "f", "g", "o", "c", "h"]
        for letter, expected in gates.items():
            named(app, "selectbox", "What is shown").select(letter).run()
            alt = charts(app)["hidden_chart"]["alt"]
            shown = expected[:, 0]
            assert f"units between {shown.min():.4g} and {shown.max():.4g}" in alt, (layer, letter)
    assert not app.exception
    look(app, "Weights")
    W_h = fit.model.params["layer0.W_h"]
    for number, letter in enumerate("ifgo"):
        block = W_h[:, 6 * number : 6 * number + 6]
        radius = np.abs(np.linalg.eigvals(block.astype(float))).max()
        assert f"{letter} **{radius:.{4 if radius < 1 else 3}f}**" in texts(app, "markdown")
    named(app, "button_group", "Gate").set_value("f").run()
    forget = W_h[:, 6:12]
    alt = charts(app)["weights_layer0.W_h"]["alt"]
    assert "6 × 6" in alt and f"{float(forget.ravel()[np.abs(forget).argmax()]):.4g}" in alt


def test_each_member_of_an_ensemble_is_shown(open_app):
    with Store() as store:
        run = trained(store, sunspots(), cell="gru", seeds=2, hidden=5, window=6, epochs=1)
        members = store.fit(run.id).model.members
    app = open_app("inside/page.py", run=run.id, look="Weights")
    assert "gru, 5 hidden units, 2 networks" in texts(app, "caption")
    for number, params in enumerate(members):
        named(app, "selectbox", "Network of the ensemble").select(number).run()
        strongest = params["readout.W"].ravel()[np.abs(params["readout.W"]).argmax()]
        assert f"{float(strongest):.4g}" in charts(app)["weights_readout.W"]["alt"]
    look(app, "States")
    assert not app.exception
    assert "median of the whole ensemble" in texts(app, "caption")


KINDS = {
    "patches and a season": {"patch": 2, "residual": "seasonal", "season": 12, "difference": "first", "skip": "linear"},
    "levels of a logarithm": {"loss": "quantile", "log": True, "horizon": 2, "cell": "gru"},
    "per step, by window": {"input_weights": "per_step", "scaling": "window", "truncate": 3, "layers": 2},
    "64 bits": {"dtype": "float64", "difference": "seasonal", "season": 6, "residual": "last", "cell": "lstm"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_is_shown_and_its_gradient_is_right(open_app, kind):
    with Store() as store:
        run = trained(store, shops(), hidden=4, window=8, epochs=1, **KINDS[kind])
        fit = store.fit(run.id)
    app = open_app("inside/page.py", run=run.id, look="States")
    assert not app.exception
    config, drawn = fit.config, charts(app)
    first = split_windows(config, len(fit.series)).first_validation_window
    rows = fit.series.values[first : first + config.reach]
    predicted, actual = fit.model.predict(rows[None])[0, 0, 0], fit.series.values[first + config.reach, 0]
    assert f": {predicted:.4g}, actual {actual:.4g}" in drawn["hidden_chart"]["alt"]
    assert f"at {config.steps} steps over" in drawn["hidden_chart"]["alt"]
    assert "travels back" in texts(app, "markdown")
    look(app, "Weights")
    drawn = charts(app)
    assert ("weights_skip.W" in drawn) == (config.skip == "linear")
    outputs = config.horizon * 2 * (3 if config.loss == "quantile" else 1)
    assert f"4 × {outputs}," in drawn["weights_readout.W"]["alt"]
    look(app, "Gradient")
    app.button(key="check_gradient").click().run()
    assert not app.exception
    assert set(app.table[0].value["Verdict"]) == {":green[right]"}, app.table[0].value
    assert "static inputs" not in texts(app, "caption")


def test_a_window_holds_all_that_is_read_and_its_steps_stand_at_their_last_record():
    fit = rnn.fit(
        Config(hidden=2, window=4, patch=2, residual="seasonal", season=6, difference="first", epochs=1), shops()
    )
    window = Window(fit.model, fit.series, first=20)
    assert (window.rows, window.ahead) == (slice(20, 27), slice(27, 28))
    assert window.step_times.tolist() == [24, 26]
    x, y = window.framed
    changes = np.diff(fit.series.values[:, 0])
    centre, scale = fit.model.framing.scaler.centre[0], fit.model.framing.scaler.scale[0]
    scaled = (changes - centre) / scale  # scaled[k]: from record k to record k + 1
    np.testing.assert_allclose(x[:, 0, [0, 3]], scaled[[[22, 23], [24, 25]]])
    np.testing.assert_allclose(y[0, 0], scaled[26] - scaled[20])


def test_names_of_weights():
    fit = rnn.fit(Config(hidden=2, window=4, patch=2, horizon=2, skip="linear", epochs=1), shops())
    step = [f"{name}, record {k}" for k in (1, 2) for name in ("sales", "visits", "price")] + ["size"]
    assert weights.input_names(fit.model) == step
    assert weights.skip_names(fit.model)[:4] == ["−4, sales", "−4, visits", "−4, price", "−3, sales"]
    assert len(weights.skip_names(fit.model)) == len(fit.model.params["skip.W"])
    assert weights.output_names(fit.model) == ["sales +1", "visits +1", "sales +2", "visits +2"]


def test_the_articles_network_is_shown_too(open_app):
    with Store() as store:
        run = trained(store, article_series(), **{**PRESETS["article"].to_dict(), "epochs": 1})
    app = open_app("inside/page.py", run=run.id, look="Weights")
    assert not app.exception
    assert "100 × 50," in charts(app)["weights_layer0.W_x"]["alt"]
    look(app, "States")
    assert "travels back" not in texts(app, "markdown"), "its rule sends no error back"


def test_where_the_error_fades_is_said(open_app):
    with Store() as store:
        lasting = trained(store, sunspots(), hidden=4, window=8, epochs=1)
        fading = trained(
            store, sunspots(), hidden=4, window=100, epochs=1, lr=1e-8, init="glorot", activation="sigmoid", clip="none"
        )
        cut = trained(store, sunspots(), hidden=4, window=8, epochs=1, truncate=3)
    assert "over **all 8 steps**" in texts(open_app("inside/page.py", run=lasting.id, look="States"), "markdown")
    assert "back **3 of 8 steps**, where Truncate ends it" in texts(
        open_app("inside/page.py", run=cut.id, look="States"), "markdown"
    )
    said = texts(open_app("inside/page.py", run=fading.id, look="States"), "markdown")
    assert re.search(r"back \*\*\d\d of 100 steps\*\*. Further back it is below 1e-9 of its start", said)


@pytest.mark.parametrize(
    ("config", "given", "expected"),
    [
        (PRESETS["article"], (1, 1, 0), {"hidden": 8, "window": 12, "truncate": 5}),
        (
            Config(hidden=300, window=90, horizon=48, truncate=60),
            (9, 6, 5),
            {"hidden": 8, "window": 12, "horizon": 4, "truncate": 12},
        ),
        (Config(hidden=3, window=4), (2, 1, 0), {}),
        (
            Config(patch=24, window=96, season=24, residual="seasonal", difference="seasonal", truncate=4, seeds=5),
            (1, 1, 0),
            {
                "hidden": 8,
                "patch": 4,
                "window": 16,
                "season": None,
                "residual": "none",
                "difference": "none",
                "seeds": 1,
            },
        ),
        (Config(cell="lstm", layers=6, dropout=0.3), (1, 1, 1), {"hidden": 8, "layers": 3, "window": 12}),
    ],
)
def test_a_large_network_is_checked_by_a_small_copy(config, given, expected):
    copy = checked_copy(config, *given)
    assert copy.config == config.replace(gradient="bptt", **expected)
    assert (copy.inputs, copy.targets, copy.static) == tuple(min(count, 4) for count in given)
