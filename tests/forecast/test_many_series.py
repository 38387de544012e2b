"""Forecasts of one network's many series, their pooled intervals, and what the network is compared with, against loops."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import baseline_errors, forecast, judge
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.baselines import BASELINES
from rnn.forecast.residuals import conformal_reach, units_of, validation_residuals
from tests.core.many_series import three, wave

CONFIG = Config(
    hidden=6, window=8, horizon=2, epochs=4, batch=16, lr=0.02, validation=15, test=5, gap=1, dtype="float64"
)


@pytest.fixture(scope="module")
def many():
    return fit(CONFIG, three())


def test_all_of_them_stand_one_after_the_other(many):
    found = forecast(many, 3, levels=(80,))
    assert list(found.columns) == ["id", "time", "mean", "lo80", "hi80"]
    assert found["id"].tolist() == ["north"] * 3 + ["south"] * 3 + ["west"] * 3
    assert found["time"].tolist() == [80, 81, 82, 1060, 1061, 1062, 2070, 2071, 2072]
    for id_ in ("north", "south", "west"):
        one = forecast(many, 3, levels=(80,), id=id_)
        assert list(one.columns) == ["time", "mean", "lo80", "hi80"]
        together = found[found["id"] == id_].drop(columns="id").reset_index(drop=True)
        np.testing.assert_allclose(one, together, rtol=1e-9)
        alone = predict_ahead(many.model.of(id_), many.series.part(id_).values[None, -8:], 3)[0, :, 0]
        np.testing.assert_allclose(one["mean"], alone, rtol=1e-9)


def test_intervals_pool_the_residuals_of_all_in_each_ones_usual_step(many):
    """Origin by origin and series by series; the interval of each is the pooled one in its own units."""
    steps = 3
    expected: list[list[float]] = [[] for _ in range(steps)]
    for number, id_ in enumerate(many.series.ids):
        values = many.series.part(id_).values
        split = split_windows(CONFIG, len(values))
        unit = math.sqrt(np.mean(np.diff(values[: split.seen_rows, 0]) ** 2))
        assert units_of(many)[number, 0] == pytest.approx(unit, rel=1e-12)
        end = len(values) - 5 - 2  # without the test part's windows, one step of overlap, and the gap
        assert split.validation_records.stop == end
        for origin in range(split.first_validation_window + 8, end):
            ahead = predict_ahead(many.model.of(id_), values[None, origin - 8 : origin], steps)[0, :, 0]
            for step in range(min(steps, end - origin)):
                expected[step].append(abs(values[origin + step, 0] - ahead[step]) / unit)
    found = validation_residuals(many, steps)
    for step in range(steps):
        assert found[step][:, 0] == pytest.approx(expected[step], rel=1e-9)
    frame = forecast(many, steps, levels=(70,))
    for number, id_ in enumerate(many.series.ids):
        own = frame[frame["id"] == id_].reset_index()
        for step in range(steps):
            reach = conformal_reach(np.array(expected[step]), 70) * units_of(many)[number, 0]
            assert own["hi70"][step] - own["mean"][step] == pytest.approx(reach, rel=1e-6)


def test_a_part_of_the_fit_is_forecast_by_its_own_residuals(many):
    own = many.of("west")
    assert len(validation_residuals(own, 1)[0]) == 16
    assert len(validation_residuals(many, 1)[0]) == 48
    frame, pooled = forecast(own, 2, levels=(50,)), forecast(many, 2, levels=(50,), id="west")
    np.testing.assert_allclose(frame["mean"], pooled["mean"], rtol=1e-9)
    reach = conformal_reach(validation_residuals(own, 1)[0][:, 0], 50)
    assert frame["hi50"][0] - frame["mean"][0] == pytest.approx(reach)


def test_origins_are_spread_over_all_series(many, monkeypatch):
    from rnn.forecast import held_out

    monkeypatch.setattr(held_out, "MOST_ORIGINS", 9)
    assert len(validation_residuals(many, 2)[0]) == 9


def test_a_series_of_one_is_forecast_as_it_was():
    single = wave(90)
    one, many = fit(CONFIG, single), fit(CONFIG, Series.joined([single], ["only"]))
    assert forecast(many, 5, id="only").equals(forecast(one, 5))
    assert forecast(many, 5).drop(columns="id").equals(forecast(one, 5))


def test_too_short_to_train_on_may_be_long_enough_to_forecast():
    found = fit(CONFIG, Series.joined([wave(80), wave(9, 50.0, 1), wave(5, 1.0, 2)], ["long", "short", "tiny"]))
    frame = forecast(found, 2)
    assert frame["id"].unique().tolist() == ["long", "short"]
    assert frame[frame["id"] == "short"]["mean"].between(300, 700).all() and frame["lo80"].notna().all()
    with pytest.raises(ValueError, match="The model reads 8 records, but the series has only 5"):
        forecast(found, 2, id="tiny")


def test_what_cannot_be_forecast_is_said(many):
    for arguments, says in [
        ({"id": "east"}, r"id='east' is not one of the 3 series that the model was trained on\."),
        ({"series": three().part("west")}, "say with id= which of them this one is"),
        ({"series": Series.joined([wave(30)], ["east"])}, "id='east' is not one of the 3 series"),
    ]:
        with pytest.raises(ValueError, match=says):
            forecast(many, 2, **arguments)
    with pytest.raises(ValueError, match="trained on a single series"):
        forecast(fit(CONFIG, wave(60)), 2, id="a")
    longer = Series(
        np.arange(90), np.append(three().part("west").values, np.full((20, 1), 1e-3))[:, None], ("c0",), ("c0",)
    )
    assert forecast(many, 2, id="west", series=longer)["time"].tolist() == [90, 91]


def test_known_columns_of_many_are_forecast_one_by_one():
    def told(rows: int, seed: int) -> Series:
        sent = np.random.default_rng(seed).integers(0, 2, rows).astype(float)
        return Series(np.arange(rows), np.column_stack([5 + 3 * sent, sent]), ("y", "sent"), ("y",), known=("sent",))

    config = CONFIG.replace(epochs=60, skip="linear", patience=None)
    found = fit(config, Series.joined([told(80, 0), told(70, 1)], ["a", "b"]))
    with pytest.raises(ValueError, match=r"sent are known ahead.*one by one, with id= and future="):
        forecast(found, 2)
    frame = forecast(found, 2, levels=(), id="b", future=[[1.0], [0.0]])
    assert frame["mean"].tolist() == pytest.approx([8, 5], abs=0.3)
    # All at once, each with its own future, however far that goes: the same numbers as one by one.
    own = {"a": np.array([[0.0], [1.0], [1.0]]), "b": np.array([[1.0], [0.0], [0.0], [1.0]])}
    both = forecast(found, 3, future=own)
    assert both["id"].tolist() == ["a"] * 3 + ["b"] * 3
    for id_ in own:
        alone = forecast(found, 3, id=id_, future=own[id_])
        np.testing.assert_allclose(
            both[both["id"] == id_].drop(columns="id").to_numpy(float), alone.to_numpy(float), rtol=1e-6
        )
    with pytest.raises(ValueError, match=r"Series 'b': A forecast of steps=3 needs sent for the .* and 0 are there"):
        forecast(found, 3, future={**own, "b": None})
    # The last origins of the first series would read the second one's record as their future: they are left out.
    lengths = [len(one) for one in validation_residuals(found, 4)]
    assert (
        lengths == sorted(lengths, reverse=True) and np.isfinite(np.concatenate(validation_residuals(found, 4))).all()
    )


@pytest.mark.parametrize("season", [None, 3, 40])
def test_baselines_series_by_series(season):
    """The naive ones are those of each series alone, one after the other; the one season that a short series lacks is its last
    value; the regression is one for all."""
    series = Series.joined([wave(120), wave(45, 1000.0, 1)], ["a", "b"])
    split = split_series(CONFIG, series)
    for name in ("naive", "seasonal", "drift"):
        expected = []
        for id_ in series.ids:
            own = split.of(id_)
            alone = BASELINES[name].predict(series.part(id_), own, season)
            if name == "seasonal" and season is not None and own.first_validation_window + own.window < season:
                alone = BASELINES["naive"].predict(series.part(id_), own, season)
            expected.append(alone)
        found = BASELINES[name].predict(series, split, season)
        if season is None and name == "seasonal":
            assert found is None
        else:
            assert np.array_equal(found, np.concatenate(expected))
    seen = [series.part(id_).values[: split.of(id_).seen_rows, 0] for id_ in series.ids]
    scaled = [(series.part(id_).values[:, 0] - s.mean()) / s.std() for id_, s in zip(series.ids, seen, strict=True)]
    rows = [(z[k : k + 8], z[k + 8 : k + 10]) for z, id_ in zip(scaled, series.ids, strict=True)
            for k in split.of(id_).train_starts]  # fmt: skip
    design = np.array([np.append(x, 1.0) for x, _ in rows])
    weights = np.linalg.lstsq(design, np.array([y for _, y in rows]), rcond=None)[0]
    expected = [
        np.append(z[k : k + 8], 1.0) @ weights * s.std() + s.mean()
        for z, s, id_ in zip(scaled, seen, series.ids, strict=True) for k in split.of(id_).validation_starts
    ]  # fmt: skip
    assert BASELINES["linear"].predict(series, split, season)[:, :, 0] == pytest.approx(np.array(expected), rel=1e-9)


def test_the_verdict_weighs_the_series_alike(many):
    """Off by two usual steps in a tiny series is as bad as in a huge one; the network's own error is that of its metrics."""
    split = split_series(CONFIG, many.series)
    baselines = baseline_errors(many.series, split, None)
    units = np.repeat(units_of(many)[:, 0], [split.of(id_).validation for id_ in many.series.ids])
    assert len(units) == 45
    naive = BASELINES["naive"].predict(many.series, split, None)
    wrong, at = [], 0
    for id_ in many.series.ids:
        values, own = many.series.part(id_).values[:, 0], split.of(id_)
        for start in own.validation_starts:
            for ahead in range(2):
                wrong.append((values[start + 8 + ahead] - values[start + 7]) / units[at])
            at += 1
    assert baselines["naive"] == pytest.approx(math.sqrt(np.mean(np.square(wrong))), rel=1e-9)
    copying = judge(many.series, split, naive, baselines)
    assert copying.sentence.endswith(" Each series’ errors count in its own usual step from record to record.")
    assert copying.rmse == baselines["naive"] and copying.copies and not copying.good
    starts = split.validation_starts[:, None] + 8 + np.arange(2)
    exact = many.series.values[starts] + 1e-4 * units[:, None, None]
    assert judge(many.series, split, exact, baselines).good
    assert judge(many.series, split, exact, baselines).rmse == pytest.approx(1e-4, rel=1e-5)


def test_intervals_leave_the_test_parts_alone(many):
    values = many.series.values.copy()
    for part, id_ in zip(many.series.parts, many.series.ids, strict=True):
        values[part.start + split_series(CONFIG, many.series).of(id_).validation_records.stop : part.stop] = 7.0
    changed = dataclasses.replace(many, series=dataclasses.replace(many.series, values=values))
    for one, other in zip(validation_residuals(many, 3), validation_residuals(changed, 3), strict=True):
        assert np.array_equal(one, other)
