"""What training reports, recomputed from the weights by the naive forward pass and plain loops."""

from __future__ import annotations

import math
from itertools import chain

import numpy as np
import pytest

from rnn.core.article import PRINTED, article_series
from rnn.core.config import PRESETS, Config
from rnn.core.events import Epoch, Finished, Preview
from rnn.core.fit import fit, train
from rnn.core.gradient_check import naive_outputs
from rnn.core.learner import Update
from rnn.core.series import Series
from rnn.core.train import Trainer

CONFIG = Config(
    activation="tanh", hidden=6, window=7, horizon=2, batch=8, epochs=6, validation=15, patience=None, dtype="float64"
)


def wave(rows: int = 80) -> Series:
    """Two inputs, both targets, in the other order; far from mean 0 and deviation 1."""
    k = np.arange(rows)
    values = np.column_stack([300 + 40 * np.sin(k), 0.02 * np.cos(0.4 * k)])
    return Series.from_values(values, names=["power", "angle"], targets=["angle", "power"])


def errors(trainer: Trainer, params, first: int, count: int) -> tuple[float, float]:
    """Mean squared error (scaled) and RMSE (original units) of `count` windows from `first` on, by loops."""
    series, config = trainer.series, trainer.config
    fitted_on = series.values[: trainer.split.train + config.window + config.horizon - 1]
    centre, scale = fitted_on.mean(axis=0), fitted_on.std(axis=0)
    scaled_squares, squares = [], []
    for start in range(first, first + count):
        window = (series.values[start : start + config.window] - centre) / scale
        y_hat = naive_outputs(config, params, window[:, None, :])[0].tolist()
        for ahead in range(config.horizon):
            for target in series.targets:
                column = series.names.index(target)
                actual = series.values[start + config.window + ahead, column]
                predicted = y_hat.pop(0)
                scaled_squares.append((predicted - (actual - centre[column]) / scale[column]) ** 2)
                squares.append((predicted * scale[column] + centre[column] - actual) ** 2)
    return sum(scaled_squares) / len(scaled_squares), math.sqrt(sum(squares) / len(squares))


def epochs_of(trainer: Trainer, **options) -> list[Epoch]:
    return [event for event in trainer.run(**options) if isinstance(event, Epoch)]


def test_both_losses_are_the_weights_of_the_epochs_end():
    """On one basis: the same loss, the whole of each part, the weights as the epoch left them."""
    trainer = Trainer(CONFIG, wave())
    seen = 0
    for event in trainer.run():
        if not isinstance(event, Epoch):
            continue
        seen += 1
        loss, rmse = errors(trainer, trainer.learner.params, 0, 80 - 7 - 1 - 15 - 1)
        assert event.train_loss == pytest.approx(loss, rel=1e-6)
        assert event.train_rmse == pytest.approx(rmse, rel=1e-6)
        loss, rmse = errors(trainer, trainer.learner.params, 80 - 7 - 1 - 15, 15)
        assert event.val_loss == pytest.approx(loss, rel=1e-6)
        assert event.val_rmse == pytest.approx(rmse, rel=1e-6)
        assert (event.epoch, event.lr) == (seen, CONFIG.lr)
        assert event.seconds > 0
    assert seen == CONFIG.epochs


def test_the_kept_weights_are_those_of_the_best_epoch():
    config = CONFIG.replace(optimiser="sgd", lr=2.0, epochs=40, clip_at=0.5)
    found = fit(config, wave())
    best = found.finished.best_epoch
    losses = [epoch.val_loss for epoch in found.history]
    assert losses[best - 1] == min(losses)
    assert best < len(losses)
    trainer = Trainer(config, wave())
    loss, rmse = errors(trainer, found.model.params, 80 - 7 - 1 - 15, 15)
    assert found.history[best - 1].val_loss == pytest.approx(loss, rel=1e-9)
    assert found.metrics["val_loss"] == pytest.approx(loss, rel=1e-9)
    assert found.metrics["val_rmse"] == pytest.approx(rmse, rel=1e-9)
    assert found.metrics["train_loss"] == pytest.approx(found.history[best - 1].train_loss, rel=1e-9)
    assert found.metrics["best_epoch"] == best


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_is_counted_from_the_best_epoch(patience):
    config = CONFIG.replace(optimiser="sgd", lr=2.0, epochs=60, clip_at=0.5, patience=patience)
    found = fit(config, wave())
    assert found.finished.reason == "early-stop"
    assert len(found.history) == found.finished.best_epoch + patience
    losses = [epoch.val_loss for epoch in found.history]
    for epoch in range(1, len(losses)):  # no earlier epoch had waited so long
        assert epoch - (1 + losses.index(min(losses[:epoch]))) < patience
    without = [epoch.val_loss for epoch in fit(config.replace(patience=None), wave()).history]
    assert without[: len(losses)] == losses
    assert len(without) == 60


