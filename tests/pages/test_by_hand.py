"""By hand: what a changed value or weight does, against the model asked directly."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from pages.inside.by_hand import outcome, scales, validation, value_control, weight_control
from pages.inside.by_hand.blocks import Block, blocks_of, column_names, entry_in_words, row_names
from pages.inside.by_hand.edits import Cell, Loudness, Noise, Weight, check_value, counts, edited_values, edited_weights
from rnn.core.config import Config
from rnn.core.ensemble import joined
from rnn.core.inspection import hidden_states
from rnn.core.metrics import rmse
from rnn.core.model import Model
from rnn.core.naive import naive_outputs
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.windows import split_windows
from rnn.runs.store import Store
from rnn.ui.wording import number_in_words
from tests.pages.charts import charts
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_inside_page import named, shops, texts

CELLS = ("elman", "gru", "lstm")


def network_of(cell: str, **config) -> tuple[Network, dict]:
    made = Config(**({"cell": cell, "hidden": 4, "window": 6, "dtype": "float64"} | config))
    network, rng = Network(made, 2, 1), np.random.default_rng(5)
    return network, {name: rng.normal(0, 0.6, shape) for name, shape in network.shapes.items()}


# Values


def test_values_are_changed_in_a_copy_and_only_where_they_are_read():
    series = dataclasses.replace(shops(), known=("price",))
    before = series.values.copy()
    rows, ahead = slice(10, 16), slice(16, 18)
    cells = {Cell(12, "sales"): 99.0, Cell(17, "price"): 3.0, Cell(None, "size"): 7.0, Cell(40, "sales"): 1.0}
    values = edited_values(series, slice(10, 18), cells)
    expected = before[10:18].copy()
    expected[2, 0], expected[7, 2], expected[:, 3] = 99, 3, 7
    assert np.array_equal(values, expected) and np.array_equal(series.values, before)
    assert [counts(cell, series, rows, ahead) for cell in cells] == [True, True, True, False]
    assert not counts(Cell(17, "sales"), series, rows, ahead), "what is to be predicted is not read"


@pytest.mark.parametrize(
    ("config", "column", "value", "said"),
    [
        ({"log": True}, "sales", 0.0, "sales cannot be 0: this run learns its logarithm"),
        ({"log": True}, "sales", -2.0, "Take a positive value"),
        ({}, "sales", float("nan"), "sales must be a finite number, got nan"),
        ({}, "price", float("inf"), "price must be a finite number, got inf"),
        ({}, "price", 1e101, "values beyond 1e+100"),
        ({"log": True}, "price", -2.0, None),
        ({}, "sales", -2.0, None),
    ],
)
def test_values_that_the_network_cannot_read_are_refused(config, column, value, said):
    found = check_value(Config(**config), shops(), column, value)
    assert found is None if said is None else said in found


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (-3e-9, 2e-9), (5.0, 5.0), (0.0, 0.0), (1e12, 3e12), (-0.7, 211.3)]
)
def test_a_slider_holds_its_range_in_round_steps(low, high):
    scale = scales.scale_of(low, high)
    assert scale.low <= low <= high <= scale.high and scale.low < scale.high
    assert 20 <= (scale.high - scale.low) / scale.step <= 2000
    assert np.isclose(scale.low / scale.step, round(scale.low / scale.step))
    assert float(scale.format % scale.step) > 0
    assert scales.scale_of(0.3, 9.0, least=0.2).low >= 0.2


def test_a_click_finds_the_record_nearest_to_it():
    days = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[D]")

    class View:
        series = Series(days, np.arange(40.0)[:, None], ("a",), ("a",))
        window = type("W", (), {"rows": slice(5, 15), "ahead": slice(15, 16)})

    assert value_control.place_of(View, "2024-01-08 00:00:00") == 2
    assert value_control.place_of(View, "2024-01-08T11:00") == 2
    View.series = Series.from_values(np.arange(40.0))
    assert value_control.place_of(View, 7.2) == 2


# Weights


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "config", [{}, {"input_weights": "per_step", "layers": 2}, {"skip": "linear", "bias": False}], ids=str
)
def test_blocks_show_every_weight_once_and_writing_into_one_writes_the_weight(cell, config):
    network, params = network_of(cell, **config)
    model = Model(
        network.config,
        params,
        Trainer(
            network.config, Series.from_values(np.random.default_rng(0).normal(size=(60, 2)), targets=["value"])
        ).framing,
    )
    seen = []
    for block in blocks_of(network):
        matrix = block.of(params, cell)
        assert matrix.shape == (len(row_names(block, model)), len(column_names(block, model))), block
        assert np.shares_memory(matrix, params[block.parameter])
        seen.append(matrix.ravel())
        assert entry_in_words(block, 0, matrix.shape[1] - 1, model).startswith(f"`{block.parameter}`")
    assert np.array_equal(np.sort(np.concatenate(seen)), np.sort(np.concatenate([a.ravel() for a in params.values()])))
    changed = edited_weights(
        network,
        params,
        {Weight(Block("layer0.W_h", "" if cell == "elman" else blocks_of(network)[1].letter), 2, 3): 9.0},
    )
    moved = np.argwhere(changed["layer0.W_h"] != params["layer0.W_h"])
    assert len(moved) == 1 and changed["layer0.W_h"][tuple(moved[0])] == 9.0


@pytest.mark.parametrize("cell", CELLS)
def test_a_weight_is_named_by_unit_and_gate(cell):
    """Unit 2, from unit 3, of the second gate stands at row 3, column H + 2."""
    network, params = network_of(cell)
    letter = {"elman": "", "gru": "z", "lstm": "f"}[cell]
    changed = edited_weights(network, params, {Weight(Block("layer0.W_h", letter), 2, 3): 9.0})
    assert changed["layer0.W_h"][3, 2 + (4 if letter else 0)] == 9.0


@pytest.mark.parametrize("layers", [1, 2])
def test_a_unit_switched_off_is_a_network_without_it(layers, rng):
    network, params = network_of("elman", layers=layers, activation="tanh")
    x = rng.normal(size=(6, 3, 2))
    off = edited_weights(network, params, {Loudness(0, 1): 0.0})
    others = [0, 2, 3]
    smaller = dict(params)
    smaller["layer0.W_x"], smaller["layer0.b"] = params["layer0.W_x"][:, others], params["layer0.b"][others]
    smaller["layer0.W_h"] = params["layer0.W_h"][np.ix_(others, others)]
    if layers == 1:
        smaller["readout.W"] = params["readout.W"][others]
        expected = naive_outputs(network.config.replace(hidden=3), smaller, x)
    else:  # the layer above keeps its own four units: a unit that is silent for good says the same
        silent = {name: array.copy() for name, array in params.items()}
        for name in ("layer0.W_x", "layer0.W_h", "layer0.b"):
            silent[name][..., 1] = 0  # tanh(0) = 0
        expected = naive_outputs(network.config, silent, x)
    assert np.allclose(network.predict(off, x), expected)
    assert np.allclose(edited_weights(network, params, {Loudness(0, 1): 1.0})["layer0.W_h"], params["layer0.W_h"])


def test_noise_is_as_wide_as_it_says_and_the_same_again(rng):
    network = Network(Config(hidden=200, window=4), 1, 1)
    params = network.init(rng)
    one, again, other = (edited_weights(network, params, {Noise(draw): 0.5}) for draw in (1, 1, 2))
    W = params["layer0.W_h"]
    assert np.isclose((one["layer0.W_h"] - W).std(), 0.5 * W.std(), rtol=0.02)
    assert np.array_equal(one["layer0.W_h"], again["layer0.W_h"]) and not np.array_equal(
        one["layer0.W_h"], other["layer0.W_h"]
    )
    assert one["layer0.W_h"].dtype == np.float32


def test_single_weights_are_set_after_all_else():
    network, params = network_of("elman")
    weight = Weight(Block("readout.W"), 1, 0)
    changed = edited_weights(network, params, {weight: 0.25, Loudness(0, 1): 0.0, Noise(1): 1.0})
    assert changed["readout.W"][1, 0] == 0.25


def test_a_click_in_a_thinned_heat_map_finds_the_strongest_of_its_block():
    assert weight_control._span("7", [], 20) == slice(7, 8)
    assert weight_control._span("16–23", [], 1000) == slice(16, 23)
    assert weight_control._span("sales +2", ["sales +1", "sales +2"], 2) == slice(1, 2)
    assert weight_control._span("what", ["sales"], 1) is None and weight_control._span("nothing", [], 5) is None


# On the page


def opened(open_app, run):
    app = open_app("inside/page.py", run=run.id, look="By hand")
    assert not app.exception, app.exception
    return app


def value_field(app):
    return next(one for one in app.number_input if one.key.startswith("by_hand_number"))


def window_of(fit, first=None):
    start = split_windows(fit.config, len(fit.series)).first_validation_window
    return slice(start, start + fit.config.reach), slice(
        start + fit.config.reach, start + fit.config.reach + fit.config.horizon
    )


@pytest.mark.parametrize("cell", CELLS)
def test_a_changed_value_moves_the_prediction_as_the_model_says(open_app, cell):
    with Store() as store:
        run = trained(store, sunspots(), cell=cell, layers=2, hidden=5, window=8, epochs=1)
        fit = store.fit(run.id)
    app = opened(open_app, run)
    rows, ahead = window_of(fit)
    window, actual = fit.series.values[rows], fit.series.values[ahead.start, 0]
    before = fit.model.predict(window[None])[0, 0, 0]
    assert f"is **{number_in_words(before)}**" in texts(app, "markdown")
    named(app, "slider", "Record").set_value(7).run()
    value_field(app).set_value(180.0).run()
    moved = window.copy()
    moved[6] = 180
    after = fit.model.predict(moved[None])[0, 0, 0]
    said = texts(app, "markdown")
    assert f"from **{number_in_words(before)}** to **{number_in_words(after)}**" in said
    nearer = abs(before - actual) - abs(after - actual)
    assert f"{number_in_words(abs(nearer))} {'nearer to' if nearer > 0 else 'further from'} the actual" in said
    alt = charts(app)["by_hand_chart"]["alt"]
    assert f"from {window[6, 0]:.4g} to 180" in alt and f"{before:.4g} before, {after:.4g} after" in alt
    assert f"{number_in_words(window[6, 0])} → **180.0**" in said
    # A second edit stands beside it; both are undone one by one.
    named(app, "slider", "Record").set_value(8).run()
    value_field(app).set_value(0.0).run()
    moved[7] = 0
    assert f"to **{number_in_words(fit.model.predict(moved[None])[0, 0, 0])}**" in texts(app, "markdown")
    assert "2 changes stand" in texts(app, "markdown")
    app.button(key="by_hand_undo_1").click().run()
    moved[6] = window[6]
    assert f"to **{number_in_words(fit.model.predict(moved[None])[0, 0, 0])}**" in texts(app, "markdown")
    app.button(key="by_hand_reset").click().run()
    assert "Nothing is changed yet" in texts(app, "markdown") and not app.exception


def test_the_slider_and_the_field_say_the_same(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=6, epochs=1)
    app = opened(open_app, run)
    slider = next(one for one in app.slider if one.key.startswith("by_hand_slider"))
    slider.set_value(50.0).run()
    assert value_field(app).value == 50.0
    value_field(app).set_value(400.0).run()  # beyond the slider, which then reaches so far
    slider = next(one for one in app.slider if one.key.startswith("by_hand_slider"))
    assert slider.value == 400.0 and slider.max >= 400.0


def test_a_value_without_a_logarithm_is_refused_and_nothing_changes(open_app):
    with Store() as store:
        run = trained(store, shops(), hidden=4, window=6, epochs=1, log=True, horizon=2)
    app = opened(open_app, run)
    value_field(app).set_value(-1.0).run()
    assert "sales cannot be \\-1\\: this run learns its logarithm" in texts(app, "error")
    assert "Nothing is changed yet" in texts(app, "markdown") and value_field(app).value > 0
    value_field(app).set_value(25.0).run()
    assert not texts(app, "error") and "1 change stands" in texts(app, "markdown")


@pytest.mark.parametrize("cell", CELLS)
def test_a_changed_weight_moves_the_prediction_and_the_validation_error(open_app, cell):
    with Store() as store:
        run = trained(store, sunspots(), cell=cell, hidden=5, window=8, epochs=1)
        fit = store.fit(run.id)
    app = opened(open_app, run)
    named(app, "button_group", "What to change").set_value("A weight").run()
    named(app, "selectbox", "Weights").select(
        next(one for one in blocks_of(fit.model.network) if one.parameter == "layer0.W_h")
    ).run()
    named(app, "number_input", "Unit").set_value(1).run()
    named(app, "number_input", "From").set_value(3).run()
    named(app, "slider", "Weight").set_value(0.0).run()
    assert not app.exception
    params = {name: array.copy() for name, array in fit.model.params.items()}
    params["layer0.W_h"][3, 1] = 0  # the first gate's
    changed = Model(fit.config, params, fit.model.framing)
    rows, _ = window_of(fit)
    before, after = (one.predict(fit.series.values[rows][None])[0, 0, 0] for one in (fit.model, changed))
    said = texts(app, "markdown")
    assert f"from **{number_in_words(before)}** to **{number_in_words(after)}**" in said
    starts = split_windows(fit.config, len(fit.series)).validation_starts
    windows = np.stack([fit.series.values[start : start + 8] for start in starts])
    error = rmse(fit.series.values[starts + 8, 0], changed.predict(windows)[:, 0, 0])
    assert (
        f"**{number_in_words(fit.metrics['val_rmse'])}** with the run’s weights, **{number_in_words(error)}** with yours"
        in said
    )
    assert "unit 1 from unit 3" in said
    with Store() as store:
        kept = store.fit(run.id).model.params
    assert all(np.array_equal(kept[name], array) for name, array in fit.model.params.items()), "the run is as it was"


def test_a_unit_can_be_switched_off_and_on_again(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=5, window=8, epochs=1)
        fit = store.fit(run.id)
    app = opened(open_app, run)
    named(app, "button_group", "What to change").set_value("A unit").run()
    unit = int(np.abs(fit.model.params["readout.W"][:, 0]).argmax())
    assert named(app, "number_input", "Unit").value == unit
    app.button(key="by_hand_switch").click().run()
    params = {name: array.copy() for name, array in fit.model.params.items()}
    params["layer0.W_h"][unit], params["readout.W"][unit] = 0, 0
    after = Model(fit.config, params, fit.model.framing).predict(fit.series.values[window_of(fit)[0]][None])[0, 0, 0]
    assert f"to **{number_in_words(after)}**" in texts(app, "markdown")
    assert f"Unit {unit} is **off**" in texts(app, "markdown")
    app.button(key="by_hand_switch").click().run()
    assert "Nothing is changed yet" in texts(app, "markdown") and not app.exception


def test_noise_is_drawn_again_on_asking(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=5, window=8, epochs=1)
    app = opened(open_app, run)
    named(app, "button_group", "What to change").set_value("All weights").run()
    named(app, "slider", "Noise on every weight").set_value(30.0).run()
    first = texts(app, "markdown")
    app.button(key="by_hand_draw_again").click().run()
    second = texts(app, "markdown")
    assert (
        "Noise of **30 %** on every weight, draw 1" in first
        and "draw 2" in second
        and first.split("to **")[1] != second.split("to **")[1]
    )
    assert "1 change stands" in second and not app.exception


def test_static_and_known_columns_and_an_ensemble(open_app):
    series = dataclasses.replace(shops(), known=("price",))
    with Store() as store:
        run = trained(
            store, series, cell="gru", hidden=4, window=6, patch=2, horizon=2, seeds=3, epochs=1, skip="linear"
        )
        fit = store.fit(run.id)
    app = opened(open_app, run)
    rows, ahead = window_of(fit)
    window, future = fit.series.values[rows].copy(), fit.series.values[ahead, 2:3].copy()
    named(app, "selectbox", "Column to change").select("price").run()
    named(app, "slider", "Record").set_value(8).run()  # the second step ahead
    value_field(app).set_value(2.0).run()
    future[1] = 2
    member = Model(fit.config.replace(seeds=1), fit.model.members[0], fit.model.framing)
    assert _moves(app, member, (window, future), fit, ahead)
    named(app, "selectbox", "Column to change").select("size").run()
    assert not [one for one in app.slider if one.label == "Record"], "static columns have but one value"
    value_field(app).set_value(10.5).run()
    window[:, 3] = 10.5
    assert _moves(app, member, (window, future), fit, ahead)
    rows_before, ahead_before = fit.series.values[rows], fit.series.values[ahead, 2:3]
    before = fit.model.predict(rows_before[None], ahead_before[None])[0, 0, 0]
    median = fit.model.predict(window[None], future[None])[0, 0, 0]
    moves = f"goes from {number_in_words(before)} to" if median != before else "is"
    assert f"{moves} {number_in_words(median)} at the first step" in texts(app, "caption")
    frame = app.dataframe[0].value
    assert np.allclose(frame["After"], member.predict(window[None], future[None])[0].ravel())
    assert list(frame["Target"]) == ["sales", "visits"] * 2 and not app.exception


def _moves(app, member, after, fit, ahead) -> bool:
    """Whether the sentence names the prediction that moves most."""
    rows, _ = window_of(fit)
    before = member.predict(fit.series.values[rows][None], fit.series.values[None, ahead, 2:3])[0]
    moved = member.predict(after[0][None], after[1][None])[0]
    at = np.unravel_index(np.abs(moved - before).argmax(), moved.shape)
    return f"from **{number_in_words(before[at])}** to **{number_in_words(moved[at])}**" in texts(app, "markdown")


KINDS = {
    "a season back": {"patch": 2, "residual": "seasonal", "season": 12, "difference": "first", "skip": "linear"},
    "levels of a logarithm": {"loss": "quantile", "log": True, "horizon": 2, "cell": "gru"},
    "per step, by window": {"input_weights": "per_step", "scaling": "window", "truncate": 3, "layers": 2},
    "64 bits": {"dtype": "float64", "difference": "seasonal", "season": 6, "residual": "last", "cell": "lstm"},
    "one unit, one step": {"hidden": 1, "window": 1},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_can_be_changed_by_hand(open_app, kind):
    with Store() as store:
        run = trained(store, shops(), **({"hidden": 4, "window": 8, "epochs": 1} | KINDS[kind]))
        fit = store.fit(run.id)
    app = opened(open_app, run)
    field = value_field(app)
    field.set_value(float(field.value) + 0.5).run()
    window = fit.series.values[window_of(fit)[0]].copy()
    window[-1, 0] += 0.5
    assert np.allclose(app.dataframe[0].value["After"], fit.model.predict(window[None])[0].ravel())
    for what in ("A weight", "A unit", "All weights"):
        named(app, "button_group", "What to change").set_value(what).run()
        assert not app.exception, app.exception
    named(app, "button_group", "What to change").set_value("A weight").run()
    for block in blocks_of(fit.model.network):
        named(app, "selectbox", "Weights").select(block).run()
        assert not app.exception, (block, app.exception)


def test_weights_that_overflow_are_said(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=8, epochs=1, activation="relu")
        fit = store.fit(run.id)
    x = fit.model.framing.scaler.transform(fit.series.values[window_of(fit)[0]])[:, None]
    awake = int(hidden_states(fit.model.network, fit.model.params, x)[2, 0].argmax())
    app = opened(open_app, run)
    named(app, "button_group", "What to change").set_value("A weight").run()
    named(app, "selectbox", "Weights").select(Block("layer0.W_h")).run()
    named(app, "number_input", "Unit").set_value(awake).run()
    named(app, "number_input", "From").set_value(awake).run()
    next(one for one in app.number_input if one.key.startswith("by_hand_weight_number")).set_value(1e30).run()
    assert not app.exception
    assert "grow beyond what the computer can hold" in texts(app, "warning")
    assert "to no number at all" in texts(
        app, "markdown"
    ) and "**no number at all: the network overflows** with yours" in texts(app, "markdown")
    assert "by_hand_chart" not in charts(app)


# The error over all windows


def test_the_validation_error_is_the_runs_own_and_that_of_an_ensemble_its_medians():
    series = sunspots()
    for config in (
        {"hidden": 4, "window": 8, "epochs": 1},
        {"hidden": 3, "window": 6, "epochs": 1, "seeds": 3, "cell": "gru", "horizon": 2},
    ):
        trainer = Trainer(Config(**config), series)
        list(trainer.run())
        assert np.isclose(validation.validation_rmse(trainer.model, series), trainer.metrics()["val_rmse"], rtol=1e-5)
        assert validation.work(trainer.model, series) > 0
        members = [{name: 1.5 * array for name, array in one.items()} for one in trainer.model.members]
        other = Model(trainer.config, joined(members), trainer.model.framing)
        assert validation.validation_rmse(other, series) != validation.validation_rmse(trainer.model, series)


def test_a_long_computation_waits_for_its_button(open_app, monkeypatch):
    monkeypatch.setattr("pages.inside.by_hand.error.AT_ONCE", 10.0)
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=8, epochs=1)
    app = opened(open_app, run)
    named(app, "button_group", "What to change").set_value("A unit").run()
    app.button(key="by_hand_switch").click().run()
    assert "with yours" not in texts(app, "markdown") and "waits for the button" in texts(app, "caption")
    app.button(key="by_hand_error").click().run()
    assert re.search(r"\*\* with yours", texts(app, "markdown"))


def test_signs_are_shown():
    assert outcome.signed(2.7) == "+2.700" and outcome.signed(-0.3) == "−0.3000"
