"""What came of a backtest: the forecasts beside what happened, where they err most, and whether the intervals held."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.forecast.backtest import coverage, errors, tracks
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest
from rnn.ui.wording import escaped

ONE, ALL = "This series", "All series together"


def draw(found: Backtest, labels: Mapping[str, str], shown: Series, target: str, whole: Series) -> None:
    """labels: method → its name on the page. shown: the series shown, one of many. target: the one shown."""
    own = rows_of(found.frame, target, shown.name if whole.lengths else None)
    if own.empty:
        st.info(
            f"{escaped(shown.name)} is too short for this plan and was left out; pick another series above.",
            icon=":material/info:",
        )
        return
    tracks.draw(found, own, labels, shown, target)
    together = len(whole.ids) > 1 and _draw_choice() == ALL
    frame = rows_of(found.frame, target, None) if together else own
    errors.draw(frame, labels, list(found.networks), shown.frequency, "mase" if together else "mae", target)
    coverage.draw(frame, labels)


def rows_of(frame: pd.DataFrame, target: str, id_: str | None) -> pd.DataFrame:
    """The rows of one target, and of one series where it is said."""
    kept = frame["target"] == target
    return frame[kept if id_ is None else kept & (frame["id"] == id_)]


def _draw_choice() -> str | None:
    return st.segmented_control(
        "Errors of", (ONE, ALL), key="backtest_errors_of", default=ONE, required=True, label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
