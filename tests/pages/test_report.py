"""The report of a run: what it says is what the pages and the library say, and its command prints the forecast again."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import rnn
from pages.forecast import report
from pages.forecast.backtest import form
from pages.forecast.reporting import command
from pages.forecast.reporting.subject import Subject
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest import Plan
from rnn.forecast.diagnosis import diagnose_residuals
from rnn.runs.runner import Runner
from rnn.runs.store import Store
from tests.export.opened_report import Opened
from tests.pages.conftest import ROOT
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_backtest_section import SMALL, compute, few_folds, shop

PAGE = "forecast/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(Runner, "start", lambda runner: runner)
    monkeypatch.setattr(Runner, "nudge", lambda runner: None)


@pytest.fixture
def asked(monkeypatch):
    """What the page's button would make a report of; AppTest gives no way to press a download."""
    found: list[Subject] = []
    made = report.subject_of

    def _kept(*arguments):
        found.append(made(*arguments))
        return found[-1]

    monkeypatch.setattr(report, "subject_of", _kept)
    return found


def test_the_report_says_what_the_page_says(open_app, asked):
    with Store() as store:
        run = trained(store, sunspots(), "a <script>alert(1)</script> run", epochs=3, hidden=4, season=11)
        fit = store.fit(run.id)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    opened = Opened(report.html_of(asked[-1]))
    assert opened.loads == [] and opened.elements.count("script") == 2
    text = opened.text
    assert "a <script>alert(1)</script> run" in text
    assert asked[-1].verdict.sentence in text
    frame = rnn.forecast(fit, 11, (80, 95))
    for value in (frame["mean"].iloc[0], frame["hi95"].iloc[-1]):
        assert f" {value:.{max(0, 3 - int(np.floor(np.log10(abs(value)))))}f} " in text
    for sentence in diagnose_residuals(fit).sentences:
        assert sentence in text
    assert "No backtest has been run" in text
    assert "309 rows in the file = 309 used + 0 left out" in text
    assert "Seed 0." in text and rnn.__version__ in text and np.__version__ in text
    assert "Hidden units" in text


def test_backtest_and_ranking_are_in_it_once_they_are_there(open_app, asked):
    with Store() as store:
        run = trained(store, shop(), "my run", reading={}, **SMALL)
    app = few_folds(open_app(PAGE, run=run.id, section="Backtest"))
    found = compute(app)
    app.segmented_control(key="section").set_value("Forecast").run()
    assert not app.exception
    opened = Opened(report.html_of(asked[-1]))
    own = found.frame[found.frame["method"] == "network"]
    error = (own["actual"] - own["predicted"]).abs().mean()
    assert f"my run (this run) is off by {error:.4g} on average" in opened.text
    assert "2 cut-offs in the past, 4 steps ahead from each" in opened.text
    assert "seasonal decomposition + exponential smoothing" in opened.text and "Beside the best" in opened.text
    assert any(words.startswith("Ranking of 10 by MAE") for words in opened.charts)
    assert "The series was made in a script" in opened.text


def test_many_series_have_the_report_of_the_one_shown(open_app, asked):
    parts = [shop(120, 0, "small"), shop(100, 1, "large <b>", 1000.0)]
    with Store() as store:
        run = trained(store, Series.joined(parts, [part.name for part in parts], "shops"), reading={}, **SMALL)
    app = open_app(PAGE, run=run.id)
    app.selectbox(key="shown_series").set_value("large <b>").run()
    assert not app.exception
    opened = Opened(report.html_of(asked[-1]))
    assert "large <b>: forecast of sales" in opened.text and "2, shown: large <b>" in opened.text


def test_the_command_prints_the_forecast_of_the_page(open_app, asked, tmp_path):
    """Text for text, by a process of its own that knows nothing but the file and the command."""
    x = np.arange(90)
    lines = [f"{np.datetime64('2024-01-01') + k},{10 + (k % 7) + k / 50:.3f},{k % 5}" for k in x]
    content = ('day,"sales, net",it\'s\n' + "\n".join(lines) + "\n").encode()
    reading = {"targets": ["sales, net"], "inputs": ["it's"], "choices": {"time": "day"}}
    with Store() as store:
        key = store.add_file("my shop's file.csv", content)
        series = rnn.read_csv(content, time="day").series("sales, net", inputs=["it's"])
        store.add_series(series, file_hash=key, reading=reading | {"data": f"file-{key}"})
        run = trained(store, series, reading=reading | {"data": f"file-{key}"}, epochs=3, hidden=4, window=7, horizon=3,
                      log=True, quantiles=(0.2, 0.5, 0.8), truncate=5)  # fmt: skip
        expected = rnn.forecast(store.fit(run.id), 3)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    opened = Opened(report.html_of(asked[-1]))
    line = next(one for one in opened.texts if one.startswith("python -m rnn forecast"))
    (tmp_path / "my shop's file.csv").write_bytes(content)
    words = shlex.split(line)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *words[1:]], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = pd.read_csv(io.StringIO(done.stdout), parse_dates=["time"])
    pd.testing.assert_frame_equal(printed, expected, check_exact=True, check_dtype=False)


def test_what_a_command_cannot_say_is_a_script_that_runs(open_app, asked, tmp_path):
    with Store() as store:
        reading = {"data": "article-sine", "targets": ["value"], "repairs": [], "choices": {}}
        series = rnn.data.load_sample("article-sine").series("value")
        run = trained(store, series, reading=reading, epochs=2, hidden=4, window=7)
        expected = rnn.forecast(store.fit(run.id), 24)
    app = open_app(PAGE, run=run.id)
    assert not app.exception
    opened = Opened(report.html_of(asked[-1]))
    script = next(one for one in opened.texts if one.startswith("import rnn"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(done.stdout)), expected, check_dtype=False)


def test_repairs_and_ids_are_in_the_command():
    subject = SimpleNamespace(
        run=SimpleNamespace(config=Config(dropout=0.2, layers=2)), steps=5, levels=(), theta=False
    )
    reading = {"data": "file-1", "targets": ["y"], "ids": ["north", "a b"], "repairs": [{"kind": "log", "column": "y"}],
               "inputs": ["calendar: weekday", "price"], "known": ["calendar: weekday", "price"]}  # fmt: skip
    words = shlex.split(command.command_of(subject, reading, "f.csv"))
    assert words[:7] == ["python", "-m", "rnn", "forecast", "f.csv", "--target", "y"]
    assert [words[k + 1] for k, word in enumerate(words) if word == "--id"] == ["north", "a b"]
    assert words[words.index("--known") + 1] == "price"
    assert words[words.index("--inputs") + 1] == "calendar: weekday"
    assert words[words.index("--repairs") + 1] == "repairs.json" and "--levels" not in words
    assert sorted(words[k + 1] for k, word in enumerate(words) if word == "--set") == ["dropout=0.2", "layers=2"]
    assert command.command_of(subject, reading | {"choices": {"decimal": ","}}, "f.csv") is None
    script = command.script_of(subject, reading | {"choices": {"decimal": ","}}, "f.csv")
    assert "decimal=','" in script and json.dumps(reading["repairs"]) in script
    compile(script, "script", "exec")


def test_the_plan_of_a_short_series_still_fits():
    """Down to what one fold of one step needs, and no exception before that."""
    for length in (30, 40, 60, 200):
        plan = form.usual_plan(Config(window=8, horizon=4, season=7), shop(length))
        assert isinstance(plan, Plan) and 1 <= plan.folds <= 5
