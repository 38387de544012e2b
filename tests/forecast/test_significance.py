"""A ranking's differences: what is one observation, which of them are noise, and what is said of them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from rnn.forecast.diebold_mariano import diebold_mariano
from rnn.forecast.significance import _holm, compared, seed_noise


def frame_of(
    losses: dict[str, np.ndarray], spacing: int | None = None, scale: float | np.ndarray = 1.0
) -> pd.DataFrame:
    """losses: method → (series, folds, steps), put half above and half below what came. spacing: steps between folds."""
    rows = []
    for method, all_of_them in losses.items():
        series, folds, steps = all_of_them.shape
        for id_, fold, step in np.ndindex(series, folds, steps):
            time = pd.Timestamp("2024-01-01") + pd.Timedelta(days=fold * (spacing or steps) + step)
            sign = 1 if (fold + step) % 2 else -1
            rows.append((method, f"s{id_}", "y", fold + 1, step + 1, time, 10.0, 10 + sign * all_of_them[id_, fold, step],
                         np.broadcast_to(scale, series)[id_]))  # fmt: skip
    return pd.DataFrame(
        rows, columns=["method", "id", "target", "fold", "step", "time", "actual", "predicted", "scale"]
    )


def told(found: pd.DataFrame) -> dict[str, str]:
    return dict(zip(found["method"], found["sentence"], strict=True))


def test_a_fold_of_one_series_is_one_observation(rng):
    a, b = rng.random((1, 7, 4)), rng.random((1, 7, 4)) + 0.3
    found = compared(frame_of({"b": b, "a": a}))
    assert found["method"].tolist() == ["a", "b"] and set(found["measure"]) == {"mae"}
    assert found["error"].tolist() == pytest.approx([a.mean(), b.mean()])
    assert found["difference"].tolist() == pytest.approx([0, b.mean() - a.mean()])
    expected = diebold_mariano(b.mean(axis=2)[0], a.mean(axis=2)[0])
    assert (found["p"][1], found["n"][1]) == (pytest.approx(expected.p), 7)
    assert math.isnan(found["p"][0]) and not found["noise"][0]


def test_more_series_than_folds_are_the_observations(rng):
    """In units of their own scale; one without a scale is left out."""
    scale = np.array([1.0, 100.0, 0.0, 5.0])
    a, b = rng.random((2, 4, 2, 3)) * np.maximum(scale, 1)[:, None, None]
    found = compared(frame_of({"a": a, "b": b}, scale=scale)).set_index("method")
    kept = scale > 0
    own = {name: (x[kept] / scale[kept, None, None]).mean(axis=(1, 2)) for name, x in (("a", a), ("b", b))}
    assert found.loc["a", "error"] == pytest.approx(own["a"].mean()) and set(found["measure"]) == {"mase"}
    worse = found["difference"].idxmax()
    assert found.loc[worse, "p"] == pytest.approx(diebold_mariano(own["a"], own["b"]).p)
    assert found.loc[worse, "n"] == 3 and "3 series" in found.loc[worse, "sentence"]


def test_few_series_are_averaged_fold_by_fold(rng):
    a, b = rng.random((2, 2, 6, 3))
    found = compared(frame_of({"a": a, "b": b}), "a")
    expected = diebold_mariano(b.mean(axis=(0, 2)), a.mean(axis=(0, 2)))
    assert (found.set_index("method").loc["b", "p"], found["n"].max()) == (pytest.approx(expected.p), 6)


def test_folds_that_overlap_are_thinned_or_allowed_for(rng):
    """Six steps every two: three folds predict the same record. Nine folds leave three; sixty are enough for the test."""
    a, b = rng.random((2, 1, 9, 6))
    found = compared(frame_of({"a": a, "b": b}, spacing=2), "a").set_index("method")
    thinned = slice(2, None, 3)  # the last one is the newest
    expected = diebold_mariano(b[0, thinned].mean(axis=1), a[0, thinned].mean(axis=1))
    assert (found.loc["b", "p"], found.loc["b", "n"]) == (pytest.approx(expected.p), 3)
    # Numbered from the newest on it is the same.
    backwards = frame_of({"a": a, "b": b}, spacing=2).assign(fold=lambda rows: 10 - rows["fold"])
    assert compared(backwards, "a").set_index("method").loc["b", "p"] == pytest.approx(expected.p)
    a, b = rng.random((2, 1, 60, 6))
    found = compared(frame_of({"a": a, "b": b}, spacing=2), "a").set_index("method")
    assert found.loc["b", "p"] == pytest.approx(diebold_mariano(b[0].mean(axis=1), a[0].mean(axis=1), 3).p)


def test_holms_rule_by_hand():
    """0.01 counts three times, 0.03 twice, 0.04 once, but never less than one before it."""
    assert _holm(np.array([0.04, np.nan, 0.01, 0.03])).tolist() == pytest.approx(
        [0.06, np.nan, 0.03, 0.06], nan_ok=True
    )
    assert _holm(np.array([0.9, 0.8])).tolist() == [1, 1]


def test_what_is_said(rng):
    base = rng.random((1, 8, 5)) + 1
    near = base + np.array([0.5, -0.4] * 4)[None, :, None]
    found = compared(frame_of({"bad": 2 * base, "near": near, "best": base, "same": base}))
    said = told(found)
    assert said["best"] == "The smallest error; the others are compared with it."
    assert said["same"] == "The same errors."
    assert said["near"].startswith("Within noise: ") and " over 8 folds." in said["near"]
    assert said["bad"] == "Worse, not by chance: 100.0% more error, p below 0.001 over 8 folds."
    assert dict(zip(found["method"], found["noise"], strict=True)) == {
        "best": False, "same": True, "near": True, "bad": False,
    }  # fmt: skip
    said = told(compared(frame_of({"bad": 2 * base, "best": base}), "bad"))
    assert said["best"].startswith("Better, not by chance: 50.0% less error")
    assert said["bad"] == "The others are compared with it."
    said = told(compared(frame_of({"bad": 2 * base[:, :1], "best": base[:, :1]})))
    assert said["bad"] == "Not to be told from chance: 100.0% more error, and 1 fold is no basis for a test."
    exact = told(compared(frame_of({"exact": 0 * base, "bad": base})))
    assert exact["bad"].startswith("Worse, not by chance: more error than none, p below 0.001")


def test_a_difference_that_another_seed_makes_is_noise(rng):
    net = rng.random((1, 12, 5)) + 1
    frame = frame_of({"net": net, "naive": 1.1 * net})
    assert told(compared(frame))["naive"].startswith("Worse, not by chance: 10.0% more")

    def fan(apart: float) -> pd.DataFrame:
        return pd.DataFrame({"method": "net", "seed": [0, 1, 2], "fold": 1, "mae": [1 - apart, 1.0, 1 + apart]})

    # One deviation of the seeds is 6 % of the network's error: twice that is more than the difference. At 4 % it is less.
    assert told(compared(frame, fan=fan(0.06)))["naive"].startswith("Within the noise of the seeds: 10.0% more")
    assert compared(frame, fan=fan(0.06))["noise"].tolist() == [False, True]
    assert told(compared(frame, fan=fan(0.04)))["naive"].startswith("Worse, not by chance")


def test_the_fan_of_seeds_by_hand():
    """Two seeds, 1 3 and 2 4 in two folds: 2 and 3, so 2.5 ± 0.707."""
    fan = pd.DataFrame(
        {"method": ["a"] * 4 + ["b"], "seed": [0, 0, 1, 1, 0], "fold": [1, 2, 1, 2, 1], "mae": [1.0, 3, 2, 4, 7]}
    )
    a, b = seed_noise(fan).itertuples(index=False)
    assert tuple(a) == ("a", 2, 2.5, pytest.approx(math.sqrt(0.5)), 2.0, 3.0)
    assert tuple(b)[:3] == ("b", 1, 7.0) and math.isnan(b.spread)


def test_methods_without_errors_come_last(rng):
    frame = frame_of({"broken": rng.random((1, 4, 2)), "a": rng.random((1, 4, 2)), "b": rng.random((1, 4, 2))})
    frame.loc[3, "predicted"] = math.nan
    found = compared(frame)
    assert found["method"].tolist()[-1] == "broken" and math.isnan(found["error"].iloc[-1])
    assert told(found)["broken"] == "Some of its forecasts are no finite numbers, so it has no error."
    with pytest.raises(ValueError, match="best='broken' has no errors to compare with; the methods that have are"):
        compared(frame, "broken")
    flat = compared(frame_of({"a": rng.random((3, 2, 2)), "b": rng.random((3, 2, 2))}, scale=0.0))
    assert flat["sentence"].str.contains("no scale").all() and flat["error"].isna().all()
    only = compared(frame_of({"a": np.full((1, 2, 2), math.nan)}))
    assert only["sentence"].str.contains("no finite numbers").all()


def test_only_common_values_are_compared(rng):
    a, b = rng.random((2, 1, 6, 3))
    frame = frame_of({"a": a, "b": b})
    frame = frame[(frame["method"] == "a") | (frame["fold"] > 2)]
    found = compared(frame, "a").set_index("method")
    assert found.loc["b", "n"] == 4
    assert found.loc["b", "difference"] == pytest.approx(b[0, 2:].mean() - a[0, 2:].mean())
    apart = frame[(frame["method"] == "b") | (frame["fold"] <= 2)]
    assert told(compared(apart, "a"))["b"] == "It has no forecast of the values that a has."


def test_equally_good_methods_are_seldom_told_apart(rng):
    """Five of them over eight folds whose difficulty differs: hardly ever is one said to be worse."""
    frame = frame_of({name: np.ones((1, 8, 4)) for name in "abcde"})
    found = 0
    for _ in range(30):
        losses = rng.random((1, 8, 1)) * 3 + rng.random((5, 8, 4))
        found += not compared(frame.assign(predicted=10 + losses.ravel()))["noise"][1:].all()
    assert found <= 30 * 0.2
