"""What is shown, and whether it is any good: the header of the page."""

from __future__ import annotations

import streamlit as st

from pages.train.preflight_note import Setup
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.error_unit import LEAK_BADGE, LEAK_HELP, leaks
from rnn.ui.run_history import Seen
from rnn.ui.wording import escaped, number_in_words


def draw_title(setup: Setup, run: Run | None) -> None:
    series = session.series_of_run(run) if run else setup.series
    targets = ", ".join(series.targets)
    title = escaped(targets) if series.name == targets else f"{escaped(series.name)} · {escaped(targets)}"
    st.subheader(title, anchor=False, width="content")


def draw(run: Run | None, seen: Seen | None) -> None:
    verdict = seen.verdict if seen else None
    if run is None or seen is None or verdict is None:
        st.caption("Not trained yet: the verdict appears here with the first epoch.")
        return
    if verdict.good:
        colour, icon = "green", ":material/check_circle:"
    elif verdict.copies or verdict.skill.get("naive", 1) <= 0:
        colour, icon = "orange", ":material/warning:"
    else:
        colour, icon = "blue", ":material/info:"
    st.markdown(
        f":{colour}[{icon} **{verdict.sentence}**] {LEAK_BADGE + ' ' if leaks(run.config) else ''}:gray[{errors_of(seen)}]",
        help=f"{LEAK_HELP} {seen.unit.meaning}" if leaks(run.config) else seen.unit.meaning,
    )


def errors_of(seen: Seen) -> str:
    """The errors of a run that has a verdict, with what they are counted in."""
    error = seen.verdict.rmse if seen.verdict else None
    tested = "" if seen.test_rmse is None else f" · test RMSE {number_in_words(seen.test_rmse)}{seen.unit.after}"
    return f"Validation RMSE {number_in_words(error)}{seen.unit.after}{tested}"
