"""The choice from a trial: scores by hand, the margin that the rule is given, and the words for it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from rnn.core.config import Config
from rnn.forecast.auto import Plan
from rnn.forecast.backtest import Backtest
from rnn.forecast.candidates import Candidate
from rnn.forecast.choice import MARGIN, preferred, scores_of, sentence_of, table_of

CANDIDATES = [
    Candidate("rule", "network by the rule", "", Config()),
    Candidate("from-last", "network from the last value", "", Config(residual="last")),
    Candidate("naive", "last value", ""),
]


def trial(errors: dict[str, list[float]], scale=(1.0, 2.0, 4.0), every: int = 1) -> Backtest:
    """A backtest of folds of one record whose actual value is zero."""
    rows = [
        {"method": key, "id": "a", "target": "v", "fold": fold, "step": 1, "actual": 0.0, "predicted": error, "scale": unit}
        for key, of_key in errors.items()
        for fold, (error, unit) in enumerate(zip(of_key, scale, strict=True), start=1)
    ]  # fmt: skip
    plan = Plan(1, folds=len(scale), retrain_every=every)
    return Backtest(plan, (), {}, pd.DataFrame(rows), pd.DataFrame(), dict.fromkeys(errors, 0.5))


def test_scores_by_hand():
    scores = scores_of(trial({"rule": [1, -2, 4], "naive": [0, 6, 0]}))
    assert scores == {"rule": (1 / 1 + 2 / 2 + 4 / 4) / 3, "naive": (6 / 2) / 3}


def test_a_candidate_without_a_forecast_somewhere_is_no_better_than_any():
    scores = scores_of(trial({"rule": [9, 9, 9], "naive": [0, math.nan, 0]}))
    assert scores["naive"] == math.inf
    assert preferred(scores) == "rule"


def test_where_the_history_has_no_change_its_points_count_for_no_one():
    assert scores_of(trial({"rule": [1, 5, 1]}, scale=(1.0, 0.0, 1.0))) == {"rule": 1.0}
    assert scores_of(trial({"rule": [1, 5, 3]}, scale=(0.0, 0.0, math.nan))) == {"rule": 3.0}


@pytest.mark.parametrize(
    ("share", "chosen"), [(1.5, "rule"), (1.0, "rule"), (1 - 0.9 * MARGIN, "rule"), (1 - 1.1 * MARGIN, "naive")]
)
def test_what_is_hardly_better_leaves_the_rule_in_place(share, chosen):
    assert preferred({"rule": 0.8, "from-last": 0.9, "naive": share * 0.8}) == chosen


def test_among_the_clearly_better_the_best():
    assert preferred({"rule": 1.0, "from-last": 0.5, "naive": 0.6}) == "from-last"


def test_a_perfect_rule_stays():
    assert preferred({"rule": 0.0, "from-last": 0.0, "naive": 1.0}) == "rule"


def test_the_table_by_hand():
    tried = trial({"rule": [1, 2, 6], "from-last": [1, 1, 1], "naive": [2, 4, 8]})
    table = table_of(tried, CANDIDATES, scores_of(tried), "from-last")
    assert list(table["key"]) == ["from-last", "rule", "naive"]
    assert table[["fold1", "fold2", "fold3"]].to_numpy().tolist() == [[1, 1, 1], [1, 2, 6], [2, 4, 8]]
    np.testing.assert_allclose(table["score"], [(1 + 0.5 + 0.25) / 3, (1 + 1 + 1.5) / 3, 2])
    np.testing.assert_allclose(table["ratio"], table["score"] / 2)
    assert list(table["chosen"]) == [True, False, False]
    assert list(table["network"]) == [True, True, False]


def test_several_origins_of_one_training_are_one_column():
    tried = trial({"rule": [1, 3, 5, 9]}, scale=(1.0,) * 4, every=2)
    table = table_of(tried, CANDIDATES[:1], {"rule": 4.5, "naive": 9.0}, "rule")
    assert table[["fold1", "fold2"]].to_numpy().tolist() == [[2, 7]]


def said(scores: dict[str, float], best: str, network: str) -> str:
    return sentence_of(CANDIDATES, scores, Plan(12, folds=3), best, network)


def test_the_words():
    assert said({"rule": 0.8, "from-last": 0.9, "naive": 1.0}, "rule", "rule") == (
        "Judged from 3 origins over the next 12 records, “network by the rule” is best: 0.80 times the error of “last value”."
    )
    assert said({"rule": 0.8, "from-last": 0.6, "naive": 1.0}, "from-last", "from-last").endswith(
        "“network from the last value” is best: 0.60 times the error of “last value”, 0.75 times that of “network by the rule”."
    )
    close = 0.8 * (1 - MARGIN / 2)
    assert said({"rule": 0.8, "from-last": close, "naive": 1.0}, "rule", "rule").endswith(
        "nothing is clearly better than “network by the rule”: 0.80 times the error of “last value”. “network from the last "
        f"value” errs less, but by under {MARGIN:.0%}."
    )
    assert said({"rule": 1.2, "from-last": 1.1, "naive": 1.0}, "naive", "from-last").endswith(
        "no network beats “last value”, a forecast without one. The best of them, “network from the last value”, errs 1.10 "
        "times as much; its settings are the ones taken for a network."
    )
