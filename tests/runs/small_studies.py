"""A worker that knows small kinds of study beside the real ones: `python -m tests.runs.small_studies`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rnn.core.series import Series
from rnn.forecast.progress import Step
from rnn.runs import worker
from rnn.runs.study_kinds import KINDS

Request = Mapping[str, Any]


def add_up(request: Request, series_of: Callable[[str], Series], stop: Callable[[], bool]) -> Iterator[Step | bytes]:
    """The sum of the series' values, record by record, with a pause of `seconds` after each; from a record named `fault` on
    an error instead."""
    values = series_of(request["series_hash"]).values[:, 0]
    if request.get("refuse"):
        raise ValueError("The series has 200 records; that is not enough.")
    total = 0.0
    for number, value in enumerate(values, start=1):
        total += float(value)
        yield Step(number, len(values), f"record {number}")
        if number == request.get("fault"):
            raise ValueError("shapes do not match")
        until = time.monotonic() + request.get("seconds", 0)
        while time.monotonic() < until:
            if stop():
                return
            time.sleep(0.005)
    yield repr(total).encode()


def deaf(request: Request, series_of: object, stop: object) -> Iterator[Step | bytes]:
    """Never asks whether it is to stop."""
    yield Step(1, 2, "begun")
    time.sleep(120)
    yield b""


def deadly(request: Request, series_of: object, stop: object) -> Iterator[Step | bytes]:
    """Takes its worker with it."""
    yield Step(1, 2, "begun")
    os.kill(os.getpid(), signal.SIGKILL)


KINDS.update({"add up": add_up, "deaf": deaf, "deadly": deadly})

if __name__ == "__main__":
    sys.exit(worker.main())
