"""Repairs, each against a hand-worked example or a plain loop; their records and receipts."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from rnn.data import BadFile
from rnn.data.repair import (
    REPAIRS,
    Repair,
    fitted_power,
    from_words,
    in_words,
    inverse,
    likely_aggregate,
    preview,
    ranges_of,
    repaired,
    repairs_from_json,
    repairs_json,
)
from rnn.data.repair.row_ranges import rows_within

NAN = math.nan
SMALLEST: dict[str, tuple[str | None, dict[str, Any]]] = {
    "grid": (None, {"frequency": "D"}),
    "sentinel": (None, {"values": [1.0]}),
    "mask": ("v", {"rows": [[2, 2]]}),
    "shift": ("v", {"row": 3, "by": 1.0}),
    "log": ("v", {}),
    "boxcox": ("v", {"power": 0.5}),
}


def smallest(kind: str) -> Repair:
    column, options = SMALLEST.get(kind, (None, {}))
    return Repair(kind, column, options)


def frame(first_row: int = 2, **columns: Any) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    index = pd.RangeIndex(first_row, first_row + length, name="row")
    return pd.DataFrame({name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}, index=index)


def moments(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[us]")


def run(repair: Repair, times: Any = None, **columns: Any) -> tuple[dict[str, list[float]], Any, Any]:
    """Column name → values, the sheet and the receipt after one repair."""
    sheet, (receipt,) = repaired(frame(**columns), times, [repair])
    return {name: sheet.values[:, k].tolist() for k, name in enumerate(sheet.names)}, sheet, receipt


def same(values: list[float], expected: list[float]) -> bool:
    return np.array_equal(np.array(values), np.array(expected), equal_nan=True)


def test_sort_keeps_file_order_within_a_time() -> None:
    times = moments("2020-01-03", "2020-01-01", "2020-01-03", "2020-01-02")
    values, sheet, receipt = run(Repair("sort"), times, v=[3, 1, 4, 2])
    assert values["v"] == [1, 2, 3, 4]
    assert sheet.rows.tolist() == [3, 5, 2, 4]
    assert receipt.rows == (3, 5)
    assert "4 rows moved" in receipt.sentence


@pytest.mark.parametrize(
    ("how", "v", "w", "merged", "left_out"),
    [
        ("average", [2, 5], [4, 7], 2, 0),
        ("sum", [6, 5], [8, 7], 2, 0),
        ("first", [1, 5], [NAN, 7], 0, 2),
        ("last", [3, 5], [6, 7], 0, 2),
        ("keep", [1, 2, 3, 5], [NAN, 2, 6, 7], 0, 0),
    ],
)
def test_duplicates(how: str, v: list, w: list, merged: int, left_out: int) -> None:
    times = moments("2020-01-01", "2020-01-01", "2020-01-01", "2020-01-02")
    values, sheet, receipt = run(Repair("duplicates", None, {"how": how}), times, v=[1, 2, 3, 5], w=[NAN, 2, 6, 7])
    assert same(values["v"], v)
    assert same(values["w"], w)
    assert (receipt.merged, receipt.left_out) == (merged, left_out)
    assert sheet.weights.sum() + sum(count for _, count in sheet.left) == 4


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"how": "interpolate"}, [NAN, 2, 3.5, 5, 9, NAN, 6.75, 7.5, 8.25, 9, NAN]),
        ({"how": "forward"}, [NAN, 2, 2, 5, 9, 9, 9, 9, 9, 9, 9]),
        ({"how": "zero"}, [0, 2, 0, 5, 9, 0, 0, 0, 0, 9, 0]),
        ({"how": "zero", "longest": 1}, [0, 2, 0, 5, 9, NAN, NAN, NAN, NAN, 9, 0]),
    ],
)
def test_fill(options: dict[str, Any], expected: list[float]) -> None:
    gappy = [NAN, 2, NAN, 5, 9, NAN, NAN, NAN, NAN, 9, NAN]
    values, _, receipt = run(Repair("fill", "v", options), v=gappy)
    if options["how"] == "interpolate":
        expected = [NAN, 2, 3.5, 5, 9, 9, 9, 9, 9, 9, NAN]
    assert same(values["v"], expected)
    assert receipt.cells == int(np.isnan(gappy).sum() - np.isnan(expected).sum())
    assert ("stay missing" in receipt.sentence) == bool(np.isnan(expected).any())


def test_interpolation_follows_time_and_not_rows() -> None:
    times = moments("2020-01-01", "2020-01-02", "2020-01-05")
    assert run(Repair("fill"), times, v=[0, NAN, 8])[0]["v"] == [0, 2, 8]


def test_filling_by_the_season_against_a_loop(rng: np.random.Generator) -> None:
    truth = rng.standard_normal(60)
    gappy = np.where(rng.random(60) < 0.3, NAN, truth)
    season, expected, mean = 7, gappy.copy(), gappy.copy()
    for k in np.flatnonzero(np.isnan(gappy)):
        phase = [j for j in range(k % season, 60, season) if not np.isnan(gappy[j])]
        before, after = [j for j in phase if j < k], [j for j in phase if j > k]
        if before and after:
            lo, hi = before[-1], after[0]
            expected[k] = gappy[lo] + (gappy[hi] - gappy[lo]) * (k - lo) / (hi - lo)
        else:
            expected[k] = gappy[before[-1] if before else after[0]]
        mean[k] = np.mean([gappy[j] for j in phase])
    seasonal = run(Repair("fill", "v", {"how": "seasonal", "season": season}), v=gappy)[0]["v"]
    assert np.allclose(seasonal, expected)
    averaged = run(Repair("fill", "v", {"how": "season-mean", "season": season}), v=gappy)[0]["v"]
    assert np.allclose(averaged, mean)
    with pytest.raises(BadFile, match="needs the season"):
        run(Repair("fill", "v", {"how": "seasonal"}), v=gappy)


def test_a_repair_that_sorts_says_so() -> None:
    times = moments("2020-01-02", "2020-01-01")
    for kind in ("duplicates", "fill", "grid", "shift"):
        sentence = run(smallest(kind), times, v=[1, NAN])[2].sentence
        assert sentence.endswith("The rows were put in time order for it."), kind
    assert "time order" not in run(Repair("fill"), times[::-1], v=[1, NAN])[2].sentence


def test_rows_left_out() -> None:
    columns = {"v": [1, NAN, 3, 4, 5], "w": [1, 2, NAN, 4, 5]}
    assert run(Repair("drop"), **columns)[1].rows.tolist() == [2, 5, 6]
    assert run(Repair("drop", "v"), **columns)[1].rows.tolist() == [2, 4, 5, 6]
    _, sheet, receipt = run(Repair("drop", None, {"rows": [[3, 4], [6, 9]]}), **columns)
    assert sheet.rows.tolist() == [2, 5]
    assert (receipt.left_out, sheet.left) == (3, (("chosen", 3),))


def test_trim_by_rows_and_by_dates() -> None:
    times = moments("2020-01-31", "2020-02-01", "2020-02-29T18:00", "2020-03-01", "2020-03-02")
    v = [1, 2, 3, 4, 5]
    assert run(Repair("trim", None, {"first_row": 3, "last_row": 4}), times, v=v)[0]["v"] == [2, 3]
    assert run(Repair("trim", None, {"start": "2020-02", "end": "2020-02"}), times, v=v)[0]["v"] == [2, 3]
    assert run(Repair("trim", None, {"end": "2020-03-01"}), times, v=v)[0]["v"] == [1, 2, 3, 4]
    assert run(Repair("trim", None, {"start": 2}), np.arange(5), v=v)[0]["v"] == [3, 4, 5]
    with pytest.raises(BadFile, match="must be a date"):
        run(Repair("trim", None, {"start": 3}), times, v=v)
    with pytest.raises(BadFile, match="needs a time column"):
        run(Repair("trim", None, {"start": "2020"}), v=v)


def test_a_grid_makes_the_absent_steps() -> None:
    times = moments("2020-01-01", "2020-01-02", "2020-01-05")
    grid = {"frequency": "D", "fill": "interpolate"}
    values, sheet, receipt = run(Repair("grid", None, grid), times, v=[1, NAN, 7])
    assert same(values["v"], [1, NAN, 4, 5.5, 7])  # what was missing before stays so; the made rows lie on the line
    assert sheet.rows.tolist() == [2, 3, 0, 0, 4]
    assert (receipt.added, receipt.merged, receipt.rows_out) == (2, 0, 5)
    for fill, made in (("leave", [NAN, NAN]), ("forward", [2, 2]), ("zero", [0, 0])):
        assert same(run(Repair("grid", None, {"frequency": "D", "fill": fill}), times, v=[1, 2, 7])[0]["v"][2:4], made)


@pytest.mark.parametrize("frequency", ["D", "W-SUN", "MS", "ME", "QS", "6h", "2D"])
@pytest.mark.parametrize("how", ["mean", "sum", "last", "first", "min", "max"])
def test_a_grid_aggregates_as_pandas_does(frequency: str, how: str, rng: np.random.Generator) -> None:
    times = np.datetime64("2020-01-03T05:00", "us") + np.sort(rng.integers(0, 24 * 150, 400)).astype("timedelta64[h]")
    v = np.where(rng.random(400) < 0.1, NAN, rng.standard_normal(400))
    sheet, (receipt,) = repaired(frame(v=v), times, [Repair("grid", None, {"frequency": frequency, "how": how})])
    resampled = pd.Series(v, index=pd.DatetimeIndex(times)).resample(frequency)
    expected = resampled.sum(min_count=1) if how == "sum" else getattr(resampled, how)()
    assert (sheet.times == expected.index.to_numpy()).all()
    assert np.allclose(sheet.values[:, 0], expected.to_numpy(), equal_nan=True)
    assert receipt.rows_in + receipt.added == receipt.rows_out + receipt.merged
    assert sheet.weights.sum() == 400


def test_a_grid_keeps_the_clock_of_the_file() -> None:
    times = moments("2020-01-01T08:05", "2020-01-01T09:05", "2020-01-01T11:05")
    _, sheet, receipt = run(Repair("grid", None, {"frequency": "h"}), times, v=[1, 2, 3])
    assert [str(one)[11:16] for one in sheet.times] == ["08:05", "09:05", "10:05", "11:05"]
    assert "moved" not in receipt.sentence


def test_a_grid_that_would_never_end_and_one_without_dates() -> None:
    times = moments("2020-01-01", "2021-01-01")
    with pytest.raises(BadFile, match=r"would have about 31,6.* rows for the 2 of the file"):
        run(Repair("grid", None, {"frequency": "s"}), times, v=[1, 2])
    with pytest.raises(BadFile, match="needs a time column of dates"):
        run(Repair("grid", None, {"frequency": "D"}), v=[1, 2])


@pytest.mark.parametrize(
    ("name", "values", "how"),
    [
        ("sales", [3, 0, 5], "sum"),
        ("#Passengers", [3, 9, 5], "sum"),
        ("rainMm rain", [0, 0.5, 0], "sum"),
        ("temperature", [3, 9, 5], "mean"),
        ("discount", [3, 9, 5], "mean"),  # no count
        ("temp_max", [3, 9, 5], "max"),
        ("Close", [3, 9, 5], "last"),
        ("energy", list(range(20)), "last"),  # a meter
        ("profit total", [3, -9, 5], "mean"),
    ],
)
def test_the_likely_aggregate(name: str, values: list[float], how: str) -> None:
    found, why = likely_aggregate(name, np.array(values, dtype=float))
    assert found == how
    assert why


def test_clip_mask_sentinel_unit_and_shift() -> None:
    v = [1, 5, NAN, -999, 9]
    assert same(run(Repair("clip", "v", {"low": 0, "high": 6}), v=v)[0]["v"], [1, 5, NAN, 0, 6])
    assert same(run(Repair("clip", "v", {"high": 6, "rows": [[2, 4]]}), v=v)[0]["v"], v)
    assert same(run(Repair("mask", "v", {"low": 0}), v=v)[0]["v"], [1, 5, NAN, NAN, 9])
    assert same(run(Repair("mask", "v", {"rows": [[2, 3]]}), v=v)[0]["v"], [NAN, NAN, NAN, -999, 9])
    assert same(run(Repair("sentinel", None, {"values": [-999, 9]}), v=v)[0]["v"], [1, 5, NAN, NAN, NAN])
    fahrenheit = run(Repair("unit", "v", {"factor": 5 / 9, "offset": -160 / 9, "rows": [[2, 2]]}), v=[212, 5])[0]["v"]
    assert fahrenheit == [pytest.approx(100), 5]
    _, _, receipt = run(Repair("shift", "v", {"row": 4, "by": 2.5}), v=v)
    assert receipt.cells == 2
    assert same(run(Repair("shift", "v", {"row": 4, "by": 2.5}), v=v)[0]["v"], [3.5, 7.5, NAN, -999, 9])
    with pytest.raises(BadFile, match="needs to be told what"):
        run(Repair("mask", "v"), v=v)
    with pytest.raises(BadFile, match="low=6 is above high=2"):
        run(Repair("clip", "v", {"low": 6, "high": 2}), v=v)


@pytest.mark.parametrize("power", [-1.5, -0.5, 0.0, 0.3, 1.0, 2.0])
def test_transforms_and_their_inverse(power: float, rng: np.random.Generator) -> None:
    v = rng.uniform(0.5, 900, 50)
    logarithm, boxcox = Repair("log", "v", {"add": 2}), Repair("boxcox", "v", {"power": power})
    assert np.allclose(run(logarithm, v=v)[0]["v"], np.log(v + 2))
    transformed = run(boxcox, v=v)[0]["v"]
    assert np.allclose(transformed, np.log(v) if power == 0 else (v**power - 1) / power)
    assert np.allclose(inverse([boxcox], "v", transformed), v, rtol=1e-9)
    both = repaired(frame(v=v), None, [logarithm, boxcox])[0].values[:, 0]
    assert np.allclose(inverse([logarithm, Repair("unit", "v", {"factor": 2, "rows": [[2, 3]]}), boxcox], "v", both), v)
    assert inverse([logarithm], "w", v).tolist() == v.tolist()


def test_beyond_the_range_of_a_transform_its_inverse_gives_the_limit() -> None:
    assert inverse([Repair("boxcox", "v", {"power": 0.5})], "v", [-3.0]).tolist() == [0.0]
    assert inverse([Repair("boxcox", "v", {"power": -0.5})], "v", [3.0]).tolist() == [math.inf]


def test_a_transform_refuses_what_has_no_logarithm_and_names_the_row() -> None:
    with pytest.raises(
        BadFile, match=r"Repair 1 \(logarithm of the column\) .*Row 3 of column 'v' holds 0, .*2 values"
    ):
        run(Repair("log", "v"), v=[5, 0, -1])


def test_the_power_is_scipys_on_the_first_rows_and_later_rows_have_no_say(rng: np.random.Generator) -> None:
    v = np.exp(rng.standard_normal(1000)) ** 1.7
    assert fitted_power(v) == pytest.approx(stats.boxcox(v[:700])[1], abs=0.011)
    changed = v.copy()
    changed[700:] = 1e6
    assert fitted_power(changed) == fitted_power(v)
    assert fitted_power(v * 1e5) == fitted_power(v)
    for bad in ([1.0] * 50, [1, 2, 3], [0, *range(1, 50)]):
        with pytest.raises(BadFile):
            fitted_power(np.array(bad, dtype=float))


def test_a_column_that_is_not_used_is_no_error() -> None:
    _, _, receipt = run(Repair("log", "elsewhere"), v=[-1, 2])
    assert receipt.sentence == "Column 'elsewhere' is not used, so nothing to do."


@pytest.mark.parametrize("kind", list(REPAIRS))
def test_every_repair_is_pure_and_is_written_down_whole(kind: str) -> None:
    repair = smallest(kind)
    record = repair.to_dict()
    assert Repair.from_dict(json.loads(json.dumps(record, allow_nan=False))) == repair
    assert set(record["options"]) == {option.name for option in REPAIRS[kind].options}
    assert repairs_from_json(repairs_json([repair, repair])) == (repair, repair)
    assert hash(repair) == hash(Repair.from_dict(record))
    times = moments("2020-01-04", "2020-01-01", "2020-01-01", "2020-01-02", "2020-01-06")
    raw = frame(v=[3, NAN, 4, 1, 5], w=[1, 2, 3, 4, 5])
    before, order = raw.copy(), times.copy()
    first, receipts = repaired(raw, times, [repair])
    again, _ = repaired(raw, times, [repair])
    assert raw.equals(before)
    assert (times == order).all()
    assert np.array_equal(first.values, again.values, equal_nan=True)
    assert len(receipts) == 1
    assert receipts[0].sentence.endswith(".")
    json.dumps(receipts[0].to_dict(), allow_nan=False)
    empty, _ = repaired(raw.iloc[:0], times[:0], [repair])
    assert len(empty) == 0


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"kind": "mend"}, "kind='mend' is not a repair; the repairs are sort, duplicates"),
        ({"kind": ["sort"]}, "is not a repair"),
        ({"kind": "sort", "column": "v"}, "column='v' must be None"),
        ({"kind": "log"}, "column=None must be said"),
        ({"kind": "fill", "column": 3}, "column=3 must be the name"),
        ({"kind": "fill", "options": {"how": "guess"}}, "how='guess' must be one of interpolate"),
        ({"kind": "fill", "options": {"hwo": "zero"}}, "'hwo' is not an option of 'fill'; its options are how, season"),
        ({"kind": "sort", "options": {"x": 1}}, "it has none"),
        ({"kind": "fill", "options": [1]}, "must be a dict"),
        ({"kind": "fill", "options": {"season": 0}}, "season=0 must be a whole number from 1 on"),
        ({"kind": "fill", "options": {"season": True}}, "season=True must be"),
        ({"kind": "grid"}, "frequency=None must be said"),
        ({"kind": "grid", "options": {"frequency": "fortnight"}}, "must be a pandas frequency"),
        ({"kind": "grid", "options": {"frequency": "-1D"}}, "going forwards"),
        ({"kind": "grid", "options": {"frequency": "D", "how": {"v": "mode"}}}, "must be auto, one of mean"),
        ({"kind": "clip", "options": {"low": float("nan")}}, "low=nan must be a finite number"),
        ({"kind": "mask", "options": {"rows": [[3, 2]]}}, "first ≤ last"),
        ({"kind": "sentinel", "options": {"values": []}}, "must be a list of finite numbers"),
        ({"kind": "trim", "options": {"start": "soon"}}, "start='soon' must be a date"),
        ({"kind": "sort", "colour": 1}, "'colour' is not a field"),
        ("sort", "must be a dict with the key 'kind'"),
    ],
)  # fmt: skip
def test_a_bad_record_gets_a_sentence(record: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        Repair.from_dict(record)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[" * 100_000, json.dumps([{"kind": "sort"}] * 201)])
def test_bad_json_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"repairs|repair must"):
        repairs_from_json(text)


def test_rows_as_ranges_and_words(rng: np.random.Generator) -> None:
    rows = rng.integers(1, 60, 40)
    ranges = ranges_of(rows)
    told = {row for first, last in ranges for row in range(first, last + 1)}
    assert told == set(rows.tolist())
    assert rows_within(np.arange(-2, 70), ranges).tolist() == [row in told for row in range(-2, 70)]
    assert rows_within(np.arange(20), [[3, 12], [5, 6]]).tolist() == [3 <= row <= 12 for row in range(20)]
    assert from_words(in_words(ranges)) == ranges
    assert from_words(" 7; 12 – 18,") == [[7, 7], [12, 18]]
    assert ranges_of([]) == []
    for bad in ("x", "3-", "1-2-3", "5-2", "0"):
        with pytest.raises(ValueError, match="rows="):
            from_words(bad)


def test_a_preview_shows_before_and_after_on_top_of_earlier_repairs() -> None:
    times = moments("2020-01-02", "2020-01-01", "2020-01-03")
    earlier = [Repair("sentinel", None, {"values": [-9.0]})]
    shown = preview(frame(v=[5, 1, -9], w=[1, 2, 3]), times, Repair("fill", "v", {"how": "forward"}), earlier=earlier)
    assert shown.column == "v"
    assert same(shown.values_before.tolist(), [1, 5, NAN])
    assert shown.values_after.tolist() == [1, 5, 5]
    assert (shown.times_before == np.sort(times)).all()
    assert shown.receipt.cells == 1
    assert preview(frame(v=[5, 1, 3]), times, Repair("sort")).values_before.tolist() == [5, 1, 3]
    assert not preview(frame(v=[5, 1, 3]), times, Repair("log", "v")).same_unit
