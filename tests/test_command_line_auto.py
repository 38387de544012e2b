"""`python -m rnn forecast | train --auto`: the best candidate's forecast, and a sentence on standard error about it."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest

import rnn
from rnn.__main__ import main
from rnn.command_auto import forecast_of_choice
from rnn.forecast import candidates
from rnn.forecast.auto import Auto
from rnn.forecast.with_theta import forecast_with_theta

QUICK = ["--set", "epochs=3", "--set", "hidden=4", "--set", "seeds=1"]


@pytest.fixture
def walk(tmp_path):
    """A random walk whose last step is known: nothing is better than its last value."""
    values = 100 + np.cumsum(np.random.default_rng(2).normal(size=120))
    path = tmp_path / "walk.csv"
    path.write_text(
        "\n".join(["day,price", *(f"{np.datetime64('2024-01-01') + k},{v:.6f}" for k, v in enumerate(values))])
    )
    return path, round(values[-1], 6)


@pytest.fixture
def wave(tmp_path):
    path = tmp_path / "wave.csv"
    values = 10 + np.sin(2 * np.pi * np.arange(160) / 7.3)
    path.write_text("\n".join(["value", *map(str, values)]))
    return path


def printed(capsys, *arguments) -> tuple[list[dict[str, str]], str]:
    assert main([str(argument) for argument in arguments]) == 0
    out, err = capsys.readouterr()
    return list(csv.DictReader(io.StringIO(out))), err


def test_a_network_that_wins_forecasts(capsys, wave):
    rows, said = printed(capsys, "forecast", wave, "--target", "value", "--steps", 5, "--auto", *QUICK)
    assert "“network" in said
    ahead = 10 + np.sin(2 * np.pi * np.arange(160, 165) / 7.3)
    np.testing.assert_allclose([float(row["mean"]) for row in rows], ahead, atol=0.3)


def test_the_forecast_without_a_network_is_printed_where_that_wins(capsys, walk, monkeypatch):
    """Networks that add noise to everything cannot win."""
    path, last = walk
    monkeypatch.setattr(candidates, "_METHODS", {"naive": "The last value goes on."})
    bad = [
        "--set",
        "lr=1",
        "--set",
        "optimiser=sgd",
        "--set",
        "skip=none",
        "--set",
        "residual=none",
        "--set",
        "scaling=none",
    ]
    rows, said = printed(capsys, "forecast", path, "--target", "price", "--steps", 5, "--auto", *bad, *QUICK)
    assert "no network beats “last value (naive)”" in said
    assert [float(row["mean"]) for row in rows] == pytest.approx([last] * 5)
    assert all(float(row["lo80"]) < last < float(row["hi80"]) for row in rows)
    assert rows[0]["time"].startswith("2024-04-30")


def test_train_takes_the_chosen_settings(capsys, wave):
    assert main(["train", str(wave), "--target", "value", "--auto", *QUICK]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("unroll: Judged from ")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["epoch"] for line in lines[:-1]] == [1, 2, 3]
    found = rnn.auto(rnn.read_csv(wave).series("value"), fixed={"epochs": 3, "hidden": 4, "seeds": 1})
    expected = rnn.fit(found.config, rnn.read_csv(wave).series("value"))
    assert lines[2]["val_loss"] == pytest.approx(expected.history[-1].val_loss)


def test_auto_and_a_preset_contradict_each_other(capsys, wave):
    assert (
        main(["forecast", str(wave), "--target", "value", "--steps", "1", "--auto", "--preset", "article-corrected"])
        == 2
    )
    assert "--auto chooses the settings itself, and --preset article-corrected says them all" in capsys.readouterr().err


def test_the_mean_with_theta_is_printed_where_that_wins():
    days, rng = np.arange(100), np.random.default_rng(5)
    values = np.round(20 + 4 * np.sin(2 * np.pi * days / 7) + rng.standard_normal(100), 3)
    series = rnn.Series.from_values(values)
    config = rnn.Config(hidden=4, epochs=3, window=14, horizon=5, season=7, residual="seasonal")
    found = Auto(config, "network-theta", False, pd.DataFrame(), "")
    printed = forecast_of_choice(found, series, 5, (80,), None)
    pd.testing.assert_frame_equal(printed, forecast_with_theta(rnn.fit(config, series), 5, (80,)))
    assert (printed["mean"] - rnn.forecast(rnn.fit(config, series), 5)["mean"]).abs().max() > 0.01
