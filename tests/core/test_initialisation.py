"""Initial weights: known numbers, the bounds of each draw gate by gate, and what starts at a fixed value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.initialisation import INITIALISATIONS, initial_weights

GATES = {"elman": 1, "gru": 3, "lstm": 4}


def shapes(cell: str, inputs: int = 2, hidden: int = 3, outputs: int = 2, layers: int = 1, steps: int | None = None):
    """The contract's shapes; steps: per-step input weights in layer 0."""
    found = {}
    for layer in range(layers):
        width, columns = (hidden if layer else inputs), GATES[cell] * hidden
        found[f"layer{layer}.W_h"] = (hidden, columns)
        found[f"layer{layer}.W_x"] = (steps, width, columns) if steps and not layer else (width, columns)
        found[f"layer{layer}.b"] = (columns,)
        if cell == "gru":
            found[f"layer{layer}.b_hn"] = (hidden,)
    return found | {"readout.W": (hidden, outputs), "readout.b": (outputs,), "skip.W": (5, outputs)}


def draw(wanted, seed=7, **config):
    return initial_weights(wanted, Config(dtype="float64", **config), np.random.default_rng(seed))


# Drawn with seed 7 for hidden 3, 2 inputs, 2 outputs by the version that had one layer of Elman units only.
KNOWN = {
    "uniform01": {
        "layer0.W_h": [
            0.625095466604667, 0.8972138009695755, 0.7756856902451935, 0.22520718999059186, 0.30016628491122543,
            0.8735534453962619, 0.005265304565574724, 0.8212284183827663, 0.7970694287520462,
        ],
        "layer0.W_x": [
            0.4679349528437208, 0.3030324268193135, 0.2784256121007733, 0.2548695876541246, 0.4450763058826466,
            0.5045482589579533,
        ],
        "readout.W": [
            0.5534973520744925, 0.9955002834343927, 0.7926619192137531, 0.6221792294411627, 0.9889601476818849,
            0.21530869823559895,
        ],
    },
    "glorot": {
        "layer0.W_h": [
            0.25019093320933394, 0.794427601939151, 0.551371380490387, -0.5495856200188163, -0.39966743017754913,
            0.7471068907925238, -0.9894693908688506, 0.6424568367655326, 0.5941388575040925,
        ],
        "layer0.W_x": [
            -0.07025099853984407, -0.43153433171244626, -0.48544516167122465, -0.5370538254895153, -0.12033178483835305,
            0.009964736114583816,
        ],
        "readout.W": [
            0.11720682599198118, 1.085586729948881, 0.6411901395045085, 0.2676812800940964, 1.0712580104257028,
            -0.623727391607491,
        ],
    },
    "orthogonal": {
        "layer0.W_h": [
            0.0013781359559619233, 0.22237012134732212, -0.9749613478868094, -0.9977265254060805, 0.06599745538450973,
            0.013642447869772447, 0.06737864084705694, 0.9727259968843985, 0.22195552199225954,
        ],
        "layer0.W_x": [
            -0.07025099853984407, -0.43153433171244626, -0.48544516167122465, -0.5370538254895153, -0.12033178483835305,
            0.009964736114583816,
        ],
        "readout.W": [
            0.11720682599198118, 1.085586729948881, 0.6411901395045085, 0.2676812800940964, 1.0712580104257028,
            -0.623727391607491,
        ],
    },
}  # fmt: skip


def test_known_numbers_are_there_for_every_initialisation():
    assert set(KNOWN) == set(INITIALISATIONS)


@pytest.mark.parametrize("init", INITIALISATIONS)
def test_a_seed_gives_the_numbers_that_it_always_gave(init):
    """Bit for bit; the decomposition behind `orthogonal` may differ in the last bits from one BLAS to another."""
    weights = draw(shapes("elman"), init=init, hidden=3)
    for name, expected in KNOWN[init].items():
        if init == "orthogonal" and name == "layer0.W_h":
            assert weights[name].ravel() == pytest.approx(expected, rel=1e-12)
        else:
            assert weights[name].ravel().tolist() == expected


def test_per_step_input_weights_as_they_always_were():
    """Fan of one step's matrix: √(6 / (1 + 3)) in place of √(6 / (2 + 3)), the same draws."""
    found = draw(shapes("elman") | {"layer0.W_x": (2, 1, 3)}, init="glorot", hidden=3)["layer0.W_x"]
    expected = np.array(KNOWN["glorot"]["layer0.W_x"]) * math.sqrt(5 / 4)
    assert found.ravel() == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("init", INITIALISATIONS)
@pytest.mark.parametrize("cell", GATES)
def test_every_array_is_contiguous_of_its_shape_and_dtype(cell, init, dtype):
    wanted = shapes(cell, layers=2, steps=4)
    weights = initial_weights(wanted, Config(cell=cell, init=init, hidden=3, dtype=dtype), np.random.default_rng(0))
    assert {name: array.shape for name, array in weights.items()} == wanted
    assert all(array.dtype == dtype and array.flags.c_contiguous for array in weights.values())


