"""Every file of the corpus ends in a table that reads back equal and whose rows add up, or in one sentence."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

import rnn
from rnn.core.preflight import preflight
from rnn.core.series import Series
from rnn.data import BadFile, Table, describe, inspect, look, read_csv
from tests.data.hostile_files import corpus

FILES = corpus()
MANY = "ten_thousand_columns.csv"
SAME = (
    *("time", "frequency", "encoding", "delimiter", "decimal", "header_row", "rows", "kinds", "choices", "units", "skipped"),
    *("shape", "id_columns", "format", "likely_targets"),
)  # fmt: skip


def is_sentence(stopped: Exception) -> bool:
    return str(stopped).rstrip().endswith(".") and "\n" not in str(stopped)


@pytest.mark.parametrize("name", [name for name in FILES if name != MANY])
def test_a_table_that_reads_back_equal_or_a_sentence(name: str) -> None:
    try:
        table = read_csv(FILES[name])
    except BadFile as stopped:
        assert is_sentence(stopped)
        return
    json.dumps(describe(table), allow_nan=False)
    again = read_csv(FILES[name], **json.loads(json.dumps(dict(table.choices))))
    assert again.frame.equals(table.frame)
    assert list(again.ids) == list(table.ids)
    assert [getattr(again, part) for part in SAME] == [getattr(table, part) for part in SAME]
    for asked in ({}, {"ids": "all"}, {"inputs": table.offers.inputs[:4]}, {"known": table.offers.known[-2:]}):
        adds_up(table, asked)


def adds_up(table: Table, asked: dict) -> None:
    try:
        receipt, series = table.receipt(**asked), table.series(**asked)
    except BadFile as stopped:
        assert is_sentence(stopped)
        return
    assert receipt.rows + receipt.added == receipt.used + receipt.left_out + receipt.merged
    assert receipt.left_out == sum(count for _, count in receipt.reasons)
    assert len(series) == receipt.used
    assert np.isfinite(series.values).all()
    can_train_or_says_why(series)


def can_train_or_says_why(series: Series) -> None:
    beside = {"n_static": len(series.static), "n_known": len(series.known)}
    many = {"lengths": series.lengths, "ids": series.ids}
    try:
        config = rnn.PRESETS["default"]
        preflight(config, len(series), len(series.names), len(series.targets), **beside, **many, memory_limit=None)
    except ValueError as stopped:
        assert is_sentence(stopped)


def test_many_columns_take_a_time_that_grows_as_they_do() -> None:
    """Each column was held against each other, so that ten thousand took hours."""
    rows = [line.split(",") for line in FILES[MANY].decode().splitlines()]

    def seconds(columns: int) -> float:
        content = "\n".join(",".join(row[:columns]) for row in rows).encode()
        start = time.process_time()
        table = read_csv(content)
        assert (len(table.offers.usable), table.guess, len(table.series())) == (columns, "c0", 12)
        return time.process_time() - start

    seconds(100)
    assert seconds(2400) < 12 * seconds(600)


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-200])
def test_values_too_small_to_be_squared_have_a_spectrum(scale: float) -> None:
    """SciPy's repeated medians went on for ever over logarithms of nothing."""
    wave = np.sin(np.arange(240) * np.pi / 6) + np.random.default_rng(0).normal(0, 0.1, 240)
    seen = look.spectrum(wave * scale)
    assert np.argmax(seen.power) == np.argmax(look.spectrum(wave).power) == 19
    assert (seen.power > 0).all()
    assert np.isfinite(seen.surprises([19])).all()


def test_inspect_tells_of_units_and_of_the_rows_that_are_no_data() -> None:
    content = b"Source: a station\n\nday,temp,rain\n,C,mm\n" + b"".join(
        b"2020-01-%02d,%d.5,%d\n" % (k, k, k) for k in range(1, 29)
    )
    told = inspect(content)
    assert told["units"] == {"temp": "C", "rain": "mm"}
    assert told["rows"] == 28
    assert sum(one["count"] for one in told["skipped"]) == 4
