"""Framing: against plain Python, there and back, blind to what comes later, and within its memory."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import Config
from rnn.core.fields import RESIDUALS
from rnn.core.framing import Framing
from rnn.core.series import Series
from tests.core.framing_by_hand import SCALINGS, ByHand, actual, read


@st.composite
def cases(draw):
    """A config, a series of positive values with any mix of columns, the rows to fit on and windows to look at."""
    patch = draw(st.integers(1, 3))
    config = Config(
        window=patch * draw(st.integers(1, 5)),
        patch=patch,
        horizon=draw(st.integers(1, 9)),
        season=draw(st.integers(1, 6)),
        log=draw(st.booleans()),
        difference=draw(st.sampled_from(("none", "first", "seasonal"))),
        scaling=draw(st.sampled_from(SCALINGS)),
        residual=draw(st.sampled_from(RESIDUALS)),
    )
    kinds = draw(st.lists(st.sampled_from("ddskk"), max_size=3)) + ["t"] * draw(st.integers(1, 2))
    kinds = draw(st.permutations(kinds))
    names = tuple(f"{kind}{column}" for column, kind in enumerate(kinds))
    targets = tuple(draw(st.permutations([name for name in names if name[0] == "t"])))
    rows = config.reach + config.horizon + draw(st.integers(0, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = np.exp(rng.standard_normal((rows + draw(st.integers(0, 15)), len(names))))
    if draw(st.booleans()):
        values[:, draw(st.integers(0, len(names) - 1))] = 3.7
    last = len(values) - config.reach - config.horizon
    starts = np.array(draw(st.lists(st.integers(0, last), min_size=1, max_size=4)))
    static = tuple(name for name in names if name[0] == "s")
    known = tuple(draw(st.permutations([name for name in names if name[0] == "k"])))
    return config, Series(np.arange(len(values)), values, names, targets, static=static, known=known), rows, starts


@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_as_window_by_window_in_plain_python(case, seed):
    config, series, rows, starts = case
    framing = Framing.fit(config, series, rows)
    columns = {name: column.tolist() for name, column in zip(series.names, series.values.T, strict=True)}
    plain = ByHand(config, columns, series.targets, series.static, rows, series.known)
    x, anchor, y = read(framing, series.values, starts)
    assert x.swapaxes(0, 1) == pytest.approx(np.array([plain.inputs(start) for start in starts]), rel=1e-9, abs=1e-9)
    assert y == pytest.approx(np.array([plain.outputs(start) for start in starts]), rel=1e-9, abs=1e-9)
    y_hat = 0.3 * np.random.default_rng(seed).standard_normal(y.shape)
    restored = framing.restore(y_hat, series.values, starts, anchor)
    assert restored == pytest.approx(
        np.array([plain.restore(*pair) for pair in zip(y_hat, starts, strict=True)]), rel=1e-9
    )


@settings(max_examples=150, deadline=None)
@given(cases())
def test_restoring_the_true_outputs_gives_the_records(case):
    config, series, rows, starts = case
    framing = Framing.fit(config, series, rows)
    _, anchor, y = read(framing, series.values, starts)
    restored = framing.restore(y, series.values, starts, anchor)
    assert (restored.dtype, restored.shape) == (np.float64, (len(starts), config.horizon, len(series.targets)))
    assert restored == pytest.approx(actual(framing, series.values, starts), rel=1e-10)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_windows_alone_say_as_much_as_the_series(case):
    """As Model.predict does it: windows laid end to end, whose seams are never read. Where something is known ahead the steps
    predicted stand between them, with nothing but that."""
    config, series, rows, starts = case
    framing = Framing.fit(config, series, rows)
    x, anchor, y = read(framing, series.values, starts)
    length = config.reach + (config.horizon if series.known else 0)
    windows = np.stack([series.values[start : start + length] for start in starts])
    windows[:, config.reach :, [name not in series.known for name in series.names]] = 77.7
    laid = windows.reshape(-1, len(series.names))
    at = np.arange(len(starts)) * length
    alone = np.empty_like(x)
    own = framing.inputs(framing.prepare(laid), at, alone)
    assert alone.tobytes() == x.tobytes()
    assert framing.restore(y, laid, at, own).tobytes() == framing.restore(y, series.values, starts, anchor).tobytes()


@settings(max_examples=100, deadline=None)
@given(cases())
def test_nothing_after_the_window_is_read_but_what_is_known_ahead(case):
    config, series, rows, starts = case
    framing = Framing.fit(config, series, rows)
    start = starts[:1]
    x, anchor, y = read(framing, series.values, start)
    later = series.values.copy()
    end, known = start[0] + config.reach, [name in series.known for name in series.names]
    later[end:] = 1e9
    later[end : end + config.horizon, known] = series.values[end : end + config.horizon, known]
    changed, moved, _ = read(framing, later, start)
    later[end:] = np.nan
    assert changed.tobytes() == x.tobytes()
    assert (
        framing.restore(y, later, start, moved).tobytes() == framing.restore(y, series.values, start, anchor).tobytes()
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_rows_after_the_training_part_are_not_fitted_on(case):
    config, series, rows, _ = case
    framing = Framing.fit(config, series, rows)
    later = series.values.copy()
    later[rows:] = 1e6
    other = Framing.fit(config, dataclasses.replace(series, values=later), rows)
    for a, b in (
        (framing.scaler.centre, other.scaler.centre),
        (framing.scaler.scale, other.scaler.scale),
        (framing.least, other.least),
    ):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("difference", ["none", "first", "seasonal"])
def test_the_last_training_row_is_fitted_on(difference, rng):
    config = Config(window=4, season=3, difference=difference, scaling="window")
    values = rng.standard_normal(30)
    framing = Framing.fit(config, Series.from_values(values), 20)
    values[19] += 1
    other = Framing.fit(config, Series.from_values(values), 20)
    assert framing.scaler.centre != other.scaler.centre
    assert framing.least != other.least


@pytest.mark.parametrize("scaling", SCALINGS)
def test_float32_inputs_into_a_strided_buffer(scaling, rng):
    """As the network has it: its input is some columns of a wider state buffer, in its own precision."""
    values = rng.standard_normal((80, 3))
    series = Series(np.arange(80), values, tuple("abc"), ("c",), static=("b",))
    framing = Framing.fit(Config(window=6, patch=3, scaling=scaling), series, 60)
    starts = np.array([3, 50, 9])
    exact, _, _ = read(framing, values, starts)
    state = np.full((2, 3, 20), 7, np.float32)
    for prepared in (framing.prepare(values), framing.prepare(values).astype(np.float32)):
        framing.inputs(prepared, starts, state[:, :, 5 : 5 + framing.channels])
        assert state[:, :, 5 : 5 + framing.channels] == pytest.approx(exact, rel=1e-4, abs=1e-5)
        assert (state[:, :, :5] == 7).all()
        assert (state[:, :, 5 + framing.channels :] == 7).all()
        state[...] = 7


@pytest.mark.parametrize("change", [{}, {"scaling": "window"}, {"residual": "seasonal", "difference": "first"}])
def test_a_batch_costs_no_more_memory_than_itself(change, rng):
    """Never a copy of the series, however long it is."""
    config = Config(window=24, season=12, **change)
    values = rng.standard_normal((200_000, 2))
    framing = Framing.fit(config, Series.from_values(values), 1000)
    prepared = framing.prepare(values)
    starts = rng.integers(0, 199_000, 32)
    x = np.empty((24, 32, 2))
    framing.inputs(prepared, starts, x)
    tracemalloc.start()
    anchor = framing.inputs(prepared, starts, x)
    y = framing.outputs(prepared, starts, anchor)
    framing.restore(y, values, starts, anchor)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * x.nbytes
