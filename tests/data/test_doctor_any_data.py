"""Whatever the numbers: the doctor answers without a warning, changes nothing, and its remedies can be done."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from rnn.data.doctor import diagnose
from rnn.data.repair import Repair, repaired

_PLAIN = some.floats(-1e3, 1e3)
_ODD = some.sampled_from([np.nan, np.inf, -np.inf, 0.0, -999.0, 1e308, -1e308, 1e-308, 32.0, 7.0])


@some.composite
def columns(draw: some.DrawFn) -> tuple[pd.DataFrame, np.ndarray | None, str | None]:
    """A base that repeats or wanders, with odd cells strewn in; times in some order, repeated, unreadable or absent."""
    count = draw(some.integers(0, 120))
    piece = draw(some.lists(_PLAIN, min_size=1, max_size=12))
    values = np.resize(np.array(piece), count)
    if draw(some.booleans()):
        values = values + np.cumsum(np.resize(np.array(draw(some.lists(_PLAIN, min_size=1, max_size=5))), count))
    for place, value in draw(some.lists(some.tuples(some.integers(0, 119), some.one_of(_ODD, _PLAIN)), max_size=12)):
        if place < count:
            values[place] = value
    frame = pd.DataFrame({"v": values}, index=pd.RangeIndex(2, count + 2, name="row"))
    kind = draw(some.sampled_from(["none", "days", "repeated", "shuffled", "numbers"]))
    days = np.datetime64("2021-03-01", "us") + np.arange(count) * np.timedelta64(1, "D")
    if kind == "none":
        return frame, None, None
    if kind == "numbers":
        return frame, np.arange(count) / 3, None
    if kind == "repeated":
        days = days[np.arange(count) // 2 * 2]
    if kind == "shuffled":
        days = days[np.random.default_rng(count).permutation(count)]
        days[: count // 9] = np.datetime64("NaT")
    return frame, days, "D"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(columns(), some.one_of(some.none(), some.integers(2, 30)))
def test_any_numbers_are_examined_and_every_remedy_can_be_done(
    table: tuple[pd.DataFrame, np.ndarray | None, str | None], season: int | None
) -> None:
    frame, times, frequency = table
    before = frame.copy()
    for found in diagnose(frame, times, ["v"], frequency=frequency, season=season):
        json.dumps(found.to_dict(), allow_nan=False)
        assert found.count > 0
        assert found.message.endswith((".", "?", "”?"))
        assert set(found.rows.tolist()) <= {0, *frame.index}
        for remedy in found.remedies:
            if remedy.repair is None:
                continue
            assert Repair.from_dict(remedy.repair.to_dict()) == remedy.repair
            sheet, _ = repaired(frame, times, [remedy.repair])
            assert sheet.weights.sum() + sum(count for _, count in sheet.left) == len(frame)
    assert frame.equals(before)
