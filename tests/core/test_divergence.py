"""Runs that blow up: where and when is said, the last finite weights are kept, and NumPy does not warn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.events import Epoch, Finished, Preview
from rnn.core.fit import fit, train
from rnn.core.learner import Update
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.train import Trainer

SERIES = Series.from_values(np.sin(np.arange(60)))
WILD = Config(
    hidden=6, window=5, batch=8, epochs=200, validation=10, patience=None, optimiser="sgd", lr=3.0, clip="none",
    activation="relu",
)  # fmt: skip


def end_of(trainer: Trainer) -> tuple[list[Epoch], Finished, int]:
    """The epochs, the end, and how many batches were begun."""
    begun: list[int] = []
    events = list(trainer.run(lambda: bool(begun.append(1))))
    return [event for event in events if isinstance(event, Epoch)], events[-1], len(begun)


def first_overflow(config: Config) -> int:
    """The update, counted from 1, whose gradient norm or loss is the first that is not finite: the run replayed."""
    trainer = Trainer(config, SERIES)
    network = Network(config, 1, 1)
    params = {name: array.copy() for name, array in trainer.learner.params.items()}
    values = trainer.framing.scaler.transform(SERIES.values).astype(config.dtype)
    count = 0
    with np.errstate(all="ignore"):
        for epoch in range(config.epochs):
            order = np.random.default_rng([config.seed, epoch]).permutation(trainer.split.train)
            for first in range(0, len(order), config.batch):
                count += 1
                starts = order[first : first + config.batch]
                x = np.array([values[starts + t] for t in range(config.window)])
                loss, gradients = network.loss_and_gradients(params, x, values[starts + config.window])
                squares = sum(float(np.sum(np.square(array, dtype=np.float64))) for array in gradients.values())
                if not (math.isfinite(loss) and math.isfinite(squares)):
                    return count
                for name, gradient in gradients.items():
                    params[name] -= params[name].dtype.type(config.lr) * gradient
    return 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_a_rate_far_too_high(activation, dtype):
    config = WILD.replace(activation=activation, dtype=dtype, lr=30.0)
    trainer = Trainer(config, SERIES)
    epochs, finished, begun = end_of(trainer)
    assert finished.reason == "diverged"
    assert finished.last_finite_epoch == len(epochs)
    assert finished.best_epoch <= len(epochs)
    assert finished.parameter in trainer.network.shapes
    assert finished.step == begun == first_overflow(config)
    assert finished.last_finite_epoch == (finished.step - 1) // trainer.batches
    assert f"at step {finished.step}, in epoch {len(epochs) + 1}; {finished.parameter} had grown" in finished.message
    assert finished.message.endswith(f"The weights of epoch {finished.best_epoch} are kept.")
    assert all(
        math.isfinite(value) for epoch in epochs for value in (epoch.train_loss, epoch.val_loss, epoch.grad_norm)
    )


def test_the_weights_kept_are_those_of_the_best_finite_epoch():
    config = WILD.replace(lr=0.05, epochs=400)
    steady = Trainer(config.replace(epochs=3), SERIES)
    list(steady.run())
    trainer = Trainer(config, SERIES)

    def stop() -> bool:
        if trainer.state.epoch == 3:
            trainer.change(lr=100.0)
        return False

    events = list(trainer.run(stop))
    assert events[-1].reason == "diverged"
    assert events[-1].best_epoch == steady.state.best_epoch == 3
    assert events[-1].last_finite_epoch >= 3
    for name, array in trainer.model.params.items():
        assert array.tobytes() == steady.model.params[name].tobytes()
    assert trainer.metrics()["val_loss"] == steady.state.history[2].val_loss


def test_diverging_in_the_first_epoch_keeps_the_initial_weights():
    config = WILD.replace(lr=100.0, batch=1)
    found = fit(config, SERIES)
    assert found.finished.reason == "diverged"
    assert (found.finished.best_epoch, found.finished.last_finite_epoch, found.history) == (0, 0, [])
    for name, array in Trainer(config, SERIES).learner.params.items():
        assert found.model.params[name].tobytes() == array.tobytes()
    assert all(math.isfinite(value) for value in found.metrics.values())


def test_the_events_end_with_the_best_weights_preview():
    *_, preview, finished = train(WILD.replace(lr=100.0), SERIES)
    assert isinstance(preview, Preview)
    assert isinstance(finished, Finished)
    assert np.isfinite(preview.train).all()
    assert np.isfinite(preview.validation).all()


def test_an_overflow_after_the_last_batch_is_found_when_measuring():
    """One batch an epoch: its gradient is finite, but the weights after it are not fit to predict."""
    trainer = Trainer(WILD.replace(batch=100, epochs=3), SERIES)

    def overflowing(epoch, batch, lr, count):
        trainer.learner.params["layer0.b"][...] = 1e3
        trainer.learner.params["readout.W"][...] = 1e38
        return Update(1.0, False)

    trainer.learner.update = overflowing
    epochs, finished, begun = end_of(trainer)
    assert epochs == []
    assert (finished.reason, finished.last_finite_epoch, finished.step, begun) == ("diverged", 0, 1, 1)
    assert "loss is no longer a finite number at step 1, in epoch 1" in finished.message


def test_the_parameter_named_is_the_one_that_blew_up():
    trainer = Trainer(WILD.replace(lr=0.01), SERIES)
    trainer.learner.params["layer0.W_h"][0, 0] = np.nan
    _, finished, _ = end_of(trainer)
    assert (finished.parameter, finished.step) == ("layer0.W_h", 1)


def test_where_every_gradient_is_lost_at_once_it_is_the_one_that_had_grown_most():
    trainer = Trainer(WILD, SERIES)

    def lost(epoch, batch, lr, count):
        trainer.learner.gradient[...] = np.nan
        return Update(math.inf, False)

    trainer.learner.update = lost
    before = np.abs(trainer.learner.params["layer0.W_x"]).max()
    trainer.learner.params["layer0.W_x"] *= 1e6
    trainer.learner.params["readout.W"] *= 1e3
    _, finished, _ = end_of(trainer)
    assert finished.parameter == "layer0.W_x"
    assert before > 0.1
    assert "layer0.W_x had grown to 1e+06 times its initial size" in finished.message


@pytest.mark.parametrize("remedy", [{"lr": 0.1}, {"clip": "norm"}])
def test_the_remedies_offered_help(remedy):
    config = WILD.replace(lr=0.9, hidden=40, clip_at=0.1)
    assert fit(config, SERIES).finished.reason == "diverged"
    assert fit(config.replace(epochs=20, **remedy), SERIES).finished.reason == "done"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("clip", ["none", "norm", "value"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_however_it_ends_no_kept_weight_is_infinite(activation, clip, dtype):
    for lr in (0.3, 100.0):
        config = WILD.replace(activation=activation, clip=clip, dtype=dtype, lr=lr, epochs=12, clip_at=50.0)
        found = fit(config, SERIES)
        assert found.finished.reason in ("done", "diverged")
        assert all(np.isfinite(array).all() for array in found.model.params.values())
        assert all(np.isfinite(array).all() for array in found.state.best.values())
