"""One file with the forecasts of all of many series, made when it is asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.forecast import known_ahead, outlook
from pages.forecast.numbers import csv_of, file_name
from pages.forecast.request import Request
from rnn.core.series import Series
from rnn.forecast.known_future import steps_needed
from rnn.runs.records import Run
from rnn.ui import series_future
from rnn.ui.wording import escaped

MOST_NAMED = 5


def draw(run: Run, whole: Series, asked: Request) -> None:
    """whole: the many series in one."""
    futures, lacking = futures_of(run, whole, asked.steps) if whole.known else (None, [])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            f"Download all {len(whole.ids):,} series (CSV)", lambda: csv_of_all(run, asked, futures), mime="text/csv",
            file_name=file_name(f"{whole.name} all series"), on_click="ignore", icon=":material/download:",
            key="download_all_forecasts", disabled=bool(lacking),
            help="One row a step of each series, which the column `id` tells apart; as `python -m rnn forecast --ids all` "
            "prints it. Series too short for one window have no forecast.",
        )  # fmt: skip
        if lacking:
            st.caption(_lacking_in_words(lacking, whole, asked.steps))


def csv_of_all(run: Run, asked: Request, futures: dict[str, NDArray[np.float64]] | None) -> bytes:
    """The file. What cannot be forecast stands in it as a sentence."""
    try:
        return csv_of(outlook.outlook_of_all(run, asked.steps, asked.levels, futures, theta=asked.theta)).encode(
            "utf-8"
        )
    except ValueError as error:
        return f"There is no forecast of all series: {error}\n".encode()


def futures_of(run: Run, whole: Series, steps: int) -> tuple[dict[str, NDArray[np.float64]], list[str]]:
    """What each series' known columns hold, what was written in by hand included; and the ids of those of which too little
    is known."""
    needed = steps_needed(run.config, steps)
    found = {
        id_: future.filled(known_ahead.given_of(run, id_), needed)
        for id_, future in series_future.of_all(run).items()
        if len(future.series) >= run.config.reach
    }
    return found, [id_ for id_, values in found.items() if np.isnan(values[:needed]).any()]


def _lacking_in_words(lacking: list[str], whole: Series, steps: int) -> str:
    named = ", ".join(escaped(id_) for id_ in lacking[:MOST_NAMED])
    more = f" and {len(lacking) - MOST_NAMED:,} more" if len(lacking) > MOST_NAMED else ""
    return (
        f":material/info: For {steps:,} {'steps' if steps > 1 else 'step'} ahead the known columns of {len(lacking):,} of "
        f"{len(whole.ids):,} series are not known far enough: {named}{more}. Pick each above and write them in, or upload a "
        "file with rows that hold them after the last value."
    )
