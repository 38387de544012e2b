"""What units follow: networks whose units are known by construction, and every correlation against NumPy's own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.following import CLEAR, Course, _closest, _first_step, _pairs, following
from rnn.core.inspection import gate_activations, hidden_states
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.unit_courses import Units, spread_out
from tests.core.hand_made_units import delay_line, two_noises


def test_units_that_are_known_are_recognised():
    units = delay_line(two_noises())
    found = following(units, np.arange(370))
    named = [found.course(unit) for unit in range(8)]
    assert named[0] == Course("level", "a", 0) and named[1] == Course("level", "a", 1)
    assert named[2] == Course("level", "a", 2)
    assert named[3] == Course("level", "b", 0) and found.r[3] == pytest.approx(-1, abs=1e-3)
    assert named[4] == Course("change", "b", 0) and found.r[4] == pytest.approx(1, abs=1e-3)
    assert named[5] is None and found.constant.tolist() == [unit == 5 for unit in range(8)] and found.r[5] == 0
    assert named[6] == Course("position") and found.r[6] > 0.99
    assert found.r[7] == pytest.approx(np.sqrt(0.5), abs=0.05)  # half of its variance is a's
    assert found.order.tolist()[-1] == 5 and sorted(found.order) == list(range(8))
    order = [named[unit] for unit in found.order]
    assert order[0] == Course("level", "a", 0)  # what follows the same stands together
    assert found.windows == 256 and found.of == 370


def test_noise_follows_nothing_clearly():
    units = delay_line(two_noises())
    params = {name: array.copy() for name, array in units.params.items()}
    params["layer0.W_h"][...] = np.random.default_rng(0).normal(0, 0.35, (8, 8))  # eight echoes mixed up
    found = following(dataclasses.replace(units, params=params), np.arange(370))
    mixed = np.abs(found.r) < CLEAR
    assert mixed.any()
    assert all((found.course(unit) is None) == mixed[unit] for unit in range(8))


def test_a_season_is_recognised_where_no_column_shows_it():
    """Two columns of opposite noise, the season hidden in their sum, which is what the only unit reads."""
    rows = 600
    noise = np.random.default_rng(1).normal(0, 5, rows)
    values = np.column_stack([noise, np.sin(2 * np.pi * np.arange(rows) / 12 + 1) - noise])
    series = Series(np.arange(rows), values, ("a", "b"), ("a",), "s")
    config = Config(cell="elman", activation="tanh", hidden=1, window=40, scaling="none", dtype="float64")
    model = Trainer(config, series).model
    params = {name: np.zeros_like(array) for name, array in model.params.items()}
    params["layer0.W_x"][...] = 0.01
    units = Units(dataclasses.replace(model, params=params), params, series, 0)
    found = following(units, np.arange(500), [12])
    assert found.course(0) == Course("season", span=12) and found.r[0] == pytest.approx(1, abs=1e-3)
    assert following(units, np.arange(500)).course(0) is None


def by_numpy(units: Units, starts: np.ndarray, course: Course, first: int) -> np.ndarray:
    """Correlations (H,) of one course, window by window and step by step from the raw definition."""
    model = units.model
    names = [name for name in model.names if name not in model.framing.static]
    pairs_of_units, pairs_of_course = [], []
    x = units.read(starts)
    states = units.of(x)
    patch = model.config.patch
    for b in range(len(starts)):
        for t in range(first, model.config.steps):
            now = (t + 1) * patch - 1 - course.lag
            value = float(t)
            if course.column:
                # Beside the records a step reads the static column.
                records = x[:, b, : patch * len(names)].reshape(-1, len(names))[:, names.index(course.column)]
                value = {
                    "level": records[now],
                    "change": records[now] - records[now - 1],
                    "mean": np.mean(records[now + 1 - max(1, int(course.span)) : now + 1]),
                }[course.kind]
            pairs_of_units.append(states[t, b])
            pairs_of_course.append(value)
    return np.array([np.corrcoef(own, pairs_of_course)[0, 1] for own in np.array(pairs_of_units).T])


@pytest.mark.parametrize("settings", [
    {"cell": "lstm", "patch": 2}, {"cell": "gru", "scaling": "window", "residual": "last"}, {"difference": "first"},
], ids=["patches", "window-units", "differences"])  # fmt: skip
def test_the_closest_of_all_courses_is_found(settings):
    series = two_noises(160)
    model = Trainer(Config(hidden=4, window=12, activation="tanh", dtype="float64", **settings), series).model
    starts = np.arange(100)
    units = Units(model, model.params, series, 0)
    found = following(units, starts)
    longest = 5
    first = -(-(longest + 2) // model.config.patch) - 1
    every = np.array([by_numpy(units, starts, course, first) for course in found.courses])
    best = np.abs(every).max(axis=0)
    np.testing.assert_allclose(np.abs(found.r), best, atol=0.0051)
    for unit in range(4):
        assert found.r[unit] == pytest.approx(every[found.best[unit], unit], abs=1e-9)
        earlier = np.abs(every[: found.best[unit], unit])
        assert (earlier < best[unit] - 0.005 + 1e-9).all()


def test_a_season_among_other_courses_is_a_regression_on_its_sine_and_cosine():
    """The correlation of every unit with each of two seasons alone, against NumPy's least squares."""
    units = delay_line(two_noises(300))
    rng = np.random.default_rng(5)
    params = {name: rng.normal(0, 0.5, array.shape) for name, array in units.params.items()}
    params["layer0.W_h"][:, 2] = params["layer0.W_x"][:, 2] = 0  # a unit that is always the same
    units, starts, seasons = dataclasses.replace(units, params=params), np.arange(250), (3.5, 24.0)
    found = following(units, starts, seasons)
    assert [course.span for course in found.courses if course.kind == "season"] == list(seasons)
    first = _first_step(units)
    states = units.of(units.read(starts))[first:].reshape(-1, 8)
    record = (starts + np.arange(1, 17)[first:, None]).reshape(-1)
    pairs = _pairs(len(states))
    own, record = states[pairs], record[pairs]
    courses = [
        np.column_stack([np.ones(len(record)), np.cos(2 * np.pi * record / span), np.sin(2 * np.pi * record / span)])
        for span in seasons
    ]
    best, r = _closest(own.copy(), [courses[0][:, 1:], record.astype(float), courses[1][:, 1:]])
    varies = np.arange(8) != 2
    expected = np.zeros((3, 8))
    for row, course in ((0, courses[0]), (1, np.column_stack([np.ones(len(record)), record])), (2, courses[1])):
        guess = course @ np.linalg.lstsq(course, own, rcond=None)[0]
        expected[row, varies] = np.sqrt(guess.var(axis=0)[varies] / own.var(axis=0)[varies])
    assert r[2] == 0 and found.r[2] == 0 and found.constant[2]
    np.testing.assert_allclose(np.abs(r), expected[best, np.arange(8)], atol=1e-9)
    assert (expected.max(axis=0) - expected[best, np.arange(8)] <= 0.005 + 1e-9).all()


