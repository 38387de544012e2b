"""The bundled samples against facts known by hand, and what `inspect` says of them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

import rnn.data.samples as samples
from rnn.core.config import PRESETS, Config
from rnn.data import SAMPLES, inspect, load_sample, sample_series

FACTS = {  # rows, frequency, first and last time, first and last value of the usual target
    "sunspots": (309, "YS", "1700-01-01", "2008-01-01", 5.0, 2.9),
    "co2": (2284, "W-SAT", "1958-03-29", "2001-12-29", 316.1, 371.5),
    "air-passengers": (144, "MS", "1949-01-01", "1960-12-01", 112.0, 432.0),
    "nyc-taxi": (10320, "30min", "2014-07-01", "2015-01-31T23:30", 10844.0, 26288.0),
    "seattle-weather": (1461, "D", "2012-01-01", "2015-12-31", 12.8, 5.6),
    "us-gasoline": (1578, "W-FRI", "1991-02-08", "2021-04-30", 6621.0, 8864.0),
    "nile": (100, "YS", "1871-01-01", "1970-01-01", 1120.0, 740.0),
    "elnino": (732, "MS", "1950-01-01", "2010-12-01", 23.11, 22.07),
}


@pytest.mark.parametrize("key", FACTS)
def test_real_samples(key: str) -> None:
    rows, frequency, begin, end, first, last = FACTS[key]
    table, series = load_sample(key), sample_series(key)
    assert (table.rows, len(series), table.frequency, series.frequency) == (rows, rows, frequency, frequency)
    assert (series.times[0], series.times[-1]) == (np.datetime64(begin), np.datetime64(end))
    assert (series.values[0, 0], series.values[-1, 0]) == (first, last)
    assert table.guess == SAMPLES[key].target
    assert table.name == series.name == key


def test_missing_weeks_of_co2() -> None:
    table = load_sample("co2")
    (missing,) = [one for one in table.findings if one.kind == "missing"]
    assert (missing.count, missing.rows) == (59, (8, 11, 12, 13, 14))
    receipt = table.receipt("co2")
    assert (receipt.rows, receipt.used, receipt.filled) == (2284, 2284, 59)
    values = table.series("co2").values[:, 0]
    assert values[6] == pytest.approx((values[5] + values[7]) / 2)  # row 8 of the file stands alone


def test_gasoline_is_newest_first() -> None:
    table = load_sample("us-gasoline")
    assert [one.count for one in table.findings if one.kind == "unsorted"] == [1577]
    assert table.frame["Gasoline"].iloc[0] == 8864
    assert "ambiguous-dates" not in {one.kind for one in table.findings}


def test_weather_has_several_targets_and_a_text() -> None:
    table = load_sample("seattle-weather")
    assert table.numeric == ("precipitation", "temp_max", "temp_min", "wind")
    assert table.kinds["weather"] == "text"


def test_the_article_sine() -> None:
    series = sample_series("article-sine")
    assert series.values[:, 0].tolist() == [math.sin(k) for k in range(200)]
    assert series.times.tolist() == list(range(200))


def test_the_echo_comes_from_forty_steps_ago_and_from_nowhere_else() -> None:
    x = sample_series("echo").values[:, 0]
    assert len(x) == 800
    new = x[40:] - 0.95 * x[:-40]
    assert np.abs(new).max() < 0.3 + 1e-5 and new.std() == pytest.approx(0.3 / math.sqrt(3), rel=0.05)
    assert np.corrcoef(x[40:], x[:-40])[0, 1] > 0.9
    between = [abs(np.corrcoef(x[lag:], x[:-lag])[0, 1]) for lag in range(1, 40)]
    assert max(between) < 0.3
    assert x[:3].tolist() == [-0.082787, 0.755736, -0.936307]


def test_every_sample_is_described_and_its_settings_are_valid() -> None:
    for key, sample in SAMPLES.items():
        assert sample.key == key
        assert sample.description.endswith(".")
        assert sample.source
        assert sample.licence
        assert Config(**{**PRESETS["default"].to_dict(), **sample.config})
        assert json.dumps(dict(sample.config))
    with pytest.raises(ValueError, match="'moon' is not a sample; the samples are article-sine, sunspots"):
        load_sample("moon")


def test_every_bundled_file_is_a_sample_with_its_origin_beside_it() -> None:
    files = {path.name for path in samples.FOLDER.glob("*.csv")}
    assert files == {sample.file for sample in SAMPLES.values() if sample.file}
    notes = (samples.FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(name in notes for name in files)


def test_inspect_is_plain_json(tmp_path: Path) -> None:
    path = tmp_path / "messy.csv"
    path.write_bytes(b"day;v;note;\n2020-01-02;1,5;a;\n2020-01-01;;b;\n2020-01-03;inf;c;\n2020-01-04;2,5;;\n")
    found = inspect(path)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found)[:11] == [
        "name", "encoding", "delimiter", "decimal", "header_row", "time", "frequency", "rows", "columns", "numeric", "guess",
    ]  # fmt: skip
    assert found["columns"] == [
        {"name": "day", "kind": "time"},
        {"name": "v", "kind": "number"},
        {"name": "note", "kind": "text"},
    ]
    assert (found["first_time"], found["last_time"]) == ("2020-01-01T00:00:00", "2020-01-04T00:00:00")
    assert {one["kind"] for one in found["findings"]} == {"empty-columns", "unsorted", "missing", "infinite"}
    assert inspect(path, time="none")["first_time"] is None


def test_the_articles_sine_brings_the_preset_made_for_it():
    assert PRESETS["default"].replace(**SAMPLES["article-sine"].config) == PRESETS["article-corrected"]
