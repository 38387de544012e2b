"""Forecasts with columns known ahead: against loops by hand, and what is said where too little is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import baseline_errors, check_request, forecast
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.baselines import BASELINES
from rnn.forecast.residuals import validation_residuals

CONFIG = Config(hidden=6, window=5, horizon=3, epochs=4, batch=16, lr=0.02)
ROWS = 120


def drive(rows=ROWS + 20) -> np.ndarray:
    """y = 2 flag + 0.5 y before + price, which nothing before tells."""
    rng = np.random.default_rng(5)
    flag, price = (rng.random(rows) < 0.3).astype(float), rng.standard_normal(rows)
    y = np.zeros(rows)
    for t in range(1, rows):
        y[t] = 0.5 * y[t - 1] + 2 * flag[t] + price[t]
    return np.column_stack([y, flag, price])


def series_of(future: int = 0, known=("price", "flag")) -> Series:
    days = np.datetime64("2024-01-01") + np.arange(ROWS)
    names = ("y", "flag", "price")
    ahead = drive()[ROWS : ROWS + future][:, [names.index(name) for name in known]] if future else None
    return Series(days, drive()[:ROWS], names, ("y",), frequency="D", known=known, future=ahead)


@pytest.fixture(scope="module")
def run():
    return fit(CONFIG, series_of(future=9))


def by_hand(run, records, ahead, steps):
    """A loop of single predictions on a growing list of records; ahead: rows of price and flag."""
    records, predicted = [list(record) for record in records], []
    while len(predicted) < steps:
        done = len(predicted)
        start = min(done, len(ahead) - 3)  # the last pass begins where three known steps are left
        window = records[: len(records) - (done - start)][-5:]
        new = run.model.predict(np.array([window]), np.array([ahead[start : start + 3]]))[0, :, 0]
        for k in range(done - start, 3):
            price, flag = ahead[start + k]
            predicted.append(new[k])
            records.append([new[k], flag, price])
    return predicted[:steps]


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 6, 8, 9])
def test_the_series_own_future_is_used(run, steps):
    expected = by_hand(run, run.series.values, run.series.future[: -(-steps // 3) * 3], steps)
    np.testing.assert_allclose(forecast(run, steps)["mean"], expected, rtol=1e-6)


@pytest.mark.parametrize(("steps", "ahead"), [(4, 4), (5, 5), (4, 5), (8, 8), (7, 9)])
def test_where_it_ends_within_a_pass_the_pass_starts_earlier(run, steps, ahead):
    given = drive()[ROWS : ROWS + ahead, [2, 1]]
    found = forecast(run, steps, future=given)["mean"]
    np.testing.assert_allclose(found, by_hand(run, run.series.values, given, steps), rtol=1e-6)


def test_another_future_takes_its_place(run):
    frame = pd.DataFrame({"flag": np.ones(6), "note": list("abcdef"), "price": np.zeros(6)})
    expected = by_hand(run, run.series.values, [[0.0, 1.0]] * 6, 5)
    np.testing.assert_allclose(forecast(run, 5, future=frame)["mean"], expected, rtol=1e-6)
    np.testing.assert_array_equal(
        forecast(run, 5, future=frame[["price", "flag"]].to_numpy()), forecast(run, 5, future=frame)
    )
    assert not np.allclose(forecast(run, 5)["mean"], expected)


def test_one_known_column_may_be_a_plain_list():
    run = fit(CONFIG, series_of(3, known=("flag",)))
    np.testing.assert_array_equal(
        forecast(run, 3, future=[0, 1, 1])["mean"], forecast(run, 3, future=[[0], [1], [1]])["mean"]
    )


@pytest.mark.parametrize("ahead", [None, 12, 10])
def test_residuals_know_what_the_record_and_its_future_hold(run, ahead):
    """Each origin of the validation part by hand; a step is left out where its pass reads beyond the 9 known ones."""
    values, all_known = run.series.values, np.concatenate([run.series.values[:, [2, 1]], run.series.future])
    steps, most = 10, 12 if ahead is None else ahead
    found = validation_residuals(run, steps, ahead)
    expected = [[] for _ in range(steps)]
    for start in range(split_windows(CONFIG, ROWS).first_validation_window, ROWS - 5):
        origin = start + 5
        for step in range(steps):
            read = min(step // 3 * 3 + 3, most)
            if origin + step < ROWS and origin + read <= ROWS + 9:
                told = all_known[origin : origin + read]
                expected[step].append(
                    abs(values[origin + step, 0] - by_hand(run, values[start:origin], told, step + 1)[step])
                )
    assert len(expected[0]) > len(expected[9]) > 5
    for step in range(steps):
        np.testing.assert_allclose(found[step][:, 0], expected[step], rtol=1e-5, atol=1e-6)


def test_without_a_future_the_last_origins_are_left_out():
    run = fit(CONFIG, series_of())
    with_it = fit(CONFIG, series_of(future=9))
    counts = [[len(one) for one in validation_residuals(each, 3)] for each in (run, with_it)]
    assert counts[1][0] - counts[0][0] == 2  # the origins before the last record and the one before it
    assert counts[0][2] == counts[1][2]
    assert np.isfinite(np.concatenate(validation_residuals(run, 3))).all()


@pytest.mark.parametrize(
    ("steps", "future", "words"),
    [
        (4, None, r"^A forecast of steps=4 needs price, flag for the 4 steps after the last record, and 0 are there; add rows"),
        (5, np.zeros((4, 2)), r"for the 5 steps .* and 4 are there; .* or take steps=4 or less\.$"),
        (1, np.zeros((2, 2)), r"for the 3 steps .*reads all of its horizon=3.* 2 are there; .* or train with horizon=2"),
        (3, np.zeros((3, 3)), r"future must have the shape \(steps, 2\), one column each for price, flag, got \(3, 3\)"),
        (3, [[1, 2], [3, np.nan], [5, 6]], r"^Step 2 of the future of 'flag' is missing, and the forecast needs 3 steps"),
        (3, [[0, 0], [0, 1e200], [0, 0]], r"no finite number: the future of price, flag goes to 1e\+200, far from anything"),
        (3, pd.DataFrame({"price": [1, 2, 3]}), r"future has no column 'flag'; it must hold price, flag\."),
        (3, [["a", "b"]] * 3, "future must hold numbers only"),
        (
            3,
            pd.DataFrame({"day": pd.date_range("2024-05-01", periods=3), "price": 0, "flag": 0}),
            r"^Row 1 of future is for 2024-05-01.*'day'.*, and the step after the last record is 2024-04-30",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(steps, future, words):
    run = fit(CONFIG.replace(epochs=1), series_of())
    with pytest.raises(ValueError, match=words):
        forecast(run, steps, future=future)


def test_a_frame_with_the_right_days_is_taken(run):
    days = pd.date_range("2024-04-30", periods=3)
    frame = pd.DataFrame({"day": days, "price": run.series.future[:3, 0], "flag": run.series.future[:3, 1]})
    np.testing.assert_array_equal(forecast(run, 3, future=frame)["mean"], forecast(run, 3)["mean"])


def test_asked_before_training():
    names = ("y", "flag", "price")
    check_request(CONFIG, names, ["y"], 9, (80,), known=names[1:], ahead=9)
    with pytest.raises(ValueError, match=r"beyond the horizon.* price would be needed"):
        check_request(CONFIG, names, ["y"], 9, (80,), known=["flag"], ahead=9)
    with pytest.raises(ValueError, match=r"steps=9 needs flag, price for the 9 steps .* and 8 are there"):
        check_request(CONFIG, names, ["y"], 9, (80,), known=names[1:], ahead=8)


def test_a_series_with_other_known_columns_is_refused(run):
    other = dataclasses.replace(run.series, known=("flag", "price"))
    with pytest.raises(ValueError, match=r"columns known ahead \('price', 'flag'\), got \('flag', 'price'\)"):
        forecast(run, 3, series=other)


def test_a_model_without_known_columns_takes_no_future():
    run = fit(CONFIG.replace(epochs=1), Series.from_values(drive()[:ROWS, 0]))
    with pytest.raises(ValueError, match="no columns that are known ahead, so it takes no `future`"):
        forecast(run, 3, future=[1, 2, 3])


def test_a_window_whose_future_ends_is_unknown_from_there_on_and_no_other(run):
    windows = np.stack([run.series.values[-5:]] * 2)
    future = np.stack([run.series.future[:6]] * 2)
    future[1, 4] = np.nan
    found = predict_ahead(run.model, windows, 6, future)[:, :, 0]
    assert np.isfinite(found[0]).all()
    assert np.isfinite(found[1, :3]).all() and np.isnan(found[1, 3:]).all()


@pytest.mark.parametrize("horizon", [1, 3])
def test_the_linear_autoregression_sees_what_the_network_sees(horizon):
    """y is linear in its last value and in what is known of the steps predicted, so that nothing is left."""
    split = split_windows(CONFIG.replace(horizon=horizon), ROWS)
    told, untold = series_of(), dataclasses.replace(series_of(), known=())
    assert baseline_errors(told, split)["linear"] < 1e-9
    assert baseline_errors(untold, split)["linear"] > 0.5


def test_the_linear_autoregression_reads_the_known_columns_no_further_than_its_steps(rng):
    split = split_windows(CONFIG, ROWS)
    series = series_of()
    before = BASELINES["linear"].predict(series, split, None)
    for window in (0, 7, split.validation - 1):
        origin = split.first_validation_window + window + split.window
        changed = series.values.copy()
        changed[origin:, 0] = 50 * rng.standard_normal(ROWS - origin)
        changed[origin + 3 :, 1:] = 50 * rng.standard_normal((ROWS - origin - 3, 2))
        after = BASELINES["linear"].predict(dataclasses.replace(series, values=changed), split, None)
        np.testing.assert_allclose(after[: window + 1], before[: window + 1], rtol=1e-9, atol=1e-9)


def test_a_fit_with_known_columns_is_saved_with_its_future(run):
    from rnn.export import fit_from_bytes, fit_to_bytes

    loaded = fit_from_bytes(fit_to_bytes(run))
    assert (loaded.series.known, loaded.model.known) == (("price", "flag"),) * 2
    pd.testing.assert_frame_equal(forecast(loaded, 8), forecast(run, 8))
