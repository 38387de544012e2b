"""Windows in which a unit acts alike, against a search of all of them one by one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core import alike as search
from rnn.core.alike import alike
from rnn.core.config import Config
from rnn.core.inspection import gate_activations, hidden_states
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.unit_courses import Units


def wave(rows: int = 300) -> Series:
    k = np.arange(rows)
    rng = np.random.default_rng(2)
    return Series.from_values(np.sin(k / 6) + 0.3 * np.sin(k / 17) + rng.normal(0, 0.05, rows))


def units_of(series: Series, letter: str = "h", **settings) -> Units:
    given = {"cell": "lstm", "hidden": 4, "window": 10, "dtype": "float64"} | settings
    model = Trainer(Config(**given), series).model
    return Units(model, model.params, series, model.config.layers - 1, letter)


def one_by_one(units: Units, unit: int, starts) -> np.ndarray:
    """(windows, T): every course from a window framed by itself."""
    model, found = units.model, []
    for start in starts:
        framed = model.framed(units.series.values[None, start : start + model.config.reach])
        if units.letter == "h":
            states = hidden_states(model.network, units.params, framed.x, units.layer)
        else:
            states = gate_activations(model.network, units.params, framed.x, units.layer)[units.letter]
        found.append(states[:, 0, unit])
    return np.array(found)


@pytest.mark.parametrize("letter", ["h", "f", "c"])
@pytest.mark.parametrize("settings", [{}, {"scaling": "window", "difference": "first", "patch": 2}, {"layers": 2}])
def test_the_nearest_of_all_windows_are_found(letter, settings):
    series = wave()
    units, unit, first = units_of(series, letter, **settings), 2, 120
    starts = np.concatenate([np.arange(180), np.arange(190, 280)])  # a gap between training and validation
    found = alike(units, unit, first, starts, most=5)
    courses = one_by_one(units, unit, starts)
    given = one_by_one(units, unit, [first])[0]
    np.testing.assert_allclose(found.given, given, rtol=1e-12)
    distances = np.sqrt(np.mean((courses - given) ** 2, axis=1))
    taken, expected = [first], []
    while len(expected) < 5:
        free = [k for k, start in enumerate(starts) if min(abs(start - t) for t in taken) >= 5]
        best = min(free, key=lambda k: distances[k])
        taken.append(starts[best])
        expected.append(best)
    assert [match.first for match in found.matches] == [starts[k] for k in expected]
    for match, k in zip(found.matches, expected, strict=True):
        assert match.distance == pytest.approx(distances[k], rel=1e-9)
        assert match.r == pytest.approx(np.corrcoef(courses[k], given)[0, 1], rel=1e-6)
        np.testing.assert_allclose(match.course, courses[k], rtol=1e-9)
    assert found.usual == pytest.approx(np.median(distances), rel=1e-9)
    assert (found.stride, found.looked_at, found.of) == (1, len(starts), len(starts))


def test_a_long_series_is_sampled_and_then_looked_at_more_closely(monkeypatch):
    """A moment that returns exactly is found although only every 40th window is looked at first."""
    k = np.arange(4000)
    series = Series.from_values(np.sin(k / 40) + 0.2 * np.sin(k / 333))
    values = series.values.copy()
    values[3100:3130] = values[500:530]
    series = dataclasses.replace(series, values=values)
    units = units_of(series, cell="elman", activation="tanh", window=30)
    starts = np.arange(3960)
    before = search.work(units, len(starts))
    monkeypatch.setattr(search, "MOST", 100)
    assert search.work(units, len(starts)) == 2 * 100 * units.cost < before
    found = alike(units, 1, 500, starts)
    assert found.stride == 40 and found.looked_at < len(starts) / 2
    assert found.matches[0].first == 3100 and found.matches[0].distance == 0
    assert found.matches[0].r == pytest.approx(1)
    gaps = np.diff(sorted([500, *[match.first for match in found.matches]]))
    assert gaps.min() >= 15


def test_where_there_is_no_room_for_another_there_is_none():
    series = wave(60)
    units = units_of(series, window=40)
    assert alike(units, 0, 5, np.arange(18)).matches == ()
