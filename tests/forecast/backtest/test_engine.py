"""What a backtest does beside its numbers: progress, stopping, failures, the seed fan, and its way to bytes."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import zipfile

import numpy as np
import pandas as pd
import pytest

from rnn.core.fit import fit
from rnn.core.metrics import mae
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest, Plan, backtest
from rnn.forecast.methods import METHODS
from rnn.forecast.multi_step import forecast
from rnn.forecast.progress import Step

from .series import QUICK, days, panel, run, single, waves


def test_progress_says_what_was_done():
    steps = [
        step
        for step in backtest({"net": QUICK}, single(), Plan(3, folds=2), methods=("naive",))
        if isinstance(step, Step)
    ]
    assert [step.note for step in steps] == [
        "Fold 1 of 2: net trained and judged",
        "Fold 1 of 2: last value (naive)",
        "Fold 2 of 2: net trained and judged",
        "Fold 2 of 2: last value (naive)",
    ]


def test_stop_is_honoured_within_a_training():
    """It would take 100,000 epochs to come to the next piece of work."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 20

    endless = QUICK.replace(epochs=100_000, patience=None)
    assert list(backtest({"net": endless}, single(), Plan(3, folds=2), stop=stop)) == []
    assert asked < 30


def test_stop_between_methods():
    done = []
    for item in backtest({}, single(), Plan(3, folds=2), stop=lambda: len(done) == 2):
        done.append(item)
    assert len(done) == 2
    assert all(isinstance(item, Step) for item in done)


def test_one_network_that_fails_does_not_sink_the_others():
    wild = QUICK.replace(optimiser="sgd", lr=100.0, clip="none", epochs=5)
    found = run({"wild": wild, "net": QUICK}, single(), Plan(3, folds=2), methods=("naive",))
    nan = found.frame["predicted"].isna().groupby(found.frame["method"]).mean()
    assert nan.to_dict() == {"wild": 1.0, "net": 0.0, "naive": 0.0}
    assert len(found.notes) == 2
    assert found.notes[0].startswith(
        "wild, fold 1: the training diverged and has no forecast. The gradient is no longer"
    )


def test_a_divergence_after_a_better_start_keeps_the_forecast_of_that_start():
    """The start of a linear skip is a forecast in its own right."""
    wild = QUICK.replace(optimiser="sgd", lr=100.0, clip="none", epochs=5, skip="linear")
    found = run({"wild": wild}, single(), Plan(3, folds=1), methods=())
    assert found.frame["predicted"].notna().all()
    assert "weights of epoch 0 are kept" in found.notes[0]


def test_a_method_that_has_no_meaning_here_has_its_rows_and_no_forecast():
    found = run({"net": QUICK}, single(), Plan(3, folds=2), methods=("naive", "seasonal"))
    rows = found.frame[found.frame["method"] == "seasonal"]
    assert len(rows) == 6
    assert rows["predicted"].isna().all()


def test_short_series_among_many_are_left_out_in_a_sentence():
    found = run({"net": QUICK}, panel(90, 15, 60), Plan(4, folds=2))
    assert set(found.frame["id"]) == {"s0", "s2"}
    assert found.notes == ("1 of 3 series has too few records for this plan and is left out: 's1' (15).",)


def test_the_fan_against_single_networks_by_hand():
    ensemble = QUICK.replace(seeds=3, seed=5)
    found = run({"net": ensemble}, single(), Plan(4, folds=2), methods=("naive",), seeds=3)
    assert list(found.fan.columns) == ["method", "seed", "fold", "mae"]
    assert set(found.fan["method"]) == {"net"}
    assert found.fan.groupby("fold")["seed"].nunique().to_dict() == {1: 3, 2: 3}
    for row in found.fan.itertuples():
        cut = 82 if row.fold == 1 else 86
        history = Series(days(cut), waves(90)[:cut, None], ("value",), ("value",), frequency="D")
        alone = forecast(fit(QUICK.replace(seeds=1, seed=row.seed), history), 4)["mean"].to_numpy()
        assert row.mae == pytest.approx(mae(waves(90)[cut : cut + 4], alone), rel=1e-9)
    assert found.fan["mae"].nunique() == 6


def test_a_single_network_is_the_first_of_its_own_fan():
    found = run({"net": QUICK}, single(), Plan(4, folds=2), methods=(), seeds=2)
    errors = (found.frame["actual"] - found.frame["predicted"]).abs().groupby(found.frame["fold"]).mean()
    first = found.fan[found.fan["seed"] == QUICK.seed].set_index("fold")["mae"]
    np.testing.assert_allclose(first, errors, rtol=1e-12)


