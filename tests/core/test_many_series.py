"""One network across many series: trained, resumed, measured; and a series of one, which is what it was before."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.core.windows import split_windows
from tests.core.many_series import three, wave

CONFIG = Config(hidden=5, window=6, horizon=2, batch=8, epochs=3, validation=0.2, test=4, gap=1, lr=0.01, patience=None)
OPTIONS = [
    {},
    {"scaling": "window", "residual": "last", "season": 3},
    {"skip": "linear", "loss": "quantile", "scaling": "minmax"},
    {"difference": "first", "log": True, "seeds": 2, "scaler_rows": "all"},
    {"cell": "lstm", "layers": 2, "dropout": 0.2, "dtype": "float64"},
]


def numbers(found) -> list[tuple[float, ...]]:
    return [(e.train_loss, e.val_loss, e.train_rmse, e.val_rmse, e.grad_norm) for e in found.history]


def panel(*parts: Series) -> Series:
    return Series.joined(parts, [f"s{number}" for number in range(len(parts))])


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_many_of_one_is_the_series_itself_bit_for_bit(options):
    config, series = CONFIG.replace(**options), wave(90, 3.0, columns=2)
    one, many = fit(config, series), fit(config, panel(series))
    assert numbers(one) == numbers(many)
    assert one.metrics == many.metrics
    for name, array in one.model.params.items():
        assert np.array_equal(array, many.model.params[name]), name
    windows = series.values[np.arange(5)[:, None] + np.arange(config.reach)]
    assert np.array_equal(one.model.predict(windows), many.model.predict(windows))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_equal_series_of_whatever_size_are_predicted_alike(options):
    """Two identical parts get identical predictions; so does one a thousand times as large, scaled back, where no exact
    threshold is met."""
    series = wave(70)
    larger = Series(series.times, series.values * 1024, series.names, series.targets)
    config = CONFIG.replace(**{**options, "dtype": "float64"})
    trainer = Trainer(config, panel(series, series, larger))
    list(trainer.run())
    one, two, three_ = (trainer.split.preview_of(trainer.preview_best(), f"s{k}") for k in range(3))
    for part in ("train", "validation", "test"):
        assert np.array_equal(getattr(one, part), getattr(two, part))
        assert getattr(three_, part) == pytest.approx(1024 * getattr(one, part), rel=1e-6)


@pytest.mark.parametrize("options", OPTIONS[:4], ids=str)
def test_no_record_after_the_training_parts_reaches_the_weights(options):
    config, series = CONFIG.replace(**{**options, "scaler_rows": "train"}), three()

    def weights(values: np.ndarray) -> bytes:
        changed = Series(series.times, values, series.names, series.targets, lengths=series.lengths, ids=series.ids)
        trainer = Trainer(config, changed)
        list(trainer.run())
        return b"".join(array.tobytes() for array in trainer.state.params.values())

    before, later, seen = weights(series.values), series.values.copy(), series.values.copy()
    for part in series.parts:
        rows = split_windows(config, part.stop - part.start).seen_rows
        later[part.start + rows : part.stop] *= 1.7
    seen[80 + split_windows(config, 60).seen_rows - 1] *= 1.7
    assert weights(later) == before
    assert weights(seen) != before


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_it_goes_on_from_any_batch_with_the_same_bits(options):
    config, series = CONFIG.replace(**options), three()
    whole = Trainer(config, series)
    list(whole.run())
    first = Trainer(config, series)
    asked = iter([False] * (first.batches + 2) + [True])
    list(first.run(lambda: next(asked)))
    resumed = Trainer(config, series, TrainingState.from_arrays(*first.state.to_arrays()))
    list(resumed.run())
    assert numbers(whole.state)[1:] == numbers(resumed.state)[1:]
    for name, array in whole.state.params.items():
        assert np.array_equal(array, resumed.state.params[name]), name


def test_a_batch_mixes_the_windows_of_all_series():
    trainer = Trainer(CONFIG.replace(batch=64), three())
    order = np.concatenate([trainer.learner.batch_starts(0, batch) for batch in range(trainer.batches)])
    assert sorted(order.tolist()) == trainer.split.train_starts.tolist()
    assert set(trainer.framing.layout.at(order[:64]).tolist()) == {0, 1, 2}


def test_errors_by_hand_in_each_ones_usual_step():
    """Windows of every series predicted one by one, each error divided by the root mean square of the changes that training
    sees of its series; the loss in each one's scaled units."""
    series, config = three(), CONFIG.replace(dtype="float64")
    found = fit(config, series)
    for part in ("train", "val", "test"):
        squares, sizes, losses = [], [], []
        for number, id_ in enumerate(series.ids):
            values = series.part(id_).values[:, 0]
            split = split_windows(config, len(values))
            changes = np.diff(values[: split.seen_rows])
            unit, scale = math.sqrt(np.mean(changes**2)), found.model.framing.scaler.scale[number, 0]
            starts = {"train": split.train_starts, "val": split.validation_starts, "test": split.test_starts}[part]
            for start in starts:
                predicted = found.model.predict(values[None, start : start + 6, None], numbers=number)[0, :, 0]
                wrong = predicted - values[start + 6 : start + 8]
                squares += ((wrong / unit) ** 2).tolist()
                sizes += np.abs(wrong / unit).tolist()
                losses += ((wrong / scale) ** 2).tolist()
        assert found.metrics[f"{part}_rmse"] == pytest.approx(math.sqrt(np.mean(squares)), rel=1e-9)
        assert found.metrics[f"{part}_mae"] == pytest.approx(np.mean(sizes), rel=1e-9)
        assert found.metrics[f"{part}_loss"] == pytest.approx(np.mean(losses), rel=1e-9)


