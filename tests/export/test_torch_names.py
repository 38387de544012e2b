"""Networks move to PyTorch's names and back: against what PyTorch computed with them, by hand, and bit for bit."""

from __future__ import annotations

import re
from collections import OrderedDict

import numpy as np
import pytest

from rnn.core.cells import CELLS
from rnn.core.config import PRESETS, Config
from rnn.core.fit import fit
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.export import from_torch, to_torch
from tests.golden import Golden, names, read

CASES = names("moved.npz")
LSTM = Config(cell="lstm", layers=2, hidden=6, window=8, horizon=3, dtype="float64")
GRU = LSTM.replace(cell="gru")
PLAIN = Config(activation="tanh", hidden=6, window=8, horizon=3, dtype="float64")


@pytest.fixture(scope="module")
def moved() -> Golden:
    return read("moved.npz")


def drawn(config: Config, n_inputs: int = 3, n_targets: int = 2, n_static: int = 0):
    """Weights of every size, with zeros of both signs and numbers near the ends of the range among them."""
    rng = np.random.default_rng(5)
    tiny = np.finfo(config.dtype).smallest_subnormal
    params = {}
    for name, shape in Network(config, n_inputs, n_targets, n_static).shapes.items():
        array = rng.standard_normal(shape).astype(config.dtype)
        array.flat[: 2 * shape[-1] : 2] = rng.choice(np.array([0.0, -0.0, tiny, 1e30, -1e-30], config.dtype), shape[-1])
        params[name] = array
    return params


def assert_same_bits(found, expected) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape, name
        assert found[name].tobytes() == np.ascontiguousarray(array).tobytes(), name


def assert_outputs(moved: Golden, case: str, params) -> None:
    """The network computes with `params` what the PyTorch module computed."""
    config, given = moved.config(case), moved.group(case)
    static = given.get("static", np.zeros((0, 0)))
    n_static = static.shape[1]
    network = Network(config, given["x"].shape[2], 2, n_static)
    found = network.predict_levels(params, given["x"], static=static if n_static else None)
    expected = given["outputs"]
    limit = 1e-12 if config.dtype == "float64" else 1e-5
    assert np.max(np.abs(found.reshape(expected.shape) - expected)) <= limit * np.max(np.abs(expected))


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("out-")])
def test_trained_here_and_computed_by_pytorch(moved, case):
    config, params = moved.config(case), moved.group(f"{case}/params")
    state_dict = moved.group(f"{case}/state_dict")
    assert_same_bits(to_torch(config, params), state_dict)
    assert_same_bits(from_torch(config, state_dict), params)
    assert_outputs(moved, case, params)


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("in-")])
def test_trained_by_pytorch_and_computed_here(moved, case):
    """With both of PyTorch's biases at work."""
    config, state_dict = moved.config(case), moved.group(f"{case}/state_dict")
    assert np.any(state_dict["rnn.bias_ih_l0"]) and np.any(state_dict["rnn.bias_hh_l0"])
    params = from_torch(config, state_dict)
    assert_outputs(moved, case, params)
    assert_same_bits(from_torch(config, to_torch(config, params)), params)


def test_pytorch_has_seen_every_cell_and_shape():
    for kind in ("tanh", "relu", "gru", "lstm"):
        assert {f"{way}-{kind}-{layers}" for way in ("in", "out") for layers in (1, 2)} <= set(CASES)
    assert set(CELLS) == {"elman", "gru", "lstm"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "choices",
    [{}, {"bias": False}, {"layers": 3}, {"skip": "linear"}, {"loss": "quantile"}, {"hidden": 1}, {"patch": 4}],
    ids=str,
)
@pytest.mark.parametrize("cell", CELLS)
def test_there_and_back_bit_for_bit(cell, choices, dtype):
    config = PLAIN.replace(cell=cell, dtype=dtype, **choices)
    params = drawn(config)
    state_dict = to_torch(config, params)
    assert_same_bits(from_torch(config, state_dict), params)
    assert all(array.flags.c_contiguous and array.flags.writeable for array in state_dict.values())


