"""What is shown, and whether it is any good: the header of the page."""

from __future__ import annotations

import streamlit as st

from pages.train.preflight_note import Setup
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.run_history import Seen
from rnn.ui.wording import escaped, number_in_words


def draw_title(setup: Setup, run: Run | None) -> None:
    series = session.series_of_run(run) if run else setup.series
    targets = ", ".join(series.targets)
    title = escaped(targets) if series.name == targets else f"{escaped(series.name)} · {escaped(targets)}"
    st.subheader(title, anchor=False, width="content")


def draw(seen: Seen | None) -> None:
    verdict = seen.verdict if seen else None
    if verdict is None:
        st.caption("Not trained yet: the verdict appears here with the first epoch.")
        return
    if verdict.good:
        colour, icon = "green", ":material/check_circle:"
    elif verdict.copies or verdict.skill.get("naive", 1) <= 0:
        colour, icon = "orange", ":material/warning:"
    else:
        colour, icon = "blue", ":material/info:"
    tested = "" if seen is None or seen.test_rmse is None else f" · test RMSE {number_in_words(seen.test_rmse)}"
    errors = f"Validation RMSE {number_in_words(verdict.rmse)}{tested}"
    st.markdown(f":{colour}[{icon} **{verdict.sentence}**] :gray[{errors}]")
