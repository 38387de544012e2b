"""What an address says of settings and of a run's result, and what is read from it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import PRESETS, Config
from rnn.core.events import Epoch
from rnn.core.fields import FIELDS
from rnn.core.series import Series
from rnn.ui import shared_result
from rnn.ui.controls import parse_link_value
from rnn.ui.relevance import DEFAULT, settled
from rnn.ui.share import settings_parameters
from rnn.ui.shared_result import Result, made_with, other_versions, read, rows_digest, series_digest, settings_digest

SERIES = Series.from_values(np.sin(np.arange(40.0)), name="sine")
EPOCH = Epoch(1, 0.5, 0.25, 3.0, 2.0, 1e-3, 0.1, 0.0, 0.7)


def taken(parameters: dict[str, str]) -> Config:
    """The settings that a page reads from an address with `base=default`."""
    values = {field: parse_link_value(field, text) for field, text in parameters.items() if field in FIELDS}
    return Config(**settled({**dataclasses.asdict(DEFAULT), **values}))


def value_of(field: str) -> st.SearchStrategy:
    spec = FIELDS[field]
    if spec.kind == "choice":
        found = st.sampled_from(spec.choices)
    elif spec.kind == "bool":
        found = st.booleans()
    elif spec.kind == "levels":
        found = st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), min_size=1, max_size=5, unique=True).map(
            lambda levels: tuple(sorted(levels))
        )
    elif spec.kind == "count-or-share":
        found = st.integers(1, 500) | st.floats(0, 1, exclude_min=True, exclude_max=True)
    elif spec.kind == "int":
        found = st.integers(int(spec.low), int(min(spec.high, 500)))
    else:
        found = st.floats(spec.low, spec.high, allow_nan=False, allow_subnormal=False)
    return st.none() | found if spec.optional else found


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_settings_come_through_an_address(data):
    changed = data.draw(st.lists(st.sampled_from(list(FIELDS)), max_size=12, unique=True))
    values = {field: data.draw(value_of(field), label=field) for field in changed}
    try:
        config = Config(**values)
    except ValueError:
        return
    assert taken(settings_parameters(config)) == Config(**settled(dataclasses.asdict(config)))


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_alone_comes_through_an_address(field):
    other = {
        "gradient": "bptt", "truncate": 3, "season": 7, "patience": None, "residual": "last", "difference": "first",
        "quantiles": (0.2, 0.7), "validation": 33, "test": 0.15, "dropout": 0.3,
    }  # fmt: skip
    spec, standing = FIELDS[field], getattr(DEFAULT, field)
    if field in other:
        value = other[field]
    elif spec.kind == "choice":
        value = next(one for one in spec.choices if one != standing)
    else:
        value = not standing if spec.kind == "bool" else type(standing)(spec.low if standing != spec.low else spec.high)
    values = {**dataclasses.asdict(DEFAULT), field: value}
    values |= {"layers": 2} if field == "dropout" else {"patch": 1}
    try:
        config = Config(**values)
    except ValueError:
        pytest.skip("not by itself")
    assert taken(settings_parameters(config)) == Config(**settled(dataclasses.asdict(config)))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_through_an_address(name):
    assert taken(settings_parameters(PRESETS[name])) == Config(**settled(dataclasses.asdict(PRESETS[name])))


def test_a_result_is_written_and_read():
    result = Result("MRj7Q6pZZK", 20, 2, 118.7122891643435, "561d528125b7d63f", "1bc5fa30", "49d8e16e")
    assert read(result.text) == result
    for rmse in (float("inf"), 1e-300, 3.0):
        assert read(dataclasses.replace(result, rmse=rmse).text).rmse == rmse
    assert np.isnan(read(dataclasses.replace(result, rmse=float("nan")).text).rmse)


@pytest.mark.parametrize(
    "text",
    ["", "x", "a_1_1_1.0_zz_zz_zz", "MRj7_20_2_1..2_561d528125b7d63f_1bc5fa30_49d8e16e", "a_" * 7, "１_1_1_1_1_1_1"],
)
def test_what_is_no_result_is_none(text):
    assert read(text) is None


@settings(max_examples=60, deadline=None)
@given(column=st.sampled_from([f.name for f in dataclasses.fields(Epoch) if f.name != "seconds"]))
def test_the_digest_of_epochs_sees_the_last_bit_of_every_number_but_the_clock(column):
    value = getattr(EPOCH, column)
    moved = dataclasses.replace(EPOCH, **{column: value + 1 if column == "epoch" else np.nextafter(value, 9.0)})
    assert rows_digest([EPOCH]) != rows_digest([moved])
    assert rows_digest([EPOCH]) == rows_digest([dataclasses.replace(EPOCH, seconds=9.0)])
    assert rows_digest([EPOCH, EPOCH]) != rows_digest([EPOCH])


def test_one_nan_is_like_another():
    nans = np.array([0x7FF8000000000000, 0xFFF8000000000001], dtype=np.uint64).view(np.float64)
    one, other = (dataclasses.replace(EPOCH, val_loss=float(nan)) for nan in nans)
    assert rows_digest([one]) == rows_digest([other]) != rows_digest([EPOCH])


def test_settings_that_mean_the_same_have_one_digest():
    assert settings_digest(Config(cell="gru", activation="tanh")) == settings_digest(Config(cell="gru"))
    assert settings_digest(Config(seed=1)) != settings_digest(Config())


def test_a_series_is_the_same_under_another_name_and_not_with_another_number():
    same = dataclasses.replace(SERIES, name="renamed")
    assert series_digest(same) == series_digest(SERIES)
    values = SERIES.values.copy()
    values[7, 0] = np.nextafter(values[7, 0], 9.0)
    assert series_digest(dataclasses.replace(SERIES, values=values)) != series_digest(SERIES)


def test_versions_are_told_apart(monkeypatch):
    made = made_with({"unroll": "9.9.9", "numpy": np.__version__})
    assert other_versions(made) == f"Unroll 9.9.9 there and {shared_result.rnn.__version__} here"
    assert other_versions(made_with({})) == "" == other_versions("")
    monkeypatch.setattr(shared_result, "blas", lambda: "a_blas-1")
    assert other_versions(made_with({})) == ""
    assert "BLAS scipy" in other_versions("_".join([shared_result.rnn.__version__, np.__version__, "", "scipy"]))
