"""The progress of a long computation on a page: going on, stopped, failed, done, and found again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rnn.runs import process
from rnn.runs.runner import runner, stop_runner
from tests.runs import small_studies

APP = Path(__file__).with_name("study_app.py")


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    monkeypatch.setattr(process, "MODULE", small_studies.__name__)
    stop_runner()
    st.cache_resource.clear()

    def _open(**query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    yield _open
    stop_runner()
    st.cache_resource.clear()


def study_id(app: AppTest) -> str:
    value = app.query_params["study"]
    return value if isinstance(value, str) else value[0]


def button(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def words(app: AppTest) -> str:
    """All that the page says, as it is read."""
    said = [one.value for kind in (app.markdown, app.error, app.info, app.warning) for one in kind]
    bars = [one.proto.text for one in app.get("progress")]
    return " | ".join([*said, *bars]).replace("\\", "")


def until(app: AppTest, what: str, seconds: float = 30) -> str:
    deadline = time.monotonic() + seconds
    while what not in words(app.run()):
        assert time.monotonic() < deadline, f"{what!r} is not in {words(app)!r}"
        time.sleep(0.05)
    assert not app.exception
    return words(app)


def test_it_is_asked_for_followed_and_read(open_app: Callable[..., AppTest]) -> None:
    app = open_app(seconds="0.1")
    button(app, "Ask").click().run()
    said = until(app, " of 40")
    assert "**Sum of *all***" in said and "record " in said and " for 0." in said.replace("for 1", "for 0.")
    until(app, "The sum is 780.")
    assert not app.get("progress") and not app.button


def test_a_second_page_and_a_reload_find_the_same_one(open_app: Callable[..., AppTest]) -> None:
    app = open_app(seconds="0.1")
    button(app, "Ask").click().run()
    second, reloaded = open_app(seconds="0.1"), open_app(study=study_id(app))
    button(second, "Ask").click().run()
    assert study_id(second) == study_id(app)
    until(reloaded, "The sum is 780.")
    until(second, "The sum is 780.", 2)


def test_stop_and_try_again(open_app: Callable[..., AppTest]) -> None:
    app = open_app(seconds="0.2", records="400")
    button(app, "Ask").click().run()
    until(app, " of 400")
    button(app, "Stop").click().run()
    assert "**Sum of *all*** was stopped." in words(app) and not app.get("progress")
    button(app, "Try again").click().run()
    assert "Stop" in [one.label for one in app.button]
    until(app, " of 400")


def test_a_failure_is_a_sentence(open_app: Callable[..., AppTest]) -> None:
    app = open_app(fault="3")
    button(app, "Ask").click().run()
    said = until(app, "has no result")
    assert "an error in the program (ValueError: shapes do not match)" in said and button(app, "Try again")


def test_a_killed_worker_is_followed_by_another_and_a_second_one_by_a_sentence(
    open_app: Callable[..., AppTest],
) -> None:
    app = open_app(seconds="0.2", records="400")
    button(app, "Ask").click().run()
    for _ in range(2):
        until(app, " of 400")
        worker = next(one for one in runner()._processes if one.busy)
        os.kill(worker.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while (found := runner().store.study(study_id(app))) and found.state == "running" and found.done:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert "has ended before it was done, twice" in until(app, "has no result")


def test_what_is_not_kept_any_more_draws_nothing(open_app: Callable[..., AppTest]) -> None:
    app = open_app(study="0" * 32)
    assert "not kept any more" in words(app) and not app.button and not app.exception
