"""Weights as safetensors: read by the library itself, and back into a network of ours."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors import numpy as tensors

import rnn
from rnn.core.config import Config
from rnn.core.ensemble import parted
from rnn.export import to_torch, torch_to_bytes, weights_from_bytes, weights_to_bytes
from tests.export.runs_of_every_kind import KINDS, wave


@pytest.mark.parametrize("kind", KINDS)
def test_they_come_back_bit_for_bit(kind):
    config, series = KINDS[kind]
    model = rnn.fit(config.replace(epochs=1), series).model
    content = weights_to_bytes(model)
    read, params = weights_from_bytes(content)
    assert read == model.config
    assert set(params) == set(model.params)
    for name, array in model.params.items():
        assert array.dtype == params[name].dtype
        np.testing.assert_array_equal(array, params[name])


def test_the_file_is_plain_safetensors_with_the_config_beside_it():
    model = rnn.fit(Config(hidden=3, window=6, epochs=1), wave()).model
    content = weights_to_bytes(model)
    arrays = tensors.load(content)
    assert set(arrays) == {*model.params, "scaler.centre", "scaler.scale"}
    np.testing.assert_array_equal(arrays["scaler.centre"], model.framing.scaler.centre)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert json.loads(header["__metadata__"]["config"])["hidden"] == 3
    assert json.loads(header["__metadata__"]["names"]) == ["value"]


@pytest.mark.parametrize("member", [0, 2])
def test_as_a_state_dict_of_pytorch(member):
    config = Config(cell="gru", hidden=4, window=6, epochs=1, seeds=3, skip="mean")
    model = rnn.fit(config, wave()).model
    content = torch_to_bytes(model, member)
    expected = to_torch(model.config.replace(seeds=1), parted(model.params, 3)[member])
    found = tensors.load(content)
    assert set(found) == set(expected) and "rnn.weight_hh_l0" in found
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
    read, params = weights_from_bytes(content)
    assert read == config.replace(seeds=1)
    for name, array in parted(model.params, 3)[member].items():
        np.testing.assert_array_equal(params[name], array)
    with pytest.raises(ValueError, match="member=3 is not one of the 3 networks"):
        torch_to_bytes(model, 3)


def test_other_and_damaged_files_get_a_sentence():
    model = rnn.fit(Config(hidden=3, window=6, epochs=1), wave()).model
    content = weights_to_bytes(model)
    fit_file = rnn.export.fit_to_bytes(rnn.fit(Config(hidden=3, window=6, epochs=1), wave()))
    for wrong in (b"", b"hello", content[:-5], fit_file, tensors.save({"a": np.zeros(3)})):
        with pytest.raises(ValueError, match=r"my\.safetensors does not hold"):
            weights_from_bytes(wrong, "my.safetensors")
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
    without = {name: array for name, array in tensors.load(content).items() if name != "readout.b"}
    with pytest.raises(ValueError, match=r"does not hold together as weights: .*readout\.b"):
        weights_from_bytes(tensors.save(without, header))