def test_the_gradient_norm_is_before_clipping_and_the_share_is_of_batches():
    """One batch an epoch, plain SGD: the step is lr times the gradient, clipped to length 0.01."""
    config = CONFIG.replace(batch=100, epochs=1, optimiser="sgd", lr=0.5, clip="norm", clip_at=0.01)
    lengths = {}
    for clip in ("none", "norm"):
        trainer = Trainer(config.replace(clip=clip), wave())
        before = trainer.learner.vector.copy()
        (epoch,) = epochs_of(trainer)
        lengths[clip] = np.linalg.norm(trainer.learner.vector - before) / 0.5
        assert epoch.clipped == (clip == "norm")
        assert epoch.grad_norm == pytest.approx(lengths["none"], rel=1e-9)
    assert lengths["norm"] == pytest.approx(0.01, rel=1e-9)
    assert lengths["none"] > 0.1


def test_over_several_batches_the_norm_is_their_mean_and_the_share_is_counted():
    trainer = Trainer(CONFIG.replace(epochs=2, clip_at=1.5), wave())
    updates: list[Update] = []
    update = trainer.learner.update

    def recorded(epoch, batch, lr, count):
        updates.append(update(epoch, batch, lr, count))
        return updates[-1]

    trainer.learner.update = recorded
    epochs, batches = epochs_of(trainer), trainer.batches
    for k, epoch in enumerate(epochs):
        part = updates[k * batches : (k + 1) * batches]
        assert epoch.grad_norm == pytest.approx(sum(found.grad_norm for found in part) / batches, rel=1e-12)
        assert epoch.clipped == sum(found.grad_norm > 1.5 for found in part) / batches
    assert {found.clipped for found in updates} == {True, False}


def test_each_epoch_takes_every_training_window_once_in_an_order_of_its_own():
    trainer = Trainer(CONFIG, wave())
    taken: list[list[int]] = []
    update = trainer.learner.update

    def recorded(epoch, batch, lr, count):
        taken.append(trainer.learner.batch_starts(epoch, batch).tolist())
        return update(epoch, batch, lr, count)

    trainer.learner.update = recorded
    epochs_of(trainer)
    assert trainer.batches == math.ceil(trainer.split.train / 8)
    orders = [list(chain(*taken[k : k + trainer.batches])) for k in range(0, len(taken), trainer.batches)]
    assert len(orders) == CONFIG.epochs
    assert all(sorted(order) == list(range(trainer.split.train)) for order in orders)
    assert len({tuple(order) for order in orders}) == CONFIG.epochs


def test_previews_are_predictions_in_original_units():
    config, series = CONFIG.replace(epochs=1), wave()
    events = list(train(config, series))
    preview, last, finished = events[1:]
    assert (type(preview), type(last), type(finished)) == (Preview, Preview, Finished)
    trainer = Trainer(config, series)
    epochs_of(trainer)
    for found in (preview, last):
        assert found.epoch == 1
        assert found.train.dtype == found.validation.dtype == np.float64
        for part, first in ((found.train, 0), (found.validation, trainer.split.first_validation_window)):
            windows = np.array([series.values[start : start + 7] for start in range(first, first + len(part))])
            assert part.shape == (len(windows), 2, 2)
            assert part == pytest.approx(trainer.model.predict(windows), rel=1e-6)
    # Window w predicts rows w + 7 and w + 8; a trained network should be nearer to those than to the rows before.
    assert np.abs(trainer.model.predict(windows)[:, 0, 1] - 300).max() < 200


def test_it_learns_and_beats_the_last_value():
    series = Series.from_values(np.sin(np.arange(160)))
    found = fit(Config(hidden=16, window=10, batch=8, epochs=25, lr=1e-2), series)
    losses = [epoch.train_loss for epoch in found.history]
    assert losses[-1] < losses[0] / 20
    split = Trainer(found.config, series).split
    actual = series.values[split.validation_rows(), 0]
    naive = math.sqrt(np.mean((actual - series.values[split.validation_rows().start - 1 : -1, 0]) ** 2))
    assert found.metrics["val_rmse"] < naive / 5


def test_the_corrected_article_reaches_its_goal():
    found = fit(PRESETS["article-corrected"], article_series())
    assert len(found.history) <= 25
    rmse = found.history[found.finished.best_epoch - 1].val_rmse
    assert rmse <= 0.001
    values = article_series().values
    windows = np.array([values[start : start + 50] for start in range(100, 150)])
    predicted = naive_outputs(found.config, found.model.params, windows.transpose(1, 0, 2))
    assert math.sqrt(np.mean((predicted - values[150:]) ** 2)) == pytest.approx(rmse, rel=1e-3)


def test_the_published_article_trains_like_any_run():
    found = fit(PRESETS["article"].replace(epochs=5), article_series())
    for epoch in found.history:
        assert epoch.train_loss == pytest.approx(PRINTED[epoch.epoch][0], abs=5e-9)
        assert epoch.val_loss == pytest.approx(PRINTED[epoch.epoch][1], abs=5e-9)
        assert epoch.clipped > 0
    assert found.finished == Finished("done", 5)


def test_epochs_lowered_before_the_first_batch_of_an_epoch_end_the_run_there():
    trainer = Trainer(CONFIG, wave())

    def stop() -> bool:
        if trainer.state.epoch == 2 and trainer.state.batch == 0:
            trainer.change(epochs=2)
        return False

    events = list(trainer.run(stop))
    assert events[-1].reason == "done"
    assert [event.epoch for event in events if isinstance(event, Epoch)] == [1, 2]
    assert trainer.state.epoch == trainer.config.epochs == 2
