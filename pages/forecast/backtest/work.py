"""The computation behind the page: asked for, followed, and read once it is there. It goes on in a worker process."""

from __future__ import annotations

import json
from typing import Any

from rnn.forecast.backtest import Backtest
from rnn.runs.records import Study
from rnn.runs.studies import study_hash
from rnn.ui import study

KIND = "backtest"


def start(request: dict[str, Any]) -> None:
    """Callback: have it computed."""
    study.ask(KIND, request)


def state_of(request: dict[str, Any]) -> Study | None:
    """The study of this request as it stands, with its result where it is done; None where nobody has asked for it."""
    return study.study_state(id_of(request))


def draw_progress(request: dict[str, Any]) -> None:
    """How far it is, with a button that stops it; the page runs again when it has come to its end."""
    study.draw_progress(id_of(request), "Backtest")


def result_of(request: dict[str, Any]) -> Backtest | None:
    """What came of it; None where it is not there (yet)."""
    found = state_of(request)
    return study.result_of(found, Backtest.from_bytes) if found is not None and found.state == "done" else None


def id_of(request: dict[str, Any]) -> str:
    """Of the study that computes it, asked for or not."""
    return study_hash(KIND, json.dumps(request, separators=(",", ":"), allow_nan=False))
