"""Nothing from a cut-off on reaches what was learnt before it, and all methods are judged on the same points."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.forecast.backtest import Plan, backtest, engine
from rnn.forecast.methods import METHODS
from rnn.forecast.multi_step import forecast

from .series import QUICK, days, panel, run, single, waves

NETWORK = QUICK.replace(
    season=7, residual="seasonal", scaling="window", skip="linear", log=True, validation=0.25, test=0.1, refit=True
)


def altered(series: Series, kept: list[int]) -> Series:
    """The same up to so many records of each series, and something else entirely, also in order, after them."""
    values = series.values.copy()
    for part, rows in zip(series.parts, kept, strict=True):
        later = values[part][rows:]
        values[part][rows:] = np.random.default_rng(1).permutation(later) * 1000 + 7
    fields = (series.names, series.targets, series.name, series.frequency)
    return Series(series.times, values, *fields, lengths=series.lengths, ids=series.ids)


def watched(monkeypatch, series, plan):
    """The weights of every training, in order, and the frame."""
    weights = []
    original = engine.trained

    def keep(*arguments):
        weights.append(original(*arguments))
        return weights[-1]

    monkeypatch.setattr(engine, "trained", keep)
    frame = run({"net": NETWORK}, series, plan).frame
    monkeypatch.setattr(engine, "trained", original)
    return weights, frame


@pytest.mark.parametrize("kind", ["expanding", "sliding"])
@pytest.mark.parametrize("retrain", [True, False])
@pytest.mark.parametrize("many", [False, True])
def test_records_from_the_cut_off_on_change_nothing_that_was_learnt_or_forecast(monkeypatch, kind, retrain, many):
    series = panel(90, 80) if many else single(90)
    plan = Plan(4, folds=3, kind=kind, retrain=retrain)
    told, frame = watched(monkeypatch, series, plan)
    assert len(told) == (3 if retrain else 1)
    for number in (1, 2, 3):
        rows = [length - plan.back(number) for length in series.lengths or (90,)]
        again, other = watched(monkeypatch, altered(series, rows), plan)
        for before, after in zip(told[:number], again[:number], strict=True):
            for model, other_model in ((before.model, after.model), (before.forecasting, after.forecasting)):
                assert model.params.keys() == other_model.params.keys()
                for name, array in model.params.items():
                    assert np.array_equal(array, other_model.params[name]), name
        columns = ["predicted", "scale", "lo80", "hi80"]
        seen = frame["fold"] <= number
        assert frame.loc[seen, columns].equals(other.loc[seen, columns])
        assert not frame.loc[frame["fold"] == number, "actual"].equals(other.loc[other["fold"] == number, "actual"])


def test_the_check_above_sees_a_leak(monkeypatch):
    """Were a fold given one record too many, the weights would tell."""
    original = Plan.learnt_from

    def one_more(self, rows, number, spare=0):
        found = original(self, rows, number, spare)
        return slice(found.start, found.stop + 1)

    monkeypatch.setattr(Plan, "learnt_from", one_more)
    with pytest.raises(AssertionError):
        test_records_from_the_cut_off_on_change_nothing_that_was_learnt_or_forecast(
            monkeypatch, "expanding", True, False
        )


def test_the_frame_against_a_loop_by_hand():
    """Series cut by slices, trained and forecast by the public names, one fold after the other."""
    series, steps, folds = single(90), 5, 3
    frame = run({"net": NETWORK}, series, Plan(steps, folds=folds)).frame
    for fold in range(1, folds + 1):
        cut = 90 - (folds - fold + 1) * steps
        history = Series(days(cut), waves(90)[:cut, None], ("value",), ("value",), "waves", "D")
        expected = forecast(fit(NETWORK.replace(test=0), history), steps)
        last = waves(90)[cut - 1]
        scale = np.abs(waves(90)[7:cut] - waves(90)[: cut - 7]).mean()
        for method, mean in (
            ("net", expected["mean"].to_numpy()),
            ("naive", np.full(steps, last)),
            ("seasonal", waves(90)[cut - 7 : cut - 7 + steps]),
            ("drift", last + np.arange(1, steps + 1) * (last - waves(90)[0]) / (cut - 1)),
        ):
            rows = frame[(frame["fold"] == fold) & (frame["method"] == method)]
            np.testing.assert_allclose(rows["predicted"], mean, rtol=1e-12)
            assert np.array_equal(rows["actual"], waves(90)[cut : cut + steps])
            assert np.array_equal(rows["time"].to_numpy(), days(90)[cut : cut + steps])
            assert (rows["cutoff"].to_numpy() == days(90)[cut]).all()
            assert np.array_equal(rows["step"], np.arange(1, steps + 1))
            np.testing.assert_allclose(rows["scale"], scale, rtol=1e-12)
        rows = frame[(frame["fold"] == fold) & (frame["method"] == "net")]
        for column in ("lo80", "hi80", "lo95", "hi95"):
            np.testing.assert_allclose(rows[column], expected[column], rtol=1e-12)


def test_trained_once_a_later_fold_reads_the_newer_records():
    series = single(90)
    frame = run({"net": NETWORK}, series, Plan(5, folds=2, retrain=False)).frame
    once = fit(NETWORK.replace(test=0), Series(days(80), waves(90)[:80, None], ("value",), ("value",), "waves", "D"))
    later = Series(days(85), waves(90)[:85, None], ("value",), ("value",), "waves", "D")
    rows = frame[(frame["fold"] == 2) & (frame["method"] == "net")]
    np.testing.assert_allclose(rows["predicted"], forecast(once, 5, series=later)["mean"], rtol=1e-12)


def test_all_methods_have_the_same_points():
    networks = {"one": QUICK, "long": QUICK.replace(window=20, horizon=5)}
    for series in (single(90), panel(50, 60)):
        frame = run(networks, series, Plan(4, folds=3, spacing=2), methods=tuple(METHODS)).frame
        points = ["id", "target", "fold", "cutoff", "step", "time", "actual", "scale"]
        told = {method: rows[points].reset_index(drop=True) for method, rows in frame.groupby("method")}
        assert set(told) == {"one", "long", *METHODS}
        for rows in told.values():
            assert rows.equals(told["naive"])
        assert len(told["naive"]) == 4 * 3 * len(series.parts)


def test_many_series_against_each_cut_by_hand():
    series = panel(90, 70)
    frame = run({"net": QUICK}, series, Plan(4, folds=2)).frame
    for fold, back in ((1, 8), (2, 4)):
        parts = [Series(days(n - back), one.values[: n - back], ("value",), ("value",), frequency="D")
                 for n, one in zip((90, 70), series.apart(), strict=True)]  # fmt: skip
        expected = forecast(fit(QUICK, Series.joined(parts, ["s0", "s1"])), 4)
        rows = frame[(frame["fold"] == fold) & (frame["method"] == "net")]
        assert list(rows["id"]) == list(expected["id"])
        assert list(rows["time"]) == list(expected["time"])
        np.testing.assert_allclose(rows[["predicted", "lo80", "hi80"]], expected[["mean", "lo80", "hi80"]], rtol=1e-12)


def test_several_targets_each_have_their_rows():
    values = np.column_stack([waves(90), 100 * waves(90, season=5)])
    series = Series(days(90), values, ("a", "b"), ("b", "a"), frequency="D")
    frame = run({"net": QUICK}, series, Plan(4, folds=2)).frame
    rows = frame[(frame["method"] == "net") & (frame["fold"] == 2)]
    assert list(rows["target"]) == ["b"] * 4 + ["a"] * 4
    expected = forecast(fit(QUICK, Series(days(86), values[:86], ("a", "b"), ("b", "a"), frequency="D")), 4)
    np.testing.assert_allclose(rows["predicted"], np.concatenate([expected["b.mean"], expected["a.mean"]]), rtol=1e-12)
    assert np.array_equal(rows["actual"], np.concatenate([values[86:, 1], values[86:, 0]]))


@pytest.mark.parametrize("steps", [2, 3, 8])
def test_the_recorded_values_of_known_columns_are_a_folds_future(steps):
    """A column that gives the target away a step before it is there: a network that reads it is far better."""
    noise = np.random.default_rng(3).normal(size=200)
    series = Series(
        days(200), np.column_stack([noise, noise]), ("value", "told"), ("value",), frequency="D", known=("told",)
    )
    plan = Plan(steps, folds=3)
    frame = run({"net": Config(hidden=4, window=4, horizon=3, skip="linear", epochs=10)}, series, plan).frame
    errors = (frame["actual"] - frame["predicted"]).abs().groupby(frame["method"]).mean()
    assert errors["net"] < 0.2 * errors["naive"]


def test_inputs_without_a_future_limit_the_steps_before_anything_is_trained():
    series = Series(days(90), np.column_stack([waves(90), waves(90)]), ("value", "other"), ("value",))
    with pytest.raises(ValueError, match=r"net: steps=4 goes beyond the horizon \(3\), where the future of other"):
        backtest({"net": QUICK}, series, Plan(4))
    assert len(run({"net": QUICK}, series, Plan(3, folds=2)).frame) == 3 * 2 * 4
