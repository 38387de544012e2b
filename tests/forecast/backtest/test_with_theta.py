"""The mean of a network and Theta as rows of a backtest."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from rnn.core.config import Config
from rnn.forecast.backtest import Backtest, Plan
from rnn.forecast.backtest.with_theta import NAME, with_mean
from rnn.forecast.scores import scores
from tests.forecast.backtest.series import panel, run, single

SMALL = Config(hidden=2, window=8, horizon=2, epochs=1, season=7, validation=6)


@pytest.fixture(scope="module", params=["one", "many"])
def tried(request):
    series = single(60) if request.param == "one" else panel(50, 60)
    return run({"network": SMALL, "network 2": SMALL.replace(seed=1)}, series, Plan(2, folds=2), ("theta", "naive"))


def rows_of(found: Backtest, method: str) -> dict:
    keys = ["id", "target", "fold", "step"]
    return {
        tuple(row[key] for key in keys): row for row in found.frame[found.frame["method"] == method].to_dict("records")
    }


def test_every_row_by_hand(tried):
    found = with_mean(tried, "network 2")
    network, theta, mean = (rows_of(found, name) for name in ("network 2", "theta", NAME))
    assert mean.keys() == network.keys()
    for place, row in mean.items():
        assert row["predicted"] == pytest.approx((network[place]["predicted"] + theta[place]["predicted"]) / 2)
        assert {row[name] == network[place][name] for name in ("time", "cutoff", "actual", "scale")} == {True}
        assert all(np.isnan(row[name]) for name in row if name.startswith(("lo", "hi")))
    pd.testing.assert_frame_equal(found.frame[found.frame["method"] != NAME], tried.frame)
    assert found.seconds[NAME] == tried.seconds["network 2"] + tried.seconds["theta"]
    assert NAME in set(scores(found.frame)["method"])
    assert len(Backtest.from_bytes(found.to_bytes()).frame) == len(found.frame)


def test_the_order_of_the_rows_does_not_matter(tried):
    mixed = dataclasses.replace(tried, frame=tried.frame.sample(frac=1, random_state=0))
    one, other = (rows_of(with_mean(each, "network"), NAME) for each in (tried, mixed))
    assert {place: row["predicted"] for place, row in one.items()} == {
        place: row["predicted"] for place, row in other.items()
    }


def test_without_theta_or_with_such_a_row_already_it_stays(tried):
    alone = dataclasses.replace(tried, frame=tried.frame[tried.frame["method"] != "theta"])
    assert with_mean(alone, "network") is alone
    once = with_mean(tried, "network")
    assert with_mean(once, "network") is once


def test_a_network_without_a_forecast_has_no_mean(tried):
    frame = tried.frame.copy()
    gone = (frame["method"] == "network") & (frame["fold"] == 2)
    frame.loc[gone, "predicted"] = np.nan
    found = rows_of(with_mean(dataclasses.replace(tried, frame=frame), "network"), NAME)
    assert {fold for (_, _, fold, _), row in found.items() if np.isnan(row["predicted"])} == {2}
