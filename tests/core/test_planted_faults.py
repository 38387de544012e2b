"""Every fault that can be planted is caught by the gradient check, in the parameters that it concerns; without one the same
pass is right."""

from __future__ import annotations

import itertools

import pytest

from rnn.core.activations import ACTIVATIONS
from rnn.core.config import Config
from rnn.core.gradient_check import check_gradients
from rnn.core.losses import LOSSES
from rnn.core.network import Network
from rnn.core.planted_faults import FAULTS, Fault, with_fault

SMALL = Config(hidden=3, window=6, horizon=2, dtype="float64")
KINDS = [("elman", activation) for activation in ACTIVATIONS] + [("gru", "tanh"), ("lstm", "tanh")]
VARIANTS = [
    {}, {"layers": 2, "truncate": 3}, {"input_weights": "per_step", "bias": False}, {"patch": 2, "skip": "linear"},
]  # fmt: skip
NONE = Fault("none", "", lambda config: True)


def wrong(config, fault):
    network = Network(config, 2, 1, 1)
    checks = check_gradients(config, 2, 1, n_static=1, loss_and_gradients=with_fault(network, fault))
    assert [check.parameter for check in checks] == [*network.shapes, "x"]
    return {check.parameter for check in checks if not check.agrees}


def configs():
    for (cell, activation), changes in itertools.product(KINDS, VARIANTS):
        yield SMALL.replace(cell=cell, activation=activation, **changes)


def recurrent(config):
    return {name for name in Network(config, 2, 1, 1).shapes if name.startswith("layer")}


@pytest.mark.parametrize("config", list(configs()), ids=lambda c: f"{c.cell}-{c.activation}-{c.layers}-{c.skip}")
def test_every_fault_that_applies_is_caught_where_it_is(config):
    assert wrong(config, NONE) == set()
    for key, fault in FAULTS.items():
        if not fault.applies(config):
            continue
        found = wrong(config, fault)
        assert found, key
        if key == "bias":
            assert found == {f"layer{config.layers - 1}.b"}
        elif key == "state":
            assert found == {f"layer{layer}.W_h" for layer in range(config.layers)}
        elif key == "mean":
            assert found == {*Network(config, 2, 1, 1).shapes, "x"}
        else:  # what comes after the recurrent layers stays right
            assert found <= recurrent(config) | {"x"} and f"layer{config.layers - 1}.W_h" in found, key


@pytest.mark.parametrize("loss", list(LOSSES))
def test_whatever_the_loss(loss):
    config = SMALL.replace(loss=loss, cell="lstm")
    assert wrong(config, NONE) == set()
    assert all(wrong(config, fault) for fault in FAULTS.values() if fault.applies(config))


def test_faults_are_offered_only_where_they_can_be_made():
    offered = {}
    for cell, activation in KINDS:
        config = SMALL.replace(cell=cell, activation=activation)
        offered[cell, activation] = {key for key, fault in FAULTS.items() if fault.applies(config)}
    everywhere = {"bias", "early", "every", "transposed", "state", "mean"}
    assert offered["elman", "relu"] == everywhere
    assert offered["elman", "sigmoid"] == everywhere | {"slope"}
    assert offered["gru", "tanh"] == offered["lstm", "tanh"] == set(FAULTS)
    assert not FAULTS["bias"].applies(SMALL.replace(bias=False))
    one_step = SMALL.replace(truncate=1)
    assert {key for key, fault in FAULTS.items() if fault.applies(one_step)} == {"bias", "state", "mean"}


def test_a_bias_that_is_a_thousandth_off_shows_both_numbers():
    config = SMALL.replace(cell="gru")
    network = Network(config, 2, 1)
    checks = check_gradients(config, 2, 1, loss_and_gradients=with_fault(network, FAULTS["bias"]))
    (check,) = (check for check in checks if not check.agrees)
    assert check.parameter == "layer0.b"
    assert check.analytic == pytest.approx(1.001 * check.numeric, rel=1e-6)