@pytest.mark.parametrize("letter", ["h", "f", "c"])
def test_the_distribution_and_saturation_of_a_quantity(letter):
    series = two_noises(200)
    model = Trainer(Config(cell="lstm", hidden=3, window=8), series).model
    params = {name: array * 6 for name, array in model.params.items()}
    units = Units(model, params, series, 0, letter)
    found = following(units, np.arange(150), sigmoid=letter == "f")
    x = units.read(np.arange(150))
    values = (
        hidden_states(model.network, params, x) if letter == "h" else gate_activations(model.network, params, x)[letter]
    ).reshape(-1, 3)
    np.testing.assert_array_equal(found.low, values.min(axis=0))
    np.testing.assert_array_equal(found.high, values.max(axis=0))
    expected = [(np.count_nonzero((v > 0.99) | (v < (0.01 if letter == "f" else -0.99)))) / len(v) for v in values.T]
    np.testing.assert_allclose(found.extreme, expected)
    assert max(expected) > 0.01
    for unit in range(3):
        counts, _ = np.histogram(values[:, unit].astype(float), 40, (found.low[unit], found.high[unit]))
        assert np.abs(np.cumsum(counts) - np.cumsum(found.counts[unit])).max() <= 2  # values on the edge of two bins
        assert found.counts[unit].sum() == len(values)


def test_a_layer_above_and_the_shortest_windows():
    series = two_noises(120)
    for settings in ({"window": 1}, {"window": 2}, {"window": 6, "patch": 6}, {"window": 3, "layers": 2}):
        model = Trainer(Config(hidden=3, **settings), series).model
        found = following(Units(model, model.params, series, model.config.layers - 1), np.arange(90))
        assert np.isfinite(found.r).all() and found.r.shape == (3,)


def test_a_sample_is_spread_out_and_in_step_with_no_season():
    places = spread_out(1000, 100)
    assert len(places) == 100 and (np.diff(places) > 0).all() and places[0] == 0 and places[-1] >= 980
    assert np.diff(places).max() <= 20
    for season in (7, 10, 12, 24):
        assert len(set((places % season).tolist())) == season
    assert spread_out(5, 100).tolist() == [0, 1, 2, 3, 4]
