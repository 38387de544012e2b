"""Schedules: factors at points worked by hand, the values of PyTorch's scheduler, and warm-up."""

from __future__ import annotations

import math

import pytest

from rnn.core.schedules import SCHEDULES, factor

SHARES = [k / 1000 for k in range(1000)]


def test_constant_and_step_by_hand():
    assert {SCHEDULES["constant"](share) for share in SHARES} == {1.0}
    steps = [SCHEDULES["step"](share) for share in (0.0, 0.499, 0.5, 0.749, 0.75, 0.999)]
    assert steps == [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]


def test_cosine_by_hand():
    """(1 + cos πs)/2: cos 60° = 1/2 gives 3/4, cos 90° = 0 gives 1/2, cos 120° = −1/2 gives 1/4."""
    values = [SCHEDULES["cosine"](share) for share in (0.0, 1 / 3, 0.5, 2 / 3, 1.0)]
    assert values == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0], abs=1e-15)


def test_onecycle_by_hand():
    """Half-way up, at 15 %: (1/25 + 1)/2 = 0.52. Half-way down, at 65 %: (1 + 1/250,000)/2 = 0.500002."""
    values = [SCHEDULES["onecycle"](share) for share in (0.0, 0.15, 0.3, 0.65, 1.0)]
    assert values == pytest.approx([0.04, 0.52, 1.0, 0.500002, 4e-6], rel=1e-12)


def test_onecycle_has_the_values_of_pytorchs_scheduler():
    """torch 2.13 OneCycleLR(max_lr=1, total_steps=10): it peaks at its step 2 (of 0 to 9), we at 30 % of the run."""
    theirs = [
        0.040000000000000036, 0.52, 1.0, 0.9504846320134737, 0.8117456539497631, 0.6112620219362893,
        0.38874197806371075, 0.18825834605023697, 0.049519367986526286, 4e-06,
    ]  # fmt: skip
    shares = [0.0, 0.15] + [0.3 + 0.7 * (step - 2) / 7 for step in range(2, 10)]
    assert [SCHEDULES["onecycle"](share) for share in shares] == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_factor_lies_above_0_and_at_most_at_1(name, warmup):
    values = [factor(name, warmup, share) for share in SHARES]
    assert min(values) > 0
    assert max(values) <= 1
    assert max(values) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("name", SCHEDULES)
def test_without_warmup_the_factor_is_the_schedules(name):
    assert [factor(name, 0.0, share) for share in SHARES] == [SCHEDULES[name](share) for share in SHARES]


@pytest.mark.parametrize("name", SCHEDULES)
def test_warmup_rises_in_a_straight_line_to_where_the_schedule_starts(name):
    start = SCHEDULES[name](0.0)
    rise = [factor(name, 0.2, share) / start for share in (0.0, 0.05, 0.1, 0.15)]
    assert rise == pytest.approx([0.01, 0.2575, 0.505, 0.7525], rel=1e-12)
    assert factor(name, 0.2, math.nextafter(0.2, 0)) == pytest.approx(start, rel=1e-12)
    assert factor(name, 0.2, 0.2) == start


def test_after_the_warmup_the_schedule_runs_over_the_rest():
    """Warm-up over 20 %: at 60 % of the run, half of the rest is done."""
    assert factor("cosine", 0.2, 0.6) == pytest.approx(0.5, rel=1e-12)
    assert factor("step", 0.2, 0.59) == 1.0
    assert factor("step", 0.2, 0.61) == 0.1


@pytest.mark.parametrize("warmup", [0.0, 0.3])
@pytest.mark.parametrize("name", SCHEDULES)
def test_more_than_the_whole_run_counts_as_the_whole_run(name, warmup):
    """Epochs lowered while training can leave more updates done than there are."""
    assert factor(name, warmup, 1.7) == factor(name, warmup, 1.0) == SCHEDULES[name](1.0)
