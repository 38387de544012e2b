"""The size of the error at every step against the unrolled network, and the words for it against made-up norms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rnn.core import flow_probe
from rnn.core.activations import ACTIVATIONS
from rnn.core.article import article_series
from rnn.core.config import PRESETS, Config
from rnn.core.flow_probe import FlowProbe
from rnn.core.gradient_points import draw
from rnn.core.network import Network
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.through_time import describe_flow, error_norms, step_gradient_norms
from rnn.core.train import Trainer
from rnn.core.unrolled import step_gradients, unroll
from tests.core.many_series import three

SMALL = Config(hidden=4, window=9, horizon=2, dtype="float64")
KINDS = [("elman", activation) for activation in ACTIVATIONS] + [("gru", "tanh"), ("lstm", "tanh")]


def drawn(config, D=2, S=0, batch=5):
    network, rng = Network(config, D, 1, S), np.random.default_rng(3)
    return network, *draw(network, rng, batch)


def one_by_one(network, params, x, y):
    """(L, T): each window unrolled by itself, so that the loss is its own."""
    single = [unroll(network, params, x[:, b : b + 1], y[b : b + 1]) for b in range(len(y))]
    norms = np.array([[np.linalg.norm(layer.dh[:, 0], axis=1) for layer in one.layers] for one in single])
    return np.sqrt(np.square(norms).mean(axis=0))


@pytest.mark.parametrize("change", [{}, {"skip": "linear", "patch": 3}, {"input_weights": "per_step", "bias": False}])
@pytest.mark.parametrize(("loss", "truncate"), [("mse", None), ("quantile", 2), ("mae", 1)])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_norms_are_those_of_windows_unrolled_one_by_one(cell, activation, layers, loss, truncate, change):
    config = SMALL.replace(cell=cell, activation=activation, layers=layers, loss=loss, truncate=truncate, **change)
    point = drawn(config, 2, 1)
    found = error_norms(*point)
    assert found.shape == (layers, config.steps)
    np.testing.assert_allclose(found, one_by_one(*point), rtol=1e-11)
    assert not found[:, : config.steps - (truncate or config.steps)].any() and found[:, -1].all()


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
def test_norms_do_not_depend_on_the_tiles(cell, monkeypatch):
    point = drawn(SMALL.replace(cell=cell, layers=2), batch=7)
    whole = error_norms(*point)
    monkeypatch.setattr("rnn.core.through_time.TILE_NUMBERS", 2 * 9 * 4)
    np.testing.assert_allclose(error_norms(*point), whole, rtol=1e-12)


def test_an_error_that_fades_below_anything_is_zero_and_costs_nothing():
    config = SMALL.replace(activation="tanh", window=400, dtype="float32")
    network, params, x, y = drawn(config)
    params["layer0.W_h"] *= 0.2
    found = error_norms(network, params, x, y)[0]
    gone = np.flatnonzero(found == 0)
    assert 0 < len(gone) < 400 and gone[-1] == len(gone) - 1  # all of the far end and nothing else
    assert found[found > 0].min() > 1e-31
    assert describe_flow(found).word == "vanishing"


def test_arrays_of_another_shape_are_refused():
    network, params, x, y = drawn(SMALL)
    with pytest.raises(ValueError, match="y must have the shape"):
        error_norms(network, params, x, y[:-1])


@pytest.mark.parametrize("truncate", [None, 20])
@pytest.mark.parametrize(
    ("factor", "word", "reach"),
    [(0.5, "vanishing", 7), (0.7, "vanishing", 13), (1.0, "steady", None), (1.3, "exploding", None)],
)
def test_a_geometric_way_is_named(factor, word, reach, truncate):
    """0.5⁷ < 1 % ≤ 0.5⁶; 0.7¹³ < 1 % ≤ 0.7¹²."""
    norms = 3.0 * factor ** np.arange(60)[::-1]
    norms[: 60 - (truncate or 60)] = 0
    flow = describe_flow(norms, truncate)
    assert (flow.word, flow.reach, flow.steps, flow.cut) == (word, reach, 60, truncate)
    assert flow.factor == pytest.approx(factor, rel=1e-9)
    assert flow.left == pytest.approx(factor ** ((truncate or 60) - 1))


def test_truncation_before_the_error_is_gone_leaves_it_steady_and_says_what_was_left():
    norms = 0.9 ** np.arange(60)[::-1]
    norms[:50] = 0
    flow = describe_flow(norms, 10)
    assert (flow.word, flow.reach, flow.cut) == ("steady", None, 10)
    assert flow.left == pytest.approx(0.9**9)


def test_the_factor_withstands_a_step_that_is_out_of_line():
    norms = 0.8 ** np.arange(30)[::-1]
    norms[[4, 20]] *= 1e6, 1e-3
    assert describe_flow(norms).factor == pytest.approx(0.8, rel=0.02)


def test_an_error_that_comes_back_is_not_gone_before_it():
    norms = np.array([1e-5, 0.5, 1e-4, 1e-3, 1.0])  # steps back: 1, 0.001, 0.0001, 0.5, 0.00001
    assert describe_flow(norms).reach == 4


def test_no_error_and_an_endless_one_have_words_of_their_own():
    assert describe_flow(np.zeros(5)).word == "none"
    assert describe_flow(np.array([1.0, np.inf, 1.0])).word == "not finite"
    single = describe_flow(np.ones(1))
    assert (single.word, single.reach, single.left) == ("steady", None, 1.0) and np.isnan(single.factor)


def test_of_many_steps_some_are_enough():
    norms = 0.98 ** np.arange(1000)[::-1]
    norms[:200] = 0
    steps = np.linspace(0, 999, 101).round().astype(int)
    whole, some = describe_flow(norms, 800), describe_flow(norms[steps], 800, steps)
    assert some.factor == pytest.approx(whole.factor, rel=1e-9) and (some.steps, some.cut) == (1000, 800)
    assert whole.reach == 228 and 228 <= some.reach < 240  # 0.98²²⁸ < 1 % ≤ 0.98²²⁷


@pytest.mark.parametrize("change", [{}, {"input_weights": "per_step"}, {"truncate": 4}])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_what_each_step_adds_is_the_norm_of_its_gradient(cell, activation, change):
    network, params, x, y = drawn(SMALL.replace(cell=cell, activation=activation, layers=2, **change))
    found = unroll(network, params, x, y)
    for layer in (0, 1):
        norms = step_gradient_norms(found, layer)
        assert norms.keys() == {"W_h", "W_x"}
        for name, array in norms.items():
            expected = [np.linalg.norm(step_gradients(found, layer, t)[name]) for t in range(9)]
            np.testing.assert_allclose(array, expected, rtol=1e-9, atol=1e-12)


CONFIG = Config(hidden=5, window=8, epochs=3, batch=16, dtype="float64", validation=20)


def starts_of(config, series):
    starts = split_series(config, series).train_starts
    return starts[np.linspace(0, len(starts) - 1, min(32, len(starts))).round().astype(int)]


@pytest.mark.parametrize(("changes", "many"), [
    ({}, False), ({"seeds": 3}, False), ({"scaling": "window"}, False), ({"skip": "mean"}, False), ({}, True),
])  # fmt: skip
def test_the_probe_measures_the_same_training_windows_with_the_weights_as_they_are(changes, many):
    config = CONFIG.replace(**changes)
    series = three() if many else Series.from_values(np.sin(np.arange(120) / 5))
    trainer = Trainer(config, series)
    probe = FlowProbe(trainer)
    starts = starts_of(config, series)
    x = np.empty((8, len(starts), probe.network.channels))
    prepared = trainer.framing.prepare(series.values)
    anchor = trainer.framing.inputs(prepared, starts, x)
    y = trainer.framing.outputs(prepared, starts, anchor)
    np.testing.assert_array_equal(probe.x, x)
    np.testing.assert_array_equal(probe.y, y)
    seen = []
    for _ in zip(trainer.run(), range(3), strict=False):
        params = {
            name.removeprefix("member0."): array
            for name, array in trainer.state.params.items()
            if config.seeds == 1 or name.startswith("member0.")
        }
        seen.append(probe.norms())
        np.testing.assert_allclose(seen[-1], one_by_one(probe.network, params, x, y), rtol=1e-10)
    assert not np.allclose(seen[0], seen[-1])


def test_the_probe_leaves_the_run_as_it_is():
    series = Series.from_values(np.sin(np.arange(120) / 5))
    alone, probed = Trainer(CONFIG, series), Trainer(CONFIG, series)
    probe = FlowProbe(probed)
    for _ in alone.run():
        pass
    for _ in probed.run():
        probe.norms()
    for name, array in alone.state.params.items():
        assert array.tobytes() == probed.state.params[name].tobytes()


def test_large_networks_are_measured_on_fewer_windows():
    for hidden, steps, cell, count in ((32, 24, "elman", 32), (256, 500, "lstm", 7), (1024, 2000, "lstm", 4)):
        assert flow_probe._windows(Config(hidden=hidden, window=steps, cell=cell)) == count


def test_the_article_sends_no_error_back():
    with pytest.raises(ValueError, match="no error back"):
        FlowProbe(Trainer(PRESETS["article"], article_series()))


def test_every_kind_of_cell_and_activation_is_among_those_tested():
    assert set(KINDS) == {("elman", a) for a in ACTIVATIONS} | set(itertools.product(("gru", "lstm"), ("tanh",)))
