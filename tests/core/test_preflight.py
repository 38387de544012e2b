"""The pre-flight against what runs then really have: windows, weights, memory, time; and its advice, followed."""

from __future__ import annotations

import re
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core import article
from rnn.core.config import PRESETS, Config
from rnn.core.events import Epoch
from rnn.core.network import Network
from rnn.core.pace import pace_of, seconds_per_epoch
from rnn.core.preflight import preflight
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.windows import split_windows


def random_series(rng, rows: int, inputs: int = 1, targets: int = 1) -> Series:
    names = [f"c{k}" for k in range(inputs)]
    return Series.from_values(rng.standard_normal((rows, inputs)), names, names[:targets])


def settings_of(**changes) -> Config:
    return Config(epochs=1, patience=None).replace(**changes)


COUNTED = [
    ({}, 200, 1, 1),
    ({"hidden": 7, "window": 5, "horizon": 3, "bias": False}, 100, 4, 2),
    ({"input_weights": "per_step", "window": 9, "validation": 11}, 60, 2, 2),
]


@pytest.mark.parametrize(("changes", "rows", "inputs", "targets"), COUNTED)
def test_windows_and_weights_are_the_runs_own(rng, changes, rows, inputs, targets):
    config = settings_of(**changes)
    found = preflight(config, rows, inputs, targets)
    trainer = Trainer(config, random_series(rng, rows, inputs, targets))
    assert found.split == trainer.split == split_windows(config, rows)
    assert found.parameters == sum(array.size for array in trainer.state.params.values())
    assert found.parameters == Network(config, inputs, targets).size


def test_weights_by_hand():
    """Elman, 3 inputs, 4 units, 2 steps of 2 targets: 3·4 + 4·4 + 4 in the layer, 4·4 + 4 in the readout."""
    assert preflight(Config(hidden=4, horizon=2), 100, 3, 2).parameters == 12 + 16 + 4 + 16 + 4


def test_static_columns_are_counted_once_a_window():
    """patch 4: 4 · 1 columns a step and 2 static ones; the skip reads 8 records and the static values once."""
    config = Config(hidden=3, window=8, patch=4, skip="linear")
    found = preflight(config, 100, 3, 1, n_static=2)
    assert found.parameters == (4 + 2) * 3 + 9 + 3 + 3 + 1 + (8 + 2)
    assert found.parameters < preflight(config, 100, 3, 1).parameters
    assert seconds_per_epoch(config, found.split, 3, 1, n_static=2) > 0


def test_known_columns_are_counted_at_every_step_predicted():
    """patch 4: 4 · 3 columns a step and 5 · 2 known ahead; the skip reads 8 · 3 numbers of the window and those 10."""
    config = Config(hidden=3, window=8, patch=4, horizon=5, skip="linear")
    found = preflight(config, 100, 3, 1, n_known=2)
    assert found.parameters == (12 + 10) * 3 + 9 + 3 + (3 + 1) * 5 + (24 + 10) * 5
    assert found.split == preflight(config, 100, 3, 1).split
    assert found.memory_bytes > preflight(config, 100, 3, 1).memory_bytes
    series = Series.from_values([[k, -k, k % 7] for k in range(100)], "abc", ["a"], known="bc")
    assert Trainer(config, series).network.size == found.parameters
    assert seconds_per_epoch(config, found.split, 3, 1, n_known=2) > 0


def test_a_trial_with_many_known_columns_and_a_long_horizon_stays_small():
    config = Config(hidden=32, horizon=2000)
    found = preflight(config, 20_000, 60, 1, n_known=50)
    tracemalloc.start()
    started = time.thread_time()
    assert seconds_per_epoch(config, found.split, 60, 1, n_known=50) > 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.thread_time() - started < 5
    assert peak < 300e6


MEMORY = [
    # What each is dominated by: states; the same with other cells, layers and weights; several networks; the start of the
    # skip; weights; predictions; inputs.
    ({"hidden": 64, "window": 100, "batch": 1024}, 3000, 1, 1),
    ({"hidden": 64, "window": 100, "batch": 400, "input_weights": "per_step"}, 1100, 2, 1),
    ({"cell": "lstm", "hidden": 64, "window": 150, "batch": 256}, 1500, 1, 1),
    ({"cell": "gru", "hidden": 64, "window": 100, "batch": 256, "layers": 2}, 1500, 1, 1),
    ({"cell": "lstm", "hidden": 400, "window": 3, "batch": 256, "layers": 2}, 500, 1, 1),
    ({"hidden": 64, "window": 100, "batch": 128, "seeds": 3, "scaling": "window", "residual": "last"}, 1500, 2, 1),
    ({"hidden": 8, "window": 200, "batch": 128, "skip": "linear"}, 6000, 1, 1),
    ({"hidden": 800, "window": 2, "batch": 64}, 300, 1, 1),
    ({"hidden": 4, "window": 4, "batch": 4096, "horizon": 12}, 50_000, 1, 1),
    ({"hidden": 8, "window": 3, "batch": 4096}, 50_000, 20, 1),
]


