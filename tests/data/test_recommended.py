"""`rnn.recommended`: valid for whatever series and whatever is settled already, and better than the naive forecasts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn
from benchmarks.accuracy.competition import HORIZON, SEASON, errors, naive2, owa, tasks
from rnn.core.config import PUBLISHED_ALGORITHM
from rnn.core.fields import FIELDS
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.data.look import suggest

OFTEN = {
    "horizon": st.integers(1, 4), "window": st.integers(1, 30), "patch": st.integers(1, 6), "truncate": st.integers(1, 8),
    "season": st.one_of(st.none(), st.integers(1, 15)), "validation": st.sampled_from([0.1, 0.3, 2]), "gap": st.integers(0, 2),
    "test": st.sampled_from([0, 0.1, 2]), "layers": st.integers(1, 3), "hidden": st.integers(1, 9),
}  # fmt: skip


def values_of(name: str):
    """Any value that a field takes, small ones for those that need room in the series."""
    field = FIELDS[name]
    if name in OFTEN:
        return OFTEN[name]
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "bool":
        return st.booleans()
    if field.kind == "levels":
        return st.just((0.25, 0.5))
    return (st.integers if field.kind == "int" else st.floats)(field.low, min(field.high, 1e4))


@st.composite
def series_of(draw, least: int = 12) -> Series:
    count, rng = draw(st.integers(least, 150)), np.random.default_rng(draw(st.integers(0, 99)))
    k = np.arange(count)
    values = {
        "constant": np.full(count, 3.0),
        "zeros": np.zeros(count),
        "walk": np.cumsum(rng.standard_normal(count)),
        "season": 50 + 9 * np.sin(2 * np.pi * k / 7) + rng.standard_normal(count),
        "growth": np.exp(0.03 * k) * (2 + np.sin(2 * np.pi * k / 12)),
        "negative": -10.0 - rng.exponential(1.0, count),
    }[draw(st.sampled_from(["constant", "zeros", "walk", "season", "growth", "negative"]))]
    if draw(st.booleans()):
        parts = [Series.from_values(values + shift) for shift in (0.0, 1.0, 2.0)]
        return Series.joined(parts, ("a", "b", "c"))
    if draw(st.booleans()):
        both = np.column_stack([values, np.cos(k)])
        return Series.from_values(both, ["y", "x"], ["y"], known=["x"] if draw(st.booleans()) else [])
    return Series.from_values(values)


@settings(max_examples=200, deadline=None)
@given(series=series_of(), horizon=st.one_of(st.none(), st.integers(1, 400)))
def test_any_series_gets_settings_that_it_can_be_trained_with(series, horizon):
    config = rnn.recommended(series, horizon)
    assert split_series(config, series).train >= 1
    if horizon is not None:
        assert config.horizon <= horizon
        if horizon <= 3:
            assert config.horizon == horizon


@settings(max_examples=200, deadline=None)
@given(series=series_of(60), data=st.data())
def test_whatever_one_field_is_settled_at_the_others_adapt(series, data):
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    value = data.draw(values_of(name))
    config = rnn.recommended(series, **{name: value})
    assert getattr(config, name) == value
    assert split_series(config, series).train >= 1


@settings(max_examples=100, deadline=None)
@given(series=series_of(60), data=st.data())
def test_two_settled_fields_stand_or_contradict_each_other_in_a_sentence(series, data):
    names = data.draw(st.lists(st.sampled_from(sorted(OFTEN)), min_size=2, max_size=2, unique=True))
    fixed = {name: data.draw(values_of(name)) for name in names}
    try:
        config = rnn.recommended(series, **fixed)
    except ValueError as error:
        with pytest.raises(ValueError):
            rnn.Config(**fixed)
        assert str(error).endswith(".")
    else:
        assert {name: getattr(config, name) for name in names} == fixed


def test_the_articles_algorithm_brings_what_it_needs():
    config = rnn.recommended(Series.from_values(np.sin(np.arange(100))), gradient="published")
    assert {name: getattr(config, name) for name in PUBLISHED_ALGORITHM} == PUBLISHED_ALGORITHM


@pytest.mark.parametrize(
    ("fixed", "words"),
    [({"colour": 3}, "'colour' is not a config field"), ({"hidden": 0}, "hidden=0 is not allowed"),
     ({"window": 10, "patch": 3}, "must be a multiple of `patch`")],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(fixed, words):
    with pytest.raises(ValueError, match=words):
        rnn.recommended(Series.from_values(np.arange(50.0)), **fixed)


def test_a_long_series_is_trained_in_few_large_batches():
    """200,000 records: no more than some thousand updates, however long it is."""
    values = np.sin(np.arange(200_000) * 2 * np.pi / 24) + np.random.default_rng(0).standard_normal(200_000)
    config = rnn.recommended(Series.from_values(values))
    batches = -(-200_000 // config.batch)
    assert config.season == 24 and 400 <= batches * config.epochs <= 5000


def test_the_suggestions_are_the_same_rule():
    values = 50 + 9 * np.sin(2 * np.pi * np.arange(200) / 7) + np.random.default_rng(0).standard_normal(200)
    fixed = {"window": 15}
    found = {one.field: one.value for one in suggest(values, horizon=5, fixed=fixed)}
    assert rnn.Config(**found) == rnn.recommended(Series.from_values(values), 5, **fixed)


@pytest.mark.parametrize("kind", ["hourly", "weekly"])
def test_it_is_clearly_better_than_seasonal_naive_on_the_competitions_series(kind):
    """Twenty series of the M4 competition, as they come; naive 2 scores 1, the seasonal naive forecast 0.63 and 1.00."""
    found = tasks(kind)
    if not found:
        pytest.skip("the development series of the M4 competition are not beside this checkout")
    chosen = found[::3]
    scores, naive = [], []
    for task in chosen:
        series = rnn.Series.from_values(task.known)
        config = rnn.recommended(series, HORIZON[kind], seeds=1)
        mean = rnn.forecast(rnn.fit(config, series), HORIZON[kind])["mean"].to_numpy()
        scores.append(errors(task, mean, SEASON[kind]))
        naive.append(errors(task, naive2(task.known, HORIZON[kind], SEASON[kind]), SEASON[kind]))
    seasonal = [errors(one, np.resize(one.known[-SEASON[kind] :], HORIZON[kind]), SEASON[kind]) for one in chosen]
    assert owa(np.array(scores), np.array(naive)) < 0.95 * owa(np.array(seasonal), np.array(naive))