@pytest.mark.parametrize(("patch", "inputs", "static"), [(1, 3, 2), (2, 3, 1), (4, 1, 5), (8, 2, 1), (2, 0, 2)])
def test_static_values_and_patches_are_columns(patch, inputs, static):
    config = GRU.replace(patch=patch, skip="linear")
    params = drawn(config, inputs, 2, static)
    state_dict = to_torch(config, params)
    assert state_dict["rnn.weight_ih_l0"].shape == (18, patch * inputs + static)
    assert state_dict["skip.weight"].shape == (6, 8 * inputs + static)
    assert_same_bits(from_torch(config, state_dict), params)


def test_what_is_known_ahead_is_further_columns():
    """Two known columns over horizon 3 and a static one: seven values beside the window."""
    names = ("a", "price", "flag", "size")
    values = np.random.default_rng(0).standard_normal((60, 4))
    series = Series(np.arange(60), values, names, ("a",), static=("size",), known=("price", "flag"))
    config = Config(cell="gru", hidden=4, window=6, horizon=3, epochs=1, skip="linear")
    model = fit(config, series).model
    state_dict = to_torch(config, model.params)
    assert state_dict["rnn.weight_ih_l0"].shape == (12, 3 + 7)
    assert state_dict["skip.weight"].shape == (3, 6 * 3 + 7)
    assert_same_bits(from_torch(config, state_dict), model.params)


def test_names_and_shapes_are_those_of_pytorch():
    shapes = {
        name: array.shape
        for name, array in to_torch(LSTM.replace(skip="linear"), drawn(LSTM.replace(skip="linear"))).items()
    }
    assert list(shapes.items()) == [
        ("rnn.weight_ih_l0", (24, 3)), ("rnn.weight_hh_l0", (24, 6)), ("rnn.bias_ih_l0", (24,)), ("rnn.bias_hh_l0", (24,)),
        ("rnn.weight_ih_l1", (24, 6)), ("rnn.weight_hh_l1", (24, 6)), ("rnn.bias_ih_l1", (24,)), ("rnn.bias_hh_l1", (24,)),
        ("readout.weight", (6, 6)), ("readout.bias", (6,)), ("skip.weight", (6, 24)),
    ]  # fmt: skip


def test_the_gru_of_one_unit_by_hand():
    """r and z have one bias, n has two, because the reset gate acts on the second alone."""
    config = Config(cell="gru", hidden=1, window=2, horizon=1, dtype="float64")
    params = {
        "layer0.W_x": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "layer0.W_h": np.array([[7.0, 8.0, 9.0]]),
        "layer0.b": np.array([10.0, 20.0, 30.0]), "layer0.b_hn": np.array([40.0]),
        "readout.W": np.array([[50.0]]), "readout.b": np.array([60.0]),
    }  # fmt: skip
    state_dict = {
        "rnn.weight_ih_l0": np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]),
        "rnn.weight_hh_l0": np.array([[7.0], [8.0], [9.0]]),
        "rnn.bias_ih_l0": np.array([10.0, 20.0, 30.0]), "rnn.bias_hh_l0": np.array([0.0, 0.0, 40.0]),
        "readout.weight": np.array([[50.0]]), "readout.bias": np.array([60.0]),
    }  # fmt: skip
    assert_same_bits(to_torch(config, params), state_dict)
    state_dict["rnn.bias_hh_l0"] = np.array([0.5, -0.25, 40.0])
    assert_same_bits(from_torch(config, state_dict), {**params, "layer0.b": np.array([10.5, 19.75, 30.0])})


class Tensor:
    """What NumPy can read by `__array__`, as it can a PyTorch tensor on the CPU."""

    def __init__(self, array) -> None:
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype)


