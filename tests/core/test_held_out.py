"""The test part is measured once, at the end; only a leak that is asked for brings later rows into the weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.events import Epoch, Preview
from rnn.core.fit import fit, train
from rnn.core.learner import GradientLearner
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.windows import split_windows

CONFIG = Config(
    hidden=5, window=6, horizon=2, batch=8, epochs=4, validation=12, test=9, gap=2, patience=None, dtype="float64"
)
EVERYTHING = [
    {},
    {"scaling": "minmax", "skip": "linear"},
    {"scaling": "window", "season": 3, "residual": "last"},
    {"difference": "first", "log": True, "seeds": 2},
    {"skip": "mean", "residual": "seasons", "season": 3, "refit": True},
]


def wave(rows: int = 90) -> Series:
    k = np.arange(rows)
    return Series.from_values(np.column_stack([30 + 4 * np.sin(k) + 0.1 * k, 8 + np.cos(0.4 * k)]))


def changed(series: Series, first: int) -> Series:
    """The same records up to `first`, and others in another order from there on."""
    values = series.values.copy()
    values[first:] = 3 * np.random.default_rng(1).permutation(values[first:]) + 1
    return Series(series.times, values, series.names, series.targets)


def weights(config: Config, series: Series) -> bytes:
    trainer = Trainer(config, series)
    list(trainer.run())
    return b"".join(array.tobytes() for array in trainer.state.params.values())


@pytest.mark.parametrize("part", ["validation", "test"])
def test_only_the_training_on_all_records_sees_what_was_kept_back(part):
    """Other values in validation or test: the weights that are trained and the scaler are the same to the bit, and so are
    those of every epoch; the final model is another one."""
    config, series = CONFIG.replace(refit=True, skip="linear", epochs=1), wave()
    split = split_windows(config, len(series))
    first = split.seen_rows if part == "validation" else split.test_records.start
    before, after = fit(config, series), fit(config, changed(series, first))
    assert params_of(before.state.params) == params_of(after.state.params)
    for one, other in ((before.model.framing, after.model.framing),):
        assert one.scaler.centre.tobytes() == other.scaler.centre.tobytes()
        assert one.scaler.scale.tobytes() == other.scaler.scale.tobytes()
    assert before.final is not None and after.final is not None
    assert before.final.framing.scaler.centre.tobytes() != after.final.framing.scaler.centre.tobytes()
    assert params_of(before.final.params) != params_of(after.final.params)
    if part == "test":
        assert params_of(before.model.params) == params_of(after.model.params)


def params_of(params) -> bytes:
    return b"".join(params[name].tobytes() for name in sorted(params))


@pytest.mark.parametrize("options", EVERYTHING, ids=str)
def test_what_comes_after_the_training_part_never_reaches_the_weights(options):
    """Validation and test rows as they are, or shuffled and three times as large: the same weights after the same epochs.
    Where the scaler is fitted on all rows they differ, which is the leak."""
    config, series = CONFIG.replace(**options), wave()
    seen = split_windows(config, len(series)).seen_rows
    before = weights(config, series)
    assert weights(config, changed(series, seen)) == before
    assert weights(config, changed(series, seen - 1)) != before
    leaky = config.replace(scaler_rows="all")
    assert weights(leaky, series) != before
    for first in (seen, split_windows(config, len(series)).test_records.start):
        assert weights(leaky, changed(series, first)) != weights(leaky, series)


def test_test_rows_change_nothing_but_the_test_error():
    """Not the epochs, not the early stop, not the best weights, not the validation error; only what is measured last."""
    config, series = CONFIG.replace(patience=2, epochs=30, lr=0.05), wave()
    other = changed(series, split_windows(config, len(series)).test_records.start)
    one, two = fit(config, series), fit(config, other)
    assert [(e.train_loss, e.val_loss, e.val_rmse) for e in one.history] == [
        (e.train_loss, e.val_loss, e.val_rmse) for e in two.history
    ]
    assert one.finished == two.finished and one.finished.reason == "early-stop"
    assert {key for key in one.metrics if one.metrics[key] != two.metrics[key]} == {
        "test_loss",
        "test_rmse",
        "test_mae",
    }


def test_the_scaler_of_a_leak_is_fitted_on_every_row():
    series = wave()
    leaky = Trainer(CONFIG.replace(scaler_rows="all"), series).framing.scaler
    assert leaky.rows == 90
    assert leaky.centre == pytest.approx(series.values.mean(axis=0), rel=1e-14)
    honest = Trainer(CONFIG, series).framing.scaler
    seen = split_windows(CONFIG, 90).seen_rows
    assert honest.rows == seen == 90 - (9 + 1 + 2) - (12 + 1 + 2)
    assert honest.centre == pytest.approx(series.values[:seen].mean(axis=0), rel=1e-14)


def test_the_floor_of_a_window_is_part_of_the_leak():
    """With scaling by window the least scale comes from what is usual: in the training rows, or with a leak in all."""
    config, series = CONFIG.replace(scaling="window"), wave()
    later = changed(series, split_windows(config, 90).seen_rows)
    least = [Trainer(config, one).framing.least.tolist() for one in (series, later)]
    leaky = [Trainer(config.replace(scaler_rows="all"), one).framing.least.tolist() for one in (series, later)]
    assert least[0] == least[1] and leaky[0] != leaky[1]


def test_the_test_error_by_hand():
    found = fit(CONFIG, wave())
    series, config = found.series, found.config
    squares, sizes = [], []
    for first in range(90 - 9 - 1, 90 - 1):  # the nine windows that predict two records each, to the last one
        predicted = found.model.predict(series.values[None, first - config.window : first])[0]
        wrong = predicted - series.values[first : first + 2]
        squares += np.square(wrong).ravel().tolist()
        sizes += np.abs(wrong).ravel().tolist()
    assert len(squares) == 9 * 2 * 2
    assert found.metrics["test_rmse"] == pytest.approx(math.sqrt(sum(squares) / len(squares)), rel=1e-12)
    assert found.metrics["test_mae"] == pytest.approx(sum(sizes) / len(sizes), rel=1e-12)
    assert "test_rmse" not in fit(config.replace(test=0), series).metrics


def test_only_the_last_preview_shows_the_test_part():
    events = list(train(CONFIG, wave()))
    previews = [event for event in events if isinstance(event, Preview)]
    assert [preview.test is None for preview in previews] == [True] * (len(previews) - 1) + [False]
    assert previews[-1].test.shape == (9, 2, 2)
    assert all(
        preview.test is None for preview in train(CONFIG.replace(test=0), wave()) if isinstance(preview, Preview)
    )


def test_no_window_of_the_test_part_is_predicted_while_it_trains(monkeypatch):
    """Every window that a learner is asked about before the run is over lies before the test part."""
    asked: list[int] = []
    predict = GradientLearner.predict

    def watched(self, starts):
        asked.append(int(starts.max()))
        return predict(self, starts)

    monkeypatch.setattr(GradientLearner, "predict", watched)
    trainer = Trainer(CONFIG, wave())
    epochs = [event for event in trainer.run() if isinstance(event, Epoch)]
    assert len(epochs) == 4 and len(asked) == 8
    assert max(asked) == trainer.split.first_test_window - trainer.split.gap - 1
    trainer.metrics()
    assert max(asked) == len(wave()) - CONFIG.window - CONFIG.horizon


def test_a_gap_and_a_test_part_move_nothing_into_the_training_part():
    """A run with a test part is the run on the series without those records, bit for bit."""
    config, series = CONFIG.replace(gap=0), wave()
    shorter = Series.from_values(series.values[: split_windows(config, 90).validation_records.stop])
    one, two = fit(config, series), fit(config.replace(test=0), shorter)
    assert [(e.train_loss, e.val_loss) for e in one.history] == [(e.train_loss, e.val_loss) for e in two.history]
    for name, array in one.model.params.items():
        assert np.array_equal(array, two.model.params[name])
