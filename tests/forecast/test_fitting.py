"""Over- and under-fitting: simulated courses of the losses, and real trainings of which the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

import rnn
from rnn.core.config import PRESETS, Config
from rnn.core.events import Epoch
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.forecast.fitting import Course, fitting_of
from rnn.forecast.yardstick import yardstick
from tests.core.many_series import three

K = np.arange(1, 101)


def epochs(train, val, naive=1.0):
    """Epochs with these losses; the errors beside naive are their roots."""
    return [
        Epoch(k, float(t), float(v), float(np.sqrt(t) * naive), float(np.sqrt(v) * naive), 1e-3, 1, 0, 0.1)
        for k, (t, v) in enumerate(zip(train, val, strict=True), 1)
    ]


def read(train, val, *, ended=True, windows=60, learnable=True, config=None, naive=(1.0, 1.0)):
    course = Course(epochs(train, val), ended, windows, naive, learnable)
    return fitting_of(course, config or Config(epochs=len(train)))


FALLING = 0.9 * np.exp(-K / 15)
LEVEL = 0.3 + 0.5 * np.exp(-K / 10)
TURNING = np.where(K < 30, 0.3 + 0.6 * np.exp(-K / 8), 0.3 + 0.006 * (K - 30))
SIMULATED = {
    "levels off": (LEVEL, LEVEL + 0.05, "good"),
    "validation lower": (LEVEL, 0.6 * LEVEL, "good"),
    "validation turns": (0.05 + FALLING, TURNING, "over"),
    "validation turns a little": (0.05 + FALLING, np.minimum(TURNING, 0.33), "good"),
    "both turn": (0.05 + TURNING, TURNING, "good"),
    "still falling": (0.1 + 0.8 * np.exp(-K / 60), 0.12 + 0.8 * np.exp(-K / 60), "under"),
    "falling to nothing": (np.exp(-K / 12) + 1e-6, np.exp(-K / 12) + 2e-6, "good"),
    "nothing learned": (np.full(100, 1.0), np.full(100, 1.02), "under"),
    "by heart": (np.full(100, 0.05), np.full(100, 0.9), "over"),
}


@pytest.mark.parametrize("case", SIMULATED)
@pytest.mark.parametrize("noise", [0.0, 0.04])
def test_simulated_courses(rng, case, noise):
    train, val, kind = SIMULATED[case]
    jumps = np.exp(noise * rng.standard_normal(100))
    found = read(train, val * jumps)
    assert found.kind == kind, found.sentence
    assert bool(found.remedy) == (kind in ("over", "under"))


def test_a_good_fit_says_how_it_ended():
    assert "has not turned upwards" in read(LEVEL, LEVEL).sentence
    stopped = read(LEVEL, LEVEL, config=Config(epochs=300)).sentence
    assert "it stopped when validation loss no longer fell, and the weights of epoch 100 are kept" in stopped


def test_a_small_rise_is_said_to_be_one():
    """It stands in the chart beneath the sentence."""
    said = read(LEVEL, np.linspace(0.204, 0.225, 100))
    assert said.kind == "good"
    assert "rose only 10% after its best" in said.sentence and "epoch 1 are kept" in said.sentence


def test_one_jump_is_no_turn():
    val = LEVEL.copy()
    val[-1] *= 3
    assert read(0.05 + FALLING, val).kind == "good"


def test_the_turn_and_its_size_by_hand():
    """Lowest at epoch 30 of 100, where it is 0.3; at the end it is 0.72, of which the running median sees a little less."""
    found = read(0.05 + FALLING, TURNING)
    assert any(f"since epoch {epoch}:" in found.sentence for epoch in range(27, 34))
    risen = int(found.sentence.split("rose ")[1].split("%")[0])
    assert 110 <= risen <= 140 and "the best weights are kept" in found.sentence
    assert found.remedy == {"seeds": 3} and "median of 3 networks" in found.sentence
    assert read(0.05 + FALLING, TURNING, config=Config(epochs=100, seeds=3)).remedy == {}


def test_while_it_runs_nothing_is_called_under_fitted():
    for train, val, kind in SIMULATED.values():
        found = read(train, val, ended=False)
        assert found.kind == ("over" if kind == "over" else "unclear")
    assert read(K[::-1] * 0.009, K[::-1] * 0.009, ended=False).sentence == "Still learning: both losses are falling."


def test_nothing_to_learn_is_no_fault_of_the_network():
    found = read(np.full(100, 1.0), np.full(100, 1.02), learnable=False)
    assert found.kind == "unclear" and not found.remedy and "Nothing to learn was found" in found.sentence


def test_few_validation_windows_say_nothing():
    found = read(0.05 + FALLING, TURNING, windows=4)
    assert found.kind == "unclear" and "4 validation windows" in found.sentence


def test_too_early_not_finite_or_published_says_nothing():
    assert read(LEVEL[:4], LEVEL[:4]).sentence == ""
    assert read(np.full(20, np.inf), np.full(20, 1.0)).sentence == ""
    assert read(0.05 + FALLING, TURNING, config=PRESETS["article"]).sentence == ""


def test_an_exact_naive_forecast_is_no_measure():
    assert read(LEVEL, LEVEL, naive=(1.0, 0.0)).kind == "good"


def test_a_series_that_never_changes_has_nothing_to_learn():
    found = read(np.zeros(20), np.zeros(20), naive=(0.0, 0.0))
    assert found.kind == "unclear" and found.sentence.startswith("Nothing to learn: the series never changes")
    assert not found.remedy


def test_remedies_are_settings_that_go_together():
    for train, val, _ in SIMULATED.values():
        for config in (Config(epochs=100), Config(epochs=100, patience=None, hidden=1, lr=1e-5, skip="linear")):
            config.replace(**read(train, val, config=config).remedy)


def test_a_long_run_is_read_alike():
    found = read(0.05 + np.repeat(FALLING, 200), np.repeat(TURNING, 200))
    epoch = int(found.sentence.split("since epoch ")[1].split(":")[0].replace(",", ""))
    assert found.kind == "over" and 5000 < epoch < 7000


def trained(series, config):
    split = split_series(config, series)
    measure = yardstick(series, split, config.season)
    events = list(rnn.train(config, series))
    course = Course(
        [event for event in events if isinstance(event, Epoch)],
        events[-1].reason in ("done", "early-stop"),
        measure.windows,
        measure.naive,
        measure.learnable,
    )
    return fitting_of(course, config)


def wave(noise: float) -> Series:
    rng = np.random.default_rng(0)
    return Series.from_values(np.sin(np.arange(600) / 4) + noise * rng.standard_normal(600))


def test_a_large_network_on_noise_over_fits():
    noise = Series.from_values(np.random.default_rng(0).standard_normal(300))
    assert trained(noise, Config(hidden=128, patience=None, epochs=60)).kind == "over"


def test_a_tiny_rate_under_fits_and_its_remedy_does_not():
    config = Config(lr=1e-5, epochs=30)
    found = trained(wave(0.2), config)
    assert (found.kind, dict(found.remedy)) == ("under", {"lr": 1e-4})
    for _ in range(2):
        config = config.replace(**found.remedy)
        found = trained(wave(0.2), config)
        if found.kind != "under":
            break
    assert found.kind != "over" and config.lr > 1e-5


def test_a_good_fit_is_one():
    assert trained(wave(0.2), Config(epochs=60)).kind == "good"
    assert trained(Series.from_values(np.sin(np.arange(200.0))), Config(epochs=60)).kind == "good"


def test_a_random_walk_has_nothing_to_learn_or_is_learned_by_heart():
    walk = Series.from_values(np.random.default_rng(3).standard_normal(600).cumsum())
    found = trained(walk, Config(residual="last", epochs=20))
    assert found.kind in ("unclear", "over") and "good" not in found.sentence


def test_the_yardstick_by_hand():
    series = Series.from_values([1.0, 2, 4, 7, 11, 16, 22, 29, 37, 46])
    split = split_series(Config(window=2, validation=3), series)
    measure = yardstick(series, split)
    changes = np.diff(series.values[:, 0])
    assert split.train == 5
    assert measure.naive[0] == pytest.approx(np.sqrt(np.mean(changes[1:6] ** 2)))
    assert measure.naive[1] == pytest.approx(np.sqrt(np.mean(changes[6:] ** 2)))
    many = yardstick(three(), split_series(Config(window=5), three()))
    assert 0.5 < many.naive[0] < 2, "in each one's own usual step the naive error is about one"
