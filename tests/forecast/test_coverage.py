"""Coverage: the function's own figures against brute force, and what it says of data that changed its ways."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import coverage
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.coverage import ALL, coverage_sentence, measured_coverage
from rnn.forecast.residuals import conformal_reach
from tests.core.many_series import three
from tests.forecast.simulated import LAWS, config_of

QUICK = Config(hidden=5, window=6, horizon=2, epochs=3, batch=16, lr=0.02, dtype="float64")


def trained(values, **changes):
    return fit(QUICK.replace(**changes), Series.from_values(values))


@pytest.fixture(scope="module")
def run():
    rng = np.random.default_rng(3)
    return trained(np.sin(np.arange(220) / 5) + 0.3 * rng.standard_normal(220), validation=61, test=30, gap=2)


def errors_by_hand(run, first: int, stop: int, origins_from: int, step: int) -> list[float]:
    """Absolute errors at this step of forecasts that begin at origins_from or later, for records first … stop − 1."""
    data, reach, found = run.series.values, run.config.reach, []
    for origin in range(origins_from, stop - step + 1):
        if first <= origin + step - 1 < stop:
            ahead = predict_ahead(run.model, data[None, origin - reach : origin], step)[0, -1, 0]
            found.append(abs(data[origin + step - 1, 0] - ahead))
    return found


def test_layout(run):
    frame = measured_coverage(run, 3, (50, 80))
    assert list(frame.columns) == [
        "where", "target", "level", "step", "nominal", "measured", "n", "independent", "margin", "width", "open", "score",
    ]  # fmt: skip
    assert len(frame) == 2 * 2 * 4
    assert frame["where"].tolist() == ["validation"] * 8 + ["test"] * 8
    assert frame["step"].tolist() == [ALL, 1, 2, 3] * 4
    assert set(frame["target"]) == {"value"} and set(frame["nominal"]) == {0.5, 0.8}
    told = frame[frame["step"] != ALL].groupby(["where", "level"])["n"].sum()
    assert told.tolist() == frame[frame["step"] == ALL].set_index(["where", "level"])["n"].loc[told.index].tolist()


def test_first_step_against_brute_force(run):
    """Earlier half → later half, and all of validation → test."""
    split = split_windows(run.config, 220)
    validation, test = split.validation_records, split.test_records
    assert (validation.start, validation.stop, test.start, test.stop) == (125, 187, 189, 220) and split.gap == 3
    middle = (125 + 187 + 1) // 2
    frame = measured_coverage(run, 1, (50, 80))
    for where, known, new in (
        ("validation", (125, middle, 125), (middle, 187, middle)),
        ("test", (125, 187, 125), (189, 220, 189)),
    ):
        calibration, later = (errors_by_hand(run, *part, 1) for part in (known, new))
        for level in (50, 80):
            reach = conformal_reach(np.array(calibration), level)
            row = frame[(frame["where"] == where) & (frame["level"] == level) & (frame["step"] == 1)].iloc[0]
            assert row["n"] == len(later)
            assert row["measured"] == pytest.approx(np.mean([error <= reach for error in later]), abs=1e-12)
            assert row["width"] == pytest.approx(2 * reach, rel=1e-9)
            beyond = [max(0.0, error - reach) for error in later]
            assert row["score"] == pytest.approx(2 * reach + np.mean(beyond) * 2 / (1 - level / 100), rel=1e-9)
            assert row["open"] == 0


def test_later_steps_are_measured_on_forecasts_that_nothing_was_calibrated_on(run, monkeypatch):
    """What calibrates step 3 is known by the middle; what is measured begins after it."""
    seen = []
    original = coverage.calibrate

    def watched(held, *rest):
        seen.append(held)
        return original(held, *rest)

    monkeypatch.setattr(coverage, "calibrate", watched)
    frame = measured_coverage(run, 3, (50,))
    earlier = seen[0]
    assert earlier.records[earlier.told[:, :, 0]].max() == 156 - 1
    validation = frame[frame["where"] == "validation"].set_index("step")["n"]
    assert validation[[1, 2, 3]].tolist() == [31, 30, 29]


def test_changing_the_test_part_changes_nothing_in_validation(run):
    values = run.series.values.copy()
    values[187:] += 100.0
    changed = dataclasses.replace(run, series=dataclasses.replace(run.series, values=values))
    before, after = measured_coverage(run, 2), measured_coverage(changed, 2)
    assert before.iloc[:6].equals(after.iloc[:6])
    assert after[(after["where"] == "test") & (after["level"] == 95)]["measured"].max() < 0.5
    assert "fewer than they say" in coverage_sentence(after, 95)


def test_right_where_the_law_is_known():
    """AR(1), 1,200 records held back twice over: within the margin that is stated, 19 times out of 20 or so."""
    law, off, margins = LAWS["AR(1)"], [], []
    for seed in range(12):
        series = Series.from_values(law.series(1000, np.random.default_rng(seed)))
        frame = measured_coverage(
            fit(config_of(law, validation=300, test=300, horizon=4, seed=seed), series), 8, (80, 95)
        )
        off.append((frame["measured"] - frame["nominal"]).to_numpy())
        margins.append(frame["margin"].to_numpy())
    off, margins = np.array(off), np.array(margins)
    assert np.abs(off.mean(axis=0)).max() < 0.04
    within = np.mean(np.abs(off) <= margins)
    assert within > 0.88, within
    # The margin is no excuse for anything: it is of the size of what chance does, not of several times that.
    spread = off.std(axis=0)
    assert (margins.mean(axis=0) < 6 * spread).all()


def test_many_series_are_counted_together():
    run = fit(QUICK.replace(validation=20, test=6), three())
    frame = measured_coverage(run, 1, (50,))
    test = frame[frame["where"] == "test"].set_index("step")
    inside, n = 0, 0
    calibration, later = [], []
    for id_ in run.series.ids:
        own = run.of(id_)
        split = split_windows(own.config, len(own.series))
        unit = math.sqrt(np.mean(np.diff(own.series.values[: split.seen_rows, 0]) ** 2))
        for part, errors in ((split.validation_records, calibration), (split.test_records, later)):
            errors += [error / unit for error in errors_by_hand(own, part.start, part.stop, part.start, 1)]
    reach = conformal_reach(np.array(calibration), 50)
    inside, n = sum(error <= reach for error in later), len(later)
    assert test.loc[1, "n"] == n == 3 * 7
    assert test.loc[1, "measured"] == pytest.approx(inside / n)


def test_a_constant_series_is_said_to_have_no_width():
    run = trained(np.full(150, 4.0), residual="last", scaling="window")
    frame = measured_coverage(run, 2)
    assert (frame["width"].dropna() < 1e-6).all()
    frame = frame.assign(width=0.0)
    assert "They have no width" in coverage_sentence(frame, 80)


def test_a_share_of_the_margin_is_said_as_it_is(run):
    frame = measured_coverage(run, 1, (80,))
    row = frame[(frame["where"] == "test") & (frame["step"] == ALL)].index
    for measured, says in ((0.8, "as often as they say"), (0.4, "fewer than they say"), (1.0, "more than they say")):
        frame.loc[row, ["measured", "margin"]] = measured, 0.1
        said = coverage_sentence(frame, 80)
        assert says in said and f"{measured:.0%}" in said and "test part" in said and "10 points" in said
    with pytest.raises(ValueError, match=r"level=99 was not measured; measured: 80\."):
        coverage_sentence(frame, 99)


@pytest.mark.parametrize("validation", [1, 2, 5])
def test_too_little_to_measure_is_said(validation):
    rng = np.random.default_rng(0)
    frame = measured_coverage(trained(rng.standard_normal(120), validation=validation, horizon=1), 3, (80, 95))
    assert len(frame) == 8
    assert frame.loc[frame["n"] == 0, "measured"].isna().all()
    assert "cannot be said" in coverage_sentence(frame, 95)


def test_values_without_an_interval_are_counted():
    rng = np.random.default_rng(0)
    frame = measured_coverage(trained(rng.standard_normal(120), validation=30, horizon=1), 1, (80, 95)).set_index(
        ["level", "step"]
    )
    # 15 errors known by the middle: enough for 80 %, and 95 % needs 19.
    assert frame.loc[(80, 1), ["n", "open"]].tolist() == [15, 0]
    assert frame.loc[(95, 1), ["n", "open"]].tolist() == [0, 15]


def test_quantile_intervals_are_measured_as_they_are_made():
    rng = np.random.default_rng(1)
    run = trained(rng.standard_normal(400), loss="quantile", validation=200)
    learned, plain = measured_coverage(run, 2), measured_coverage(run, 2, intervals="conformal")
    assert not learned["width"].equals(plain["width"])
    assert abs(learned["measured"] - learned["nominal"]).max() < 0.15