def test_without_seeds_there_is_no_fan():
    found = run({"net": QUICK}, single(), Plan(4, folds=2), methods=())
    assert found.fan.empty
    assert list(found.fan.columns) == ["method", "seed", "fold", "mae"]


@pytest.mark.parametrize(
    ("networks", "options", "said"),
    [
        ({}, {"methods": ()}, "There is nothing to judge; name a network or a method."),
        ({}, {"methods": ("magic",)}, "'magic' is not a method; the methods are naive"),
        ({"naive": QUICK}, {}, "A network cannot be called 'naive', which is the name of a method"),
        ({"net": QUICK}, {"seeds": 0}, "seeds=0 is not allowed; allowed: a whole number from 1 to 50."),
        ({"net": QUICK}, {"levels": (80, 120)}, "levels: 120 is not allowed"),
        ({"net": QUICK.replace(window=80)}, {}, "Take a window of at most"),
    ],
)
def test_wrong_requests_are_refused_before_any_work(networks, options, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        backtest(networks, single(), Plan(4, folds=2), **options)


def assert_same(one: Backtest, other: Backtest) -> None:
    for field in dataclasses.fields(Backtest):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs)
        else:
            assert mine == theirs, field.name


def numbered() -> Series:
    return Series.from_values(waves(90))


def in_years() -> Series:
    """Times that nanoseconds cannot count."""
    return Series(
        np.arange(1000, 1090).astype("datetime64[Y]").astype("datetime64[s]"), waves(90)[:, None], ("v",), ("v",)
    )


@pytest.mark.parametrize(
    "series", [single(), panel(90, 60), numbered(), in_years()], ids=["days", "many", "numbers", "years"]
)
def test_to_bytes_and_back(series):
    found = run({"net": QUICK}, series, Plan(3, folds=2, kind="sliding", length=30), seeds=2)
    again = Backtest.from_bytes(found.to_bytes())
    assert_same(found, again)
    assert_same(found, Backtest.from_bytes(again.to_bytes()))


def test_bytes_hold_nothing_that_would_be_unpickled():
    found = run({"net": QUICK}, single(), Plan(3, folds=2))
    with zipfile.ZipFile(io.BytesIO(found.to_bytes())) as file:
        assert sorted(file.namelist()) == ["backtest.json", "cutoffs.parquet", "fan.parquet", "frame.parquet"]
        assert all(file.read(name)[:4] == b"PAR1" for name in file.namelist() if name.endswith(".parquet"))


