"""How often the doctor is wrong: on series in which there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from rnn.data.doctor import diagnose
from rnn.data.doctor.steps import steps_in

SERIES = 60


def _white(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n)


def _memory(rng: np.random.Generator, n: int) -> np.ndarray:
    noise, values = rng.standard_normal(n), np.zeros(n)
    for k in range(1, n):
        values[k] = 0.6 * values[k - 1] + noise[k]
    return values


def _walk(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.cumsum(rng.standard_normal(n))


def _sine_and_trend(rng: np.random.Generator, n: int) -> np.ndarray:
    at = np.arange(n)
    return np.sin(at * 2 * np.pi / 23) + 0.01 * at + 0.2 * rng.standard_normal(n)


def _bent(rng: np.random.Generator, n: int) -> np.ndarray:
    return 5 * np.linspace(0, 1, n) ** 2 + rng.standard_normal(n)


def _heavy_tails(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.laplace(size=n)


def _skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.exp(rng.standard_normal(n))


def _counts(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.poisson(2.0, n).astype(float)


NOTHING_TO_FIND = (_white, _memory, _walk, _sine_and_trend, _bent, _heavy_tails, _skewed, _counts)


@pytest.mark.parametrize("make", NOTHING_TO_FIND)
def test_few_false_alarms(make: Callable[[np.random.Generator, int], np.ndarray], rng: np.random.Generator) -> None:
    alarmed = 0
    for k in range(SERIES):
        values = make(rng, (100, 300, 1000)[k % 3])
        frame = pd.DataFrame({"v": values}, index=pd.RangeIndex(2, len(values) + 2, name="row"))
        kinds = [one.kind for one in diagnose(frame, None, ["v"], frequency=None)]
        alarmed += bool(kinds)
    assert alarmed <= 2, f"{alarmed} of {SERIES} series"


def test_shifts_that_are_there_are_found(rng: np.random.Generator) -> None:
    found = 0
    for _ in range(40):
        values, place = rng.standard_normal(200), int(rng.integers(40, 160))
        values[place:] += 3
        steps = steps_in(values)
        found += len(steps) == 1 and abs(steps[0].at - place) <= 3 and abs(steps[0].by - 3) < 1
    assert found >= 36


def test_a_step_that_wanders_is_no_shift(rng: np.random.Generator) -> None:
    ramp = np.concatenate([np.zeros(100), np.linspace(0, 6, 60), np.full(100, 6.0)])
    assert steps_in(ramp + rng.standard_normal(260)) == []
