"""Dropout between layers: what it silences, what it keeps, and when it is off."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.workspace import Workspace

CELLS = ["elman", "gru", "lstm"]


def workspace(cell: str, layers: int = 2, batch: int = 200) -> tuple[Network, Workspace]:
    config = Config(cell=cell, activation="tanh", layers=layers, hidden=8, window=10, dtype="float64")
    network = Network(config, 1, 1)
    rng = np.random.default_rng(0)
    work = Workspace(network, batch, params=network.flat(network.init(rng)))
    work.refresh()
    work.x[...] = rng.standard_normal(work.x.shape)
    return network, work


@pytest.mark.parametrize("cell", CELLS)
def test_the_share_is_silenced_and_the_mean_stays(cell):
    _, work = workspace(cell, layers=3)
    work.draw_dropout(np.random.default_rng(1), 0.3)
    assert len(work.masks) == 2
    for mask in work.masks:
        assert mask.shape == (10, 200, 8)
        assert set(np.unique(mask)) == {0.0, 1 / 0.7}
        assert np.mean(mask == 0) == pytest.approx(0.3, abs=0.02)
    assert not np.array_equal(*work.masks)
    work.forward()
    lower, upper = work.layers[0], work.layers[1]
    assert upper.x == pytest.approx(lower.states * work.masks[0], rel=1e-15)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_is_that_of_the_masked_network(cell):
    """Central differences with the same mask held fixed."""
    network, work = workspace(cell, batch=3)
    y = np.random.default_rng(2).standard_normal((3, 1))
    work.draw_dropout(np.random.default_rng(3), 0.5)

    def loss() -> float:
        work.refresh()
        return float(np.mean((work.forward() - y) ** 2))

    loss()
    work.backward(y, 3, add=False)
    gradients = {name: array.copy() for name, array in network.views(work.gradient).items()}
    for name, weights in work.weights.items():
        place = np.unravel_index(int(np.abs(gradients[name]).argmax()), weights.shape)
        kept = weights[place]
        weights[place] = kept + 1e-5
        above = loss()
        weights[place] = kept - 1e-5
        below = loss()
        weights[place] = kept
        assert gradients[name][place] == pytest.approx((above - below) / 2e-5, rel=1e-5), name


@pytest.mark.parametrize("cell", CELLS)
def test_predictions_are_made_by_the_whole_network(cell):
    config = Config(cell=cell, layers=2, dropout=0.5, hidden=8, window=6, epochs=2, patience=None, validation=20)
    trainer = Trainer(config, Series.from_values(np.sin(np.arange(120))))
    list(trainer.run())
    starts = np.arange(20)
    predicted = trainer.learner.predict(starts)
    assert np.array_equal(predicted, trainer.learner.predict(starts))
    x = trainer.framing.prepare(trainer.series.values)[starts + np.arange(6)[:, None]]
    assert predicted == pytest.approx(trainer.network.predict(trainer.learner.params, x), rel=1e-5, abs=1e-6)


def test_each_batch_and_epoch_draws_anew_and_every_run_the_same():
    config = Config(layers=2, dropout=0.5, hidden=8, window=6, batch=16, dtype="float64", validation=20)
    drawn = []
    for _ in range(2):
        trainer = Trainer(config, Series.from_values(np.sin(np.arange(120))))
        masks = []
        for epoch, batch in ((0, 0), (0, 1), (1, 0)):
            trainer.learner.update(epoch, batch, 1e-3, 1)
            (work,) = [one for one in trainer.learner._workspaces.values() if one.masks]
            masks.append(work.masks[0].copy())
        drawn.append(masks)
    assert all(np.array_equal(one, other) for one, other in zip(*drawn, strict=True))
    assert not np.array_equal(drawn[0][0], drawn[0][1])
    assert not np.array_equal(drawn[0][0], drawn[0][2])