@pytest.mark.parametrize(("changes", "rows", "inputs", "targets"), MEMORY)
def test_memory_within_a_factor_of_two(rng, changes, rows, inputs, targets):
    config = settings_of(**changes)
    series = random_series(rng, rows, inputs, targets)
    expected = preflight(config, rows, inputs, targets).memory_bytes
    tracemalloc.start()
    for _ in Trainer(config, series).run():
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak > 15e6, "too small a run to say anything"
    assert 0.5 < expected / peak < 2


TIMED = [
    ({"hidden": 32, "batch": 32}, 3000, 1),
    ({"hidden": 16, "batch": 1}, 400, 1),
    ({"hidden": 100, "window": 100, "batch": 256}, 1500, 1),
    ({"hidden": 64, "window": 200, "batch": 128, "truncate": 5}, 1200, 3),
    ({"hidden": 100, "window": 50, "validation": 0.97}, 3000, 1),  # nearly all of it is evaluation
    ({"hidden": 500, "window": 6, "batch": 32}, 600, 1),
    ({"hidden": 8, "window": 10, "batch": 1000, "horizon": 20}, 20_000, 1),
    ({"cell": "lstm", "hidden": 64, "batch": 64}, 1500, 1),
    ({"cell": "gru", "hidden": 32, "window": 60, "layers": 2, "dropout": 0.2, "batch": 32}, 1000, 2),
    (
        {"hidden": 32, "window": 96, "patch": 12, "scaling": "window", "residual": "last", "seeds": 2, "batch": 32},
        2000,
        1,
    ),
    ({"window": 48, "patch": 24, "scaling": "window", "residual": "seasons", "season": 24, "skip": "mean", "batch": 64,
      "horizon": 24, "seeds": 3, "hidden": 8}, 4000, 1),
]  # fmt: skip


def assert_time_is_right(config: Config, series: Series) -> None:
    """Within a factor of 3 in the best of a few tries: time is measured beside whatever else this machine does."""
    split = split_windows(config, len(series))
    inputs, targets = len(series.names), len(series.targets)
    tries = []
    for _ in range(4):
        expected = seconds_per_epoch(config, split, inputs, targets)
        run = Trainer(config, series).run()
        started = time.thread_time()
        next(run)
        tries.append(expected / (time.thread_time() - started))
        if 1 / 3 < tries[-1] < 3:
            return
    pytest.fail(f"estimated / measured: {tries}")


@pytest.mark.parametrize(("changes", "rows", "inputs"), TIMED)
def test_time_is_about_right(rng, changes, rows, inputs):
    assert_time_is_right(settings_of(**changes), random_series(rng, rows, inputs))


def test_time_of_a_second_training(rng):
    """Within a factor of 2.5 in the best of a few tries; an estimate that left it out would say the same with and without."""
    config, series = settings_of(hidden=16, batch=64, refit=True, epochs=2, validation=0.3), random_series(rng, 3000)
    split = split_windows(config, len(series))
    tries = []
    for _ in range(4):
        pace = pace_of(config, split, 1, 1)
        once = pace_of(config.replace(refit=False), split, 1, 1)
        assert once.again == 0
        assert pace.seconds(2) == 2 * (pace.epoch + pace.again)
        for event in Trainer(config, series).run():
            if isinstance(event, Epoch):
                started = time.thread_time()
        tries.append(2 * pace.again / (time.thread_time() - started))
        if 0.4 < tries[-1] < 2.5:
            return
    pytest.fail(f"estimated / measured: {tries}")


def test_time_of_the_articles_run():
    assert_time_is_right(PRESETS["article"].replace(epochs=1), article.article_series())


EXTREMES = [
    {"hidden": 4096, "window": 100_000, "batch": 65_536},
    {"hidden": 4096, "window": 100_000, "batch": 65_536, "dtype": "float64"},
    {"hidden": 4096, "window": 100_000, "batch": 1, "input_weights": "per_step"},
    {"hidden": 1, "window": 100_000, "batch": 65_536},
    {"hidden": 4096, "window": 1, "batch": 65_536, "horizon": 10_000},
    {"hidden": 32, "window": 24, "batch": 65_536, "horizon": 10_000},
    {"hidden": 1, "window": 1, "batch": 1},
    {**PRESETS["article"].to_dict(), "hidden": 4096, "window": 100_000, "truncate": 100_000},
]


