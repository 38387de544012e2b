"""Auto from end to end, with a rule that trains quickly."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from rnn.core.series import Series
from rnn.forecast.auto import TOO_SHORT, Auto, auto, automatic
from rnn.forecast.candidates import MOST_SERIES, candidates_of
from rnn.forecast.progress import Step
from tests.forecast.backtest.series import panel, single

from .conftest import quick


@pytest.fixture(scope="module")
def wave() -> Series:
    return single(150)


def walk(rows: int = 300, seed: int = 2) -> Series:
    steps = np.random.default_rng(seed).normal(size=rows)
    return Series.from_values(np.cumsum(steps))


def test_the_candidates_and_what_each_changes(wave):
    found = {one.key: one.config for one in candidates_of(wave, 7, {})}
    assert [key for key, config in found.items() if config] == ["rule", "from-last", "from-seasons", "no-season"]
    assert found["rule"] == quick(wave, 7)
    assert found["from-last"] == quick(wave, 7, residual="last")
    assert found["no-season"] == quick(wave, 7, season=None)
    assert {key for key, config in found.items() if config is None} >= {"naive", "seasonal"}


def test_what_the_user_has_set_no_candidate_changes(wave):
    found = [one.config for one in candidates_of(wave, 7, {"residual": "none", "season": 7, "hidden": 3}) if one.config]
    assert {(config.residual, config.hidden) for config in found} == {("none", 3)}


def test_without_a_season_nothing_seasonal_is_tried(monkeypatch, wave):
    def plain(series, horizon=None, **fixed):
        return quick(series, horizon, **{"season": None, "residual": "none", **fixed})

    monkeypatch.setattr("rnn.data.look.recommended", plain)
    keys = {one.key for one in candidates_of(wave, 7, {})}
    assert keys == {"rule", "naive", "ridge", "theta"}


def test_a_series_that_never_changes_is_no_gain_for_any(rule):
    found = automatic(Series.from_values(np.full(150, 5.0)), 3)
    assert (found.chosen, found.naive_wins) == ("rule", False)
    assert "made no error, and no other forecast can be better" in found.sentence and "times" not in found.sentence


def test_progress_and_what_comes_of_it(wave):
    *steps, last = auto(wave)
    assert all(isinstance(step, Step) for step in steps)
    assert [step.done for step in steps] == list(range(1, steps[0].total + 1))
    assert isinstance(last, Auto)
    assert last.backtest.plan.folds // last.backtest.plan.retrain_every == 3
    assert last.table["chosen"].sum() == 1
    assert last.table.loc[last.table["chosen"], "key"].item() == last.chosen
    assert last.naive_wins == (last.chosen in {"naive", "seasonal", "ridge", "theta"})
    assert last.config in {one.config for one in candidates_of(wave, None, {})}


def test_the_trial_ends_with_the_last_record_and_takes_the_last_horizons(wave):
    tried = automatic(wave, 14).backtest
    assert [(cut.record, cut.back) for cut in tried.cutoffs] == [(108, 42), (122, 28), (136, 14)]
    assert tried.cutoffs[-1].last_time == wave.times[-1]


def test_a_short_horizon_is_judged_from_several_origins_of_each_training(wave):
    found = automatic(wave, 2, folds=3)
    assert (found.backtest.plan.folds, found.backtest.plan.retrain_every) == (12, 4)
    assert [name for name in found.table if name.startswith("fold")] == ["fold1", "fold2", "fold3"]


def test_on_a_random_walk_it_is_said_plainly_that_no_network_is_better():
    found = automatic(walk(), 7)
    assert found.naive_wins
    assert "no network beats" in found.sentence
    assert found.table["key"].iloc[0] == found.chosen
    assert not found.table["network"].iloc[0]


def test_on_a_clean_wave_a_network_is_chosen():
    series = Series.from_values(10 + np.sin(2 * np.pi * np.arange(160) / 7.3))
    found = automatic(series, 7)
    assert found.config.skip == "linear"
    assert found.table.set_index("key")["ratio"][found.chosen] < 0.1


def test_too_short_for_three_trials_takes_fewer(wave):
    short = dataclasses.replace(wave, times=wave.times[:45], values=wave.values[:45])
    found = automatic(short, 7)
    assert found.backtest.plan.folds == 1
    assert [name for name in found.table if name.startswith("fold")] == ["fold1"]


def test_too_short_for_any_takes_the_rule(wave):
    short = dataclasses.replace(wave, times=wave.times[:35], values=wave.values[:35])
    found = automatic(short, 7)
    assert (found.chosen, found.naive_wins, found.backtest, found.sentence) == ("rule", False, None, TOO_SHORT)
    assert found.config == quick(short, 7)
    again = Auto.from_bytes(found.to_bytes())
    assert again.backtest is None
    pd.testing.assert_frame_equal(found.table, again.table)


def test_stop(wave):
    done = []
    for item in auto(wave, 7, stop=lambda: len(done) == 3):
        done.append(item)
    assert all(isinstance(item, Step) for item in done)
    with pytest.raises(ValueError, match="stopped before it came to a choice"):
        automatic(wave, 7, stop=lambda: True)


def test_many_series_are_tried_on_an_even_sample():
    series = panel(*([80] * (2 * MOST_SERIES)))
    scaled = dataclasses.replace(series, values=series.values / np.abs(series.values).max())
    *_, found = auto(scaled, 7, folds=1)
    ids = list(found.backtest.frame["id"].unique())
    assert len(ids) == MOST_SERIES
    assert (ids[0], ids[-1]) == ("s0", f"s{2 * MOST_SERIES - 1}")
    assert found.table["fold1"].tolist() == pytest.approx(found.table["score"].tolist())


def test_to_bytes_and_back(wave):
    found = automatic(wave, 7, folds=1)
    again = Auto.from_bytes(found.to_bytes())
    for name in ("config", "chosen", "naive_wins", "sentence"):
        assert getattr(again, name) == getattr(found, name)
    pd.testing.assert_frame_equal(found.table, again.table)
    pd.testing.assert_frame_equal(found.backtest.frame, again.backtest.frame)
    for data in (b"", found.backtest.to_bytes()):
        with pytest.raises(ValueError, match="no stored automatic choice"):
            Auto.from_bytes(data)


def few_seasons() -> Series:
    """A rising wave of fifteen weeks, with noise, on which network and Theta err to opposite sides."""
    days, rng = np.arange(110), np.random.default_rng(5)
    return Series.from_values(20 + 0.05 * days + 4 * np.sin(2 * np.pi * days / 7) + rng.standard_normal(110))


def test_the_mean_with_theta_is_chosen_where_it_is_best():
    found = automatic(few_seasons(), 7)
    assert (found.chosen, found.with_theta, found.naive_wins) == ("network-theta", True, False)
    assert found.config == quick(few_seasons(), 7)
    assert found.sentence.endswith("trained by the rule; switch “Mean with Theta” on on the Forecast page.")
    frame = found.backtest.frame.set_index(["method", "fold", "step"]).sort_index()
    mean = (frame.loc["rule", "predicted"] + frame.loc["theta", "predicted"]) / 2
    pd.testing.assert_series_equal(frame.loc["network-theta", "predicted"], mean)
    assert set(found.backtest.networks) == {"rule", "from-last", "from-seasons", "no-season"}
    assert Auto.from_bytes(found.to_bytes()).with_theta


def test_the_mean_with_theta_stands_where_seasons_are_few_only(wave):
    def keys(rows: int) -> set[str]:
        return {one.key for one in candidates_of(Series.from_values(wave.values[:rows, 0]), 7, {})}

    assert "network-theta" in keys(139)
    assert "network-theta" not in keys(140)
