"""One learner at one lesson: the guess, and the runs that followed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from rnn.core.config import Config
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.lessons import Lesson

BROKEN, MENDED, OWN = "Broken", "Mended", "Yours"
_ATTEMPTS = "lesson_attempts"
MOST_ATTEMPTS = 32


@dataclass
class Attempt:
    """guess: number of the answer, None before there is one. runs: BROKEN, MENDED or OWN → id of the run."""

    guess: int | None = None
    runs: dict[str, str] = field(default_factory=dict)

    def trained(self) -> dict[str, Run]:
        """The runs as they stand now; without those that were deleted meanwhile."""
        found = {name: session.store().run(run_id) for name, run_id in self.runs.items()}
        return {name: run for name, run in found.items() if run is not None}


def current(lesson: Lesson) -> Attempt:
    """This session's attempt at the lesson; of many lessons the first attempts are forgotten."""
    attempts: dict[Lesson, Attempt] = st.session_state.setdefault(_ATTEMPTS, {})
    attempt = attempts.pop(lesson, None) or Attempt()
    attempts[lesson] = attempt
    while len(attempts) > MOST_ATTEMPTS:
        del attempts[next(iter(attempts))]
    return attempt


def guess(lesson: Lesson, number: int, press: str, second_press: str) -> None:
    """Callback: the guess is made, and the broken settings are trained; beside them the mended, where the question is about
    both. The presses: as in `session.start_run`, one for each run."""
    attempt = current(lesson)
    attempt.guess = number
    train(lesson, BROKEN, lesson.config, press)
    if lesson.together:
        mend(lesson, second_press)


def mend(lesson: Lesson, press: str) -> None:
    """Callback: train the mended settings too."""
    if lesson.mended is not None:
        train(lesson, MENDED, lesson.mended, press)


def train(lesson: Lesson, name: str, config: Config, press: str) -> None:
    """A real run, kept in the store like any other."""
    told = f"Lesson “{lesson.title}”: {name.lower()}"
    current(lesson).runs[name] = session.submit_run(config, lesson.choice, name=told, press=press)


def stop(runs: Mapping[str, Run]) -> None:
    """Callback: end what is at work or waits for it."""
    for run in runs.values():
        if run.active:
            session.store().command(run.id, "stop")
    session.runner().nudge()


def begin_again(lesson: Lesson) -> None:
    """Callback: forget the guess and what was trained; the runs stay in the store."""
    st.session_state[_ATTEMPTS].pop(lesson, None)


def at_work(runs: Mapping[str, Run]) -> Run | None:
    """The first of them that has not ended."""
    return next((run for run in runs.values() if run.active), None)
