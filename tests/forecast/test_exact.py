"""An error that is but rounding is none, and a small one that is not stays what it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.exact import rounding_of, unrounded
from rnn.forecast.noise import baseline_losses
from rnn.forecast.scores import scores
from rnn.forecast.significance import compared
from rnn.forecast.verdict import judge

ALTERNATING = np.tile([3.0, -3.0], 60)
REMAINDER = 5e-7  # of single precision


def frame(**errors: float) -> pd.DataFrame:
    """Each method's rows over six folds of two steps, wrong by so much."""
    rows = [
        {"method": method, "id": "", "target": "v", "fold": fold, "step": step, "time": 2 * fold + step,
         "actual": ALTERNATING[step], "predicted": ALTERNATING[step] + error, "scale": 6.0}
        for method, error in errors.items() for fold in range(1, 7) for step in (1, 2)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_remainder_of_single_precision_is_no_error_in_a_ranking():
    found = frame(linear=0.0, net=REMAINDER, naive=6.0)
    assert scores(found)["mae"].tolist() == [0.0, 0.0, 6.0]
    beside = compared(found).set_index("method")
    assert beside.loc["net", "sentence"] == "The same errors." and beside.loc["net", "noise"]


def test_the_verdict_of_an_exact_network_beside_an_exact_baseline():
    series = Series.from_values(ALTERNATING)
    split = split_windows(Config(window=8, validation=20), len(ALTERNATING))
    predicted = (ALTERNATING[-20:] + REMAINDER).reshape(20, 1, 1)
    found = judge(series, split, predicted, baseline_losses(series, split))
    assert found.rmse == 0 and found.marks["naive"] == "better" and found.marks["linear"] == "level"
    assert "worse" not in found.sentence


def test_a_small_movement_upon_a_large_level_is_not_taken_for_rounding():
    actual = 1e6 + np.array([0.0, 0.1, 0.0, 0.1])
    assert rounding_of(actual) < 0.01
    rows = pd.DataFrame({"actual": actual, "predicted": actual + 0.05})
    assert unrounded(rows).tolist() == rows["predicted"].tolist()


def test_each_series_has_its_own_rounding():
    rows = pd.DataFrame({"id": ["a", "a", "b", "b"], "actual": [1e6, -1e6, 1.0, -1.0]})
    rows["predicted"] = rows["actual"] + 1e-3
    assert (unrounded(rows) == rows["actual"]).tolist() == [True, True, False, False]
