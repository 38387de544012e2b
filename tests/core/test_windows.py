"""Windows and their split: a worked example, and what must hold for every split there can be."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import PRESETS, Config
from rnn.core.windows import chunks, even_parts, gather_targets, split_from, split_windows


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


TESTS = st.just(0) | st.just(0) | st.integers(1, 20) | st.floats(0.01, 0.99)


@given(
    rows=st.integers(1, 200), window=COUNTS, horizon=st.integers(1, 20), validation=COUNTS | st.floats(0.01, 0.99),
    test=TESTS, gap=st.just(0) | st.integers(0, 12),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_every_split(rows, window, horizon, validation, test, gap):
    config = Config(window=window, horizon=horizon, validation=validation, test=test, gap=gap)
    try:
        split = split_windows(config, rows)
    except ValueError as refusal:
        follow_the_advice(config, rows, str(refusal))
        return
    assert split.train >= 1 and split.validation >= 1 and bool(split.test) == bool(test)
    between = split.gap * (2 if test else 1)
    assert split.train + split.validation + split.test + between == rows - window - horizon + 1
    trained = rows_predicted(0, split.train, window, horizon)
    validated = rows_predicted(split.first_validation_window, split.validation, window, horizon)
    tested = rows_predicted(split.first_test_window, split.test, window, horizon)
    # Between two parts lie exactly the records of the gap: no window is left out that could have stood in one of them.
    assert min(validated) - max(trained) == gap + 1
    assert min(tested, default=rows + gap) - max(validated) == gap + 1
    assert max(tested or validated) == rows - 1
    assert max(trained) == split.scaler_rows - 1
    assert split.train_starts.tolist() == list(range(split.train))
    parts = (trained | set(range(window)), validated, tested)
    records = np.arange(rows)
    drawn = (split.train_records, split.validation_records, split.test_records)
    assert [set(records[part]) for part in drawn] == list(parts)
    everything = [record for part in (*drawn, *split.left_out_records) for record in records[part]]
    assert sorted(everything) == list(range(rows))
    assert sum(part.stop - part.start for part in split.left_out_records) == gap * (2 if test else 1)
    for ahead in range(horizon):
        assert set(records[split.train_rows(ahead)]) <= trained
        assert set(records[split.validation_rows(ahead)]) <= validated
        assert len(records[split.train_rows(ahead)]) == split.train
        assert len(records[split.validation_rows(ahead)]) == split.validation
        assert set(records[split.test_rows(ahead)]) <= tested
        assert len(records[split.test_rows(ahead)]) == split.test
    for starts, rows_of in (
        (split.train_starts, split.train_rows),
        (split.validation_starts, split.validation_rows),
        (split.test_starts, split.test_rows),
    ):
        assert (starts + window).tolist() == records[rows_of()].tolist()


def follow_the_advice(config: Config, rows: int, message: str) -> None:
    """A refusal names the numbers and a change; the change, and where needed the next one, must lead to a split."""
    for _ in range(3):
        if window := re.search(r"a window of at most (\d+)", message):
            config = config.replace(window=int(window[1]))
        elif validation := re.search(r"set validation to at most (\d+) records", message):
            config = config.replace(validation=int(validation[1]))
        elif test := re.search(r"set test to at most (\d+) records", message):
            config = config.replace(test=int(test[1]))
        else:
            assert "Take a longer series" in message
            # Even a window of one record would not do.
            assert rows < 1 + (3 * config.horizon + 2 * config.gap if config.test else 2 * config.horizon + config.gap)
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


def test_too_short_counts_the_gap_and_the_test_part_in():
    config = Config(window=8, horizon=3, gap=2, test=4)
    says = (
        r"has 20 records; window=8, horizon=3, gap=2 and a test part need at least 21\. Take a window of at most 7 or"
    )
    with pytest.raises(ValueError, match=says):
        split_windows(config, 20)
    assert split_windows(config.replace(window=7, validation=1, test=1), 20).train == 1
    says = (
        r"validation=10 keeps 10, test=4 keeps 4 of 21 windows back and horizon=3 with gap=2 leaves 8 out between the parts, "
        r"so none is left to train on; set validation to at most 8 records\."
    )
    with pytest.raises(ValueError, match=says):
        split_windows(config.replace(validation=10), 31)
    with pytest.raises(ValueError, match=r"of 21 windows .*; set test to at most 11 records\."):
        split_windows(config.replace(validation=1, test=50), 31)


def test_a_worked_example_with_a_test_part_and_a_gap():
    """Twenty records, three in, two ahead, one left out between the parts: sixteen windows, of which three test, two
    validate, and two twice (one for the overlap, one for the gap) are left out."""
    split = split_windows(Config(window=3, horizon=2, validation=2, test=3, gap=1), 20)
    assert (split.train, split.gap, split.validation, split.test) == (7, 2, 2, 3)
    assert (split.first_validation_window, split.first_test_window) == (9, 13)
    assert (split.train_records, split.validation_records, split.test_records) == (
        slice(0, 11), slice(12, 15), slice(16, 20),
    )  # fmt: skip
    assert split.left_out_records == (slice(11, 12), slice(15, 16))
    assert (split.test_rows(), split.test_rows(1)) == (slice(16, 19), slice(17, 20))
    assert split.scaler_rows == split.seen_rows == 11
    leaky = split_windows(Config(window=3, horizon=2, validation=2, test=3, gap=1, scaler_rows="all"), 20)
    assert (leaky.scaler_rows, leaky.seen_rows, leaky.train) == (20, 11, 7)


@given(
    rows=st.integers(1, 120), window=st.integers(1, 20), horizon=st.integers(1, 8), gap=st.integers(0, 5),
    ends=st.tuples(st.integers(1, 120), st.none() | st.integers(1, 120)),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_a_split_from_records_begins_there(rows, window, horizon, gap, ends):
    """However the parts were dragged: they begin where asked, or a sentence says why not."""
    try:
        config = split_from(Config(window=window, horizon=horizon, gap=gap), rows, *ends)
        split = split_windows(config, rows)
    except ValueError as refusal:
        assert re.search(r"(has no room for one prediction|need at least \d+|is left to train on)", str(refusal))
        return
    assert split.validation_records.start == ends[0]
    assert split.test_records.start == (rows if ends[1] is None else ends[1])


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