@pytest.mark.parametrize("init", INITIALISATIONS)
def test_float32_starts_from_the_numbers_of_float64(init):
    single = initial_weights(
        shapes("gru"), Config(cell="gru", init=init, hidden=3, dtype="float32"), np.random.default_rng(7)
    )
    double = draw(shapes("gru"), cell="gru", init=init, hidden=3)
    assert all(array.tolist() == double[name].astype(np.float32).tolist() for name, array in single.items())


@pytest.mark.parametrize("cell", GATES)
def test_every_gate_of_an_orthogonal_start_is_a_rotation_of_its_own(cell):
    weights = draw(shapes(cell, hidden=8, layers=3), cell=cell, init="orthogonal", hidden=8)
    gates = [gate for layer in range(3) for gate in np.split(weights[f"layer{layer}.W_h"], GATES[cell], axis=1)]
    for gate in gates:
        assert gate @ gate.T == pytest.approx(np.eye(8), abs=1e-13)
    assert len({gate.tobytes() for gate in gates}) == len(gates)


def test_orthogonal_starts_favour_no_direction():
    """Without the signs of the decomposition the first entry of a draw is never positive; its mean must be 0 ± 4/√n."""
    rng = np.random.default_rng(0)
    config = Config(hidden=4, init="orthogonal", dtype="float64")
    corners = [initial_weights({"layer0.W_h": (4, 4)}, config, rng)["layer0.W_h"][0, 0] for _ in range(400)]
    assert abs(np.mean(corners)) < 4 * 0.5 / math.sqrt(400)  # an entry of a 4 × 4 rotation has the deviation 1/2


@pytest.mark.parametrize("init", ["glorot", "orthogonal"])
@pytest.mark.parametrize("cell", GATES)
def test_glorot_takes_the_fan_of_one_gate(cell, init):
    """9 inputs to 40 units: ±√(6 / 49), whatever the number of gates; every gate comes close to both bounds."""
    weights = draw(shapes(cell, inputs=9, hidden=40, outputs=30, layers=2), cell=cell, init=init, hidden=40)
    bounds = {"layer0.W_x": math.sqrt(6 / 49), "layer1.W_x": math.sqrt(6 / 80), "readout.W": math.sqrt(6 / 70)}
    if init == "glorot":
        bounds |= {"layer0.W_h": math.sqrt(6 / 80), "layer1.W_h": math.sqrt(6 / 80)}
    for name, bound in bounds.items():
        for gate in np.split(weights[name], GATES[cell] if name.startswith("layer") else 1, axis=1):
            assert 0.95 * bound < gate.max() < bound
            assert -bound < gate.min() < -0.95 * bound


@pytest.mark.parametrize("cell", GATES)
def test_uniform01_draws_every_matrix_from_0_to_1(cell):
    weights = draw(shapes(cell, hidden=40, inputs=20, outputs=20, layers=2), cell=cell, init="uniform01", hidden=40)
    for name in ("layer0.W_h", "layer0.W_x", "layer1.W_h", "layer1.W_x", "readout.W"):
        assert 0 <= weights[name].min() < 0.02
        assert 0.98 < weights[name].max() < 1
        assert weights[name].mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("init", INITIALISATIONS)
@pytest.mark.parametrize("cell", GATES)
def test_what_starts_at_zero(cell, init):
    weights = draw(shapes(cell, layers=2), cell=cell, init=init, hidden=3, forget_bias=0.0)
    for name, array in weights.items():
        assert array.any() == (array.ndim > 1 and name != "skip.W"), name


@pytest.mark.parametrize("init", INITIALISATIONS)
def test_only_the_forget_gates_of_an_lstm_start_at_the_forget_bias(init):
    """Gates i, f, g, o of 3 units each."""
    weights = draw(shapes("lstm", layers=2, outputs=7), cell="lstm", init=init, hidden=3, forget_bias=1.5)
    for layer in range(2):
        assert weights[f"layer{layer}.b"].tolist() == [0.0] * 3 + [1.5] * 3 + [0.0] * 6
    assert not weights["readout.b"].any()


@pytest.mark.parametrize("cell", ["elman", "gru"])
def test_other_cells_have_no_forget_bias(cell):
    weights = draw(shapes(cell), cell=cell, hidden=3, forget_bias=1.5)
    assert not weights["layer0.b"].any()


def test_the_skip_takes_nothing_from_the_generator():
    """With and without it the other weights are the same."""
    wanted = shapes("gru")
    weights = draw({"skip.W": wanted["skip.W"]} | wanted, cell="gru", hidden=3)
    del wanted["skip.W"]
    for name, array in draw(wanted, cell="gru", hidden=3).items():
        assert weights[name].tolist() == array.tolist()
