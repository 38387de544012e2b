"""The error measures by hand, by plain loops and by the definitions of the M4 competition."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pandas as pd
import pytest

from rnn.forecast.scores import scores


def by_hand() -> pd.DataFrame:
    """Two values, 4 and 0, forecast as 2 and 0 by one method and as 4 and 1 by the other, in intervals of ± 1."""
    frame = pd.DataFrame(
        {"method": ["a", "a", "b", "b"], "actual": [4.0, 0, 4, 0], "predicted": [2.0, 0, 4, 1], "scale": 0.5}
    )
    return frame.assign(lo80=frame["predicted"] - 1, hi80=frame["predicted"] + 1)


def test_by_hand():
    found = scores(by_hand())
    assert found.columns.tolist() == ["method", "n", "mae", "rmse", "smape", "mase", "coverage80"]
    a, b = found.itertuples(index=False)
    # |4 − 2| = 2 and 0: 200 · 2 / 6 is 66.7 %; nought forecast as nought is exact; an interval from 1 to 3 has no 4 in it.
    assert tuple(a) == ("a", 2, 1.0, pytest.approx(math.sqrt(2)), pytest.approx(100 / 3), 2.0, 0.5)
    # Nought forecast as 1 is as wrong as can be: 200 %; its interval from 0 to 2 ends on it, which is inside.
    assert tuple(b) == ("b", 2, 0.5, pytest.approx(math.sqrt(0.5)), 100.0, 1.0, 1.0)


def backtest_like(rng, methods=("naive", "net"), ids=3, folds=4, steps=6) -> pd.DataFrame:
    """Rows in no order, methods not by the alphabet, intervals only at some steps, one series with a scale of zero."""
    rows = []
    for method, id_, fold, step in itertools.product(methods, range(ids), range(folds), range(1, steps + 1)):
        time_ = pd.Timestamp("2024-02-28 20:00") + pd.Timedelta(hours=7 * (fold * steps + step))
        actual, predicted = rng.standard_normal(2) * 10**id_
        reach = rng.random() * 10**id_ if step < 5 else math.nan
        rows.append((method, f"s{id_}", "y", fold + 1, step, time_, actual, predicted, [0.0, 0.7, 30.0][id_] * (fold + 1),
                     predicted - reach, predicted + reach))  # fmt: skip
    columns = ["method", "id", "target", "fold", "step", "time", "actual", "predicted", "scale", "lo97.5", "hi97.5"]
    frame = pd.DataFrame(rows, columns=columns).sample(frac=1, random_state=0).reset_index(drop=True)
    return pd.concat([frame[frame["method"] != methods[0]], frame[frame["method"] == methods[0]]], ignore_index=True)


def loops(frame: pd.DataFrame, by: list[str]) -> dict[tuple, list[float]]:
    groups: dict[tuple, list] = {}
    for row in frame.to_dict("records"):
        time_ = row["time"]
        row |= {"weekday": time_.weekday(), "month": time_.month, "hour": time_.hour}
        groups.setdefault(tuple(row[name] for name in ["method", *by]), []).append(row)
    found = {}
    for key, rows in groups.items():
        wrong = [abs(row["actual"] - row["predicted"]) for row in rows]
        percent = [200 * w / (abs(r["actual"]) + abs(r["predicted"])) for w, r in zip(wrong, rows, strict=True)]
        scaled = [w / row["scale"] for w, row in zip(wrong, rows, strict=True) if row["scale"]]
        inside = [row["lo97.5"] <= row["actual"] <= row["hi97.5"] for row in rows if not math.isnan(row["lo97.5"])]
        found[key] = [
            len(rows), sum(wrong) / len(rows), math.sqrt(sum(w * w for w in wrong) / len(rows)),
            sum(percent) / len(rows), sum(scaled) / len(scaled) if scaled else math.nan,
            sum(inside) / len(inside) if inside else math.nan,
        ]  # fmt: skip
    return found


@pytest.mark.parametrize(
    "by", [[], ["fold"], ["step"], ["weekday"], ["month"], ["hour"], ["id"], ["target"], ["id", "step"]]
)
def test_against_plain_loops(rng, by):
    frame = backtest_like(rng)
    found = scores(frame, by)
    expected = loops(frame, by)
    assert len(found) == len(expected)
    for row in found.itertuples(index=False):
        key, numbers = tuple(row[: 1 + len(by)]), list(row[1 + len(by) :])
        assert numbers == pytest.approx(expected[key], rel=1e-12, nan_ok=True)
    # The methods as they come, their groups rising.
    assert found["method"].unique().tolist() == ["net", "naive"]
    for _, own in found.groupby("method"):
        assert own[by].equals(own[by].sort_values(by)) if by else len(own) == 1


def test_as_the_m4_competition_defines_them(rng):
    """MASE there is a ratio of means, the scale from the training part with lag m; each is averaged over the series."""
    m, frames, smapes, mases = 4, [], [], []
    for id_ in "abc":
        train, actual, predicted = rng.random(40) + 1, rng.random(8) + 1, rng.random(8) + 1
        scale = np.abs(train[m:] - train[:-m]).mean()
        smapes.append(np.mean(200 * np.abs(actual - predicted) / (np.abs(actual) + np.abs(predicted))))
        mases.append(np.abs(actual - predicted).mean() / scale)
        frames.append(
            pd.DataFrame({"method": "x", "id": id_, "actual": actual, "predicted": predicted, "scale": scale})
        )
    found = scores(pd.concat(frames), ["id"])
    assert found["smape"].mean() == pytest.approx(np.mean(smapes))
    assert found["mase"].mean() == pytest.approx(np.mean(mases))


def test_zero_denominators_are_no_perfect_score():
    frame = by_hand().assign(scale=0.0)
    assert scores(frame)["mase"].isna().all()
    assert scores(frame.drop(columns="scale"))["mase"].isna().all()
    # One series that varies is enough for a number, which is its own.
    frame.loc[[0, 2], "scale"] = 0.5
    assert scores(frame)["mase"].tolist() == [4.0, 0.0]
    zeros = frame.assign(actual=0.0, predicted=0.0)
    assert (scores(zeros)["smape"] == 0).all()
    assert scores(zeros.assign(predicted=1e-300))["smape"].tolist() == [200.0, 200.0]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_forecast_that_is_missing_has_no_scores(value):
    frame = by_hand().assign(fold=[1, 2, 1, 2])
    frame.loc[0, "predicted"] = value
    a, b = scores(frame).to_dict("records")
    assert a.pop("method") == "a" and a.pop("n") == 2 and all(math.isnan(one) for one in a.values())
    assert b["mae"] == 0.5
    by_fold = scores(frame, ["fold"])
    assert by_fold["mae"].tolist() == pytest.approx([math.nan, 0, 0, 1], nan_ok=True)


def test_intervals_that_are_missing_are_not_missed():
    frame = by_hand()
    frame.loc[[1, 2, 3], ["lo80", "hi80"]] = math.nan
    assert scores(frame)["coverage80"].tolist() == pytest.approx([0.0, math.nan], nan_ok=True)


def test_what_cannot_be_scored_is_said(rng):
    frame = backtest_like(rng)
    for by, changed, says in [
        (["year"], frame, r"by='year' is not allowed; allowed: fold, step"),
        (["hour"], frame.assign(time=1), r"by='hour' needs dates, and the times are int64; take by='step'\."),
        (["fold"], frame.drop(columns="fold"), r"no column 'fold'; scores need method, actual, predicted, fold\."),
        ([], frame[:0], r"no rows"),
    ]:
        with pytest.raises(ValueError, match=says):
            scores(changed, by)


def test_a_million_rows_take_seconds(rng):
    n = 1_000_000
    frame = pd.DataFrame(
        {
            "method": np.repeat([f"m{k}" for k in range(10)], n // 10), "step": np.tile(np.arange(50), n // 50),
            "actual": rng.standard_normal(n), "predicted": rng.standard_normal(n), "scale": 1.0, "lo80": -1.0, "hi80": 1.0,
        }
    )  # fmt: skip
    started = time.thread_time()
    assert len(scores(frame, ["step"])) == 500
    assert time.thread_time() - started < 6