def test_anything_that_numpy_reads():
    params = drawn(LSTM)
    arrays = to_torch(LSTM, params)
    assert_same_bits(from_torch(LSTM, OrderedDict((name, Tensor(array)) for name, array in arrays.items())), params)
    assert_same_bits(from_torch(LSTM, {name: array.tolist() for name, array in reversed(arrays.items())}), params)


def test_precisions_are_the_configs():
    whole = {name: np.rint(array * 4) for name, array in drawn(GRU).items() if np.abs(array).max() < 1e3}
    params = {name: whole.get(name, np.ones(shape)) for name, shape in Network(GRU, 3, 2).shapes.items()}
    halves = {name: array.astype(np.float16) for name, array in to_torch(GRU, params).items()}
    assert_same_bits(from_torch(GRU, halves), params)
    single = from_torch(GRU.replace(dtype="float32"), to_torch(GRU, params))
    assert_same_bits(single, {name: array.astype(np.float32) for name, array in params.items()})


def test_nothing_is_shared():
    params = drawn(GRU)
    state_dict = to_torch(GRU, params)
    before = {name: array.copy() for name, array in params.items()}
    back = from_torch(GRU, state_dict)
    for array in state_dict.values():
        array[...] = 7
    assert_same_bits(params, before)
    assert_same_bits(back, before)


INEXPRESSIBLE = {
    "sigmoid": (PLAIN.replace(activation="sigmoid"), "activation='sigmoid' cannot be expressed by PyTorch's nn.RNN"),
    "per step": (
        GRU.replace(input_weights="per_step"),
        "input_weights='per_step' cannot be expressed by PyTorch's nn.GRU",
    ),
    "ensemble": (LSTM.replace(seeds=5), "seeds=5 is an ensemble of 5 networks"),
    "article": (PRESETS["article"], "activation='sigmoid' cannot be expressed"),
}


@pytest.mark.parametrize("move", [to_torch, from_torch])
@pytest.mark.parametrize("kind", INEXPRESSIBLE)
def test_what_pytorch_cannot_express(kind, move):
    config, start = INEXPRESSIBLE[kind]
    with pytest.raises(ValueError, match=f"^{re.escape(start)}.*\\.$"):
        move(config, {})


def test_the_activation_of_gated_cells_does_not_matter():
    config = LSTM.replace(activation="sigmoid")
    assert_same_bits(from_torch(config, to_torch(config, drawn(config))), drawn(config))


class OnAnotherDevice:
    def __array__(self, dtype=None, copy=None):
        raise TypeError("can't convert cuda:0 device type tensor to numpy.\nUse Tensor.cpu().")


def without(name):
    return lambda tensors: tensors.pop(name)


def put(name, value):
    return lambda tensors: tensors.update({name: value})