@pytest.mark.parametrize("changes", EXTREMES)
def test_the_trial_is_short_whatever_the_settings(changes):
    config = settings_of(**changes)
    split = preflight(config, 300_000, 1, 1).split
    tracemalloc.start()
    started = time.thread_time()
    expected = seconds_per_epoch(config, split, 1, 1)
    seconds, peak = time.thread_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 0.5
    assert peak < 150e6
    assert expected > 0


def test_time_and_memory_grow_with_the_settings():
    small = settings_of(hidden=200, window=50, batch=64)
    for name, larger in (("hidden", 3000), ("window", 5000), ("batch", 10_000)):
        config = small.replace(**{name: larger})
        one, other = (preflight(c, 50_000, 1, 1) for c in (small, config))
        # A batch goes through in tiles, however large it is.
        assert other.memory_bytes > (1 if name == "batch" else 3) * one.memory_bytes
        if name != "batch":  # a larger batch does the same work in fewer steps
            assert seconds_per_epoch(config, other.split, 1, 1) > 10 * seconds_per_epoch(small, one.split, 1, 1)


def test_the_articles_algorithm_takes_one_column():
    with pytest.raises(ValueError, match=r"^gradient='published' .* takes one column, got 2\.$"):
        preflight(PRESETS["article"], 200, 2, 1)


ADVICE = re.compile(r"(?:Take a window of at most|take (window|hidden|seeds)=|set (validation) to at most) ?(\d+)")


def follow(config: Config, sentence: str) -> Config | None:
    """The config with what the sentence advises, or None where it advises another series."""
    assert sentence.endswith(".") and "\n" not in sentence
    found = ADVICE.search(sentence)
    if found is None:
        assert "longer series" in sentence or "horizon" in sentence
        return None
    changes = {found[1] or found[2] or "window": int(found[3])}
    if "window" in changes and config.truncate is not None:
        changes["truncate"] = min(config.truncate, changes["window"] // config.patch)
    return config.replace(**changes)


SIZES = st.integers(1, 400)


@given(
    rows=SIZES, window=SIZES, horizon=st.integers(1, 30), validation=SIZES | st.floats(0.01, 0.99),
    hidden=st.integers(1, 4096), batch=st.integers(1, 65_536), truncate=st.none() | st.just(1),
    limit=st.none() | st.integers(100_000, 10**9),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_impossible_settings_say_what_to_change(rows, limit, **fields):
    config = Config(**fields)
    for _ in range(4):  # each sentence names one thing; following it may bring up the next
        try:
            found = preflight(config, rows, 1, 1, memory_limit=limit)
        except ValueError as refusal:
            advised = follow(config, str(refusal))
            if advised is None:
                return
            assert advised != config
            config = advised
        else:
            assert found.split.train >= 1 and found.split.validation >= 1
            assert limit is None or found.memory_bytes <= limit
            return
    pytest.fail(f"following the advice never ends: {config}")


LARGE = [
    ({"hidden": 200, "window": 1000, "batch": 65_536}, "window"),
    ({"hidden": 512, "window": 100_000, "batch": 1}, "window"),
    ({"cell": "lstm", "hidden": 512, "window": 99_960, "patch": 24, "truncate": 100}, "window"),
    ({"hidden": 4096, "window": 10, "batch": 1}, "hidden"),
]


@pytest.mark.parametrize(("changes", "field"), LARGE)
def test_too_much_memory_names_the_largest_that_fits(changes, field):
    config, limit = settings_of(**changes), 300_000_000
    with pytest.raises(ValueError, match=rf"more than 300 MB; take {field}=\d+ or less\.$") as caught:
        preflight(config, 300_000, 1, 1, memory_limit=limit)
    advised = follow(config, str(caught.value))
    assert preflight(advised, 300_000, 1, 1, memory_limit=limit).memory_bytes <= limit
    above = advised.replace(**{field: getattr(advised, field) + (config.patch if field == "window" else 1)})
    with pytest.raises(ValueError, match="Training would hold about"):
        preflight(above, 300_000, 1, 1, memory_limit=limit)


def test_a_series_that_no_setting_makes_fit():
    with pytest.raises(ValueError, match=r"take a shorter series, a shorter horizon and fewer hidden units\.$"):
        preflight(Config(), 10_000_000, 1, 1, memory_limit=1_000_000)
