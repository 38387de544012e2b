"""Training once more on all records, and the mean of a network with a line: against loops of their own."""

from __future__ import annotations

import numpy as np
import pytest

import rnn
from rnn.core.config import Config
from rnn.core.events import Finished
from rnn.core.fit import fit, fit_of
from rnn.core.model import Model
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer

PLAIN = Config(
    hidden=4, window=5, horizon=2, batch=8, epochs=6, lr=0.05, optimiser="sgd", clip="none", dtype="float64", validation=10,
    patience=100, refit=True, seed=3,
)  # fmt: skip
VALUES = np.sin(0.7 * np.arange(60)) + 0.02 * np.arange(60)
SERIES = Series.from_values(VALUES)


def by_hand(lr: float, epochs: int) -> dict[str, np.ndarray]:
    """The plainest loop: every window of the whole series, scaled by all of it, in an order drawn from seed and epoch."""
    scaled = (VALUES - VALUES.mean()) / VALUES.std()
    count = len(VALUES) - PLAIN.window - PLAIN.horizon + 1
    x = np.array([scaled[k : k + PLAIN.window] for k in range(count)])
    y = np.array([scaled[k + PLAIN.window : k + PLAIN.window + PLAIN.horizon] for k in range(count)])
    network = Network(PLAIN, 1, 1)
    params = network.init(np.random.default_rng(PLAIN.seed))
    for epoch in range(epochs):
        order = np.random.default_rng([PLAIN.seed, epoch]).permutation(count)
        for first in range(0, count, PLAIN.batch):
            batch = order[first : first + PLAIN.batch]
            _, gradients = network.loss_and_gradients(params, x[batch].T[:, :, None], y[batch])
            params = {name: array - lr * gradients[name] for name, array in params.items()}
    return params


@pytest.mark.parametrize("lr", [0.05, 0.4])
@pytest.mark.parametrize("patience", [100, None])
def test_it_is_a_training_on_every_window(patience, lr):
    """For as many epochs as were best, or all of them where the run may not stop early."""
    found = fit(PLAIN.replace(patience=patience, lr=lr), SERIES)
    best = found.finished.best_epoch
    assert (best < PLAIN.epochs) == (lr > 0.1)
    expected = by_hand(lr, best if patience else PLAIN.epochs)
    for name, array in found.final.params.items():
        np.testing.assert_allclose(array, expected[name], rtol=1e-9, atol=1e-12, err_msg=name)
    assert found.forecasting is found.final
    np.testing.assert_allclose(found.final.framing.scaler.centre, VALUES.mean())


def test_without_it_nothing_is_added():
    found = fit(PLAIN.replace(refit=False), SERIES)
    assert found.final is None and found.forecasting is found.model
    assert {name for name in found.state.to_arrays()[0] if name.startswith("final")} == set()


@pytest.mark.parametrize("skip", ["none", "linear", "mean"])
@pytest.mark.parametrize("asked", [1, 7, 60, 61, 75, 110])
def test_stopped_anywhere_and_taken_up_again_it_ends_with_the_same_bits(asked, skip):
    """`asked` counts the batches before the stop; from the 43rd on they are those of the training on all records."""
    config = PLAIN.replace(skip=skip, seeds=2, dropout=0.0)
    whole = fit(config, SERIES)
    trainer, count = Trainer(config, SERIES), iter(range(10_000))
    list(trainer.run(lambda: next(count) >= asked))
    state = TrainingState.from_arrays(*trainer.state.to_arrays())
    trainer = Trainer(config, SERIES, state)
    (finished,) = [event for event in trainer.run() if isinstance(event, Finished)]
    again = fit_of(trainer, finished)
    assert finished == whole.finished
    for one, other in ((again.model, whole.model), (again.final, whole.final)):
        assert {name: array.tobytes() for name, array in one.params.items()} == {
            name: array.tobytes() for name, array in other.params.items()
        }


def test_a_run_that_goes_on_is_refitted_anew():
    """More epochs after the end: the final weights are those of a run that had so many from the start."""
    short = fit(PLAIN, SERIES)
    longer = fit(PLAIN.replace(epochs=9), SERIES, resume=short)
    straight = fit(PLAIN.replace(epochs=9), SERIES)
    assert straight.finished.best_epoch > 6
    for name, array in straight.final.params.items():
        np.testing.assert_array_equal(array, longer.final.params[name])


def test_a_saved_fit_keeps_its_final_model(tmp_path):
    found = fit(PLAIN.replace(skip="mean"), SERIES)
    rnn.save(found, tmp_path / "fit")
    loaded = rnn.load(tmp_path / "fit")
    np.testing.assert_array_equal(
        loaded.final.predict(VALUES[None, -5:, None]), found.final.predict(VALUES[None, -5:, None])
    )


def test_many_series_are_all_learnt_from():
    """One too short to be split, yet long enough for a window, takes part in the second training."""
    many = Series.joined([SERIES, Series.from_values(VALUES[:12])], ("long", "short"))
    found = fit(PLAIN, many)
    alone = fit(PLAIN, Series.joined([SERIES], ("long",)))
    for name, array in found.model.params.items():
        np.testing.assert_array_equal(array, alone.model.params[name])
    assert any((array != alone.final.params[name]).any() for name, array in found.final.params.items())


def test_the_mean_with_a_line_is_the_mean_of_two_forecasts():
    """Of the network as it was trained, and of the ridge solution by itself."""
    config = PLAIN.replace(skip="mean", refit=False, optimiser="adam", lr=0.01, epochs=22)
    values = [0.3]
    while len(values) < 150:
        values.append(3.8 * values[-1] * (1 - values[-1]))  # no line follows the logistic map
    series = Series.from_values(values)
    trainer = Trainer(config, series)
    list(trainer.run())
    assert trainer.state.best_epoch == config.epochs
    windows = np.stack([series.values[k : k + 5] for k in range(40, 50)])
    network = Model(config, trainer.state.params, trainer.framing).predict(windows)
    line = Trainer(config.replace(skip="linear"), series).model.predict(windows)
    np.testing.assert_allclose(trainer.model.predict(windows), (network + line) / 2, rtol=1e-9)
    assert np.abs(network - line).max() > 1e-3
