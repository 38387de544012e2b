"""The engine against PyTorch: outputs, losses, gradients and training paths, from the files in tests/golden."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.losses import LOSSES
from rnn.core.network import Network
from rnn.core.optimisers import OPTIMISERS, Settings
from tests.golden import FOLDER, Golden, names, read

INPUTS, TARGETS = 3, 2
FILES = ("passes.npz", "paths.npz", "moved.npz")
KINDS = {
    "tanh": {"cell": "elman", "activation": "tanh"},
    "relu": {"cell": "elman", "activation": "relu"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
}


@pytest.fixture(scope="module")
def passes() -> Golden:
    return read("passes.npz")


@pytest.fixture(scope="module")
def paths() -> Golden:
    return read("paths.npz")


def distance(found, expected) -> float:
    """The largest difference, relative to the largest entry of what is expected."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert np.isfinite(found).all()
    return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))


def assert_close(found, expected, limit: float) -> None:
    """Arrays by name, each entry within `limit` of its own array's largest."""
    assert found.keys() == expected.keys()
    apart = {name: distance(found[name], array) for name, array in expected.items()}
    worst = max(apart, key=apart.__getitem__)
    assert apart[worst] <= limit, f"{worst} is {apart[worst]:.2g} apart, {limit:g} is allowed"


@pytest.mark.parametrize("tile", [None, 2], ids=["whole", "tiles"])
@pytest.mark.parametrize("case", names("passes.npz"))
def test_a_pass_as_in_pytorch(passes, case, tile):
    """From a non-zero state: outputs, loss and the gradients of all parameters and inputs to 1e-12; also where the five
    windows pass through in tiles of at most two."""
    config, given = passes.config(case), passes.group(case)
    params, state = passes.group(f"{case}/params"), passes.group(f"{case}/state")
    x, y, outputs = given["x"], given["y"], given["outputs"]
    network = Network(config, INPUTS, TARGETS)
    network.tile = tile or network.tile

    levels = network.predict_levels(params, x, state=state)
    assert distance(levels.reshape(outputs.shape), outputs) <= 1e-12
    # Of the levels 0.1, 0.2, 0.55, 0.9 the third is the nearest to the middle.
    point = outputs[:, 2::4] if config.loss == "quantile" else outputs
    assert distance(network.predict(params, x, state=state), point) <= 1e-12

    loss, gradients = network.loss_and_gradients(params, x, y, state=state)
    assert loss == pytest.approx(float(given["loss"]), rel=1e-12, abs=0)
    gradients["x"] = network.input_gradients(params, x, y, state=state)
    assert_close(gradients, passes.group(f"{case}/gradients"), 1e-12)


def walk(config: Config, start: dict[str, np.ndarray], batches, steps: int):
    """Training by hand on the public parts; yields (loss before the update, weights after it)."""
    network, optimiser = Network(config, INPUTS, TARGETS), OPTIMISERS[config.optimiser]
    vector = network.flat(start)
    state, work = optimiser.init(network.size, vector.dtype), np.empty_like(vector)
    for count in range(1, steps + 1):
        x, y = batches[(count - 1) % len(batches)]
        loss, gradients = network.loss_and_gradients(network.views(vector), x, y)
        settings = Settings(
            lr=config.lr, count=count, momentum=config.momentum, nesterov=config.nesterov,
            weight_decay=config.weight_decay,
        )  # fmt: skip
        optimiser.step(vector, network.flat(gradients), state, settings, work)
        yield loss, network.views(vector)


@pytest.mark.parametrize("case", names("paths.npz"))
def test_a_training_path_as_in_pytorch(paths, case):
    """50 updates on batches of 5, 5, 5 and 3 windows: every loss, and the weights after 1, 10 and 50, to 1e-11."""
    given = paths.group("batches")
    batches = [(given[f"{k}/x"], given[f"{k}/y"]) for k in range(len(given) // 2)]
    losses = paths.arrays[f"{case}/losses"]
    found = []
    for loss, weights in walk(paths.config(case), paths.group(f"{case}/step0"), batches, len(losses)):
        found.append(loss)
        if len(found) in (1, 10, 50):
            assert_close(weights, paths.group(f"{case}/step{len(found)}"), 1e-11)
    assert len(found) == 50
    np.testing.assert_allclose(found, losses, rtol=1e-11, atol=0)


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_of_the_script_beside_it(file):
    """A script that was changed without making its file anew would prove something else than it says."""
    meta = read(file).meta
    script = FOLDER / meta["script"]
    assert hashlib.sha256(script.read_bytes()).hexdigest() == meta["sha256"], (
        f"{script.name} has changed since it made {file}; run it again (see tests/golden/README.md)."
    )
    stated = re.search(r"PyTorch (\d+\.\d+\.\d+)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert stated is not None and meta["torch"].split("+")[0] == stated[1]


def test_every_cell_and_loss_has_its_passes(passes):
    assert {kind["cell"] for kind in KINDS.values()} == set(CELLS)
    assert {fields["loss"] for fields in passes.fields.values()} == set(LOSSES)
    for kind in KINDS:
        needed = [f"{kind}-1-{loss}" for loss in LOSSES]
        for layers in (1, 2):
            needed += [f"{kind}-{layers}-mse{rest}" for rest in ("", "-truncate1", "-truncate3", "-no-bias")]
        assert set(needed) <= passes.fields.keys()


def test_every_optimiser_has_its_paths(paths):
    """Every optimiser × cell × layers, momentum with and without Nesterov's, Adam with and without weight decay."""
    found = set()
    for fields in paths.fields.values():
        kind = next(name for name, kind in KINDS.items() if kind.items() <= fields.items())
        choices = (fields.get("nesterov", False), fields.get("weight_decay", 0.0))
        found.add((kind, fields["layers"], fields["optimiser"], *choices))
    plain = [(name, False, 0.0) for name in OPTIMISERS]
    assert found == {
        (kind, layers, *variant)
        for kind in KINDS
        for layers in (1, 2)
        for variant in [*plain, ("momentum", True, 0.0), ("adam", False, 0.01)]
    }


def test_the_files_stay_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.npz")) < 3e6
