"""Every cell × activation × layers × loss × truncation: all gradients against differences of the naive network, float64,
1e-6, from a state that is not zero; and every planted fault is caught."""

from __future__ import annotations

import dataclasses
import itertools
from functools import partial

import numpy as np
import pytest

from rnn.core.activations import ACTIVATIONS
from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.gradient_check import check_gradients, numeric_gradients
from rnn.core.gradient_points import draw, draw_state
from rnn.core.losses import LOSSES
from rnn.core.network import Network
from rnn.core.workspace import Workspace
from tests.core.plain_bptt import FAULTS, plain_bptt

K = 1
SMALL = Config(hidden=3, window=6, horizon=2, dtype="float64")
# One after the other over the matrix; seven and the number of its other choices have no common factor, so that each
# meets every cell, depth, loss and truncation. (D, S): inputs and static values.
VARIANTS = [
    ({}, (2, 0)),
    ({"bias": False}, (1, 0)),
    ({"input_weights": "per_step"}, (2, 0)),
    ({"skip": "linear", "horizon": 1}, (2, 0)),
    ({"patch": 2, "window": 8, "skip": "linear"}, (2, 1)),
    ({"input_weights": "per_step", "bias": False, "skip": "linear"}, (1, 2)),
    ({"hidden": 5, "horizon": 3, "quantiles": (0.05, 0.3)}, (1, 1)),
]
KINDS = [("elman", activation) for activation in ACTIVATIONS] + [(cell, "tanh") for cell in CELLS if cell != "elman"]
MATRIX = [
    (SMALL.replace(cell=cell, activation=activation, layers=layers, loss=loss, truncate=truncate, **changes), *sizes)
    for (cell, activation, layers, loss, truncate), (changes, sizes) in zip(
        ((*kind, *rest) for kind, *rest in itertools.product(KINDS, (1, 2, 3), LOSSES, (None, 1, 3))),
        itertools.cycle(VARIANTS),
    )
]


NAMES = [f"{c.cell}-{c.activation}-{c.layers}-{c.loss}-{c.truncate}-{k % 7}" for k, (c, *_) in enumerate(MATRIX)]


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(("config", "inputs", "static"), MATRIX, ids=NAMES)
def test_every_entry_agrees(config, inputs, static, batch):
    checks = check_gradients(config, inputs, K, n_static=static, batch=batch)
    assert [check.parameter for check in checks] == [*Network(config, inputs, K, static).shapes, "x"]
    assert all(check.compared == check.entries for check in checks)
    worst = max(checks, key=lambda check: check.relative_error)
    assert worst.relative_error <= 1e-6, worst


@pytest.mark.parametrize("change", [{}, {"patch": 2, "skip": "linear"}, {"input_weights": "per_step"}])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_every_entry_agrees_with_columns_known_ahead(cell, activation, change):
    """Two known columns over horizon 2 and a static one stand beside the window: five values, which every step reads."""
    config = SMALL.replace(cell=cell, activation=activation, layers=2, **change)
    checks = check_gradients(config, 3, K, n_static=1, n_known=2)
    assert checks[-1].entries == config.steps * 3 * (3 * config.patch + 5)
    assert all(check.agrees and check.compared == check.entries for check in checks), checks


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("truncate", [None, 27])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_every_entry_agrees_over_a_long_window(cell, activation, layers, truncate, batch):
    config = SMALL.replace(cell=cell, activation=activation, layers=layers, window=40, truncate=truncate)
    checks = check_gradients(config, 1, K, batch=batch)
    assert all(check.agrees and check.compared == check.entries for check in checks), checks


@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_every_entry_agrees_with_more_inputs_than_hidden_units(cell, activation):
    config = SMALL.replace(cell=cell, activation=activation, window=3)
    checks = check_gradients(config, 130, K)
    assert all(check.agrees and check.compared == check.entries for check in checks), checks


def test_the_matrix_holds_every_cell_activation_depth_loss_and_truncation_with_every_variant():
    seen = {(c.cell, c.activation, c.layers, c.loss, c.truncate) for c, *_ in MATRIX}
    assert len(seen) == len(MATRIX) == len(KINDS) * 3 * len(LOSSES) * 3
    assert {(c.cell, c.activation) for c, *_ in MATRIX} == set(KINDS)
    for field in ("layers", "loss", "truncate", "cell", "activation"):
        met = {(getattr(case[0], field), k % len(VARIANTS)) for k, case in enumerate(MATRIX)}
        assert len(met) == len({value for value, _ in met}) * len(VARIANTS), field


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_nothing_passes_because_nothing_depends_on_it(cell, activation, layers):
    """Derivatives at the points drawn are far larger than what differences resolve."""
    config = SMALL.replace(cell=cell, activation=activation, layers=layers, truncate=1)
    network, rng = Network(config, 2, K), np.random.default_rng(0)
    state = draw_state(network, rng, 3)
    gradients = numeric_gradients(config, *draw(network, rng, 3, state), state)
    for name in (*network.shapes, "x"):
        assert np.abs(gradients[name]).max() > 1e-4, name


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(("cell", "activation"), [kind for kind in KINDS if hasattr(CELLS[kind[0]], "d_initial")])
def test_the_error_reaches_the_initial_state(cell, activation, layers):
    """What `backward` leaves at the first step is ∂loss/∂ the state before it, of every layer."""
    config = SMALL.replace(cell=cell, activation=activation, layers=layers, window=3)

    def of_the_state(params, x, y, *, state):
        network = Network(config, 2, K)
        work = Workspace(network, x.shape[1], params=network.flat(params), gradient=np.empty(network.size))
        work.x[...] = x
        work.set_state(state, slice(None))
        work.refresh()
        work.forward()
        loss = work.backward(y, x.shape[1], add=False)
        errors = {f"layer{n}.{name}": d for n, own in enumerate(work.layers) for name, d in own.d_initial.items()}
        return loss, network.views(work.gradient) | errors

    checks = check_gradients(config, 2, K, loss_and_gradients=of_the_state)
    states = 2 * layers if cell == "lstm" else layers
    assert sum(check.parameter.endswith((".h", ".c")) for check in checks) == states
    assert all(check.agrees for check in checks), checks


