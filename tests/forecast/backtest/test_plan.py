"""Which records each fold learns from and judges, against examples worked out by hand; and the sentences on short series."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnn.core.series import Series
from rnn.forecast.backtest import Plan, cutoffs

from .series import QUICK, panel, single

# 20 records, numbered 0 … 19, whose times are ten times their numbers; folds of 3 steps.
TWENTY = Series(np.arange(20) * 10, np.arange(20.0)[:, None], ("value",), ("value",))
SMALL = QUICK.replace(window=2, horizon=1)


def worked(plan, series=TWENTY, config=SMALL):
    """(first predicted, last predicted, first learnt from, last learnt from) of each fold."""
    found = cutoffs(series, [config], plan)
    assert [one.number for one in found] == list(range(1, plan.folds + 1))
    return [(one.time, one.last_time, one.train_from, one.train_to) for one in found]


def test_expanding():
    assert worked(Plan(3, folds=3)) == [(110, 130, 0, 100), (140, 160, 0, 130), (170, 190, 0, 160)]


def test_sliding_keeps_the_length_of_the_first_fold():
    assert worked(Plan(3, folds=3, kind="sliding")) == [(110, 130, 0, 100), (140, 160, 30, 130), (170, 190, 60, 160)]


def test_sliding_by_a_length_of_its_own():
    plan = Plan(3, folds=3, kind="sliding", length=6)
    assert worked(plan) == [(110, 130, 50, 100), (140, 160, 80, 130), (170, 190, 110, 160)]


def test_cut_offs_closer_than_a_forecast_is_long():
    assert worked(Plan(3, folds=3, spacing=1)) == [(150, 170, 0, 140), (160, 180, 0, 150), (170, 190, 0, 160)]


def test_cut_offs_with_records_between_that_nobody_judges():
    assert worked(Plan(2, folds=2, spacing=5)) == [(130, 140, 0, 120), (180, 190, 0, 170)]


def test_trained_once_means_before_the_first_cut_off():
    assert worked(Plan(3, folds=3, retrain=False)) == [(110, 130, 0, 100), (140, 160, 0, 100), (170, 190, 0, 100)]


def test_where_a_cut_off_stands():
    assert [(one.record, one.back) for one in cutoffs(TWENTY, [SMALL], Plan(3, folds=2))] == [(14, 6), (17, 3)]


def test_dates():
    first, last = cutoffs(single(90), [QUICK], Plan(7, folds=2))
    assert [str(value) for value in (first.time, first.last_time, first.train_from, first.train_to)] == [
        "2024-03-17", "2024-03-23", "2024-01-01", "2024-03-16",
    ]  # fmt: skip
    assert str(last.last_time) == "2024-03-30"


def test_many_series_are_cut_from_their_own_ends():
    first, last = cutoffs(panel(40, 30), [QUICK], Plan(5, folds=2))
    # s0 ends on 9 February, s1 on 30 January: the earliest first and the latest last of both.
    assert (str(first.time), str(first.last_time)) == ("2024-01-21", "2024-02-04")
    assert (str(last.time), str(last.last_time)) == ("2024-01-26", "2024-02-09")
    assert (first.record, last.record, last.back) == (30, 35, 5)


def known(rows: int, future: int = 0) -> Series:
    values = np.column_stack([np.arange(rows), np.arange(rows) % 2])
    ahead = np.zeros((future, 1)) if future else None
    return Series(np.arange(rows), values, ("value", "holiday"), ("value",), known=("holiday",), future=ahead)


@pytest.mark.parametrize(("future", "last_predicted"), [(0, 57), (1, 58), (2, 59), (9, 59)])
def test_a_network_that_reads_known_columns_further_than_it_is_judged_leaves_records_for_that(future, last_predicted):
    *_, last = cutoffs(known(60, future), [QUICK.replace(horizon=5)], Plan(3, folds=2))
    assert last.last_time == last_predicted


def short(plan, series=TWENTY, config=SMALL) -> str:
    with pytest.raises(ValueError) as caught:
        cutoffs(series, [config], plan)
    return str(caught.value)


def test_too_short_to_learn_from_says_what_to_change():
    assert short(Plan(3, folds=7)) == (
        "The series has 20 records, and 7 folds of 3 steps take 21 of them, which leaves none to learn from. "
        "Or take folds=5 or fewer."
    )


@pytest.mark.parametrize("plan", [Plan(3, folds=7), Plan(3, folds=6), Plan(18, folds=1), Plan(5, folds=9, spacing=2)])
def test_what_is_advised_is_enough_and_one_more_is_not(plan):
    field, value = re.search(r"Or take (\w+)=(\d+) or fewer\.$", short(plan)).groups()
    fitting = {**plan.to_dict(), field: int(value)}
    assert len(cutoffs(TWENTY, [SMALL], Plan(**fitting))) == fitting["folds"]
    short(Plan(**{**fitting, field: int(value) + 1}))


def test_too_short_for_the_network_carries_its_own_advice():
    said = short(Plan(3, folds=2), config=SMALL.replace(window=14))
    assert "leave 14 to learn from in the first one" in said
    assert "Take a window of at most 12" in said


def test_a_window_that_no_plan_has_room_for():
    said = short(Plan(3, folds=2), config=SMALL.replace(window=18))
    assert said.endswith("No plan of fewer folds or steps fits; take a longer series or settings that read less.")


def test_a_length_longer_than_what_is_there():
    said = short(Plan(3, folds=2, kind="sliding", length=15))
    assert "leave 14 before the first cut-off, fewer than length=15. Or take folds=1 or fewer." in said


def test_none_of_many_is_long_enough():
    said = short(Plan(10, folds=3), series=panel(12, 20))
    assert said.startswith("None of the 2 series is long enough. 's1' is the longest: The series has 20 records")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"steps": 0}, "steps=0 is not allowed; allowed: a whole number from 1 to 10000."),
        ({"steps": 3, "folds": True}, "folds=True is not allowed; allowed: a whole number from 1 to 1000."),
        ({"steps": 3, "spacing": 1.5}, "spacing=1.5 is not allowed"),
        ({"steps": 3, "kind": "rolling"}, "kind='rolling' is not allowed; allowed: expanding, sliding."),
        ({"steps": 3, "length": 9}, "length=9 belongs to kind='sliding'"),
    ],
)
def test_wrong_values(fields, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        Plan(**fields)


def test_a_plan_through_json_and_back():
    plan = Plan(3, folds=2, spacing=4, kind="sliding", retrain=False, length=40)
    assert Plan.from_dict(plan.to_dict()) == plan
    assert Plan.from_dict({"steps": 3}) == Plan(3)
    with pytest.raises(ValueError, match="'step' is no field of a plan"):
        Plan.from_dict({"steps": 3, "step": 4})


def test_trained_anew_in_every_second_fold():
    plan = Plan(3, folds=4, retrain_every=2)
    assert [plan.trained_in(number) for number in (1, 2, 3, 4)] == [1, 1, 3, 3]
    # Cut-offs at 8, 11, 14 and 17: the second fold has the training of the first, the fourth that of the third.
    assert worked(plan) == [(80, 100, 0, 70), (110, 130, 0, 70), (140, 160, 0, 130), (170, 190, 0, 130)]