def test_a_series_too_short_is_left_out_and_can_still_be_asked_about():
    """The weights are those of the others alone; its own scaler is fitted on all of it."""
    short = wave(9, 40.0, 5)
    with_it, without = (
        fit(CONFIG, panel(wave(80), short, wave(70, 9.0, 1))),
        fit(CONFIG, panel(wave(80), wave(70, 9.0, 1))),
    )
    assert numbers(with_it) == numbers(without)
    for name, array in with_it.model.params.items():
        assert np.array_equal(array, without.model.params[name])
    framing = with_it.model.of("s1").framing
    assert framing.scaler.centre == pytest.approx(short.values.mean(axis=0), rel=1e-12)
    assert with_it.model.predict(short.values[None, -6:], numbers=1)[0] == pytest.approx(
        with_it.model.of("s1").predict(short.values[None, -6:])[0], rel=1e-12
    )


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax", "window"])
def test_static_columns_tell_the_series_apart(scaling):
    """Two series that look alike where they are read and part ways after it: only what is static can tell them apart, so
    it must not be scaled away within each of them. Both have the same mean, deviation and bounds in training."""
    k = np.arange(120)
    half, place = 1 - 2 * (k // 8 % 2), k % 8
    up, down = (half * np.where(place == 7, side * 4.0, np.where(place < 3, 3.0, -1.0)) for side in (1, -1))
    parts = [Series(k, np.column_stack([values, np.full(120, side)]), ("y", "side"), ("y",), static=("side",))
             for values, side in ((up, 3.0), (down, 5.0))]  # fmt: skip
    blind = [Series(one.times, one.values[:, :1], ("y",), ("y",)) for one in parts]
    config = Config(
        hidden=16,
        window=7,
        batch=16,
        epochs=60,
        scaling=scaling,
        lr=0.01,
        activation="tanh",
        patience=None,
        validation=24,
    )
    told, untold = fit(config, panel(*parts)), fit(config, panel(*blind))
    assert told.metrics["val_rmse"] < 0.6 * untold.metrics["val_rmse"]


def test_which_series_a_window_is_of_must_be_said():
    found = fit(CONFIG.replace(epochs=1), three())
    windows = three().values[None, :6]
    with pytest.raises(ValueError, match=r"trained on 3 series, each scaled by itself; say with `numbers`"):
        found.model.predict(windows)
    with pytest.raises(ValueError, match=r"numbers must be from 0 to 2, got 3 to 3\."):
        found.model.predict(windows, numbers=3)
    with pytest.raises(ValueError, match="id='east' is not one of the 3 series"):
        found.of("east")
    assert found.model.ids == ("north", "south", "west")


def test_a_log_needs_values_above_zero_in_every_series():
    series = panel(wave(60), Series.from_values(wave(60).values - 10, names=("c0",)))
    with pytest.raises(ValueError, match=r"above zero|logarithm"):
        Trainer(CONFIG.replace(log=True), series)


def test_one_epoch_sees_every_training_window():
    trainer = Trainer(CONFIG.replace(epochs=1), three())
    events = [event for event in trainer.run() if isinstance(event, Epoch)]
    assert len(events) == 1 and trainer.state.count == -(-trainer.split.train // 8)


@pytest.mark.parametrize("difference", ["none", "first"])
@pytest.mark.parametrize("size", [1e40, 1e-40])
def test_neighbours_of_any_size_do_not_meet(size, difference):
    """Differences across a seam, or a stump of one record, would be beyond all numbers in units of a small series."""
    found = fit(
        CONFIG.replace(difference=difference),
        panel(wave(60), wave(60, size, 1), wave(1, size * size), wave(60, 1 / size, 2)),
    )
    assert all(math.isfinite(number) for epoch in numbers(found) for number in epoch)