def faults():
    """(fault, config): each fault in every cell, activation, loss and depth in which it can be made."""
    for cell, activation in KINDS:
        config = SMALL.replace(cell=cell, activation=activation, truncate=3, horizon=3)
        for fault in (*FAULTS["any"], *FAULTS[cell]):
            yield fault, config
            yield fault, config.replace(layers=2)
        for fault in FAULTS["layers"]:
            yield fault, config.replace(layers=3)
        for fault in FAULTS["skip"]:
            yield fault, config.replace(skip="linear")
        for loss in ("mae", "huber", "quantile"):
            for fault in FAULTS[loss]:
                yield fault, config.replace(loss=loss, huber_delta=0.8)


@pytest.mark.parametrize(("fault", "config"), list(faults()), ids=lambda value: value if isinstance(value, str) else "")
def test_planted_faults_are_caught(fault, config):
    checks = check_gradients(config, 2, K, loss_and_gradients=partial(plain_bptt, config, fault))
    wrong = {check.parameter for check in checks if not check.agrees}
    assert bool(wrong) == (fault != "none"), wrong


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_tiles_of_a_batch_add_up(cell, activation, layers):
    config = SMALL.replace(cell=cell, activation=activation, layers=layers, skip="linear", input_weights="per_step")
    network = Network(config, 2, K)
    network.tile = 2

    def in_tiles(params, x, y, *, state):
        loss, gradients = network.loss_and_gradients(params, x, y, state=state)
        return loss, {**gradients, "x": network.input_gradients(params, x, y, state=state)}

    checks = check_gradients(config, 2, K, batch=5, loss_and_gradients=in_tiles)
    assert len(checks) == len(network.shapes) + 1
    assert all(check.agrees for check in checks), checks


def wrong_loss(monkeypatch, loss):
    right = LOSSES[loss]

    def without_the_count(y_hat, y, at, out):
        right.derivative(y_hat, y, at, out)
        out *= out.size

    monkeypatch.setitem(LOSSES, loss, dataclasses.replace(right, derivative=without_the_count))


def wrong_layer(monkeypatch, cell, spoil):
    """A cell whose backward pass is followed by `spoil`."""
    right = CELLS[cell]

    class Spoilt(right):
        def backward(self, *args, add, want_dx):
            stop = super().backward(*args, add=add, want_dx=want_dx)
            spoil(self, want_dx)
            return stop

    monkeypatch.setitem(CELLS, cell, Spoilt)


@pytest.mark.parametrize("loss", list(LOSSES))
def test_a_loss_without_its_count_is_caught_in_the_engine(monkeypatch, loss):
    wrong_loss(monkeypatch, loss)
    assert not any(check.agrees for check in check_gradients(SMALL.replace(loss=loss), 1, K))


@pytest.mark.parametrize("cell", list(CELLS))
def test_faults_in_the_engine_are_caught(monkeypatch, cell):
    config = SMALL.replace(cell=cell, activation="tanh", layers=2, truncate=3)

    def wrong(check=config, **options):
        return {each.parameter for each in check_gradients(check, 2, K, **options) if not each.agrees}

    def nothing_passes_down(layer, want_dx):
        if want_dx:
            layer.dx[...] = 0

    def a_step_late(layer, want_dx):
        if want_dx:
            layer.dx[:-1] = layer.dx[1:].copy()

    names = set(Network(config, 2, K).shapes)
    lower = {name for name in names if name.startswith("layer0.")}
    recurrent = {name for name in names if name.startswith("layer")}
    assert wrong() == set()
    for spoil in (nothing_passes_down, a_step_late):
        with monkeypatch.context() as patched:
            wrong_layer(patched, cell, spoil)
            assert wrong() == lower | {"x"}
    for truncate in (2, 4):
        other = Network(config.replace(truncate=truncate), 2, K)
        assert wrong(loss_and_gradients=other.loss_and_gradients) == recurrent
    network = Network(config, 2, K)
    from_zero = wrong(loss_and_gradients=lambda *point, state: network.loss_and_gradients(*point))
    assert from_zero == names  # the state that windows start from reaches everything
