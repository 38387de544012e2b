"""Windows and their split: a worked example, and what must hold for every split there can be."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import PRESETS, Config
from rnn.core.windows import chunks, even_parts, gather_targets, split_windows


def rows_predicted(first_window: int, count: int, window: int, horizon: int) -> set[int]:
    return {start + window + ahead for start in range(first_window, first_window + count) for ahead in range(horizon)}


def test_worked_example():
    """Ten records, three in, two ahead: six windows. Two validate; the one before them would share a target with both."""
    split = split_windows(Config(window=3, horizon=2, validation=2), 10)
    assert (split.train, split.gap, split.validation, split.first_validation_window) == (3, 1, 2, 4)
    assert rows_predicted(0, 3, 3, 2) == {3, 4, 5, 6}
    assert rows_predicted(4, 2, 3, 2) == {7, 8, 9}
    assert split.scaler_rows == 7
    records = np.arange(10)
    assert records[split.train_rows()].tolist() == [3, 4, 5]
    assert records[split.train_rows(1)].tolist() == [4, 5, 6]
    assert records[split.validation_rows()].tolist() == [7, 8]
    assert records[split.validation_rows(1)].tolist() == [8, 9]


@pytest.mark.parametrize("name", ["article", "article-corrected"])
def test_the_articles_split(name):
    split = split_windows(PRESETS[name], 200)
    assert (split.train, split.gap, split.validation) == (100, 0, 50)
    assert split.scaler_rows == 150


def test_a_share_is_a_share_of_the_windows():
    assert split_windows(Config(window=10, validation=0.2), 110).validation == 20
    assert split_windows(Config(window=10, validation=0.001), 110).validation == 1


COUNTS = st.integers(1, 60)


@given(rows=st.integers(1, 200), window=COUNTS, horizon=st.integers(1, 20), validation=COUNTS | st.floats(0.01, 0.99))
@settings(max_examples=300, deadline=None)
def test_every_split(rows, window, horizon, validation):
    config = Config(window=window, horizon=horizon, validation=validation)
    try:
        split = split_windows(config, rows)
    except ValueError as refusal:
        follow_the_advice(config, rows, str(refusal))
        return
    assert split.train >= 1 and split.validation >= 1
    assert split.train + split.gap + split.validation == rows - window - horizon + 1
    trained = rows_predicted(0, split.train, window, horizon)
    validated = rows_predicted(split.first_validation_window, split.validation, window, horizon)
    assert not trained & validated
    assert max(trained) < min(validated)
    assert max(validated) == rows - 1
    # No window is left out that could have stood in the training part.
    assert max(rows_predicted(0, split.train + 1, window, horizon)) >= min(validated) or split.gap == 0
    assert max(trained) == split.scaler_rows - 1 < min(validated)
    records = np.arange(rows)
    for ahead in range(horizon):
        assert set(records[split.train_rows(ahead)]) <= trained
        assert set(records[split.validation_rows(ahead)]) <= validated
        assert len(records[split.train_rows(ahead)]) == split.train
        assert len(records[split.validation_rows(ahead)]) == split.validation


def follow_the_advice(config: Config, rows: int, message: str) -> None:
    """A refusal names the numbers and a change; the change, and where needed the next one, must lead to a split."""
    for _ in range(2):
        if window := re.search(r"a window of at most (\d+)", message):
            config = config.replace(window=int(window[1]))
        elif validation := re.search(r"set validation to at most (\d+) records", message):
            config = config.replace(validation=int(validation[1]))
        else:
            assert "Take a longer series" in message
            assert rows < 1 + 2 * config.horizon  # even a window of one record would not do
            return
        try:
            split_windows(config, rows)
            return
        except ValueError as refusal:
            message = str(refusal)
    pytest.fail(message)


def test_too_short_says_what_there_is_and_what_is_needed():
    with pytest.raises(ValueError, match=r"has 20 records; window=24 and horizon=1 need at least 26"):
        split_windows(Config(window=24), 20)
    with pytest.raises(
        ValueError, match=r"has 20 records; window=8 and horizon=7 need at least 22.*window of at most 6"
    ):
        split_windows(Config(window=8, horizon=7), 20)
    with pytest.raises(
        ValueError, match=r"validation=90 keeps 90 of 91 windows back and horizon=3.*at most 88 records"
    ):
        split_windows(Config(window=7, horizon=3, validation=90), 100)


def test_targets_of_the_first_step_ahead_come_first():
    values = np.array([[10 * row + column for column in (1, 2)] for row in range(8)], dtype=float)
    found = gather_targets(values, np.array([0, 3]), window=2, horizon=3)
    assert found.tolist() == [[21, 22, 31, 32, 41, 42], [51, 52, 61, 62, 71, 72]]


@given(count=st.integers(0, 50), size=st.integers(1, 60))
def test_chunks_cover_everything_once(count, size):
    parts = chunks(count, size)
    assert [k for part in parts for k in range(count)[part]] == list(range(count))
    assert all(0 < part.stop - part.start <= size for part in parts)


def test_even_parts_are_few_even_and_whole():
    assert even_parts(10, 4) == [slice(0, 3), slice(3, 6), slice(6, 10)]
    assert even_parts(8, 8) == [slice(0, 8)]
    for count in range(1, 60):
        for most in range(1, 20):
            parts = even_parts(count, most)
            assert [row for part in parts for row in range(count)[part]] == list(range(count))
            sizes = {part.stop - part.start for part in parts}
            assert max(sizes) <= most and max(sizes) - min(sizes) <= 1
            assert len(parts) == -(-count // most)


def test_windows_that_reach_further_back_say_so():
    config = Config(window=10, season=12, residual="seasonal", difference="seasonal", validation=2)
    split = split_windows(config, 40)
    assert (split.window, split.train + split.validation) == (24, 40 - 24)
    assert split.train_rows().start == 24
    says = (
        r"has 25 records; window=10 and horizon=1 need at least 26 \(of which difference='seasonal' and residual='seasonal' "
        r"with season=12 take 14 before the window\)"
    )
    with pytest.raises(ValueError, match=says):
        split_windows(config, 25)
