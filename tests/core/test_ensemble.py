"""Seed ensembles: members are the single runs that they stand for, and their median is what is reported and forecast."""

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.ensemble import combined, joined, member_configs, parted
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.train import Trainer

SMALL = Config(hidden=6, window=8, epochs=3, batch=16, patience=None, validation=30)


@pytest.fixture
def series(rng) -> Series:
    values = np.sin(np.arange(160) / 3)[:, None] + 0.1 * rng.standard_normal((160, 1))
    return Series.from_values(values)


@pytest.mark.parametrize("changes", [{}, {"cell": "lstm", "layers": 2, "dropout": 0.3}, {"loss": "quantile"}], ids=str)
def test_each_member_is_the_run_of_its_own_seed(series, changes):
    config = SMALL.replace(seeds=3, **changes)
    together = Trainer(config, series)
    list(together.run())
    alone = []
    for member in member_configs(config):
        trainer = Trainer(member, series)
        list(trainer.run())
        alone.append(trainer)
    for trainer, params in zip(alone, parted(together.learner.params, 3), strict=True):
        for name, array in trainer.learner.params.items():
            assert np.array_equal(params[name], array), name
    starts = np.arange(20)
    found = together.learner.predict(starts)
    by_hand = np.median([trainer.learner.predict(starts) for trainer in alone], axis=0)
    assert np.array_equal(found, by_hand.astype(np.float32))


def test_the_first_member_keeps_the_seed_and_no_two_are_alike():
    seeds = [member.seed for member in member_configs(SMALL.replace(seeds=25, seed=7))]
    assert seeds[0] == 7
    assert len(set(seeds)) == 25
    assert seeds[:3] == [member.seed for member in member_configs(SMALL.replace(seeds=3, seed=7))]
    assert all(member.seeds == 1 for member in member_configs(SMALL.replace(seeds=4)))


def test_reported_losses_and_the_model_are_the_medians(series):
    config = SMALL.replace(seeds=3, dtype="float64")
    found = fit(config, series)
    network = found.model.network
    windows = np.stack([series.values[start : start + 8] for start in range(160 - 8)])[-30:]
    scaled = found.model.framing.prepare(windows.reshape(-1, 1)).reshape(30, 8, 1).swapaxes(0, 1)
    outputs = np.median([network.predict(params, scaled) for params in found.model.members], axis=0)
    predicted = found.model.framing.scaler.inverse(outputs, [0])
    assert found.model.predict(windows)[:, 0] == pytest.approx(predicted, rel=1e-12, abs=1e-12)
    error = float(np.sqrt(np.mean((predicted - series.values[-30:]) ** 2)))
    assert found.metrics["val_rmse"] == pytest.approx(error, rel=1e-12)
    assert found.history[int(found.metrics["best_epoch"]) - 1].val_rmse == pytest.approx(error, rel=1e-12)


def test_joined_and_parted_are_inverse():
    members = [{"layer0.W_h": np.full((2, 2), k), "readout.W": np.full((2, 1), k)} for k in range(12)]
    together = joined(members)
    assert len(together) == 24
    assert together["member11.readout.W"][0, 0] == 11
    for before, after in zip(members, parted(together, 12), strict=True):
        assert list(before) == list(after)
        assert all(np.array_equal(before[name], after[name]) for name in before)
    assert list(joined(members[:1])) == ["layer0.W_h", "readout.W"]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_combined_is_numpys_median(rng, count):
    outputs = [rng.standard_normal((300, 7)).astype(np.float32) for _ in range(count)]
    outputs[1][5, 5], outputs[0][7, 6], outputs[1][8], outputs[0][9, 0] = np.nan, np.inf, outputs[0][8], -np.inf
    before = [one.copy() for one in outputs]
    expected = np.median(np.stack(outputs), axis=0).astype(np.float32)
    assert np.array_equal(combined(outputs), expected, equal_nan=True)
    assert all(np.array_equal(one, kept, equal_nan=True) for one, kept in zip(outputs, before, strict=True))


def test_one_wild_member_does_not_move_the_median():
    calm = [np.array([[1.0, 2.0]]), np.array([[1.2, 2.2]]), np.array([[1e9, -1e9]])]
    assert combined(calm).tolist() == [[1.2, 2.0]]


def test_a_member_that_diverges_is_named(series):
    trainer = Trainer(SMALL.replace(seeds=2), series)
    trainer.learner.params["member1.layer0.W_h"][0, 0] = np.nan
    finished = list(trainer.run())[-1]
    assert finished.reason == "diverged"
    assert finished.parameter == "member1.layer0.W_h"