WRONG = {
    "nothing": (lambda tensors: tensors.clear(), "'rnn.weight_ih_l0' is missing; given is nothing."),
    "no layer": (without("rnn.weight_hh_l1"), "'rnn.weight_hh_l1' is missing; an nn.LSTM with 2 layers of 6 hidden units and"
                 " biases needs it with the shape (24, 6)."),
    "no inputs": (without("rnn.weight_ih_l0"), "'rnn.weight_ih_l0' is missing; given are rnn.weight_hh_l0, rnn.bias_ih_l0,"),
    "no readout": (without("readout.weight"), "'readout.weight' is missing; given are"),
    "gates": (put("rnn.weight_hh_l0", np.zeros((18, 6))), "'rnn.weight_hh_l0' has the shape (18, 6); an nn.LSTM with 2 layers"
              " of 6 hidden units and biases needs (24, 6)."),
    "turned": (put("rnn.bias_hh_l1", np.zeros((24, 1))), "'rnn.bias_hh_l1' has the shape (24, 1);"),
    "one axis": (put("rnn.weight_ih_l0", np.zeros(24)), "'rnn.weight_ih_l0' must have two axes, got the shape (24,)."),
    "no columns": (put("rnn.weight_ih_l0", np.zeros((24, 0))), "'rnn.weight_ih_l0' has the shape (24, 0): a network needs"),
    "outputs": (put("readout.weight", np.zeros((5, 6))), "'readout.weight' has the shape (5, 6): with horizon=3 the outputs"
                " must be a multiple of 3, got 5."),
    "no outputs": (put("readout.weight", np.zeros((0, 6))), "'readout.weight' has the shape (0, 6): with horizon=3"),
    "backwards": (put("rnn.weight_ih_l0_reverse", np.zeros((24, 3))), "'rnn.weight_ih_l0_reverse' is not known: it belongs to"
                  " a bidirectional network"),
    "projection": (put("rnn.weight_hr_l0", np.zeros((2, 6))), "'rnn.weight_hr_l0' is not known: it belongs to a network with"
                   " proj_size"),
    "another layer": (put("rnn.weight_hh_l2", np.zeros((24, 6))), "'rnn.weight_hh_l2' is not known: it would be lost; an"
                      " nn.LSTM with 2 layers"),
    "skip": (put("skip.weight", np.zeros((6, 24))), "'skip.weight' is not known: it would be lost;"),
    "text": (put("readout.bias", np.array(list("abcdef"))), "'readout.bias' must hold real numbers, got <U1."),
    "complex": (put("readout.bias", np.zeros(6, complex)), "'readout.bias' must hold real numbers, got complex128."),
    "ragged": (put("readout.bias", [[1.0], [2.0, 3.0]]), "'readout.bias' cannot be read as an array (setting"),
    "device": (put("readout.bias", OnAnotherDevice()), "'readout.bias' cannot be read as an array (can't convert cuda:0 device"
               " type tensor to numpy. Use Tensor.cpu()); give it as a dense tensor on the CPU,"),
    "nan": (put("readout.bias", [0, 1, 2, 3, 4, float("nan")]), "'readout.bias' holds values that are not finite numbers in"
            " float64."),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_tensors(kind):
    change, sentence = WRONG[kind]
    tensors = to_torch(LSTM, drawn(LSTM))
    change(tensors)
    with pytest.raises(ValueError) as caught:
        from_torch(LSTM, tensors)
    text = str(caught.value)
    assert text.startswith(sentence) and text.endswith(".") and "\n" not in text


def test_more_than_single_precision_holds():
    tensors = to_torch(LSTM, drawn(LSTM))
    tensors["readout.bias"][2] = 1e300
    with pytest.raises(ValueError, match=r"^'readout.bias' holds values that are not finite numbers in float32\.$"):
        from_torch(LSTM.replace(dtype="float32"), tensors)


@pytest.mark.parametrize(("window", "patch", "columns"), [(8, 1, 22), (8, 8, 23), (8, 2, 2), (8, 1, 25)])
def test_a_skip_that_fits_no_inputs(window, patch, columns):
    config = PLAIN.replace(window=window, patch=patch, skip="linear")
    tensors = to_torch(config, drawn(config))
    tensors["skip.weight"] = np.zeros((6, columns))
    with pytest.raises(
        ValueError, match=r"^'skip.weight' has the shape .* no number of input columns and static values"
    ):
        from_torch(config, tensors)


def test_a_module_is_no_state_dict():
    with pytest.raises(
        ValueError, match=r"^from_torch takes a state dict, as module.state_dict\(\) gives it, got Tensor\.$"
    ):
        from_torch(LSTM, Tensor(np.zeros(3)))


def test_parameters_that_do_not_fit():
    params = drawn(LSTM)
    with pytest.raises(ValueError, match=r"^Parameter 'layer0.W_h' must have the shape \(6, 18\), got \(6, 24\)\.$"):
        to_torch(GRU, params)
    with pytest.raises(ValueError, match=r"^'layer0.W_x' is missing; given is nothing\.$"):
        to_torch(LSTM, {})
    with pytest.raises(ValueError, match=r"^Parameter 'layer1.b' must have the shape \(24,\), got None\.$"):
        to_torch(LSTM, {name: array for name, array in params.items() if name != "layer1.b"})