def rewritten(data: bytes, **changes) -> bytes:
    """The same with other values in its JSON; None takes one away, "fan" the table."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        meta = json.loads(old.read("backtest.json")) | changes
        new.writestr("backtest.json", json.dumps({key: value for key, value in meta.items() if value is not None}))
        for name in set(old.namelist()) - {"backtest.json"}:
            new.writestr(name, old.read(name))
    return buffer.getvalue()


def test_what_an_older_version_lacks_takes_its_default():
    found = run({"net": QUICK}, single(), Plan(3, folds=2))
    older = {"hidden": 4, "window": 6, "epochs": 2, "batch": 16, "lr": 0.02, "horizon": 3}
    data = rewritten(found.to_bytes(), notes=None, seconds=None, plan={"steps": 3, "folds": 2}, networks={"net": older})
    again = Backtest.from_bytes(data)
    assert (again.notes, again.seconds, again.plan, again.networks) == ((), {}, Plan(3, folds=2), {"net": QUICK})


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_bytes_that_are_no_backtest(data):
    with pytest.raises(ValueError, match="These bytes are no stored backtest"):
        Backtest.from_bytes(data)


def test_bytes_of_a_later_version():
    found = run({}, single(), Plan(3, folds=2))
    with pytest.raises(ValueError, match=r"stored by a later version \(format 99, this one reads up to 1\)"):
        Backtest.from_bytes(rewritten(found.to_bytes(), version=99))


def test_trained_in_every_second_fold_a_fold_between_reads_the_newer_records():
    found = run({"net": QUICK}, single(), Plan(4, folds=4, retrain_every=2), methods=())
    for fold, seen, cut in ((1, 74, 74), (2, 74, 78), (3, 82, 82), (4, 82, 86)):
        whole = [Series(days(n), waves(90)[:n, None], ("value",), ("value",), frequency="D") for n in (seen, cut)]
        expected = forecast(fit(QUICK, whole[0]), 4, series=whole[1])["mean"]
        np.testing.assert_allclose(found.frame.loc[found.frame["fold"] == fold, "predicted"], expected, rtol=1e-12)


def test_a_training_that_fails_is_not_made_up_for_with_later_records():
    """Values below zero have no logarithm in the first fold's history, and are gone from the second's."""
    values = waves(90)
    values[5] = -1
    series = Series(days(90), values[:, None], ("value",), ("value",), frequency="D")
    plan = Plan(4, folds=2, kind="sliding", length=78, retrain=False)
    found = run({"net": QUICK.replace(log=True)}, series, plan, methods=("naive",))
    assert found.frame.loc[found.frame["method"] == "net", "predicted"].isna().all()
    assert [note.split(":")[0] for note in found.notes] == [
        "net, fold 1 has no forecast",
        "net, fold 2 has no forecast",
    ]
    retrained = run({"net": QUICK.replace(log=True)}, series, dataclasses.replace(plan, retrain=True), methods=())
    assert retrained.frame["predicted"].notna().groupby(retrained.frame["fold"]).all().to_dict() == {1: False, 2: True}


def test_intervals_of_a_method_come_from_its_own_errors_within_the_history():
    """A random walk, the naive forecast, and its errors from sixty origins in the later half, in a loop."""
    walk = np.cumsum(np.random.default_rng(8).normal(size=140))
    series = Series(days(140), walk[:, None], ("value",), ("value",), frequency="D")
    frame = run({}, series, Plan(4, folds=2), methods=("naive",), levels=(80,)).frame
    for fold, cut in ((1, 132), (2, 136)):
        rows = frame[frame["fold"] == fold]
        first, last = cut // 2, cut - 4
        origins = {first + int((k * (math.sqrt(5) - 1) / 2) % 1 * (last - first + 1)) for k in range(60)}
        assert min(origins) == first
        assert max(origins) == last
        for step in range(4):
            errors = sorted(abs(walk[o + step] - walk[o - 1]) for o in origins)
            reach = errors[math.ceil((len(origins) + 1) * 0.8) - 1]
            np.testing.assert_allclose(rows["hi80"].iloc[step], walk[cut - 1] + reach, rtol=1e-12)
            np.testing.assert_allclose(rows["lo80"].iloc[step], walk[cut - 1] - reach, rtol=1e-12)


def test_intervals_of_a_method_hold_about_as_often_as_they_say():
    """Over many random walks of different size, put together."""
    steps = np.random.default_rng(9).normal(size=(80, 200)) * 10.0 ** np.arange(-3, 5).repeat(10)[:, None]
    parts = [Series(days(200), one.cumsum()[:, None], ("v",), ("v",), frequency="D") for one in steps]
    series = Series.joined(parts, [f"s{k}" for k in range(80)])
    frame = run({}, series, Plan(5, folds=4), ("naive", "linear"), levels=(80,), base=QUICK).frame
    for _, rows in frame.groupby("method"):
        inside = (rows["lo80"] <= rows["actual"]) & (rows["actual"] <= rows["hi80"])
        assert 0.72 < inside.mean() < 0.88


def test_a_history_too_short_for_a_level_has_no_interval():
    frame = run({}, single(30), Plan(3, folds=2), methods=("naive",)).frame
    assert frame["lo80"].notna().all()
    assert frame["lo95"].isna().all()


def test_every_method_has_intervals():
    for series in (single(), panel(90, 80)):
        frame = run({}, series, Plan(3, folds=2), methods=tuple(METHODS), base=QUICK.replace(season=7)).frame
        assert set(frame["method"]) == set(METHODS)
        for level in (80, 95):
            assert (frame[f"lo{level}"] < frame["predicted"]).all()
            assert (frame["predicted"] < frame[f"hi{level}"]).all()
        assert (frame["lo95"] <= frame["lo80"]).all()
        assert (frame["hi80"] <= frame["hi95"]).all()


def test_without_a_network_the_rule_says_what_the_season_is():
    frame = run({}, single(120), Plan(5, folds=1), methods=("seasonal",)).frame
    np.testing.assert_allclose(frame["predicted"], waves(120)[108:113], rtol=1e-12)
