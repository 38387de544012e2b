"""Files and series: kept once, and given back bit for bit, whatever database the store is on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.store import Store

SMALL = Config(hidden=4, window=8, batch=16, epochs=5, patience=None)


def test_a_file_comes_back_byte_for_byte_and_is_kept_once(store: Store) -> None:
    content = bytes(range(256)) * 4000
    key = store.add_file("Umsätze 2024.csv", content)
    assert store.add_file("copy.csv", content) == key
    assert store.file(key) == dataclasses.replace(store.file(key), name="Umsätze 2024.csv", content=content)
    assert store.add_file("empty.csv", b"") != key
    assert store.file(store.add_file("empty.csv", b"")).content == b""


def test_a_file_name_that_no_database_takes_is_mended(store: Store) -> None:
    key = store.add_file("a\0b\udcff.csv", b"x")
    assert store.file(key).name == "ab?.csv"


@pytest.mark.parametrize(
    "times",
    [
        np.array(["1749-01-31", "1749-02-28", "1749-02-28"], "datetime64[D]"),
        np.array(["2024-01-01T00:00:00.000000001", "2024-01-01T00:00:01", "2024-01-02"], "datetime64[ns]"),
        np.array([1, 2, 3], "datetime64[M]"),
        np.array([0.5, 1.5, 1.5]),
        np.array([-3, 0, 9]),
        np.array([1, 2, 3], "timedelta64[s]"),
    ],
    ids=lambda times: str(times.dtype),
)
def test_a_series_comes_back_bit_for_bit(store: Store, times: np.ndarray) -> None:
    values = np.array([[0.1 + 0.2, -0.0], [5e-324, 9.999999999999999e99], [1 / 3, 2.0**60 + 1]])
    series = Series(times, values, ("größe", "b"), ("b",), "My series", "MS")
    found = store.series(store.add_series(series))
    assert found.times.dtype == times.dtype and (found.times == times).all()
    assert found.values.tobytes() == values.tobytes()
    assert (found.names, found.targets, found.name, found.frequency) == (("größe", "b"), ("b",), "My series", "MS")


def test_a_series_that_is_a_view_of_another_array_is_stored_right(store: Store) -> None:
    # safetensors writes memory as it lies, strides or not: every second row must not become every row.
    rows = np.arange(40.0)
    series = Series(np.arange(40)[::2], rows.reshape(20, 2)[:, ::-1], ("a", "b"), ("a",))
    found = store.series(store.add_series(series))
    assert found.times.tolist() == list(range(0, 40, 2))
    assert found.values[3].tolist() == [7.0, 6.0]


def test_the_series_hash_tells_exactly_equal_series_from_others(store: Store) -> None:
    base = Series(np.arange(3), np.ones((3, 2)), ("a", "b"), ("a",))
    same = Series(np.arange(3), np.ones((3, 2)), ("a", "b"), ("a",))
    values = np.ones((3, 2))
    values[1, 1] = np.nextafter(1.0, 2.0)
    others = [
        dataclasses.replace(base, values=values),
        dataclasses.replace(base, times=np.array([0, 1, 3])),
        dataclasses.replace(base, times=np.arange(3).astype("datetime64[D]")),
        dataclasses.replace(base, names=("a", "c")),
        dataclasses.replace(base, targets=("b",)),
        dataclasses.replace(base, known=("b",)),
        dataclasses.replace(base, known=("b",), future=np.zeros((2, 1))),
        dataclasses.replace(base, known=("b",), future=np.ones((2, 1))),
    ]
    keys = [store.add_series(each) for each in (base, *others)]
    assert store.add_series(same) == keys[0]
    assert len(set(keys)) == len(keys)


def test_how_a_series_was_read_is_kept_and_the_latest_reading_counts(store: Store, series: Series) -> None:
    key = store.add_series(series)
    assert (store.series_reading(key), store.series_file(key)) == ({}, None)
    file_hash = store.add_file("a.csv", b"a;b\n1;2\n")
    store.add_series(series, file_hash=file_hash, reading={"delimiter": ";", "target": ["a"]})
    store.add_series(series)
    assert store.series_reading(key) == {"delimiter": ";", "target": ["a"]}
    assert store.series_file(key) == file_hash


def test_what_is_not_there_is_said_in_a_sentence(store: Store, series: Series) -> None:
    for call in (store.file, store.series, store.series_reading):
        with pytest.raises(LookupError, match=r"has no (file|series) 'nothing'; it may have been removed"):
            call("nothing")
    with pytest.raises(LookupError, match="no file 'nothing'"):
        store.add_series(series, file_hash="nothing")
    with pytest.raises(LookupError, match="no series 'nothing'"):
        store.add_run(SMALL, "nothing", session="a")
    assert store.run("nothing") is None and store.version("nothing") is None
    assert store.preview("nothing") is None and store.checkpoint("nothing") is None and store.best("nothing") is None
    for call in (store.fit, lambda run: store.rename(run, "x"), lambda run: store.command(run, "pause")):
        with pytest.raises(LookupError, match="no run 'nothing'"):
            call("nothing")


def test_many_series_come_back_with_their_seams(store: Store) -> None:
    parts = [Series.from_values(np.arange(n) * 1.5, names=("y",)) for n in (3, 5)]
    many = Series.joined(parts, ["größe", "b"])
    key = store.add_series(many)
    found = store.series(key)
    assert (found.lengths, found.ids) == ((3, 5), ("größe", "b"))
    assert found.values.tobytes() == many.values.tobytes()
    # The same records divided otherwise, or otherwise named, are another series.
    assert store.add_series(Series.joined(parts, ["größe", "c"])) != key
    assert store.add_series(dataclasses.replace(many, lengths=(4, 4), times=np.zeros(8))) != key
